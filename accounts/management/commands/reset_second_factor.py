"""Reset the second factor of the only administrator: `manage.py reset_second_factor 13800138000`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.mobiles import parse_mobile
from accounts.models import User
from accounts.second_factor import reset_second_factor
from ihome_project.errors import DomainError


class Command(BaseCommand):
    """For who runs the server, where no other administrator is left who could do it; the staff log says so."""

    help = "Have a member of staff set up another second factor at the next log-in, and end their sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the mobile number, and why."""
        parser.add_argument("mobile", help="the mobile number, in any way a person writes it")
        parser.add_argument("--reason", default="on the server", help="what the staff log says")

    def handle(self, *args: object, **options: str) -> None:
        """Reset it. Raises CommandError for a number that no member of staff has."""
        try:
            user = User.objects.filter(mobile=parse_mobile(options["mobile"]), is_staff=True).first()
            if user is None:
                raise CommandError("No member of staff has this number.")
            reset_second_factor(staff=None, user_id=user.pk, reason=options["reason"])
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The second factor of {user} is reset. It is set up anew at the next log-in.")
