"""The money of bookings: what is to be paid, what a provider said happened, and what hosts are owed. All in fen."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.stays import REASON_MOST, Booking
from ihome_project.append_only import AppendOnly, AppendOnlyQuerySet

SAID_MOST = 200  # characters of a provider's own words
STUCK_AFTER = timedelta(days=1)  # without an end, then somebody has to look at it


class TradeQuerySet(models.QuerySet["Trade"]):
    """Read rules of trades."""

    def to_ask_about(self) -> "TradeQuerySet":
        """Open ones of which the provider is to be asked now, the longest due first."""
        return self.filter(state=Trade.State.OPEN, ask_at__lte=timezone.now()).order_by("ask_at", "id")

    def stuck(self) -> "TradeQuerySet":
        """Open ones whose deadline is long over: the provider has not said what became of them."""
        return self.filter(state=Trade.State.OPEN, expires_at__lte=timezone.now() - STUCK_AFTER).order_by("pk")


class Trade(models.Model):
    """What a guest is to pay for one booking, under a number that the provider knows: one amount, one deadline."""

    class State(models.TextChoices):
        """What is known of it."""

        OPEN = "open", _("open")
        CAPTURED = "captured", _("paid")
        CLOSED = "closed", _("closed unpaid")

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="trade", verbose_name=_("booking"))
    provider = models.CharField(_("provider"), max_length=16)
    number = models.CharField(_("number"), max_length=32, unique=True)
    amount_fen = models.PositiveBigIntegerField(_("amount (fen)"))
    expires_at = models.DateTimeField(_("deadline"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    ask_at = models.DateTimeField(_("ask the provider at"), null=True, blank=True)
    asked = models.PositiveSmallIntegerField(_("times asked"), default=0)
    said = models.CharField(_("the provider's words"), max_length=SAID_MOST, blank=True, db_default="")
    hurried = models.PositiveSmallIntegerField(default=0, editable=False)  # by a guest who comes back from paying
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = TradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("trade")
        verbose_name_plural = _("trades")
        indexes = (models.Index(fields=("state", "ask_at"), name="trade_to_ask_about"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", ask_at__isnull=False) | ~Q(state="open") & Q(ask_at=None),
                name="an_open_trade_is_asked_about",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_trade_is_about_money"),
        )

    def __str__(self) -> str:
        return self.number


class Payment(AppendOnly):
    """Money that moved, as a provider said: paid by a guest, or given back. Never changed."""

    class Kind(models.TextChoices):
        """Which way."""

        CAPTURED = "captured", _("paid")
        REFUNDED = "refunded", _("refunded")

    trade = models.ForeignKey(Trade, on_delete=models.PROTECT, related_name="payments", verbose_name=_("trade"))
    provider = models.CharField(_("provider"), max_length=16)
    transaction = models.CharField(
        _("transaction"), max_length=64, help_text=_("The provider's number; of a refund, ours.")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount_fen = models.PositiveBigIntegerField(_("amount (fen)"))
    happened_at = models.DateTimeField(_("happened"))
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("happened_at", "kind", "amount_fen"), name="payment_by_day"),)
        constraints = (
            models.UniqueConstraint(fields=("provider", "transaction", "kind"), name="money_moves_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_payment_is_some_money"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.transaction}"


class RefundQuerySet(models.QuerySet["Refund"]):
    """Read rules of refunds."""

    def to_send(self) -> "RefundQuerySet":
        """Those that the provider is to be asked for, or about, now; the longest due first."""
        return self.filter(try_at__lte=timezone.now()).order_by("try_at", "id")

    def owed_to(self, guest: models.Model) -> "RefundQuerySet":
        """Those of one guest that are still on their way."""
        return self.filter(booking__guest=guest).exclude(state=Refund.State.DONE)

    def stuck(self) -> "RefundQuerySet":
        """Those that the provider refuses or staff have taken over, and those that have been on their way for long."""
        is_late = Q(state__in=(Refund.State.DUE, Refund.State.SENT), created_at__lte=timezone.now() - STUCK_AFTER)
        return self.filter(Q(state__in=(Refund.State.REFUSED, Refund.State.BY_STAFF)) | is_late).order_by("pk")


class Refund(models.Model):
    """Money that is to go back to a guest, under a number that makes it go once. Only its state ever changes."""

    class State(models.TextChoices):
        """How far it is."""

        DUE = "due", _("to be sent")
        SENT = "sent", _("sent, answer not known")
        REFUSED = "refused", _("refused by the provider")
        BY_STAFF = "by_staff", _("to be transferred by staff")
        DONE = "done", _("done")

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("booking"))
    number = models.CharField(_("number"), max_length=64, unique=True)
    amount_fen = models.PositiveBigIntegerField(_("amount (fen)"))
    reason = models.CharField(_("reason"), max_length=REASON_MOST, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
        help_text=_("Empty: by itself."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    said = models.CharField(_("the provider's words"), max_length=SAID_MOST, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    try_at = models.DateTimeField(_("next try"), null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_refund_is_some_money"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False, try_at=None)
                | Q(state="by_staff", done_at=None, try_at=None)
                | ~Q(state__in=("done", "by_staff")) & Q(done_at=None, try_at__isnull=False),
                name="a_refund_is_tried_until_it_is_done_or_taken_over",
            ),
        )

    def __str__(self) -> str:
        return self.number


class StrayNoticeQuerySet(AppendOnlyQuerySet):
    """Read rules of stray notifications."""

    def unsettled(self) -> "StrayNoticeQuerySet":
        """Those that nobody has looked after."""
        return self.filter(settlement=None)


class StrayNotice(AppendOnly):
    """A notification that a provider has signed and that fits nothing here: somebody has to look at it."""

    provider = models.CharField(_("provider"), max_length=16)
    why = models.CharField(_("why"), max_length=32)
    facts = models.JSONField(_("what it says"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("came"), default=timezone.now)

    objects = StrayNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("stray notification")
        verbose_name_plural = _("stray notifications")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.provider} {self.why}"


class Settlement(AppendOnly):
    """That staff have looked after a stray notification, and how. Never changed."""

    notice = models.OneToOneField(
        StrayNotice, on_delete=models.PROTECT, related_name="settlement", verbose_name=_("stray notification")
    )
    reason = models.CharField(_("reason"), max_length=REASON_MOST)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("settlement of a notification")
        verbose_name_plural = _("settlements of notifications")
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="a_settlement_says_how"),)

    def __str__(self) -> str:
        return f"{self.notice_id}"


class HostDueQuerySet(AppendOnlyQuerySet):
    """Read rules of what hosts are owed."""

    def owed_to(self, host: models.Model) -> "HostDueQuerySet":
        """The lines of one host's homes."""
        return self.filter(booking__house__host=host)

    def unpaid(self) -> "HostDueQuerySet":
        """Lines with something to pay that finance has not paid yet."""
        return self.filter(payout=None).exclude(amount_fen=0)


class HostDue(AppendOnly):
    """What one stay owes its host: paid − refunded − commission. What changes later is another line. Never changed."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="dues", verbose_name=_("booking"))
    number = models.PositiveSmallIntegerField(_("line"), default=1)
    paid_fen = models.BigIntegerField(_("paid (fen)"))
    refunded_fen = models.BigIntegerField(_("refunded (fen)"))
    commission_fen = models.BigIntegerField(_("commission (fen)"))
    amount_fen = models.BigIntegerField(_("owed (fen)"), help_text=_("Below zero: the host owes it."))
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    objects = HostDueQuerySet.as_manager()

    class Meta:
        verbose_name = _("host due")
        verbose_name_plural = _("host dues")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("booking", "number"), name="a_due_is_written_once"),
            models.CheckConstraint(
                condition=Q(amount_fen=F("paid_fen") - F("refunded_fen") - F("commission_fen")),
                name="a_due_is_what_is_left",
            ),
        )

    def __str__(self) -> str:
        return f"{self.booking_id}/{self.number}"


class Payout(AppendOnly):
    """That finance has paid one line of what a host is owed, with the bank's reference. Never changed."""

    due = models.OneToOneField(HostDue, on_delete=models.PROTECT, related_name="payout", verbose_name=_("host due"))
    bank_reference = models.CharField(_("bank reference"), max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = (models.CheckConstraint(condition=~Q(bank_reference=""), name="a_payout_names_its_transfer"),)

    def __str__(self) -> str:
        return self.bank_reference
