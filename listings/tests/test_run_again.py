"""What hosts do with their homes, when the database drops the transaction."""

import pytest

from accounts.factories import IdentityFactory
from accounts.tests.test_run_again import drop_once
from ihome_project.db import DEADLOCK, SERVER_LOST
from listings.factories import HouseImageFactory
from listings.models import House
from listings.services import delete_draft, publish_house, take_offline

pytestmark = pytest.mark.django_db(transaction=True)
Status = House.Status


def home(status: str) -> House:
    return HouseImageFactory(house__host=IdentityFactory().user, house__status=status).house


@pytest.mark.parametrize("number", [DEADLOCK, SERVER_LOST])
@pytest.mark.parametrize(
    ("service", "before", "after"),
    [(publish_house, Status.DRAFT, Status.PUBLISHED), (take_offline, Status.PUBLISHED, Status.OFFLINE)],
)
def test_a_home_is_published_or_goes_offline_nevertheless(monkeypatch, service, before, after, number):
    house = home(before)
    dropped = drop_once(monkeypatch, number)
    assert service(host=house.host, house_id=house.pk).status == after
    house.refresh_from_db()
    assert (dropped, house.status) == ([number], after)


def test_a_draft_is_deleted_nevertheless(monkeypatch):
    house = home(Status.DRAFT)
    dropped = drop_once(monkeypatch, DEADLOCK)
    delete_draft(host=house.host, house_id=house.pk)
    assert dropped == [DEADLOCK]
    assert not House.objects.exists()
