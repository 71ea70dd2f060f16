"""Each line of the staff log says who did what to which row, from where and why."""

import pytest

from accounts.errors import NotSubmitted
from accounts.factories import IdentityFactory
from accounts.identity import decide_identity
from accounts.models import Identity, StaffAct
from accounts.staff_log import acting_from, name_of, write_act

pytestmark = pytest.mark.django_db


def test_a_line_says_who_what_from_where_and_why(stranger, guest):
    identity = guest.identity
    with acting_from("198.51.100.7"):
        line = write_act(
            staff=stranger,
            act=StaffAct.Act.REJECT_IDENTITY,
            thing=identity,
            subject=guest,
            reason="看不清",
            before={"status": "submitted"},
            after={"status": "rejected"},
        )
    line = StaffAct.objects.get(pk=line.pk)
    assert (line.actor, line.subject, line.act) == (stranger, guest, "reject_identity")
    assert (line.thing, line.address, line.reason) == (f"accounts.identity/{identity.pk}", "198.51.100.7", "看不清")
    assert (line.before, line.after) == ({"status": "submitted"}, {"status": "rejected"})


def test_a_reason_that_masking_makes_longer_is_cut(stranger, guest):
    most = StaffAct._meta.get_field("reason").max_length
    reason = "看了 otpauth: ".ljust(most, "字")
    line = write_act(staff=stranger, act=StaffAct.Act.END_SESSIONS, thing=guest, reason=reason)
    assert line.reason == "看了 otpauth:*** ".ljust(most, "字")


def test_outside_of_a_request_there_is_no_address(stranger, guest):
    with acting_from("198.51.100.7"):
        pass
    assert write_act(staff=None, act=StaffAct.Act.END_SESSIONS, thing=guest).address == ""


def test_an_act_that_fails_leaves_no_line(stranger):
    identity = IdentityFactory()  # decided already
    with pytest.raises(NotSubmitted):
        decide_identity(staff=stranger, identity_id=identity.pk, is_approved=True)
    assert not StaffAct.objects.exists()


def test_a_row_keeps_its_name_in_the_log(guest):
    assert name_of(Identity.objects.get(user=guest)) == f"accounts.identity/{guest.identity.pk}"
