"""The page on which a host adds, orders and removes the photos of a home."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from listings.album import PHOTOS_MOST
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House, HouseImage

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Requested-With": "fetch"}


def picture(name: str = "院子.jpg") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (90, 60), "tomato").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def no_picture(name: str = "说明.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"hello")


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


@pytest.fixture
def photos(house) -> list[int]:
    """Its three photos, in their order."""
    return [HouseImageFactory(house=house, position=position).pk for position in range(3)]


@pytest.fixture
def visitor(client, host):
    """林房东's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(host)
    return client


def page_of(house) -> str:
    return reverse("house-photos", args=[house.pk])


def order_of(house) -> list[int]:
    return list(house.images.values_list("pk", flat=True))


def put_in_order(visitor, house, *ids, **how):
    return visitor.post(reverse("photo-order", args=[house.pk]), {"order": " ".join(map(str, ids))}, **how)


def remove(visitor, house, image_id, **how):
    return visitor.post(reverse("photo-removal", args=[house.pk]), {"image_id": image_id}, follow=True, **how)


# --- looking ----------------------------------------------------------------------------------------------------------


def test_the_photos_stand_in_their_order(visitor, house, photos):
    page = visitor.get(page_of(house)).text
    places = [page.index(f'data-photo="{pk}"') for pk in photos]
    assert places == sorted(places)
    assert "3 of 20 photos" in page
    assert "Five or more are best" in page


def test_the_number_of_queries_is_fixed(visitor, house, photos, django_assert_num_queries):
    with django_assert_num_queries(5):  # session, host, home, photos, bell
        visitor.get(page_of(house))


def test_a_home_without_photos_says_what_is_needed(visitor, house):
    assert "No photos yet" in visitor.get(page_of(house)).text


# --- adding -----------------------------------------------------------------------------------------------------------


def test_several_photos_are_added_at_once(visitor, house):
    answer = visitor.post(page_of(house), {"photos": [picture("1.jpg"), picture("2.jpg")]})
    assert (answer.status_code, answer.url, house.images.count()) == (303, page_of(house), 2)


def test_each_refusal_names_its_file_and_the_others_are_added(visitor, house):
    page = visitor.post(page_of(house), {"photos": [picture(), no_picture(), picture(), no_picture("b.svg")]})
    assert (page.status_code, house.images.count()) == (400, 2)
    assert "说明.txt: This is not a photo" in page.text
    assert "b.svg: This is not a photo" in page.text


def test_the_twenty_first_photo_is_refused(visitor, house):
    HouseImageFactory.create_batch(PHOTOS_MOST - 1, house=house)
    page = visitor.post(page_of(house), {"photos": [picture("1.jpg"), picture("2.jpg")]})
    assert "2.jpg: A home can have 20 photos" in page.text
    assert "1.jpg:" not in page.text
    assert house.images.count() == PHOTOS_MOST


def test_who_chooses_nothing_is_asked_to(visitor, house):
    page = visitor.post(page_of(house))
    assert (page.status_code, "Choose a photo first." in page.text) == (400, True)


def test_a_script_hears_a_status_and_the_words_of_a_refusal(visitor, house):
    assert visitor.post(page_of(house), {"photos": picture()}, headers=SCRIPT).status_code == 201
    refused = visitor.post(page_of(house), {"photos": no_picture()}, headers=SCRIPT)
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert refused.text.startswith("This is not a photo")


def test_a_photo_publishes_no_draft(visitor, host):
    draft = HouseFactory(host=host, status="draft")
    visitor.post(page_of(draft), {"photos": picture()})
    draft.refresh_from_db()
    assert (draft.status, draft.images.count()) == ("draft", 1)


# --- ordering ---------------------------------------------------------------------------------------------------------


def test_the_buttons_hold_the_order_that_they_make(visitor, house, photos):
    first, second, third = photos
    page = visitor.get(page_of(house)).text
    assert page.count(f'name="order" value="{second} {first} {third}"') == 2  # the first later, the second earlier
    answer = put_in_order(visitor, house, second, first, third)
    assert (answer.status_code, answer.url, order_of(house)) == (303, page_of(house), [second, first, third])


def test_a_script_puts_photos_in_order(visitor, house, photos):
    assert put_in_order(visitor, house, *photos[::-1], headers=SCRIPT).status_code == 204
    assert order_of(house) == photos[::-1]


def test_an_order_of_other_photos_is_refused(visitor, house, photos):
    refused = put_in_order(visitor, house, *photos[1:], headers=SCRIPT)
    assert (refused.status_code, "changed meanwhile" in refused.text) == (400, True)
    assert "changed meanwhile" in put_in_order(visitor, house, *photos[1:], follow=True).text
    assert order_of(house) == photos


@pytest.mark.parametrize("order", ["", "a", "1  2", "1,2", "-1", "٣", "1" * 19])
def test_what_is_no_order_is_not_understood(visitor, house, photos, order):
    assert put_in_order(visitor, house, order).status_code == 400
    assert order_of(house) == photos


def test_a_photo_becomes_the_main_one(visitor, house, photos):
    visitor.post(reverse("photo-main", args=[house.pk]), {"image_id": photos[2]})
    assert order_of(house) == [photos[2], photos[0], photos[1]]


# --- removing ---------------------------------------------------------------------------------------------------------


def test_the_next_photo_follows_a_main_one_that_goes(visitor, house, photos):
    assert "The photo is removed." in remove(visitor, house, photos[0]).text
    assert order_of(house) == photos[1:]


def test_a_published_home_keeps_its_last_photo_and_says_so(visitor, house):
    image = HouseImageFactory(house=house)
    assert "This photo stays" in visitor.get(page_of(house)).text
    page = remove(visitor, house, image.pk)
    assert page.text.count("A published home keeps a photo. Add another one first.") == 2  # the sheet, the refusal
    assert order_of(house) == [image.pk]


def test_a_draft_may_lose_its_last_photo(visitor, host):
    image = HouseImageFactory(house__host=host, house__status="draft")
    remove(visitor, image.house, image.pk)
    assert not HouseImage.objects.exists()


@pytest.mark.parametrize("name", ["photo-main", "photo-removal"])
def test_a_photo_of_another_home_is_none_of_this_one(visitor, house, photos, name):
    other = HouseImageFactory(house__host=house.host)
    assert visitor.post(reverse(name, args=[house.pk]), {"image_id": other.pk}).status_code == 404
    assert order_of(house) == photos


# --- who --------------------------------------------------------------------------------------------------------------


def test_nobody_else_sees_or_changes_a_homes_photos(visitor, house, photos, stranger):
    for who in (stranger, HouseFactory().host):
        visitor.force_login(who)
        assert visitor.get(page_of(house)).status_code == 404
        assert visitor.post(page_of(house), {"photos": picture()}).status_code == 404
        assert put_in_order(visitor, house, *photos[::-1]).status_code == 404
        for name in ("photo-main", "photo-removal"):
            assert visitor.post(reverse(name, args=[house.pk]), {"image_id": photos[2]}).status_code == 404
    assert order_of(house) == photos


@pytest.mark.parametrize("name", ["house-photos", "photo-order", "photo-main", "photo-removal"])
def test_who_is_not_logged_in_logs_in_first(client, house, photos, name):
    answer = client.post(reverse(name, args=[house.pk]), {"image_id": photos[2], "order": photos[2]})
    assert answer.url.startswith(reverse("login"))
    assert order_of(house) == photos
