"""Makes an empty site with a host, a home and a guest, and prints the guest's key for the API and the home's id."""

import django
from django.core.management import call_command

django.setup()

from accounts.factories import UserFactory  # noqa: E402 — models come after set-up
from accounts.services import make_key  # noqa: E402
from listings.factories import HouseFactory  # noqa: E402

call_command("migrate", verbosity=0)
print(make_key(user=UserFactory(), name="phone"), HouseFactory().pk)  # noqa: T201 — what the test reads
