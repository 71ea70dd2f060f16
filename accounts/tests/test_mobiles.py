"""Mobile numbers are read as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import InvalidMobile
from accounts.mobiles import mask_mobile, national_mobile, parse_mobile


@pytest.mark.parametrize(
    "text", ["13800138000", " 138 0013 8000", "138-0013-8000", "+8613800138000", "+86 138-0013-8000", "008613800138000"]
)
def test_a_mobile_is_read_however_it_is_written(text):
    assert parse_mobile(text) == "+8613800138000"


@pytest.mark.parametrize(
    "text", ["", "1380013800", "138001380000", "010-64001234", "+14155552671", "12345678901", "手机"]
)
def test_what_is_no_mainland_mobile_is_refused(text):
    with pytest.raises(InvalidMobile):
        parse_mobile(text)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        mobile = parse_mobile(text)
    except InvalidMobile:
        return
    assert parse_mobile(mobile) == mobile


def test_a_number_is_shown_as_its_owner_writes_it():
    assert national_mobile("+8613800138000") == "13800138000"


def test_others_see_a_number_masked():
    assert mask_mobile("+8613800138000") == "138****8000"
