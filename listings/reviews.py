"""What guests say of homes: how it counts, and what staff hide and show again."""

from django.db.models import F

from accounts.errors import ReasonMissing
from accounts.models import StaffAct, User
from accounts.staff_log import refuse_own, write_act
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.errors import ReviewNotFound
from listings.freshness import forget_house
from listings.models import House, Review
from listings.telling import tell_of_review


def count_review(review: Review, *, more: int) -> None:
    """Count a visible review into its home's stars (`more` 1), or out of them (-1); inside `locked_house`."""
    House.objects.filter(pk=review.house_id).update(
        review_count=F("review_count") + more, rating_sum=F("rating_sum") + more * review.rating
    )
    forget_house(review.house_id)


def write_reply(review: Review, words: str) -> None:
    """Write the host's reply; inside `locked_house`."""
    review.reply = words
    review.save(update_fields=("reply",))
    forget_house(review.house_id)


def show_review(*, staff: User, review_id: int, is_visible: bool, reason: str) -> Review:
    """Hide a review from its home's page and from its stars, or show it again, as staff who say why.

    Nothing happens to one that is so already. Raises ReasonMissing, ReviewNotFound or OwnCase (staff have written it,
    or it is of their own home).
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    return _show_review(staff, review_id, reason, is_visible=is_visible)


@retry_transaction
def _show_review(staff: User, review_id: int, reason: str, *, is_visible: bool) -> Review:
    house_id = Review.objects.filter(pk=review_id).values_list("house_id", flat=True).first()
    if house_id is None:
        raise ReviewNotFound
    with locked_house(house_id) as house:
        review = Review.objects.get(pk=review_id)
        refuse_own(staff, house.host_id, review.author_id)
        if review.is_visible != is_visible:
            review.is_visible = is_visible
            review.save(update_fields=("is_visible",))
            count_review(review, more=1 if is_visible else -1)
            act = StaffAct.Act.SHOW_REVIEW if is_visible else StaffAct.Act.HIDE_REVIEW
            line = write_act(staff=staff, act=act, thing=review, subject=review.author, reason=reason)
            tell_of_review(review, line)
    return review
