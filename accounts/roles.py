"""What each role of staff may see and do. Roles are groups, kept as this says by a migration; people get them here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps as present_apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import NoRolesForYourself, RolesChanged, UserInactive
from accounts.models import StaffAct, User
from accounts.moderating import locked_user
from accounts.staff_log import act_since, require_reason, write_act
from ihome_project.db import retry_transaction

APPS = ("accounts", "listings", "bookings")


@dataclass(frozen=True)
class Role:
    """A role: how it is called, and its permissions (`app.codename`)."""

    words: Promise
    permissions: tuple[str, ...]


def rights(app: str, *names: str) -> tuple[str, ...]:
    """Return permissions of an app by their codenames."""
    return tuple(f"{app}.{name}" for name in names)


HOMES = rights(
    "listings", "view_area", "view_facility", "view_house", "view_houseimage", "view_hold", "view_heldnight",
    "view_nightprice", "view_review", "view_report",
)  # fmt: skip
MONEY = rights(
    "bookings", "view_booking", "view_bookingevent", "view_trade", "view_payment", "view_refund", "view_straynotice",
    "view_hostdue", "view_payout",
)  # fmt: skip
MODERATES = (
    *rights("accounts", "view_user", "view_session", "view_identity", "change_identity", "read_number"),
    *rights("accounts", "end_sessions", "deactivate_user", "view_staffact"),
    *HOMES,
    *rights("listings", "change_house", "change_review", "change_report"),
    *rights("bookings", "view_booking", "view_bookingevent"),
)
SUPPORTS = (
    *rights("accounts", "view_user", "view_session", "end_sessions", "view_message", "change_message"),
    *rights("accounts", "view_staffact"),
    *HOMES,
    *rights("listings", "view_missedsearch"),
    *rights("bookings", "view_booking", "view_bookingevent", "view_trade", "view_payment", "view_refund"),
    *rights("bookings", "change_booking"),
)
PAYS = (
    *rights("accounts", "view_user", "view_staffact"),
    *rights("listings", "view_house"),
    *MONEY,
    *rights("bookings", "change_trade", "change_refund", "change_straynotice", "add_payout"),
)
ADMINISTERS = (
    *MODERATES,
    *SUPPORTS,
    *PAYS,
    *rights("accounts", "view_apikey", "grant_roles", "reset_second_factor", "audit_staff"),
    *rights("listings", "add_area", "change_area", "delete_area"),
    *rights("listings", "add_facility", "change_facility", "delete_facility"),
)
ROLES = {
    "moderator": Role(_("moderator"), MODERATES),
    "support": Role(_("support"), SUPPORTS),
    "finance": Role(_("finance"), PAYS),
    "administrator": Role(_("administrator"), ADMINISTERS),
}


def write_roles(apps: Any = present_apps) -> None:
    """Make the groups of all roles, with exactly the permissions that ROLES names.

    For migrations (which give their own `apps`): a change of ROLES comes with one that calls this again. Permissions
    are written here too, for Django writes them only after the last migration. One that names a model which does not
    exist yet is left to the migration that comes with the model.
    """
    for app in APPS:
        create_permissions(present_apps.get_app_config(app), verbosity=0)
    permission_model, group_model = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.filter(content_type__app_label__in=APPS).select_related(
            "content_type"
        )
    }
    for name, role in ROLES.items():
        group, _made = group_model.objects.get_or_create(name=name)
        group.permissions.set([known[right] for right in dict.fromkeys(role.permissions) if right in known])


def grant_roles(
    *, staff: User, user_id: int, roles: Collection[str], reason: str, shown: Collection[str] | None = None
) -> User:
    """Give somebody exactly these roles; with one they are staff, without they are not, and all their sessions end.

    `shown` are the roles that whoever gives them has seen (None: has not looked). Raises ReasonMissing, UserNotFound,
    NoRolesForYourself (nobody lifts their own rights), UserInactive, or RolesChanged (they are no longer those shown).
    """
    reason = require_reason(reason)
    if staff.pk == user_id:
        raise NoRolesForYourself
    return _grant(staff, user_id, sorted(set(roles) & set(ROLES)), reason, shown, timezone.now())


@retry_transaction
def _grant(
    staff: User, user_id: int, roles: list[str], reason: str, shown: Collection[str] | None, began: datetime
) -> User:
    with transaction.atomic():
        user = locked_user(user_id)
        if not user.is_active:
            raise UserInactive
        before, after = names_of(user), {"roles": roles}
        done = act_since(began, staff=staff, act=StaffAct.Act.GRANT_ROLES, thing=user)
        if done and done.after == after:
            return user  # an earlier run of this call came through, though its connection was lost
        if shown is not None and before != sorted(shown):
            raise RolesChanged
        user.groups.set(Group.objects.filter(name__in=roles))
        user.is_staff = bool(roles) or user.is_superuser
        user.save(update_fields=("is_staff",))
        user.sessions.all().delete()
        act = StaffAct.Act.GRANT_ROLES
        write_act(
            staff=staff,
            act=act,
            thing=user,
            subject=user,
            reason=reason,
            before={"roles": before},
            after=after,
        )
    return user


def names_of(user: User) -> list[str]:
    """Return the names of somebody's roles."""
    return sorted(user.groups.values_list("name", flat=True))
