"""Requests that the schema allows, and some that it does not: the site never breaks, and answers as it says.

SCHEMA_CASES is how many in all; `make check-long` asks for more than the ordinary suite.
"""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
import schemathesis
from django.conf import settings as site
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from accounts.services import make_key
from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import AreaFactory, FacilityFactory, HouseFactory, HouseImageFactory

CASES = int(os.environ.get("SCHEMA_CASES", "500"))
# Both ask whether what is well-formed is also wise, which depends on what is stored.
LEFT_OUT = [positive_data_acceptance, negative_data_rejection]
CSRF = {"X-CSRFToken": "a" * 32, "Cookie": f"csrf_token={'a' * 32}"}
DESCRIBED = schemathesis.openapi.from_path(site.BASE_DIR / "docs/openapi.yaml")
OPERATIONS = [pytest.param(result.ok(), id=result.ok().label) for result in DESCRIBED.get_all_operations()]


@pytest.fixture
def wsgi() -> Iterator[WSGIHandler]:
    """The site in this process, with the test's own connection and transaction kept from one request to the next."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def callers(db, host, guest) -> list[dict]:
    """The headers of a host, a guest and nobody, in a site where both have something."""
    house = HouseImageFactory(house__host=host, house__area=AreaFactory()).house
    house.facilities.add(FacilityFactory())
    HouseFactory(host=host, status="draft")
    soon = timezone.localdate() + timedelta(days=10)
    for number, status in enumerate(Booking.Status.values):
        first = soon + timedelta(days=5 * number)
        make_booking(house, guest, first, first + timedelta(days=2), status)
    keys = (make_key(user=user, name="script") for user in (host, guest))
    return [CSRF, *({"Authorization": f"Token {key}"} for key in keys)]


def known_ids() -> list[str]:
    """Ids of homes, photos and orders that there are."""
    from listings.models import House, HouseImage  # noqa: PLC0415

    return [str(pk) for model in (House, HouseImage, Booking) for pk in model.objects.values_list("pk", flat=True)]


def cases(operation: schemathesis.APIOperation) -> st.SearchStrategy[schemathesis.Case]:
    """Return requests that the schema allows, and, where there is something to get wrong, those that it does not."""
    allowed = operation.as_strategy()
    if not (operation.body or operation.query or operation.path_parameters):
        return allowed
    return allowed | operation.as_strategy(GenerationMode.NEGATIVE)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_site_answers_as_its_schema_says(operation, callers, wsgi):
    operation.app = operation.schema.app = wsgi
    ids = known_ids()

    @seed(20261201)
    @settings(
        max_examples=-(-CASES // len(OPERATIONS)), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=cases(operation), headers=st.sampled_from(callers), known=st.none() | st.sampled_from(ids))
    def ask(case, headers, known):
        if known:
            case.path_parameters = dict.fromkeys(case.path_parameters or {}, known)
        case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)

    ask()
