"""How often something may happen, counted in the database."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import RequestFactory

from accounts.limits import (
    DAY,
    HOUR,
    MINUTE,
    Limit,
    Reached,
    Rule,
    client_address,
    forget,
    is_reached,
    release,
    reserve,
)
from accounts.models import Counter

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
A_MINUTE = Limit("test", "13800138000", (Rule(1, MINUTE),))
FIVE_AN_HOUR = Limit("test", "13800138000", (Rule(5, HOUR),))
FIVE_WRONG = Limit("guess", "13800138000", (Rule(5, 15 * MINUTE, penalty=15 * MINUTE),))


def after(seconds: float):
    return time_machine.travel(NOON + timedelta(seconds=seconds), tick=False)


def reserve_at(limit: Limit, *moments: float) -> None:
    for moment in moments:
        with after(moment):
            reserve(limit)


def test_one_a_minute_is_allowed_again_after_the_minute():
    reserve_at(A_MINUTE, 0)
    with after(59), pytest.raises(Reached) as refused:
        reserve(A_MINUTE)
    assert refused.value.seconds == 1
    reserve_at(A_MINUTE, 60)


def test_a_window_slides_so_that_no_hour_has_more_than_its_share():
    reserve_at(FIVE_AN_HOUR, 0, 3000, 3100, 3200, 3300)
    reserve_at(FIVE_AN_HOUR, 3600)  # the first has left the window
    with after(3700), pytest.raises(Reached) as refused:
        reserve(FIVE_AN_HOUR)
    assert refused.value.seconds == 3000 + HOUR - 3700


def test_a_penalty_lasts_its_time_from_the_last_one_on():
    reserve_at(FIVE_WRONG, 0, 840, 850, 860, 870)
    for moment in (900, 870 + 15 * MINUTE - 1):  # the first has left the window, the penalty goes on
        with after(moment), pytest.raises(Reached):
            reserve(FIVE_WRONG)
    reserve_at(FIVE_WRONG, 870 + 15 * MINUTE)


def test_what_is_spread_out_meets_no_penalty():
    reserve_at(FIVE_WRONG, *(n * 5 * MINUTE for n in range(12)))
    with after(56 * MINUTE):
        assert not is_reached(FIVE_WRONG)


def test_all_rules_of_a_limit_hold():
    limit = Limit("test", "x", (Rule(1, MINUTE), Rule(3, DAY)))
    reserve_at(limit, 0, 60, 120)
    with after(180), pytest.raises(Reached) as refused:
        reserve(limit)
    assert refused.value.seconds == DAY - 180


def test_several_limits_are_counted_all_or_none():
    other = Limit("other", "x", (Rule(2, HOUR),))
    reserve_at(A_MINUTE, 0)
    with after(1), pytest.raises(Reached) as refused:
        reserve(other, A_MINUTE)
    assert refused.value.limit is A_MINUTE
    with after(2):
        assert reserve(other)
        assert reserve(other)


def test_what_came_to_nothing_is_not_counted():
    with after(0):
        release(reserve(A_MINUTE), A_MINUTE)
        assert not is_reached(A_MINUTE)
        reserve(A_MINUTE)
        assert is_reached(A_MINUTE)


def test_what_is_forgotten_begins_anew():
    reserve_at(A_MINUTE, 0)
    forget(A_MINUTE)
    with after(1):
        assert not is_reached(A_MINUTE)


def test_subjects_and_purposes_are_counted_apart():
    reserve_at(A_MINUTE, 0)
    with after(1):
        assert not is_reached(Limit("test", "13800138001", A_MINUTE.rules))
        assert not is_reached(Limit("other", "13800138000", A_MINUTE.rules))
        assert is_reached(A_MINUTE)


def test_no_number_stands_in_the_table_in_plain():
    reserve_at(A_MINUTE, 0)
    assert "13800138000" not in str(Counter.objects.values())


def test_only_as_many_moments_are_kept_as_matter():
    reserve_at(A_MINUTE, 0, 100, 200)
    assert len(Counter.objects.get().moments) == 1


def test_what_has_long_expired_is_cleared_and_counted_anew(capsys):
    reserve_at(A_MINUTE, 0)
    with after(2 * DAY):
        call_command("clear_expired")
        assert "1 counters" in capsys.readouterr().out
        reserve(A_MINUTE)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "9.9.9.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (1, "", "9.9.9.9"),
        (2, "1.2.3.4", "9.9.9.9"),
        (1, "nonsense", "unknown"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_only_trusted_proxies_are_believed_about_an_address(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="9.9.9.9")
    assert client_address(request) == address
