"""Reports: who may report what, what is refused, and what staff make of it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.errors import OwnCase, ReasonMissing, UserInactive
from accounts.factories import PASSWORD, UserFactory
from accounts.messages import words_of
from accounts.models import Message, StaffAct, User
from accounts.privacy import close_account
from bookings.factories import make_booking
from listings import chapter, reporting
from listings.errors import (
    AlreadyReported,
    CannotReportYourself,
    HouseNotFound,
    PersonNotFound,
    ReportNotFound,
    ReportNotOpen,
    ReportWordsMissing,
    ReviewNotFound,
    TooManyReports,
    UnknownWhy,
)
from listings.factories import HouseFactory, ReportFactory, ReviewFactory
from listings.models import House, Report
from listings.reporting import decide_report, make_report

pytestmark = pytest.mark.django_db
Why, State = Report.Why, Report.State
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
ARRIVAL = NOW.date() + timedelta(days=10)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True)


def stay(house, guest) -> None:
    make_booking(house, guest, ARRIVAL, ARRIVAL + timedelta(days=2))


def report(reporter, house, why=Why.UNSAFE, **said) -> Report:
    return make_report(reporter=reporter, house_id=house.pk, why=why, **said)


def decide(staff, made, outcome="已核实，房源已下架整改。", *, is_upheld=True) -> Report:
    return decide_report(staff=staff, report_id=made.pk, is_upheld=is_upheld, outcome=outcome)


# --- making one -------------------------------------------------------------------------------------------------------


def test_a_home_is_reported_by_anybody_who_sees_it(stranger, house):
    made = report(stranger, house, words=" 燃气热水器没有排风 ")
    made.refresh_from_db()
    assert (made.reporter, made.house, made.kind, made.why) == (stranger, house, "house", "unsafe")
    assert (made.words, made.state, made.about) == ("燃气热水器没有排风", "open", house.host)


def test_a_review_is_reported_by_the_host_of_its_home(house, host):
    review = ReviewFactory(house=house)
    made = make_report(reporter=host, review_id=review.pk, why=Why.OFF_TOPIC)
    assert (made.review, made.home, made.kind, made.about) == (review, house, "review", review.author)


def test_host_and_guest_of_a_booking_report_each_other(guest, host, house):
    stay(house, guest)
    House.objects.update(status=House.Status.OFFLINE)
    for reporter, person in ((guest, host), (host, guest)):
        made = make_report(reporter=reporter, person_id=person.pk, why=Why.THREATENING)
        assert (made.person, made.home, made.about) == (person, None, person)


def test_who_has_a_booking_reports_a_home_that_others_no_longer_see(guest, stranger, house):
    stay(house, guest)
    House.objects.update(status=House.Status.OFFLINE)
    assert report(guest, house).pk
    with pytest.raises(HouseNotFound):
        report(stranger, house)


def test_what_somebody_does_not_see_is_not_there(stranger, guest, house):
    hidden, offline = ReviewFactory(house=house, is_visible=False), ReviewFactory(house__status=House.Status.OFFLINE)
    for review in (hidden, offline):
        with pytest.raises(ReviewNotFound):
            make_report(reporter=stranger, review_id=review.pk, why=Why.INSULTING)
    with pytest.raises(PersonNotFound):
        make_report(reporter=stranger, person_id=guest.pk, why=Why.THREATENING)
    assert not Report.objects.exists()


def test_nobody_reports_themselves_or_what_is_theirs(host, guest, house):
    review = ReviewFactory(house=house, author=guest)
    for reporter, target in (
        (host, {"house_id": house.pk}),
        (guest, {"review_id": review.pk}),
        (guest, {"person_id": guest.pk}),
    ):
        with pytest.raises(CannotReportYourself):
            make_report(reporter=reporter, **target, why=Why.OTHER, words="x")


@pytest.mark.parametrize("why", [Why.INSULTING, "", "nonsense"])
def test_a_reason_fits_what_is_reported(stranger, house, why):
    with pytest.raises(UnknownWhy):
        report(stranger, house, why)


def test_something_else_needs_words(stranger, house):
    with pytest.raises(ReportWordsMissing):
        report(stranger, house, Why.OTHER, words="  ")
    assert report(stranger, house, Why.OTHER, words="门口有恶犬").pk


def test_one_has_one_open_report_of_a_thing_and_may_report_it_again_once_it_is_decided(stranger, guest, house, staff):
    made = report(stranger, house)
    with pytest.raises(AlreadyReported):
        report(stranger, house, Why.WRONG_ADDRESS)
    assert report(guest, house).pk
    decide(staff, made)
    assert report(stranger, house).pk not in (None, made.pk)


def test_the_same_key_is_the_same_report_however_often_it_comes(stranger, house, staff):
    made = report(stranger, house, key="k")
    assert report(stranger, house, key="k") == made
    decide(staff, made)
    assert report(stranger, house, key="k") == made


def test_one_reports_twenty_things_a_day_and_what_is_refused_does_not_count(stranger, monkeypatch):
    assert reporting.A_DAY == 20
    monkeypatch.setattr(reporting, "A_DAY", 2)
    homes = HouseFactory.create_batch(3)
    report(stranger, homes[0])
    with pytest.raises(AlreadyReported):
        report(stranger, homes[0])
    report(stranger, homes[1])
    with pytest.raises(TooManyReports) as refused:
        report(stranger, homes[2])
    assert refused.value.seconds == 86_400
    with time_machine.travel(NOW + timedelta(days=1, seconds=1)):
        assert report(stranger, homes[2]).pk


def test_an_account_that_is_not_active_reports_nothing(stranger, house):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    with pytest.raises(UserInactive):
        report(stranger, house)


# --- what the database holds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"house": None},
        {"person": "other"},
        {"house": None, "person": "reporter"},
        {"open_slot": None},
        {"open_slot": 2},
        {"state": "upheld", "outcome": "x"},
        {"state": "upheld", "decided_by": "other"},
        {"outcome": "x"},
    ],
)
def test_the_database_refuses_a_report_that_contradicts_itself(stranger, host, wrong):
    people = {"other": host, "reporter": stranger}
    fields = {name: people.get(value, value) for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportFactory(reporter=stranger, **fields)


@pytest.mark.parametrize("target", ["house", "review", "person"])
def test_the_database_refuses_a_second_open_report_of_a_thing(stranger, host, house, target):
    things = {"house": house, "review": ReviewFactory(house=house), "person": host}
    about = {"reporter": stranger, "house": None, target: things[target]}
    ReportFactory(**about)
    ReportFactory(**about, state="dismissed", outcome="x", decided_by=host)
    ReportFactory(**about, state="upheld", outcome="x", decided_by=host)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportFactory(**about)


# --- deciding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_upheld", "state"), [(True, "upheld"), (False, "dismissed")])
def test_staff_decide_a_report_once_and_it_is_written_down(stranger, house, staff, is_upheld, state):
    made = decide(staff, report(stranger, house), " 已核实。 ", is_upheld=is_upheld)
    made.refresh_from_db()
    assert (made.state, made.outcome, made.decided_by, made.decided_at) == (state, "已核实。", staff, NOW)
    act = StaffAct.objects.get()
    assert (act.actor, act.subject, act.reason) == (staff, house.host, "已核实。")
    assert (act.act, act.thing) == ("uphold_report" if is_upheld else "dismiss_report", f"listings.report/{made.pk}")
    with pytest.raises(ReportNotOpen):
        decide(UserFactory(is_staff=True), made)


def test_the_reporter_alone_is_told_and_led_to_the_outcome(stranger, house, staff):
    made = decide(staff, report(stranger, house))
    message = Message.objects.get()
    assert (message.user, message.path) == (stranger, f"/account/reports#report-{made.pk}")
    assert (message.facts, message.sms_state) == ({}, "none")
    assert "%" not in words_of(message)


def test_nobody_decides_on_what_they_have_reported_or_what_is_about_them(stranger, house):
    made = report(stranger, house)
    review = ReviewFactory(house=house)
    of_review = ReportFactory(house=None, review=review)
    about = [(made, stranger), (made, house.host), (of_review, review.author), (of_review, house.host)]
    about.append((ReportFactory(house=None, person=stranger), stranger))
    for each, person in about:
        with pytest.raises(OwnCase):
            decide(person, each)
    assert Report.objects.waiting().count() == 3
    assert not StaffAct.objects.exists()


def test_a_decision_whose_commit_was_lost_is_recognised(stranger, house, staff):
    made = decide(staff, report(stranger, house))
    assert decide(staff, made) == made
    assert (StaffAct.objects.count(), Message.objects.count()) == (1, 1)


def test_a_decision_says_what_came_of_it_and_is_about_a_report(stranger, house, staff):
    made = report(stranger, house)
    with pytest.raises(ReasonMissing):
        decide(staff, made, "  ")
    with pytest.raises(ReportNotFound):
        decide_report(staff=staff, report_id=made.pk + 1, is_upheld=True, outcome="x")
    assert (Report.objects.get().state, StaffAct.objects.count()) == ("open", 0)


def test_the_queue_has_what_is_open_and_begins_with_what_waits_longest(house, staff):
    late, early = ReportFactory(house=house), ReportFactory(house=house, created_at=NOW - timedelta(days=2))
    decide(staff, ReportFactory(house=house))
    assert list(Report.objects.waiting()) == [early, late]


def test_what_reports_are_about_comes_in_one_query(host, house, django_assert_num_queries):
    ReportFactory(house=house)
    ReportFactory(house=None, review=ReviewFactory(house=house))
    ReportFactory(house=None, person=host)
    with django_assert_num_queries(1):
        assert [(each.about.name, str(each.home)) for each in Report.objects.with_target()]


# --- what is known about a person -------------------------------------------------------------------------------------


def test_one_takes_along_what_one_reported_and_not_what_others_did(stranger, host, house, staff):
    decide(staff, report(stranger, house, words="没有排风"))
    [said] = chapter.export(stranger)["reports"]
    assert (said["about"], said["home"], said["why"]) == ("house", house.title, "unsafe")
    assert (said["words"], said["state"], said["outcome"]) == ("没有排风", "upheld", "已核实，房源已下架整改。")
    assert chapter.export(host)["reports"] == []


def test_the_words_of_a_closed_account_go_and_staff_still_decide(stranger, house, staff):
    made = report(stranger, house, words="我住在隔壁")
    close_account(user=stranger, password=PASSWORD, address="1.2.3.4")
    made.refresh_from_db()
    assert (made.words, made.state, made.why) == ("", "open", "unsafe")
    assert decide(staff, made).outcome
    assert not Message.objects.exists()
