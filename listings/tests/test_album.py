"""How a home comes by its photos, on disk and in a bucket, with a store that works and one that fails."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.factories import IdentityFactory
from ihome_project.images import BadPicture
from ihome_project.storage import StorageFailed, list_objects
from listings.album import PHOTOS_MOST, add_photo, make_main, order_photos, remove_photo
from listings.errors import HouseNotFound, LastPhoto, OtherPhotos, PhotoNotFound, TooManyPhotos
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House, HouseImage
from listings.photos import SIZES, photo_name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
Status = House.Status


def picture(width: int = 90, height: int = 60) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (width, height), "tomato").save(out, "JPEG")
    return out


def add(house, **how) -> HouseImage:
    return add_photo(host=house.host, house_id=house.pk, picture=picture(), **how)


def order_of(house) -> list[int]:
    rows = HouseImage.objects.filter(house=house).order_by("position").values_list("pk", "position")
    assert [position for _, position in rows] == list(range(len(rows)))
    return [pk for pk, _ in rows]


@pytest.fixture
def house(host) -> House:
    """A published home of 林房东's."""
    return HouseFactory(host=host)


@pytest.fixture
def photos(house) -> list[int]:
    """Its three photos, in their order."""
    return [HouseImageFactory(house=house, position=position).pk for position in range(3)]


def test_a_photo_is_stored_in_all_sizes_under_a_name_that_nobody_guesses(house):
    image = add_photo(host=house.host, house_id=house.pk, picture=picture(1800, 1200))
    assert (image.width, image.height) == (1600, 1067)
    assert len(image.key) == len("houses/") + 32
    for size in SIZES:
        with default_storage.open(photo_name(image.key, size)) as file:
            assert Image.open(file).width == size


def test_the_first_photo_is_the_main_one_and_others_follow(house):
    added = [add(house).pk for _ in range(3)]
    assert order_of(house) == added
    assert House.objects.with_card().get(pk=house.pk).main_image.key == HouseImage.objects.get(pk=added[0]).key


def test_a_home_has_twenty_photos_at_most(house):
    HouseImageFactory.create_batch(PHOTOS_MOST, house=house)
    with pytest.raises(TooManyPhotos):
        add(house)
    assert (house.images.count(), list_objects("houses")) == (PHOTOS_MOST, [])


def test_a_home_of_somebody_elses_gets_no_photo(house, stranger):
    with pytest.raises(HouseNotFound):
        add_photo(host=stranger, house_id=house.pk, picture=picture())
    assert (house.images.count(), list_objects("houses")) == (0, [])


def test_what_is_no_picture_leaves_nothing(house):
    with pytest.raises(BadPicture):
        add_photo(host=house.host, house_id=house.pk, picture=BytesIO(b"<svg/>"))
    assert (house.images.count(), list_objects("houses")) == (0, [])


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_store_that_fails_at_any_size_leaves_nothing(house, fail_at, step, caplog):
    fail_at(saves=(step,))
    with pytest.raises(StorageFailed) as failure:
        add(house)
    assert isinstance(failure.value.__cause__, OSError)
    assert "storage.failed" in caplog.text
    assert (house.images.count(), list_objects("houses")) == (0, [])


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_store_that_cannot_even_delete_keeps_that_object_only(house, fail_at, step):
    fail_at(saves=(3,), deletes=(step,))
    with pytest.raises(StorageFailed):
        add(house)
    (left,) = list_objects("houses")
    assert left.endswith(f"-{SIZES[step - 1]}.webp")
    assert not house.images.exists()


def test_a_store_that_is_well_again_takes_the_photo(house, fail_at):
    fail_at(saves=(2,))
    with pytest.raises(StorageFailed):
        add(house)
    add(house)
    assert (house.images.count(), len(list_objects("houses"))) == (1, len(SIZES))


@pytest.mark.parametrize("publishes", [True, False])
def test_the_first_photo_publishes_a_draft_only_where_it_shall(host, publishes):
    house = HouseFactory(host=host, status=Status.DRAFT)
    add(house, publishes=publishes)
    house.refresh_from_db()
    assert house.status == (Status.PUBLISHED if publishes else Status.DRAFT)


@pytest.mark.parametrize("status", [Status.PENDING, Status.OFFLINE, Status.SUSPENDED])
def test_a_photo_publishes_nothing_but_a_draft(host, status):
    house = HouseFactory(host=host, status=status)
    add(house, publishes=True)
    house.refresh_from_db()
    assert house.status == status


def test_a_host_without_a_verified_identity_publishes_nothing(stranger):
    house = HouseFactory(host=stranger, status=Status.DRAFT)
    add(house, publishes=True)
    IdentityFactory(user=stranger)
    add(house, publishes=True)  # the second is not the first
    house.refresh_from_db()
    assert house.status == Status.DRAFT


def test_photos_are_put_in_order(house, photos):
    wanted = [photos[2], photos[0], photos[1]]
    order_photos(host=house.host, house_id=house.pk, image_ids=wanted)
    assert order_of(house) == wanted


@pytest.mark.parametrize("change", [lambda ids: ids[1:], lambda ids: [*ids, ids[0]], lambda ids: [*ids[1:], 0]])
def test_an_order_has_each_photo_of_the_home_once(house, photos, change):
    with pytest.raises(OtherPhotos) as refusal:
        order_photos(host=house.host, house_id=house.pk, image_ids=change(photos))
    assert refusal.value.field == "order"
    assert order_of(house) == photos


def test_a_photo_becomes_the_main_one(house, photos):
    make_main(host=house.host, house_id=house.pk, image_id=photos[2])
    assert order_of(house) == [photos[2], photos[0], photos[1]]


def test_the_next_photo_follows_a_main_one_that_goes(house, photos):
    remove_photo(host=house.host, house_id=house.pk, image_id=photos[0])
    assert order_of(house) == photos[1:]


def test_a_published_home_keeps_its_last_photo(house):
    image = add(house)
    with pytest.raises(LastPhoto):
        remove_photo(host=house.host, house_id=house.pk, image_id=image.pk)
    assert (order_of(house), len(list_objects("houses"))) == ([image.pk], len(SIZES))


@pytest.mark.parametrize("status", [Status.DRAFT, Status.OFFLINE])
def test_a_home_that_is_not_published_keeps_none(host, status, django_capture_on_commit_callbacks):
    house = HouseFactory(host=host, status=status)
    image = add(house)
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(host=host, house_id=house.pk, image_id=image.pk)
        assert len(list_objects("houses")) == len(SIZES)
    assert (order_of(house), list_objects("houses")) == ([], [])


def test_an_object_that_another_home_shows_stays(house, photos, django_capture_on_commit_callbacks):
    image = add(house)
    HouseImageFactory(key=image.key)
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(host=house.host, house_id=house.pk, image_id=image.pk)
    assert len(list_objects("houses")) == len(SIZES)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_store_that_cannot_delete_does_not_bring_a_photo_back(
    house, photos, fail_at, step, django_capture_on_commit_callbacks
):
    image = add(house)
    fail_at(deletes=(step,))
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(host=house.host, house_id=house.pk, image_id=image.pk)
    assert order_of(house) == photos
    assert list_objects("houses") == [photo_name(image.key, SIZES[step - 1])]


@pytest.mark.parametrize("change", [make_main, remove_photo])
def test_a_photo_of_another_home_is_none_of_this_one(house, photos, change):
    other = HouseImageFactory(house__host=house.host)
    with pytest.raises(PhotoNotFound):
        change(host=house.host, house_id=house.pk, image_id=other.pk)
    assert order_of(house) == photos


def test_strangers_change_no_photo(house, photos, stranger):
    theirs = {"host": stranger, "house_id": house.pk}
    for change in (
        lambda: order_photos(**theirs, image_ids=photos[::-1]),
        lambda: make_main(**theirs, image_id=photos[2]),
        lambda: remove_photo(**theirs, image_id=photos[0]),
    ):
        with pytest.raises(HouseNotFound):
            change()
    assert order_of(house) == photos
