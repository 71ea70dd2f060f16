"""Real-name verification (实名认证): read what is typed, submit it once, decide it, and keep its number sealed."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.errors import (
    AlreadySubmitted,
    IdNumberTaken,
    InvalidRealName,
    NotSubmitted,
    NotVerified,
    ReasonMissing,
    SubmittedAgain,
    UnknownConsent,
    UnreadableNumber,
    UserInactive,
)
from accounts.models import Identity, StaffAct, User
from accounts.models.identities import REAL_NAME_MOST, REASON_MOST
from accounts.names import BLANKS
from accounts.numbers import mask_id_number, parse_id_number
from accounts.seals import current_key, digest_number, open_number, seal_number
from accounts.staff_log import refuse_own, write_act
from accounts.telling import tell_of_identity
from ihome_project.db import retry_transaction
from ihome_project.errors import NotFound

CONSENT_VERSION = "2026-11"  # of the text in templates/accounts/consent.html: another text, another version
REAL_NAME_SIGNS = "·• .-'"  # between the parts of a name
Status = Identity.Status

log = structlog.get_logger(__name__)

# Returns True (verified), None (somebody will decide) or why not (rejected, in words for its owner) for a real name and
# an ID number; raises ThirdPartyFailed when it cannot tell. It is asked before anything is written, outside of any
# transaction.
Verifier = Callable[[str, str], bool | str | None]
VERIFIERS = {"checksum": "accounts.identity.approve_well_formed", "manual": "accounts.identity.leave_to_staff"}


def approve_well_formed(real_name: str, number: str) -> bool:  # noqa: ARG001 — the interface of a verifier
    """Approve whatever has come this far: the shape and the check digit are right."""
    return True


def leave_to_staff(real_name: str, number: str) -> None:
    """Leave it to a moderator in the admin."""


def parse_real_name(text: str) -> str:
    """Return a name as an ID card has it: 2 to 64 letters, and the signs between them. Raises InvalidRealName."""
    name = unicodedata.normalize("NFKC", text[: REAL_NAME_MOST * 8]).strip()
    kinds = ["" if c in BLANKS else unicodedata.category(c)[0] for c in name]
    if not 2 <= len(name) <= REAL_NAME_MOST or kinds.count("L") < 2:  # noqa: PLR2004 — a family name and a given one
        raise InvalidRealName
    if any(kind not in ("L", "M") and c not in REAL_NAME_SIGNS for c, kind in zip(name, kinds, strict=True)):
        raise InvalidRealName
    return name


def submit_identity(
    *, user: User, real_name: str, number: str, way: str, consent_version: str = CONSENT_VERSION, key: str = ""
) -> Identity:
    """Submit a user's real name and ID number, to which the consent came by a `way`, and return where it stands.

    Once only, and again after a rejection; the same `key` is the same submission, however often it comes. Raises
    UnknownConsent, InvalidRealName, InvalidIdNumber, TooYoung, AlreadySubmitted, IdNumberTaken or UserInactive; then
    nothing has changed.
    """
    if key and (submitted := Identity.objects.filter(user=user, request_key=key).first()):
        return submitted
    if consent_version != CONSENT_VERSION:
        raise UnknownConsent
    real_name, number = parse_real_name(real_name), parse_id_number(number, today=timezone.localdate())
    digest = digest_number(number)
    _check_is_first(user, digest)  # before a verifier is asked, who may want to be paid for it
    submitted = Identity(
        user=user, real_name=real_name, number_digest=digest, consent_version=consent_version, consent_way=way
    )
    submitted.request_key = key
    submitted.seal_key, submitted.sealed_number = seal_number(number, user_id=user.pk)
    verdict = verifier()(real_name, number)
    if not (verdict is None or verdict is True or (isinstance(verdict, str) and verdict)):
        raise TypeError(f"{settings.IDENTITY_VERIFIER} returned {verdict!r}")
    if verdict is not None:
        _set_verdict(submitted, is_approved=verdict is True, reason=str(verdict), at=timezone.now())
    try:
        return _write_identity(submitted)
    except IntegrityError as error:
        raise IdNumberTaken from error


def _check_is_first(user: User, digest: str) -> None:
    if Identity.objects.filter(user=user).exclude(status=Status.REJECTED).exists():
        raise AlreadySubmitted
    if Identity.objects.filter(number_digest=digest).exists():
        raise IdNumberTaken


def verifier() -> Verifier:
    """Return the verifier of IDENTITY_VERIFIER: a name of ours, or the dotted path of another."""
    return import_string(VERIFIERS.get(settings.IDENTITY_VERIFIER, settings.IDENTITY_VERIFIER))


@retry_transaction
def _write_identity(submitted: Identity) -> Identity:
    """Write what is submitted, in the place of what was rejected. No two submissions have the same seal."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=submitted.user_id)  # the submissions of one user go in turn
        known = Identity.objects.filter(user=user).first()
        if known and known.sealed_number and bytes(known.sealed_number) == submitted.sealed_number:
            return known  # an earlier run of this very call came through, though its connection was lost
        if known and submitted.request_key and known.request_key == submitted.request_key:
            return known  # another run of the same request did
        if known and known.status != Status.REJECTED:
            raise AlreadySubmitted
        if not user.is_active:
            raise UserInactive
        submitted.pk = known.pk if known else None
        submitted.save(force_insert=known is None, force_update=known is not None)
    return submitted


def _set_verdict(identity: Identity, *, is_approved: bool, reason: str, at: datetime) -> None:
    """Put a verdict on an identity. One that is rejected says why, and claims its number no more."""
    identity.status, identity.decided_at = Status.VERIFIED if is_approved else Status.REJECTED, at
    if not is_approved:
        identity.reason, identity.number_digest = reason[:REASON_MOST], None


def masked_number(identity: Identity) -> str:
    """Return an ID number as everybody sees it, its owner too: 110101********1234; nothing where there is none.

    One that cannot be read is all stars, and the log says so: a page is still worth showing when a key is gone.
    """
    if not identity.sealed_number:
        return ""
    try:
        return mask_id_number(number_of(identity))
    except UnreadableNumber:
        log.exception("identity.unreadable", identity=identity.pk)
        return "*" * 18


def number_of(identity: Identity) -> str:
    """Return the whole ID number. Raises UnreadableNumber."""
    return open_number(identity.seal_key, identity.sealed_number or b"", user_id=identity.user_id)


def require_verified(user: User) -> None:
    """Refuse whoever has not shown who they are. Raises NotVerified."""
    if not user.is_verified:
        raise NotVerified


def submission_of(identity: Identity) -> str:
    """Return a name of what was submitted: the same row has another once its owner has submitted anew."""
    return identity.submitted_at.isoformat()


def decide_identity(
    *, staff: User, identity_id: int, is_approved: bool, reason: str = "", seen: str | None = None
) -> Identity:
    """Approve or reject an identity that waits, and write it into the staff log; a rejection says why.

    `seen` is the submission (see `submission_of`) that staff have looked at; None, whichever it is. Raises
    ReasonMissing, OwnCase, NotSubmitted or SubmittedAgain (it is another one by now).
    """
    reason = reason.strip()
    if not (is_approved or reason):
        raise ReasonMissing
    return _decide_identity(staff, identity_id, is_approved=is_approved, reason=reason, seen=seen, at=timezone.now())


@retry_transaction
def _decide_identity(
    staff: User, identity_id: int, *, is_approved: bool, reason: str, seen: str | None, at: datetime
) -> Identity:
    act = StaffAct.Act.VERIFY_IDENTITY if is_approved else StaffAct.Act.REJECT_IDENTITY
    with transaction.atomic():
        identity = Identity.objects.select_for_update().filter(pk=identity_id).first()
        if identity is None:
            raise NotSubmitted
        refuse_own(staff, identity.user_id)
        if (identity.decided_by_id, identity.decided_at) == (staff.pk, at):
            return identity  # an earlier run of this very call came through, though its connection was lost
        if identity.status != Status.SUBMITTED:
            raise NotSubmitted
        if seen not in {None, submission_of(identity)}:
            raise SubmittedAgain
        _set_verdict(identity, is_approved=is_approved, reason=reason, at=at)
        identity.decided_by = staff
        identity.save()
        write_act(staff=staff, act=act, thing=identity, subject=identity.user, reason=reason)
        tell_of_identity(identity)
    return identity


def read_number(*, staff: User, identity_id: int, reason: str) -> str:
    """Return the whole ID number to a member of staff who says why; that is written into the staff log before.

    Raises ReasonMissing, NotFound, or UnreadableNumber (then it was written down too).
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    with transaction.atomic(durable=True):  # what is shown cannot be taken back: the line is for good before
        identity = Identity.objects.filter(pk=identity_id).first()
        if identity is None:
            raise NotFound
        act = StaffAct.Act.READ_NUMBER
        write_act(staff=staff, act=act, thing=identity, subject=identity.user, reason=reason)
    return number_of(identity)


def sealed_otherwise() -> QuerySet[Identity]:
    """Return the identities whose number another key than the present one has sealed."""
    return Identity.objects.filter(sealed_number__isnull=False).exclude(seal_key=current_key())


def reseal_numbers(*, batch: int = 100) -> Iterator[tuple[int, list[int]]]:
    """Seal with the present key what another one has sealed, a batch a transaction, while the site goes on.

    Yields after each batch how many were sealed, and the ids of those that cannot be opened, which stay as they are.
    It may be stopped at any time and begun again: what is done is not done twice. It goes round until a round finds
    nothing to do, so that what a process with the former keys has sealed meanwhile is met too.
    """
    is_done = False
    while not is_done:
        is_done, last = True, 0
        while ids := list(sealed_otherwise().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
            count, unreadable = _reseal(ids)
            is_done, last = is_done and not count, ids[-1]
            yield count, unreadable


@retry_transaction
def _reseal(ids: list[int]) -> tuple[int, list[int]]:
    done, unreadable = 0, []
    with transaction.atomic():
        for identity in sealed_otherwise().select_for_update().filter(pk__in=ids).order_by("pk"):
            try:
                number = number_of(identity)
            except UnreadableNumber:
                unreadable.append(identity.pk)
                continue
            identity.seal_key, identity.sealed_number = seal_number(number, user_id=identity.user_id)
            identity.save(update_fields=("seal_key", "sealed_number"))
            done += 1
    return done, unreadable
