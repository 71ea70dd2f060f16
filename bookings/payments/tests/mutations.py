"""Ways in which a notification can be wrong, made from a genuine one: none of them may count as a payment."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha1
from itertools import pairwise
from typing import NamedTuple
from unicodedata import normalize

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1

from bookings.payments import rsa2

UNSIGNED = ("sign", "sign_type")
ADDED = {
    "refund_fee": "0.01",
    "gmt_refund": "2026-11-25 10:00:00",
    "gmt_close": "2026-11-25 10:00:00",
    "out_biz_no": "R1",
    "body": "",
    "passback_params": "x",
    "Total_amount": "0.01",
    "total_amount ": "0.01",
    "total_amount&x": "0.01",
    "": "",
}
FORGED = {
    "total_amount": (
        "0.01",
        "1445",
        "1445.0",
        "1445.000",
        "-1445.00",
        "1,445.00",
        "1e3",
        "１４４５.００",
        "99999999999.00",
    ),
    "trade_status": ("TRADE_FINISHED", "TRADE_CLOSED", "WAIT_BUYER_PAY", "PAID", "trade_success"),
    "out_trade_no": ("B2", "b1", "B1 ", "B1/../B2", "１"),
    "app_id": ("9021000100000002", "", "0"),
    "seller_id": ("2088000100000009", "", "0"),
    "charset": ("gbk", "UTF-8", "utf8", ""),
    "notify_type": ("dut_user_sign", "TRADE_STATUS_SYNC"),
    "gmt_payment": ("2026-11-25", "yesterday", "2026-02-30 10:00:00", "2026-11-25 10:00:00 "),
    "sign_type": ("RSA", "rsa2", "RSA2 ", "", "MD5", "HMAC", "none"),
}


class Mutation(NamedTuple):
    """What was done to the notification, and what became of it."""

    name: str
    fields: dict[str, str]


def mutations(genuine: Mapping[str, str], gateway_key: str, others: Mapping[str, str]) -> Iterator[Mutation]:
    """Yield notifications that have to be refused; `others` are private keys by name that are not the gateway's."""
    yield from _of_each_field(genuine)
    yield from (Mutation(f"{name} added", {**genuine, name: value}) for name, value in ADDED.items())
    yield from _of_the_signature(genuine)
    yield from _of_the_cut(genuine)
    for name, key in others.items():
        yield Mutation(f"signed by {name}", _signed(genuine, key))
        yield Mutation(f"signed by {name}, of one fen", _signed({**genuine, "total_amount": "0.01"}, key))
    yield from _signed_and_strange(genuine, gateway_key)


def _of_each_field(genuine: Mapping[str, str]) -> Iterator[Mutation]:
    for name, value in genuine.items():
        for what, changed in _changes(value).items():
            if changed != value:
                yield Mutation(f"{name} {what}", {**genuine, name: changed})
        yield Mutation(f"{name} removed", _without(genuine, name))
        yield Mutation(f"{name} renamed", {**_without(genuine, name), f"{name}_": value})
        yield Mutation(f"{name} in capitals", {**_without(genuine, name), name.upper(): value})
        for forged in FORGED.get(name, ()):
            yield Mutation(f"{name} is {forged!r}", {**genuine, name: forged})


def _changes(value: str) -> dict[str, str]:
    return {
        "emptied": "",
        "with a space before": f" {value}",
        "with a space behind": f"{value} ",
        "with a line's end": f"{value}\n",
        "with a zero byte": f"{value}\0",
        "cut short": value[:-1],
        "twice": value * 2,
        "backwards": value[::-1],
        "in the other case": value.swapcase(),
        "encoded twice": value.encode().hex(),
        "as if it were Latin-1": value.encode().decode("latin-1"),
        "decomposed": normalize("NFD", value),
        "half a character": f"{value}\ud800",
    }


def _of_the_signature(genuine: Mapping[str, str]) -> Iterator[Mutation]:
    raw = b64decode(genuine["sign"])
    last = genuine["sign"][-3]
    for name, sign in {
        "url-safe": genuine["sign"].translate(str.maketrans("+/", "-_")) + "-",
        "without padding": genuine["sign"].rstrip("="),
        "with more padding": genuine["sign"] + "=",
        "with other bits after its end": genuine["sign"][:-3] + chr(ord(last) + 1) + "==",
        "with spaces for plus": genuine["sign"].replace("+", " ") + " ",
        "with lines": f"{genuine['sign'][:64]}\n{genuine['sign'][64:]}",
        "swapped halves": b64encode(raw[128:] + raw[:128]).decode(),
        "backwards": b64encode(raw[::-1]).decode(),
        "one bit off": b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode(),
        "zeros": b64encode(bytes(256)).decode(),
        "ones": b64encode(bytes(255) + b"\x01").decode(),
        "with a zero before": b64encode(b"\0" + raw).decode(),
        "hexadecimal": raw.hex(),
        "a digest": sha1(raw).hexdigest(),  # noqa: S324 — nothing relies on it
        "not ASCII": "签名",
    }.items():
        yield Mutation(f"signature {name}", {**genuine, "sign": sign})


def _of_the_cut(genuine: Mapping[str, str]) -> Iterator[Mutation]:
    """Cut the signed text into other fields: the signature of each of these is right."""
    names = sorted(set(genuine) - set(UNSIGNED))
    for name, following in pairwise(names):
        merged = {**genuine, name: f"{genuine[name]}&{following}={genuine[following]}"}
        yield Mutation(f"{name} holds {following}", _without(merged, following))
        swallowing = _without(_without(genuine, name), following)
        long_name = f"{name}={genuine[name]}&{following}"
        yield Mutation(f"{name} in the name of {following}", {**swallowing, long_name: genuine[following]})


def _signed_and_strange(genuine: Mapping[str, str], key: str) -> Iterator[Mutation]:
    """Yield what the gateway itself has signed, and is no payment to this site."""
    for name in ("app_id", "seller_id"):
        for what, value in {"another": "2088999", "empty": "", "with a space": f"{genuine[name]} "}.items():
            yield Mutation(f"genuine, {name} {what}", _signed({**genuine, name: value}, key))
        yield Mutation(f"genuine, without {name}", _signed(_without(genuine, name), key))
    for name in ("total_amount", "out_trade_no", "trade_status", "trade_no", "charset", "notify_type"):
        yield Mutation(f"genuine, without {name}", _signed(_without(genuine, name), key))
    for amount in FORGED["total_amount"][1:]:
        yield Mutation(f"genuine, of {amount!r}", _signed({**genuine, "total_amount": amount}, key))
    yield Mutation("genuine, with its kind of signature signed", _with_kind_signed(genuine, key))
    yield Mutation("genuine, signed with SHA-1", {**genuine, "sign": _with_sha1(genuine, key)})
    yield Mutation(
        "genuine, signed with SHA-1 and said so", {**genuine, "sign": _with_sha1(genuine, key), "sign_type": "RSA"}
    )


def _without(fields: Mapping[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in fields.items() if other != name}


def _content(fields: Mapping[str, str]) -> bytes:
    return rsa2.content_of({name: value for name, value in fields.items() if name not in UNSIGNED})


def _signed(fields: Mapping[str, str], key: str) -> dict[str, str]:
    return {**fields, "sign": rsa2.sign(_content(fields), key)}


def _with_kind_signed(fields: Mapping[str, str], key: str) -> dict[str, str]:
    return {**fields, "sign": rsa2.sign(rsa2.content_of(_without(fields, "sign")), key)}


def _with_sha1(fields: Mapping[str, str], key: str) -> str:
    signature = rsa2.read_private_key(key).sign(_content(fields), PKCS1v15(), SHA1())  # noqa: S303 — what RSA was
    return b64encode(signature).decode()
