"""The admin of all apps: every page opens, lists do not ask once a row, and what must not change by hand cannot."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import ProtectedError
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
    ReportFactory,
    ReviewFactory,
)
from listings.missed import note_missed_search
from listings.models import Area, Facility, HeldNight, Hold, House, MissedSearch, NightPrice, Report, Review

MONEY = (Trade, Payment, Refund, StrayNotice, HostDue, Payout)
PEOPLE = (User, Identity, Message, StaffAct, ApiKey)
READ_ONLY = (*PEOPLE, House, Hold, HeldNight, NightPrice, Review, Report, MissedSearch, Booking, *MONEY)
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
    Report: ReportFactory,
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


@pytest.mark.parametrize(
    "query",
    [
        "canceled=0001-01-01..0001-01-01",
        "canceled=9999-12-31..9999-12-31",
        "created_at__gte=0001-01-01 00:00:00%2B08:00",
        "created_at__year=999999999",
        "check_in__year=0",
    ],
)
def test_a_filter_by_days_that_there_are_not_leads_back_to_the_list(staff, query):
    answers = [staff.get(f"{address(Booking, 'changelist')}?{query}"), exported(staff, Booking, query)]
    assert [answer.status_code for answer in answers] == [302, 303]
    assert {answer.url for answer in answers} == {f"{address(Booking, 'changelist')}?e=1"}
    assert not StaffAct.objects.exists()


def test_a_filter_by_a_number_that_no_row_can_have_breaks_nothing(staff):
    query = f"id__in={'9' * 40}"  # SQLite refuses it, MariaDB finds nothing
    assert staff.get(f"{address(User, 'changelist')}?{query}").status_code in {200, 302}
    assert exported(staff, User, query).status_code in {200, 303}


def exported(staff, model, query: str):
    return staff.post(f"{address(model, 'export')}?{query}")


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


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_is_kept_for_ever_cannot_be_deleted(staff, model):
    assert staff.post(address(model, "delete", MAKE[model]().pk), {"post": "yes"}).status_code == 403


def test_a_list_shows_no_key_and_no_whole_number(staff):
    key = MAKE[ApiKey]()
    assert key.digest not in staff.get(address(ApiKey, "changelist")).text
    text = staff.get(address(User, "changelist")).text
    assert "138****8000" in text
    assert "13800138000" not in text


@pytest.mark.parametrize("model", [Area, Facility])
def test_what_a_home_has_cannot_be_deleted(staff, model):
    home, unused = HouseFactory(), MAKE[model]()
    used = home.area if model is Area else MAKE[Facility]()
    home.facilities.add(*([used] if model is Facility else []))
    assert staff.post(address(model, "delete", used.pk), {"post": "yes"}).status_code == 403
    assert address(model, "delete", used.pk) not in staff.get(address(model, "change", used.pk)).text
    with pytest.raises(ProtectedError):
        used.delete()
    many = {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"}
    staff.post(address(model, "changelist"), many)
    assert model.objects.filter(pk=used.pk).exists()
    assert staff.post(address(model, "delete", unused.pk), {"post": "yes"}).status_code == 302
    assert not model.objects.filter(pk=unused.pk).exists()
    assert StaffAct.objects.get().act == StaffAct.Act.DELETE_ROW


def test_what_staff_change_is_in_their_log_before_and_after(staff):
    area = AreaFactory(name="朝阳", position=1)
    said = {"name": "朝阳区", "name_en": area.name_en, "city": area.city, "city_en": area.city_en, "position": 1}
    assert staff.post(address(Area, "change", area.pk), said).status_code == 302
    line = StaffAct.objects.get()
    assert (line.act, line.thing, line.address) == ("change_row", f"listings.area/{area.pk}", "127.0.0.1")
    assert (line.before, line.after) == ({"name": "朝阳"}, {"name": "朝阳区"})
    assert "朝阳区" not in line.reason
    assert "changed" in staff.get(address(Area, "history", area.pk)).text
