"""The page of signing in, by code and by password."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.codes import BINDING
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.passwords import GUESSES_OF_ADDRESS
from accounts.tests.pictures import LETTERS, read_picture

LOGIN, HOME = reverse("login"), reverse("home")
NEW = "139 0000 0001"
IMAGE_ID = "00000000-0000-4000-8000-000000000001"
AWAY = ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/login?next=/x", "/register", "/a" * 2000]


@pytest.fixture
def visitor(client, db):
    client.cookies["django_language"] = "en"
    client.get(reverse("image-codes-detail", args=[IMAGE_ID]))  # as the page's picture does: it begins a session
    return client


def sign_in(visitor, **changes):
    said = {"by": "password", "mobile": "+86 138-0013-8002", "password": PASSWORD}
    return visitor.post(LOGIN, said | changes)


def ask_for_code(visitor, mobile=NEW, image_id=IMAGE_ID, **changes):
    letters = read_picture(image_id, visitor.session[BINDING])
    said = {"by": "code", "send": "picture", "mobile": mobile, "image_code": letters, "image_code_id": image_id}
    return visitor.post(LOGIN, said | changes)


def errors(response):
    return dict(response.context["form"].errors)


# --- by password ------------------------------------------------------------------------------------------------------


def test_a_guest_signs_in_with_number_and_password(visitor, guest):
    response = sign_in(visitor)
    assert (response.status_code, response.url) == (303, HOME)
    assert int(visitor.session["_auth_user_id"]) == guest.pk


def test_signing_in_leads_back_to_where_it_was_asked_for(visitor, guest):
    assert sign_in(visitor, next="/houses/1/book?sd=2026-12-04").url == "/houses/1/book?sd=2026-12-04"


@pytest.mark.parametrize("address", AWAY)
def test_signing_in_never_leads_to_another_site_or_round_in_circles(visitor, guest, address):
    assert sign_in(visitor, next=address).url == HOME


def test_signing_in_begins_a_new_session(visitor, guest):
    before = visitor.session.session_key
    sign_in(visitor)
    assert visitor.session.session_key != before


def test_a_wrong_password_is_said_beside_it_and_the_number_kept(visitor, guest):
    response = sign_in(visitor, password="not-this-one")
    assert errors(response) == {"password": ["Wrong mobile number or password."]}
    assert 'value="+86 138-0013-8002"' in response.text
    assert "not-this-one" not in response.text


def test_the_side_that_was_chosen_stays_open(visitor, guest):
    assert sign_in(visitor, password="no").context["form"].is_by_password
    assert visitor.get(LOGIN, {"by": "password"}).context["form"].is_by_password
    assert not visitor.get(LOGIN).context["form"].is_by_password


def test_an_unknown_number_gets_the_same_answer_as_a_wrong_password(visitor, guest):
    unknown, wrong = sign_in(visitor, mobile="13800138009"), sign_in(visitor, password="not-this-one")
    assert errors(unknown) == errors(wrong)


def test_what_is_no_number_is_said_beside_it(visitor, guest):
    response = sign_in(visitor, mobile="12345")
    assert errors(response).keys() == {"mobile"}
    assert 'aria-invalid="true" aria-describedby="id_mobile_error"' in response.text


def test_an_inactive_user_does_not_get_in(visitor, guest):
    User.objects.update(is_active=False)
    assert errors(sign_in(visitor)) == {"password": ["This account is not active."]}


def test_after_five_wrong_passwords_the_page_says_how_long_to_wait(visitor, guest):
    for _ in range(5):
        sign_in(visitor, password="no")
    assert errors(sign_in(visitor)) == {"password": ["Too often. Try again in 15 minutes."]}


def test_a_picture_is_asked_for_where_too_much_went_wrong(visitor, guest):
    for number in range(GUESSES_OF_ADDRESS.most):
        sign_in(visitor, mobile=f"1390000{number:04d}", password="no")
    assert visitor.get(LOGIN).context["needs_picture"]
    assert errors(sign_in(visitor)) == {"image_code": ["Type the letters of the picture too."]}
    letters = read_picture(IMAGE_ID, visitor.session[BINDING])
    assert sign_in(visitor, image_code=letters, image_code_id=IMAGE_ID).status_code == 303


def test_who_is_signed_in_goes_on_at_once(visitor, guest):
    visitor.force_login(guest)
    assert visitor.get(LOGIN).url == HOME
    assert visitor.get(reverse("register"), {"next": "/bookings"}).url == "/bookings"


def test_signing_out_is_a_post(visitor, guest):
    visitor.force_login(guest)
    assert visitor.get(reverse("logout")).status_code == 405
    assert visitor.post(reverse("logout")).url == HOME
    assert "_auth_user_id" not in visitor.session


# --- by code ----------------------------------------------------------------------------------------------------------


def test_a_new_number_gets_an_account_with_its_first_code(visitor, sms):
    sent = ask_for_code(visitor)
    assert (sent.context["wait"], sms()[-1]["purpose"]) == (60, "login")
    said = {"by": "code", "mobile": NEW, "sms_code": f" {sms()[-1]['code'][:3]} {sms()[-1]['code'][3:]}"}
    assert visitor.post(LOGIN, said | {"next": "/bookings"}).url == "/bookings"
    assert User.objects.get(mobile="+8613900000001").pk == int(visitor.session["_auth_user_id"])


def test_a_known_number_signs_in_with_a_code(visitor, guest, sms):
    ask_for_code(visitor, mobile="13800138002")
    visitor.post(LOGIN, {"by": "code", "mobile": "13800138002", "sms_code": sms()[-1]["code"]})
    assert int(visitor.session["_auth_user_id"]) == guest.pk


def test_a_page_on_which_a_code_was_sent_keeps_what_was_typed(visitor, sms):
    text = ask_for_code(visitor, password="secret-word", sms_code="123456", next="/bookings").text
    for kept in (f'value="{NEW}"', 'value="123456"', 'name="next" value="/bookings"', 'data-wait="60"'):
        assert kept in text
    assert "secret-word" not in text
    assert LETTERS not in text


def test_only_what_sending_needs_is_asked_for(visitor, sms):
    assert errors(visitor.post(LOGIN, {"send": "picture"})).keys() == {"mobile", "image_code"}
    assert errors(ask_for_code(visitor)) == {}


def test_wrong_letters_are_said_beside_them_and_nothing_is_sent(visitor, sms):
    response = ask_for_code(visitor, image_code="????")
    assert errors(response) == {"image_code": ["This is not what the picture says. Here is another one."]}
    assert sms() == []


@pytest.mark.parametrize("image_id", ["", "x", "\0", "00000000-0000-4000-8000-000000000009"])
def test_letters_of_no_picture_are_wrong(visitor, sms, image_id):
    assert errors(ask_for_code(visitor, image_code_id=image_id)).keys() == {"image_code"}


def test_each_page_has_another_picture(visitor):
    seen = [visitor.get(LOGIN), visitor.post(LOGIN, {"redraw": "1", "mobile": NEW}), ask_for_code(visitor)]
    assert len({response.context["picture_id"] for response in seen}) == 3


def test_another_picture_keeps_what_was_typed_and_blames_nobody(visitor):
    response = visitor.post(LOGIN, {"redraw": "1", "mobile": "139", "by": "password", "password": "secret-word"})
    assert errors(response) == {}
    assert 'value="139"' in response.text
    assert "secret-word" not in response.text


def test_who_cannot_see_the_picture_gets_a_code_without_it_twice_an_hour(visitor, sms, time_machine):
    for minute in (0, 2, 4):
        time_machine.move_to(f"2026-11-22T10:0{minute}:00+08:00", tick=False)
        response = ask_for_code(visitor, send="blind", image_code="")
    assert len(sms()) == 2
    assert errors(response) == {"sms_code": ["Too often. Try again in 56 minutes."]}


def test_a_second_code_within_a_minute_is_refused_beside_its_field_with_the_time_left(visitor, sms):
    ask_for_code(visitor)
    response = ask_for_code(visitor)
    assert errors(response).keys() == {"sms_code"}
    assert 0 < response.context["wait"] <= 60


def test_a_spent_budget_is_said_beside_the_code(visitor, sms, settings):
    settings.SMS_HOURLY_BUDGET = 1
    ask_for_code(visitor)
    assert "No more codes can be sent just now." in errors(ask_for_code(visitor, mobile="13900000002"))["sms_code"][0]


def test_a_provider_that_fails_is_said_beside_the_code(visitor, settings):
    settings.SMS_PROVIDER, settings.ALIYUN_SMS_ENDPOINT = "aliyun", "http://127.0.0.1:9"
    assert "The code could not be sent." in errors(ask_for_code(visitor))["sms_code"][0]


def test_a_wrong_code_is_said_beside_it(visitor, sms):
    ask_for_code(visitor)
    response = visitor.post(LOGIN, {"by": "code", "mobile": NEW, "sms_code": "x"})
    assert errors(response) == {"sms_code": ["This code is wrong or has expired. Have a new one sent."]}


def test_a_code_is_worth_nothing_in_another_browser(visitor, sms):
    ask_for_code(visitor)
    other = Client().post(LOGIN, {"by": "code", "mobile": NEW, "sms_code": sms()[-1]["code"]})
    assert errors(other).keys() == {"sms_code"}


def test_no_answer_of_the_page_is_kept_by_a_cache(visitor):
    assert "no-store" in visitor.get(LOGIN)["Cache-Control"]
