"""A real deadlock between two connections, as MariaDB finds one; on SQLite writers simply wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connections, transaction

from accounts.factories import UserFactory
from accounts.models import User
from ihome_project.db import retry_transaction


@pytest.mark.django_db(transaction=True)
def test_two_services_that_lock_crosswise_both_come_through():
    first, second = UserFactory.create_batch(2)
    both_hold_one = Barrier(2)

    @retry_transaction
    def touch(one: User, other: User) -> None:
        with transaction.atomic():
            User.objects.filter(pk=one.pk).update(about="touched")
            with suppress(BrokenBarrierError):  # on SQLite the second writer is not even let in
                both_hold_one.wait(timeout=2)
            User.objects.filter(pk=other.pk).update(about="touched")

    def run(pair: tuple[User, User]) -> bool:
        try:
            touch(*pair)
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(run, [(first, second), (second, first)]))
    assert User.objects.filter(about="touched").count() == 2
