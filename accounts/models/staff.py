"""What staff did to what belongs to others."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.identities import REASON_MOST
from ihome_project.append_only import AppendOnly

ABOUT_MOST = 100  # characters


class StaffAct(AppendOnly):
    """A line of the staff log: who did what to what and whom, when, from where and why. Never changed."""

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
        TAKE_REFUND = "take_refund", _("took a refund over to transfer it")
        RETRY_REFUND = "retry_refund", _("had a refund tried again")
        HURRY_TRADE = "hurry_trade", _("had a provider asked about a trade")
        SETTLE_REFUND = "settle_refund", _("gave a refund back by transfer")
        SETTLE_NOTICE = "settle_notice", _("settled a notice of a provider")
        SUSPEND_HOUSE = "suspend_house", _("suspended a home")
        RESTORE_HOUSE = "restore_house", _("restored a home")
        DEACTIVATE_USER = "deactivate_user", _("deactivated a user")
        REACTIVATE_USER = "reactivate_user", _("reactivated a user")
        END_SESSIONS = "end_sessions", _("ended the sessions of a user")
        RESEND_MESSAGE = "resend_message", _("sent a message again")
        UPHOLD_REPORT = "uphold_report", _("acted on a report")
        DISMISS_REPORT = "dismiss_report", _("dismissed a report")
        GRANT_ROLES = "grant_roles", _("changed the roles of a user")
        RESET_SECOND_FACTOR = "reset_second_factor", _("reset a second factor")
        EXPORT = "export", _("exported a list")
        ADD_ROW = "add_row", _("added a row")
        CHANGE_ROW = "change_row", _("changed a row")
        DELETE_ROW = "delete_row", _("deleted a row")

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
        help_text=_("Empty: whoever runs the server."),
    )
    act = models.CharField(_("what"), max_length=24, choices=Act)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to whom"),
    )
    thing = models.CharField(
        _("row"), max_length=64, blank=True, db_default="", db_index=True, help_text="listings.house/12"
    )
    about = models.CharField(_("about"), max_length=ABOUT_MOST, blank=True, db_default="")
    reason = models.CharField(_("reason"), max_length=REASON_MOST, blank=True)
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)
    address = models.CharField(_("from where"), max_length=45, blank=True, db_default="")
    created_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("staff act")
        verbose_name_plural = _("staff log")
        ordering = ("-created_at", "-id")
        permissions = (("audit_staff", "Can see what all staff have done"),)

    def __str__(self) -> str:
        return f"{self.actor or '–'} {self.get_act_display()}"
