"""The admin of homes."""

import pytest

from accounts.models import User
from listings.factories import FacilityFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("icon", "status"), [("wifi", 302), ("no-such-icon", 200), ("../secret", 200)])
def test_a_facility_has_an_icon_that_can_be_drawn(client, icon, status):
    client.force_login(User.objects.create_superuser("13800138000", "x", name="站长"))
    facility = FacilityFactory(id=61, icon="bath")
    body = {"name": "茶具", "name_en": "", "icon": icon, "group": "bath", "position": 1}
    assert client.post(f"/admin/listings/facility/{facility.pk}/change/", body).status_code == status
    facility.refresh_from_db()
    assert facility.icon == (icon if status == 302 else "bath")
