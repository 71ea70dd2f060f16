"""Every form of the site survives whatever is typed into it: it answers with a page or a refusal, and never breaks.

The addresses come from the URLconf and the fields from the pages, so that a new form is covered by being there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from itertools import product
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.factories import MessageFactory, UserFactory, enter_as_staff
from accounts.services import make_key
from bookings.factories import make_booking
from bookings.models import Booking
from bookings.reviewing import review_stay
from listings.factories import HouseFactory, HouseImageFactory

MEGABYTE = "x" * 2**20
NASTY = [
    "",
    "长" * 5000,
    "👩‍👩‍👧‍👦🏳️‍🌈" * 10,
    "\u202eabc\u2067مرحبا",  # from right to left
    "a\0b",
    "9" * 400,
    "'\"><script>{{ 1 }}%s",
    MEGABYTE,
]
APART = ("admin", "api", "sandbox")  # Django's own pages, and what has no forms
NOT_OPENED = {
    *("logout", "media", "my-data", "set_language", "healthz", "robots", "sitemap", "sitemap-part"),
    "message",  # leads away, and leaves nothing to be marked as read
}
TYPED = {  # what a person would type, so that a form comes as far as the field that is looked at
    "mobile": "13800138002",
    "image_code": "AB2C",
    "sms_code": "123456",
    "old_code": "123456",
    "new_code": "123456",
    "real_name": "赵路人",
    "id_card": "110101199003070003",
    "consent": "on",
    "second_factor_code": "123456",
}


@dataclass
class FoundForm:
    """A form on a page: whose page, which address it is sent to, its fields with what they hold, and its buttons."""

    person: str
    target: str
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    buttons: list[dict[str, str]] = field(default_factory=lambda: [{}])

    def posts(self, nasty: str) -> Iterator[dict]:
        """Yield what to send: the nasty text in all fields at once, and in each one alone, by each button."""
        typed = {name: value or TYPED.get(name, "x1y2z3w4") for name, value in self.fields.items()}
        for button in self.buttons:
            for name in self.fields:
                yield typed | {name: nasty} | button
            if nasty != MEGABYTE:
                yield dict.fromkeys(self.fields, nasty) | button
            for name in self.files:
                yield typed | {name: SimpleUploadedFile(nasty[:200] or "-", nasty.encode())} | button


class FormParser(HTMLParser):
    """Finds the forms that a page posts."""

    def __init__(self, person: str, page: str) -> None:
        super().__init__()
        self.person, self.page = person, page
        self.found: list[FoundForm] = []
        self.open: FoundForm | None = None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form" and said.get("method") == "post":
            action = urlsplit(said.get("action", "")).path or self.page
            self.open = FoundForm(self.person, resolve(action).url_name)
            self.found.append(self.open)
        elif self.open and said.get("name") not in (None, "csrfmiddlewaretoken"):
            if tag == "button":
                self.open.buttons.append({said["name"]: said.get("value", "")})
            elif said.get("type") == "file":
                self.open.files.add(said["name"])
            elif tag in ("input", "select", "textarea"):
                self.open.fields[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


def addresses(patterns=None, where="") -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the parameters of every address of a page."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = where + str(pattern.pattern)
        if here.startswith(APART):
            continue
        if isinstance(pattern, URLPattern):
            yield pattern.name, list(pattern.pattern.converters)
        else:
            yield from addresses(pattern.url_patterns, here)


PAGES = dict(sorted(addresses()))


@pytest.fixture
def known(host, guest, settings):
    """What the addresses name: a home that can be booked, one that is a draft, and stays to pay and to speak of."""
    settings.IDENTITY_VERIFIER = "manual"
    house, draft = HouseFactory(host=host), HouseFactory(host=host, status="draft")
    HouseImageFactory(house=draft)
    HouseImageFactory.create_batch(2, house=house)
    today = timezone.localdate()
    day = today + timedelta(days=9)
    booking = make_booking(house, guest, day, day + timedelta(days=2), Booking.Status.WAIT_PAYMENT)
    make_booking(house, guest, day + timedelta(days=5), day + timedelta(days=7), Booking.Status.WAIT_ACCEPT)
    left = [
        make_booking(house, guest, today - timedelta(days=n + 2), today - timedelta(days=n), "WAIT_COMMENT")
        for n in (1, 5)
    ]
    review = review_stay(guest=guest, booking_id=left[1].pk, rating=5, comment="院子很安静")
    make_key(user=guest, name="calendar")
    Client().force_login(guest)  # another device
    message = MessageFactory(user=guest)
    numbers = {"house_id": house.pk, "booking_id": booking.pk, "message_id": message.pk}
    numbers |= {"review_id": review.pk, "person_id": host.pk}
    spoken_of = {"review": {"booking_id": left[0].pk}, "reply": {"booking_id": left[1].pk}}
    return numbers | {"name": "x", "section": "houses", "step": "price", "instead": spoken_of}


@pytest.fixture
def people(guest, host, stranger):
    """A browser for each kind of visitor."""
    clients = {"nobody": Client(), "guest": Client(), "host": Client(), "stranger": Client()}
    for name, person in {"guest": guest, "host": host, "stranger": stranger}.items():
        clients[name].force_login(person)
    clients["staff"] = enter_as_staff(Client(), UserFactory(is_staff=True))
    clients["staff at the door"] = Client()
    clients["staff at the door"].force_login(UserFactory(is_staff=True))
    return clients


@cache
def forms_of_the_site() -> dict[tuple, FoundForm]:
    """What has been found: opening all pages takes long, so it is done for the first test that asks."""
    return {}


def find_forms(people, known) -> list[FoundForm]:
    """Open every page as everybody, and return each form once for each address that it is sent to."""
    found, day = forms_of_the_site(), timezone.localdate() + timedelta(days=20)
    query = {"sd": day, "ed": day + timedelta(days=2), "guests": 1}
    for name in () if found else PAGES.keys() - NOT_OPENED:
        others = [known | other for other in known["instead"].values()] if name == "booking" else []
        for given, (person, client) in product([known, *others], people.items()):
            parser = FormParser(person, address(name, given))
            parser.feed(client.get(parser.page, query).text)
            found.update({(form.target, *form.fields): form for form in parser.found})
    return list(found.values())


def address(name: str, known: dict) -> str:
    given = known | known["instead"].get(name, {})
    return reverse(name, kwargs={parameter: given[parameter] for parameter in PAGES[name]})


@pytest.mark.parametrize("target", PAGES)
def test_a_form_survives_whatever_is_typed(people, known, sms, target):
    for form in find_forms(people, known):
        for nasty in NASTY if form.target == target else ():
            for post in form.posts(nasty):
                answer = people[form.person].post(address(target, known), post)
                assert answer.status_code < 500, (form, post)


def test_every_address_that_takes_a_post_has_a_form_on_some_page(people, known, stranger):
    have = {form.target for form in find_forms(people, known)}
    for name in PAGES.keys() - have:
        people["stranger"].force_login(stranger)
        assert people["stranger"].post(address(name, known)).status_code == 405, name
