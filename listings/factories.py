"""Homes for tests."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import factory
from django.utils import timezone

from accounts.factories import UserFactory
from listings.models import Area, Facility, HeldNight, Hold, House, HouseImage, NightPrice, Report, Review


class AreaFactory(factory.django.DjangoModelFactory):
    """An area of 北京."""

    class Meta:
        model = Area

    city = "北京"
    city_en = "Beijing"
    name = factory.Sequence(lambda n: f"东城区{n}")
    name_en = factory.Sequence(lambda n: f"Dongcheng {n}")


class FacilityFactory(factory.django.DjangoModelFactory):
    """A facility; those of the contract may be there already."""

    class Meta:
        model = Facility
        django_get_or_create = ("id",)

    id = 1
    name = factory.Sequence(lambda n: f"设施{n}")
    icon = "wifi"
    group = Facility.Group.BASICS


class HouseFactory(factory.django.DjangoModelFactory):
    """A published home for four at ¥399 a night, with instant booking."""

    class Meta:
        model = House

    host = factory.SubFactory(UserFactory)
    area = factory.SubFactory(AreaFactory)
    status = House.Status.PUBLISHED
    title = factory.Sequence(lambda n: f"柿子树下的胡同小院{n}")
    address = "五道营胡同"
    unit = "2室1厅1卫"
    room_count = 2
    acreage = 68
    capacity = 4
    beds = "1.8米大床1张"
    price_fen = 39900
    instant_book = True


class HouseImageFactory(factory.django.DjangoModelFactory):
    """A photo's row (nothing is stored)."""

    class Meta:
        model = HouseImage

    house = factory.SubFactory(HouseFactory)
    key = factory.Sequence(lambda n: f"houses/{n:08d}")
    caption = "院子"
    width = 1440
    height = 960
    position = factory.Sequence(lambda n: n)


class NightPriceFactory(factory.django.DjangoModelFactory):
    """The price of one night."""

    class Meta:
        model = NightPrice

    house = factory.SubFactory(HouseFactory)
    night = date(2026, 12, 31)
    price_fen = 58800


class ReviewFactory(factory.django.DjangoModelFactory):
    """Five stars."""

    class Meta:
        model = Review

    house = factory.SubFactory(HouseFactory)
    author = factory.SubFactory(UserFactory)
    rating = 5
    comment = "柿子真的可以摘，孩子高兴坏了。"


class ReportFactory(factory.django.DjangoModelFactory):
    """An open report of a home; with another state, a decided one."""

    class Meta:
        model = Report

    reporter = factory.SubFactory(UserFactory)
    house = factory.SubFactory(HouseFactory)
    why = Report.Why.NOT_AS_DESCRIBED
    words = "照片里的投影仪没有了。"
    request_key = factory.LazyFunction(lambda: uuid4().hex)

    @factory.lazy_attribute
    def open_slot(self) -> int | None:
        """The slot of an open one."""
        return 1 if self.state == Report.State.OPEN else None

    @factory.lazy_attribute
    def decided_at(self) -> datetime | None:
        """Now, for a decided one."""
        return None if self.state == Report.State.OPEN else timezone.now()

    state = Report.State.OPEN


def block_nights(house: House, first: date, last: date) -> Hold:
    """Block the nights of [first, last) as their host would."""
    hold = Hold.objects.create(house=house, kind=Hold.Kind.BLOCK)
    nights = [first + timedelta(days=n) for n in range((last - first).days)]
    HeldNight.objects.bulk_create(HeldNight(hold=hold, house=house, night=night) for night in nights)
    return hold
