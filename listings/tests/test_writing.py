"""How a host writes a home: begun, saved, copied, deleted."""

from datetime import date

import pytest
from django.core.files.storage import default_storage

from accounts.errors import UserInactive
from bookings.factories import make_booking
from listings.errors import (
    HouseIncomplete,
    HouseNotFound,
    NightsContradict,
    StatusNotPossible,
    UnknownArea,
    UnknownFacility,
    WrongValue,
)
from listings.factories import AreaFactory, FacilityFactory, HouseFactory, HouseImageFactory, block_nights
from listings.models import House, HouseImage
from listings.photos import SIZES, store_sizes
from listings.services import create_house, delete_draft, duplicate_house, remove_house, save_house, take_offline

pytestmark = pytest.mark.django_db
Status = House.Status
LIVE = [Status.PENDING, Status.PUBLISHED, Status.OFFLINE, Status.SUSPENDED]


def save(house, **fields) -> House:
    save_house(host=house.host, house_id=house.pk, **fields)
    return House.objects.get(pk=house.pk)


def refused(house, error, **fields) -> Exception:
    """Try to save, and see that nothing has changed."""
    before = House.objects.filter(pk=house.pk).values().get()
    with pytest.raises(error) as refusal:
        save(house, **fields)
    assert House.objects.filter(pk=house.pk).values().get() == before
    return refusal.value


def test_a_home_begins_as_a_draft_of_which_nothing_need_be_known(host):
    house = create_house(host=host)
    assert (house.host, house.status, house.title, house.area) == (host, Status.DRAFT, "", None)


def test_a_home_begins_with_what_is_known(host):
    area, wifi = AreaFactory(), FacilityFactory(id=3)
    house = create_house(host=host, title=" 柿子  小院\n", area=area.pk, price_fen=39900, facilities=[3, wifi, 3])
    house.refresh_from_db()
    assert (house.title, house.area, house.price_fen) == ("柿子 小院", area, 39900)
    assert (list(house.facilities.all()), house.facility_mask) == ([wifi], 0b1000)


def test_an_account_that_is_closed_begins_no_home(stranger):
    type(stranger).objects.update(is_active=False)
    with pytest.raises(UserInactive):
        create_house(host=stranger)


@pytest.mark.parametrize("status", Status.values)
def test_any_subset_is_saved_in_any_status(host, status):
    house = HouseFactory(host=host, status=status)
    saved = save(house, title="新名字", instant_book=False, weekend_price_fen=None)
    assert (saved.title, saved.instant_book, saved.status) == ("新名字", False, status)
    assert saved.address == house.address


def test_facilities_stay_unless_they_are_given(host):
    house = HouseFactory(host=host)
    FacilityFactory(id=1)
    save(house, facilities=[1])
    assert save(house, title="新名字").facility_mask == 0b10
    assert save(house, facilities=[]).facility_mask == 0


@pytest.mark.parametrize("lacking", ["title", "unit", "beds", "address", "area", "price_fen", "acreage", "capacity"])
@pytest.mark.parametrize("status", LIVE)
def test_only_a_draft_is_saved_incomplete(host, lacking, status):
    house = HouseFactory(host=host, status=status)
    value = None if lacking == "area" else ""
    assert [each.field for each in refused(house, HouseIncomplete, **{lacking: value}).facts["missing"]] == [lacking]
    House.objects.update(status=Status.DRAFT)
    assert not getattr(save(house, **{lacking: value}), lacking)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("title", 64), ("address", 255), ("unit", 32), ("beds", 64), ("description", 4000), ("house_rules", 1000),
        ("directions", 1000),
    ],
)  # fmt: skip
def test_texts_are_so_long_at_most_and_may_have_any_letters(host, name, most):
    house = HouseFactory(host=host)
    assert getattr(save(house, **{name: "🏡" * most}), name) == "🏡" * most
    for wrong in ("长" * (most + 1), "a\x00b"):
        assert refused(house, WrongValue, **{name: wrong}).field == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price_fen", -1), ("price_fen", 100_000_001), ("weekend_price_fen", 0), ("deposit_fen", 100_000_001),
        ("cleaning_fee_fen", -1), ("room_count", 100), ("capacity", 101), ("acreage", 100_001), ("acreage", "x"),
        ("min_nights", 0), ("min_nights", 401), ("max_nights", 10_000), ("weekly_discount", 100),
        ("monthly_discount", -1), ("kind", "castle"), ("kind", ""), ("cancellation_policy", "none"),
        ("check_in_time", "25:00"), ("instant_book", "perhaps"), ("deposit_fen", None),
    ],
)  # fmt: skip
def test_a_value_out_of_bounds_is_refused_beside_its_field(host, name, value):
    assert refused(HouseFactory(host=host), WrongValue, **{name: value}).field == name


def test_the_longest_stay_is_not_shorter_than_the_shortest(host):
    house = HouseFactory(host=host, min_nights=3, max_nights=7)
    refused(house, NightsContradict, max_nights=2)
    refused(house, NightsContradict, min_nights=8)
    assert save(house, min_nights=8, max_nights=0).max_nights == 0


def test_areas_and_facilities_are_those_of_the_site(host):
    house = HouseFactory(host=host)
    refused(house, UnknownArea, area=9999)
    refused(house, UnknownFacility, title="新名字", facilities=[61])


@pytest.mark.parametrize("name", ["status", "host", "booking_count", "facility_mask"])
def test_what_follows_from_other_things_is_not_written(host, name):
    refused(HouseFactory(host=host), TypeError, **{name: 1})


def test_a_copy_is_a_draft_with_the_same_words_photos_and_facilities(host):
    house = HouseFactory(host=host, booking_count=7, review_count=1, rating_sum=5, weekend_price_fen=49900)
    photo = HouseImageFactory(house=house)
    FacilityFactory(id=1)
    save(house, facilities=[1])
    copy = duplicate_house(host=host, house_id=house.pk)
    copy.refresh_from_db()
    assert (copy.status, copy.title, copy.weekend_price_fen, copy.facility_mask) == ("draft", house.title, 49900, 2)
    assert (copy.booking_count, copy.review_count) == (0, 0)
    assert [image.key for image in copy.images.all()] == [image.key for image in house.images.all()] == [photo.key]


def test_a_suspended_home_is_not_copied(host):
    with pytest.raises(StatusNotPossible):
        duplicate_house(host=host, house_id=HouseFactory(host=host, status=Status.SUSPENDED).pk)


def test_a_draft_goes_with_its_photos_and_blocked_nights(host, django_capture_on_commit_callbacks):
    draft = HouseFactory(host=host, status=Status.DRAFT)
    photo, (name, *_) = HouseImageFactory(house=draft), SIZES
    store_sizes(photo.key, {name: b"x"})
    block_nights(draft, date(2027, 1, 4), date(2027, 1, 7))
    with django_capture_on_commit_callbacks(execute=True):
        delete_draft(host=host, house_id=draft.pk)
    assert not House.objects.exists()
    assert not default_storage.exists(f"{photo.key}-{name}.webp")


@pytest.mark.parametrize("status", LIVE)
def test_what_is_no_draft_is_not_deleted(host, status):
    house = HouseImageFactory(house__host=host, house__status=status).house
    with pytest.raises(StatusNotPossible):
        delete_draft(host=host, house_id=house.pk)
    assert HouseImage.objects.filter(house=house).exists()


def test_a_draft_with_a_booking_is_not_deleted(host, guest):
    house = HouseImageFactory(house__host=host).house
    make_booking(house, guest, date(2027, 1, 4), date(2027, 1, 7))
    House.objects.update(status=Status.DRAFT)
    with pytest.raises(StatusNotPossible):
        delete_draft(host=host, house_id=house.pk)
    assert HouseImage.objects.filter(house=house).exists()


@pytest.mark.parametrize(
    ("status", "left"), [("draft", []), ("pending", ["draft"]), ("published", ["offline"]), ("offline", ["offline"])]
)
def test_a_home_that_is_removed_is_off_the_market(host, status, left):
    remove_house(host=host, house_id=HouseFactory(host=host, status=status).pk)
    assert list(House.objects.values_list("status", flat=True)) == left


@pytest.mark.parametrize("service", [save_house, duplicate_house, delete_draft, remove_house, take_offline])
@pytest.mark.parametrize("status", [Status.DRAFT, Status.PUBLISHED])
def test_the_home_of_somebody_else_does_not_exist(host, stranger, service, status):
    before = House.objects.filter(pk=HouseFactory(host=host, status=status).pk).values()
    known = list(before)
    with pytest.raises(HouseNotFound):
        service(host=stranger, house_id=known[0]["id"])
    assert list(before.all()) == list(House.objects.values()) == known
