"""What guests say of their stays and what hosts reply."""

from accounts.models import User
from bookings.errors import (
    BookingNotFound,
    NotTheGuest,
    NotTheHost,
    ReplyNotPossible,
    ReviewNotPossible,
    WordsMissing,
)
from bookings.life import catch_up, change_status
from bookings.models import REVIEW_DAYS, Booking
from bookings.telling import tell_of_reply
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.models import Review
from listings.reviews import count_review, write_reply

Status = Booking.Status


def review_stay(*, guest: User, booking_id: int, rating: int, comment: str) -> Review:
    """Say what a stay was like, once, within REVIEW_DAYS after it: 1 to 5 stars and words.

    Raises BookingNotFound, NotTheGuest (to the host), WordsMissing or ReviewNotPossible.
    """
    words = comment.strip()
    return _review(guest, booking_id, rating, words)


@retry_transaction
def _review(guest: User, booking_id: int, rating: int, comment: str) -> Review:
    seen = Booking.objects.visible_to(guest).filter(pk=booking_id).first()
    if seen is None:
        raise BookingNotFound
    if seen.guest_id != guest.pk:
        raise NotTheGuest
    if not comment:
        raise WordsMissing
    with locked_house(seen.house_id):
        booking = Booking.objects.select_related("hold", "house", "review").get(pk=booking_id)
        catch_up(booking)
        said = booking.review
        if said and (said.rating, said.comment) == (rating, comment):
            return said  # the same words, sent twice
        if booking.status != Status.WAIT_COMMENT:
            raise ReviewNotPossible(days=REVIEW_DAYS)
        change_status(booking, Status.COMPLETE, actor=guest)
        booking.review = Review.objects.create(house_id=booking.house_id, author=guest, rating=rating, comment=comment)
        booking.save(update_fields=("review",))
        count_review(booking.review, more=1)
    return booking.review


@retry_transaction
def reply_to_review(*, host: User, booking_id: int, reply: str) -> Review:
    """Reply to what a guest said of a stay in one of the host's homes, once.

    Raises BookingNotFound, NotTheHost (to the guest), WordsMissing or ReplyNotPossible.
    """
    seen = Booking.objects.visible_to(host).filter(pk=booking_id).first()
    if seen is None:
        raise BookingNotFound
    if seen.guest_id == host.pk:
        raise NotTheHost
    words = reply.strip()
    if not words:
        raise WordsMissing
    with locked_house(seen.house_id):
        review = Review.objects.filter(booking=booking_id).first()
        if review and review.reply == words:
            return review  # the same words, sent twice
        if review is None or review.reply:
            raise ReplyNotPossible
        write_reply(review, words)
        tell_of_reply(Booking.objects.select_related("guest", "house").get(pk=booking_id))
    return review
