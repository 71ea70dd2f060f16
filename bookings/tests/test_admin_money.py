"""Staff and the money of bookings in the admin: what they see, and what they do on pages that ask first."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.errors import OwnCase
from accounts.factories import UserFactory, enter_as_staff
from accounts.models import StaffAct
from bookings.cancelling import cancel_for_staff, refund_part
from bookings.dues import pay_due
from bookings.factories import make_booking
from bookings.models import Booking, HostDue, Payment, Payout, Refund, StrayNotice, Trade
from ihome_project.templatetags.ihome import stay_dates
from listings.factories import HouseFactory, ReviewFactory

D4, D6 = date(2026, 12, 4), date(2026, 12, 6)
LIST = reverse("admin:bookings_hostdue_changelist")
Status = Booking.Status
pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client):
    """Log in, in English, as staff with some rights."""

    def as_staff(*rights: str):
        client.cookies["django_language"] = "en"
        staff = UserFactory(is_staff=True)
        staff.user_permissions.set(Permission.objects.filter(codename__in=rights))
        enter_as_staff(client, staff)
        return staff

    return as_staff


@pytest.fixture
def supporter(log_in):
    return log_in("view_booking", "change_booking")


@pytest.fixture
def finance(log_in):
    return log_in("view_hostdue", "add_payout")


@pytest.fixture
def stay(host, guest) -> Booking:
    """A paid stay of two nights, ¥399 each."""
    day = timezone.localdate() + timedelta(days=9)
    return make_booking(HouseFactory(host=host, price_fen=39900), guest, day, day + timedelta(days=2))


def due_of(host, guest) -> HostDue:
    return make_booking(HouseFactory(host=host), guest, D4, D6, Status.COMPLETE).dues.get()


@pytest.fixture
def dues(host, guest) -> list[HostDue]:
    return [due_of(host, guest) for _ in range(3)]


def act(client, booking, name, **data):
    return client.post(reverse("admin:bookings_booking_act", args=[booking.pk, name]), data)


def pay(client, lines, **data):
    """Choose lines on the list, or say on the page that follows under which reference they are paid."""
    chosen = {"_selected_action": [line.pk for line in lines]}
    return client.post(LIST + "pay", chosen | data) if data else client.post(LIST, chosen | {"action": "pay"})


# --- refunds and cancelling -------------------------------------------------------------------------------------------


def test_staff_refund_a_part_once_however_often_it_is_sent(client, supporter, stay):
    said = {"amount": "100.50", "reason": "热水坏了", "key": "0f0e0d0c0b0a09080706050403020100"}
    for _ in range(2):
        assert act(client, stay, "refund", **said).status_code == 303
    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.reason, refund.actor) == (10050, "热水坏了", supporter)
    assert StaffAct.objects.get().act == StaffAct.Act.REFUND_PART


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"amount": "10000", "reason": "x"}, "More cannot be given back than was paid"),
        ({"amount": "", "reason": "x"}, "This field is required."),
        ({"amount": "0", "reason": "x"}, "Give an amount above zero."),
        ({"amount": "1e3", "reason": "x"}, "Give an amount in yuan"),
        ({"amount": "100", "reason": " "}, "This field is required."),
        ({"amount": "100", "reason": "长" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_refunded(client, supporter, stay, said, words):
    page = act(client, stay, "refund", **said)
    assert page.status_code == 200
    assert 'class="form-row errors"' in page.text
    assert words in page.text
    assert not Refund.objects.exists()


@pytest.mark.parametrize(("amount", "refund_fen"), [("", 79800), ("300", 30000)])
def test_staff_cancel_a_paid_stay_with_a_full_or_a_chosen_refund(client, supporter, stay, amount, refund_fen):
    assert act(client, stay, "cancel", amount=amount, reason="纠纷").status_code == 303
    stay.refresh_from_db()
    assert (stay.status, stay.reason, stay.refunded_fen) == (Status.CANCELED, "纠纷", refund_fen)


def test_what_was_typed_comes_back_when_the_booking_has_changed(client, supporter, stay):
    page = act(client, stay, "cancel", amount="12", reason="客人病了", left_fen=stay.captured_fen - 1)
    assert (page.status_code, 'value="12"' in page.text, 'value="客人病了"' in page.text) == (200, True, True)
    assert f'value="{stay.captured_fen}"' in page.text


def test_who_may_not_see_payments_sees_none_on_the_page_of_a_booking(client, log_in, stay):
    number = Payment.objects.get(trade__booking=stay).transaction
    page = reverse("admin:bookings_booking_change", args=[stay.pk])
    for rights, is_seen in ((("view_booking",), False), (("view_booking", "view_payment"), True)):
        log_in(*rights)
        assert (number in client.get(page).text) == is_seen


def test_nobody_gives_themselves_money(stay, host, guest, dues):
    for staff in (host, guest):
        for service, more in ((refund_part, {"amount_fen": 100}), (cancel_for_staff, {})):
            with pytest.raises(OwnCase):
                service(staff=staff, booking_id=stay.pk, reason="热水坏了", **more)
    with pytest.raises(OwnCase):
        pay_due(staff=host, due_id=dues[0].pk, bank_reference="1")
    host.is_superuser = True  # the site's operator, who may have nobody else
    pay_due(staff=host, due_id=dues[0].pk, bank_reference="1")


def test_of_what_nobody_paid_nothing_is_asked_to_be_refunded(client, supporter, host, guest):
    booking = make_booking(HouseFactory(host=host), guest, D4, D6, Status.WAIT_ACCEPT)
    page = client.get(reverse("admin:bookings_booking_act", args=[booking.pk, "cancel"]))
    assert 'name="amount"' not in page.text
    assert act(client, booking, "cancel", reason="房源下线").status_code == 303
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED


def test_what_is_over_is_not_cancelled_again(client, supporter, stay):
    act(client, stay, "cancel", reason="纠纷")
    assert "cannot be changed in this way" in act(client, stay, "cancel", reason="再来").text
    assert act(client, stay, "delete-all", reason="x").status_code == 404


def test_who_only_looks_at_bookings_does_nothing_to_them(client, log_in, stay):
    log_in("view_booking")
    for name in ("refund", "cancel"):
        assert act(client, stay, name, amount="1", reason="x").status_code == 403
    page = client.get(reverse("admin:bookings_booking_change", args=[stay.pk])).text
    assert "/refund" not in page
    assert not Refund.objects.exists()


def test_the_page_of_a_booking_has_its_money_in_as_many_queries_for_much_as_for_little(client, supporter, stay):
    supporter.user_permissions.set(Permission.objects.filter(content_type__app_label="bookings"))
    page, counts = reverse("admin:bookings_booking_change", args=[stay.pk]), []
    for times in (1, 3):
        for n in range(times):
            refund_part(staff=supporter, booking_id=stay.pk, amount_fen=100 + n, reason="热水坏了")
        with CaptureQueriesContext(connection) as queries:
            text = client.get(page).text
        counts.append(len(queries))
    assert counts[0] == counts[1]
    for words in (stay.trade.number, "¥798", "热水坏了", "¥1.02", "to be sent"):
        assert words in text


def test_the_page_of_a_booking_tells_its_life(client, log_in, stay):
    supporter = log_in("view_booking", "view_bookingevent", "change_booking")
    cancel_for_staff(staff=supporter, booking_id=stay.pk, reason="停电")
    text = re.sub(r"\s+", " ", client.get(reverse("admin:bookings_booking_change", args=[stay.pk])).text)
    with override("en"):
        told = [(event.get_from_status_display(), event.get_to_status_display()) for event in stay.events.all()]
    assert len(told) > 1
    assert all(was in text and become in text for was, become in told)
    assert str(supporter) in text


def test_a_refund_and_a_notice_show_what_the_provider_says(client, log_in, stay):
    log_in("view_refund", "view_straynotice", "view_trade", "view_booking")
    words = "ACQ.SELLER_BALANCE_NOT_ENOUGH 卖家余额不足"
    refund = Refund.objects.create(
        booking=stay, number="R1", amount_fen=1, state="refused", try_at=timezone.now(), said=words
    )
    notice = StrayNotice.objects.create(provider="sandbox", why="wrong amount", facts={"total_fen": "77"}, digest="1")
    Trade.objects.update(said="payment_unanswered")
    for row, said in ((refund, words), (notice, "77"), (stay.trade, "payment_unanswered")):
        page = reverse(f"admin:bookings_{row._meta.model_name}_change", args=[row.pk])
        assert said in client.get(page).text


def test_before_somebody_is_shut_out_staff_see_which_stays_are_left_to_them(client, log_in, stay):
    log_in("view_user", "deactivate_user", "view_house", "change_house")
    with override("en"):
        days = stay_dates(stay.check_in, stay.check_out)
    for person, number in ((stay.guest, "0 in their homes, 1 of their own"), (stay.house.host, "1 in their homes, 0")):
        text = client.get(reverse("admin:accounts_user_act", args=[person.pk, "deactivate"])).text
        assert f"Paid stays that remain: {number}" in text
        assert f"{stay.house} · {days} · {stay.guest} · ¥798" in text
    text = client.get(reverse("admin:listings_house_act", args=[stay.house_id, "suspend"])).text
    assert "Paid stays to come: 1." in text
    assert f"{days} · {stay.guest} · ¥798" in text


def test_the_calendar_of_a_home_shows_who_stays_when(client, log_in, stay):
    log_in("view_booking", "view_house", "view_hold", "view_heldnight")
    calendar = reverse("admin:bookings_booking_calendar", args=[stay.house_id])
    assert calendar in client.get(reverse("admin:listings_house_change", args=[stay.house_id])).text
    page = client.get(calendar, {"month": f"{stay.check_in:%Y-%m}"})
    assert (page.status_code, str(stay.guest) in page.text) == (200, True)


# --- paying hosts -----------------------------------------------------------------------------------------------------


def test_finance_is_asked_first_and_sees_what_it_comes_to(client, finance, dues):
    page = pay(client, dues[:2])
    assert page.status_code == 200
    assert "¥1,436.40" in page.text
    assert not Payout.objects.exists()


def test_finance_marks_several_lines_as_paid_under_one_reference(client, finance, dues):
    answer = pay(client, dues[:2], bank_reference="工行 1")
    assert (answer.status_code, answer.url) == (303, LIST)
    assert "2 lines are paid." in client.get(LIST).text
    assert {(payout.due_id, payout.bank_reference) for payout in Payout.objects.all()} == {
        (due.pk, "工行 1") for due in dues[:2]
    }


def test_one_line_that_is_paid_already_stops_them_all(client, finance, dues):
    pay(client, dues[:1], bank_reference="工行 1")
    page = pay(client, dues, bank_reference="工行 2")
    assert f"Line {dues[0]} has been paid already. Nothing has been written down." in page.text
    assert 'value="工行 2"' in page.text
    assert Payout.objects.count() == 1


def test_a_line_that_is_paid_while_a_page_waits_stops_them_all(client, finance, dues):
    chosen = [str(line.pk) for line in dues[:2]]
    page = client.post(f"{LIST}?paid=no", {"action": "pay", "_selected_action": chosen})
    form = re.search(r'<form method="post" action="([^"]+/pay)"', page.text)[1]
    pay_due(staff=UserFactory(), due_id=dues[0].pk, bank_reference="B-OTHER")
    answer = client.post(form, {"_selected_action": chosen, "bank_reference": "A-BOTH"})
    assert "has been paid already. Nothing has been written down." in answer.text
    assert [payout.bank_reference for payout in Payout.objects.all()] == ["B-OTHER"]


@pytest.mark.parametrize("chosen", [[], ["abc"], ["9" * 30], ["99999"], ["1" * 18]])
@pytest.mark.parametrize("page", ["?paid=no", "pay"])
def test_lines_that_are_none_are_not_paid(client, finance, dues, page, chosen):
    said = {"action": "pay", "_selected_action": chosen, "bank_reference": "1"}
    assert client.post(LIST + page, said).status_code in {200, 302, 303}
    assert "is paid" not in client.get(LIST).text
    assert "are paid." not in client.get(LIST).text
    assert not Payout.objects.exists()
    assert client.post(f"{LIST}99999/pay", {"bank_reference": "1"}).status_code == 404


def test_one_line_has_a_page_of_its_own(client, finance, dues):
    page = reverse("admin:bookings_hostdue_pay", args=[dues[0].pk])
    assert page in client.get(reverse("admin:bookings_hostdue_change", args=[dues[0].pk])).text
    assert client.get(page).status_code == 200
    assert "This field is required." in client.post(page, {"bank_reference": " "}).text
    assert client.post(page, {"bank_reference": "工行 1"}).status_code == 303
    assert page not in client.get(reverse("admin:bookings_hostdue_change", args=[dues[0].pk])).text


def test_who_only_looks_at_lines_pays_nobody(client, log_in, dues):
    log_in("view_hostdue", "change_hostdue")
    pay(client, dues, bank_reference="1")
    assert (
        client.post(reverse("admin:bookings_hostdue_pay", args=[dues[0].pk]), {"bank_reference": "1"}).status_code
        == 403
    )
    assert "Mark as paid" not in client.get(LIST).text
    assert not Payout.objects.exists()


def test_lines_are_found_by_their_host_and_by_whether_they_are_paid(client, finance, dues, guest):
    other = due_of(UserFactory(name="周房东"), guest)
    pay(client, dues[:1], bank_reference="工行 1")
    for query, found in (
        ({"q": "周房东"}, {other}),
        ({"paid": "yes"}, {dues[0]}),
        ({"paid": "no"}, {dues[1], dues[2], other}),
    ):
        assert set(client.get(LIST, query).context["cl"].queryset) == found


# --- reviews ----------------------------------------------------------------------------------------------------------


def test_staff_hide_a_review_and_show_it_again_with_a_reason(client, log_in):
    staff, review = log_in("view_review", "change_review"), ReviewFactory(house__review_count=1, house__rating_sum=5)
    for name, is_visible in (("hide", False), ("show", True)):
        page = reverse("admin:listings_review_act", args=[review.pk, name])
        assert page in client.get(reverse("admin:listings_review_change", args=[review.pk])).text
        assert "reason" in client.post(page, {"reason": ""}).context["form"].errors
        assert client.post(page, {"reason": "有人举报"}).status_code == 303
        review.refresh_from_db()
        assert review.is_visible is is_visible
    assert set(StaffAct.objects.values_list("actor", "act")) == {(staff.pk, "hide_review"), (staff.pk, "show_review")}
    log_in("view_review")
    assert client.post(page, {"reason": "x"}).status_code == 403
