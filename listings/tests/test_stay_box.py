"""What the stay box of a home's page offers where the dates asked for cannot be had."""

from datetime import date
from html import unescape

import pytest
from django.conf import settings

from listings.factories import HouseFactory, block_nights

pytestmark = pytest.mark.django_db
PAGES = ("/houses/{}", "/houses/{}/price")


@pytest.fixture(autouse=True)
def _today(time_machine, client):
    time_machine.move_to("2026-06-01T12:00:00+08:00", tick=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


@pytest.fixture
def house():
    """A home in which the night of 5 June is taken."""
    house = HouseFactory(min_nights=2)
    block_nights(house, date(2026, 6, 5), date(2026, 6, 6))
    return house


def text_of(client, path, house, sd, ed, **more):
    return unescape(client.get(path.format(house.pk), {"sd": sd, "ed": ed, **more}).text)


@pytest.mark.parametrize("path", PAGES)
def test_dates_that_can_be_had_are_a_link_to_the_same_page(client, house, path):
    text = text_of(client, path, house, "2026-06-05", "2026-06-08", guests="3")
    assert "Free from 6 to 9 Jun." in text
    assert "Take 6 – 9 Jun · 3 nights</a>" in text  # in the box
    assert "Take 6 – 9 Jun</a>" in text  # in the bar of a phone
    link = f"/houses/{house.pk}?sd=2026-06-06&ed=2026-06-09&guests=3"
    assert text.count(f'href="{link}#stay-box"') == 2
    followed = client.get(link)
    assert followed.context["quote"].nights == 3
    assert followed.context["form"]["guests"].value() == "3"


def test_scripts_find_the_dates_to_fill_in(client, house):
    text = text_of(client, PAGES[0], house, "2026-06-05", "2026-06-08")
    assert 'data-takes="stay" data-check-in="2026-06-06" data-check-out="2026-06-09"' in text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "asked",
    [
        {"sd": "2026-06-08", "ed": "2026-06-10"},
        {"sd": "2026-06-08", "ed": "2026-06-08"},
        {"sd": "2026-06-08", "ed": ""},
        {"sd": "2026-06-08", "ed": "2026-06-10", "guests": "5"},
        {"sd": "2026-06-05", "ed": "2026-06-10", "guests": "5"},
    ],
)
def test_nothing_is_offered_where_nothing_is_in_the_way_or_no_dates_would_help(client, house, path, asked):
    assert "data-takes" not in text_of(client, path, house, **asked)


def test_the_offer_takes_no_query(client, house, django_assert_max_num_queries):
    def queries(sd, most):
        with django_assert_max_num_queries(most) as queries:
            text_of(client, PAGES[1], house, sd, "2026-06-10")
        return len(queries)

    assert queries("2026-06-05", 10) == queries("2026-06-07", 10)
