"""People for tests."""

from datetime import date, timedelta

import factory
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.identity import CONSENT_VERSION
from accounts.models import Identity, Message, User
from accounts.numbers import fictitious_number
from accounts.seals import digest_number, seal_number

PASSWORD = "ihome-test-2026"  # noqa: S105 — of people who do not exist


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a password and no verified identity."""

    class Meta:
        model = User

    mobile = factory.Sequence(lambda n: f"+86139{n:08d}")
    name = factory.Sequence(lambda n: f"房客{n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class IdentityFactory(factory.django.DjangoModelFactory):
    """A verified identity with a number that nobody has; of the user's own name."""

    class Meta:
        model = Identity

    class Params:
        number = factory.Sequence(lambda n: fictitious_number(date(1960, 1, 1) + timedelta(days=n % 15_000)))

    user = factory.SubFactory(UserFactory)
    status = Identity.Status.VERIFIED
    real_name = factory.SelfAttribute("user.name")
    number_digest = factory.LazyAttribute(lambda identity: digest_number(identity.number))
    consent_version = CONSENT_VERSION
    consent_way = Identity.Way.PAGE
    decided_at = factory.LazyFunction(timezone.now)

    @factory.lazy_attribute
    def seal_key(self) -> str:
        """The key by which the number is sealed, as `sealed_number` is."""
        return seal_number(self.number, user_id=self.user.pk)[0]

    @factory.lazy_attribute
    def sealed_number(self) -> bytes:
        """The sealed number."""
        return seal_number(self.number, user_id=self.user.pk)[1]


class MessageFactory(factory.django.DjangoModelFactory):
    """A message that has just arrived in the app, of a kind that no app has registered."""

    class Meta:
        model = Message

    user = factory.SubFactory(UserFactory)
    kind = "example"
    key = factory.Sequence(lambda n: f"example-{n}")
    path = "/bookings"
    delivered_at = factory.LazyFunction(timezone.now)
    due_at = None


def enter_as_staff(client: Client, user: User) -> Client:
    """Log a member of staff in who has passed the second factor, set up before."""
    client.force_login(user)
    authenticator, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = authenticator.persistent_id
    session.save()
    return client
