"""Where people's real-name verification (实名认证) stands."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REAL_NAME_MOST, REASON_MOST = 64, 200  # characters


class IdentityQuerySet(models.QuerySet["Identity"]):
    """Read rules of identities."""

    def verified(self) -> "IdentityQuerySet":
        """Only those that a verifier approved."""
        return self.filter(status=Identity.Status.VERIFIED)

    def waiting(self) -> "IdentityQuerySet":
        """Only those that a verifier has still to decide."""
        return self.filter(status=Identity.Status.SUBMITTED)


class Identity(models.Model):
    """A user's real name and resident ID number, as submitted, and whether a verifier has approved them.

    The number is sealed for this user (`accounts.seals`) and found again only through a keyed digest, which a
    rejected submission gives up: the number may be somebody else's.
    """

    class Status(models.TextChoices):
        """submitted → verified | rejected; after a rejection it may be submitted again."""

        SUBMITTED = "submitted", _("submitted")
        VERIFIED = "verified", _("verified")
        REJECTED = "rejected", _("rejected")

    class Way(models.TextChoices):
        """By which way the consent came."""

        PAGE = "page", _("page")
        API = "api", _("API")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identity", verbose_name=_("user")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SUBMITTED)
    reason = models.CharField(_("reason"), max_length=REASON_MOST, blank=True)
    real_name = models.CharField(_("real name"), max_length=REAL_NAME_MOST, blank=True)
    sealed_number = models.BinaryField(null=True, blank=True, editable=False)
    seal_key = models.CharField(max_length=16, blank=True, editable=False, help_text=_("Which key has sealed it."))
    number_digest = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    consent_version = models.CharField(_("version of the consent"), max_length=16, blank=True)
    consent_way = models.CharField(_("way of the consent"), max_length=4, choices=Way, blank=True)
    request_key = models.CharField(max_length=32, blank=True, db_default="", editable=False)
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        help_text=_("Empty: a program."),
    )

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity verification")
        verbose_name_plural = _("identity verifications")
        permissions = (("read_number", "Can read whole ID numbers"),)
        indexes = (
            models.Index(fields=("seal_key",), name="identity_by_seal_key"),
            models.Index(fields=("status", "submitted_at"), name="identity_to_decide"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status="submitted", decided_at=None) | ~Q(status="submitted") & Q(decided_at__isnull=False),
                name="an_identity_is_decided_once_it_is_not_waiting",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="a_rejected_identity_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | Q(number_digest=None), name="a_rejected_identity_claims_no_number"
            ),
            models.CheckConstraint(
                condition=Q(sealed_number=None, seal_key="") | Q(sealed_number__isnull=False) & ~Q(seal_key=""),
                name="a_sealed_number_names_its_key",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_status_display()}"
