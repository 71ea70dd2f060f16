"""Keys, and the providers that there are with them."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bookings import payments
from bookings.errors import PaymentsNotSetUp
from bookings.payments import rsa2
from bookings.payments.tests.test_notification_mutations import GATEWAY_KEY, SITE_KEY


def test_keys_are_read_as_a_file_and_as_the_console_shows_them():
    key = rsa2.read_private_key(SITE_KEY)
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        bare = b64encode(key.private_bytes(Encoding.DER, form, NoEncryption())).decode()
        assert rsa2.sign(b"x", f"{bare[:76]}\n{bare[76:]}") == rsa2.sign(b"x", SITE_KEY)


@pytest.mark.parametrize(
    "key", ["", "secret", "é", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "AAAA"]
)
def test_what_is_no_key_is_not_told(key):
    for read in (rsa2.read_private_key, rsa2.read_public_key):
        with pytest.raises(ValueError, match="2048 bits"):
            read(key)


def test_alipay_without_keys_takes_no_money(settings):
    settings.PAYMENT_PROVIDER, settings.ALIPAY_PRIVATE_KEY, settings.ALIPAY_PUBLIC_KEY = "alipay", "", ""
    with pytest.raises(PaymentsNotSetUp):
        payments.provider()
    settings.ALIPAY_PRIVATE_KEY, settings.ALIPAY_PUBLIC_KEY = SITE_KEY, rsa2.public_of(GATEWAY_KEY)
    assert payments.provider().name == "alipay"


@pytest.mark.parametrize("site_url", ["https://ihome.example", "HTTPS://ihome.example"])
def test_a_site_of_https_has_no_sandbox(settings, site_url):
    settings.PAYMENT_PROVIDER, settings.SITE_URL = "sandbox", site_url
    with pytest.raises(PaymentsNotSetUp):
        payments.provider()
