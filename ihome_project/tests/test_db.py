"""Transactions that the database drops: guarded, and run again as a whole."""

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from accounts.factories import UserFactory
from accounts.models import User
from ihome_project.db import LOST_TRANSACTION, TRIES, refuse_lost_transaction, retry_transaction

DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock")


def failing(times: int, error: Exception):
    """Return a service that writes a user, fails so many times, then comes through; and the list of its runs."""
    runs = []

    @retry_transaction
    def write() -> User:
        with transaction.atomic():
            user = UserFactory()
            runs.append(user.name)
            if len(runs) <= times:
                raise error
        return user

    return write, runs


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr("ihome_project.db.time.sleep", lambda _: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [DEADLOCK, OperationalError(1205, ""), OperationalError(2013, ""), InterfaceError()])
def test_a_dropped_transaction_is_run_again_as_a_whole(error):
    write, runs = failing(2, error)
    assert write().name == runs[-1] == User.objects.get().name
    assert len(runs) == 3


@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_not_tried_for_ever():
    write, runs = failing(99, DEADLOCK)
    with pytest.raises(OperationalError):
        write()
    assert len(runs) == TRIES
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_other_errors_are_not_tried_again():
    write, runs = failing(1, OperationalError(1054, "Unknown column"))
    with pytest.raises(OperationalError):
        write()
    assert len(runs) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_the_error_goes_to_where_that_began():
    write, runs = failing(1, DEADLOCK)
    with pytest.raises(OperationalError), transaction.atomic():
        write()
    assert len(runs) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", sorted(LOST_TRANSACTION))
def test_a_swallowed_loss_cannot_be_committed(number):
    def lose(execute, sql, params, many, context):
        raise OperationalError(number, "lost")

    def write_and_swallow():
        with transaction.atomic():
            UserFactory()
            connection.execute_wrappers.append(lose)
            try:
                User.objects.exists()
            except OperationalError:
                connection.execute_wrappers.remove(lose)
            UserFactory()

    with pytest.raises(TransactionManagementError):
        write_and_swallow()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_every_connection_is_guarded_once():
    connection.ensure_connection()
    assert connection.execute_wrappers.count(refuse_lost_transaction) == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_opens_again_is_guarded_once():
    connection.close()
    connection.ensure_connection()
    assert connection.execute_wrappers.count(refuse_lost_transaction) == 1
