"""What is said to a guest who cannot have a stay: each refusal by itself, in order, with dates that can be had."""

from dataclasses import astuple
from datetime import date, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from bookings.errors import OwnHouse, PriceChanged, TooManyOpenRequests, VerifiedGuestsOnly
from bookings.factories import make_booking
from bookings.models import Booking
from bookings.services import quote_request, request_booking
from ihome_project.api import words_of
from listings.calendar import Stay
from listings.errors import NightsTaken, StayInThePast, StayTooFarAhead, StayTooLong, StayTooShort, TooManyGuests
from listings.factories import HouseFactory, HouseImageFactory, block_nights
from listings.models import House

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.get_default_timezone())
LATEST = NOON.date() + timedelta(days=400)
pytestmark = pytest.mark.django_db

# In the order in which they are made: what is wrong with a request beside everything that comes later.
REFUSALS = [
    (OwnHouse, 403, "4105", {"by": "host"}),
    (VerifiedGuestsOnly, 403, "4105", {"by": "stranger"}),
    (StayInThePast, 400, "4103", {"start_date": "2026-05-31", "end_date": "2026-06-05"}),
    (StayTooFarAhead, 400, "4103", {"start_date": "2027-07-05", "end_date": "2027-07-07"}),
    (StayTooShort, 400, "4103", {"end_date": "2026-06-06"}),
    (StayTooLong, 400, "4103", {"end_date": "2026-06-20"}),
    (TooManyGuests, 400, "4103", {"guests": 5}),
    (TooManyOpenRequests, 409, "4201", {"open": 3}),
    (PriceChanged, 409, "4004", {"amount": 1}),
    (NightsTaken, 409, "4004", {}),
]


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    """A home for two to seven nights; the night of 5 June is taken."""
    house = HouseImageFactory(house__host=host, house__min_nights=2, house__max_nights=7).house
    block_nights(house, date(2026, 6, 5), date(2026, 6, 6))
    return house


@pytest.fixture
def visitor(client, guest):
    """王小明's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(guest)
    return client


def june(first: int, last: int) -> Stay:
    return Stay(date(2026, 6, first), date(2026, 6, last))


def fill_slots(guest, house, count=3):
    for other in HouseFactory.create_batch(count, host=house.host):
        make_booking(other, guest, date(2026, 7, 1), date(2026, 7, 3), Booking.Status.WAIT_PAYMENT)


def order(client, house, **more):
    body = {"house_id": house.pk, "start_date": "2026-06-05", "end_date": "2026-06-08", **more}
    return client.post("/api/v1.0/orders", body, content_type="application/json")


def page_of(house, sd="2026-06-05", ed="2026-06-08", **more):
    return reverse("book", args=[house.pk], query={"sd": sd, "ed": ed, "guests": "2", **more})


# --- each by itself, and in order -------------------------------------------------------------------------------------


def test_each_refusal_has_its_code():
    codes = [refusal.code for refusal, *_ in REFUSALS]
    assert len(set(codes)) == len(codes)
    for refusal, status, errcode, _ in REFUSALS:
        assert words_of(refusal()) == (errcode, status)


@pytest.mark.parametrize("at", range(len(REFUSALS)))
def test_refusals_are_made_in_order(client, house, guest, host, stranger, at):
    refusal, status, errcode, _ = REFUSALS[at]
    asked = {name: value for *_, wrong in reversed(REFUSALS[at:]) for name, value in wrong.items()}
    asker = {"host": host, "stranger": stranger, "guest": guest}[asked.pop("by", "guest")]
    fill_slots(asker, house, asked.pop("open", 0))
    House.objects.update(verified_guests_only=True)
    client.force_login(asker)
    answer = order(client, house, **asked)
    assert (answer.status_code, answer.json()["errcode"]) == (status, errcode)
    with translation.override("en"):
        assert answer.json()["errmsg"].startswith(str(refusal.message).split("%", maxsplit=1)[0])


# --- over the API -----------------------------------------------------------------------------------------------------


def test_a_refused_order_names_dates_that_make_one(visitor, house):
    refused = order(visitor, house).json()
    assert refused["errmsg"].endswith(" Free from 6 to 9 Jun.")
    assert refused["data"] == {
        "fields": {"start_date": [refused["errmsg"]]},
        "nearest": {"start_date": "2026-06-06", "end_date": "2026-06-09"},
    }
    assert order(visitor, house, **refused["data"]["nearest"]).status_code == 201


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": "2026-05-31"},
        {"start_date": "2027-07-05", "end_date": "2027-07-08"},
        {"start_date": "2026-06-07"},
        {"end_date": "2026-06-30"},
    ],
)
def test_what_an_order_may_be_instead_is_taken(visitor, house, asked):
    refused = order(visitor, house, **asked)
    assert (refused.status_code, refused.json()["errcode"]) == (400, "4103")
    assert order(visitor, house, **refused.json()["data"]["nearest"]).status_code == 201


@pytest.mark.parametrize("asked", [{"guests": 5}, {"end_date": "2026-06-05"}])
def test_other_refusals_name_no_dates(visitor, house, asked):
    assert "nearest" not in order(visitor, house, **asked).json()["data"]


# --- in the services --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stay", [june(5, 8), june(7, 8)])
def test_who_has_three_open_requests_is_led_to_no_fourth(house, guest, stay):
    fill_slots(guest, house)
    for ask in (
        lambda: request_booking(guest=guest, house_id=house.pk, stay=stay, guests=1),
        lambda: quote_request(guest=guest, house=house, stay=stay),
    ):
        with pytest.raises((StayTooShort, TooManyOpenRequests)) as refusal:
            ask()
        assert "nearest" not in refusal.value.facts


def test_the_hint_is_found_outside_the_transaction_that_is_refused(house, guest, stranger, monkeypatch):
    """What that transaction has written is gone with it, and is in nobody's way."""
    stay = june(10, 12)
    with monkeypatch.context() as patch:
        patch.setattr("bookings.services.lock_active", lambda _: make_booking(house, stranger, *astuple(stay)))
        with pytest.raises(NightsTaken) as refusal:
            request_booking(guest=guest, house_id=house.pk, stay=stay, guests=1)
    assert refusal.value.facts["nearest"] == stay
    assert request_booking(guest=guest, house_id=house.pk, stay=stay, guests=1)


# --- on the page ------------------------------------------------------------------------------------------------------


def test_the_page_leads_to_dates_that_can_be_booked(visitor, house):
    refused = visitor.get(page_of(house))
    assert refused.status_code == 409
    assert "Free from 6 to 9 Jun." in refused.text
    assert "Take 6 – 9 Jun · 3 nights" in refused.text
    link = page_of(house, sd="2026-06-06", ed="2026-06-09")
    assert f'href="{link}"' in unescape(refused.text)
    followed = visitor.get(link)
    assert followed.status_code == 200
    assert followed.context["form"]["guests"].value() == "2"


def test_a_confirmation_that_comes_too_late_leads_on_as_well(visitor, house):
    sent = {"sd": "2026-06-05", "ed": "2026-06-08", "guests": "2", "agreed_fen": "119700", "request_key": uuid4()}
    refused = visitor.post(reverse("book", args=[house.pk]), sent)
    assert refused.status_code == 409
    assert visitor.get(refused.context["instead"]["url"]).status_code == 200


@pytest.mark.parametrize("guests", ["5", "many"])
def test_a_number_of_guests_that_cannot_be_is_not_led_on(visitor, house, guests):
    refused = visitor.get(page_of(house, guests=guests))
    assert "guests" not in refused.context["instead"]["url"]
    assert visitor.get(refused.context["instead"]["url"]).status_code == 200


def test_without_other_dates_the_page_leads_to_the_calendar_alone(visitor, house):
    block_nights(house, date(2026, 6, 6), LATEST + timedelta(days=1))
    House.objects.update(min_nights=5)
    refused = visitor.get(page_of(house, ed="2026-06-10"))
    assert refused.status_code == 409
    assert refused.context["instead"] == {}
    assert refused.context["way_on"]["url"].endswith("#nights")


def test_who_has_the_nights_already_is_not_led_to_others(visitor, house, guest):
    make_booking(house, guest, date(2026, 6, 10), date(2026, 6, 12))
    assert visitor.get(page_of(house, sd="2026-06-10", ed="2026-06-12")).context["instead"] == {}


def test_a_refusal_takes_a_fixed_number_of_queries(visitor, house, django_assert_max_num_queries):
    visitor.get(page_of(house))
    with django_assert_max_num_queries(10):
        visitor.get(page_of(house))
