"""Searches without a result: counted by day, bounded, tied to nobody, and never in the way of an answer."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.test_identity_race import at_once
from bookings.clock import run_due
from listings.factories import AreaFactory, FacilityFactory, HouseFactory
from listings.missed import note_missed_search
from listings.models import MissedSearch
from listings.models.missed import NEW_A_DAY
from listings.tests.calls import API

pytestmark = pytest.mark.django_db
NO_PRICE = {"max_price": "1"}


def missed() -> dict[str, int]:
    return dict(MissedSearch.objects.values_list("query", "times"))


@pytest.mark.parametrize("path", ["/search", f"{API}/houses"])
def test_a_search_without_a_result_is_counted(client, path):
    HouseFactory()
    for _ in range(2):
        assert client.get(path, NO_PRICE).status_code == 200
    assert missed() == {"max_price=1": 2}


@pytest.mark.parametrize("path", ["/search", f"{API}/houses"])
def test_only_a_search_without_a_result_takes_more_queries(client, path):
    HouseFactory()
    with CaptureQueriesContext(connection) as queries:
        client.get(path, {"max_price": "1000"})
    assert not [query for query in queries if "missedsearch" in query["sql"]]
    assert missed() == {}


def test_the_page_and_the_api_ask_the_same_in_whatever_order_page_and_language(client):
    area, facilities = AreaFactory(), [FacilityFactory(id=3), FacilityFactory(id=5)]
    asked = {"aid": area.pk, "sd": "2027-01-02", "ed": "2027-01-04", "guests": "02", "min_price": "1.50"}
    first, last = ([one.pk for one in some] for some in (facilities, reversed(facilities)))
    client.get("/search", asked | {"facility": first, "q": " 西湖  Bus ", "sk": "booking", "utm": "x"})
    client.get(f"{API}/houses", {"q": "西湖 bus", "facility": last, "p": "1"} | asked)
    dates = "sd=2027-01-02&ed=2027-01-04"
    query = f"aid={area.pk}&{dates}&guests=2&min_price=1.50&facility=3&facility=5&q=西湖+bus"
    assert missed() == {query: 2}


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("13800138000", "q=138****8000"),
        ("+86 138 0013 8000 西湖", "q=138****8000+西湖"),
        ("11010119900307663X", f"q={'*' * 18}"),
        ("a&b=%c#d", "q=a%26b%3D%25c%23d"),
    ],
)
def test_nobodys_number_is_kept(client, words, kept):
    client.get("/search", {"q": words})
    assert missed() == {kept: 1}


def test_where_there_is_no_home_and_nothing_is_asked_nothing_is_counted(client):
    client.get("/search")
    assert missed() == {}


def test_what_cannot_be_read_is_not_counted(client):
    assert client.get("/search", {"sd": "yesterday"}).status_code == 400
    assert missed() == {}


def test_a_day_begins_in_the_sites_time_zone(client):
    with time_machine.travel("2026-11-25T15:59:59Z", tick=False):
        note_missed_search("q=1")
    with time_machine.travel("2026-11-25T16:00:00Z", tick=False):
        note_missed_search("q=1")
    days = MissedSearch.objects.values_list("day", "times")
    assert list(days) == [(date(2026, 11, 26), 1), (date(2026, 11, 25), 1)]
    assert MissedSearch.objects.since(date(2026, 11, 26)).count() == 1


def test_a_full_day_counts_only_what_it_knows():
    today = timezone.localdate()
    MissedSearch.objects.bulk_create(
        MissedSearch(day=today, query=f"q={n}", position=n) for n in range(1, NEW_A_DAY + 1)
    )
    note_missed_search("q=new")
    note_missed_search("q=7")
    assert MissedSearch.objects.count() == NEW_A_DAY
    assert missed()["q=7"] == 2


def test_the_longest_search_fits():
    note_missed_search("屋" * 500)
    assert MissedSearch.objects.get().query == "屋" * 500


def test_the_worker_deletes_what_is_older_than_ninety_days():
    today = timezone.localdate()
    for days in (0, 90, 91):
        MissedSearch.objects.create(day=today - timedelta(days=days), query="q", position=1)
    assert run_due().done["missed searches"] == 1
    assert MissedSearch.objects.since(today - timedelta(days=90)).count() == MissedSearch.objects.count() == 2


def broken(execute, sql, params, many, context):
    if "missedsearch" in sql:
        raise DatabaseError("read only")
    return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/search", f"{API}/houses"])
def test_an_answer_goes_out_when_it_cannot_be_counted(client, path, caplog):
    with connection.execute_wrapper(broken):
        assert client.get(path, NO_PRICE).status_code == 200
    assert "missed_search.not_counted" in caplog.text


def test_inside_a_transaction_an_error_is_not_hidden():
    with connection.execute_wrapper(broken), pytest.raises(DatabaseError, match="read only"):
        note_missed_search("q=1")


@pytest.mark.django_db(transaction=True)
def test_no_count_is_lost_when_many_search_at_once():
    at_once(16, lambda n: note_missed_search(f"q={n % 3}"))
    assert missed() == {"q=0": 6, "q=1": 5, "q=2": 5}


@pytest.mark.django_db(transaction=True)
def test_robots_that_come_at_once_take_no_more_than_a_day_has():
    today = timezone.localdate()
    MissedSearch.objects.bulk_create(
        MissedSearch(day=today, query=f"q={n}", position=n) for n in range(1, NEW_A_DAY - 3)
    )
    at_once(12, lambda n: note_missed_search(f"q=robot{n}"))
    assert MissedSearch.objects.count() == NEW_A_DAY
