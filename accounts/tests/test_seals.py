"""ID numbers at rest."""

from base64 import b64encode

import pytest

from accounts.errors import UnreadableNumber
from accounts.seals import current_key, digest_number, open_number, seal_number

NUMBER = "110101199003070003"


def key(byte: int) -> str:
    return b64encode(bytes([byte]) * 32).decode()


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.IDENTITY_KEYS = {"2026": key(1), "2025": key(2)}


def test_a_sealed_number_opens_for_its_user():
    name, sealed = seal_number(NUMBER, user_id=7)
    assert name == current_key() == "2026"
    assert open_number(name, sealed, user_id=7) == NUMBER
    assert open_number(name, memoryview(sealed), user_id=7) == NUMBER


def test_a_number_is_never_sealed_twice_alike():
    assert seal_number(NUMBER, user_id=7) != seal_number(NUMBER, user_id=7)


def test_a_sealed_number_does_not_open_for_another_user():
    name, sealed = seal_number(NUMBER, user_id=7)
    with pytest.raises(UnreadableNumber):
        open_number(name, sealed, user_id=8)


@pytest.mark.parametrize("name", ["2025", "2024", ""])
def test_a_sealed_number_does_not_open_with_another_key(name):
    with pytest.raises(UnreadableNumber):
        open_number(name, seal_number(NUMBER, user_id=7)[1], user_id=7)


def test_the_name_of_the_key_is_sealed_too(settings):
    name, sealed = seal_number(NUMBER, user_id=7)
    settings.IDENTITY_KEYS = {"other": key(1), name: key(1)}
    with pytest.raises(UnreadableNumber):
        open_number("other", sealed, user_id=7)


@pytest.mark.parametrize("position", [0, 12, -1])
def test_a_changed_byte_shows(position):
    name, sealed = seal_number(NUMBER, user_id=7)
    changed = bytearray(sealed)
    changed[position] ^= 1
    with pytest.raises(UnreadableNumber):
        open_number(name, bytes(changed), user_id=7)


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 12])
def test_what_was_never_sealed_does_not_open(sealed):
    with pytest.raises(UnreadableNumber):
        open_number("2026", sealed, user_id=7)


def test_a_digest_finds_a_number_and_hangs_on_its_key(settings):
    digest = digest_number(NUMBER)
    assert digest == digest_number(NUMBER)
    assert NUMBER not in digest
    settings.IDENTITY_DIGEST_KEY = key(9)
    assert digest_number(NUMBER) != digest
