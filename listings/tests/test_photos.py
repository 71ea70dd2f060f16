"""Photos in the store."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from ihome_project.images import BadPicture
from listings.factories import HouseImageFactory
from listings.models import HouseImage
from listings.photos import SIZES, delete_photo, encode_sizes, photo_name, store_sizes


def picture(width: int = 1800, height: int = 1200, **how: object) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (width, height), "tomato").save(out, "JPEG", **how)
    out.seek(0)
    return out


pytestmark = pytest.mark.usefixtures("store")


def test_a_photo_is_kept_in_three_sizes():
    width, height, encoded = encode_sizes(picture())
    assert (width, height) == (1600, 1067)
    assert [Image.open(BytesIO(encoded[size])).size for size in SIZES] == [(400, 267), (800, 533), (1600, 1067)]


def test_a_small_photo_is_not_made_larger():
    encoded = encode_sizes(picture(600, 400))[2]
    assert Image.open(BytesIO(encoded[1600])).size == (600, 400)


def test_a_photo_is_turned_upright_and_says_nothing_about_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    width, height, encoded = encode_sizes(picture(exif=exif))
    assert (width, height) == (1200, 1800)
    assert not Image.open(BytesIO(encoded[400])).getexif()


def test_a_photo_may_be_named_by_its_path(tmp_path):
    (tmp_path / "photo.svg").write_bytes(picture().getvalue())
    assert encode_sizes(str(tmp_path / "photo.svg")) == encode_sizes(picture())


@pytest.mark.parametrize(("width", "height"), [(50, 9000), (9000, 50), (1, 1)])
def test_a_photo_of_any_shape_stays_within_its_sizes(width, height):
    for size, content in encode_sizes(picture(width, height))[2].items():
        kept = Image.open(BytesIO(content))
        assert 1 <= kept.width <= size
        assert 1 <= kept.height <= 4 * size


def test_what_is_no_photo_is_refused():
    with pytest.raises(BadPicture):
        encode_sizes(BytesIO(b"<svg/>"))


@pytest.mark.django_db
def test_an_object_goes_with_the_last_row_that_names_it(django_capture_on_commit_callbacks):
    store_sizes("houses/shared", encode_sizes(picture())[2])
    HouseImageFactory.create_batch(2, key="houses/shared")
    for still_there in (True, False):
        with django_capture_on_commit_callbacks(execute=True):
            delete_photo(HouseImage.objects.first())
        assert default_storage.exists(photo_name("houses/shared", 400)) is still_there
