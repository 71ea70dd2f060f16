"""The stays of the example site: two years of past ones with reviews, and bookings over the next ninety days."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bookings.demo_money import PAID_AFTER, Books
from bookings.models import OPEN_REQUESTS, REVIEW_DAYS, Booking, BookingEvent
from bookings.services import first_deadline
from listings.calendar import Stay, nights_to_hold
from listings.models import HeldNight, Hold, House, Review
from listings.pricing import price_stay, special_prices

AHEAD, PAST = 90, 400  # days
PRUNED_AFTER = 60  # days after its last night a hold is gone
Status = Booking.Status
Step = tuple[str, User | None, datetime]


class Chance(random.Random):
    """A seeded generator that also answers yes or no."""

    def happens(self, per_mille: int) -> bool:
        """Say yes so many times in a thousand."""
        return self.randrange(1000) < per_mille


class StayMaker:
    """Fills the calendars of homes, never two stays on a night, and keeps every counter in step."""

    def __init__(self, today: date, chance: Chance, words: dict[str, list[dict]]) -> None:
        self.today, self.chance, self.words = today, chance, words
        self.bookings: list[Booking] = []
        self.events: list[BookingEvent] = []
        self.holds: list[Hold] = []
        self.nights: list[HeldNight] = []
        self.reviews: list[Review] = []
        self.books = Books()

    def add_stays(self, houses: Iterable[House], *, guests: list[User], guest: User) -> None:
        """Write the stays of all homes; `guest` has some too, but no request that waits."""
        self.guests, self.guest, self.open_slots = guests, guest, dict.fromkeys(guests, 0)
        self.guest_stays: list[Stay] = []
        touched = [self.fill(house) for house in houses]
        Hold.objects.bulk_create(self.holds)
        HeldNight.objects.bulk_create(self.nights, batch_size=2000)
        Review.objects.bulk_create(self.reviews)
        Booking.objects.bulk_create(self.bookings, batch_size=500)
        BookingEvent.objects.bulk_create(self.events, batch_size=2000)
        self.books.write()
        House.objects.bulk_update(touched, ("booking_count", "review_count", "rating_sum"), batch_size=100)

    def fill(self, house: House) -> House:
        """Make the stays of one home, more of them where it is loved."""
        specials = special_prices(house, self.today, self.today + timedelta(days=AHEAD + PAST))
        pool = self.words[house.area.city] + self.words["any"]
        unsaid = self.chance.sample(pool, len(pool))
        for stay in self.stays(house):
            self.add_stay(house, stay, specials, unsaid)
        return house

    def stays(self, house: House) -> Iterator[Stay]:
        """Yield stays that can stand beside each other in a home's calendar, from long ago to soon."""
        loved = self.chance.choice((6, 12, 20, 35, 60))  # days between two stays, about
        born = max(timezone.localdate(house.created_at), self.today - timedelta(days=PAST))
        day = born + timedelta(days=self.chance.randint(2, loved * 2))
        while day < self.today + timedelta(days=AHEAD):
            most = min(house.max_nights or 30, house.min_nights + 5)
            stay = Stay(day, day + timedelta(days=self.chance.randint(house.min_nights, most)))
            if not stay.check_in <= self.today < stay.check_out:
                yield stay
            day = stay.check_out + timedelta(days=1 + self.chance.randint(0, loved * 2))

    def add_stay(self, house: House, stay: Stay, specials: dict[date, int], unsaid: list[dict]) -> None:
        """Make one stay: reviewed, waiting for a review, paid, waiting, or called off."""
        recent = stay.check_out > self.today - timedelta(days=REVIEW_DAYS)
        status = self.status_of(house, stay, waits_for_review=recent and (not unsaid or self.chance.happens(400)))
        booking = Booking(
            house=house,
            guest=self.guest_for(stay, status),
            check_in=stay.check_in,
            check_out=stay.check_out,
            guests=self.chance.randint(1, house.capacity),
            status=status,
            request_key=self.key(),
            check_in_time=house.check_in_time,
            commission_percent=settings.COMMISSION_PERCENT,
            cancellation_policy=house.cancellation_policy,
            created_at=self.asked_at(stay, status),
            **price_stay(house, stay, specials).as_agreed(),
        )
        if status in Booking.WAITING:
            self.open_slots[booking.guest] += 1
            booking.open_slot, booking.expires_at = self.open_slots[booking.guest], first_deadline(house, stay)
        if status == Status.REJECTED:
            booking.reason = "那几天家里要修暖气，抱歉。"
        if status not in Booking.OVER and stay.check_out > self.today - timedelta(days=PRUNED_AFTER):
            self.hold(booking, stay)
        if status == Status.COMPLETE and unsaid and (recent or self.chance.happens(750)):
            self.review(booking, unsaid.pop())
        house.booking_count += status in Booking.COUNTED
        self.bookings.append(booking)
        self.tell(booking)
        self.books.enter(booking)

    def status_of(self, house: House, stay: Stay, *, waits_for_review: bool) -> str:
        """Return a status that fits the day."""
        if self.chance.happens(80):
            return Status.CANCELED if house.instant_book else Status.REJECTED
        if stay.check_out > self.today:
            waiting = Status.WAIT_PAYMENT if house.instant_book else Status.WAIT_ACCEPT
            return waiting if self.chance.happens(60) else Status.PAID
        return Status.WAIT_COMMENT if waits_for_review else Status.COMPLETE

    def guest_for(self, stay: Stay, status: str) -> User:
        """Return somebody; for a few stays that do not meet the demo guest, and never with a request that waits."""
        apart = all(stay.check_in >= other.check_out or stay.check_out <= other.check_in for other in self.guest_stays)
        if status not in Booking.WAITING and apart and self.chance.happens(5):
            self.guest_stays.append(stay)
            return self.guest
        free = [guest for guest in self.guests if self.open_slots[guest] < OPEN_REQUESTS]
        return self.chance.choice(free if status in Booking.WAITING else self.guests)

    def asked_at(self, stay: Stay, status: str) -> datetime:
        """Return when it was asked for: some days before, and not after now."""
        now = timezone.now()
        if status in Booking.WAITING:
            return now
        clock = time(self.chance.randint(8, 22), self.chance.randint(0, 59))
        days = timedelta(days=self.chance.randint(2, 40))
        return min(timezone.make_aware(datetime.combine(stay.check_in - days, clock)), now - timedelta(hours=30))

    def hold(self, booking: Booking, stay: Stay) -> None:
        """Hold the nights as a booking does."""
        booking.hold = Hold(house=booking.house, kind=Hold.Kind.BOOKING, created_at=booking.created_at)
        self.holds.append(booking.hold)
        self.nights += [
            HeldNight(hold=booking.hold, house=booking.house, night=night, expires_at=booking.expires_at)
            for night in nights_to_hold(booking.house, stay)
        ]

    def review(self, booking: Booking, words: dict) -> None:
        """Let the guest say something, some days after."""
        house = booking.house
        booking.review = Review(
            house=house,
            author=booking.guest,
            rating=words["rating"],
            comment=words["comment"],
            reply=words["reply"] or "",
            created_at=self.left_at(booking) + timedelta(hours=self.chance.randint(3, 150)),
        )
        if booking.review.created_at > timezone.now():
            booking.review.created_at = timezone.now() - timedelta(hours=1)
        house.review_count += 1
        house.rating_sum += words["rating"]
        self.reviews.append(booking.review)

    def left_at(self, booking: Booking) -> datetime:
        """Return the instant of leaving."""
        return timezone.make_aware(datetime.combine(booking.check_out, booking.house.check_out_time))

    def tell(self, booking: Booking) -> None:
        """Write the history of a booking from its first line to its present status."""
        was = ""
        for status, actor, when in (*self.steps_of_request(booking), *self.steps_of_stay(booking)):
            reason = booking.reason if status == Status.REJECTED else ""
            self.events.append(
                BookingEvent(
                    booking=booking,
                    actor=actor,
                    from_status=was,
                    to_status=status,
                    reason=reason,
                    created_at=when,
                    change_key=self.key(),
                )
            )
            was = status

    def steps_of_request(self, booking: Booking) -> Iterator[Step]:
        """Yield what happens until it is paid or called off."""
        asked, guest, host = booking.created_at, booking.guest, booking.house.host
        if booking.house.instant_book:
            yield Status.WAIT_PAYMENT, guest, asked
        else:
            yield Status.WAIT_ACCEPT, guest, asked
            if booking.status not in (Status.WAIT_ACCEPT, Status.REJECTED):
                yield Status.WAIT_PAYMENT, host, asked + timedelta(hours=3)
        if booking.status == Status.REJECTED:
            yield Status.REJECTED, host, asked + timedelta(hours=5)
        if booking.status == Status.CANCELED:
            yield Status.CANCELED, guest, asked + timedelta(minutes=20)

    def steps_of_stay(self, booking: Booking) -> Iterator[Step]:
        """Yield what happens from payment on."""
        if booking.status not in Booking.COUNTED:
            return
        yield Status.PAID, None, booking.created_at + PAID_AFTER
        if booking.status == Status.PAID:
            return
        yield Status.WAIT_COMMENT, None, timezone.make_aware(datetime.combine(booking.check_out, time()))
        if booking.status == Status.COMPLETE and booking.review:
            yield Status.COMPLETE, booking.guest, booking.review.created_at
        elif booking.status == Status.COMPLETE:
            yield Status.COMPLETE, None, self.left_at(booking) + timedelta(days=REVIEW_DAYS)

    def key(self) -> str:
        """Return a key that nothing else has, the same on the same day."""
        return UUID(int=self.chance.getrandbits(128), version=4).hex
