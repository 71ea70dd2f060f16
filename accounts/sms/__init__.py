"""Who sends codes to mobile numbers: one small interface, a module a provider, chosen by SMS_PROVIDER."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

PROVIDERS = {"console": "accounts.sms.console.ConsoleProvider", "aliyun": "accounts.sms.aliyun.AliyunProvider"}


class Provider(Protocol):
    """Sends one code."""

    def send(self, *, mobile: str, purpose: str, code: str) -> None:
        """Hand a code for a number (E.164) to the network, within a few seconds.

        Raises SmsFailed when it was not taken, or SmsUnanswered when that is not known.
        """


def provider() -> Provider:
    """Return the provider that SMS_PROVIDER names."""
    return import_string(PROVIDERS[settings.SMS_PROVIDER])()
