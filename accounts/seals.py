"""ID numbers at rest: sealed with AES-256-GCM for one user, and found again only through a keyed digest.

The name of the key and the user are part of what is sealed (associated data), so that a sealed number that is copied
to another user, or said to be sealed with another key, does not open.
"""

import hmac
import os
from base64 import b64decode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from accounts.errors import UnreadableNumber

NONCE_BYTES = 12  # https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf, 5.2.1.1


def current_key() -> str:
    """Return the name of the key that seals: the first of IDENTITY_KEYS."""
    return next(iter(settings.IDENTITY_KEYS))


def seal_number(number: str, *, user_id: int) -> tuple[str, bytes]:
    """Return the name of the key, and the number sealed with it for a user."""
    name, nonce = current_key(), os.urandom(NONCE_BYTES)
    return name, nonce + _cipher(name).encrypt(nonce, number.encode(), _bound_to(name, user_id))


def open_number(name: str, sealed: bytes | memoryview, *, user_id: int) -> str:
    """Return a number that was sealed for a user with the key of this name.

    Raises UnreadableNumber when it was sealed for somebody else, when it has been changed, or when the key is gone.
    """
    if name not in settings.IDENTITY_KEYS:
        raise UnreadableNumber
    content = bytes(sealed)
    try:
        opened = _cipher(name).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _bound_to(name, user_id))
    except (InvalidTag, ValueError) as error:
        raise UnreadableNumber from error
    return opened.decode()


def digest_number(number: str) -> str:
    """Return the keyed digest by which a number is found again; its key is for life."""
    return hmac.digest(b64decode(settings.IDENTITY_DIGEST_KEY), number.encode(), "sha256").hex()


def _cipher(name: str) -> AESGCM:
    return AESGCM(b64decode(settings.IDENTITY_KEYS[name]))


def _bound_to(name: str, user_id: int) -> bytes:
    return f"{name} {user_id}".encode()
