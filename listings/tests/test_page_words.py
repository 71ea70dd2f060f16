"""What the pages about homes say of stays that cannot be had, and which ways lead back to them."""

import pytest
from django.conf import settings

from listings.factories import FacilityFactory, HouseFactory

pytestmark = pytest.mark.django_db
STAY = {"sd": "2026-12-04", "ed": "2026-12-07"}


@pytest.fixture(autouse=True)
def _today(time_machine, client):
    """Sunday 22 November 2026, noon in China; the words of the tests are English."""
    time_machine.move_to("2026-11-22T12:00:00+08:00", tick=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def page(client, path, query=None):
    return " ".join(client.get(path, query).content.decode().split())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"sd": "2026-11-20", "ed": "2026-11-25"}, "This day has passed."),
        ({"sd": "2026-11-21"}, "This day has passed."),
        ({"sd": "2027-12-20", "ed": "2027-12-28"}, "Stays can be booked up to 400 days ahead."),
        ({"ed": "9999-12-31"}, "Stays can be booked up to 400 days ahead."),
    ],
)
def test_a_search_for_dates_that_nobody_can_book_says_so_and_prices_nothing(client, query, words):
    house = HouseFactory()
    text = page(client, "/search", query)
    assert words in text
    assert house.title in text
    assert "nights</span>" not in text


@pytest.mark.parametrize(
    ("house", "words", "absent"),
    [
        ({"min_nights": 3}, "for 3 nights", "at least"),
        ({"min_nights": 4}, "4 nights at least", "for 3 nights"),
        ({"max_nights": 2}, "2 nights at most", "for 3 nights"),
    ],
)
def test_a_card_prices_a_stay_or_tells_how_long_it_must_be(client, house, words, absent):
    HouseFactory(**house)
    text = page(client, "/search", STAY)
    assert words in text
    assert absent not in text


def test_a_card_tells_the_least_nights_as_long_as_no_dates_are_chosen(client):
    HouseFactory(min_nights=4)
    assert "4 nights at least" in page(client, "/search")


@pytest.mark.parametrize(
    ("query", "words"),
    [({"sd": "2026-12-10"}, "from 10 Dec on, every night"), ({"ed": "2026-12-10"}, "every night until 10 Dec")],
)
def test_a_search_by_a_single_date_says_what_it_looks_for(client, query, words):
    assert words in page(client, "/search", query)


def test_the_button_of_the_filters_counts_those_of_its_sheet(client):
    HouseFactory()
    query = STAY | {"guests": 2, "q": "院", "min_price": 1, "facility": FacilityFactory(id=1).pk}
    assert "Filters · 3</button>" in page(client, "/search", query)


def test_a_page_past_the_last_is_not_headed_by_a_count(client):
    HouseFactory()
    text = page(client, "/search", {"p": 3})
    assert "No home on page 3</h1>" in text


def test_a_guest_without_a_verified_identity_is_told_why_instead_of_a_button(client, guest, stranger):
    path = f"/houses/{HouseFactory(verified_guests_only=True).pk}"
    for person, buttons in ((None, 1), (guest, 1), (stranger, 0)):
        if person:
            client.force_login(person)
        assert page(client, path, STAY).count('button--large button--wide">Book<') == buttons
    assert "notice" in page(client, path)


def test_the_bar_of_a_phone_repeats_the_dates_and_why_they_cannot_be_had(client):
    text = page(client, f"/houses/{HouseFactory(min_nights=4).pk}", STAY)
    bar = text[text.index('id="stay-bar"') :]
    assert "4 – 7 Dec · 3 nights" in bar
    assert "takes stays of 4 nights or more" in bar


def test_the_ways_to_log_in_lead_back_to_the_page(client):
    text = page(client, "/search", {"sd": "2026-12-04", "q": "a&b"})
    assert text.count('href="/login?next=%2Fsearch%3Fsd%3D2026-12-04%26q%3Da%2526b" data-here') == 3


def test_the_page_to_log_in_leads_to_itself(client):
    text = page(client, "/login", {"next": "/bookings"})
    assert 'href="/login?next=%2Fbookings" aria-current="page"' in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"sd": "2026-12-04"}, "from 4 Dec on, every night"),
        ({"sd": "2027-12-04"}, "from 4 Dec 2027 on, every night"),
        ({"ed": "2027-01-03"}, "every night until 3 Jan 2027"),
        ({"min_price": "0"}, "from ¥0"),
    ],
)
def test_the_search_in_words_names_another_year_and_a_price_of_nothing(client, query, words):
    assert words in page(client, "/search", query)
