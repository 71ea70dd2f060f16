"""What must be true of nights: nobody's twice, and each booking's exactly its own."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import BigIntegerField, Count, DurationField, ExpressionWrapper, F, Max, Min, Q, RowRange, Window
from django.db.models.functions import Cast
from django.utils import timezone

from bookings.clock import KEPT
from bookings.models import Booking
from listings.models import HeldNight, Hold

Rows = Iterable[Mapping[str, object]]
DAY = timedelta(days=1) // timedelta(microseconds=1)  # as both databases count the time between two dates
LENGTH = Cast(  # of a booking in a group of its own: MariaDB compares groups by nothing but sums, Max and the like
    ExpressionWrapper(Max("check_out") - Max("check_in"), output_field=DurationField()), output_field=BigIntegerField()
)


def night_held_twice() -> Rows:
    """A night of a home has two holds."""
    twice = HeldNight.objects.order_by().values("house", "night").annotate(held=Count("id")).filter(held__gt=1)
    return twice.iterator()


def stays_overlap() -> Rows:
    """A stay begins in a home before an earlier one has ended, whatever the calendar says."""
    earlier = Window(
        Max("check_out"), partition_by=F("house"), order_by=("check_in", "id"), frame=RowRange(start=None, end=-1)
    )
    stays = Booking.objects.order_by().exclude(status__in=Booking.OVER).annotate(free_from=earlier)
    return stays.filter(check_in__lt=F("free_from")).values("house", booking=F("pk")).iterator()


def stay_without_nights() -> Rows:
    """A stay that is not over has no hold, though it is too early to have pruned one."""
    stays = Booking.objects.order_by().exclude(status__in=Booking.OVER).filter(hold=None)
    unpruned = Q(status__in=Booking.WAITING) | Q(check_out__gt=timezone.localdate() - KEPT)
    return stays.filter(unpruned).values(booking=F("pk")).iterator()


def nights_not_those_of_the_stay() -> Rows:
    """A hold has not exactly the nights of its stay, with or without the one after it."""
    slept = Count(
        "hold__nights", filter=Q(hold__nights__night__gte=F("check_in"), hold__nights__night__lt=F("check_out"))
    )
    after = Count("hold__nights", filter=Q(hold__nights__night=F("check_out")))
    stays = Booking.objects.order_by().filter(hold__isnull=False)
    counted = stays.values("hold", booking=F("pk")).annotate(
        slept=slept, after=after, held=Count("hold__nights"), length=LENGTH
    )
    is_right = Q(length=F("slept") * DAY, held=F("slept") + F("after"), after__lte=1)
    return counted.exclude(is_right).values("booking", "hold").iterator()


def nights_after_the_end() -> Rows:
    """A cancelled or declined booking has a hold."""
    return (
        Booking.objects.order_by()
        .filter(status__in=Booking.OVER, hold__isnull=False)
        .values("hold", booking=F("pk"))
        .iterator()
    )


def nights_of_another_deadline() -> Rows:
    """Nights are not held until their booking's deadline, or not for good once it is paid."""
    nights = HeldNight.objects.order_by().filter(hold__booking__isnull=False)
    deadlines = nights.values("hold", booking=F("hold__booking")).annotate(
        until=Max("hold__booking__expires_at"), first=Min("expires_at"), last=Max("expires_at"),
        firm=Count("id", filter=Q(expires_at=None)), held=Count("id"),
    )  # fmt: skip
    at_another = Q(firm__gt=0) | ~Q(first=F("until")) | ~Q(last=F("until"))
    wrong = Q(until=None, firm__lt=F("held")) | Q(until__isnull=False) & at_another
    return deadlines.filter(wrong).values("booking", "hold").iterator()


def hold_of_nobody() -> Rows:
    """A hold of a booking has none, a hold of another kind has one, or a hold has no night."""
    holds = Hold.objects.order_by()
    is_booking = Q(kind=Hold.Kind.BOOKING)
    lonely = Q(is_booking, booking=None) | ~is_booking & Q(booking__isnull=False) | Q(nights=None)
    return holds.filter(lonely).values("house", "kind", hold=F("pk")).distinct().iterator()


def hold_in_another_home() -> Rows:
    """A booking, its hold and its nights are not in the same home."""
    nights = HeldNight.objects.order_by().exclude(hold__house=F("house")).values("hold", "house")
    stays = (
        Booking.objects.order_by().filter(hold__isnull=False).exclude(hold__house=F("house")).values("hold", "house")
    )
    return nights.union(stays).iterator()


CHECKS = (
    night_held_twice,
    stays_overlap,
    stay_without_nights,
    nights_not_those_of_the_stay,
    nights_after_the_end,
    nights_of_another_deadline,
    hold_of_nobody,
    hold_in_another_home,
)
