"""The pages of one's account: the hub, one's profile, one's real name."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.factories import UserFactory
from accounts.identity import CONSENT_VERSION
from accounts.models import Identity
from accounts.services import make_key

ACCOUNT, PROFILE, AVATAR = reverse("account"), reverse("profile"), reverse("avatar")
VERIFICATION = reverse("verification")
NUMBER = "110101199003070003"
SAID = {"real_name": "赵路人", "id_card": NUMBER, "consent": "on", "consent_version": CONSENT_VERSION}


@pytest.fixture
def visitor(client, stranger):
    client.cookies["django_language"] = "en"
    client.force_login(stranger)
    return client


def photo():
    out = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "JPEG")
    return SimpleUploadedFile("me.jpg", out.getvalue())


def submit(visitor, **changes):
    return visitor.post(VERIFICATION, SAID | changes)


def errors(response, form="form"):
    return dict(response.context[form].errors)


def reject(user):
    facts = {"user": user, "status": "rejected", "reason": "照片不清楚", "decided_at": "2026-11-22T10:00:00Z"}
    return Identity.objects.create(**facts)


# --- the hub ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["account", "profile", "verification", "mobile", "security", "my-data"])
def test_ones_own_pages_ask_to_log_in_and_are_kept_by_no_cache(client, stranger, name):
    assert client.get(reverse(name)).url == f"{reverse('login')}?next={reverse(name)}"
    client.force_login(stranger)
    response = client.get(reverse(name))
    response.close()
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)


def test_the_hub_says_who_i_am_and_leads_everywhere(visitor):
    text = visitor.get(ACCOUNT).text
    for words in ("赵路人", "138****8003", "Logged in on 1 device"):
        assert words in text
    for name in ("profile", "bookings", "verification", "my-homes", "guests-bookings", "security", "logout"):
        assert f'"{reverse(name)}' in text


def test_the_hub_counts_devices_and_keys(visitor, stranger, client):
    make_key(user=stranger, name="calendar")
    response = visitor.get(ACCOUNT)
    assert (response.context["device_count"], response.context["key_count"]) == (1, 1)


def test_the_hub_says_what_waits(visitor, stranger):
    reject(stranger)
    text = visitor.get(ACCOUNT).text
    assert "Your identity could not be verified." in text
    assert "Not accepted" in text


@pytest.mark.parametrize("keys", [0, 5])
def test_the_hub_takes_as_many_queries_however_much_there_is(visitor, stranger, keys, django_assert_num_queries):
    for number in range(keys):
        make_key(user=stranger, name=f"{number}")
    with django_assert_num_queries(10):  # session, user, identity, four things that may wait, devices, keys, bell
        visitor.get(ACCOUNT)


def test_a_number_whose_key_is_gone_does_not_close_the_hub(visitor, settings):
    submit(visitor)
    settings.IDENTITY_KEYS = {"other": settings.IDENTITY_KEYS[next(iter(settings.IDENTITY_KEYS))]}
    assert visitor.get(ACCOUNT).status_code == 200


# --- the profile ------------------------------------------------------------------------------------------------------


def test_a_profile_is_changed(visitor, stranger):
    response = visitor.post(PROFILE, {"name": " 赵大路 ", "about": "爱走路\r\n也爱猫"})
    stranger.refresh_from_db()
    assert (response.status_code, response.url) == (303, PROFILE)
    assert (stranger.name, stranger.about) == ("赵大路", "爱走路\n也爱猫")


@pytest.mark.parametrize("name", ["", "王小明", "x" * 33, "a\u202eb"])
def test_a_name_that_cannot_be_had_is_said_beside_it_and_what_was_typed_is_kept(visitor, stranger, guest, name):
    response = visitor.post(PROFILE, {"name": name, "about": "爱走路"})
    assert errors(response).keys() == {"name"}
    assert "爱走路</textarea>" in response.text
    assert "Menu of 赵路人" in response.text


def test_words_have_500_characters_however_lines_end(visitor, stranger):
    assert visitor.post(PROFILE, {"name": "赵", "about": "路\r\n" * 250}).status_code == 303
    assert errors(visitor.post(PROFILE, {"name": "赵", "about": "路" * 501})).keys() == {"about"}


def test_a_photo_becomes_the_avatar_and_stands_everywhere(visitor, stranger):
    assert visitor.post(AVATAR, {"picture": photo()}).url == PROFILE
    stranger.refresh_from_db()
    assert visitor.get(PROFILE).text.count(f'<img src="{stranger.avatar_url}"') == 2
    assert f'<img src="{stranger.avatar_url}"' in visitor.get(ACCOUNT).text


@pytest.mark.parametrize("content", [b"", b"no photo"])
def test_what_is_no_photo_is_said_beside_it(visitor, content):
    response = visitor.post(AVATAR, {"picture": SimpleUploadedFile("me.jpg", content)})
    assert errors(response, "avatar_form").keys() == {"picture"}
    assert "赵路人" in response.text


def test_whoever_comes_to_a_forms_target_by_address_is_led_to_its_page(visitor):
    assert visitor.get(AVATAR).url == PROFILE


# --- the verification -------------------------------------------------------------------------------------------------


def test_an_identity_is_submitted_with_the_consent_to_the_text_shown(visitor, stranger):
    text = visitor.get(VERIFICATION).text
    assert f"Version {CONSENT_VERSION}" in text
    assert f'name="consent_version" value="{CONSENT_VERSION}"' in text
    assert submit(visitor).url == VERIFICATION
    identity = Identity.objects.get(user=stranger)
    assert (identity.status, identity.consent_way, identity.consent_version) == ("verified", "page", CONSENT_VERSION)


def test_a_submitted_identity_is_shown_masked_and_cannot_be_changed(visitor):
    submit(visitor)
    text = visitor.get(VERIFICATION).text
    assert 'value="110101********0003" readonly' in text
    assert NUMBER not in text
    assert 'name="id_card"' not in text


def test_a_second_submission_says_that_there_is_one(visitor):
    submit(visitor)
    assert "You have submitted your identity already." in submit(visitor).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consent": ""}, "consent"),
        ({"consent_version": "2020-01"}, "consent"),
        ({"id_card": "110101199003070004"}, "id_card"),
        ({"id_card": "110101201503070009"}, "id_card"),
        ({"real_name": "3"}, "real_name"),
    ],
)
def test_what_is_wrong_with_an_identity_is_said_beside_it(visitor, changes, field):
    response = submit(visitor, **changes)
    assert errors(response).keys() == {field}
    assert not Identity.objects.exists()


def test_the_number_of_another_account_is_refused(visitor, client):
    submit(visitor)
    client.force_login(UserFactory())
    assert errors(submit(client)) == {"id_card": ["This ID number belongs to another account."]}


def test_a_rejected_identity_says_why_and_can_be_sent_again(visitor, stranger):
    reject(stranger)
    assert "Reason: 照片不清楚" in visitor.get(VERIFICATION).text
    assert submit(visitor).status_code == 303
    assert Identity.objects.get(user=stranger).status == "verified"


def test_an_identity_that_a_person_checks_waits(visitor, settings):
    settings.IDENTITY_VERIFIER = "manual"
    response = visitor.post(VERIFICATION, SAID, follow=True)
    assert "Being checked" in response.text
    assert "Submitted. We check it." in response.text


@pytest.mark.parametrize(("asked", "led"), [("/host", "/host"), ("https://evil.example/", VERIFICATION)])
def test_a_verification_leads_back_on_this_site_only(visitor, asked, led):
    assert f'name="next" value="{asked}"' in visitor.get(VERIFICATION, {"next": asked}).text or led == VERIFICATION
    assert submit(visitor, next=asked).url == led
