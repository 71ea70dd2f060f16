"""Registering, codes and one's own account over the API."""

from io import BytesIO
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.codes import BINDING
from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from accounts.services import make_key
from accounts.tests.pictures import know_picture
from accounts.tests.test_forms_survive import NASTY

pytestmark = pytest.mark.django_db
API = "/api/v1.0"
NUMBER = "110101199003070003"
CODES = ["old", "none", "wrong"]


def put(client, path, **body):
    return client.put(f"{API}{path}", body, content_type="application/json")


def post(client, path, **body):
    return client.post(f"{API}{path}", body, content_type="application/json")


def picture(client) -> dict:
    image_id = str(uuid4())
    assert client.get(f"{API}/image_codes/{image_id}")["Content-Type"] == "image/png"
    return {"image_code": know_picture(image_id, client.session[BINDING]), "image_code_id": image_id}


def register(client, sms, **changes):
    client.get(f"{API}/sms_codes/13900000001", picture(client))
    passwords = {"password": "hutong-2026", "password2": "hutong-2026"}
    return post(client, "/users", **{"mobile": "13900000001", "sms_code": sms()[-1]["code"], **passwords, **changes})


def test_a_picture_has_no_envelope_and_is_not_stored(client):
    answer = client.get(f"{API}/image_codes/{uuid4()}")
    assert answer.content.startswith(b"\x89PNG")
    assert "no-store" in answer["Cache-Control"]


def test_a_picture_needs_a_uuid(client):
    answer = client.get(f"{API}/image_codes/1")
    assert (answer.status_code, answer.json()["errcode"]) == (400, "4103")


def test_a_code_is_sent_for_the_letters_of_a_picture(client, sms):
    answer = client.get(f"{API}/sms_codes/139%200000%200001", picture(client) | {"purpose": "reset"})
    assert (answer.status_code, answer.json()) == (200, {"errcode": "0", "errmsg": "OK", "data": None})
    assert (sms()[-1]["purpose"], sms()[-1]["mobile"]) == ("reset", "139****0001")


@pytest.mark.parametrize(
    "changes", [{"image_code": "????"}, {"image_code_id": str(uuid4())}], ids=["letters", "picture"]
)
def test_wrong_letters_are_4106_and_nothing_is_sent(client, sms, changes):
    answer = client.get(f"{API}/sms_codes/13900000001", picture(client) | changes)
    assert (answer.status_code, answer.json()["errcode"]) == (400, "4106")
    assert sms() == []


def test_a_picture_of_another_session_is_worth_nothing(client, sms):
    answer = client.get(f"{API}/sms_codes/13900000001", picture(Client()))
    assert answer.json()["errcode"] == "4106"


@pytest.mark.parametrize(
    ("mobile", "changes"),
    [("13900000001", {"image_code": ""}), ("13900000001", {"purpose": "old_mobile"}), ("01064001234", {}), ("x", {})],
)
def test_what_is_no_request_for_a_code_is_4103(client, sms, mobile, changes):
    answer = client.get(f"{API}/sms_codes/{mobile}", picture(client) | changes)
    assert (answer.status_code, answer.json()["errcode"]) == (400, "4103")
    assert sms() == []


def test_a_second_code_within_the_minute_is_429_with_the_time_to_wait(client, sms):
    client.get(f"{API}/sms_codes/13900000001", picture(client))
    answer = client.get(f"{API}/sms_codes/13900000001", picture(client))
    assert (answer.status_code, answer.json()["errcode"]) == (429, "4201")
    assert 0 < int(answer["Retry-After"]) <= 60


def test_known_and_unknown_numbers_get_the_same_answer_for_the_same_work(client, guest, sms):
    asked = []
    for mobile in ("13800138002", "13900000001"):
        answer_of_picture = picture(client)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"{API}/sms_codes/{mobile}", answer_of_picture)
        assert answer.json() == {"errcode": "0", "errmsg": "OK", "data": None}
        asked.append([query["sql"].split()[0] for query in queries])
    assert asked[0] == asked[1]
    assert not any("accounts_user" in query["sql"] for query in queries)
    assert len(sms()) == 2


def test_a_provider_that_fails_is_4301(client, settings):
    settings.SMS_PROVIDER, settings.ALIYUN_SMS_ENDPOINT = "aliyun", "http://127.0.0.1:9"
    answer = client.get(f"{API}/sms_codes/13900000001", picture(client))
    assert (answer.status_code, answer.json()["errcode"]) == (502, "4301")


def test_registering_makes_an_account_and_logs_in(client, sms):
    answer = register(client, sms)
    user = User.objects.get()
    assert (answer.status_code, answer.json()["data"]) == (201, {"user_id": user.pk, "name": user.name})
    assert client.get(f"{API}/user").json()["data"]["mobile"] == "13900000001"
    assert "1390" not in user.name
    assert user.check_password("hutong-2026")


@pytest.mark.parametrize(
    ("changes", "errcode", "field"),
    [
        ({"sms_code": "abcdef"}, "4106", "sms_code"),
        ({"password2": "other-2026"}, "4103", "password2"),
        ({"password": "12345678", "password2": "12345678"}, "4103", "password"),
        ({"password": "x" * 129, "password2": "x" * 129}, "4103", "password"),
        ({"mobile": ""}, "4103", "mobile"),
    ],
)
def test_a_registration_that_is_refused_makes_nothing(client, sms, changes, errcode, field):
    answer = register(client, sms, **changes).json()
    assert answer["errcode"] == errcode
    assert field in answer["data"]["fields"]
    assert not User.objects.exists()


def test_a_weak_password_does_not_use_the_code_up(client, sms):
    register(client, sms, password="12345678", password2="12345678")
    code = sms()[-1]["code"]
    body = {"mobile": "13900000001", "sms_code": code, "password": "hutong-2026", "password2": "hutong-2026"}
    assert post(client, "/users", **body).status_code == 201


def test_a_number_registers_once(client, sms):
    UserFactory(mobile="+8613900000001")
    answer = register(client, sms)
    assert (answer.status_code, answer.json()["errcode"]) == (409, "4003")


def test_five_wrong_passwords_are_refused_for_a_while_known_or_not(client, guest):
    for mobile in ("13800138002", "13800138009"):
        answers = [post(client, "/sessions", mobile=mobile, password="no") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]
        assert 890 < int(answers[-1]["Retry-After"]) <= 900
    assert post(client, "/sessions", mobile="13800138002", password=PASSWORD).status_code == 429
    elsewhere = client.post(
        f"{API}/sessions", {"mobile": "13800138002", "password": PASSWORD}, "application/json", REMOTE_ADDR="10.1.1.1"
    )
    assert elsewhere.status_code == 200


def test_a_header_that_anybody_can_send_gains_no_more_guesses(client, guest):
    answers = [
        client.post(
            f"{API}/sessions",
            {"mobile": "13800138002", "password": "no"},
            "application/json",
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
        )
        for n in range(6)
    ]
    assert answers[-1].status_code == 429


def test_after_a_hundred_wrong_ones_an_address_answers_a_picture_first(client, guest):
    for n in range(100):
        post(client, "/sessions", mobile=f"139000000{n:02}", password="no")
    right = {"mobile": "13800138002", "password": PASSWORD}
    answer = post(client, "/sessions", **right)
    assert (answer.status_code, answer.json()["errcode"]) == (400, "4106")
    assert post(client, "/sessions", **right, **picture(client)).status_code == 200


def test_a_name_is_changed_and_shown_at_once(client, guest, stranger):
    client.force_login(guest)
    assert put(client, "/user/name", name="  王大明 ").json()["data"] == {"name": "王大明"}
    assert client.get(f"{API}/session").json()["data"]["name"] == "王大明"
    taken = put(client, "/user/name", name=stranger.name)
    assert (taken.status_code, taken.json()["errcode"]) == (409, "4003")


@pytest.mark.parametrize("name", ["", " ", "x" * 33, "a\u202eb"])
def test_what_is_no_name_is_4103(client, guest, name):
    client.force_login(guest)
    answer = put(client, "/user/name", name=name)
    assert (answer.status_code, answer.json()["errcode"]) == (400, "4103")


def test_an_avatar_is_stored_and_shown(client, guest):
    client.force_login(guest)
    file = BytesIO()
    Image.new("RGB", (300, 200), "red").save(file, "PNG")
    file.seek(0)
    file.name = "me.png"
    url = client.post(f"{API}/user/avatar", {"avatar": file}).json()["data"]["avatar_url"]
    assert client.get(f"{API}/user").json()["data"]["avatar"] == url
    shown = client.get(url)
    assert (shown["Content-Type"], b"".join(shown)[:4]) == ("image/webp", b"RIFF")


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"GIF89a"], ids=["nothing", "svg", "gif"])
def test_what_is_no_photo_is_4103(client, guest, content):
    client.force_login(guest)
    file = BytesIO(content)
    file.name = "me.jpg"
    answer = client.post(f"{API}/user/avatar", {"avatar": file})
    assert (answer.status_code, list(answer.json()["data"]["fields"])) == (400, ["avatar"])


def test_an_identity_is_submitted_once_and_masked(client, stranger):
    client.force_login(stranger)
    nothing = client.get(f"{API}/user/auth").json()["data"]
    assert (nothing["real_name"], nothing["id_card"], nothing["status"]) == (None, None, None)
    assert post(client, "/user/auth", real_name="赵路人", id_card=NUMBER).json()["errcode"] == "0"
    known = client.get(f"{API}/user/auth").json()["data"]
    assert known == {
        "user_id": stranger.pk,
        "real_name": "赵路人",
        "id_card": "110101********0003",
        "status": "verified",
    }
    again = post(client, "/user/auth", real_name="赵路人", id_card=NUMBER)
    assert (again.status_code, again.json()["errcode"]) == (409, "4003")


def test_a_number_of_somebody_else_is_4003(client, stranger):
    client.force_login(UserFactory())
    post(client, "/user/auth", real_name="林小满", id_card=NUMBER)
    client.force_login(stranger)
    answer = post(client, "/user/auth", real_name="赵路人", id_card=NUMBER)
    assert (answer.status_code, answer.json()["errcode"]) == (409, "4003")


@pytest.mark.parametrize(
    "changes", [{"id_card": "110101199003070004"}, {"real_name": ""}, {"id_card": None}, {"consent_version": "1999"}]
)
def test_what_is_no_identity_is_4103(client, stranger, changes):
    client.force_login(stranger)
    answer = post(client, "/user/auth", **{"real_name": "赵路人", "id_card": NUMBER, **changes})
    assert (answer.status_code, answer.json()["errcode"]) == (400, "4103")


def test_the_csrf_token_is_asked_for_before_anybody_is_logged_in(api):
    for path in ("/users", "/sessions"):
        answer = api.post(f"{API}{path}", {}, format="json")
        assert (answer.status_code, answer.json()["errcode"]) == (403, "4105")


def test_a_key_tells_when_it_was_used_last(api, guest):
    api.credentials(HTTP_AUTHORIZATION=f"Token {make_key(user=guest, name='calendar')}")
    api.get(f"{API}/user")
    assert guest.auth_token_set.get().last_used_at


@pytest.mark.parametrize(("method", "path"), [("get", "/user"), ("put", "/user/name"), ("get", "/user/auth")])
def test_an_account_is_for_who_is_logged_in(client, method, path):
    assert getattr(client, method)(f"{API}{path}").status_code == 401


BODIES = {
    "/users": {"mobile": "13900000001", "sms_code": "123456", "password": "hutong-2026", "password2": "hutong-2026"},
    "/sessions": {"mobile": "13800138002", "password": "x", "image_code": "AB2C", "image_code_id": "1"},
    "/user/name": {"name": "王大明"},
    "/user/auth": {"real_name": "赵路人", "id_card": NUMBER, "consent_version": "2026-11"},
}
ODD = [*NASTY, None, 7, 1e300, [], {}, True]


@pytest.mark.parametrize("path", BODIES)
def test_nothing_that_programs_send_breaks(client, guest, path):
    client.raise_request_exception = False
    client.force_login(guest)
    send = put if path == "/user/name" else post
    for name in BODIES[path]:
        for odd in ODD:
            answer = send(client, path, **BODIES[path] | {name: odd})
            assert answer.status_code < 500, (name, str(odd)[:40])
            assert set(answer.json()) == {"errcode", "errmsg", "data"}


@pytest.mark.parametrize("odd", NASTY, ids=range(len(NASTY)))
def test_nothing_in_an_address_breaks(client, odd):
    client.raise_request_exception = False
    text = quote(odd[:5000])
    for address in (f"image_codes/{text}", f"sms_codes/{text}", f"sms_codes/13900000001?image_code={text}"):
        assert client.get(f"{API}/{address}").status_code < 500
