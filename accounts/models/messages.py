"""What people are told of what happens to their stays and homes."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User

KIND_MOST, KEY_MOST, PATH_MOST, SAID_MOST = 32, 100, 200, 64  # characters


class MessageQuerySet(models.QuerySet["Message"]):
    """Read rules of messages."""

    def shown_to(self, user: User) -> "MessageQuerySet":
        """Those that have arrived with a person, the newest first."""
        return self.filter(user=user, delivered_at__isnull=False).order_by("-delivered_at", "-pk")

    def unread(self) -> "MessageQuerySet":
        """Those that have not been read."""
        return self.filter(read_at=None)

    def due(self, now: datetime) -> "MessageQuerySet":
        """Those for which something is to be done by now, the longest overdue first."""
        return self.filter(due_at__lte=now).order_by("due_at", "pk")

    def failed(self) -> "MessageQuerySet":
        """Those whose SMS did not go out, or of which nobody knows whether it did."""
        return self.filter(sms_state__in=(Message.Sms.GIVEN_UP, Message.Sms.UNKNOWN))


class Message(models.Model):
    """One person is told of one event: in the app, and by SMS where it matters.

    It is written in the transaction of the event, and delivered later: until then it stands in the outbox. `facts` has
    what the words of its kind need (days, times, amounts, the title of a home), and nothing of a person.
    """

    class Sms(models.TextChoices):
        """Where the text message stands: due → sending → sent | unknown | due again … → given up."""

        NONE = "none", _("none")
        DUE = "due", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("perhaps sent")
        GIVEN_UP = "given_up", _("given up")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_index=False,  # the first column of three other indexes
        related_name="messages",
        verbose_name=_("user"),
    )
    kind = models.SlugField(_("kind"), max_length=KIND_MOST, db_index=False)
    key = models.CharField(_("event key"), max_length=KEY_MOST)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    path = models.CharField(_("leads to"), max_length=PATH_MOST)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    sms_state = models.CharField(_("SMS"), max_length=8, choices=Sms, default=Sms.NONE)
    sms_tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    sms_said = models.CharField(_("what the provider said"), max_length=SAID_MOST, blank=True)
    due_at = models.DateTimeField(
        _("next try"), default=timezone.now, null=True, blank=True, help_text=_("Empty: nothing is left to do.")
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("user", "read_at", "delivered_at"), name="unread_messages_of_a_person"),
            models.Index(fields=("user", "delivered_at"), name="messages_of_a_person"),
            models.Index(fields=("due_at",), name="messages_to_deliver"),
        )
        constraints = (
            models.UniqueConstraint(fields=("user", "key"), name="a_person_is_told_of_an_event_once"),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(delivered_at__isnull=False), name="only_a_delivered_message_is_read"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False) & (Q(delivered_at=None) | Q(sms_state__in=("due", "sending")))
                | Q(due_at=None, delivered_at__isnull=False) & ~Q(sms_state__in=("due", "sending")),
                name="a_message_is_due_while_something_is_left_to_do",
            ),
            models.CheckConstraint(
                condition=Q(path__startswith="/") & ~Q(path__startswith="//"),
                name="a_message_leads_to_a_page_of_this_site",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
