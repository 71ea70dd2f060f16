"""The staff log: one line for everything that staff do, written in the transaction of what they did."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

from accounts.models import Identity, StaffAct, User
from accounts.models.staff import ABOUT_MOST

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

    `before` and `after` have what changed of the row, as JSON can hold it, and never a number or a secret. To be
    called inside the transaction of the act: neither is without the other.
    """
    return StaffAct.objects.create(
        actor=staff,
        act=act,
        thing=name_of(thing),
        about="" if isinstance(thing, User | Identity) else str(thing)[:ABOUT_MOST],  # a name can be erased: no copy
        subject=subject,
        address=_address.get(),
        reason=reason,
        before=dict(before or {}),
        after=dict(after or {}),
    )


def name_of(thing: Model) -> str:
    """Return by what the log names a row, whatever becomes of it: `listings.house/12`."""
    return f"{thing._meta.label_lower}/{thing.pk}"
