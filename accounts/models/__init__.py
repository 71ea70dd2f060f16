"""Who uses the site: people, their verified identity, the sessions and keys by which they act, what staff did."""

from accounts.models.access import ApiKey, Counter, OneTimeCode, Session
from accounts.models.identities import Identity
from accounts.models.staff import StaffAct
from accounts.models.users import User

__all__ = ["ApiKey", "Counter", "Identity", "OneTimeCode", "Session", "StaffAct", "User"]
