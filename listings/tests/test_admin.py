"""The admin of homes."""

import pytest

from accounts.factories import enter_as_staff
from accounts.models import StaffAct, User
from listings.factories import AreaFactory, FacilityFactory, HouseFactory
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
