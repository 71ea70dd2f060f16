"""Who sends codes and notices to mobile numbers: one small interface, a module a provider, chosen by SMS_PROVIDER."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

PROVIDERS = {"console": "accounts.sms.console.ConsoleProvider", "aliyun": "accounts.sms.aliyun.AliyunProvider"}


class Provider(Protocol):
    """Sends one message."""

    sends_notices: bool  # whether it is set up for words other than a code

    def send(self, *, mobile: str, purpose: str, code: str) -> None:
        """Hand a code for a number (E.164) to the network, within a few seconds.

        Raises SmsFailed when it was not taken, or SmsUnanswered when that is not known.
        """

    def send_notice(self, *, mobile: str, words: str) -> None:
        """Hand a short sentence for a number (E.164) to the network, as `send` does a code, and with its refusals."""


def provider() -> Provider:
    """Return the provider that SMS_PROVIDER names, or that is at its dotted path."""
    return import_string(PROVIDERS.get(settings.SMS_PROVIDER, settings.SMS_PROVIDER))()
