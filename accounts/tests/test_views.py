"""The page of signing in."""

import pytest
from django.urls import reverse

from accounts.factories import PASSWORD

LOGIN = reverse("login")


@pytest.fixture
def visitor(client):
    client.cookies["django_language"] = "en"
    return client


def sign_in(visitor, **changes):
    return visitor.post(LOGIN, {"mobile": "+86 138-0013-8002", "password": PASSWORD, **changes})


def test_a_guest_signs_in_with_number_and_password(visitor, guest):
    response = sign_in(visitor)
    assert (response.status_code, response.url) == (302, reverse("home"))
    assert int(visitor.session["_auth_user_id"]) == guest.pk


def test_signing_in_leads_back_to_where_it_was_asked_for(visitor, guest):
    assert sign_in(visitor, next="/houses/1/book?sd=2026-12-04").url == "/houses/1/book?sd=2026-12-04"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(visitor, guest, address):
    assert sign_in(visitor, next=address).url == reverse("home")


def test_signing_in_begins_a_new_session(visitor, guest):
    before = visitor.session
    before.save()
    sign_in(visitor)
    assert visitor.session.session_key != before.session_key


def test_a_wrong_password_is_said_beside_it_and_the_number_kept(visitor, guest):
    response = sign_in(visitor, password="not-this-one")
    assert "Wrong mobile number or password." in response.context["form"].errors["password"]
    assert 'value="+86 138-0013-8002"' in response.text
    assert "not-this-one" not in response.text


def test_an_unknown_number_gets_the_same_answer_as_a_wrong_password(visitor, guest):
    unknown, wrong = sign_in(visitor, mobile="13800138009"), sign_in(visitor, password="not-this-one")
    assert unknown.context["form"].errors == wrong.context["form"].errors


def test_what_is_no_number_is_said_beside_it(visitor, guest):
    response = sign_in(visitor, mobile="12345")
    assert response.context["form"].errors.keys() == {"mobile"}
    assert 'aria-invalid="true" aria-describedby="id_mobile_error"' in response.text


def test_an_inactive_user_does_not_get_in(visitor, guest):
    guest.is_active = False
    guest.save()
    assert "This account is not active." in sign_in(visitor).text


def test_who_is_signed_in_goes_on_at_once(visitor, guest):
    visitor.force_login(guest)
    assert visitor.get(LOGIN).url == reverse("home")


def test_signing_out_is_a_post(visitor, guest):
    visitor.force_login(guest)
    assert visitor.get(reverse("logout")).status_code == 405
    assert visitor.post(reverse("logout")).url == reverse("home")
    assert "_auth_user_id" not in visitor.session
