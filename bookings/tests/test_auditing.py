"""The audit finds nothing on a site that is right, and names whatever is broken behind the constraints' back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from bookings.auditing import CHECKS, audit
from bookings.cancelling import refund_part
from bookings.dues import pay_due
from bookings.factories import forget_bookings, make_booking
from bookings.ledger import write_refund
from bookings.models import Booking, BookingEvent, HostDue, Payment, Payout, Refund, Trade
from listings.factories import HouseFactory, ReviewFactory
from listings.models import HeldNight, Hold, House, Review

DAY = timedelta(days=1)
Status = Booking.Status


def codes() -> set[str]:
    return {fault.code for fault in audit()}


def test_every_check_says_what_is_wrong_and_is_seen_to_find_it():
    assert all(check.__doc__ for check in CHECKS)
    named = [check.__name__ for check in CHECKS]
    assert {code for code, *_ in (*BREAKS, *KEYS)} | {"due_paid_twice"} == set(named)
    assert len(set(named)) == len(named)


class Site:
    """A home with a stay in every status, and one with a part of its price given back."""

    def __init__(self, host, guest) -> None:
        self.house, self.guest, self.staff = HouseFactory(host=host, cleaning_fee_fen=5000), guest, UserFactory()
        begins = iter(range(3, 100, 6))
        self.stays = {status: self.stay(next(begins), status) for status in Status}
        self.past = self.stay(-30, Status.WAIT_COMMENT)
        refund_part(staff=self.staff, booking_id=self.past.pk, amount_fen=1000, reason="热水器坏了", key="k" * 32)
        review = ReviewFactory(house=self.house, author=guest)
        self.put(Status.COMPLETE, review=review)
        House.objects.filter(pk=self.house.pk).update(review_count=1, rating_sum=5)

    def stay(self, begins: int, status: str) -> Booking:
        first = timezone.localdate() + begins * DAY
        return make_booking(self.house, self.guest, first, first + 3 * DAY, status)

    def put(self, status: str, /, **fields: object) -> None:
        put(Booking.objects.filter(pk=self.stays[status].pk), **fields)

    def nights(self, status: str) -> QuerySet:
        return HeldNight.objects.filter(hold__booking=self.stays[status]).order_by("night")

    def payments(self, status: str) -> QuerySet:
        return Payment.objects.filter(trade__booking=self.stays[status])

    @property
    def refund(self) -> Refund:
        return Refund.objects.get()


@contextmanager
def unchecked() -> Iterator[None]:
    """Have the database look at no CHECK constraint."""
    on, off = {
        "sqlite": ("PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints = OFF"),
        "mysql": ("SET SESSION check_constraint_checks = 0", "SET SESSION check_constraint_checks = 1"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(on)
    yield
    with connection.cursor() as cursor:
        cursor.execute(off)


@pytest.fixture
def site(host, guest) -> Iterator[Site]:
    with unchecked():
        yield Site(host, guest)


def put(rows: QuerySet, **fields: object) -> None:
    """Write fields behind the back of services, and of tables whose lines are never changed."""
    QuerySet(rows.model).filter(pk__in=list(rows.values_list("pk", flat=True))).update(**fields)


def drop(rows: QuerySet) -> None:
    QuerySet(rows.model).filter(pk__in=list(rows.values_list("pk", flat=True))).delete()


def again(row: models.Model, **fields: object) -> None:
    """Write a line a second time."""
    type(row).objects.bulk_create([type(row)(**{**_fields_of(row), **fields})])


def _fields_of(row: models.Model) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def lines_of(site: Site, **fields: object) -> list[dict]:
    """Return the price lines of the paid stay, the first one changed."""
    first, *others = site.stays[Status.PAID].lines
    return [first | fields, *others]


HOUR = timedelta(hours=1)
BREAKS: list[tuple[str, Callable[[Site], object]]] = [
    ("stays_overlap", lambda s: s.put("PAID", check_in=s.stays["WAIT_PAYMENT"].check_in)),
    ("stay_without_nights", lambda s: s.put("PAID", hold=None)),
    ("stay_without_nights", lambda s: s.put("WAIT_ACCEPT", hold=None)),
    ("nights_not_those_of_the_stay", lambda s: drop(s.nights("PAID")[:1])),
    ("nights_not_those_of_the_stay", lambda s: put(s.nights("PAID")[:1], night=F("night") - DAY)),
    ("nights_not_those_of_the_stay", lambda s: put(s.nights("PAID")[3:4], night=F("night") + DAY)),
    ("nights_after_the_end", lambda s: s.put("PAID", status=Status.CANCELED)),
    ("nights_of_another_deadline", lambda s: put(s.nights("PAID"), expires_at=timezone.now())),
    ("nights_of_another_deadline", lambda s: put(s.nights("PAID")[:1], expires_at=timezone.now())),
    ("nights_of_another_deadline", lambda s: put(s.nights("WAIT_ACCEPT"), expires_at=timezone.now())),
    ("nights_of_another_deadline", lambda s: put(s.nights("WAIT_ACCEPT")[:1], expires_at=None)),
    ("nights_of_another_deadline", lambda s: put(s.nights("WAIT_ACCEPT"), expires_at=None)),
    ("hold_of_nobody", lambda s: s.put("PAID", hold=None)),
    ("hold_of_nobody", lambda s: put(Hold.objects.filter(booking=s.stays["PAID"]), kind=Hold.Kind.BLOCK)),
    ("hold_of_nobody", lambda s: drop(s.nights("PAID"))),
    ("hold_in_another_home", lambda s: put(s.nights("PAID")[:1], house=HouseFactory())),
    ("hold_in_another_home", lambda s: s.put("PAID", house=HouseFactory())),
    ("price_does_not_add_up", lambda s: s.put("PAID", lines=lines_of(s, amount_fen=1))),
    ("price_does_not_add_up", lambda s: s.put("PAID", lines=lines_of(s, nights=4))),
    ("price_does_not_add_up", lambda s: s.put("PAID", cleaning_fee_fen=0)),
    ("price_does_not_add_up", lambda s: s.put("PAID", amount_fen=F("amount_fen") + 1)),
    ("deadline_wrong", lambda s: s.put("WAIT_ACCEPT", expires_at=None)),
    ("deadline_wrong", lambda s: s.put("WAIT_ACCEPT", expires_at=s.stays["WAIT_ACCEPT"].check_in_at + HOUR)),
    ("deadline_wrong", lambda s: s.put("PAID", expires_at=timezone.now())),
    ("slot_wrong", lambda s: s.put("WAIT_ACCEPT", open_slot=None)),
    ("slot_wrong", lambda s: s.put("WAIT_ACCEPT", open_slot=4)),
    ("slot_wrong", lambda s: s.put("PAID", open_slot=3)),
    ("request_of_what_is_closed", lambda s: put(House.objects.filter(pk=s.house.pk), status="suspended")),
    ("request_of_what_is_closed", lambda s: put(User.objects.filter(pk=s.guest.pk), is_active=False)),
    ("request_of_what_is_closed", lambda s: put(User.objects.filter(pk=s.house.host_id), is_active=False)),
    ("history_jumps", lambda s: drop(BookingEvent.objects.filter(booking=s.stays["PAID"])[:1])),
    ("history_jumps", lambda s: drop(BookingEvent.objects.filter(booking=s.stays["COMPLETE"])[1:2])),
    ("history_jumps", lambda s: put(s.stays["REJECTED"].events.order_by("-id")[:1], to_status="PAID")),
    ("history_jumps", lambda s: put(s.past.events.order_by("-id")[:1], amount_fen=None)),
    ("history_jumps", lambda s: put(s.past.events.order_by("-id")[:1], amount_fen=0)),
    ("history_ends_elsewhere", lambda s: s.put("PAID", status=Status.WAIT_COMMENT)),
    ("history_ends_elsewhere", lambda s: drop(s.stays["PAID"].events.all())),
    ("review_not_of_its_stay", lambda s: put(Booking.objects.filter(pk=s.stays["COMPLETE"].pk), guest=s.staff)),
    ("review_not_of_its_stay", lambda _: put(Review.objects.all(), house=HouseFactory())),
    ("review_not_of_its_stay", lambda s: s.put("COMPLETE", status=Status.WAIT_COMMENT)),
    ("review_of_no_stay", lambda s: s.put("COMPLETE", review=None)),
    ("captured_not_the_payments", lambda s: s.put("PAID", captured_fen=F("captured_fen") + 1)),
    ("captured_not_the_payments", lambda s: drop(s.payments("PAID"))),
    ("captured_not_the_payments", lambda s: again(s.payments("PAID").get(), transaction="2")),
    ("refunded_not_the_refunds", lambda s: s.put("PAID", refunded_fen=1)),
    ("refunded_not_the_refunds", lambda _: drop(Refund.objects.all())),
    ("more_refunded_than_paid", lambda s: s.put("PAID", refunded_fen=F("captured_fen") + 1)),
    ("paid_another_amount", lambda s: s.put("PAID", captured_fen=F("captured_fen") + 1)),
    ("paid_another_amount", lambda _: put(Refund.objects.all(), actor=None)),
    ("money_kept_of_unpaid", lambda s: s.put("CANCELED", captured_fen=1)),
    ("money_kept_of_unpaid", lambda s: s.put("WAIT_PAYMENT", captured_fen=1)),
    ("refund_not_paid_out_once", lambda _: put(Refund.objects.all(), state="done", try_at=None)),
    ("refund_not_paid_out_once", lambda s: (write_refund(s.refund), put(Refund.objects.all(), state="due"))),
    ("refund_not_paid_out_once", lambda s: (write_refund(s.refund), put(Refund.objects.all(), amount_fen=1001))),
    ("paid_out_without_refund", lambda s: (write_refund(s.refund), put(Refund.objects.all(), state="sent"))),
    ("paid_out_without_refund", lambda s: (write_refund(s.refund), drop(Refund.objects.all()))),
    ("trade_of_another_amount", lambda s: put(Trade.objects.filter(booking=s.stays["PAID"]), amount_fen=1)),
    ("trade_of_another_amount", lambda s: put(s.payments("PAID"), amount_fen=1)),
    ("trade_of_another_state", lambda s: put(Trade.objects.filter(booking=s.stays["PAID"]), state="closed")),
    ("trade_of_another_state", lambda s: put(Trade.objects.filter(booking=s.stays["WAIT_PAYMENT"]), state="closed")),
    ("trade_of_another_state", lambda s: put(Trade.objects.filter(booking=s.stays["WAIT_PAYMENT"]), state="captured")),
    ("trade_of_another_state", lambda s: s.put("WAIT_PAYMENT", expires_at=timezone.now())),
    ("trade_missing_or_too_early", lambda s: drop(Trade.objects.filter(booking=s.stays["WAIT_PAYMENT"]))),
    ("trade_missing_or_too_early", lambda s: s.put("WAIT_PAYMENT", status=Status.WAIT_ACCEPT)),
    ("due_missing_or_too_early", lambda _: drop(HostDue.objects.all())),
    ("due_missing_or_too_early", lambda s: put(HostDue.objects.filter(booking=s.past), booking=s.stays["PAID"])),
    ("due_missing_or_too_early", lambda s: s.put("PAID", status=Status.CANCELED)),
    ("due_not_what_is_left", lambda s: drop(HostDue.objects.filter(booking=s.past, number=2))),
    ("due_not_what_is_left", lambda s: again(HostDue.objects.get(booking=s.past, number=2), number=3)),
    ("due_not_what_is_left", lambda s: put(HostDue.objects.filter(booking=s.past), commission_fen=-1)),
    ("counter_wrong", lambda s: put(House.objects.filter(pk=s.house.pk), booking_count=1)),
    ("counter_wrong", lambda s: put(House.objects.filter(pk=s.house.pk), review_count=0)),
    ("counter_wrong", lambda s: put(House.objects.filter(pk=s.house.pk), rating_sum=4)),
    ("counter_wrong", lambda _: put(Review.objects.all(), is_visible=False)),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "break_it"), BREAKS)
def test_what_is_broken_is_named(site, code, break_it):
    assert codes() == set()
    break_it(site)
    assert code in codes()


@pytest.mark.django_db
def test_a_site_of_any_size_is_asked_as_often(site, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        codes()
    for begins in (-60, -50, -40, 110, 120):
        site.stay(begins, Status.COMPLETE)
    with django_assert_num_queries(len(few)):
        codes()
    assert len(few) <= 2 * len(CHECKS)


@pytest.mark.django_db
def test_the_command_says_each_fault_and_how_many(site, capsys):
    call_command("audit")
    assert capsys.readouterr().out == f"{len(CHECKS)} checks, 0 faults.\n"
    site.put("PAID", refunded_fen=1)
    with pytest.raises(SystemExit) as ended:
        call_command("audit")
    pk = site.stays["PAID"].pk
    said = f"refunded_not_the_refunds refunded_fen=1 sum=0 booking={pk}\n{len(CHECKS)} checks, 1 faults.\n"
    assert (ended.value.code, capsys.readouterr().out) == (1, said)


@pytest.mark.django_db
def test_repairing_recounts_and_touches_nothing_else(site, capsys):
    House.objects.filter(pk=site.house.pk).update(booking_count=9, rating_sum=1)
    site.put("PAID", refunded_fen=1)
    with pytest.raises(SystemExit):
        call_command("audit", "--repair")
    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"repaired house={site.house.pk} booking_count=9→4 rating_sum=1→5"
    assert [line.split()[0] for line in out[1:-1]] == ["refunded_not_the_refunds"]


# What a unique key forbids: the key is taken away first.


@contextmanager
def without_key(model: type[models.Model], name: str) -> Iterator[None]:
    constraints = list(model._meta.constraints)
    (key,) = (constraint for constraint in constraints if constraint.name == name)
    model._meta.constraints = []  # SQLite makes the table anew from this
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, key)
    yield
    forget_bookings()
    model._meta.constraints = constraints
    with connection.schema_editor() as editor:
        editor.add_constraint(model, key)


KEYS = [
    ("night_held_twice", HeldNight, "a_night_is_held_once", lambda s: again(s.nights("PAID")[0])),
    ("slot_taken_twice", Booking, "a_slot_holds_one_request", lambda s: s.put("WAIT_ACCEPT", open_slot=2)),
    ("money_moved_twice", Payment, "money_moves_once", lambda s: again(s.payments("PAID").get())),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("code", "model", "key", "break_it"), KEYS)
def test_what_only_a_key_forbids_is_named_too(site, code, model, key, break_it):
    with without_key(model, key):
        break_it(site)
        assert code in codes()


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_paid_to_its_host_twice_is_named(site):
    once, often = Payout._meta.get_field("due"), models.ForeignKey(HostDue, models.PROTECT, related_name="+")
    often.set_attributes_from_name("due")
    often.model = Payout
    with connection.schema_editor() as editor:
        editor.alter_field(Payout, once, often)
    payout = pay_due(staff=site.staff, due_id=HostDue.objects.latest("id").pk, bank_reference="20261122-1")
    again(payout)
    assert codes() == {"due_paid_twice"}
    forget_bookings()
    with connection.schema_editor() as editor:
        editor.alter_field(Payout, often, once)
