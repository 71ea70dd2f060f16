"""What waits for staff of the example site, in each of their queues, and what people did not find."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from accounts.models import Identity, User
from listings.models import House, MissedSearch, Report, Review

Why = Report.Why
A_DAY, HOURS = timedelta(days=1), timedelta(hours=3)
SUBMITTED = 2  # of identities and of homes
MISSED = (  # what was asked, and how often on how many days before today
    ("q=树屋", ((0, 2), (4, 1), (9, 3))),
    ("guests=8&q=露营", ((1, 1), (6, 2))),
    ("q=蒙古包", ((2, 4), (3, 1), (15, 2))),
    ("q=三亚", ((5, 2), (12, 1), (21, 3))),
)


def submit_homes(houses: Iterable[House], now: datetime) -> None:
    """Have some homes that are not yet written wait for their first review since yesterday."""
    for house in houses:
        house.status, house.created_at, house.published_at = House.Status.PENDING, now - A_DAY, None


def submit_identities(identities: Iterable[Identity], now: datetime) -> None:
    """Have some identities that are not yet written wait for a verifier since a while ago."""
    for identity in identities:
        identity.status, identity.submitted_at, identity.decided_at = Identity.Status.SUBMITTED, now - HOURS, None


def add_missed_searches(today: date) -> None:
    """Write what people searched for in the last weeks where no home was."""
    MissedSearch.objects.bulk_create(
        MissedSearch(day=today - timedelta(days=ago), query=query, times=times, position=position)
        for position, (query, days) in enumerate(MISSED, 1)
        for ago, times in days
    )


def add_reports(houses: list[House], reviews: list[Review], *, guest: User, host: User, now: datetime) -> None:
    """Write two open reports: the demo guest's of a home, and the demo host's of the worst review of theirs."""
    home = next(house for house in houses if house.host_id != host.pk)
    worst = min(reviews, key=lambda review: (review.house.host_id != host.pk, review.rating, review.created_at))
    Report.objects.bulk_create(
        [
            Report(
                reporter=guest,
                house=home,
                why=Why.NOT_AS_DESCRIBED,
                words="照片和实际差别很大，客厅的家具都换了，房东没有更新。",
                created_at=now - A_DAY,
                request_key="demo",
            ),
            Report(
                reporter=host,
                review=worst,
                why=Why.OFF_TOPIC,
                words="这条评价和我的房子对不上，可能写错了房源。",
                created_at=now - HOURS,
                request_key="demo",
            ),
        ]
    )
