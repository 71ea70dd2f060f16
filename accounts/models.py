"""Who uses the site: people with a mobile number, their verified identity, and the keys of their programs."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from accounts.mobiles import mask_mobile, parse_mobile


class UserManager(BaseUserManager["User"]):
    """Makes users and finds them by mobile number."""

    def create_user(self, mobile: str, password: str | None = None, **fields: object) -> "User":
        """Make a user; `mobile` in any way a person writes it. Raises InvalidMobile."""
        user = self.model(mobile=parse_mobile(mobile), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, mobile: str, password: str | None = None, **fields: object) -> "User":
        """Make a user who may do everything in the admin."""
        return self.create_user(mobile, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Any user may be a guest; one who publishes a home is a host."""

    mobile = models.CharField(_("mobile number"), max_length=16, unique=True, help_text=_("E.164, +86…"))
    name = models.CharField(_("name"), max_length=32, unique=True)
    avatar = models.CharField(_("avatar"), max_length=100, blank=True, help_text=_("Name in the store."))
    about = models.TextField(_("about me"), max_length=500, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "mobile"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (
            models.CheckConstraint(condition=Q(mobile__startswith="+86"), name="a_mobile_is_from_mainland_china"),
            models.CheckConstraint(condition=~Q(name=""), name="a_user_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """Return the name by which the admin greets its staff (their number otherwise)."""
        return self.name

    @property
    def masked_mobile(self) -> str:
        """The number as others may see it: 138****0001."""
        return mask_mobile(self.mobile)

    @property
    def is_verified(self) -> bool:
        """Whether this person's real name and ID number have been verified."""
        return Identity.objects.verified().filter(user=self).exists()


class IdentityQuerySet(models.QuerySet["Identity"]):
    """Read rules of identities."""

    def verified(self) -> "IdentityQuerySet":
        """Only those that a verifier approved."""
        return self.filter(status=Identity.Status.VERIFIED)


class Identity(models.Model):
    """Where a user's real-name verification (实名认证) stands."""

    class Status(models.TextChoices):
        """submitted → verified | rejected; after a rejection it may be submitted again."""

        SUBMITTED = "submitted", _("submitted")
        VERIFIED = "verified", _("verified")
        REJECTED = "rejected", _("rejected")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="identity", verbose_name=_("user"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SUBMITTED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity verification")
        verbose_name_plural = _("identity verifications")
        constraints = (
            models.CheckConstraint(
                condition=Q(status="submitted", decided_at=None) | ~Q(status="submitted") & Q(decided_at__isnull=False),
                name="an_identity_is_decided_once_it_is_not_waiting",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="a_rejected_identity_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_status_display()}"


class ApiKey(AbstractAuthToken):
    """A key with which a program acts for its user; only a hash of it is stored."""

    name = models.CharField(_("name"), max_length=64)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name
