"""The example site is complete and consistent."""

from collections import defaultdict
from datetime import date

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count, Q, Sum

from accounts.models import Identity, User
from bookings.auditing import audit
from bookings.demo import PASSWORD, DemoSite
from bookings.models import Booking
from listings.calendar import Stay, nights_to_hold
from listings.models import Area, Facility, HeldNight, House, HouseImage, MissedSearch, Report

NOW = "2026-11-22T12:00:00+08:00"
pytestmark = pytest.mark.django_db


def load() -> None:
    for pk in range(1, 39):
        Facility.objects.get_or_create(pk=pk, defaults={"name": f"设施{pk}", "icon": "wifi", "group": "basics"})
    DemoSite().load(lambda items, *_: items)


@pytest.fixture(scope="module")
def example(django_db_setup, django_db_blocker):
    """Load the example once for all tests of this file; none of them changes it."""
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(NOW, tick=False):
        load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def site(example, db) -> None:
    """The loaded example."""


def test_there_are_people_homes_photos_and_stays(site):
    assert (User.objects.count(), House.objects.published().count()) == (60, 238)
    assert Area.objects.values("city").distinct().count() == 5
    photos = House.objects.annotate(photos=Count("images")).values_list("photos", flat=True)
    assert {3, 4, 5} == set(photos)
    assert set(Booking.objects.values_list("status", flat=True)) == set(Booking.Status)
    assert Booking.objects.filter(check_in__gt=date(2027, 2, 1), check_in__lte=date(2027, 2, 20)).exists()


def test_the_personas_are_who_they_should_be(site):
    staff, host, guest, stranger = (User.objects.get(mobile=f"+861380013800{n}") for n in range(4))
    assert all(user.check_password(PASSWORD) for user in (staff, host, guest, stranger))
    assert (staff.is_staff, host.name, guest.name, stranger.name) == (True, "林房东", "王小明", "赵路人")
    assert set(Identity.objects.verified().filter(user__in=(host, guest, stranger)).values_list("user", flat=True)) == {
        host.pk,
        guest.pk,
    }
    assert {True, False} == set(House.objects.hosted_by(host).values_list("instant_book", flat=True))
    assert House.objects.hosted_by(host).count() >= 5
    assert not Booking.objects.waiting().filter(guest__in=(guest, stranger)).exists()


def test_every_counter_is_right(site):
    houses = House.objects.annotate(stays=Count("bookings", Q(bookings__status__in=Booking.COUNTED)))
    assert [house.pk for house in houses if house.stays != house.booking_count] == []
    reviews = House.objects.annotate(said=Count("reviews"), stars=Sum("reviews__rating", default=0))
    assert [h.pk for h in reviews if (h.said, h.stars) != (h.review_count, h.rating_sum)] == []


def test_every_booking_holds_exactly_its_nights(site):
    held = defaultdict(list)
    for hold, night in HeldNight.objects.order_by("night").values_list("hold", "night"):
        held[hold].append(night)
    for booking in Booking.objects.filter(hold__isnull=False).select_related("house"):
        assert held[booking.hold_id] == nights_to_hold(booking.house, Stay(booking.check_in, booking.check_out))


def test_every_history_leads_to_the_present_status(site):
    for booking in Booking.objects.prefetch_related("events"):
        events = list(booking.events.all())
        assert [e.from_status for e in events] == ["", *(e.to_status for e in events[:-1])]
        assert events[-1].to_status == booking.status


def test_five_homes_share_a_set_each_with_another_main_picture(site):
    mains = HouseImage.objects.filter(position=0).values_list("key", flat=True)
    assert len(mains) == len(set(mains)) == 240


def test_moderators_have_identities_and_homes_to_decide(site):
    personas = [f"+861380013800{n}" for n in range(4)]
    homes = House.objects.to_review().select_related("host__identity")
    people = Identity.objects.waiting()
    assert (homes.count(), people.count()) == (2, 2)
    assert all(
        house.images.exists() and house.host.mobile not in personas and house.host.identity.status == "verified"
        for house in homes
    )
    assert not homes.filter(bookings__isnull=False).exists()
    assert not people.filter(user__mobile__in=personas).exists()


def test_some_searches_of_the_last_weeks_found_nothing(site):
    assert MissedSearch.objects.since(date(2026, 11, 1)).count() == 11


def test_moderators_have_a_home_and_a_review_to_look_at(site):
    review, home = Report.objects.waiting().reverse()
    assert (home.kind, home.reporter.name, review.kind, review.reporter.name) == ("house", "王小明", "review", "林房东")
    assert review.about != review.reporter != home.about


def test_the_audit_finds_nothing_wrong(site):
    assert [str(fault) for fault in audit()] == []
