"""Signatures as Alipay calls them RSA2: SHA256withRSA with PKCS #1 v1.5, in base64.

How requests are signed: https://opendocs.alipay.com/common/057k53
How answers and notifications are verified: https://opendocs.alipay.com/common/02mse7
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

SIGN_TYPE = "RSA2"
BITS = 2048  # what Alipay asks of an RSA2 key
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


def new_key() -> str:
    """Return a new private key as PEM."""
    key = generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_of(private_key: str) -> str:
    """Return the public half of a private key, as Alipay's console shows one: bare base64."""
    public = read_private_key(private_key).public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@lru_cache(8)
def read_private_key(text: str) -> RSAPrivateKey:
    """Read a private key: PEM, or bare base64 of PKCS #8 or PKCS #1. Raises ValueError, which tells nothing of it."""
    try:
        raw, is_pem = _bytes_of(text)
        key = load_pem_private_key(raw, None) if is_pem else load_der_private_key(raw, None)
    except UNREADABLE:
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < BITS:
        raise ValueError("This is no private RSA key of 2048 bits or more.")
    return key


@lru_cache(8)
def read_public_key(text: str) -> RSAPublicKey:
    """Read a public key: PEM, or bare base64. Raises ValueError."""
    try:
        raw, is_pem = _bytes_of(text)
        key = load_pem_public_key(raw) if is_pem else load_der_public_key(raw)
    except UNREADABLE:
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size < BITS:
        raise ValueError("This is no public RSA key of 2048 bits or more.")
    return key


def content_of(fields: Mapping[str, str]) -> bytes:
    """Return what is signed of some fields: each as name=value, in the order of their names.

    Several sets of fields have the same content where a value or a name may hold "&" and "=": who reads signed fields
    has to look for that. Raises ValueError (UnicodeEncodeError) of what is no text.
    """
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode()


def sign(content: bytes, private_key: str) -> str:
    """Return the signature in base64."""
    return b64encode(read_private_key(private_key).sign(content, PKCS1v15(), SHA256())).decode()


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Tell whether a signature is right, and written in the one way in which base64 writes it."""
    try:
        raw = b64decode(signature, validate=True)
        read_public_key(public_key).verify(raw, content, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return b64encode(raw).decode() == signature


def _bytes_of(text: str) -> tuple[bytes, bool]:
    """Return the bytes of a key, and whether they are PEM."""
    if text.lstrip().startswith("-----BEGIN"):
        return text.strip().encode(), True
    return b64decode("".join(text.split()), validate=True), False
