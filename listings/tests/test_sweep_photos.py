"""What nothing shows any more goes from the store, and nothing else does."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from ihome_project.storage import list_objects
from listings.factories import HouseImageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
SHOWN = {f"houses/shown-{size}.webp" for size in (400, 800, 1600)} | {"avatars/shown.webp", "demo/00-400.webp"}
LEFT = {"houses/left-400.webp", "houses/left-1600.webp", "avatars/left.webp"}


@pytest.fixture
def objects(guest) -> None:
    """Photos and avatars, of which rows name some."""
    for name in SHOWN | LEFT:
        default_storage.save(name, ContentFile(b"pixels"))
    HouseImageFactory(key="houses/shown")
    User.objects.filter(pk=guest.pk).update(avatar="avatars/shown.webp")


def sweep(*options: str, days: int = 2) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        call_command("sweep_photos", *options)


def kept() -> set[str]:
    return {name for folder in ("houses", "avatars", "demo") for name in list_objects(folder)}


def test_what_no_row_names_goes(objects, capsys):
    sweep()
    assert kept() == SHOWN
    assert capsys.readouterr().out == "2 photo files\n1 avatars\n"
    sweep()
    assert kept() == SHOWN


def test_what_is_younger_than_a_day_may_be_on_its_way_to_a_row(objects):
    sweep(days=0)
    assert kept() == SHOWN | LEFT


def test_a_dry_run_only_names_what_would_go(objects, capsys):
    sweep("--dry-run")
    assert kept() == SHOWN | LEFT
    assert set(capsys.readouterr().out.splitlines()) >= LEFT


def test_an_empty_store_has_nothing_to_sweep(capsys):
    sweep()
    assert capsys.readouterr().out == "0 photo files\n0 avatars\n"


def test_a_store_that_does_not_delete_is_an_error_but_the_others_go(objects, fail_at):
    fail_at(deletes=(1,))
    with pytest.raises(CommandError, match="not deleted 1"):
        sweep()
    assert len(kept()) == len(SHOWN) + 1
    assert kept() >= SHOWN
