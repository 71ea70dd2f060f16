"""Photos of homes over the API: shape, permission, and what becomes of the home."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from ihome_project.storage import list_objects
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
Status = House.Status
IMAGES = "/api/v1.0/houses/images"


def picture(content: bytes | None = None, name: str = "院子.jpg") -> SimpleUploadedFile:
    if content is None:
        out = BytesIO()
        Image.new("RGB", (90, 60), "tomato").save(out, "JPEG")
        content = out.getvalue()
    return SimpleUploadedFile(name, content, "image/jpeg")


def of(user) -> APIClient:
    """A program of somebody's."""
    api = APIClient()
    api.force_authenticate(user)
    return api


def send(user, house, content: bytes | None = None):
    return of(user).post(IMAGES, {"house_image": picture(content), "house_id": house.pk})


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["errcode"]


def test_a_host_adds_a_photo_and_reads_its_address(host, client):
    house = HouseFactory(host=host)
    answer = send(host, house)
    assert told(answer) == (201, "0")
    data = answer.json()["data"]
    assert data == {"image_id": house.images.get().pk, "image_url": f"/media/{house.images.get().key}-1600.webp"}
    served = client.get(data["image_url"])
    assert (served["Content-Type"], served["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert Image.open(BytesIO(b"".join(served))).size == (90, 60)


def test_the_first_photo_publishes_a_draft(host):
    house = HouseFactory(host=host, status=Status.DRAFT)
    assert told(send(host, house)) == (201, "0")
    house.refresh_from_db()
    assert house.status == Status.PUBLISHED


def test_nobody_adds_a_photo_without_logging_in(client, host):
    house = HouseFactory(host=host)
    assert told(client.post(IMAGES, {"house_image": picture(), "house_id": house.pk})) == (401, "4101")


@pytest.mark.parametrize(
    ("status", "refusal"), [(Status.PUBLISHED, (403, "4105")), (Status.DRAFT, (404, "4002")), (None, (404, "4002"))]
)
def test_strangers_change_nothing_and_learn_of_published_homes_only(host, stranger, status, refusal):
    image = HouseImageFactory(house__host=host, house__status=status or Status.DRAFT)
    house, other = image.house, of(stranger)
    if status is None:
        house = House(pk=house.pk + 1)
    assert told(send(stranger, house)) == refusal
    assert told(other.put(f"/api/v1.0/houses/{house.pk}/images", {"order": [image.pk]}, "json")) == refusal
    assert told(other.delete(f"/api/v1.0/houses/{house.pk}/images/{image.pk}")) == refusal
    assert list_objects("houses") == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"house_id": "1"}, "house_image"),
        ({"house_id": "1", "house_image": "words"}, "house_image"),
        ({"house_id": "x", "house_image": b"x"}, "house_id"),
        ({"house_id": str(2**63), "house_image": b"x"}, "house_id"),
        ({"house_id": "1", "house_image": b""}, "house_image"),
    ],
)
def test_shape_comes_first(stranger, data, field):
    data = {name: picture(value) if isinstance(value, bytes) else value for name, value in data.items()}
    answer = of(stranger).post(IMAGES, data)
    assert told(answer) == (400, "4103")
    assert list(answer.json()["data"]["fields"]) == [field]


def test_a_photo_is_sent_as_a_form_with_a_file(host):
    assert told(of(host).post(IMAGES, {"house_id": 1}, "json")) == (415, "4103")


@pytest.mark.parametrize(
    ("content", "status"), [(b"<svg/>", 400), (b"\xff\xd8\xff" + bytes(11 * 1024 * 1024), 413)], ids=["svg", "11 MB"]
)
def test_a_file_that_is_no_photo_is_4103_with_its_field(host, content, status):
    answer = send(host, HouseFactory(host=host), content)
    assert told(answer) == (status, "4103")
    assert list(answer.json()["data"]["fields"]) == ["house_image"]
    assert list_objects("houses") == []


def test_a_form_that_is_too_large_is_not_even_read(host, settings):
    settings.FILE_UPLOAD_TEMP_DIR = "/nowhere"
    answer = send(host, HouseFactory(host=host), bytes(13 * 1024 * 1024))
    assert told(answer) == (413, "4103")


def test_one_photo_too_many_is_4201(host):
    house = HouseFactory(host=host)
    HouseImageFactory.create_batch(20, house=house)
    assert told(send(host, house)) == (409, "4201")


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_store_that_fails_is_4301(host, fail_at, step):
    house = HouseFactory(host=host)
    fail_at(saves=(step,))
    assert told(send(host, house)) == (502, "4301")
    assert (house.images.count(), list_objects("houses")) == (0, [])


def test_a_host_puts_photos_in_order(host):
    house = HouseFactory(host=host)
    photos = [HouseImageFactory(house=house).pk for _ in range(3)]
    answer = of(host).put(f"/api/v1.0/houses/{house.pk}/images", {"order": photos[::-1]}, "json")
    assert (told(answer), answer.json()["data"]) == ((200, "0"), None)
    assert list(house.images.values_list("pk", flat=True)) == photos[::-1]


@pytest.mark.parametrize("order", [None, "1", ["x"], [0], {}, [1] * 101, [[1]], [2**63], [], [1, 1]])
def test_an_order_that_is_none_is_4103(host, order):
    image = HouseImageFactory(house__host=host)
    answer = of(host).put(f"/api/v1.0/houses/{image.house_id}/images", {"order": order}, "json")
    assert told(answer) == (400, "4103")
    assert list(answer.json()["data"]["fields"]) == ["order"]


def test_a_host_removes_photos_but_not_the_last_of_a_published_home(host):
    house = HouseFactory(host=host)
    first, second = (HouseImageFactory(house=house).pk for _ in range(2))
    answer = of(host).delete(f"/api/v1.0/houses/{house.pk}/images/{first}")
    assert (told(answer), answer.json()["data"]) == ((200, "0"), None)
    assert told(of(host).delete(f"/api/v1.0/houses/{house.pk}/images/{first}")) == (404, "4002")
    assert told(of(host).delete(f"/api/v1.0/houses/{house.pk}/images/{second}")) == (409, "4201")
    assert house.images.get().position == 0


def test_photos_need_the_csrf_token_of_a_browser(api, host):
    api.force_login(host)
    assert told(api.post(IMAGES, {"house_image": picture(), "house_id": 1})) == (403, "4105")
