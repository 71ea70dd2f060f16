"""What search engines and chats are told of the pages."""

import json
import re
from decimal import Decimal

import pytest

from listings.factories import AreaFactory, FacilityFactory, HouseFactory, HouseImageFactory, ReviewFactory
from listings.models import House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english_on_its_own_domain(settings, client):
    settings.SITE_URL = "https://ihome.example"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def head(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text.partition("</head>")[0]


def told(head):
    """The names and values of the meta elements, and the canonical address."""
    meta = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', head))
    links = re.findall(r'<link rel="canonical" href="([^"]*)">', head)
    return meta | ({"canonical": links[0]} if links else {})


def linked(head):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head, re.DOTALL)
    return json.loads(text)


def test_a_home_is_told_with_its_picture_and_address(client):
    home = HouseImageFactory(house__title="小院", house__description="有\n柿子树").house
    meta = told(head(client, f"/houses/{home.pk}?sd=2026-12-04&ed=2026-12-07"))
    address = f"https://ihome.example/houses/{home.pk}"
    assert meta["canonical"] == meta["og:url"] == address
    assert (meta["og:title"], meta["og:image:alt"]) == ("小院", "院子")
    assert meta["og:image"] == f"https://ihome.example/media/{home.images.get().key}-1600.webp"
    assert meta["description"].endswith("Entire home · 2室1厅1卫 · 4 guests · ¥399 · 有 柿子树")


def test_a_long_description_is_told_in_a_line(client):
    home = HouseFactory(description="柿子" * 900)
    assert len(told(head(client, f"/houses/{home.pk}"))["description"]) == 160


def test_a_home_is_told_in_the_words_of_schema_org(client):
    home = HouseImageFactory(house__price_fen=39950, house__area__name_en="Dongcheng").house
    home.facilities.add(FacilityFactory(id=60, name="茶具"))
    data = linked(head(client, f"/houses/{home.pk}"))
    assert (data["@type"], data["@id"]) == ("LodgingBusiness", f"https://ihome.example/houses/{home.pk}")
    assert data["address"]["streetAddress"] == "五道营胡同"
    assert (data["address"]["addressLocality"], data["address"]["addressRegion"]) == ("Dongcheng", "Beijing")
    price = data["makesOffer"]["priceSpecification"]
    assert (Decimal(price["price"]), price["priceCurrency"]) == (Decimal("399.50"), "CNY")
    assert data["containsPlace"]["amenityFeature"][0]["name"] == "茶具"
    assert len(data["image"]) == 1
    assert "aggregateRating" not in data


def test_a_home_with_reviews_is_told_with_its_stars(client):
    home = ReviewFactory(house__review_count=3, house__rating_sum=13).house
    stars = linked(head(client, f"/houses/{home.pk}"))["aggregateRating"]
    assert (stars["ratingValue"], stars["reviewCount"], stars["bestRating"]) == (4.33, 3, 5)


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--<script>", '">x&amp;', "a\u2028b\\"])
def test_what_a_host_writes_stays_inside_what_is_told(client, evil):
    home = HouseFactory(title=evil, address=evil, description=evil)
    text = head(client, f"/houses/{home.pk}")
    data = linked(text)
    assert data["name"] == data["description"] == data["address"]["streetAddress"] == evil
    assert "<script>" not in text
    assert "<!--" not in text
    assert re.search('og:title" content="([^"<>]*)">', text)


def test_how_to_get_in_is_told_to_nobody(client):
    home = HouseFactory(directions="密码1234")
    assert "密码1234" not in client.get(f"/houses/{home.pk}").text


def test_a_home_that_is_not_offered_is_not_to_be_found(client, host):
    draft = HouseFactory(host=host, status=House.Status.DRAFT, title="还没写完")
    client.force_login(host)
    text = head(client, f"/houses/{draft.pk}")
    assert told(text)["robots"] == "noindex, follow"
    assert "canonical" not in told(text)
    assert "ld+json" not in text


def test_the_front_page_is_told(client):
    HouseImageFactory()
    meta = told(head(client, "/?utm=1"))
    assert (meta["canonical"], meta["og:title"]) == ("https://ihome.example/", "A home away from home")
    assert meta["description"].startswith("1 home, looked after")
    assert meta["og:image"].startswith("https://ihome.example/media/")


@pytest.mark.parametrize("query", ["", "?p=1&sk=new", "?utm=1", "?q=&sd="])
def test_the_search_of_all_homes_has_one_address(client, query):
    meta = told(head(client, f"/search{query}"))
    assert (meta["canonical"], meta["description"]) == ("https://ihome.example/search", "0 homes")


def test_the_search_of_an_area_has_an_address_of_its_own(client):
    area = AreaFactory(name_en="Dongcheng")
    HouseFactory(area=area)
    meta = told(head(client, f"/search?aid={area.pk}&utm=1"))
    assert meta["canonical"] == f"https://ihome.example/search?aid={area.pk}"
    assert meta["description"] == meta["og:title"] == "1 home in Beijing Dongcheng"


@pytest.mark.parametrize("query", ["p=2", "sk=booking", "guests=2", "q=胡同", "facility=1", "min_price=1"])
def test_any_other_search_is_not_to_be_found(client, query):
    FacilityFactory(id=1)
    meta = told(head(client, f"/search?{query}"))
    assert meta["robots"] == "noindex, follow"
    assert "canonical" not in meta
