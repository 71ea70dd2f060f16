"""Do what is due: once, or for as long as the site runs."""

import os
import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from bookings.clock import Run, run_due

PAUSE = 5  # seconds between two runs


class Command(BaseCommand):
    """The worker."""

    help = (
        "Do what the clock does: requests run out, stays end, payments are asked about, refunds sent, messages "
        "delivered. Any number may run at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --loop, --pause and --beside."""
        parser.add_argument("--loop", action="store_true", help="go on until told to stop (SIGTERM)")
        parser.add_argument("--pause", type=float, default=PAUSE, help=f"seconds between two runs, {PAUSE} by default")
        parser.add_argument("--beside", action="store_true", help="with --loop: stop when whoever started it is gone")

    def handle(self, *, loop: bool, pause: float, beside: bool, **options: Any) -> None:
        """Run once and say what was done, or run on."""
        if loop:
            self.run_on(pause, beside=beside)
            return
        run = run_due()
        self.say(run)
        if run.failed:
            raise CommandError(f"{run.failed} could not be done; see the log.")

    def run_on(self, pause: float, *, beside: bool) -> None:
        """Run until told to stop; what is begun is done first. A database that is away is waited for."""
        stop, parent = Event(), os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.wait(pause) and not (beside and os.getppid() != parent):
            close_old_connections()
            try:
                self.say(run_due(stop.is_set))
            except DatabaseError as error:
                self.stderr.write(f"The database does not answer: {type(error).__name__}")

    def say(self, run: Run) -> None:
        """Tell what was done, if anything was."""
        if words := ", ".join(f"{count} {what}" for what, count in run.done.items() if count):
            self.stdout.write(f"Done: {words}")
