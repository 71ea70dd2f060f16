"""Homes that are begun, written and decided at the same moment."""

import pytest
from django.db import OperationalError, transaction

from accounts.factories import IdentityFactory, UserFactory
from accounts.models import StaffAct
from accounts.tests.test_identity_race import at_once
from listings.approval import approve_house, refuse_house, state_of
from listings.errors import HouseIncomplete, StatusNotPossible
from listings.factories import FacilityFactory, HouseFactory, HouseImageFactory
from listings.models import House, mask_of
from listings.services import create_house, delete_draft, publish_house, save_house

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 8
Status = House.Status


def test_of_many_equal_requests_one_begins_a_home():
    host = UserFactory()
    begun = at_once(TIMES, lambda _n: create_house(host=host, key="k", title="小院").pk)
    assert begun == {House.objects.get().pk: TIMES}


def test_a_home_that_is_published_while_it_is_emptied_is_complete_or_no_home_on_the_market():
    house = HouseImageFactory(house__host=IdentityFactory().user, house__status=Status.DRAFT).house
    acts = (
        lambda: publish_house(host=house.host, house_id=house.pk).status,
        lambda: save_house(host=house.host, house_id=house.pk, title="").status,
    )
    said = at_once(TIMES, lambda n: acts[n % 2]())
    assert set(said) <= {"published", "draft", HouseIncomplete}
    house.refresh_from_db()
    assert (house.status == Status.PUBLISHED) == bool(house.title)


def test_facilities_and_their_mask_stay_in_step():
    house = HouseFactory()
    for pk in range(1, TIMES + 1):
        FacilityFactory(id=pk)
    at_once(TIMES, lambda n: save_house(host=house.host, house_id=house.pk, facilities=[n + 1, (n + 3) % TIMES + 1]).pk)
    house.refresh_from_db()
    assert house.facility_mask == mask_of(house.facilities.values_list("pk", flat=True))


def test_of_many_decisions_one_counts():
    house = HouseImageFactory(house__host=IdentityFactory().user, house__status=Status.PENDING).house
    staff = UserFactory.create_batch(TIMES, is_staff=True)
    services = (approve_house, refuse_house)
    said = at_once(TIMES, lambda n: services[n % 2](staff=staff[n], house_id=house.pk, reason="x").status)
    assert said[StatusNotPossible] == TIMES - 1
    assert StaffAct.objects.count() == 1


@pytest.mark.parametrize(("service", "status"), [(approve_house, Status.PUBLISHED), (refuse_house, Status.DRAFT)])
def test_a_decision_whose_answer_was_lost_is_found_again(monkeypatch, service, status):
    house = HouseImageFactory(house__host=IdentityFactory().user, house__status=Status.PENDING).house
    staff, leave, lost = UserFactory(is_staff=True), transaction.Atomic.__exit__, []

    def leave_and_lose(atomic: transaction.Atomic, error: type | None, *more: object) -> None:
        leave(atomic, error, *more)
        if error is None and not lost:
            lost.append(True)
            raise OperationalError(2013, "Lost connection to server during query")

    monkeypatch.setattr(transaction.Atomic, "__exit__", leave_and_lose)
    assert service(staff=staff, house_id=house.pk, reason="x", seen=state_of(house)).status == status
    assert lost
    assert StaffAct.objects.count() == 1
    with pytest.raises(StatusNotPossible):
        service(staff=staff, house_id=house.pk, reason="x")


def test_a_draft_that_is_deleted_while_it_is_published_is_one_of_both():
    house = HouseImageFactory(house__host=IdentityFactory().user, house__status=Status.DRAFT).house
    services = (publish_house, delete_draft)
    at_once(TIMES, lambda n: services[n % 2](host=house.host, house_id=house.pk) and "published")
    assert list(House.objects.values_list("status", flat=True)) in ([], ["published"])
