"""Fill an empty site with the example: `manage.py load_demo`."""

from argparse import ArgumentParser
from collections.abc import Iterable

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import User
from bookings.demo import DemoSite, store_photos


class Command(BaseCommand):
    """Loads five cities of homes, people and stays; never over a database that has users."""

    help = "Load the demo data into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --if-empty."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are users already")

    def handle(self, *args: object, **options: object) -> None:
        """Store the photos, then write all rows at once: what is interrupted leaves an empty database."""
        if User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("The database has users: the demo data is for an empty one.")
        store_photos(self.progress)
        DemoSite().load(self.progress)
        self.stdout.write("The demo data is loaded.")

    def progress(self, items: Iterable, what: str, total: int) -> Iterable:
        """Show a bar while going through the items."""
        return tqdm(items, desc=what, total=total, ascii=" =", disable=None)
