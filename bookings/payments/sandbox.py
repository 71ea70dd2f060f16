"""The same provider as for Alipay, against a gateway of the site's own that moves no money (the app `sandbox`)."""

from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings

from bookings.errors import PaymentsNotSetUp
from bookings.payments import rsa2
from bookings.payments.alipay import AlipayProvider
from bookings.payments.alipay_client import Account
from ihome_project.settings import kept_secret

APP_ID, SELLER_ID = "9021000100000001", "2088000100000001"
PATH = "/sandbox/gateway.do"


def provider() -> AlipayProvider:
    """Return the provider. Raises PaymentsNotSetUp where real guests may come: there is no sandbox."""
    if urlsplit(settings.SITE_URL).scheme != "http" or not apps.is_installed("sandbox"):
        raise PaymentsNotSetUp
    return AlipayProvider(account())


def account() -> Account:
    """Return the site's account at the sandbox."""
    return Account(
        name="sandbox",
        gateway=settings.SITE_URL.rstrip("/") + PATH,
        app_id=APP_ID,
        seller_id=SELLER_ID,
        private_key=kept_secret("sandbox_site_key", rsa2.new_key),
        public_key=rsa2.public_of(gateway_key()),
    )


def gateway_key() -> str:
    """Return the key with which the sandbox signs, made on first use."""
    return kept_secret("sandbox_gateway_key", rsa2.new_key)
