"""Whatever changes is in the next answer of every address that shows it, though answers are kept."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.factories import UserFactory, enter_as_staff
from accounts.models import User
from accounts.services import rename_user, set_avatar
from bookings.cancelling import cancel_booking
from bookings.factories import make_booking
from bookings.models import Booking, Trade
from bookings.paying import hear
from bookings.payments import TradeState, TradeWord
from bookings.reviewing import reply_to_review, review_stay
from listings.album import add_photo, make_main
from listings.factories import AreaFactory, HouseImageFactory, ReviewFactory
from listings.models import House, Review
from listings.reviews import count_review, show_review
from listings.services import save_house

pytestmark = pytest.mark.usefixtures("keeping")
API, ADMIN, WHY = "/api/v1.0", "/admin", "因为"
INDEX, HOME, SEARCH, HOMES, ORDERS, ORDER = "houses/index", "houses/{home}", "houses", "user/houses", "orders", "order"
CARDS = {INDEX, HOME, SEARCH, HOMES}  # where a home's card or page is


def as_posted(page) -> dict:
    """What a browser would send of a page of the admin, with nothing changed."""
    return {name: value for name, value in page["adminform"].form.initial.items() if value is not None}


def picture() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (9, 9), "red").save(file, "PNG")
    file.seek(0)
    return file


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@dataclass
class Scene:
    """A home with a stay to come, one that waits for money, one that is over and reviewed, and who reads of them."""

    home: House
    paid: Booking
    unpaid: Booking
    over: Booking
    review: Review
    staff: Client

    def answers(self) -> dict[str, object]:
        """What each address answers: to nobody, to the guest, and to the host."""
        guest, host, nobody = logged_in(self.paid.guest), logged_in(self.home.host), Client()
        lists = [(who, f"user/orders?role={role}") for who, role in ((guest, "custom"), (host, "landlord"))]
        orders = [(who, f"orders/{booking.pk}") for who in (guest, host) for booking in (self.paid, self.over)]
        asked = {
            INDEX: [(nobody, INDEX), (guest, INDEX)],
            HOME: [(who, f"houses/{self.home.pk}") for who in (nobody, guest, host)],
            SEARCH: [(nobody, "houses"), (guest, "houses?sk=booking")],
            HOMES: [(host, HOMES)],
            ORDERS: lists,
            ORDER: orders,
        }
        return {where: [who.get(f"{API}/{path}").json()["data"] for who, path in asks] for where, asks in asked.items()}

    def change_in_admin(self, path: str, **values: object) -> None:
        """Change a row as staff do: its form, with other values."""
        address = f"{ADMIN}/{path}/change/"
        body = as_posted(self.staff.get(address).context) | values
        assert self.staff.post(address, body).status_code == 302

    def act_in_admin(self, path: str) -> None:
        """Do what staff do on a page that asks why."""
        assert self.staff.post(f"{ADMIN}/{path}", {"reason": WHY}).status_code == 303


@pytest.fixture
def scene(keeping, host, guest) -> Scene:
    home = HouseImageFactory(house__host=host).house
    today = timezone.localdate()

    def stay(days: int, status: str) -> Booking:
        return make_booking(home, guest, today + timedelta(days), today + timedelta(days + 2), status)

    over = stay(-5, Booking.Status.WAIT_COMMENT)
    paid, unpaid = stay(20, Booking.Status.PAID), stay(30, Booking.Status.WAIT_PAYMENT)
    review = ReviewFactory(house=home, rating=3)
    count_review(review, more=1)
    staff = enter_as_staff(Client(), UserFactory(is_staff=True, is_superuser=True))
    return Scene(home, paid, unpaid, over, review, staff)


def pay(scene: Scene) -> None:
    trade = Trade.objects.get(booking=scene.unpaid)
    hear(TradeWord(trade.number, TradeState.PAID, "T1", trade.amount_fen), {})


def hide(scene: Scene) -> None:
    staff = User.objects.get(is_staff=True)
    show_review(staff=staff, review_id=scene.review.pk, is_visible=False, reason=WHY)


def hide_and_show(scene: Scene) -> None:
    scene.act_in_admin(f"listings/review/{scene.review.pk}/hide")
    assert scene.answers()[HOME][0]["house"]["review_count"] == 0
    scene.act_in_admin(f"listings/review/{scene.review.pk}/show")


def save(**values: object):
    return lambda scene: save_house(host=scene.home.host, house_id=scene.home.pk, **values)


def move(scene: Scene) -> None:
    save(area=AreaFactory().pk)(scene)


def reply(scene: Scene) -> None:
    review_stay(guest=scene.over.guest, booking_id=scene.over.pk, rating=1, comment="一般")
    reply_to_review(host=scene.home.host, booking_id=scene.over.pk, reply="谢谢")


def put_another_photo_first(scene: Scene) -> None:
    image = add_photo(host=scene.home.host, house_id=scene.home.pk, picture=picture())
    make_main(host=scene.home.host, house_id=scene.home.pk, image_id=image.pk)


# What changes, how, and where it is seen; everywhere else it must only do no harm.
CHANGES = {
    "price": (save(price_fen=12300), CARDS),
    "title": (save(title="大院"), {*CARDS, ORDERS, ORDER}),
    "area": (move, CARDS),
    "main photo": (put_another_photo_first, {*CARDS, ORDERS, ORDER}),
    "host's name": (lambda scene: rename_user(user=scene.home.host, name="林大房东"), {HOME, ORDERS, ORDER}),
    "host's picture": (lambda scene: set_avatar(user=scene.home.host, picture=picture()), CARDS),
    "guest's name": (lambda scene: rename_user(user=scene.paid.guest, name="王大明"), {ORDERS, ORDER}),
    "author's name": (lambda scene: rename_user(user=scene.review.author, name="张大明"), {HOME}),
    "review written": (reply, {*CARDS, ORDERS, ORDER}),
    "review hidden": (hide, CARDS),
    "review hidden and shown again": (hide_and_show, set()),
    "booking paid": (pay, {*CARDS, ORDERS}),
    "booking cancelled": (
        lambda scene: cancel_booking(actor=scene.paid.guest, booking_id=scene.paid.pk),
        {*CARDS, ORDERS, ORDER},
    ),
    "area's name by staff": (
        lambda scene: scene.change_in_admin(f"listings/area/{scene.home.area_id}", name="改了", name_en=""),
        CARDS,
    ),
    "review hidden by staff": (lambda scene: scene.act_in_admin(f"listings/review/{scene.review.pk}/hide"), CARDS),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_in_the_next_answer_of_every_address_that_shows_it(scene, change):
    make, shown = CHANGES[change]
    before = [scene.answers() for _ in range(2)][1]  # asked twice, so that what is answered is kept
    make(scene)
    after = scene.answers()
    cache.clear()
    assert after == scene.answers()
    assert {where for where in after if after[where] != before[where]} == shown
