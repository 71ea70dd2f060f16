"""What comes back when a guest cancels, one second either side of each cut-off."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.cancellation import Policy, Share, cancellation_terms

CHECK_IN = datetime(2026, 12, 4, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
SECOND = timedelta(seconds=1)


def share_at(policy, now, check_in_at=CHECK_IN):
    return cancellation_terms(policy, check_in_at=check_in_at, now=now)[0].share


@pytest.mark.parametrize(
    ("policy", "days", "until", "after"),
    [
        (Policy.FLEXIBLE, 1, Share.ALL, Share.ALL_BUT_FIRST),
        (Policy.MODERATE, 5, Share.ALL, Share.HALF),
        (Policy.STRICT, 14, Share.ALL, Share.HALF),
        (Policy.STRICT, 7, Share.HALF, Share.NOTHING),
    ],
)
def test_exactly_at_a_cut_off_the_better_rule_holds(policy, days, until, after):
    cut_off = CHECK_IN - timedelta(hours=24 * days)
    assert share_at(policy, cut_off - SECOND) == until
    assert share_at(policy, cut_off) == until
    assert share_at(policy, cut_off + SECOND) == after


@pytest.mark.parametrize(
    ("policy", "last"),
    [(Policy.FLEXIBLE, Share.ALL_BUT_FIRST), (Policy.MODERATE, Share.HALF), (Policy.STRICT, Share.NOTHING)],
)
def test_a_stay_can_be_cancelled_until_check_in_and_not_from_then_on(policy, last):
    assert share_at(policy, CHECK_IN - SECOND) == last
    assert cancellation_terms(policy, check_in_at=CHECK_IN, now=CHECK_IN) == []


def test_terms_that_are_over_are_not_told():
    terms = cancellation_terms(Policy.STRICT, check_in_at=CHECK_IN, now=CHECK_IN - timedelta(days=10))
    assert [(term.share, term.until) for term in terms] == [
        (Share.HALF, CHECK_IN - timedelta(days=7)),
        (Share.NOTHING, CHECK_IN),
    ]


def test_a_cut_off_is_whole_hours_before_check_in_when_the_clocks_change():
    check_in_at = datetime(2026, 10, 25, 15, tzinfo=ZoneInfo("Europe/Paris"))  # the clocks went back that night
    term = cancellation_terms(Policy.FLEXIBLE, check_in_at=check_in_at, now=datetime(2026, 10, 1, tzinfo=UTC))[0]
    assert term.until == datetime(2026, 10, 24, 14, tzinfo=UTC)


@given(st.sampled_from(Policy.values), st.timedeltas(timedelta(days=-2), timedelta(days=30)))
def test_whenever_somebody_looks_the_terms_ahead_follow_each_other_up_to_check_in(policy, before):
    now = CHECK_IN - before
    terms = cancellation_terms(policy, check_in_at=CHECK_IN, now=now)
    assert [term.until for term in terms] == sorted(term.until for term in terms)
    assert all(term.until >= now for term in terms)
    assert not terms or terms[-1].until == CHECK_IN
