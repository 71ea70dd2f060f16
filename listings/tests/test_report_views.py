"""The pages of reporting something, the ways to them, and the list of what one has reported."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.factories import UserFactory
from bookings.factories import make_booking
from ihome_project.errors import DomainError
from listings.errors import AlreadyReported, TooManyReports, UnknownWhy
from listings.factories import HouseFactory, ReportFactory, ReviewFactory
from listings.models import House, Report, Review

pytestmark = pytest.mark.django_db
MINE = reverse("my-reports")


def in_english(refusal: type[DomainError]) -> str:
    """What a page says of a refusal."""
    with override("en"):
        return str(refusal.message)


@pytest.fixture
def visitor(client, stranger):
    client.cookies["django_language"] = "en"
    client.force_login(stranger)
    return client


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host, title="柿子小院")


@pytest.fixture
def review(house) -> Review:
    House.objects.update(review_count=1, rating_sum=5)
    return ReviewFactory(house=house)


def said(**changes) -> dict:
    return {"why": "unsafe", "words": "没有排风", "key": uuid4()} | changes


def address(house) -> str:
    return reverse("report-house", args=[house.pk])


# --- reporting --------------------------------------------------------------------------------------------------------


def test_a_home_is_reported_and_the_visitor_comes_back_to_it(visitor, stranger, house):
    answer = visitor.post(address(house), said(), follow=True)
    assert answer.redirect_chain == [(reverse("house", args=[house.pk]), 303)]
    assert "Thank you. We look at it" in answer.text
    made = Report.objects.get()
    assert (made.reporter, made.house, made.why, made.words) == (stranger, house, "unsafe", "没有排风")


def test_a_review_is_reported_in_its_own_words(visitor, review):
    page = reverse("report-review", args=[review.pk])
    assert review.comment in visitor.get(page).text
    answer = visitor.post(page, said(why="off_topic"))
    assert answer.url == f"{reverse('house', args=[review.house_id])}#reviews"
    assert Report.objects.get().review == review


def test_a_person_is_reported_and_one_comes_back_to_where_one_was(visitor, host, house):
    page, there = reverse("report-person", args=[host.pk]), reverse("house", args=[house.pk])
    assert f'name="next" value="{there}"' in visitor.get(page, {"next": there}).text
    assert visitor.post(page, said(why="damages", next=there)).url == there
    assert Report.objects.get().person == host


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(visitor, house, there):
    assert visitor.post(address(house), said(next=there)).url == reverse("house", args=[house.pk])


def test_a_form_that_is_sent_twice_reports_once(visitor, house):
    sent = said()
    assert [visitor.post(address(house), sent).status_code for _ in range(2)] == [303, 303]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"why": ""}, "why"), ({"why": "insulting"}, "why"), ({"why": "other", "words": " "}, "words")],
)
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(visitor, house, changes, field):
    answer = visitor.post(address(house), said(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert f'id="id_{field}_error"' in answer.text
    assert ("没有排风</textarea>" in answer.text) == (field == "why")
    assert (in_english(UnknownWhy) in answer.text) == (changes["why"] == "")


def test_what_waits_is_said_instead_of_a_form(visitor, stranger, house):
    ReportFactory(reporter=stranger, house=house)
    answer = visitor.get(address(house))
    assert in_english(AlreadyReported) in answer.text
    assert 'name="why"' not in answer.text
    assert visitor.post(address(house), said()).status_code == 409


def test_who_reports_too_much_is_told_so_and_keeps_what_was_typed(visitor, house, monkeypatch):
    monkeypatch.setattr("listings.reporting.A_DAY", 1)
    visitor.post(address(HouseFactory()), said())
    answer = visitor.post(address(house), said())
    assert (answer.status_code, in_english(TooManyReports) in answer.text) == (429, True)
    assert "没有排风</textarea>" in answer.text


def test_ones_own_home_and_what_one_does_not_see_are_not_reported(client, host, stranger, house):
    client.force_login(host)
    assert client.get(address(house)).status_code == 403
    client.force_login(stranger)
    House.objects.update(status=House.Status.OFFLINE)
    names = {"report-house": house.pk, "report-person": host.pk, "report-review": ReviewFactory(house=house).pk}
    for name, pk in names.items():
        for answer in (client.get(reverse(name, args=[pk])), client.post(reverse(name, args=[pk]), said())):
            assert answer.status_code == 404, name


# --- the ways there ---------------------------------------------------------------------------------------------------


def test_a_home_its_reviews_and_its_host_are_reported_from_its_page(client, review, host):
    here = reverse("house", args=[review.house_id])
    links = (
        reverse("report-house", args=[review.house_id]),
        reverse("report-review", args=[review.pk]),
        f"{reverse('report-person', args=[host.pk])}?next={here}",
    )
    text = client.get(here).text
    for link in links:
        assert f'href="{link}" rel="nofollow"' in text
    client.force_login(review.author)
    assert links[1] not in client.get(here).text
    client.force_login(host)
    assert [link in client.get(here).text for link in links] == [False, True, False]


def test_a_visitor_logs_in_first_and_comes_back_to_the_form(client, house):
    assert client.get(address(house)).url == f"{reverse('login')}?next={address(house)}"


def test_guest_and_host_report_each_other_from_their_booking(client, guest, host, house):
    arrival = timezone.localdate() + timedelta(days=9)
    page = reverse("booking", args=[make_booking(house, guest, arrival, arrival + timedelta(days=2)).pk])
    for reader, other in ((guest, host), (host, guest)):
        client.force_login(reader)
        link = f"{reverse('report-person', args=[other.pk])}?next={page}"
        assert f'href="{link}"' in client.get(page).text
        assert client.get(link).status_code == 200


# --- what one has reported --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my-reports", "report-house"])
def test_the_pages_are_kept_by_no_cache(visitor, house, name):
    address = reverse(name, args=[house.pk] if name == "report-house" else [])
    assert "no-store" in visitor.get(address)["Cache-Control"]


def test_one_sees_what_one_reported_and_what_came_of_it(visitor, stranger, host, review):
    ReportFactory(reporter=stranger, house=review.house, words="门牌对不上")
    decided = {"state": "upheld", "outcome": "评价已隐藏。", "decided_by": host}
    ReportFactory(reporter=stranger, house=None, review=review, why="insulting", **decided)
    text = visitor.get(MINE).text
    for words in ("门牌对不上", "It is not as described", "Being looked at", review.comment):
        assert words in text
    for words in ("It insults somebody", "Acted on", "评价已隐藏。"):
        assert words in text


def test_nobody_sees_what_others_reported(visitor, house):
    made = ReportFactory(house=house, reporter=UserFactory())
    text = visitor.get(MINE).text
    assert made.words not in text
    assert "Nothing reported yet" in text


@pytest.mark.parametrize("times", [1, 7])
def test_the_list_takes_as_many_queries_however_long_it_is(
    visitor, stranger, host, review, times, django_assert_num_queries
):
    for _ in range(times):
        ReportFactory(reporter=stranger)
        ReportFactory(reporter=stranger, house=None, review=ReviewFactory())
        ReportFactory(reporter=stranger, house=None, person=UserFactory(), why="damages")
    visitor.get(MINE)
    with django_assert_num_queries(5):  # session, user, count, reports, bell
        assert len(visitor.get(MINE).context["page"]) == min(20, 3 * times)


def test_the_list_has_pages_and_none_past_the_last(visitor, stranger):
    ReportFactory.create_batch(21, reporter=stranger)
    assert [len(visitor.get(MINE, {"p": p}).context["page"]) for p in (1, 2)] == [20, 1]
    assert visitor.get(MINE, {"p": 3}).status_code == 404


def test_the_account_leads_to_the_list(visitor):
    assert f'href="{MINE}"' in visitor.get(reverse("account")).text
