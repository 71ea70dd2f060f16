"""No address leads off the site: wherever a page says where to go on, only pages of this site are believed."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as site
from django.urls import reverse

from accounts.factories import PASSWORD
from ihome_project.tests.world import make_world

pytestmark = pytest.mark.django_db
AWAY = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "https:evil.example",
    "https:///evil.example",
    "http://evil.example/",
    "HTTPS://EVIL.EXAMPLE",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\n//evil.example",
    " https://evil.example",
    "javascript:alert(1)",
    "jav\tascript:alert(1)",
    "data:text/html,x",
    "//evil.example\\@testserver",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "//\u3002evil.example",
    "／／evil.example",
    "\u2215\u2215evil.example",
    "http:\u2044\u2044evil.example",
    "\x00//evil.example",
    "ftp://testserver/",
]


@pytest.fixture
def world():
    return make_world()


def log_in(client, world, away):
    return client.post("/login", {"by": "password", "mobile": "13911110001", "password": PASSWORD, "next": away})


def be_led_on(name):
    def ask(client, world, away):
        client.force_login(world.people["guest"])
        return client.get(reverse(name), {"next": away})

    return ask


def change_language(client, world, away):
    return client.post("/language", {"language": "en", "next": away})


def change_language_from(client, world, away):
    return client.post("/language", {"language": "en"}, headers={"Referer": away.encode("ascii", "ignore").decode()})


def log_out(client, world, away):
    client.force_login(world.people["guest"])
    return client.post("/logout", {"next": away})


def accept(client, world, away):
    client.force_login(world.people["host"])
    return client.post(reverse("accept-request", args=[world.things["asked"].pk]), {"next": away})


def verify(client, world, away):
    client.force_login(world.people["other_guest"])
    said = {"real_name": "赵路人", "id_card": "110101199003070003", "consent": "on", "next": away}
    page = client.get("/account/verification")
    return client.post("/account/verification", said | {"consent_version": page.context["consent_version"]})


def enter_the_admin(client, world, away):
    """Logging in leads to what the admin was asked for: /login has to believe it too."""
    answer = client.get("/admin/login/", {"next": away})
    assert answer.url.startswith("/login?next=")
    said = {"by": "password", "mobile": "13911110005", "password": PASSWORD}
    return client.post(answer.url, said)


WAYS = {
    "log in": log_in,
    "log in again": be_led_on("login"),
    "register again": be_led_on("register"),
    "log out": log_out,
    "another language": change_language,
    "another language, from a page": change_language_from,
    "accept": accept,
    "verify": verify,
    "the admin": enter_the_admin,
}


def host_of(where: str) -> str | None:
    """Where a browser goes, which takes a backslash for a slash and leaves tabs and line ends out."""
    read = re.sub(r"[\t\r\n]", "", where).strip("\x00 ").replace("\\", "/")
    return urlsplit(re.sub("^/{2,}", "//", urljoin("http://testserver/somewhere/", read))).hostname


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("away", AWAY, ids=ascii)
def test_nobody_is_led_off_the_site(client, world, way, away):
    answer = WAYS[way](client, world, away)
    assert answer.status_code in (302, 303), answer.text[:200]
    assert host_of(answer["Location"]) == "testserver", answer["Location"]


@pytest.mark.parametrize("way", WAYS)
def test_a_page_of_this_site_is_believed(client, world, way):
    answer = WAYS[way](client, world, "http://testserver/search?p=2" if "from a page" in way else "/search?p=2")
    assert answer["Location"].removeprefix("http://testserver") == "/search?p=2"


def test_every_place_that_reads_where_to_go_on_is_among_them():
    """`next`, or a mixin of Django's that reads it, stands in these modules and nowhere else."""
    marks = ("RedirectURLMixin", 'get("next")', "url_has_allowed_host_and_scheme", "set_language", "LogoutView")
    found = {
        str(path.relative_to(site.BASE_DIR))
        for app in ("accounts", "listings", "bookings", "sandbox", "ihome_project")
        for path in (site.BASE_DIR / app).rglob("*.py")
        if "tests" not in path.parts and any(mark in path.read_text() for mark in marks)
    }
    known = {"accounts/urls.py", "accounts/views/sign_in.py", "accounts/views/account.py", "ihome_project/returning.py"}
    known |= {"accounts/middleware.py", "accounts/views/second_factor.py"}
    known |= {"accounts/messages.py"}  # where a message leads is held to this site by a constraint too
    assert found == known | {"ihome_project/admin.py", "ihome_project/urls.py"}


def test_a_payment_leads_to_the_cashier_of_the_settings_only(client, world, settings):
    client.force_login(world.people["guest"])
    answer = client.get(
        reverse("pay", args=[world.things["unpaid"].pk]), {"next": "//evil.example", "return_url": "//evil.example"}
    )
    assert answer["Location"].startswith(f"{settings.SITE_URL}/sandbox/gateway.do?")
    assert "evil" not in answer["Location"]
