"""Every request that takes an Idempotency-Key: who sends what, what else might be asked, what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.codes import BINDING, Purpose, send_code
from accounts.factories import IdentityFactory, UserFactory
from accounts.models import Identity, User
from bookings.factories import make_booking
from bookings.models import Booking, BookingEvent, Refund
from listings.factories import HouseFactory
from listings.models import House, Review
from listings.tests.calls import API, a_home

MOBILE, ID_NUMBER = "13900000009", "110101199003070003"
Status = Booking.Status


@dataclass
class Keyed:
    """A request that may come again."""

    user: User | None
    method: str
    path: str
    body: dict
    other: dict
    effects: Callable[[], int]
    session: str = ""
    form: bool = False

    def send(self, key: str | None = "a key", *, other: bool = False, user: User | None = None) -> Response:
        """Send it as a fresh client does, with its session where it has one."""
        api = APIClient()
        if user or self.user:
            api.force_authenticate(user or self.user)
        if self.session:
            api.cookies["sessionid"] = self.session
        body = {name: read(value) for name, value in (self.other if other else self.body).items()}
        headers = {} if key is None else {"Idempotency-Key": key}
        kind = "multipart" if self.form else "json"
        try:
            return getattr(api, self.method)(f"{API}{self.path}", body, format=kind, headers=headers)
        finally:
            if not connection.in_atomic_block:
                connection.close()


def read(value):
    """A file is sent from its beginning each time."""
    return SimpleUploadedFile("院子.jpg", value, "image/jpeg") if isinstance(value, bytes) else value


def photo(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (90, 60), colour).save(out, "JPEG")
    return out.getvalue()


def registers(sms) -> Keyed:
    session = APIClient().session
    session[BINDING] = "mine"
    session.save()
    send_code(mobile=f"+86{MOBILE}", purpose=Purpose.REGISTER, binding="mine", address="1.2.3.4")
    body = {"mobile": MOBILE, "sms_code": sms()[-1]["code"], "password": "hutong-2026", "password2": "hutong-2026"}
    other = body | {"password": "siheyuan-2026", "password2": "siheyuan-2026"}
    count = User.objects.filter(mobile=f"+86{MOBILE}").count
    return Keyed(None, "post", "/users", body, other, count, session=session.session_key)


def submits_identity(sms) -> Keyed:
    user = UserFactory()
    body = {"real_name": "赵路人", "id_card": ID_NUMBER}
    count = Identity.objects.filter(user=user).count
    return Keyed(user, "post", "/user/auth", body, body | {"real_name": "赵行人"}, count)


def begins_home(sms) -> Keyed:
    host, body = IdentityFactory().user, a_home()
    return Keyed(host, "post", "/houses/info", body, body | {"price": "300"}, House.objects.filter(host=host).count)


def adds_photo(sms) -> Keyed:
    house = HouseFactory()
    body = {"house_id": house.pk, "house_image": photo("tomato")}
    other = body | {"house_image": photo("teal")}
    return Keyed(house.host, "post", "/houses/images", body, other, house.images.count, form=True)


def books(sms) -> Keyed:
    house, guest, today = HouseFactory(), UserFactory(), timezone.localdate()
    days = [(today + timedelta(days=ahead)).isoformat() for ahead in (10, 13, 14)]
    body = {"house_id": house.pk, "start_date": days[0], "end_date": days[1]}
    count = Booking.objects.filter(guest=guest).count
    return Keyed(guest, "post", "/orders", body, body | {"end_date": days[2]}, count)


def booked(status: str) -> Booking:
    first = timezone.localdate() + timedelta(days=-5 if status == Status.WAIT_COMMENT else 10)
    return make_booking(HouseFactory(), UserFactory(), first, first + timedelta(days=3), status)


def pays(sms) -> Keyed:
    booking = booked(Status.WAIT_PAYMENT)
    count = Booking.objects.filter(pk=booking.pk, trade__isnull=False).count
    return Keyed(booking.guest, "post", f"/orders/{booking.pk}/payment", {}, {"by": "phone"}, count)


def changes(booking: Booking, user: User, to: str, body: dict, other: dict) -> Keyed:
    count = BookingEvent.objects.filter(booking=booking, to_status=to).count
    return Keyed(user, "put", f"/orders/{booking.pk}/status", body, other, count)


def accepts(sms) -> Keyed:
    booking = booked(Status.WAIT_ACCEPT)
    other = {"action": "reject", "reason": "修暖气"}
    return changes(booking, booking.house.host, Status.WAIT_PAYMENT, {"action": "accept"}, other)


def rejects(sms) -> Keyed:
    booking = booked(Status.WAIT_ACCEPT)
    body = {"action": "reject", "reason": "修暖气"}
    return changes(booking, booking.house.host, Status.REJECTED, body, body | {"reason": "修水管"})


def cancels(sms) -> Keyed:
    booking = booked(Status.WAIT_PAYMENT)
    body = {"action": "cancel", "reason": "改行程"}
    return changes(booking, booking.guest, Status.CANCELED, body, body | {"reason": "不去了"})


def gets_money_back(sms) -> Keyed:
    booking = booked(Status.PAID)
    body = {"action": "cancel", "reason": "改行程"}
    keyed = changes(booking, booking.guest, Status.CANCELED, body, body | {"reason": "不去了"})
    keyed.effects = Refund.objects.filter(booking=booking).count
    return keyed


def reviews(sms) -> Keyed:
    booking = booked(Status.WAIT_COMMENT)
    body = {"comment": "院子很安静", "rating": 5}
    count = Review.objects.filter(author=booking.guest).count
    return Keyed(booking.guest, "put", f"/orders/{booking.pk}/comment", body, body | {"rating": 4}, count)


REQUESTS = (
    registers,
    submits_identity,
    begins_home,
    adds_photo,
    books,
    pays,
    accepts,
    rejects,
    cancels,
    gets_money_back,
    reviews,
)
