"""How many requests a minute the API takes: in Redis where there is one, and in the process."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as site
from django_redis import get_redis_connection
from rest_framework.test import APIClient

from accounts.codes import IMAGES_OF_ADDRESS
from accounts.services import make_key
from accounts.tests.test_limits import NOON, after
from accounts.throttles import SUBJECTS_MOST, _minutes, count_more

pytestmark = pytest.mark.django_db
API = "/api/v1.0"
READ, WRITE = f"{API}/area_info", f"{API}/orders"
REDIS = "django_redis.cache.RedisCache"
needs_redis = pytest.mark.skipif(not site.REDIS_URL, reason="counts in Redis")
COUNTS = "from accounts.throttles import count_more; print(sum(count_more({name!r})[0] <= 100 for _ in range(60)))"


@pytest.fixture(autouse=True)
def _three_reads_and_two_writes(settings):
    settings.API_READS_PER_MINUTE, settings.API_WRITES_PER_MINUTE = 3, 2


@pytest.fixture
def without_redis(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache", "KEY_PREFIX": uuid4().hex}}


def statuses(api, times: int, path: str = READ, method: str = "get", **more) -> list[int]:
    return [getattr(api, method)(path, **more).status_code for _ in range(times)]


def test_what_is_more_than_the_limit_is_4201_with_the_time_to_wait(api):
    assert statuses(api, 4) == [200, 200, 200, 429]
    refused = api.get(READ)
    assert refused.json() == {"errcode": "4201", "errmsg": "Too many requests.", "data": None}
    assert 0 < int(refused["Retry-After"]) <= 60


@pytest.mark.usefixtures("without_redis")
def test_the_time_to_wait_runs_down_and_then_one_begins_anew(api):
    for moment in (0, 10, 20):
        with after(moment):
            assert api.get(READ).status_code == 200
    waits = []
    for moment in (21, 50.5, 59.9):
        with after(moment):
            waits.append(api.get(READ)["Retry-After"])
    assert waits == ["39", "10", "1"]
    with after(60):
        assert statuses(api, 4) == [200, 200, 200, 429]


@needs_redis
def test_the_time_to_wait_runs_down_in_redis_too(api):
    statuses(api, 3)
    first = int(api.get(READ)["Retry-After"])
    time.sleep(1.2)
    assert int(api.get(READ)["Retry-After"]) < first


def test_reads_and_writes_are_counted_apart(api, guest):
    api.force_authenticate(guest)
    assert statuses(api, 3, WRITE, "post") == [400, 400, 429]
    assert statuses(api, 1, READ, "head") + statuses(api, 1, READ, "options") == [200, 200]
    assert statuses(api, 2) == [200, 429]


def test_users_sessions_and_keys_are_counted_apart(api, guest, stranger):
    keys = [{"headers": {"Authorization": f"Token {make_key(user=guest, name=name)}"}} for name in "ab"]
    assert [statuses(api, 4, **key)[-1] for key in keys] == [429, 429]
    for user in (guest, stranger):
        api.force_login(user)
        assert statuses(api, 4) == [200, 200, 200, 429]


def test_a_user_has_one_limit_however_many_sessions(guest):
    one, other = APIClient(), APIClient()
    one.force_login(guest)
    other.force_login(guest)
    assert statuses(one, 2) + statuses(other, 2) == [200, 200, 200, 429]


def test_who_is_not_logged_in_is_counted_by_address(api):
    assert statuses(api, 4, REMOTE_ADDR="1.1.1.1")[-1] == 429
    assert statuses(api, 1, REMOTE_ADDR="2.2.2.2") == [200]


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_header_that_anybody_can_send_gains_no_more_requests(api, settings, proxies):
    settings.TRUSTED_PROXIES = proxies
    true = [", 9.9.9.9"] * proxies
    forged = [f"{n}.1.1.1{''.join(true)}" for n in range(4)]
    sent = [api.get(READ, headers={"X-Forwarded-For": entry}).status_code for entry in forged]
    assert sent == [200, 200, 200, 429]


def test_older_clients_read_the_errcode_of_it(api):
    answers = [api.get(READ, headers={"X-Requested-With": "XMLHttpRequest"}) for _ in range(4)]
    assert (answers[3].status_code, answers[3].json()["errcode"], "Retry-After" in answers[3]) == (200, "4201", True)


def test_a_payment_provider_and_whoever_reads_the_docs_are_not_throttled(api):
    assert set(statuses(api, 5, f"{API}/orders/payment", "post")) == {403}
    assert set(statuses(api, 5, "/api/schema") + statuses(api, 5, "/api/docs")) == {200}


@pytest.mark.usefixtures("without_redis")
def test_sixteen_threads_of_a_process_pass_exactly_the_limit():
    assert passed_at_once(f"test:{uuid4().hex}") == 100


@needs_redis
def test_sixteen_threads_pass_exactly_the_limit_in_redis():
    assert passed_at_once(f"test:{uuid4().hex}") == 100


def passed_at_once(name: str) -> int:
    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(lambda _: count_more(name)[0] <= 100, range(400)))


@needs_redis
def test_four_processes_pass_exactly_the_limit_together():
    code = COUNTS.format(name=f"test:{uuid4().hex}")
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=site.BASE_DIR) for _ in range(4)]  # noqa: S603
    assert sum(int(process.communicate(timeout=60)[0]) for process in started) == 100


@needs_redis
def test_a_count_that_would_stand_for_ever_gets_its_end():
    name, redis = f"test:{uuid4().hex}", get_redis_connection()
    redis.set(name, 1000)
    count_more(name)
    assert 0 < redis.ttl(name) <= 60


def test_a_redis_that_is_down_is_no_outage_and_the_process_counts(api, settings):
    options = {"SOCKET_CONNECT_TIMEOUT": 0.2, "IGNORE_EXCEPTIONS": True}
    down = {"BACKEND": REDIS, "LOCATION": "redis://127.0.0.1:9/0", "KEY_PREFIX": uuid4().hex, "OPTIONS": options}
    settings.CACHES = {"default": down}
    assert statuses(api, 4, f"{API}/facilities") == [200, 200, 200, 429]


@pytest.mark.usefixtures("without_redis")
def test_a_process_forgets_whose_minute_is_over():
    _minutes.clear()
    with time_machine.travel(NOON, tick=False):
        for n in range(SUBJECTS_MOST):
            count_more(str(n))
    with after(61):
        count_more("another")
    assert list(_minutes) == ["another"]


def test_an_address_has_so_many_pictures_a_minute(client, settings):
    settings.API_READS_PER_MINUTE = 1000
    with after(0):
        drawn = [picture(client).status_code for _ in range(IMAGES_OF_ADDRESS.most)]
        refused = picture(client)
    assert set(drawn) == {200}
    assert (refused.status_code, refused.json()["errcode"], refused["Retry-After"]) == (429, "4201", "60")
    assert picture(client, REMOTE_ADDR="9.9.9.9").status_code == 200


def picture(client, **more):
    return client.get(f"{API}/image_codes/{uuid4()}", **more)
