"""The admin of homes."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.factories import UserFactory, enter_as_staff
from accounts.models import StaffAct, User
from listings.approval import state_of
from listings.factories import (
    AreaFactory,
    FacilityFactory,
    HouseFactory,
    HouseImageFactory,
    ReportFactory,
    ReviewFactory,
)
from listings.models import Area

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    """A superuser's browser, in English."""
    client.cookies["django_language"] = "en"
    return enter_as_staff(client, User.objects.create_superuser("13800138000", "x", name="站长"))


def test_the_admin_bears_the_name_and_mark_of_the_site(staff):
    text = staff.get("/admin/").text
    assert "<title>Site administration · ihome</title>" in text
    assert "img/favicon.svg" in text
    assert "Django" not in text


def test_staff_read_prices_in_yuan_and_see_no_inner_workings(staff):
    house = HouseFactory(price_fen=39950, weekend_price_fen=None)
    text = staff.get(f"/admin/listings/house/{house.pk}/change/").text
    assert "¥399.50" in text
    assert "None" not in text
    assert "rating_sum" not in text
    assert "facility_mask" not in text


@pytest.mark.parametrize(("icon", "status"), [("wifi", 302), ("no-such-icon", 200), ("../secret", 200)])
def test_a_facility_has_an_icon_that_can_be_drawn(staff, icon, status):
    facility = FacilityFactory(id=61, icon="bath")
    body = {"name": "茶具", "name_en": "", "icon": icon, "group": "bath", "position": 1}
    assert staff.post(f"/admin/listings/facility/{facility.pk}/change/", body).status_code == status
    facility.refresh_from_db()
    assert facility.icon == (icon if status == 302 else "bath")


def test_areas_are_put_in_order_on_their_list(staff):
    first, second = (AreaFactory(position=position) for position in (0, 1))
    rows = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "1"}
    for n, (area, position) in enumerate(((first, 1), (second, 0))):
        rows |= {f"form-{n}-id": area.pk, f"form-{n}-position": position}
    assert staff.post("/admin/listings/area/", rows).status_code == 302
    assert list(Area.objects.filter(pk__in=(first.pk, second.pk)).order_by("position")) == [second, first]
    assert sorted(StaffAct.objects.values_list("act", "thing")) == [
        ("change_row", f"listings.area/{area.pk}") for area in (first, second)
    ]


@pytest.fixture
def person(client):
    """A member of staff who decides reports, and whose browser `client` is."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_report", "change_report")))
    enter_as_staff(client, user)
    return user


def reports_about(person: User) -> list:
    return [
        ReportFactory(house=HouseFactory(host=person)),
        ReportFactory(house=None, review=ReviewFactory(author=person)),
        ReportFactory(house=None, person=person),
    ]


def test_who_is_reported_does_not_learn_who_reported(client, person):
    about = reports_about(person)
    others = reports_about(UserFactory())
    rows = client.get(reverse("admin:listings_report_changelist")).context["cl"].result_list
    assert {row.pk for row in rows} == {report.pk for report in others}
    for report in about:
        for page in ("change", "history"):
            assert client.get(reverse(f"admin:listings_report_{page}", args=[report.pk])).status_code in {302, 404}
        for act in ("uphold", "dismiss"):
            assert client.get(reverse("admin:listings_report_act", args=[report.pk, act])).status_code == 404


def test_the_operator_sees_every_report_for_there_may_be_nobody_else(client):
    operator = UserFactory(is_staff=True, is_superuser=True)
    enter_as_staff(client, operator)
    about = reports_about(operator)
    assert len(client.get(reverse("admin:listings_report_changelist")).context["cl"].result_list) == len(about)


def test_the_queue_leaves_out_what_whoever_works_through_it_may_not_see(client, person):
    own, first, _own, last = [*reports_about(person)[:1], ReportFactory(), *reports_about(person)[:1], ReportFactory()]
    pages = {each: reverse("admin:listings_report_change", args=[each.pk]) for each in (own, first, last)}
    assert client.get(reverse("admin:listings_report_queue")).url == pages[first]
    place = client.get(pages[first]).context["place"]
    assert (place["number"], place["count"], place["url"]) == (1, 2, pages[last])
    dismiss = reverse("admin:listings_report_act", args=[first.pk, "dismiss"])
    assert client.post(dismiss, {"reason": "没有这回事"}).url == pages[last]
    assert client.get(reverse("admin:listings_report_changelist")).context["waiting"] == 1


def test_a_queue_goes_from_case_to_case_and_begins_anew_after_the_last(staff):
    waiting = [HouseImageFactory(house__status="pending").house for _ in range(3)]
    pages = [reverse("admin:listings_house_change", args=[house.pk]) for house in waiting]
    assert staff.get(reverse("admin:listings_house_queue")).url == pages[0]
    for number, page in enumerate(pages):
        text = staff.get(page).text
        assert f"{number + 1} of 3 that wait" in text
        assert f'href="{pages[(number + 1) % 3]}" data-key="n"' in text
        assert 'class="case-photos"' in text
    refuse = reverse("admin:listings_house_act", args=[waiting[1].pk, "refuse"])
    said = {"reason": "照片不清楚", "seen": state_of(waiting[1])}
    assert staff.post(refuse, said).url == pages[2]
    assert "1 of 2 that wait" in staff.get(pages[0]).text


def test_a_queue_that_is_empty_leads_to_its_list_and_says_so(staff):
    page = staff.get(reverse("admin:listings_house_queue"), follow=True)
    assert (page.status_code, "Nothing is waiting here." in page.text) == (200, True)
