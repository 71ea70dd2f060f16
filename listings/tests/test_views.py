"""The pages about homes: status, what they show to whom, and how many queries they need."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import (
    AreaFactory,
    FacilityFactory,
    HouseFactory,
    HouseImageFactory,
    NightPriceFactory,
    ReviewFactory,
    block_nights,
)
from listings.models import House, mask_of

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = date(2026, 12, 4), date(2026, 12, 7)
STAY = {"sd": "2026-12-04", "ed": "2026-12-07", "guests": "2"}


@pytest.fixture(autouse=True)
def _today(time_machine, client):
    """Sunday 22 November 2026, noon in China; the words of the tests are English."""
    time_machine.move_to("2026-11-22T12:00:00+08:00", tick=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def page(client, path, query=None, status=200):
    answer = client.get(path, query)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_the_front_page_shows_homes_most_booked_newest_and_by_area(client):
    house = HouseImageFactory(house__booking_count=9, house__area__name_en="Dongcheng").house
    text = page(client, "/")
    assert text.count(f'href="/houses/{house.pk}"') == 2
    assert f'href="/search?aid={house.area_id}"' in text
    assert "1 home, looked after" in text
    assert "9 stays" in text


def test_the_front_page_of_an_empty_site_says_so(client):
    assert "No home is offered yet" in page(client, "/")


def test_the_front_page_needs_as_many_queries_for_many_homes(client, guest, django_assert_max_num_queries):
    for image in HouseImageFactory.create_batch(20):
        HouseImageFactory.create_batch(3, house=image.house)
    client.force_login(guest)
    with django_assert_max_num_queries(10):
        page(client, "/")


def test_a_search_shows_published_homes_only(client):
    shown = HouseFactory(title="Shown")
    HouseFactory(title="Kept back", status=House.Status.DRAFT)
    text = page(client, "/search", {"aid": shown.area_id})
    assert "Shown" in text
    assert "Kept back" not in text


def test_a_card_tells_the_price_of_the_stay(client):
    house = HouseFactory(cleaning_fee_fen=6000)
    NightPriceFactory(house=house, night=FRIDAY, price_fen=50000)
    text = page(client, "/search", STAY)
    assert "¥1,358 for 3 nights" in text
    assert f"/houses/{house.pk}?sd=2026-12-04&amp;ed=2026-12-07&amp;guests=2" in text


def test_a_home_that_is_taken_is_not_found(client):
    block_nights(HouseFactory(title="Taken"), FRIDAY, MONDAY)
    assert "No home has all of this" in page(client, "/search", STAY)


def test_every_filter_can_be_taken_away_alone(client):
    area = AreaFactory(name_en="Dongcheng")
    query = STAY | {"aid": area.pk, "facility": [FacilityFactory(id=1).pk, FacilityFactory(id=2).pk], "q": "院"}
    text = page(client, "/search", query | {"min_price": 1, "sk": "booking", "p": 2})
    links = dict(re.findall(r'href="(\?[^"]*)" aria-label="Take away ([^"]*)"', text))
    without = {words: link for link, words in links.items()}
    assert set(without) == {
        "“院”",
        "Beijing Dongcheng",
        "4 – 7 Dec · 3 nights",
        "2 guests",
        "from ¥1",
        "Wi-Fi",
        "Hot shower",
    }
    assert "sd=" not in without["4 – 7 Dec · 3 nights"]
    assert "ed=" not in without["4 – 7 Dec · 3 nights"]
    assert "facility=1" not in without["Wi-Fi"]
    assert all("facility=2" in link and "sk=booking" in link and "p=" not in link.replace("min_price=", "")
               for words, link in without.items() if words != "Hot shower")  # fmt: skip


@pytest.mark.parametrize("order", ["new", "booking", "price-inc", "price-des", "anything"])
def test_every_order_and_an_unknown_one_is_answered(client, order):
    HouseFactory.create_batch(2)
    assert "2 homes" in page(client, "/search", {"sk": order})


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sd": "2026-12-07", "ed": "2026-12-04"}, "Check-out"),
        ({"sd": "2026-02-30"}, "Check-in"),
        ({"aid": "99999"}, "Where"),
        ({"facility": "x"}, "Facilities"),
        ({"min_price": "abc"}, "Lowest price"),
        ({"min_price": "300", "max_price": "200"}, "Highest price"),
        ({"guests": "0"}, "Guests"),
        ({"q": "x" * 10_240}, "Words in title or address"),
        ({"p": "0"}, "Page"),
        ({"p": "x"}, "Page"),
        ({"p": "9" * 30}, "Page"),
    ],
)
def test_a_query_that_cannot_be_read_is_said_to_be_wrong(client, query, field):
    house = HouseFactory()
    text = page(client, "/search", query, status=400)
    assert f'<p class="field__error">{field}: ' in text
    assert house.title not in text


@pytest.mark.parametrize(
    "query", ["sd=0001-01-01&ed=9999-12-31", "ed=9999-12-31", "sd=9999-12-31", "sd=2026-12-04&ed=2026-12-04"]
)
def test_far_and_single_dates_are_answered(client, query):
    HouseFactory()
    assert client.get(f"/search?{query}").status_code == 200


def test_a_page_past_the_end_leads_back(client):
    HouseFactory()
    assert "This page is past the last one" in page(client, "/search", {"p": 3})


def test_a_search_has_pages_that_keep_its_query(client):
    HouseFactory.create_batch(21)
    text = page(client, "/search", {"sk": "booking"})
    assert 'href="?sk=booking&amp;p=2"' in text


def test_a_search_needs_nine_queries_however_many_homes_it_finds(client, guest, django_assert_max_num_queries):
    client.force_login(guest)
    area = AreaFactory()
    FacilityFactory(id=1)
    for house in HouseFactory.create_batch(30, area=area, facility_mask=mask_of([1])):
        HouseImageFactory.create_batch(2, house=house)
        NightPriceFactory(house=house, night=FRIDAY)
    with django_assert_max_num_queries(9):
        assert "30 homes" in page(client, "/search", {**STAY, "aid": area.pk, "facility": 1, "min_price": 1, "q": "院"})


def test_the_page_of_a_home_tells_all_of_it(client, host):
    house = HouseFactory(host=host, description="Under the persimmon tree", review_count=1, rating_sum=4)
    ReviewFactory(house=house, rating=4, comment="Quiet at night", reply="Come again")
    ReviewFactory(house=house, rating=1, comment="Hidden words", is_visible=False)
    text = page(client, f"/houses/{house.pk}")
    for words in (
        "Under the persimmon tree",
        "Quiet at night",
        "Come again",
        "林房东",
        "Verified",
        "Check-in from 15:00",
    ):
        assert words in text
    assert "Hidden words" not in text


def test_the_page_of_a_home_needs_eleven_queries_whatever_is_on_it(client, guest, django_assert_max_num_queries):
    house = HouseFactory(review_count=40, rating_sum=200)
    HouseImageFactory.create_batch(12, house=house)
    ReviewFactory.create_batch(40, house=house)
    house.facilities.set([FacilityFactory(id=pk) for pk in range(1, 12)])
    block_nights(house, date(2026, 12, 10), date(2027, 1, 10))
    client.force_login(guest)
    with django_assert_max_num_queries(11):
        page(client, f"/houses/{house.pk}", STAY)


def test_the_price_of_a_stay_is_told_line_by_line(client):
    house = HouseFactory(weekend_price_fen=49900, cleaning_fee_fen=6000, deposit_fen=50000)
    for path in (f"/houses/{house.pk}/price", f"/houses/{house.pk}"):
        text = page(client, path, STAY)
        for words in ("¥499 × 2 nights", "¥399 × 1 night", "Cleaning fee", "¥1,457", "¥500"):
            assert words in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ed": "2026-12-04"}, "must be after the day of arrival"),
        ({"sd": "2026-11-21"}, "This day has passed"),
        ({"ed": "2029-01-01"}, "up to 400 days ahead"),
        ({"ed": "9999-12-31"}, "up to 400 days ahead"),
        ({"sd": "2026-12-06"}, "2 nights or more"),
        ({"guests": "5"}, "4 guests at most"),
        ({"sd": "2026-12-11", "ed": "2026-12-14"}, "have been taken"),
        ({"sd": "2026-12-08", "ed": "2026-12-11"}, "have been taken"),
        ({"sd": "2026-02-30"}, "There is no such day"),
        ({"guests": "x"}, "must be a whole number"),
    ],
)
def test_a_stay_that_cannot_be_had_is_refused_in_words(client, change, words):
    house = HouseFactory(min_nights=2)
    block_nights(house, date(2026, 12, 11), date(2026, 12, 12))
    for path in (f"/houses/{house.pk}/price", f"/houses/{house.pk}"):
        text = page(client, path, STAY | change)
        assert words in text
        assert "Total" not in text


def test_leaving_on_a_taken_night_is_possible_with_same_day_turnover(client):
    house = HouseFactory(same_day_turnover=True)
    block_nights(house, MONDAY, date(2026, 12, 8))
    assert "Total" in page(client, f"/houses/{house.pk}/price", STAY)


def test_the_calendar_strikes_taken_nights_and_prices_free_ones(client):
    house = HouseFactory()
    block_nights(house, FRIDAY, MONDAY)
    NightPriceFactory(house=house, night=MONDAY, price_fen=58800)
    text = page(client, f"/houses/{house.pk}")
    assert 'data-taken="2026-12-04 2026-12-05 2026-12-06"' in text
    assert text.count("night--taken") == 3
    assert "Mon 7 Dec, ¥588" in text
    assert 'aria-label="Sat 21 Nov" disabled' in text


@pytest.mark.parametrize("path", ["/houses/{}", "/houses/{}/months", "/months"])
def test_the_calendar_turns_no_further_than_stays_can_be_booked(client, path):
    path = path.format(HouseFactory().pk)
    for month, shown in (("2027-03", (2027, 3)), ("2020-01", (2026, 11)), ("2039-01", (2027, 12)), ("x", (2026, 11))):
        first = client.get(path, {"month": month}).context["calendar"].months[0].first
        assert (first.year, first.month) == shown


def test_a_guest_is_led_to_the_booking_page_with_the_dates(client, guest):
    house = HouseFactory()
    client.force_login(guest)
    text = page(client, f"/houses/{house.pk}", STAY)
    assert f'action="/houses/{house.pk}/book"' in text
    assert 'name="sd" value="2026-12-04"' in text


def test_a_host_is_offered_no_booking_of_an_own_home(client, host):
    house = HouseFactory(host=host)
    client.force_login(host)
    text = page(client, f"/houses/{house.pk}")
    assert "This is your own home" in text
    assert "button--large button--wide" not in text


@pytest.mark.parametrize("status", [House.Status.DRAFT, House.Status.OFFLINE, House.Status.SUSPENDED])
def test_a_home_off_the_market_is_seen_by_its_host_and_by_guests_with_a_booking(client, host, guest, stranger, status):
    house = HouseFactory(host=host)
    make_booking(house, guest, FRIDAY, MONDAY)
    make_booking(house, guest, date(2026, 12, 20), date(2026, 12, 22), Booking.Status.COMPLETE)
    House.objects.filter(pk=house.pk).update(status=status)
    for path in (f"/houses/{house.pk}", f"/houses/{house.pk}/price", f"/houses/{house.pk}/months"):
        page(client, path, status=404)
        for person, answer in ((stranger, 404), (host, 200), (guest, 200)):
            client.force_login(person)
            assert client.get(path).status_code == answer
        client.logout()


def test_a_home_that_never_was_is_not_found(client):
    for number in ("0", "99999", "9" * 30):
        assert client.get(f"/houses/{number}").status_code == 404


def test_today_can_be_booked_until_check_in_time(client, time_machine):
    house, today = HouseFactory(), timezone.localdate()
    query = {"sd": today.isoformat(), "ed": (today + timedelta(days=1)).isoformat()}
    assert "Total" in page(client, f"/houses/{house.pk}/price", query)
    time_machine.move_to("2026-11-22T15:00:00+08:00", tick=False)
    assert "This day has passed" in page(client, f"/houses/{house.pk}/price", query)
