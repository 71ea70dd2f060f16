"""One-time codes: pictures and messages."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Event, Thread

import pytest
import time_machine
from PIL import Image

from accounts.codes import (
    ImageAnswer,
    Purpose,
    check_image_code,
    check_sms_code,
    draw_image_code,
    send_code,
    spend,
    spend_sms_code,
)
from accounts.errors import SmsBudgetSpent, SmsFailed, SmsUnanswered, TooManyTries, WrongImageCode, WrongSmsCode
from accounts.models import OneTimeCode
from accounts.tests.pictures import read_picture

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
MOBILE, OTHER = "+8613900000001", "+8613900000002"


@pytest.fixture(autouse=True)
def clock():
    """Noon, until a test moves on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def send(mobile=MOBILE, purpose=Purpose.LOGIN, **changes):
    send_code(**{"mobile": mobile, "purpose": purpose, "binding": "mine", "address": "1.2.3.4"} | changes)


def check(code, mobile=MOBILE, purpose=Purpose.LOGIN, binding="mine"):
    return check_sms_code(mobile=mobile, purpose=purpose, binding=binding, code=code)


def test_a_picture_is_a_png_of_the_size_that_pages_expect():
    with Image.open(BytesIO(draw_image_code(image_id="a", binding="mine", address="1.2.3.4"))) as picture:
        assert (picture.format, picture.size) == ("PNG", (240, 88))


def test_the_letters_of_a_picture_may_be_typed_small_and_answer_once():
    answer = ImageAnswer("a", f" {read_picture('a', 'mine').lower()} ")
    check_image_code(answer, binding="mine")
    with pytest.raises(WrongImageCode):
        check_image_code(answer, binding="mine")


def test_a_wrong_answer_uses_the_picture_up():
    text = read_picture("a", "mine")
    for answer in ("????", text):
        with pytest.raises(WrongImageCode):
            check_image_code(ImageAnswer("a", answer), binding="mine")


@pytest.mark.parametrize(("image_id", "binding", "seconds"), [("b", "mine", 0), ("a", "theirs", 0), ("a", "mine", 180)])
def test_a_picture_is_of_one_id_one_session_and_three_minutes(clock, image_id, binding, seconds):
    text = read_picture("a", "mine")
    clock.shift(timedelta(seconds=seconds))
    with pytest.raises(WrongImageCode):
        check_image_code(ImageAnswer(image_id, text), binding=binding)


def test_a_code_has_six_digits_and_is_good_once(sms):
    send()
    code = sms()[-1]["code"]
    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()
    spend_sms_code(check(code))
    with pytest.raises(WrongSmsCode):
        check(code)


def test_a_code_that_is_spent_twice_at_once_is_good_once(sms):
    send()
    code = check(sms()[-1]["code"])
    assert spend(code)
    with pytest.raises(WrongSmsCode):
        spend_sms_code(code)


@pytest.mark.parametrize(
    "changes",
    [{"mobile": OTHER}, {"purpose": Purpose.RESET}, {"binding": "theirs"}],
    ids=["number", "purpose", "session"],
)
def test_a_code_is_bound_to_number_purpose_and_session(sms, changes):
    send()
    with pytest.raises(WrongSmsCode):
        check(sms()[-1]["code"], **changes)


@pytest.mark.parametrize(("seconds", "is_good"), [(299, True), (300, False)])
def test_a_code_lasts_five_minutes(sms, clock, seconds, is_good):
    send()
    clock.shift(timedelta(seconds=seconds))
    if is_good:
        assert check(sms()[-1]["code"])
    else:
        with pytest.raises(WrongSmsCode):
            check(sms()[-1]["code"])


def test_a_code_is_tried_five_times_at_most(sms):
    send()
    code = sms()[-1]["code"]
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(WrongSmsCode):
            check(wrong)
    with pytest.raises(WrongSmsCode):
        check(code)


def test_a_new_code_replaces_the_old_one(sms, clock):
    send()
    clock.shift(timedelta(minutes=1))
    send()
    old, new = (sent["code"] for sent in sms())
    if old != new:
        with pytest.raises(WrongSmsCode):
            check(old)
    assert check(new)


def test_a_send_that_is_refused_leaves_the_old_code_valid(sms):
    send()
    with pytest.raises(TooManyTries):
        send()
    assert check(sms()[-1]["code"])
    assert len(sms()) == 1


def test_a_number_gets_one_a_minute_five_an_hour_and_ten_a_day(sms, clock):
    sent_in_hours = []
    for _ in range(24):
        before = len(sms())
        for _ in range(60):
            clock.shift(timedelta(minutes=1))
            try:
                send()
            except TooManyTries:
                continue
        sent_in_hours.append(len(sms()) - before)
    assert sent_in_hours[:3] == [5, 5, 0]
    assert sum(sent_in_hours) == 10


def test_an_address_gets_twenty_an_hour_whatever_the_numbers(sms):
    for n in range(20):
        send(mobile=f"+86139000001{n:02}")
    with pytest.raises(TooManyTries) as refused:
        send(mobile=OTHER)
    assert refused.value.seconds == 3600
    send(mobile=OTHER, address="5.6.7.8")


def test_the_budget_of_the_site_trips_and_is_logged(settings, sms, caplog, clock):
    settings.SMS_HOURLY_BUDGET = 2
    send(mobile=MOBILE, address="a")
    send(mobile=OTHER, address="b")
    with pytest.raises(SmsBudgetSpent):
        send(mobile="+8613900000003", address="c")
    assert "sms.budget_spent" in caplog.text
    clock.shift(timedelta(hours=1))
    send(mobile="+8613900000003", address="c")


def test_who_cannot_see_the_picture_gets_codes_but_fewer(sms, clock):
    for _ in range(2):
        send(is_blind=True)
        clock.shift(timedelta(minutes=1))
    with pytest.raises(TooManyTries):
        send(is_blind=True)
    send()


def test_all_who_cannot_see_share_a_tenth_of_the_budget(settings, sms):
    settings.SMS_HOURLY_BUDGET = 10
    send(is_blind=True)
    with pytest.raises(SmsBudgetSpent):
        send(mobile=OTHER, is_blind=True, address="5.6.7.8")
    send(mobile=OTHER)


@pytest.fixture
def broken_provider(settings):
    """Aliyun at a door that is shut."""
    settings.SMS_PROVIDER, settings.ALIYUN_SMS_ENDPOINT = "aliyun", "http://127.0.0.1:9"


def test_a_provider_that_fails_uses_no_limit_up_and_leaves_the_old_code(sms, settings, broken_provider, clock):
    settings.SMS_PROVIDER = "console"
    send()
    clock.shift(timedelta(minutes=1))
    settings.SMS_PROVIDER = "aliyun"
    for _ in range(7):
        with pytest.raises(SmsFailed):
            send()
    settings.SMS_PROVIDER = "console"
    assert check(sms()[-1]["code"])
    send()


def test_neither_code_nor_number_stands_in_the_table(sms):
    send()
    row = str(OneTimeCode.objects.values().get())
    assert sms()[-1]["code"] not in row
    assert MOBILE[3:] not in row


def test_who_is_logged_in_gets_codes_without_a_picture_but_six_an_hour(sms):
    for n in range(6):
        send(mobile=f"+86139000001{n:02}", account_id=7)
    with pytest.raises(TooManyTries):
        send(mobile=OTHER, account_id=7)
    send(mobile=OTHER, account_id=8)


class Silent(BaseHTTPRequestHandler):
    """Takes a message, and says nothing for as long as anybody waits."""

    def do_POST(self):
        self.server.done.wait(10)

    def log_message(self, *args):
        """Say nothing here either."""


@pytest.fixture
def silent_provider(settings, monkeypatch):
    """Aliyun, which has the message and does not answer in time."""
    monkeypatch.setattr("accounts.sms.aliyun.TIMEOUT", 0.3)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    server.done = Event()
    Thread(target=server.serve_forever).start()
    settings.SMS_PROVIDER, settings.ALIYUN_SMS_ENDPOINT = "aliyun", f"http://127.0.0.1:{server.server_port}"
    yield
    server.done.set()
    server.shutdown()
    server.server_close()


def test_a_message_of_which_nobody_knows_counts_and_its_code_is_good(silent_provider):
    with pytest.raises(SmsUnanswered):
        send()
    assert OneTimeCode.objects.get().purpose == Purpose.LOGIN
    with pytest.raises(TooManyTries):
        send()


def test_codes_that_cannot_be_written_down_are_not_sent(settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path / "file"
    settings.VAR_DIR.touch()
    for _ in range(2):
        with pytest.raises(SmsFailed):
            send()
    assert capsys.readouterr().out == ""
