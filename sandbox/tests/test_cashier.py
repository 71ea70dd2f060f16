"""What a buyer does at the cashier, and what the site hears of it."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from bookings.errors import NotificationRefused
from bookings.payments import TradeState, rsa2
from bookings.payments.sandbox import gateway_key
from sandbox import notices
from sandbox.models import SandboxTrade
from sandbox.tests.buttons import press

pytestmark = pytest.mark.django_db(transaction=True)
ACTIONS = ("pay", "fail", "notify_twice", "notify_late", "wrong_amount", "forged", "refund_fails")
BACK = "http://ihome.example/bookings/1?from=pay"


@pytest.fixture
def timers(monkeypatch) -> list:
    """Notifications that wait, instead of waiting for them."""
    waiting = []

    class Now(notices.Timer):
        def start(self):
            waiting.append((self.interval, self.daemon, self.args))

    monkeypatch.setattr(notices, "Timer", Now)
    return waiting


@pytest.mark.parametrize("is_phone", [False, True])
def test_who_pays_comes_back_after_the_site_has_heard_of_it(site, provider, pay_url, is_phone):
    status, address = press(pay_url(is_phone=is_phone), "pay")
    assert (status, provider.query("B1").state) == (303, TradeState.PAID)
    [said] = site.told
    notice = provider.parse(said)
    assert (notice.is_ours, notice.trade) == (True, provider.query("B1"))
    assert address.startswith(f"{BACK}&")
    fields = dict(parse_qsl(urlsplit(address).query))
    signature = fields.pop("sign")
    assert (fields.pop("from"), fields.pop("sign_type")) == ("pay", "RSA2")
    assert rsa2.is_signed(rsa2.content_of(fields), signature, rsa2.public_of(gateway_key()))
    assert (fields["out_trade_no"], fields["total_amount"]) == ("B1", "1445.00")


def test_who_leaves_has_not_paid_and_can_come_back(site, provider, pay_url):
    url = pay_url()
    assert press(url, "fail") == (303, BACK)
    assert (site.told, provider.query("B1").state) == ([], TradeState.WAITING)
    assert press(url, "pay")[0] == 303


def test_the_site_can_hear_of_a_payment_twice(site, provider, pay_url):
    press(pay_url(), "notify_twice")
    first, second = site.told
    assert first == second
    assert provider.parse(first).is_ours


def test_the_site_can_hear_of_a_payment_late(site, provider, pay_url, timers):
    press(pay_url(), "notify_late")
    assert (site.told, provider.query("B1").state) == ([], TradeState.PAID)
    [(seconds, is_daemon, arguments)] = timers
    assert (seconds, is_daemon) == (20, True)
    notices.deliver(*arguments)
    assert provider.parse(site.told[0]).trade.state is TradeState.PAID


def test_what_the_site_does_not_acknowledge_comes_once_more(site, pay_url, timers):
    site.answer = b"fail"
    press(pay_url(), "pay")
    assert (len(site.told), len(timers)) == (1, 1)
    press(pay_url(number="B2"), "wrong_amount")
    assert (len(site.told), len(timers)) == (2, 1)


def test_a_payment_goes_through_when_the_site_cannot_be_told(provider, pay_url, site, timers, monkeypatch):
    monkeypatch.setattr("bookings.payments.alipay.notify_url", lambda: "http://127.0.0.1:1/paid")
    assert press(pay_url(), "pay")[0] == 303
    assert (len(timers), provider.query("B1").state) == (1, TradeState.PAID)


def test_a_notification_can_name_a_fen_less_than_was_paid(site, provider, pay_url):
    press(pay_url(), "wrong_amount")
    assert provider.parse(site.told[0]).trade.amount_fen == 144_499
    assert provider.query("B1").amount_fen == 144_500


def test_a_forged_notification_is_no_payment(site, provider, pay_url):
    assert press(pay_url(), "forged") == (303, BACK)
    [said] = site.told
    assert said["trade_status"] == "TRADE_SUCCESS"
    with pytest.raises(NotificationRefused):
        provider.parse(said)
    assert provider.query("B1").state is TradeState.WAITING


def test_a_trade_is_paid_once(site, pay_url):
    url = pay_url()
    press(url, "pay")
    for action in ACTIONS:
        status, page = press(url, action)
        assert status == 409
        assert "http://ihome.example/bookings/1?from=pay&amp;app_id=" in page
    assert len(site.told) == 1


@pytest.mark.parametrize("end", ["its time is over", "closed"])
def test_a_trade_that_is_over_cannot_be_paid(site, provider, pay_url, client, end):
    url = pay_url()
    client.get(url)
    if end == "closed":
        provider.close("B1")
    else:
        SandboxTrade.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(url).context["state"] == "TRADE_CLOSED"
    assert press(url, "pay")[0] == 409
    assert (site.told, provider.query("B1").state) == ([], TradeState.CLOSED)


def test_the_deadline_is_the_one_that_was_signed(provider, pay_url):
    assert press(pay_url(minutes=-1), "pay")[0] == 409
    assert provider.query("B1").state is TradeState.CLOSED


def test_the_cashier_offers_every_way_a_payment_can_go(client, pay_url):
    page = client.get(pay_url(), headers={"cookie": "django_language=en"})
    assert (page.status_code, page.headers["Content-Language"]) == (200, "en")
    html = page.content.decode()
    assert [action for action in ACTIONS if f'name="action" value="{action}"' in html] == list(ACTIONS)
    assert "no money moves" in html
    assert "¥1,445" in html
    assert "胡同里的小院" in html


def test_the_cashier_asks_for_no_cookie_but_for_a_button_that_there_is(pay_url, site):
    assert press(pay_url(), "steal")[0] == 400
    assert press(pay_url(), "")[0] == 400
    assert not site.told


@pytest.mark.parametrize(
    ("genuine", "changed"),
    [("B1", "B2"), ("1445.00", "0.01"), ("page.pay", "wap.pay"), ("ihome.example", "evil.example")],
)
def test_an_address_that_was_changed_opens_no_cashier(client, pay_url, site, genuine, changed):
    url = pay_url().replace(genuine, changed)
    assert client.get(url).status_code == 400
    assert press(url, "pay")[0] == 400
    assert not SandboxTrade.objects.exists()


def test_a_number_cannot_be_paid_at_two_prices(client, pay_url):
    assert client.get(pay_url()).status_code == 200
    assert client.get(pay_url(amount_fen=1)).status_code == 400
    assert [trade.amount_fen for trade in SandboxTrade.objects.all()] == [144_500]
