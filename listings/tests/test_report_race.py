"""Reports that are made and decided at the same moment."""

import pytest

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Message, StaffAct
from accounts.privacy import close_account
from accounts.tests.test_identity_race import at_once
from listings.errors import AlreadyReported, ReportNotOpen
from listings.factories import HouseFactory, ReportFactory
from listings.models import Report
from listings.reporting import decide_report, make_report

pytestmark = pytest.mark.django_db(transaction=True)
TIMES, ROUNDS = 8, 6


def report(reporter, house, key: str = "") -> str:
    return make_report(reporter=reporter, house_id=house.pk, why="unsafe", words="没有排风", key=key).state


def test_of_many_reports_of_one_home_by_one_person_one_is_made():
    reporter, house = UserFactory(), HouseFactory()
    assert at_once(TIMES, lambda _: report(reporter, house)) == {"open": 1, AlreadyReported: TIMES - 1}
    assert Report.objects.count() == 1


def test_a_form_that_is_sent_many_times_at_once_is_one_report():
    reporter, house = UserFactory(), HouseFactory()
    assert at_once(TIMES, lambda _: report(reporter, house, "k")) == {"open": TIMES}
    assert Report.objects.count() == 1


def test_of_many_decisions_about_one_report_one_counts_and_is_told():
    made, staff = ReportFactory(), UserFactory.create_batch(TIMES, is_staff=True)

    def decide(n: int) -> str:
        decide_report(staff=staff[n], report_id=made.pk, is_upheld=n % 2 == 0, outcome=f"{n}")
        return "decided"

    assert at_once(TIMES, decide) == {"decided": 1, ReportNotOpen: TIMES - 1}
    made.refresh_from_db()
    act = StaffAct.objects.get()
    assert (act.actor, act.reason) == (made.decided_by, made.outcome)
    assert Message.objects.get().user == made.reporter


def test_an_account_that_is_closed_while_it_reports_leaves_no_words_behind():
    for _ in range(ROUNDS):
        user, house = UserFactory(), HouseFactory()
        acts = [lambda: report(user, house), lambda: close_account(user=user, password=PASSWORD, address="1.2.3.4")]  # noqa: B023
        at_once(len(acts), lambda n: acts[n]())  # noqa: B023 — done before the next round
        user.refresh_from_db()
        assert user.closed_at
        assert not Report.objects.exclude(words="").exists()
