"""What staff did to what belongs to others."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.identities import REASON_MOST
from ihome_project.append_only import AppendOnly


class StaffAct(AppendOnly):
    """A line of the staff log: who did what to whom, when and why. Never changed."""

    class Act(models.TextChoices):
        """What can be done."""

        VERIFY_IDENTITY = "verify_identity", _("approved an identity")
        REJECT_IDENTITY = "reject_identity", _("rejected an identity")
        READ_NUMBER = "read_number", _("read a full ID number")
        APPROVE_HOUSE = "approve_house", _("approved a home")
        REFUSE_HOUSE = "refuse_house", _("refused a home")
        CANCEL_BOOKING = "cancel_booking", _("cancelled a booking")
        REFUND_PART = "refund_part", _("refunded a part of a stay")
        HIDE_REVIEW = "hide_review", _("hid a review")
        SHOW_REVIEW = "show_review", _("showed a review again")
        PAY_HOST = "pay_host", _("paid a host")
        SETTLE_REFUND = "settle_refund", _("gave a refund back by transfer")

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    act = models.CharField(_("what"), max_length=24, choices=Act)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("to whom")
    )
    about = models.CharField(
        _("about"), max_length=100, blank=True, db_default="", help_text=_("What of theirs: a home with its number.")
    )
    reason = models.CharField(_("reason"), max_length=REASON_MOST, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("staff act")
        verbose_name_plural = _("staff log")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.actor} {self.get_act_display()}"
