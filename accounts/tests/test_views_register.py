"""The pages of registering and of a forgotten password."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.codes import BINDING
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.pictures import read_picture

REGISTER, RESET = reverse("register"), reverse("password-reset")
IMAGE_ID = "00000000-0000-4000-8000-000000000001"
NEW, KNOWN = "13900000001", "13800138002"
STRONG = {"password": "hutong-2026", "password2": "hutong-2026"}


@pytest.fixture
def visitor(client, db):
    client.cookies["django_language"] = "en"
    client.get(reverse("image-codes-detail", args=[IMAGE_ID]))
    return client


def ask_for_code(visitor, page, mobile):
    letters = read_picture(IMAGE_ID, visitor.session[BINDING])
    said = {"send": "picture", "mobile": mobile, "image_code": letters, "image_code_id": IMAGE_ID}
    return visitor.post(page, said)


def fill_in(visitor, sms, page, mobile, **changes):
    ask_for_code(visitor, page, mobile)
    return visitor.post(page, {"mobile": mobile, "sms_code": sms()[-1]["code"], **STRONG, **changes})


def errors(response):
    return dict(response.context["form"].errors)


def test_a_new_number_registers_in_one_step_and_is_logged_in(visitor, sms):
    response = fill_in(visitor, sms, REGISTER, NEW, next="/bookings")
    assert (response.status_code, response.url, sms()[-1]["purpose"]) == (303, "/bookings", "register")
    user = User.objects.get(mobile=f"+86{NEW}")
    assert user.check_password("hutong-2026")
    assert int(visitor.session["_auth_user_id"]) == user.pk


def test_two_passwords_that_differ_are_said_beside_the_second(visitor, sms):
    response = fill_in(visitor, sms, REGISTER, NEW, password2="hutong-2027")
    assert errors(response) == {"password2": ["This is not the same password."]}


@pytest.mark.parametrize("password", ["short", "123456789012", "password123"])
def test_a_weak_password_is_said_beside_it_and_the_code_stays_good(visitor, sms, password):
    response = fill_in(visitor, sms, REGISTER, NEW, password=password, password2=password)
    assert errors(response).keys() == {"password"}
    again = {"mobile": NEW, "sms_code": sms()[-1]["code"], **STRONG}
    assert visitor.post(REGISTER, again).status_code == 303


def test_a_number_that_has_an_account_is_said_to_its_owner_only(visitor, guest, sms):
    assert errors(ask_for_code(visitor, REGISTER, KNOWN)) == {}
    response = visitor.post(REGISTER, {"mobile": KNOWN, "sms_code": sms()[-1]["code"], **STRONG})
    assert errors(response) == {"mobile": ["This number has an account already. Log in with it."]}


def test_a_code_for_registering_opens_no_account(visitor, guest, sms):
    ask_for_code(visitor, REGISTER, KNOWN)
    response = visitor.post(reverse("login"), {"by": "code", "mobile": KNOWN, "sms_code": sms()[-1]["code"]})
    assert errors(response).keys() == {"sms_code"}


def test_what_is_missing_is_said_beside_each_field(visitor):
    assert errors(visitor.post(REGISTER, {})).keys() == {"mobile", "sms_code", "password", "password2"}


def test_a_forgotten_password_is_set_anew_and_every_other_device_logged_out(visitor, guest, sms):
    other = Client()
    other.force_login(guest)
    response = fill_in(visitor, sms, RESET, KNOWN)
    assert (response.url, sms()[-1]["purpose"]) == (reverse("home"), "reset")
    guest.refresh_from_db()
    assert guest.check_password("hutong-2026")
    assert [client.get(reverse("account")).status_code for client in (visitor, other)] == [200, 302]


def test_a_number_without_account_is_said_to_its_owner_only(visitor, sms):
    assert errors(ask_for_code(visitor, RESET, NEW)) == {}
    response = visitor.post(RESET, {"mobile": NEW, "sms_code": sms()[-1]["code"], **STRONG})
    assert errors(response) == {"mobile": ["This number has no account yet."]}


def test_a_closed_account_gets_no_password(visitor, guest, sms):
    User.objects.update(is_active=False)
    assert errors(fill_in(visitor, sms, RESET, KNOWN)) == {"sms_code": ["This account is not active."]}


def test_who_is_logged_in_without_password_sets_one_by_code(visitor, guest, sms):
    guest.set_unusable_password()
    guest.save()
    visitor.force_login(guest)
    assert f'value="{KNOWN}"' in visitor.get(RESET).text
    assert fill_in(visitor, sms, RESET, KNOWN, next=reverse("security")).url == reverse("security")
    assert visitor.get(reverse("security")).status_code == 200


def test_no_page_shows_a_password_again(visitor):
    text = visitor.post(REGISTER, {"mobile": NEW, "password": PASSWORD, "password2": PASSWORD}).text
    assert PASSWORD not in text
