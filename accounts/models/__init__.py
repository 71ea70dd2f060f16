"""Who uses the site: people, their identity, by what they act, what they are told, and what staff did."""

from accounts.models.access import ApiKey, Counter, KeptAnswer, OneTimeCode, Session
from accounts.models.identities import Identity
from accounts.models.messages import Message
from accounts.models.staff import StaffAct
from accounts.models.users import User

__all__ = ["ApiKey", "Counter", "Identity", "KeptAnswer", "Message", "OneTimeCode", "Session", "StaffAct", "User"]
