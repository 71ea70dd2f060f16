"""People with a mobile number."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.mobiles import mask_mobile, parse_mobile
from accounts.models.identities import Identity

NAME_MOST, ABOUT_MOST = 32, 500  # characters


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
    """A person. Any user may be a guest; one who publishes a home is a host.

    A closed account has no number any more; its row stays, for bookings and reviews name it.
    """

    mobile = models.CharField(  # noqa: DJ001 — an empty text would be somebody's number, and only one account's
        _("mobile number"), max_length=16, unique=True, null=True, help_text=_("E.164, +86…")
    )
    name = models.CharField(_("name"), max_length=NAME_MOST, unique=True)
    avatar = models.CharField(_("avatar"), max_length=100, blank=True, help_text=_("Name in the store."))
    about = models.TextField(_("about me"), max_length=ABOUT_MOST, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("joined"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    request_key = models.CharField(max_length=32, unique=True, null=True, editable=False)  # noqa: DJ001 — none is no double

    objects = UserManager()
    USERNAME_FIELD = "mobile"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        permissions = (
            ("grant_roles", "Can make people staff"),
            ("reset_second_factor", "Can reset a second factor"),
            ("deactivate_user", "Can deactivate people"),
            ("end_sessions", "Can end people's sessions"),
        )
        indexes = (models.Index(fields=("created_at",), name="user_by_day"),)
        constraints = (
            models.CheckConstraint(condition=Q(mobile__startswith="+86"), name="a_mobile_is_from_mainland_china"),
            models.CheckConstraint(condition=~Q(name=""), name="a_user_has_a_name"),
            models.CheckConstraint(
                condition=Q(closed_at=None, mobile__isnull=False)
                | Q(closed_at__isnull=False, mobile=None, is_active=False),
                name="only_a_closed_account_has_no_mobile",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """Return the name by which the admin greets its staff (their number otherwise)."""
        return self.name

    @property
    def masked_mobile(self) -> str:
        """The number as others may see it: 138****0001; nothing once the account is closed."""
        return mask_mobile(self.mobile) if self.mobile else ""

    @property
    def avatar_url(self) -> str:
        """The address of the avatar, or nothing where there is none."""
        return default_storage.url(self.avatar) if self.avatar else ""

    @property
    def is_verified(self) -> bool:
        """Whether this person's real name and ID number have been verified."""
        return Identity.objects.verified().filter(user=self).exists()
