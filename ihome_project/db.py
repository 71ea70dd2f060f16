"""Transactions that survive a busy database: retry the whole of one from outside, and never commit the tail of one.

MariaDB drops a transaction on its own when it finds a deadlock (1213) or waits too long for a lock (1205), and code
that caught the error inside `atomic()` would go on and commit only what came after. The guard makes that impossible.
"""

import functools
import random
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

# https://mariadb.com/kb/en/mariadb-error-codes/
DEADLOCK, LOCK_WAIT_TIMEOUT, ERROR_DURING_COMMIT, UNKNOWN_COMMAND_GALERA = 1213, 1205, 1180, 1047
SERVER_GONE, SERVER_LOST = 2006, 2013
LOST_TRANSACTION = {
    DEADLOCK,
    LOCK_WAIT_TIMEOUT,
    ERROR_DURING_COMMIT,
    UNKNOWN_COMMAND_GALERA,
    SERVER_GONE,
    SERVER_LOST,
}
LOST_CONNECTION = {SERVER_GONE, SERVER_LOST, UNKNOWN_COMMAND_GALERA}
TRIES = 6

log = structlog.get_logger(__name__)
P = ParamSpec("P")
R = TypeVar("R")


def error_number(error: BaseException) -> int:
    """Return the server's number of a database error, or 0 where it has none (SQLite)."""
    number = error.args[0] if error.args else 0
    return number if isinstance(number, int) else 0


def is_worth_another_try(error: DatabaseError | InterfaceError) -> bool:
    """Tell whether the same transaction, begun anew, may pass: a deadlock, a lock wait, a lost or closed connection."""
    if isinstance(error, InterfaceError):
        return True
    return error_number(error) in LOST_TRANSACTION or "database is locked" in str(error)


def retry_transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function that opens one transaction again from the start when the database dropped that transaction.

    At most TRIES times, with a growing random pause. A lost connection means unknown, not failed: the function must
    recognise on its next run what the last one did (a key written in the same transaction). Inside a transaction of
    somebody else's nothing is retried: the error goes to where that one began.
    """

    @functools.wraps(function)
    def retried(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        for left in range(TRIES - 1, -1, -1):
            try:
                return function(*args, **kwargs)
            except (OperationalError, InterfaceError) as error:
                if not left or not is_worth_another_try(error):
                    raise
                if isinstance(error, InterfaceError) or error_number(error) in LOST_CONNECTION:
                    connection.close()
                log.warning("transaction.retry", function=function.__qualname__, error=error_number(error), left=left)
                time.sleep(random.uniform(0.005, 0.03) * 2 ** (TRIES - 1 - left))  # noqa: S311 — spreads the tries
        raise AssertionError("unreachable")

    return retried


def refuse_lost_transaction(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:  # noqa: FBT001
    """Mark a transaction that the server has dropped, so that Django can only roll it back (an `execute_wrapper`)."""
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        wrapper: BaseDatabaseWrapper = context["connection"]
        if error_number(error) in LOST_TRANSACTION and wrapper.in_atomic_block:
            wrapper.needs_rollback = True
        raise


def guard_connection(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Put the lost-transaction guard on a connection as it opens (receiver of `connection_created`)."""
    if refuse_lost_transaction not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, refuse_lost_transaction)
