"""What accounts themselves know about a person (see `accounts.privacy`)."""

from collections.abc import Iterator

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.avatars import delete_avatar
from accounts.identity import masked_number
from accounts.messages import words_of
from accounts.models import ApiKey, Identity, KeptAnswer, Message, StaffAct, User
from accounts.privacy import Chapter, Waiting
from accounts.second_factor import authenticator_of, remove_second_factor


def export(user: User) -> dict:
    """Return the person as they are known here; secrets are not among it, and the ID number is masked as everywhere."""
    identity = Identity.objects.filter(user=user).first()
    return {
        "name": user.name,
        "mobile": user.mobile,
        "about": user.about,
        "joined": user.created_at,
        "last_login": user.last_login,
        "identity": export_identity(identity) if identity else None,
        "second_factor": export_second_factor(user),
        "devices": list(user.sessions.alive().values("device", "started_at", "seen_at")),
        "api_keys": list(ApiKey.objects.filter(user=user).values("name", "created", "last_used_at")),
        "staff_acts": list(StaffAct.objects.filter(subject=user).values("act", "created_at")),
        "messages": [export_message(message) for message in Message.objects.filter(user=user)],
    }


def export_second_factor(user: User) -> dict | None:
    """Return that a member of staff has one, and nothing by which it could be copied."""
    authenticator = authenticator_of(user)
    return {"name": authenticator.name, "since": authenticator.created_at} if authenticator else None


def export_message(message: Message) -> dict:
    """Return what a person has been told, or is about to be."""
    return {
        "words": words_of(message),
        "facts": message.facts,
        "path": message.path,
        "created_at": message.created_at,
        "delivered_at": message.delivered_at,
        "read_at": message.read_at,
        "sms": message.sms_state,
    }


def export_identity(identity: Identity) -> dict:
    """Return a real-name verification as its owner may see it."""
    return {
        "real_name": identity.real_name,
        "id_number": masked_number(identity),
        "status": identity.status,
        "reason": identity.reason,
        "consent_version": identity.consent_version,
        "consent_way": identity.consent_way,
        "submitted_at": identity.submitted_at,
        "decided_at": identity.decided_at,
    }


def photos(user: User) -> list[str]:
    """Return the avatar."""
    return [user.avatar] if user.avatar else []


def waiting(user: User) -> Iterator[Waiting]:
    """Tell of an identity that was rejected."""
    if Identity.objects.filter(user=user, status=Identity.Status.REJECTED).exists():
        yield Waiting(_("Your identity could not be verified. See why, and submit it again."), reverse("verification"))


def objections(user: User) -> Iterator[str]:
    """Keep staff from closing the account by which the site is looked after."""
    if user.is_staff:
        yield _("You are a member of staff. Have another one take your rights away first.")


def erase(user: User) -> None:
    """Delete identity, messages, sessions, second factor, keys and kept answers, and the name from the admin's log.

    The avatar goes once the account is closed.
    """
    Identity.objects.filter(user=user).delete()
    Message.objects.filter(user=user).delete()
    user.sessions.all().delete()
    remove_second_factor(user)
    ApiKey.objects.filter(user=user).delete()
    KeptAnswer.objects.filter(user=user).delete()
    about = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=about, object_id=str(user.pk)).update(object_repr="–")
    avatar = user.avatar
    transaction.on_commit(lambda: delete_avatar(avatar), robust=True)


CHAPTER = Chapter("account", export, photos=photos, waiting=waiting, objections=objections, erase=erase)
