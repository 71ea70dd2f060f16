"""By what people act: sessions, keys of programs, one-time codes, counters against abuse, answers that are kept."""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


class SessionQuerySet(models.QuerySet["Session"]):
    """Read rules of sessions."""

    def alive(self) -> "SessionQuerySet":
        """Those that have not expired, the last used first."""
        return self.filter(expire_date__gt=timezone.now()).order_by("-seen_at", "-started_at")


class SessionManager(BaseSessionManager.from_queryset(SessionQuerySet)):  # type: ignore[misc] — made by Django
    """Makes and reads sessions."""

    use_in_migrations = False


class Session(AbstractBaseSession):
    """A session of a browser, which knows whose it is: so it can be shown to its owner, and ended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="sessions",
        verbose_name=_("user"),
    )
    device = models.CharField(_("device"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("logged in"), null=True)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    objects = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the store that reads and writes these rows."""
        return import_module(settings.SESSION_ENGINE).SessionStore


class ApiKey(AbstractAuthToken):
    """A key with which a program acts for its user; only a hash of it is stored."""

    name = models.CharField(_("name"), max_length=64)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name


class OneTimeCode(models.Model):
    """A code that was sent or drawn for somebody and has not been used: kept as a keyed hash, like its owner."""

    purpose = models.CharField(max_length=16)
    subject = models.CharField(max_length=64, unique=True, help_text="Keyed hash of purpose and whom it was made for.")
    digest = models.CharField(max_length=64, help_text="Keyed hash of the code.")
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class Counter(models.Model):
    """When something last happened to somebody, in milliseconds since 1970: the latest moments, as many as matter."""

    purpose = models.CharField(max_length=16)
    subject = models.CharField(
        max_length=64, unique=True, help_text="Keyed hash of purpose and whom it is counted for."
    )
    moments = models.JSONField(default=list)
    expires_at = models.DateTimeField(db_index=True, default=timezone.now)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class KeptAnswer(models.Model):
    """A request that came under a key of its client's: a run of it is at work, or this is what it was answered."""

    subject = models.CharField(
        max_length=64, unique=True, help_text="Keyed hash of who asked, of which operation, and of the client's key."
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    operation = models.CharField(max_length=32)
    asked = models.CharField(max_length=64, help_text="Keyed hash of path and body.")
    effect_key = models.CharField(max_length=32, help_text="By which a later run knows what an earlier one has done.")
    run = models.CharField(max_length=32, help_text="Who is at work on it.")
    leased_until = models.DateTimeField(null=True, help_text="Then another run may begin; empty: it is answered.")
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True, default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(leased_until=None, status__isnull=False) | Q(leased_until__isnull=False, status=None),
                name="a_request_is_at_work_or_answered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.operation} {self.pk}"
