"""Measure search and booking on a filled scratch database.

    DATABASE_URL=mysql://root@127.0.0.1:3306/ihome_bench .venv/bin/python benchmarks/engine.py --homes 1000000

Fills the database up to so many homes with four stays each (100 000 take about four minutes), then prints
milliseconds of page 1 and of the capped count as p50/p95, and booking tries a second with the nights sold twice.
Goals, with the data in memory: page 1 p95 at most 20 ms and capped count at most 100 ms at a million homes; no night
sold twice.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections import Counter
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ihome_project.settings")
django.setup()

from django.db import connections  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.factories import UserFactory  # noqa: E402
from accounts.models import User  # noqa: E402
from bookings.services import request_booking  # noqa: E402
from ihome_project.errors import DomainError  # noqa: E402
from listings.calendar import Stay  # noqa: E402
from listings.factories import AreaFactory, HouseFactory  # noqa: E402
from listings.filters import HouseFilterSet  # noqa: E402
from listings.models import Area, HeldNight, Hold, House  # noqa: E402
from listings.search import COUNT_MOST, search_page  # noqa: E402

AREAS, BATCH, STAYS, NIGHTS = 200, 2000, 4, 5
ORDERS = ("new", "booking", "price-inc", "price-des")


def fill(homes: int, chance: random.Random) -> None:
    """Make homes with held nights over the next ninety days, up to `homes`."""
    areas = list(Area.objects.all()) or AreaFactory.create_batch(AREAS)
    host, today = User.objects.first() or UserFactory(), timezone.localdate()
    while (there := House.objects.count()) < homes:
        made = House.objects.bulk_create(
            HouseFactory.build(
                host=host,
                area=chance.choice(areas),
                title=f"柿子树下的小院{chance.random()}",
                price_fen=chance.randint(100, 2000) * 100,
                booking_count=chance.randint(0, 300),
                facility_mask=chance.getrandbits(38),
                created_at=timezone.now() - timedelta(minutes=chance.randint(0, 10**6)),
            )
            for _ in range(min(BATCH, homes - there))
        )
        holds = Hold.objects.bulk_create(Hold(house=house, kind="booking") for house in made for _ in range(STAYS))
        HeldNight.objects.bulk_create(
            HeldNight(hold=hold, house_id=hold.house_id, night=first + timedelta(days=night))
            for number, hold in enumerate(holds)
            for first in [today + timedelta(days=number % STAYS * 22 + chance.randint(0, 16))]
            for night in range(NIGHTS)
        )
        sys.stderr.write(f"\r{there + len(made)} homes")


def measure(what: str, ask: object, times: int) -> None:
    """Print p50 and p95 of a call in milliseconds."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begin) * 1000)
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    print(f"{what:<44} {p50:8.1f} / {p95:.1f} ms")


def measure_search(chance: random.Random, times: int) -> None:
    """Measure page 1 in each order, with the area and without, and the capped count."""
    areas = list(Area.objects.all())

    def found(order: str, *, with_area: bool) -> HouseFilterSet:
        first = timezone.localdate() + timedelta(days=chance.randint(1, 80))
        asked = {"sk": order, "sd": first.isoformat(), "ed": (first + timedelta(days=3)).isoformat()}
        search = HouseFilterSet(asked | ({"aid": chance.choice(areas).pk} if with_area else {}), House.objects.all())
        return search if search.is_valid() else sys.exit(f"refused: {search.errors}")

    for order in ORDERS:
        for with_area in (True, False):
            what = f"page 1, {order}{', area' if with_area else ''}"
            measure(what, lambda o=order, a=with_area: list(found(o, with_area=a).qs.values_list("pk")[:20]), times)
    for with_area in (True, False):
        what = f"capped count{', area' if with_area else ''}"
        measure(what, lambda a=with_area: found("new", with_area=a).qs.order_by()[: COUNT_MOST + 1].count(), times)
    measure(
        "whole page through search_page, area", lambda: search_page(found("new", with_area=True).qs, asked=""), times
    )


def try_to_book(job: tuple[int, list[int], float]) -> Counter:
    """Ask for random stays, in one process, until the time is over; count what came of it."""
    guest_id, houses, seconds = job
    connections.close_all()
    guest, chance, got = User.objects.get(pk=guest_id), random.Random(guest_id), Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        first = timezone.localdate() + timedelta(days=chance.randint(1, 380))
        stay = Stay(first, first + timedelta(days=chance.randint(1, 4)))
        try:
            request_booking(guest=guest, house_id=chance.choice(houses), stay=stay, guests=1)
            got["booked"] += 1
        except DomainError as refusal:
            got[refusal.code] += 1
        guest.bookings.update(open_slot=None, status="PAID", expires_at=None)  # so that no guest runs out of requests
    return got


def measure_booking(processes: int, seconds: float) -> None:
    """Measure tries a second on one home and on many, and count the nights that are held twice (none)."""
    names = [f"bench {number}" for number in range(processes)]
    for number, name in enumerate(names):
        if not User.objects.filter(name=name).exists():
            UserFactory(mobile=f"+86138{number:08d}", name=name)
    guests = list(User.objects.filter(name__in=names).values_list("pk", flat=True))
    many = list(House.objects.order_by("-id").values_list("pk", flat=True)[:5000])
    for what, houses in (("one home", many[:1]), ("many homes", many)):
        with get_context("spawn").Pool(processes) as pool:
            got = sum(pool.map(try_to_book, [(guest, houses, seconds) for guest in guests]), Counter())
        twice = HeldNight.objects.values("house", "night").annotate(n=Count("id")).filter(house__in=houses, n__gt=1)
        rate = sum(got.values()) / seconds
        print(f"{what}: {rate:.0f} tries a second, {twice.count()} nights sold twice, {dict(got)}")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--homes", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    chance = random.Random(7)
    fill(options.homes, chance)
    measure_search(chance, options.times)
    measure_booking(options.processes, options.seconds)


if __name__ == "__main__":
    main()
