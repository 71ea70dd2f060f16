"""All ID numbers under another key: `manage.py rotate_identity_keys`."""

import pytest
from django.core.management import CommandError, call_command

from accounts.factories import IdentityFactory
from accounts.identity import number_of, reseal_numbers
from accounts.models import Identity
from accounts.tests.test_seals import key

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _old_key(settings):
    settings.IDENTITY_KEYS = {"old": key(1)}


@pytest.fixture
def new_key(settings):
    """Put another key before the old one."""
    return lambda: setattr(settings, "IDENTITY_KEYS", {"new": key(3), "old": key(1)})


def seal_of(identity) -> tuple[str, bytes]:
    return Identity.objects.values_list("seal_key", "sealed_number").get(pk=identity.pk)


def test_all_numbers_are_sealed_anew_and_the_old_key_may_go(settings, new_key, capsys):
    numbers = {identity.pk: number_of(identity) for identity in IdentityFactory.create_batch(3)}
    new_key()
    call_command("rotate_identity_keys")
    assert "3 numbers sealed with new" in capsys.readouterr().out
    settings.IDENTITY_KEYS = {"new": key(3)}
    assert {identity.pk: number_of(identity) for identity in Identity.objects.all()} == numbers


def test_nothing_but_the_seal_changes(new_key):
    before = Identity.objects.values().get(pk=IdentityFactory().pk)
    new_key()
    call_command("rotate_identity_keys")
    after = Identity.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"seal_key", "sealed_number"}


def test_a_rotation_that_was_stopped_goes_on_where_it_was(new_key, capsys):
    first, second = IdentityFactory.create_batch(2)
    new_key()
    assert next(reseal_numbers(batch=1)) == (1, [])
    done, left = seal_of(first), seal_of(second)
    call_command("rotate_identity_keys")
    assert "1 numbers" in capsys.readouterr().out
    assert seal_of(first) == done
    assert seal_of(second) != left


def test_a_number_that_was_sealed_with_the_old_key_meanwhile_is_met_too(new_key):
    early = IdentityFactory.create_batch(2)[0]
    old_key, old_seal = seal_of(early)
    new_key()
    batches = reseal_numbers(batch=1)
    next(batches)
    Identity.objects.filter(pk=early.pk).update(seal_key=old_key, sealed_number=old_seal)
    assert list(batches) == [(1, []), (1, [])]
    assert set(Identity.objects.values_list("seal_key", flat=True)) == {"new"}


def test_an_identity_without_a_number_needs_no_key(new_key, capsys):
    IdentityFactory(sealed_number=None, seal_key="", number_digest=None)
    new_key()
    call_command("rotate_identity_keys")
    assert "0 numbers" in capsys.readouterr().out


def test_a_number_that_no_key_opens_is_named_by_its_id_and_left_as_it_is(settings, new_key):
    lost, readable = IdentityFactory.create_batch(2)
    Identity.objects.filter(pk=lost.pk).update(seal_key="gone")
    before = seal_of(lost)
    new_key()
    with pytest.raises(CommandError) as failed:
        call_command("rotate_identity_keys")
    assert str(failed.value).endswith(f": {lost.pk}")
    assert number_of(readable) not in str(failed.value)
    assert (seal_of(lost), seal_of(readable)[0]) == (before, "new")
