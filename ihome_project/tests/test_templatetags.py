"""The template words of ihome."""

from datetime import date

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from ihome_project.templatetags.ihome import day, month, short_day, stay_dates, yuan

DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel("2026-11-22T12:00:00+08:00", tick=False):
        yield


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "¥0"), (144500, "¥1,445"), (1999, "¥19.99"), (5, "¥0.05"), (-2000, "-¥20"), (-150, "-¥1.50")],
)
def test_money_has_cents_only_where_there_are_any(fen, text):
    assert yuan(fen) == text


def test_days_are_written_as_people_do():
    new_year = date(2027, 1, 1)
    with translation.override("zh-hans"):
        assert (day(DAY), short_day(DAY), month(DAY)) == ("11月22日 周日", "11月22日", "2026年11月")
        assert (day(new_year), short_day(new_year)) == ("2027年1月1日 周五", "2027年1月1日")
    with translation.override("en"):
        assert (day(DAY), short_day(DAY), month(DAY)) == ("Sun 22 Nov", "22 Nov", "November 2026")
        assert (day(new_year), short_day(new_year)) == ("Fri 1 Jan 2027", "1 Jan 2027")


@pytest.mark.parametrize(
    ("check_in", "check_out", "zh", "en"),
    [
        (DAY, date(2026, 11, 25), "11月22日 – 25日 · 3晚", "22 – 25 Nov · 3 nights"),
        (date(2026, 11, 30), date(2026, 12, 1), "11月30日 – 12月1日 · 1晚", "30 Nov – 1 Dec · 1 night"),
        (date(2026, 12, 31), date(2027, 1, 2), "12月31日 – 2027年1月2日 · 2晚", "31 Dec – 2 Jan 2027 · 2 nights"),
        (date(2025, 12, 31), date(2026, 1, 1), "2025年12月31日 – 2026年1月1日 · 1晚", "31 Dec 2025 – 1 Jan · 1 night"),
        (date(2027, 1, 4), date(2027, 1, 7), "2027年1月4日 – 7日 · 3晚", "4 – 7 Jan 2027 · 3 nights"),
        (date(2025, 3, 1), date(2025, 3, 3), "2025年3月1日 – 3日 · 2晚", "1 – 3 Mar 2025 · 2 nights"),
    ],
)
def test_a_stay_is_written_with_its_nights(check_in, check_out, zh, en):
    with translation.override("zh-hans"):
        assert stay_dates(check_in, check_out) == zh
    with translation.override("en"):
        assert stay_dates(check_in, check_out) == en


@pytest.mark.parametrize(
    ("tag", "query"),
    [
        ("{% query_with sk='new' %}", "?facility=1&amp;facility=2&amp;q=%E6%9F%BF&amp;sk=new"),
        ("{% query_with q='' %}", "?facility=1&amp;facility=2"),
    ],
)
def test_an_address_keeps_the_rest_of_its_query(tag, query):
    request = RequestFactory().get("/search?facility=1&facility=2&q=柿&p=3")
    assert Template(tag).render(Context({"request": request})) == query


def test_an_icon_says_nothing_to_a_screen_reader():
    drawn = Template("{% icon 'wifi' 's' %}").render(Context())
    assert 'class="icon icon--s"' in drawn
    assert 'aria-hidden="true"' in drawn
