"""Whom staff concern by what they decide of homes and reviews: told once, in words, with a way to the page."""

import pytest
from django.utils import translation

from accounts.factories import UserFactory
from accounts.messages import words_of
from accounts.models import Message, StaffAct, User
from listings.approval import approve_house, refuse_house
from listings.factories import HouseFactory, HouseImageFactory, ReviewFactory
from listings.models import House
from listings.reviews import show_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True)


def told(user: User) -> list[tuple[str, str]]:
    with translation.override("en"):
        return [(words_of(message), message.path) for message in Message.objects.filter(user=user).order_by("pk")]


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (approve_house, "柿子小院 is published: guests find it now."),
        (refuse_house, "柿子小院 is not published yet. See why, and send it again."),
    ],
)
def test_a_host_is_told_what_staff_say_of_a_home(staff, host, decide, words):
    home = HouseImageFactory(house__host=host, house__title="柿子小院", house__status=House.Status.PENDING).house
    decide(staff=staff, house_id=home.pk, reason="看过了")
    assert told(host) == [(words, f"/host/houses/{home.pk}/edit/review")]


def test_an_author_is_told_each_time_a_review_is_hidden_or_shown(staff, guest):
    home = HouseFactory(title="柿子小院", review_count=1, rating_sum=5)
    review = ReviewFactory(house=home, author=guest)
    for is_visible in (False, False, True, False):
        show_review(staff=staff, review_id=review.pk, is_visible=is_visible, reason="有人投诉")
    hidden = ("Your review of 柿子小院 is no longer shown.", f"/houses/{home.pk}")
    shown = ("Your review of 柿子小院 is shown again.", f"/houses/{home.pk}")
    assert told(guest) == [hidden, shown, hidden]


def test_what_staff_decide_of_a_home_is_in_their_log_before_and_after(staff, host):
    home = HouseImageFactory(house__host=host, house__status=House.Status.PENDING).house
    approve_house(staff=staff, house_id=home.pk)
    line = StaffAct.objects.get()
    assert (line.before, line.after) == ({"status": "pending"}, {"status": "published"})
