"""What people may call themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import InvalidName
from accounts.names import generate_name, parse_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  林小满 ", "林小满"),
        ("Ｔｏｍ", "Tom"),
        ("Zoë", "Zoë"),
        ("أحمد", "أحمد"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("林" * 32, "林" * 32),
        ("a b", "a b"),
    ],
)
def test_a_name_is_kept_normalised_and_trimmed(typed, kept):
    assert parse_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\u3000",
        "林" * 33,
        "a\nb",
        "a\x00b",
        "\u202emoT",
        "a\u200bb",
        "\ue000",
        "\u200d",
        "\ufe0f",
        "x" * 1_000_000,
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_or_is_too_long_is_no_name(typed):
    with pytest.raises(InvalidName):
        parse_name(typed)


@given(st.text())
def test_any_text_is_a_name_or_refused(text):
    try:
        name = parse_name(text)
    except InvalidName:
        return
    assert 1 <= len(name) <= 32
    assert parse_name(name) == name


def test_a_generated_name_is_neutral_and_one_of_many():
    names = {generate_name() for _ in range(100)}
    assert len(names) == 100
    assert all(
        parse_name(name) == name and not any(part.isdigit() and len(part) > 6 for part in name) for name in names
    )
