"""Lists of the admin as CSV: all that a list finds, safe in a spreadsheet, and written into the staff log."""

import csv
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils.safestring import mark_safe

from accounts.admin import StaffActAdmin, UserAdmin
from accounts.exporting import ROWS_AT_ONCE, cell, rows_by_pages
from accounts.factories import UserFactory, enter_as_staff
from accounts.models import StaffAct, User
from accounts.moderating import end_sessions
from bookings.admin import BookingAdmin
from bookings.factories import make_booking
from bookings.models import Booking
from ihome_project import urls
from listings.admin import AreaAdmin
from listings.factories import AreaFactory, HouseFactory
from listings.models import Area

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
NIGHT = date(2026, 12, 4)


class ExportedBookings(BookingAdmin):
    pass


class ExportedUsers(UserAdmin):
    pass


class ExportedAreas(AreaAdmin):
    list_per_page = 1
    list_max_show_all = 1


class ExportedNames(AreaAdmin):
    list_display = ("name",)


site = admin.AdminSite()
site.register(Booking, ExportedBookings)
site.register(User, ExportedUsers)
site.register(StaffAct, StaffActAdmin)
site.register(Area, ExportedAreas)
urlpatterns = [path("admin/", site.urls), *(one for one in urls.urlpatterns if getattr(one, "app_name", "") != "admin")]


@pytest.fixture
def staff(client, db):
    client.cookies["django_language"] = "en"
    enter_as_staff(client, User.objects.create_superuser("13800138000", "x", name="爱家站长"))
    return client


def exported(client, path: str, query: str = "") -> list[list[str]]:
    response = client.post(f"/admin/{path}/export{query}")
    assert response.status_code == 200, response
    text = b"".join(response.streaming_content).decode()
    assert text[0] == "\ufeff"
    return list(csv.reader(StringIO(text[1:], newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠1"]
)
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\ufeff", "\u200b"])
def test_what_looks_like_a_formula_is_a_text(text, before):
    assert cell(before + text) == f"'{before}{text}"


@pytest.mark.parametrize("text", ["小院=家", "a\nb", "2-3", " 院", "’"])
def test_any_other_text_stays_what_it_is(text):
    assert cell(text) == text


def test_numbers_days_and_amounts_are_such():
    values = (-20, "-¥1,234.50", "¥1,445", "–", None, True, NIGHT, datetime(2026, 11, 25, 16, 0, 5, tzinfo=UTC))
    assert [cell(value) for value in values] == [
        "-20", "-1234.50", "1445.00", "", "", "是", "2026-12-04", "2026-11-26 00:00:05",
    ]  # fmt: skip


def test_a_cell_has_no_tags_and_nobodys_number():
    assert cell(mark_safe("<a href='/x'>A &amp; B</a>")) == "A & B"
    assert cell("+8613800138001") == "138****8001"
    assert cell("11010119900307663X") == "*" * 18


def test_the_columns_of_the_list_come_in_its_words(staff, host, guest):
    stay = make_booking(HouseFactory(host=host, title="=小院"), guest, NIGHT, NIGHT + timedelta(days=2))
    Booking.objects.update(created_at=datetime(2026, 11, 25, 16, 0, tzinfo=UTC))
    heading, row = exported(staff, "bookings/booking")
    assert heading == ["ID", "Home", "Guest", "Check-in", "Check-out", "Agreed amount", "Status", "Asked"]
    assert row == [
        str(stay.pk), "'=小院", "王小明", "2026-12-04", "2026-12-06", "798.00", "paid", "2026-11-26 00:00:00",
    ]  # fmt: skip


def test_a_list_of_users_has_masked_numbers(staff, stranger):
    rows = exported(staff, "accounts/user", "?q=赵路人")
    assert rows[1:] == [["赵路人", "138****8003", "", "Yes", rows[1][4]]]


def test_filters_search_and_order_of_the_list_hold_on_all_its_pages(staff):
    for n, city in enumerate(["北京", "上海", "北京", "北京"]):
        AreaFactory(city=city, name=f"区{n}", position=3 - n // 2)
    rows = exported(staff, "listings/area", "?city=北京&q=区&o=4.-1&p=2")
    assert [row[0] for row in rows[1:]] == ["区3", "区2", "区0"]


def test_line_breaks_and_quotes_stay_in_their_cell(staff):
    AreaFactory(name='东"城\n区,', city="北京")
    assert exported(staff, "listings/area")[1][0] == '东"城\n区,'


def test_the_file_is_kept_by_nobody_and_named_after_the_list(staff):
    response = staff.post("/admin/accounts/user/export?q=王小明")
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    named = response["Content-Disposition"].removeprefix('attachment; filename="ihome-accounts-user-')
    assert date.fromisoformat(named.removesuffix('.csv"'))


def test_the_staff_log_says_what_was_exported_before_a_row_goes_out(staff):
    staff.post("/admin/accounts/user/export?q=王小明&is_active__exact=1&p=7")
    act = StaffAct.objects.get()
    assert (act.act, act.thing) == (StaffAct.Act.EXPORT, f"accounts.user/{act.actor_id}")
    filters = "q=***&is_active__exact=1"
    assert act.after == {"list": "accounts.user", "query": filters, "rows": 0}


def test_the_staff_log_itself_goes_out_with_all_it_says(staff, stranger):
    end_sessions(staff=User.objects.get(is_staff=True), user_id=stranger.pk, reason="手机丢了")
    staff.post("/admin/accounts/user/export")
    heading, _this, export, ended = exported(staff, "accounts/staffact")
    assert heading[-3:] == ["Row", "Before", "After"]
    assert (ended[2], ended[5], ended[7]) == (
        "ended the sessions of a user",
        "手机丢了",
        f"accounts.user/{stranger.pk}",
    )
    assert ended[8].split("\n") == ["sessions: 0", "keys: 0"]
    assert "list: accounts.user" in export[9]


@pytest.mark.parametrize("method", ["get", "head", "put"])
def test_only_a_post_exports(staff, method):
    assert getattr(staff, method)("/admin/accounts/user/export").status_code == 405
    assert not StaffAct.objects.exists()


def test_a_post_from_elsewhere_exports_nothing(staff):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = staff.cookies
    assert browser.post("/admin/accounts/user/export").status_code == 403
    assert not StaffAct.objects.exists()


def test_who_may_not_see_the_list_exports_nothing(client):
    enter_as_staff(client, UserFactory(is_staff=True))
    assert client.post("/admin/accounts/user/export").status_code == 403
    assert not StaffAct.objects.exists()


@pytest.mark.parametrize("query", ["?no_such=1", "?password__startswith=x"])
def test_a_filter_that_the_list_does_not_take_exports_nothing(staff, query):
    assert staff.post(f"/admin/accounts/user/export{query}").status_code in {303, 400}
    assert not StaffAct.objects.exists()


def test_the_button_carries_the_query_of_the_list(staff):
    page = staff.get("/admin/listings/area/?q=区&p=1").text
    assert 'action="/admin/listings/area/export?q=%E5%8C%BA"' in page


def test_a_list_of_bookings_takes_no_query_for_a_row(staff, host, guest):
    house, counts = HouseFactory(host=host), []
    for more in (1, 3):
        for _ in range(more):
            day = NIGHT + timedelta(days=3 * Booking.objects.count())
            make_booking(house, guest, day, day + timedelta(days=2))
        with CaptureQueriesContext(connection) as queries:
            exported(staff, "bookings/booking")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("ordering", [["position", "-name"], ["-created_at"], ["-position", "pk"], []])
def test_no_row_is_left_out_or_comes_twice_whatever_the_order(ordering, monkeypatch):
    monkeypatch.setattr("accounts.exporting.ROWS_AT_ONCE", 3)
    for n in range(10):
        AreaFactory(position=n % 3, name=f"区{n % 4}", city=f"城{n}")
    rows = [row for page in rows_by_pages(Area.objects.all(), ordering) for row in page]
    valid = [name for name in ordering if "created" not in name]
    expected = Area.objects.order_by(*valid, *([] if "pk" in valid else ["-pk" if valid[:1] == ["-"] else "pk"]))
    assert sorted(row.pk for row in rows) == sorted(row.pk for row in expected)
    assert [[getattr(row, name.lstrip("-")) for name in valid] for row in rows] == [
        [getattr(row, name.lstrip("-")) for name in valid] for row in expected
    ]


def test_a_hundred_thousand_rows_take_no_more_memory_than_a_thousand(rf: RequestFactory, host):
    many = 100_000
    Area.objects.bulk_create((Area(city="北京", name=f"区{n}") for n in range(many)), batch_size=5_000)
    host.is_superuser = host.is_staff = True
    request = rf.post("/")
    request.user = host
    response = ExportedNames(Area, site).export(request)
    tracemalloc.start()
    with CaptureQueriesContext(connection) as queries:
        connection.queries_log.clear()
        length = sum(chunk.count(b"\r\n") for chunk in response.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == many + 1
    assert len(queries) == many // ROWS_AT_ONCE + 1
    assert peak < 4_000_000
