"""What a host sees first: requests, who comes when, what it brings, and the homes: what each lacks, how full it is."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from bookings.earnings import Month, Totals, months_earned, sum_up
from bookings.models import Booking
from listings.models import HeldNight, Hold, House
from listings.publishing import Missing, missing_given

AHEAD = 30  # nights
STAYS_SHOWN, MONTHS_SHOWN = 10, 8
Status = House.Status


@dataclass(frozen=True)
class HostedHome:
    """One of a host's homes."""

    house: House
    missing: list[Missing]
    next_stay: Booking | None
    occupancy: int  # of the next 30 nights those that bookings hold, in percent

    @property
    def can_be_published(self) -> bool:
        """Whether its host can publish it as it is."""
        return self.house.status in {Status.DRAFT, Status.OFFLINE} and not self.missing

    @property
    def next_step(self) -> str:
        """Where its host goes on: publish, photos, identity or edit; nothing where it is not for the host to do."""
        if self.house.status not in {Status.DRAFT, Status.OFFLINE}:
            return ""
        if not self.missing:
            return "publish"
        step = self.missing[0].step
        return step if step in {"photos", "identity"} else "edit"

    @property
    def needs_host(self) -> bool:
        """Whether it waits for something that its host does, or should know of."""
        return self.house.status in {Status.DRAFT, Status.SUSPENDED}

    @property
    def has_been_open(self) -> bool:
        """Whether guests have been able to book it, so that its calendar says something."""
        return self.house.status in {Status.PUBLISHED, Status.OFFLINE, Status.SUSPENDED}


@dataclass(frozen=True)
class HostPage:
    """What a host sees first."""

    homes: list[HostedHome]
    requests: list[Booking]
    stays: list[Booking]  # the next ones, over all homes
    months: list[Month]
    totals: Totals
    is_verified: bool

    @property
    def arrivals_today(self) -> int:
        """How many guests come today."""
        return sum(stay.check_in == timezone.localdate() for stay in self.stays)

    @property
    def has_earnings(self) -> bool:
        """Whether a stay has brought something, or will."""
        sums = (self.totals.owed_fen, self.totals.paid_fen, self.totals.coming_fen)
        return any(sums) or any(month.amount_fen for month in self.months)

    @property
    def homes_that_wait(self) -> list[HostedHome]:
        """The homes that need their host now."""
        return [home for home in self.homes if home.needs_host]


def draw_host_page(host: User) -> HostPage:
    """Return what a host sees first, in ten queries however many homes and stays there are."""
    requests = Booking.objects.hosted_by(host).to_answer().select_related("guest", "house__area")
    stays = Booking.objects.hosted_by(host).coming().select_related("guest", "house__area")
    is_verified = host.is_verified
    return HostPage(
        hosted_homes(host, is_verified=is_verified),
        list(requests),
        list(stays[:STAYS_SHOWN]),
        months_earned(host, many=MONTHS_SHOWN),
        sum_up(host),
        is_verified,
    )


def hosted_homes(host: User, *, is_verified: bool) -> list[HostedHome]:
    """Return a host's homes, newest first."""
    next_stay = Booking.objects.coming().filter(house=OuterRef("pk")).values("pk")[:1]
    houses = list(House.objects.hosted_by(host).newest().with_card().annotate(next_stay_id=Subquery(next_stay)))
    stays = Booking.objects.select_related("guest").in_bulk([house.next_stay_id for house in houses])
    nights = nights_held(host)
    return [
        HostedHome(
            house,
            missing_given(house, has_photo=house.main_image is not None, is_verified=is_verified),
            stays.get(house.next_stay_id),
            round(100 * nights.get(house.pk, 0) / AHEAD),
        )
        for house in houses
    ]


def nights_held(host: User) -> dict[int, int]:
    """Return by home how many of the next 30 nights bookings hold; what a host has blocked is not among them."""
    today = timezone.localdate()
    held = HeldNight.objects.taken().filter(
        house__host=host, hold__kind=Hold.Kind.BOOKING, night__gte=today, night__lt=today + timedelta(days=AHEAD)
    )
    return dict(held.values_list("house").annotate(nights=Count("pk")).order_by())
