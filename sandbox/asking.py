"""What the site asks the sandbox, once it is sure that the site has signed it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bookings.payments import rsa2
from bookings.payments.alipay_words import CHARSET, NUMBER, read_fen, read_instant
from bookings.payments.sandbox import account


class Refused(Exception):
    """The sandbox does not do what was asked; `code` and `sub_code` are Alipay's words for why."""

    def __init__(self, sub_code: str, sub_msg: str, code: str = "40004", msg: str = "Business Failed") -> None:
        super().__init__(sub_code)
        self.words = {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg}


@dataclass(frozen=True)
class Asked:
    """A method and what it is about."""

    method: str
    content: Mapping[str, object]
    notify_url: str
    return_url: str

    @property
    def number(self) -> str:
        """The merchant's number of the trade. Raises Refused without one."""
        return self.numbered("out_trade_no")

    def numbered(self, name: str) -> str:
        """Return a number of the merchant's. Raises Refused without one."""
        number = self.content.get(name)
        if not isinstance(number, str) or not NUMBER.fullmatch(number):
            raise invalid(name)
        return number

    def amount_fen(self, name: str) -> int:
        """Return an amount of at least a fen. Raises Refused."""
        try:
            amount_fen = read_fen(self.content.get(name))
        except ValueError:
            amount_fen = 0
        if not amount_fen:
            raise invalid(name)
        return amount_fen

    def instant(self, name: str) -> datetime:
        """Return an instant. Raises Refused."""
        try:
            return read_instant(self.content.get(name))
        except ValueError:
            raise invalid(name) from None

    def words(self, name: str) -> str:
        """Return some words. Raises Refused without any."""
        words = self.content.get(name)
        if not isinstance(words, str) or not words.strip():
            raise invalid(name)
        return words


def read(fields: Mapping[str, str]) -> Asked:
    """Read a request. Raises Refused unless the site has signed all of it."""
    site = account()
    content = rsa2.content_of({name: value for name, value in fields.items() if name != "sign"})
    if fields.get("app_id") != site.app_id:
        raise _wrong("isv.invalid-app-id", "无效的AppID参数")
    if (fields.get("sign_type"), fields.get("charset")) != (rsa2.SIGN_TYPE, CHARSET):
        raise _wrong("isv.invalid-signature-type", "无效的签名类型")
    if not rsa2.is_signed(content, fields.get("sign", ""), rsa2.public_of(site.private_key)):
        raise _wrong("isv.invalid-signature", "无效签名")
    return Asked(
        method=fields.get("method", ""),
        content=_content_of(fields),
        notify_url=fields.get("notify_url", ""),
        return_url=fields.get("return_url", ""),
    )


def invalid(name: str) -> Refused:
    """Return what says that a parameter is not right."""
    return Refused("ACQ.INVALID_PARAMETER", f"参数无效：{name}")


def _wrong(sub_code: str, sub_msg: str) -> Refused:
    return Refused(sub_code, sub_msg, code="40002", msg="Invalid Arguments")


def _content_of(fields: Mapping[str, str]) -> Mapping[str, object]:
    try:
        content = json.loads(fields.get("biz_content", ""))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise invalid("biz_content")
    return content
