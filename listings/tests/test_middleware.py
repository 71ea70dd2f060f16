"""The shortcut to kept answers: the same as the whole way, to the byte, for whoever may take it."""

import pytest
from django.test import Client

from accounts.models import ApiKey, User
from ihome_project.api import EnvelopeRenderer
from listings.factories import FacilityFactory, HouseImageFactory, ReviewFactory
from listings.models import House
from listings.services import take_offline

pytestmark = pytest.mark.usefixtures("keeping")
API = "/api/v1.0"
LISTS = ["area_info", "facilities", "houses/index"]
OWN = {"X-Request-ID", "Content-Security-Policy"}  # another each time; another order of the same words


@pytest.fixture
def home(keeping, host) -> House:
    """A home that every kept answer has something of."""
    home = ReviewFactory(house=HouseImageFactory(house__host=host).house).house
    home.facilities.add(FacilityFactory())
    return home


@pytest.fixture(params=[*LISTS, "houses/{}"])
def path(request, home) -> str:
    """Each address that the shortcut knows."""
    return f"{API}/{request.param.format(home.pk)}"


def told(answer) -> tuple:
    """All that a client gets of an answer, but for what differs each time."""
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    return answer.status_code, answer.content, headers, dict(answer.cookies)


def test_a_kept_answer_is_the_one_that_was_read_to_the_byte(api, path):
    first, kept = api.get(path), api.get(path)
    assert [bool(answer.wsgi_request.resolver_match) for answer in (first, kept)] == [True, False]  # no view was asked
    assert told(kept) == told(first)


@pytest.mark.parametrize("header", [{"If-None-Match": "{}"}, {"If-None-Match": 'W/"x", {}'}, {"If-None-Match": "*"}])
def test_what_a_client_has_already_is_304(api, path, header):
    etags = [api.get(path)["ETag"] for _ in range(2)]
    assert etags[0] == etags[1]
    answer = api.get(path, headers={name: value.format(etags[0]) for name, value in header.items()})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etags[0])


def test_304_of_a_list_asks_nothing_of_the_database(api, home, django_assert_num_queries):
    for name in LISTS:
        etag = [api.get(f"{API}/{name}")["ETag"] for _ in range(2)][1]
        with django_assert_num_queries(0):
            assert api.get(f"{API}/{name}", headers={"If-None-Match": etag}).status_code == 304


def test_older_clients_never_get_304(api, path):
    etag = [api.get(path)["ETag"] for _ in range(2)][1]
    old = {"If-None-Match": etag, "X-Requested-With": "XMLHttpRequest"}
    assert (api.get(path, headers=old).status_code, api.get(path, headers=old).json()["errcode"]) == (200, "0")


def test_only_the_head_is_sent_to_who_asks_for_it(api, path):
    whole = [api.get(path) for _ in range(2)][1]
    head = api.head(path)
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(whole.content)))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_answered_as_if_nothing_were_kept(client, path, method):
    first = getattr(client, method)(path)
    client.get(path), client.get(path)
    assert told(getattr(client, method)(path)) == told(first)


def test_a_key_that_is_none_is_401_though_the_answer_is_kept(api, path):
    api.get(path), api.get(path)
    assert api.get(path, HTTP_AUTHORIZATION="Token x").json()["errcode"] == "4101"


def test_the_key_of_a_closed_account_is_4104_though_the_answer_is_kept(api, path, guest):
    _, key = ApiKey.objects.create(user=guest, name="script")
    api.get(path), api.get(path)
    User.objects.filter(pk=guest.pk).update(is_active=False)
    assert api.get(path, headers={"Authorization": f"Token {key}"}).json()["errcode"] == "4104"


def test_a_host_that_is_not_ours_gets_nothing_that_is_kept(api, path):
    api.get(path), api.get(path)
    answer = api.get(path, SERVER_NAME="evil.example")
    assert (answer.status_code, answer.json()["data"]) == (400, None)


def test_each_reader_has_an_id_and_an_etag_of_their_own(api, client, home, guest):
    client.force_login(guest)
    path = f"{API}/houses/{home.pk}"
    answers = [asker.get(path) for asker in (client, api, client, api)]
    assert [answer.json()["data"]["user_id"] for answer in answers] == [guest.pk, -1] * 2
    assert answers[0]["ETag"] == answers[2]["ETag"] != answers[1]["ETag"]
    for asker, other in ((api, answers[0]), (client, answers[1])):
        assert asker.get(path, headers={"If-None-Match": other["ETag"]}).status_code == 200


def test_a_session_that_is_over_reads_as_nobody(api, home):
    path, over = f"{API}/houses/{home.pk}", Client()
    api.get(path), api.get(path)
    over.cookies["sessionid"] = "x" * 32
    assert over.get(path).json()["data"]["user_id"] == -1


def test_a_home_that_nobody_may_see_any_more_is_not_304_either(api, home):
    path = f"{API}/houses/{home.pk}"
    etag = [api.get(path)["ETag"] for _ in range(2)][1]
    take_offline(host=home.host, house_id=home.pk)
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 404


def test_what_is_kept_is_what_the_renderer_makes(api, path):
    text = [api.get(path) for _ in range(2)][1]
    assert text.content == EnvelopeRenderer().render(
        text.json()["data"], renderer_context={"response": type("Answer", (), {"exception": False})}
    )


def test_kept_answers_count_for_the_limit_of_an_address_too(api, path, settings):
    settings.API_READS_PER_MINUTE = 30
    statuses = [api.get(path).status_code for _ in range(40)]
    assert statuses == [200] * 30 + [429] * 10
    refused = api.get(path)
    assert (refused.json()["errcode"], int(refused["Retry-After"]) > 0) == ("4201", True)
    assert api.get(path, REMOTE_ADDR="203.0.113.9").status_code == 200
