"""Prove that bookings and money are right: `manage.py audit`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bookings.auditing import CHECKS, audit
from bookings.auditing.counters import repair_counters


class Command(BaseCommand):
    """The audit."""

    help = (
        "Check on the live database that no night is sold twice, that money adds up and that histories, dues and "
        "counters are right. It reads only. Each fault is a line; the exit code is 1 when there is one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --repair."""
        parser.add_argument("--repair", action="store_true", help="first recount what homes count; nothing else")

    def handle(self, *, repair: bool, **options: Any) -> None:
        """Say what was put right, then each fault, then how many there are."""
        if repair:
            for line in repair_counters():
                self.stdout.write(f"repaired {line}")
        faults = 0
        for fault in audit():
            self.stdout.write(str(fault))
            faults += 1
        self.stdout.write(f"{len(CHECKS)} checks, {faults} faults.")
        if faults:
            sys.exit(1)
