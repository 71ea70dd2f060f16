"""The admin of all apps: every page opens, lists do not ask once a row, and what must not change by hand cannot."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.factories import IdentityFactory, MessageFactory, UserFactory, enter_as_staff
from accounts.models import ApiKey, Identity, Message, StaffAct, User
from bookings.factories import make_booking
from bookings.models import Booking, HostDue, Payment, Payout, Refund, StrayNotice, Trade
from listings.factories import (
    AreaFactory,
    FacilityFactory,
    HouseFactory,
    HouseImageFactory,
    NightPriceFactory,
    ReviewFactory,
)
from listings.missed import note_missed_search
from listings.models import Area, Facility, HeldNight, Hold, House, MissedSearch, NightPrice, Review

MONEY = (Trade, Payment, Refund, StrayNotice, HostDue, Payout)
READ_ONLY = (Identity, Message, StaffAct, ApiKey, Hold, HeldNight, Review, MissedSearch, Booking, *MONEY)
BOOKED = date(2026, 12, 4)


def make_stay() -> Booking:
    return make_booking(HouseFactory(), UserFactory(), BOOKED, BOOKED + timedelta(days=2))


def make_held_night() -> HeldNight:
    return make_stay().hold.nights.first()


def make_due() -> HostDue:
    return make_booking(
        HouseFactory(), UserFactory(), BOOKED, BOOKED + timedelta(days=2), Booking.Status.COMPLETE
    ).dues.get()


def make_refund() -> Refund:
    stay, number = make_stay(), Refund.objects.count()
    return Refund.objects.create(
        booking=stay, number=f"R{number}", amount_fen=100, actor=UserFactory(), try_at=timezone.now()
    )


def make_stray() -> StrayNotice:
    return StrayNotice.objects.create(provider="sandbox", why="院子", facts={}, digest=StrayNotice.objects.count())


MAKE = {
    Group: lambda: Group.objects.create(name=f"group {Group.objects.count()}"),
    User: UserFactory,
    Identity: IdentityFactory,
    Message: MessageFactory,
    StaffAct: lambda: StaffAct.objects.create(actor=UserFactory(), subject=UserFactory(), act=StaffAct.Act.READ_NUMBER),
    ApiKey: lambda: ApiKey.objects.create(user=UserFactory(), name="计算器")[0],
    Area: AreaFactory,
    Facility: lambda: FacilityFactory(id=Facility.objects.count() + 1),
    House: lambda: HouseImageFactory().house,
    Hold: lambda: make_stay().hold,
    HeldNight: make_held_night,
    NightPrice: NightPriceFactory,
    Review: ReviewFactory,
    MissedSearch: lambda: note_missed_search(f"q={uuid4()}") or MissedSearch.objects.last(),
    Booking: make_stay,
    Trade: lambda: make_stay().trade,
    Payment: lambda: Payment.objects.get(trade__booking=make_stay()),
    Refund: make_refund,
    StrayNotice: make_stray,
    HostDue: make_due,
    Payout: lambda: Payout.objects.create(due=make_due(), bank_reference="工行 1", actor=UserFactory()),
}


@pytest.fixture
def staff(client, db):
    """A superuser's browser, in English."""
    client.cookies["django_language"] = "en"
    return enter_as_staff(client, User.objects.create_superuser("13800138000", "x", name="爱家站长"))


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_kind_of_thing_in_the_admin_is_tried_here():
    assert {model for model in apps.get_models() if admin.site.is_registered(model)} == set(MAKE)


@pytest.mark.parametrize("model", MAKE)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(staff, model):
    counts = []
    for more in (1, 2):
        [MAKE[model]() for _ in range(more)]
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address(model, "changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", MAKE)
def test_a_list_can_be_searched(staff, model):
    assert staff.get(address(model, "changelist"), {"q": "院子"}).status_code == 200


@pytest.mark.parametrize("model", MAKE)
def test_the_page_to_add_opens_unless_nobody_may(staff, model):
    assert staff.get(address(model, "add")).status_code == (403 if model in READ_ONLY else 200)


@pytest.mark.parametrize("model", MAKE)
def test_the_page_of_a_row_opens_and_saves_only_what_may_change(staff, model):
    page = address(model, "change", MAKE[model]().pk)
    response = staff.get(page)
    assert response.status_code == (403 if model is ApiKey else 200)
    assert ("_save" in response.text) == (model not in READ_ONLY)
    assert staff.post(page).status_code == (403 if model in READ_ONLY else 200)


@pytest.mark.parametrize("model", [*READ_ONLY, House, Facility])
def test_what_is_kept_for_ever_cannot_be_deleted(staff, model):
    assert staff.post(address(model, "delete", MAKE[model]().pk), {"post": "yes"}).status_code == 403


def test_a_list_shows_no_key_and_no_whole_number(staff):
    key = MAKE[ApiKey]()
    assert key.digest not in staff.get(address(ApiKey, "changelist")).text
    text = staff.get(address(User, "changelist")).text
    assert "138****8000" in text
    assert "13800138000" not in text


def test_staff_make_a_user_with_a_number_as_it_is_typed(staff):
    form = {"mobile": "138-0013 8009", "name": "孙新来", "usable_password": "true"}
    passwords = {"password1": "a-long-password", "password2": "a-long-password"}
    assert staff.post(address(User, "add"), form | passwords).status_code == 302
    user = User.objects.get(name="孙新来")
    assert user.mobile == "+8613800138009"
    assert user.check_password("a-long-password")


def test_staff_are_told_what_is_no_number(staff):
    response = staff.post(address(User, "add"), {"mobile": "010-64001234", "name": "孙新来"})
    assert response.context["errors"]
    assert "Enter a mobile number of mainland China." in response.text


def test_the_mask_follows_the_facilities_that_staff_choose(staff):
    house, facilities = HouseFactory(), [FacilityFactory(id=3), FacilityFactory(id=5)]
    page = address(House, "change", house.pk)
    form = staff.get(page).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {"facilities": [3, 5], "images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0}
    assert staff.post(page, data).status_code == 302
    house.refresh_from_db()
    assert list(house.facilities.all()) == facilities
    assert house.facility_mask == 1 << 3 | 1 << 5
    assert house.status == House.Status.PUBLISHED
