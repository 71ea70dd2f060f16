"""What the site knows about a person: told, taken along, erased."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from PIL import Image

from accounts.errors import CannotClose, NoPassword, WrongPassword
from accounts.factories import PASSWORD, MessageFactory, UserFactory
from accounts.models import ApiKey, Identity, Message, Session, User
from accounts.privacy import close_account, export_data, objections_to_closing, waiting_for
from accounts.services import make_key, set_avatar
from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory, HouseImageFactory, ReviewFactory
from listings.models import House

pytestmark = pytest.mark.django_db
ARRIVAL = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def _today():
    """A day on which ARRIVAL is still to come."""
    with time_machine.travel(datetime(2026, 11, 24, 4, tzinfo=UTC), tick=False):
        yield


def stay(guest, house=None, check_in=ARRIVAL, status=Booking.Status.PAID) -> Booking:
    return make_booking(house or HouseFactory(), guest, check_in, check_in + timedelta(days=3), status)


def picture() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (300, 200), "red").save(file, "PNG")
    file.seek(0)
    return file


def close(user, password=PASSWORD):
    close_account(user=user, password=password, address="1.2.3.4")
    user.refresh_from_db()


def read(user) -> dict:
    with export_data(user) as file, zipfile.ZipFile(file) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_one_takes_along_all_that_is_known_and_ones_photos(guest):
    stay(guest)
    set_avatar(user=guest, picture=picture())
    files = read(guest)
    assert json.loads(files["account.json"])["mobile"] == "+8613800138002"
    assert json.loads(files["bookings.json"])["as_guest"][0]["check_in"] == "2026-12-04"
    assert files[f"photos/{guest.avatar}"].startswith(b"RIFF")


def test_a_host_takes_homes_and_their_photos_along(host):
    image = HouseImageFactory(house__host=host, house__title="柿子树下的小院")
    ReviewFactory(house=image.house, reply="欢迎再来")
    key = image.key
    default_storage.save(f"{key}-1600.webp", ContentFile(b"RIFF"))
    files = read(host)
    [home] = json.loads(files["homes.json"])["homes"]
    assert (home["title"], home["photos"][0]["caption"]) == ("柿子树下的小院", "院子")
    assert (home["reviews"][0]["rating"], home["reviews"][0]["reply"]) == (5, "欢迎再来")
    assert files[f"photos/{key}-1600.webp"] == b"RIFF"


def test_the_id_number_and_secrets_are_not_taken_along_in_plain(guest, client):
    client.force_login(guest)
    key = make_key(user=guest, name="calendar")
    text = b"".join(read(guest).values()).decode()
    assert guest.password not in text
    assert key not in text
    assert client.session.session_key not in text
    assert "********" in json.loads(read(guest)["account.json"])["identity"]["id_number"]


def test_what_one_was_told_is_taken_along(guest, stranger):
    MessageFactory(user=guest, facts={"title": "柿子树下的小院"})
    [message] = json.loads(read(guest)["account.json"])["messages"]
    assert (message["facts"], message["path"]) == ({"title": "柿子树下的小院"}, "/bookings")
    assert json.loads(read(stranger)["account.json"])["messages"] == []


def test_the_messages_of_a_closed_account_go_and_those_of_others_stay(guest, stranger):
    MessageFactory(user=guest)
    others = MessageFactory(user=stranger)
    close(guest)
    assert list(Message.objects.all()) == [others]


def test_nobody_elses_stays_are_taken_along(guest, stranger):
    stay(guest)
    assert json.loads(read(stranger)["bookings.json"]) == {"as_guest": [], "as_host": []}


def test_a_closed_account_has_no_number_identity_photo_session_or_key(
    guest, client, django_capture_on_commit_callbacks
):
    client.force_login(guest)
    make_key(user=guest, name="calendar")
    set_avatar(user=guest, picture=picture())
    avatar = guest.avatar
    with django_capture_on_commit_callbacks(execute=True):
        close(guest)
    assert (guest.mobile, guest.avatar, guest.is_active, guest.has_usable_password()) == (None, "", False, False)
    assert "王小明" not in guest.name
    assert not any(rows.filter(user=guest).exists() for rows in (Identity.objects, Session.objects, ApiKey.objects))
    assert not default_storage.exists(avatar)
    assert client.get("/api/v1.0/session").status_code == 401


def test_the_name_goes_from_the_log_of_the_admin_too(guest, host):
    about = ContentType.objects.get_for_model(User).pk
    LogEntry.objects.create(user=host, content_type_id=about, object_id=guest.pk, object_repr="王小明", action_flag=2)
    close(guest)
    assert LogEntry.objects.get().object_repr == "–"


def test_a_store_that_is_down_does_not_keep_an_account_open(host, settings, django_capture_on_commit_callbacks):
    house = HouseImageFactory(house__host=host).house
    HouseImageFactory(house=house)
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "accounts.tests.test_privacy.Down"}}
    with django_capture_on_commit_callbacks(execute=True):
        close(host)
    assert not house.images.exists()


class Down(FileSystemStorage):
    """A store that cannot delete."""

    def delete(self, name):
        raise OSError(name)


def test_the_number_of_a_closed_account_is_free_again(guest):
    close(guest)
    assert UserFactory(mobile="+8613800138002")


def test_stays_that_are_over_remain_without_the_name(guest):
    booking = stay(guest, check_in=date(2026, 1, 4), status=Booking.Status.COMPLETE)
    close(guest)
    booking.refresh_from_db()
    assert (booking.guest_id, booking.guest.name) == (guest.pk, guest.name)
    assert booking.amount_fen


@pytest.mark.parametrize("status", [Booking.Status.WAIT_ACCEPT, Booking.Status.WAIT_PAYMENT, Booking.Status.PAID])
@pytest.mark.parametrize("side", ["guest", "host"])
def test_an_account_stays_open_while_a_stay_or_a_request_is(guest, status, side):
    booking = stay(guest, status=status)
    user = guest if side == "guest" else booking.house.host
    with pytest.raises(CannotClose) as refused:
        close(user)
    assert objections_to_closing(user) == refused.value.facts["reasons"]
    user.refresh_from_db()
    assert user.is_active


def test_staff_do_not_close_the_account_that_looks_after_the_site(guest):
    User.objects.filter(pk=guest.pk).update(is_staff=True)
    guest.refresh_from_db()
    with pytest.raises(CannotClose):
        close(guest)


def test_the_homes_of_a_closed_account_are_found_no_more(host, django_capture_on_commit_callbacks):
    house = HouseImageFactory(house__host=host).house
    with django_capture_on_commit_callbacks(execute=True):
        close(host)
    house.refresh_from_db()
    assert (house.status, house.address, house.directions) == (House.Status.OFFLINE, "", "")
    assert not house.images.exists()


def test_closing_asks_for_the_password(guest):
    with pytest.raises(WrongPassword):
        close(guest, "not-this-one")
    guest.set_unusable_password()
    guest.save()
    with pytest.raises(NoPassword):
        close(guest)


def test_one_is_told_what_waits(guest):
    assert waiting_for(guest) == []
    booking = stay(guest, status=Booking.Status.WAIT_PAYMENT)
    stay(guest, booking.house, date(2027, 2, 4), status=Booking.Status.WAIT_ACCEPT)
    assert [each.url for each in waiting_for(guest)] == ["/bookings"]
    assert [each.url for each in waiting_for(booking.house.host)] == ["/host/bookings"]


def test_a_rejected_identity_waits_for_its_owner(guest):
    Identity.objects.filter(user=guest).update(status="rejected", reason="blurred", number_digest=None)
    assert [each.url for each in waiting_for(guest)] == ["/account/verification"]
