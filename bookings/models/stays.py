"""Bookings of stays, and the history of each."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ihome_project.append_only import AppendOnly
from listings.calendar import Stay
from listings.models import OVERDUE_GRACE, Hold, House, Review

REASON_MOST = 200  # characters
REVIEW_DAYS = 30  # after the day of leaving
OPEN_REQUESTS = 3  # what one guest may have waiting at a time, whatever the homes


class BookingQuerySet(models.QuerySet["Booking"]):
    """Read rules of bookings."""

    def made_by(self, guest: User) -> "BookingQuerySet":
        """The bookings of one guest."""
        return self.filter(guest=guest)

    def hosted_by(self, host: User) -> "BookingQuerySet":
        """The bookings of one host's homes."""
        return self.filter(house__host=host)

    def visible_to(self, user: User) -> "BookingQuerySet":
        """Bookings of which the user is the guest or the host."""
        return self.filter(Q(guest=user) | Q(house__host=user))

    def waiting(self) -> "BookingQuerySet":
        """Requests that are not paid: for the host's answer or for the guest's money."""
        return self.filter(status__in=Booking.WAITING)

    def to_answer(self) -> "BookingQuerySet":
        """Requests that their host can still accept, the first to run out before the others."""
        asked = self.filter(status=Booking.Status.WAIT_ACCEPT, expires_at__gt=timezone.now())
        return asked.order_by("expires_at", "id")

    def coming(self) -> "BookingQuerySet":
        """Paid stays that are not over, the next one before the one after it."""
        return self.filter(status=Booking.Status.PAID, check_out__gt=timezone.localdate()).order_by("check_in", "id")

    def left_to_staff(self) -> "BookingQuerySet":
        """Paid stays to come in suspended homes, or of people who are not active: staff decide each of them."""
        is_left = Q(house__status=House.Status.SUSPENDED) | Q(guest__is_active=False) | Q(house__host__is_active=False)
        return self.coming().filter(is_left)

    def for_the_clock(self) -> "BookingQuerySet":
        """Bookings that `catch_up` changes now: unanswered for too long, stays that are over, reviews nobody wrote."""
        today = timezone.localdate()
        return self.filter(
            Q(status=Booking.Status.WAIT_ACCEPT, expires_at__lte=timezone.now())
            | Q(status=Booking.Status.PAID, check_out__lte=today)
            | Q(status=Booking.Status.WAIT_COMMENT, check_out__lte=today - timedelta(days=REVIEW_DAYS))
        ).order_by("pk")

    def not_reminded(self) -> "BookingQuerySet":
        """Paid stays that begin tomorrow, of which nobody has been reminded."""
        tomorrow = timezone.localdate() + timedelta(days=1)
        return self.filter(status=Booking.Status.PAID, check_in=tomorrow, reminded_at=None).order_by("pk")

    def overdue(self) -> "BookingQuerySet":
        """Requests that ran out more than the grace ago, and whose nights anybody may have."""
        return self.waiting().filter(expires_at__lt=timezone.now() - OVERDUE_GRACE)

    def not_overdue(self) -> "BookingQuerySet":
        """All but those."""
        return self.exclude(status__in=Booking.WAITING, expires_at__lt=timezone.now() - OVERDUE_GRACE)

    def still_open(self) -> "BookingQuerySet":
        """Requests that are waiting and not overdue, and paid stays, also one that the clock has yet to end."""
        return self.not_overdue().filter(status__in=(*Booking.WAITING, Booking.Status.PAID))

    def meeting(self, stay: Stay) -> "BookingQuerySet":
        """Bookings that hold a night of a stay: neither over nor overdue."""
        meeting = self.not_overdue().filter(check_in__lt=stay.check_out, check_out__gt=stay.check_in)
        return meeting.exclude(status__in=Booking.OVER)

    def by_stage(self) -> "BookingQuerySet":
        """Ordered as their guest wants to see them, with the `stage` of each: the next stay before the one after it."""
        coming = Q(status=Booking.Status.PAID, check_out__gt=timezone.localdate())
        stage = Case(
            When(status__in=Booking.WAITING, expires_at__gt=timezone.now(), then=Booking.Stage.WAITING),
            When(coming, then=Booking.Stage.COMING),
            When(status__in=Booking.COUNTED, then=Booking.Stage.PAST),
            default=Booking.Stage.OVER,
            output_field=models.PositiveSmallIntegerField(),
        )
        soonest = Case(When(coming, then=F("check_in")))
        return self.annotate(stage=stage).order_by("stage", soonest, "-check_in", "-id")

    def by_stage_of_host(self) -> "BookingQuerySet":
        """The same as their host wants to see them: what they can answer before what only others can change."""
        to_answer, staged = Case(When(status=Booking.Status.WAIT_ACCEPT, then=0), default=1), self.by_stage()
        return staged.order_by("stage", to_answer, *staged.query.order_by[1:])

    def with_card(self) -> "BookingQuerySet":
        """Fetch with each booking what a list shows: home, area, photo and both people."""
        return self.select_related("house__area", "house__host", "guest", "review").prefetch_related("house__images")


class Booking(models.Model):
    """A guest's stay in a home (订单), at the price agreed on the day. Money is in fen."""

    class Status(models.TextChoices):
        """See the table of a booking's life; only `change_status` writes this."""

        WAIT_ACCEPT = "WAIT_ACCEPT", _("waiting for the host")
        WAIT_PAYMENT = "WAIT_PAYMENT", _("waiting for payment")
        PAID = "PAID", _("paid")
        WAIT_COMMENT = "WAIT_COMMENT", _("waiting for a review")
        COMPLETE = "COMPLETE", _("complete")
        CANCELED = "CANCELED", _("cancelled")
        REJECTED = "REJECTED", _("rejected")

    class Stage(models.IntegerChoices):
        """Where a booking stands for its guest."""

        WAITING = 1, _("Waiting")
        COMING = 2, _("Coming stays")
        PAST = 3, _("Past stays")
        OVER = 4, _("Cancelled, declined or expired")

    WAITING = (Status.WAIT_ACCEPT, Status.WAIT_PAYMENT)
    COUNTED = (Status.PAID, Status.WAIT_COMMENT, Status.COMPLETE)
    OVER = (Status.CANCELED, Status.REJECTED)

    guest = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("guest")
    )
    house = models.ForeignKey(House, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("home"))
    hold = models.OneToOneField(
        Hold, on_delete=models.SET_NULL, null=True, blank=True, related_name="booking", verbose_name=_("hold")
    )
    review = models.OneToOneField(
        Review, on_delete=models.SET_NULL, null=True, blank=True, related_name="booking", verbose_name=_("review")
    )
    check_in = models.DateField(_("check-in"))
    check_out = models.DateField(_("check-out"))
    guests = models.PositiveSmallIntegerField(_("guests"))
    status = models.CharField(_("status"), max_length=12, choices=Status)
    reason = models.CharField(_("reason"), max_length=REASON_MOST, blank=True)
    expires_at = models.DateTimeField(_("deadline"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)  # of check-in, the day before
    open_slot = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    request_key = models.CharField(max_length=64, editable=False)
    request_digest = models.CharField(max_length=64, editable=False)
    lines = models.JSONField(_("price lines"))
    nights_fen = models.PositiveBigIntegerField(_("nights after discount (fen)"))
    cleaning_fee_fen = models.PositiveIntegerField(_("cleaning fee (fen)"))
    amount_fen = models.PositiveBigIntegerField(_("agreed amount (fen)"))
    deposit_fen = models.PositiveIntegerField(_("deposit (fen)"))
    captured_fen = models.PositiveBigIntegerField(_("paid (fen)"), default=0, db_default=0)
    refunded_fen = models.PositiveBigIntegerField(
        _("refunded (fen)"), default=0, help_text=_("What has gone back or is on its way.")
    )
    check_in_time = models.TimeField(
        _("check-in from"), db_default=time(15), help_text=_("As agreed: what comes back is counted from it.")
    )
    commission_percent = models.PositiveSmallIntegerField(
        _("commission (%)"), db_default=0, help_text=_("As it was when it was booked.")
    )
    cancellation_policy = models.CharField(_("cancellation policy"), max_length=8, choices=House.CancellationPolicy)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("guest", "-created_at", "-id"), name="booking_newest_of_guest"),
            models.Index(fields=("house", "-created_at", "-id"), name="booking_newest_of_house"),
            models.Index(fields=("status", "expires_at"), name="booking_due"),
            models.Index(fields=("status", "check_out"), name="booking_over"),
            models.Index(fields=("status", "check_in"), name="booking_begins"),
            models.Index(fields=("created_at",), name="booking_by_day"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(check_out__gt=F("check_in")), name="a_stay_has_a_night"),
            models.CheckConstraint(condition=Q(guests__gte=1), name="somebody_stays"),
            models.CheckConstraint(
                condition=Q(amount_fen=F("nights_fen") + F("cleaning_fee_fen")),
                name="an_amount_is_the_sum_of_its_parts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("WAIT_ACCEPT", "WAIT_PAYMENT"), open_slot__isnull=False)
                | ~Q(status__in=("WAIT_ACCEPT", "WAIT_PAYMENT")) & Q(open_slot=None),
                name="only_a_waiting_request_takes_a_slot",
            ),
            models.CheckConstraint(
                condition=Q(open_slot=None) | Q(open_slot__gte=1, open_slot__lte=OPEN_REQUESTS),
                name="a_guest_has_three_slots",
            ),
            models.UniqueConstraint(fields=("guest", "open_slot"), name="a_slot_holds_one_request"),
            models.UniqueConstraint(fields=("guest", "request_key"), name="a_request_is_made_once"),
            models.CheckConstraint(
                condition=Q(status__in=("WAIT_ACCEPT", "WAIT_PAYMENT"), expires_at__isnull=False)
                | ~Q(status__in=("WAIT_ACCEPT", "WAIT_PAYMENT")) & Q(expires_at=None),
                name="only_a_waiting_request_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("CANCELED", "REJECTED")) | Q(hold=None), name="what_is_over_holds_no_nights"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("WAIT_ACCEPT", "WAIT_PAYMENT")) | Q(hold__isnull=False),
                name="a_waiting_request_holds_nights",
            ),
            models.CheckConstraint(
                condition=Q(refunded_fen__lte=F("captured_fen")), name="no_more_goes_back_than_was_paid"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("PAID", "WAIT_COMMENT", "COMPLETE")) | Q(captured_fen__gte=F("amount_fen")),
                name="a_paid_stay_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(review=None) | Q(status="COMPLETE"), name="only_a_finished_stay_is_reviewed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} · {self.check_in} – {self.check_out}"

    @property
    def nights(self) -> int:
        """How many nights the stay has."""
        return (self.check_out - self.check_in).days

    @property
    def check_in_at(self) -> datetime:
        """The instant from which the guest may come in, as agreed, in the site's time zone."""
        return timezone.make_aware(datetime.combine(self.check_in, self.check_in_time))

    @property
    def review_until(self) -> date:
        """The day from whose beginning on the stay can't be reviewed any more."""
        return self.check_out + timedelta(days=REVIEW_DAYS)

    @property
    def is_paid(self) -> bool:
        """Whether it is paid and not cancelled, so that guest and host may know how to find each other."""
        return self.status in self.COUNTED

    @property
    def can_be_reviewed(self) -> bool:
        """Whether its guest can say now what it was like; the clock may be late with its status."""
        is_over = self.status in (self.Status.PAID, self.Status.WAIT_COMMENT)
        return is_over and self.check_out <= timezone.localdate() < self.review_until

    @property
    def is_waiting(self) -> bool:
        """Whether it is a request that nobody has paid yet."""
        return self.status in self.WAITING

    @property
    def has_run_out(self) -> bool:
        """Whether its deadline has passed, so that it will be cancelled by the clock."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class BookingEvent(AppendOnly):
    """A line of a booking's history: who changed it, when, from what to what, and why. Never changed."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="events", verbose_name=_("booking"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
        help_text=_("Empty: the clock."),
    )
    from_status = models.CharField(_("from"), max_length=12, choices=Booking.Status, blank=True)
    to_status = models.CharField(_("to"), max_length=12, choices=Booking.Status)
    amount_fen = models.PositiveBigIntegerField(
        _("refund (fen)"), null=True, blank=True, help_text=_("What goes back to the guest with it.")
    )
    reason = models.CharField(_("reason"), max_length=REASON_MOST, blank=True)
    change_key = models.CharField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("to_status", "created_at"), name="booking_event_by_day"),)

    def __str__(self) -> str:
        return f"{self.from_status or '–'} → {self.to_status}"
