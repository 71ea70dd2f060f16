"""What the sandbox remembers: trades and what was given back of them."""

from datetime import datetime

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

TRANSACTION_LENGTH = 28


class SandboxTrade(models.Model):
    """A trade as Alipay would keep it, under the merchant's number for it."""

    class State(models.TextChoices):
        """In Alipay's words."""

        WAITING = "WAIT_BUYER_PAY"
        PAID = "TRADE_SUCCESS"
        CLOSED = "TRADE_CLOSED"

    number = models.CharField(max_length=64, unique=True)
    transaction = models.CharField(max_length=TRANSACTION_LENGTH, unique=True)
    subject = models.CharField(max_length=256)
    amount_fen = models.PositiveBigIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    refuses_refund = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="sandbox_trade_is_about_money"),
        ]

    def __str__(self) -> str:
        return self.number

    def state_at(self, now: datetime) -> str:
        """Where it stands; one that nobody paid in time is closed."""
        ran_out = self.state == self.State.WAITING and self.expires_at <= now
        return self.State.CLOSED if ran_out else self.State(self.state)

    @property
    def refunded_fen(self) -> int:
        """What was given back so far."""
        return self.refunds.aggregate(sum=Sum("amount_fen", default=0))["sum"]


class SandboxRefund(models.Model):
    """A refund as Alipay would keep it, under the merchant's number for it."""

    trade = models.ForeignKey(SandboxTrade, models.CASCADE, related_name="refunds")
    number = models.CharField(max_length=64)
    amount_fen = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("trade", "number"), name="sandbox_refund_of_a_number_is_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="sandbox_refund_is_about_money"),
        ]

    def __str__(self) -> str:
        return self.number
