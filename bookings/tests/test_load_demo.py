"""Loading the example: the same on the same day, and never over people's data."""

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from bookings.tests.test_demo import NOW, load
from listings.models import House, Report

pytestmark = pytest.mark.django_db


def told() -> list:
    """Return what makes up the example, without the ids of rows."""
    stays = Booking.objects.order_by("request_key").values_list("request_key", "house__title", "guest__name", "status")
    reports = Report.objects.waiting().values_list("house__title", "review__comment", "created_at")
    return [
        *reports,
        *House.objects.order_by("title").values_list("title", "price_fen", "rating_sum", "created_at"),
        *stays,
    ]


def test_it_is_the_same_on_the_same_day():
    told_before = []
    for _ in range(2):
        with time_machine.travel(NOW, tick=False), transaction.atomic():
            load()
            told_before.append(told())
            transaction.set_rollback(True)
    assert told_before[0] == told_before[1]


def test_it_is_never_loaded_over_users(guest):
    with pytest.raises(CommandError, match="has users"):
        call_command("load_demo")
    call_command("load_demo", if_empty=True)
    assert User.objects.count() == 1
