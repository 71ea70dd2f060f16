"""People for tests."""

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Identity, User

PASSWORD = "ihome-test-2026"  # noqa: S105 — of people who do not exist


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a password and no verified identity."""

    class Meta:
        model = User

    mobile = factory.Sequence(lambda n: f"+86139{n:08d}")
    name = factory.Sequence(lambda n: f"房客{n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class IdentityFactory(factory.django.DjangoModelFactory):
    """A verified identity."""

    class Meta:
        model = Identity

    user = factory.SubFactory(UserFactory)
    status = Identity.Status.VERIFIED
    decided_at = factory.LazyFunction(timezone.now)
