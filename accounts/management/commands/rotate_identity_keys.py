"""Seal all ID numbers with the first of IDENTITY_KEYS: `manage.py rotate_identity_keys`."""

from django.core.management.base import BaseCommand, CommandError

from accounts.identity import reseal_numbers
from accounts.seals import current_key


class Command(BaseCommand):
    """Runs while the site is open, and begins where it was stopped; the old key may go once it has come through.

    Every process of the site has to know the new key before, and to seal with it.
    """

    help = "Seal every ID number with the first of IDENTITY_KEYS; the others may go afterwards."

    def handle(self, *args: object, **options: object) -> None:
        """Seal batch by batch. Raises CommandError when a number cannot be read: then no key may go."""
        done, unreadable = 0, set()
        for count, failed in reseal_numbers():
            done += count
            unreadable.update(failed)
        self.stdout.write(f"{done} numbers sealed with {current_key()}")
        if unreadable:
            raise CommandError(
                f"No key opens the numbers of these identities: {', '.join(map(str, sorted(unreadable)))}"
            )
