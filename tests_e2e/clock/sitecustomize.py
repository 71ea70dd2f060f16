"""Moves the clock of a site under test by IHOME_TEST_DAYS days, in each of its processes, from before it begins."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(days=int(os.environ["IHOME_TEST_DAYS"])), tick=True).start()
