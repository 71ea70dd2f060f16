"""The first page of the admin: what waits, what thirty days brought, each figure a way to the rows behind it."""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.factories import IdentityFactory, MessageFactory, UserFactory, enter_as_staff
from accounts.models import Identity, Message, User
from bookings.charts import TALL, Chart, between, draw
from bookings.dashboard import CHARTS, DAYS, TILES, context
from bookings.factories import make_booking
from bookings.models import Booking, Payment, Refund
from listings.factories import HouseFactory
from listings.missed import note_missed_search
from listings.models import House, MissedSearch

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 11, 25, 15, 59, 59, 999999, tzinfo=UTC)  # still the 25th in Shanghai
EARLY = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)  # the 26th has begun
NIGHT = date(2026, 12, 4)
MADE, REVENUE, CANCELED, JOINED, MISSED = range(5)


@pytest.fixture
def staff(client):
    client.cookies["django_language"] = "en"
    enter_as_staff(client, User.objects.create_superuser("13800138000", "x", name="爱家站长"))
    User.objects.update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    return client


def figures() -> dict:
    return context(SimpleNamespace(user=User(is_superuser=True, is_active=True)))


def last_days(number: int, many: int = 2) -> list[str]:
    return [bar.shown for bar in figures()["charts"][number].bars[-many:]]


def pay(booking: Booking, kind: str, fen: int, at: datetime) -> None:
    Payment.objects.create(
        trade=booking.trade, provider="sandbox", transaction=uuid4().hex, kind=kind, amount_fen=fen, happened_at=at
    )


def make_stay(guest: User | None = None, status: str = Booking.Status.PAID) -> Booking:
    day = NIGHT + timedelta(days=9 * Booking.objects.count())
    return make_booking(HouseFactory(), guest or UserFactory(), day, day + timedelta(days=2), status)


@pytest.fixture
def month_of_everything():
    """On both sides of midnight, two bookings, two that were cancelled, two people, two searches; and money."""
    for at in (LATE, EARLY):
        with time_machine.travel(at, tick=False):
            make_stay()
            make_stay(status=Booking.Status.CANCELED)
            note_missed_search("q=院子")
    pay(Booking.objects.filter(status="PAID").first(), "refunded", 100_00, EARLY)


def test_a_day_begins_at_midnight_of_the_site(month_of_everything):
    with time_machine.travel(LATE + timedelta(days=1), tick=False):
        assert last_days(MADE) == ["2", "2"]
        assert last_days(REVENUE) == ["¥798", "¥698"]
        assert last_days(CANCELED) == last_days(MISSED) == ["1", "1"]
    with time_machine.travel(EARLY + timedelta(days=1), tick=False):
        assert last_days(MADE, 3) == ["2", "2", "0"]


def test_the_thirtieth_day_counts_and_the_one_before_does_not():
    today = timezone.localdate()
    for days in (DAYS - 1, DAYS):
        MissedSearch.objects.create(day=today - timedelta(days=days), query="q=1", position=1, times=7)
    chart = figures()["charts"][MISSED]
    assert (chart.total, chart.bars[0].shown, len(chart.bars)) == ("7", "7", DAYS)


def test_every_figure_leads_to_a_list_of_just_its_rows(staff, month_of_everything):
    with time_machine.travel(EARLY, tick=False):
        enter_as_staff(staff, User.objects.get(is_superuser=True))
        for chart in figures()["charts"]:
            rows = staff.get(chart.bars[-1].address).context["cl"].result_count
            whole = staff.get(chart.address).context["cl"].result_count
            with override("en"):
                words = str(chart.words)
            expected = {"Revenue": (2, 3), "Searches without a result": (1, 2), "Bookings made": (2, 4)}
            expected |= {"Cancelled, or not paid in time": (1, 2), "New users": (rows, whole)}
            assert (rows, whole) == expected.get(words, (1, 2)), words


def test_new_users_are_counted_by_the_list_as_by_the_chart(staff):
    User.objects.bulk_create(
        User(mobile=f"+8613700000{n:03d}", name=f"新{n}", created_at=at) for n, at in enumerate([LATE, EARLY, EARLY])
    )
    with time_machine.travel(EARLY, tick=False):
        enter_as_staff(staff, User.objects.get(is_superuser=True))
        chart = figures()["charts"][JOINED]
        assert [bar.shown for bar in chart.bars[-2:]] == ["1", "2"]
        assert staff.get(chart.bars[-1].address).context["cl"].result_count == 2


def make_waiting() -> None:
    long_ago = timezone.now() - timedelta(days=3, hours=1)
    IdentityFactory(status=Identity.Status.SUBMITTED, decided_at=None, submitted_at=long_ago)
    IdentityFactory(status=Identity.Status.SUBMITTED, decided_at=None)
    HouseFactory(status="pending")
    stay = make_stay(status=Booking.Status.COMPLETE)
    for state in ("refused", "due"):
        Refund.objects.create(booking=stay, number=uuid4().hex, amount_fen=1, state=state, try_at=timezone.now())
    MessageFactory(sms_state=Message.Sms.GIVEN_UP)


def test_every_queue_leads_to_a_list_of_as_many_rows(staff):
    make_waiting()
    for tile, expected in zip(figures()["tiles"], (2, 1, 0, 0, 0, 0, 1, 1, 1), strict=True):
        assert tile.count == staff.get(tile.address).context["cl"].result_count == expected, tile.words


def test_a_queue_says_how_long_its_oldest_row_waits(staff):
    make_waiting()
    assert "oldest: 3\xa0days" in unescape(staff.get(reverse("admin:index")).text)


def test_an_old_home_that_was_edited_today_waits_since_today(staff):
    home = HouseFactory(edited_at=timezone.now() - timedelta(hours=2, minutes=1))
    House.objects.filter(pk=home.pk).update(updated_at=timezone.now() - timedelta(days=400))
    assert "oldest: 2\xa0hours" in unescape(staff.get(reverse("admin:index")).text)


def test_the_page_takes_a_fixed_number_of_queries(staff):
    counts = []
    for more in (1, 3):
        for _ in range(more):
            make_waiting()
            note_missed_search(f"q={uuid4()}")
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(reverse("admin:index")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as queries:
        figures()
    assert len(queries) == len(TILES) + len(CHARTS)


@pytest.mark.parametrize(
    ("permission", "seen"),
    [
        (None, set()),
        ("view_identity", {"Identities to verify"}),
        ("view_booking", {"Stays left to staff", "Bookings made", "Cancelled, or not paid in time"}),
        ("view_payment", {"Revenue"}),
        ("view_missedsearch", {"Searches without a result"}),
    ],
)
def test_staff_see_the_figures_of_lists_that_they_may_see(client, permission, seen):
    moderator = UserFactory(is_staff=True)
    if permission:
        moderator.user_permissions.add(Permission.objects.get(codename=permission))
    client.cookies["django_language"] = "en"
    enter_as_staff(client, moderator)
    page = client.get(reverse("admin:index")).text
    with override("en"):
        assert {str(one.words) for one in (*TILES, *CHARTS) if f">{one.words}<" in page} == seen


def test_every_queue_and_chart_is_ruled_by_the_right_to_its_list():
    for one in (*TILES, *CHARTS):
        app, model, _page = one.list_name.removeprefix("admin:").split("_")
        assert one.permission == f"{app}.view_{model}"


def test_the_page_needs_no_style_or_script_of_its_own_and_shows_no_recent_actions(staff):
    page = staff.get(reverse("admin:index")).text
    assert "style=" not in page
    assert "recent-actions" not in page
    assert page.count("<svg") >= len(CHARTS)
    assert page.count('class="dash__bar') == len(CHARTS) * DAYS


def test_a_day_on_which_more_went_than_came_hangs_from_the_line():
    stay = make_stay()
    QuerySet(Payment).delete()
    now = timezone.now()
    pay(stay, "captured", 300, now - timedelta(days=1))
    pay(stay, "refunded", 100, now)
    chart = figures()["charts"][REVENUE]
    before, today = chart.bars[-2:]
    assert (before.y, before.height, chart.zero) == (0, 48, 48)
    assert (today.y, today.height, today.shown, chart.total) == (48, 16, "-¥1", "¥2")


def test_a_chart_without_anything_has_no_bars():
    chart = Chart("x", "", User.objects.none, "created_at", Count("pk"), "admin:index", between("created_at"))
    drawn = draw(chart, [NIGHT, NIGHT + timedelta(days=1)])
    assert {bar.height for bar in drawn.bars} == {0}
    assert (drawn.zero, drawn.width, drawn.total) == (TALL, 20, "0")


def test_a_link_carries_the_bounds_of_its_days():
    query = parse_qs(urlsplit(figures()["charts"][MADE].bars[-1].address).query)
    today = timezone.localdate()
    assert query == {
        "created_at__gte": [f"{today} 00:00:00+08:00"],
        "created_at__lt": [f"{today + timedelta(days=1)} 00:00:00+08:00"],
    }


@pytest.mark.parametrize("days", ["yesterday", "2026-11-25", "2026-11-25..x", "..", "9999-12-31..9999-12-31"])
def test_what_are_no_days_is_refused(staff, days):
    answer = staff.get(reverse("admin:bookings_booking_changelist"), {"canceled": days})
    assert (answer.status_code, answer.headers.get("Location", "")[-4:]) == (302, "?e=1")
