"""Template words of messages: how many are new, and what each one says."""

from django import template

from accounts import messages
from accounts.models import Message, User

register = template.Library()


@register.simple_tag
def unread_count(user: User) -> int:
    """Return how many messages are new: one query, where the bell is drawn and nowhere else."""
    return messages.unread_count(user)


@register.filter
def words(message: Message) -> str:
    """Say what has happened, in the reader's language."""
    return messages.words_of(message)


@register.filter
def icon_name(message: Message) -> str:
    """Return the name of the icon of a message's kind."""
    return messages.icon_of(message)
