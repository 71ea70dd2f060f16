"""How a host changes nights that guests may be asking for."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum

from accounts.models import User
from bookings.services import release_overdue
from ihome_project.db import retry_transaction
from listings.calendar import ONE_DAY, Stay, locked_house
from listings.nights import block_nights, free_nights, price_nights
from listings.services import check_own


class Act(Enum):
    """What a host does to nights."""

    BLOCK = "block"
    FREE = "free"
    PRICE = "price"
    USUAL_PRICE = "usual"


def runs_of(nights: Iterable[date]) -> list[Stay]:
    """Return single nights as runs of nights that follow each other."""
    runs: list[Stay] = []
    for night in sorted(set(nights)):
        if runs and runs[-1].check_out == night:
            runs[-1] = Stay(runs[-1].check_in, night + ONE_DAY)
        else:
            runs.append(Stay(night, night + ONE_DAY))
    return runs


@retry_transaction
def change_nights(*, host: User, house_id: int, runs: Sequence[Stay], act: Act, price_fen: int | None = None) -> None:
    """Do the same to some runs of nights in a host's home: to all of them, or to none.

    Requests for nights to block that ran out longer ago than the grace are cancelled, as for a guest who wants them.
    Raises HouseNotFound, NightsInTheWay, NightPriceRefused, StayInThePast or StayTooFarAhead.
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        for run in runs:
            first, last = run.check_in, run.check_out
            if act is Act.BLOCK:
                release_overdue(house, run)
                block_nights(host=host, house_id=house_id, first=first, last=last)
            elif act is Act.FREE:
                free_nights(host=host, house_id=house_id, first=first, last=last)
            else:
                price = price_fen if act is Act.PRICE else None
                price_nights(host=host, house_id=house_id, first=first, last=last, price_fen=price)
