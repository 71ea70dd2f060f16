"""Delete photos and avatars that nothing shows: `manage.py sweep_photos`, once a day."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.avatars import unnamed_avatars
from ihome_project.storage import StorageFailed, is_older, remove_object
from listings.photos import unnamed_photos

GRACE = timedelta(days=1)  # the row of a photo follows its objects within seconds


class Command(BaseCommand):
    """Deletes objects that no row names, left behind by a store or a process that failed; safe twice."""

    help = "Delete photos and avatars in the store that no row names and that are older than a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *args: object, **options: object) -> None:
        """Delete, and say how many there were; exit with an error when the store fails."""
        before, left = timezone.now() - GRACE, 0
        for what, names in (("photo files", unnamed_photos()), ("avatars", unnamed_avatars())):
            try:
                old = [name for name in names if is_older(name, before)]
            except StorageFailed as error:
                raise CommandError("The store cannot be read; the log says why.") from error
            if options["dry_run"]:
                self.stdout.write("".join(f"{name}\n" for name in old) + f"{len(old)} {what} would go")
                continue
            gone = sum(map(remove_object, old))
            left += len(old) - gone
            self.stdout.write(f"{gone} {what}")
        if left:
            raise CommandError(f"The store has not deleted {left}; the log says why.")
