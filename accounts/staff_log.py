"""The staff log: one line for everything that staff do, written in the transaction of what they did."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.errors import OwnCase, ReasonMissing
from accounts.models import Identity, StaffAct, User
from accounts.models.identities import REASON_MOST
from accounts.models.staff import ABOUT_MOST
from ihome_project.logs import redact_text

_address: ContextVar[str] = ContextVar("address", default="")


@contextmanager
def acting_from(address: str) -> Iterator[None]:
    """Have every line written inside say from which address its actor acts."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def write_act(  # noqa: PLR0913 — who, what, on what, to whom, why, and what changed
    *,
    staff: User | None,
    act: StaffAct.Act,
    thing: Model,
    subject: User | None = None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> StaffAct:
    """Write a line of the staff log: what somebody does (None: whoever runs the server) to a row, to whom and why.

    A number that somebody has written into the reason is masked there. `before` and `after` have what changed of the
    row, as JSON can hold it, and never a number or a secret. To be called inside the transaction of the act: neither is
    without the other.
    """
    return StaffAct.objects.create(
        actor=staff,
        act=act,
        thing=name_of(thing),
        about="" if isinstance(thing, User | Identity) else str(thing)[:ABOUT_MOST],  # a name can be erased: no copy
        subject=subject,
        address=_address.get(),
        reason=redact_text(reason)[:REASON_MOST],  # with its numbers masked it may have grown
        before=dict(before or {}),
        after=dict(after or {}),
    )


def refuse_own(staff: User, *concerned: int | None) -> None:
    """Refuse what staff would decide about themselves, given the ids of whom it concerns. Raises OwnCase.

    A superuser, who is made on the server alone, is the site's operator: a site may have nobody else.
    """
    if staff.pk in concerned and not staff.is_superuser:
        raise OwnCase


def require_reason(reason: str) -> str:
    """Return a reason without the space around it. Raises ReasonMissing where nothing is left."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    return reason


def act_since(moment: datetime, *, staff: User, act: StaffAct.Act, thing: Model) -> StaffAct | None:
    """Return the line of an act of somebody's to a row since a moment: a second run knows by it what the first did."""
    lines = StaffAct.objects.filter(actor=staff, act=act, thing=name_of(thing), created_at__gte=moment)
    return lines.order_by("pk").first()


def name_of(thing: Model) -> str:
    """Return by what the log names a row, whatever becomes of it: `listings.house/12`."""
    return f"{thing._meta.label_lower}/{thing.pk}"
