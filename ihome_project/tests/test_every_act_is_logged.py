"""Whatever staff do in the admin, one line of the staff log more says so; what is refused leaves none."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.factories import IdentityFactory, MessageFactory, UserFactory, enter_as_staff
from accounts.models import Identity, StaffAct
from bookings.factories import make_booking
from bookings.models import Booking, Refund
from bookings.tests.test_admin import make_due, make_stray
from ihome_project.tests.test_roles import name, registered
from listings.factories import (
    AreaFactory,
    FacilityFactory,
    HouseFactory,
    HouseImageFactory,
    ReportFactory,
    ReviewFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 28)


def waiting_identity():
    return IdentityFactory(status=Identity.Status.SUBMITTED, decided_at=None)


def pending_house():
    host = IdentityFactory().user
    return HouseImageFactory(house__status="pending", house__host=host).house


def paid_stay():
    return make_booking(HouseFactory(), UserFactory(), DAY, DAY + timedelta(days=2))


def refused_refund(state="refused"):
    stay = make_booking(HouseFactory(), UserFactory(), DAY, DAY + timedelta(days=2), Booking.Status.COMPLETE)
    later = {"try_at": timezone.now()} if state == "refused" else {}
    return Refund.objects.create(booking=stay, number="R1", amount_fen=1, state=state, **later)


def open_trade():
    return make_booking(HouseFactory(), UserFactory(), DAY, DAY + timedelta(days=2), Booking.Status.WAIT_PAYMENT).trade


def member_of_staff():
    user = UserFactory(is_staff=True)
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415

    TOTPDevice.objects.create(user=user, confirmed=True)
    return user


READY = {
    "identity/approve": waiting_identity,
    "identity/reject": waiting_identity,
    "identity/number": waiting_identity,
    "house/approve": pending_house,
    "house/refuse": pending_house,
    "house/edits": lambda: HouseFactory(edited_at=timezone.now()),
    "house/restore": lambda: HouseFactory(status="suspended", status_reason="x"),
    "house/suspend": HouseFactory,
    "review/hide": lambda: ReviewFactory(house__review_count=1, house__rating_sum=5),
    "review/show": lambda: ReviewFactory(is_visible=False),
    "report/uphold": ReportFactory,
    "report/dismiss": ReportFactory,
    "user/sessions": UserFactory,
    "user/deactivate": UserFactory,
    "user/reactivate": lambda: UserFactory(is_active=False),
    "user/roles": UserFactory,
    "user/second-factor": member_of_staff,
    "message/resend": lambda: MessageFactory(sms_state="given_up", kind="booking.paid"),
    "booking/refund": paid_stay,
    "booking/cancel": paid_stay,
    "trade/ask": open_trade,
    "refund/take": refused_refund,
    "refund/settle": partial(refused_refund, "by_staff"),
    "refund/retry": partial(refused_refund, "by_staff"),
    "straynotice/settle": make_stray,
}


@pytest.fixture
def staff(client):
    client.cookies["django_language"] = "en"
    return enter_as_staff(client, UserFactory(is_staff=True, is_superuser=True))


def test_every_act_is_tried_here():
    assert set(READY) == {f"{model._meta.model_name}/{act.name}" for model, made in registered() for act in made.acts}


@pytest.mark.parametrize("act", READY)
def test_an_act_writes_one_line_and_a_refused_one_none(staff, settings, act):
    settings.SMS_PROVIDER = "console"
    model_name, act_name = act.split("/")
    model = next(model for model, _made in registered() if model._meta.model_name == model_name)
    row = READY[act]()
    page = reverse(f"{name(model)}_act", args=[row.pk, act_name])
    shown = staff.get(page)
    assert not StaffAct.objects.exists()
    form = shown.context["form"]
    said = {field.html_name: field.value() for field in form if field.value() is not None}
    if form.fields.get("reason") and form.needs_reason:
        refused = staff.post(page, said | {"reason": " ", "amount": "1", "roles": ["support"]})
        assert refused.status_code == 200
        assert not StaffAct.objects.exists()
    said |= {"reason": "因为", "amount": "1", "roles": ["support"], "bank_reference": "工行 1"}
    done = staff.post(page, said)
    assert done.status_code == (200 if act == "identity/number" else 303), done.text
    line = StaffAct.objects.get()
    assert line.thing == f"{model._meta.label_lower}/{row.pk}"
    assert line.address == "127.0.0.1"
    assert line.reason in {"因为", "工行 1"}


def test_a_payout_an_export_and_what_staff_keep_are_written_down_too(staff):
    due, area = make_due(), AreaFactory()
    staff.post(reverse("admin:bookings_hostdue_pay", args=[due.pk]), {
        "action": "pay", "_selected_action": [due.pk], "bank_reference": "工行 2"})  # fmt: skip
    b"".join(staff.post(reverse("admin:listings_area_export")).streaming_content)
    words = {"name": "新区", "name_en": "New", "city": "北京", "city_en": "Beijing", "position": 1}
    staff.post(reverse("admin:listings_area_add"), words)
    staff.post(reverse("admin:listings_area_change", args=[area.pk]), words | {"name": "改了"})
    facility = FacilityFactory(id=60)
    staff.post(reverse("admin:listings_facility_delete", args=[facility.pk]), {"post": "yes"})
    written = list(StaffAct.objects.order_by("pk").values_list("act", flat=True))
    assert written == ["pay_host", "export", "add_row", "change_row", "delete_row"]


def test_no_list_of_the_admin_can_change_many_rows_at_once_but_those_that_staff_keep(staff):
    free = {model._meta.model_name for model, made in registered() if getattr(made, "list_editable", ())}
    assert free == {"area", "facility"}
