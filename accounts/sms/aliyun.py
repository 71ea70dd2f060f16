"""Sends codes and notices through Alibaba Cloud's SMS service: SendSms of 2017-05-25, signed with ACS3-HMAC-SHA256.

The operation: https://help.aliyun.com/document_detail/55284.html
The signature: https://help.aliyun.com/document_detail/2593177.html
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event
from urllib.parse import quote, urlencode, urlsplit

import structlog
from django.conf import settings
from django.utils import timezone

from accounts.errors import SmsFailed, SmsUnanswered
from accounts.mobiles import national_mobile

TIMEOUT = 3  # seconds for all of it, from looking up the host to the last byte of the answer
ANSWER_MOST = 64 * 1024  # bytes
WHAT_MOST = 35  # characters that Aliyun takes as the value of a parameter
ALGORITHM = "ACS3-HMAC-SHA256"
NOTHING = hashlib.sha256(b"").hexdigest()
UNANSWERED = (OSError, HTTPException, ValueError)
# What of an answer may be logged: words and ids of Aliyun's, which cannot hold a number or a code.
WORD, REQUEST_ID = re.compile(r"[A-Za-z_.]{1,64}"), re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")

log = structlog.get_logger(__name__)
_askers = ThreadPoolExecutor(8, thread_name_prefix="sms")  # a socket's own timeout knows neither name server nor total


class AliyunProvider:
    """Fills in approved templates, signed by ALIYUN_SMS_SIGN_NAME.

    ALIYUN_SMS_TEMPLATE has one parameter, `code`; ALIYUN_SMS_NOTICE_TEMPLATE has one too, `what`, and may be missing.
    Both ways of sending raise SmsFailed unless Aliyun says within three seconds that it took the message, and
    SmsUnanswered when it has it and says nothing.
    """

    @property
    def sends_notices(self) -> bool:
        """Whether there is a template for them."""
        return bool(settings.ALIYUN_SMS_NOTICE_TEMPLATE)

    def send(self, *, mobile: str, purpose: str, code: str) -> None:
        """Hand a code to Aliyun."""
        self._fill_in(settings.ALIYUN_SMS_TEMPLATE, {"code": code}, mobile=mobile, purpose=str(purpose))

    def send_notice(self, *, mobile: str, words: str) -> None:
        """Hand a sentence to Aliyun, cut off where a parameter must end."""
        what = words if len(words) <= WHAT_MOST else f"{words[: WHAT_MOST - 1]}…"
        self._fill_in(settings.ALIYUN_SMS_NOTICE_TEMPLATE, {"what": what}, mobile=mobile, purpose="notice")

    def _fill_in(self, template: str, parameters: dict[str, str], *, mobile: str, purpose: str) -> None:
        refusal = _refusal_of(
            {
                "PhoneNumbers": national_mobile(mobile),
                "SignName": settings.ALIYUN_SMS_SIGN_NAME,
                "TemplateCode": template,
                "TemplateParam": json.dumps(parameters),
            }
        )
        if refusal:
            log.warning("sms.failed", purpose=purpose, **refusal)
            said = refusal.get("said") or refusal.get("error") or refusal.get("status")
            raise (SmsUnanswered if refusal.get("was_sent") else SmsFailed)(said=str(said))


def authorization(headers: Mapping[str, str], query: str) -> str:
    """Return the Authorization of a POST to `/` without a body; header names in lower case, the query as it is sent."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{NOTHING}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(settings.ALIYUN_ACCESS_KEY_SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={settings.ALIYUN_ACCESS_KEY_ID},SignedHeaders={names},Signature={signature}"


def _refusal_of(message: Mapping[str, str]) -> dict[str, str | int]:
    """Send a message; return nothing when Aliyun took it, else what the log may say of why not."""
    sent = Event()
    asked = _askers.submit(_ask, urlencode(sorted(message.items()), quote_via=quote), sent)
    try:
        status, body = asked.result(TIMEOUT)
    except UNANSWERED as error:
        asked.cancel()  # where it has not begun it must not be sent any more
        return {"error": type(error).__name__, "was_sent": sent.is_set()}
    answer = _read(body)
    if status == HTTPStatus.OK and answer.get("Code") == "OK":
        return {}
    said, request_id = str(answer.get("Code", "")), str(answer.get("RequestId", ""))
    return {
        "status": status,
        "said": said if WORD.fullmatch(said) else "",
        "aliyun_request": request_id if REQUEST_ID.fullmatch(request_id) else "",
    }


def _ask(query: str, sent: Event) -> tuple[int, bytes]:
    """Return the status and the beginning of the answer; a redirect is not followed. `sent`: Aliyun may have it."""
    endpoint = urlsplit(settings.ALIYUN_SMS_ENDPOINT)
    headers = {
        "host": endpoint.netloc,
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": NOTHING,
        "x-acs-date": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": "2017-05-25",
    }
    signed = headers | {"Authorization": authorization(headers, query), "Accept": "application/json"}
    connect = HTTPConnection if endpoint.scheme == "http" else HTTPSConnection
    with closing(connect(endpoint.netloc, timeout=TIMEOUT)) as connection:
        connection.connect()
        sent.set()
        connection.request("POST", f"/?{query}", headers=signed)
        response = connection.getresponse()
        return response.status, response.read(ANSWER_MOST)


def _read(body: bytes) -> dict[str, object]:
    """Return the answer, or nothing where it is not what Aliyun answers."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
