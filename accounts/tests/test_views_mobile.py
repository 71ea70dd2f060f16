"""The page of another mobile number."""

import pytest
from django.urls import reverse

from accounts.models import User

MOBILE = reverse("mobile")
NEW = "139 0000 0001"


@pytest.fixture
def visitor(client, stranger):
    client.cookies["django_language"] = "en"
    client.force_login(stranger)
    return client


def codes(visitor, sms, mobile=NEW):
    for sending in ("old", "new"):
        visitor.post(MOBILE, {"send": sending, "mobile": mobile})
    old, new = (message["code"] for message in sms()[-2:])
    return {"mobile": mobile, "old_code": old, "new_code": new}


def errors(response):
    return dict(response.context["form"].errors)


def test_a_number_is_changed_with_codes_to_both(visitor, stranger, sms):
    response = visitor.post(MOBILE, codes(visitor, sms))
    stranger.refresh_from_db()
    assert (response.status_code, response.url) == (303, f"{reverse('security')}#mobile")
    assert stranger.mobile == "+8613900000001"
    assert [(message["purpose"], message["mobile"]) for message in sms()] == [
        ("old_mobile", "138****8003"),
        ("new_mobile", "139****0001"),
    ]
    assert visitor.get(reverse("account")).status_code == 200


def test_sending_says_how_long_the_next_takes_and_keeps_what_was_typed(visitor, sms):
    response = visitor.post(MOBILE, {"send": "old", "mobile": NEW, "new_code": "123456"})
    assert (errors(response), response.context["old_wait"]) == ({}, 60)
    for kept in (f'value="{NEW}"', 'value="123456"', 'id="old" data-wait="60"'):
        assert kept in response.text


def test_sending_to_the_new_number_needs_one(visitor, sms):
    assert errors(visitor.post(MOBILE, {"send": "new", "mobile": "12"})).keys() == {"mobile"}
    assert sms() == []


def test_a_second_code_within_a_minute_is_refused_beside_its_field(visitor, sms):
    codes(visitor, sms)
    for sending in ("old", "new"):
        response = visitor.post(MOBILE, {"send": sending, "mobile": NEW})
        assert errors(response).keys() == {f"{sending}_code"}
        assert 0 < response.context[f"{sending}_wait"] <= 60


@pytest.mark.parametrize("wrong", ["old_code", "new_code"])
def test_a_wrong_code_is_said_beside_it(visitor, stranger, sms, wrong):
    assert errors(visitor.post(MOBILE, codes(visitor, sms) | {wrong: "x"})).keys() == {wrong}
    stranger.refresh_from_db()
    assert stranger.mobile == "+8613800138003"


def test_a_number_of_another_account_is_said_beside_it(visitor, guest, sms):
    response = visitor.post(MOBILE, codes(visitor, sms, mobile="13800138002"))
    assert errors(response).keys() == {"mobile"}
    assert User.objects.filter(mobile="+8613800138002").get() == guest


def test_a_code_goes_to_the_old_number_whatever_is_typed_of_the_new_one(visitor, sms):
    assert errors(visitor.post(MOBILE, {"send": "old", "mobile": "139"})) == {}
    assert [message["purpose"] for message in sms()] == ["old_mobile"]
