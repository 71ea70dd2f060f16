"""What people of the example site have reported, so that moderators find something in their queue."""

from datetime import datetime, timedelta

from accounts.models import User
from listings.models import House, Report, Review

Why = Report.Why
A_DAY, HOURS = timedelta(days=1), timedelta(hours=3)


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
