"""The cache makes an answer faster, and nothing depends on it."""

import socket
import time
from contextlib import suppress
from hashlib import sha256
from threading import Thread

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import transaction

from ihome_project.cache import Kept, forget_on_commit, kept_answer, remember, remember_bytes, remember_count

needs_redis = pytest.mark.skipif(not project.REDIS_URL, reason="needs Redis")

BODY = '{"title":"小院"}\n\0'.encode()


def ask(answer, key="all", names=("thing",), **options):
    return remember(key, lambda: answer, names=names, **options)


def test_a_count_is_remembered_where_there_is_a_cache():
    assert remember_count("test", "all", lambda: 1, seconds=30) == 1
    remembered = 1 if project.REDIS_URL else 2
    assert remember_count("test", "all", lambda: 2, seconds=30) == remembered


@pytest.mark.parametrize("garbage", ["7", -1, 1.5, {"count": 1}])
def test_a_count_that_is_none_is_a_miss(keeping, garbage):
    cache.set(f"test:{sha256(b'all').hexdigest()}", garbage)
    assert remember_count("test", "all", lambda: 5, seconds=30) == 5


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_until_what_it_shows_changes(keeping):
    assert [ask({"n": 1}), ask({"n": 2})] == [{"n": 1}, {"n": 1}]
    forget_on_commit("another thing")
    assert ask({"n": 3}) == {"n": 1}
    forget_on_commit("thing")
    assert ask({"n": 4}) == {"n": 4}


@pytest.mark.django_db(transaction=True)
def test_without_redis_nothing_is_kept(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert [ask(1), ask(2, shown=lambda: pytest.fail("asked in vain"))] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_what_an_answer_shows_beside_its_own_names_changes_it_too(keeping):
    assert ask(1, shown=lambda: ["user:7"]) == ask(2, shown=lambda: ["user:7"]) == 1
    forget_on_commit("user:7")
    assert ask(3, shown=lambda: ["user:7"]) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("changed", ["thing", "user:7"])
def test_a_reader_overtaken_by_a_change_keeps_nothing_that_is_taken(keeping, changed):
    def read_too_early():
        forget_on_commit(changed)  # the change goes through after this reader has read
        return "old"

    assert remember("all", read_too_early, names=["thing"], shown=lambda: ["user:7"]) == "old"
    assert ask("new") == "new"


@pytest.mark.django_db(transaction=True)
def test_a_slow_reader_does_not_spoil_what_a_quick_one_has_kept(keeping):
    def overtaken():
        forget_on_commit("thing")
        assert ask("new") == "new"
        return "old"

    remember("all", overtaken, names=["thing"])
    assert ask("newer") in {"new", "newer"}


@pytest.mark.django_db(transaction=True)
def test_a_lost_version_does_not_bring_an_old_answer_back(keeping):
    ask("old")
    cache.delete("version:thing")
    assert ask("new") == "new"
    assert ask("newer") == "new"


@pytest.mark.django_db(transaction=True)
def test_a_transaction_neither_takes_an_answer_nor_leaves_one(keeping):
    with transaction.atomic():
        assert ask("written and not yet through") == "written and not yet through"
    assert ask("through") == "through"
    with transaction.atomic():
        assert ask("written again") == "written again"


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_forgets_nothing(keeping):
    ask("old")
    with transaction.atomic():
        forget_on_commit("thing")
        transaction.set_rollback(True)
    assert ask("new") == "old"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("poison", ["", "x", 7, None, {"versions": {}, "answer": "evil"}, '{"versions":{}}:sig'])
def test_what_somebody_else_put_into_the_cache_is_a_miss(keeping, poison):
    cache.set("answer:all", poison)
    assert ask("true") == "true"
    cache.set("version:thing", poison)
    assert ask("new") == "new"


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_moved_to_another_key_is_a_miss(keeping):
    ask("one", key="one")
    cache.set("answer:two", cache.get("answer:one"))
    assert ask("two", key="two") == "two"


@pytest.mark.django_db(transaction=True)
def test_bytes_come_back_as_they_were_with_the_word_of_their_content(keeping):
    asked = [remember_bytes("all", lambda: BODY, names=["thing"]) for _ in range(2)]
    assert asked[0] == asked[1] == kept_answer("all", names=["thing"]) == Kept.of(BODY)
    assert Kept.of(BODY + b" ").word != Kept.of(BODY).word
    forget_on_commit("thing")
    assert kept_answer("all", names=["thing"]) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", range(0, 120, 7))
def test_one_other_byte_makes_it_a_miss(keeping, place):
    remember_bytes("all", lambda: BODY, names=["thing"])
    kept = bytearray(cache.get("answer:all"))
    kept[place] ^= 1
    cache.set("answer:all", bytes(kept))
    assert kept_answer("all", names=["thing"]) is None
    assert remember_bytes("all", lambda: b"new", names=["thing"]).body == b"new"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("poison", [b"", b"\n", b"x" * 31, b"x" * 32, b"x" * 99 + b"\n{}"])
def test_bytes_that_are_not_ours_are_a_miss(keeping, poison):
    cache.set("answer:all", poison)
    assert kept_answer("all", names=["thing"]) is None


@needs_redis
@pytest.mark.django_db(transaction=True)
def test_a_kept_answer_takes_one_turn_of_redis(monkeypatch):
    turns, client = [], cache.client.get_client(write=False)
    mget = client.mget
    monkeypatch.setattr(client, "mget", lambda keys: turns.append(len(keys)) or mget(keys))
    for n in range(4):
        turns.clear()
        assert remember_bytes("one turn", lambda: BODY, names=["thing"], shown=lambda: ["user:7"]).body == BODY, n
    assert turns == [3]  # the answer, and both versions


@needs_redis
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["answer:all", "version:thing"])
@pytest.mark.parametrize("garbage", [b"\x80\x04K\x07.", b"{", b"[" * 100_000, b"nil", b"", b"\0", b"\0\xff"])
def test_garbage_in_redis_is_a_miss_and_goes(key, garbage):
    ask("old")
    cache.client.get_client().set(cache.client.make_key(key), garbage)
    assert [ask("new"), ask("newer")] == ["new", "new"]
    assert remember_count("test", "all", lambda: 5, seconds=30) == 5


@pytest.fixture(params=["refuses", "is silent", "is no Redis"])
def away(request, settings):
    """A cache that is not there: nobody listens, nobody answers, or somebody else does."""

    def answer_as_a_web_server():
        with suppress(OSError):
            while True:
                with listener.accept()[0] as asked:
                    asked.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    options = {"SOCKET_CONNECT_TIMEOUT": 0.2, "SOCKET_TIMEOUT": 0.2, "IGNORE_EXCEPTIONS": True}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = 1 if request.param == "refuses" else listener.getsockname()[1]
        server = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": f"redis://127.0.0.1:{port}/0"}
        settings.CACHES = {"default": server | {"OPTIONS": options}}
        if request.param == "is no Redis":
            Thread(target=answer_as_a_web_server, daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.django_db(transaction=True)
def test_a_cache_that_is_away_is_only_slower(away):
    begin = time.monotonic()
    assert remember_count("test", "all", lambda: 3, seconds=30) == 3
    forget_on_commit("thing")
    assert [ask(1), ask(2)] == [1, 2]
    assert time.monotonic() - begin < 5
