"""A person who can read."""

from accounts.codes import IMAGE, draw_image_code
from accounts.limits import digest_of
from accounts.models import OneTimeCode

LETTERS = "AB2C"


def read_picture(image_id: str, binding: str) -> str:
    """Have a picture drawn and return its letters.

    They are kept as a keyed hash only, and reading the drawing is what a program shall not: so others are put there.
    """
    draw_image_code(image_id=image_id, binding=binding, address="1.2.3.4")
    return know_picture(image_id, binding)


def know_picture(image_id: str, binding: str) -> str:
    """Return the letters of a picture that has been drawn."""
    subject = digest_of(IMAGE, image_id, binding)
    assert OneTimeCode.objects.filter(subject=subject).update(digest=digest_of(IMAGE, subject, LETTERS))
    return LETTERS
