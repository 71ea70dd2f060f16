"""What staff do with identities, people and messages."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.acts import ActForm
from accounts.identity import decide_identity, masked_number, read_number, submission_of
from accounts.messages import words_of
from accounts.models import Identity, Message, User
from accounts.moderating import end_sessions, reactivate_user, resend_message
from accounts.roles import ROLES, grant_roles, names_of
from accounts.second_factor import authenticator_of, reset_second_factor


class IdentityAct(ActForm):
    """An act on an identity that waits for a decision."""

    permission = "accounts.change_identity"

    @classmethod
    def is_possible(cls, row: Identity) -> bool:
        """Whether it waits."""
        return row.status == Identity.Status.SUBMITTED

    @property
    def lines(self) -> list[str]:
        """The person, the name, and the masked number."""
        return [f"{self.row.user} · {self.row.real_name} · {masked_number(self.row) or '–'}"]


class DecideIdentity(IdentityAct):
    """A decision on an identity as it was submitted."""

    is_approved: ClassVar[bool]

    @classmethod
    def version_of(cls, row: Identity) -> str:
        """Which submission of the person's it is."""
        return submission_of(row)

    def act(self, staff: User) -> None:
        """Decide it."""
        decide_identity(
            staff=staff,
            identity_id=self.row.pk,
            is_approved=self.is_approved,
            reason=self.words,
            seen=self.cleaned_data["seen"],
        )


class ApproveIdentity(DecideIdentity):
    """Approve an identity."""

    name, shortcut, needs_reason, is_approved = "approve", "a", False, True
    title, done = _("Approve this identity"), _("The identity is approved.")
    note = _("Name and number belong together, and to this person?")


class RejectIdentity(DecideIdentity):
    """Reject an identity, for a reason that the person reads."""

    name, shortcut, is_grave, is_approved = "reject", "r", True, False
    title, done = _("Reject this identity"), _("The identity is rejected.")
    note = _("The person reads the reason, and may submit again.")
    reasons = (
        _("Name and number do not belong together."),
        _("This is not the name on the identity card."),
        _("The number does not exist."),
        _("The person is not of age."),
    )


class ReadNumber(IdentityAct):
    """Read a whole ID number, for a reason that is recorded."""

    name, shortcut, permission = "number", "v", "accounts.read_number"
    title = _("Read the whole ID number")
    note = _("Who looked, when and why is written into the staff log.")
    reasons = (
        _("To compare it with the register."),
        _("The person asks about it."),
        _("An authority asks for it."),
    )

    @classmethod
    def is_possible(cls, row: Identity) -> bool:
        """Whether there is a number."""
        return bool(row.sealed_number)

    def act(self, staff: User) -> None:
        """Read it; it is shown on this one page."""
        self.result = read_number(staff=staff, identity_id=self.row.pk, reason=self.words)


class GrantRoles(ActForm):
    """Make somebody a member of staff, or no longer one."""

    name, shortcut, permission, is_grave = "roles", "o", "accounts.grant_roles", True
    title, done = _("Change the roles of this person"), _("The roles are changed.")
    note = _("Whoever has a role is staff. The person is logged out everywhere, and logs in with a second factor.")

    roles = forms.MultipleChoiceField(label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)  # the roles that this page was made with
    field_order: ClassVar = ("roles", "reason")

    def __init__(self, *args: object, row: User, **kwargs: object) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["roles"].choices = [(name, role.words) for name, role in ROLES.items()]
        self.fields["roles"].initial = names_of(row)
        self.fields["shown"].initial = ",".join(names_of(row))

    def act(self, staff: User) -> None:
        """Change them, unless somebody else has meanwhile."""
        roles, shown = self.cleaned_data["roles"], [name for name in self.cleaned_data["shown"].split(",") if name]
        grant_roles(staff=staff, user_id=self.row.pk, roles=roles, reason=self.words, shown=shown)


class EndSessions(ActForm):
    """Log somebody out everywhere."""

    name, shortcut, permission = "sessions", "e", "accounts.end_sessions"
    title, done = _("End all sessions"), _("The sessions have ended.")
    note = _("The person is logged out on every device, and keys of programs are revoked.")

    def act(self, staff: User) -> None:
        """End them."""
        end_sessions(staff=staff, user_id=self.row.pk, reason=self.words)


class ReactivateUser(ActForm):
    """Give somebody their account back."""

    name, shortcut, permission = "reactivate", "a", "accounts.deactivate_user"
    title, done = _("Reactivate this person"), _("The account is active again.")
    note = _("The person can log in again. Suspended homes stay so until each is restored.")

    @classmethod
    def is_possible(cls, row: User) -> bool:
        """Whether staff have deactivated it."""
        return not row.is_active and row.closed_at is None

    def act(self, staff: User) -> None:
        """Reactivate the account."""
        reactivate_user(staff=staff, user_id=self.row.pk, reason=self.words)


class ResetSecondFactor(ActForm):
    """Have somebody set up another second factor."""

    name, shortcut, permission, is_grave = "second-factor", "s", "accounts.reset_second_factor", True
    title, done = _("Reset the second factor"), _("The second factor is reset.")
    note = _("Make sure who asks. At the next log-in the person sets up another one; all sessions end.")

    @classmethod
    def is_possible(cls, row: User) -> bool:
        """Whether there is one."""
        return row.is_staff and authenticator_of(row) is not None

    def act(self, staff: User) -> None:
        """Reset it."""
        reset_second_factor(staff=staff, user_id=self.row.pk, reason=self.words)


class ResendMessage(ActForm):
    """Send a message once more."""

    name, shortcut, permission = "resend", "s", "accounts.change_message"
    title, done = _("Send this message again"), _("The message is on its way again.")
    note = _("It is sent by SMS once more, as soon as the provider takes it.")

    @classmethod
    def is_possible(cls, row: Message) -> bool:
        """Whether its SMS did not go out, or perhaps not."""
        return row.sms_state in {Message.Sms.GIVEN_UP, Message.Sms.UNKNOWN}

    @property
    def lines(self) -> list[str]:
        """Whom it is for, and its words."""
        return [str(self.row.user), words_of(self.row)]

    def act(self, staff: User) -> None:
        """Send it."""
        resend_message(staff=staff, message_id=self.row.pk, reason=self.words)
