"""The map of the site, and who may look where."""

import re
from datetime import datetime
from urllib.robotparser import RobotFileParser

import pytest
from django.utils import timezone

from listings.factories import AreaFactory, HouseFactory
from listings.models import House
from listings.sitemaps import HouseMap

pytestmark = pytest.mark.django_db
SITE = "https://ihome.example"


@pytest.fixture(autouse=True)
def _on_its_own_domain(settings):
    settings.SITE_URL = SITE


def locations(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    return re.findall("<loc>(.*?)</loc>", answer.text)


def test_the_map_leads_to_every_page_of_its_parts(client, monkeypatch):
    monkeypatch.setattr(HouseMap, "limit", 2)
    houses = HouseFactory.create_batch(3)
    parts = [f"{SITE}/sitemap-{part}.xml?p={page}" for part, page in (("pages", 1), ("houses", 1), ("houses", 2))]
    assert locations(client, "/sitemap.xml") == parts
    found = [each for part in parts[1:] for each in locations(client, part.removeprefix(SITE))]
    assert found == [f"{SITE}/houses/{house.pk}" for house in houses]
    assert client.get("/sitemap-houses.xml?p=3").status_code == 404


def test_only_published_homes_are_on_the_map_with_when_they_changed(client):
    changed = datetime(2026, 11, 20, 9, tzinfo=timezone.get_default_timezone())
    for status in House.Status:
        HouseFactory(status=status)
    House.objects.update(updated_at=changed)
    answer = client.get("/sitemap-houses.xml")
    assert re.findall("<lastmod>(.*?)</lastmod>", answer.text) == ["2026-11-20"]
    assert re.findall("/houses/([0-9]+)<", answer.text) == [str(House.objects.published().get().pk)]
    assert "2026-11-20" in client.get("/sitemap.xml").text


def test_areas_with_homes_are_on_the_map(client):
    house, _empty = HouseFactory(), AreaFactory()
    searches = [f"{SITE}/search", f"{SITE}/search?aid={house.area_id}"]
    assert locations(client, "/sitemap-pages.xml") == [f"{SITE}/", *searches]


@pytest.mark.parametrize("section", ["users", "houses.bak"])
def test_a_part_that_there_is_not_is_not_found(client, section):
    assert client.get(f"/sitemap-{section}.xml").status_code == 404


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-houses.xml", "/robots.txt"])
def test_nothing_is_posted_to_a_map(client, address):
    assert client.post(address).status_code == 405


def test_a_map_of_many_homes_needs_two_queries(client, django_assert_num_queries):
    HouseFactory.create_batch(5)
    with django_assert_num_queries(2):
        locations(client, "/sitemap-houses.xml")


def test_an_empty_site_has_a_map(client):
    assert len(locations(client, "/sitemap.xml")) == 2
    assert locations(client, "/sitemap-houses.xml") == []


@pytest.mark.parametrize("path", ["/admin/", "/account", "/account/security", "/host", "/api/docs", "/bookings/7"])
def test_robots_are_told_what_is_not_for_them(client, path):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert rules.site_maps() == [f"{SITE}/sitemap.xml"]
    assert not rules.can_fetch("Robot", path)
    assert all(rules.can_fetch("Robot", open_path) for open_path in ("/", "/search?aid=1", "/houses/1", "/media/x"))
