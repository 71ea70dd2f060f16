"""What the sandbox answers to the site's own questions, in Alipay's shape."""

import json
from collections.abc import Callable, Mapping

from django.utils import timezone

from bookings.payments import rsa2
from bookings.payments.alipay import CLOSE, QUERY, QUERY_REFUND, REFUND
from bookings.payments.alipay_words import write_fen, write_instant
from bookings.payments.sandbox import gateway_key
from sandbox import trades
from sandbox.asking import Asked, Refused
from sandbox.models import SandboxTrade
from sandbox.notices import BUYER


def answer(asked: Asked) -> dict[str, str]:
    """Do what a method says, and return what the gateway says of it."""
    try:
        done = METHODS[asked.method](asked)
    except KeyError:
        return {
            "code": "40002",
            "msg": "Invalid Arguments",
            "sub_code": "isv.invalid-method",
            "sub_msg": "不存在的方法名",
        }
    except Refused as refused:
        return refused.words
    return {"code": "10000", "msg": "Success", **done}


def signed_body(method: str, words: Mapping[str, str]) -> bytes:
    """Return the body of an answer, its value signed as it is written."""
    value = json.dumps(words, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    name = f"{method.replace('.', '_')}_response" if method in METHODS else "error_response"
    return f'{{"{name}":{value},"sign":"{rsa2.sign(value.encode(), gateway_key())}"}}'.encode()


def _query(asked: Asked) -> dict[str, str]:
    trade = trades.find(asked.number)
    paid = {"send_pay_date": write_instant(trade.paid_at)} if trade.paid_at else {}
    return {
        **_buyer_and_numbers(trade),
        "total_amount": write_fen(trade.amount_fen),
        "trade_status": str(trade.state_at(timezone.now())),
        **paid,
    }


def _close(asked: Asked) -> dict[str, str]:
    return _numbers(trades.close(asked.number))


def _refund(asked: Asked) -> dict[str, str]:
    amount_fen, refund_number = asked.amount_fen("refund_amount"), asked.numbered("out_request_no")
    if trades.refuse_once(asked.number):
        raise Refused("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
    trade, is_new = trades.refund(asked.number, refund_number=refund_number, amount_fen=amount_fen)
    return {
        **_buyer_and_numbers(trade),
        "fund_change": "Y" if is_new else "N",
        "refund_fee": write_fen(trade.refunded_fen),
    }


def _query_refund(asked: Asked) -> dict[str, str]:
    trade, refund_number = trades.find(asked.number), asked.numbered("out_request_no")
    refund = trade.refunds.filter(number=refund_number).first()
    if refund is None:
        return {}  # a success that tells of none: there is no such refund
    return {
        **_numbers(trade),
        "out_request_no": refund_number,
        "refund_amount": write_fen(refund.amount_fen),
        "refund_status": "REFUND_SUCCESS",
        "total_amount": write_fen(trade.amount_fen),
    }


def _numbers(trade: SandboxTrade) -> dict[str, str]:
    return {"out_trade_no": trade.number, "trade_no": trade.transaction}


def _buyer_and_numbers(trade: SandboxTrade) -> dict[str, str]:
    return {"buyer_logon_id": BUYER["buyer_logon_id"], "buyer_user_id": BUYER["buyer_id"], **_numbers(trade)}


METHODS: Mapping[str, Callable[[Asked], dict[str, str]]] = {
    QUERY: _query,
    CLOSE: _close,
    REFUND: _refund,
    QUERY_REFUND: _query_refund,
}
