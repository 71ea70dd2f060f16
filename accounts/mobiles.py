"""Mobile numbers of mainland China: read as people write them, stored in E.164, shown masked."""

import phonenumbers

from accounts.errors import InvalidMobile

TYPED_MOST = 32  # characters of a number as it is typed, with spaces and dashes


def parse_mobile(text: str) -> str:
    """Return the E.164 form (+8613800138000) of a mainland mobile number however it is written.

    Raises InvalidMobile for anything else, landlines included (the type comes from libphonenumber).
    """
    try:
        number = phonenumbers.parse(text[:TYPED_MOST], "CN")
    except phonenumbers.NumberParseException as error:
        raise InvalidMobile from error
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != 86 or number.extension or not is_mobile:  # noqa: PLR2004 — China's country code
        raise InvalidMobile
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national_mobile(mobile: str) -> str:
    """Return the eleven digits of a stored number, as its owner writes it."""
    return mobile.removeprefix("+86")


def mask_mobile(mobile: str) -> str:
    """Return a stored number as others may see it: 138****0001."""
    digits = national_mobile(mobile)
    return f"{digits[:3]}****{digits[-4:]}"
