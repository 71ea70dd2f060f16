"""Staff approve, reject and read identities in the admin."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.factories import IdentityFactory, MessageFactory, UserFactory, enter_as_staff
from accounts.identity import number_of, submission_of
from accounts.models import Identity, StaffAct, User
from accounts.tests.test_forms_survive import NASTY

pytestmark = pytest.mark.django_db
ACTS = ["approve", "reject", "number"]
INDEX, LIST = "admin:index", "admin:accounts_identity_changelist"
MESSAGES = "admin:accounts_message_changelist"


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def waiting():
    return IdentityFactory(status=Identity.Status.SUBMITTED, decided_at=None)


def member_of_staff(*rights: str):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return staff


@pytest.fixture
def moderator(client):
    staff = member_of_staff("view_identity", "change_identity", "read_number")
    enter_as_staff(client, staff)
    return staff


def act(client, identity, name, reason="", method="post"):
    said = {"reason": reason, "seen": submission_of(identity)}
    return getattr(client, method)(reverse("admin:accounts_identity_act", args=[identity.pk, name]), said)


def test_a_moderator_approves(client, moderator, waiting):
    assert act(client, waiting, "approve").status_code == 303
    waiting.refresh_from_db()
    assert (waiting.status, waiting.decided_by) == (Identity.Status.VERIFIED, moderator)


def test_a_moderator_rejects_with_a_reason(client, moderator, waiting):
    assert "Please give a reason." in act(client, waiting, "reject").text
    act(client, waiting, "reject", "照片不清楚")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == (Identity.Status.REJECTED, "照片不清楚")


def test_what_is_decided_is_not_decided_again(client, moderator, waiting):
    act(client, waiting, "approve")
    assert "not waiting for a decision" in act(client, waiting, "reject", "又想了想").text
    assert StaffAct.objects.count() == 1


@pytest.mark.parametrize(("name", "reason"), [("approve", ""), ("reject", "名字不对")])
def test_what_was_submitted_anew_while_a_moderator_looked_is_not_decided(client, moderator, waiting, name, reason):
    case = reverse("admin:accounts_identity_change", args=[waiting.pk])
    [page] = [each["url"] for each in client.get(case).context["offered"] if each["kind"].name == name]
    Identity.objects.filter(pk=waiting.pk).update(real_name="李四", submitted_at=timezone.now())
    shown = client.get(page)
    assert "李四" in shown.text
    said = {"reason": reason, "seen": shown.context["form"]["seen"].value()}
    refused = client.post(page, said)
    assert "submitted anew meanwhile" in refused.text
    waiting.refresh_from_db()
    assert waiting.status == Identity.Status.SUBMITTED
    [page] = [each["url"] for each in client.get(case).context["offered"] if each["kind"].name == name]
    said["seen"] = client.get(page).context["form"]["seen"].value()
    assert client.post(page, said).status_code == 303


def test_the_whole_number_is_shown_for_a_reason_only_and_once(client, moderator, waiting):
    number = number_of(waiting)
    page = reverse("admin:accounts_identity_change", args=[waiting.pk])
    assert number not in client.get(page).text
    assert number not in act(client, waiting, "number").text
    shown = act(client, waiting, "number", "警方来函")
    assert number in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert number not in client.get(page).text
    assert StaffAct.objects.get().act == StaffAct.Act.READ_NUMBER


def test_the_whole_number_is_in_no_message_no_address_and_no_line_of_the_staff_log(client, moderator, waiting):
    number = number_of(waiting)
    shown = act(client, waiting, "number", "警方来函")
    assert shown.status_code == 200
    assert number not in shown.request["PATH_INFO"] + shown.request["QUERY_STRING"]
    assert not any(number in client.get(reverse(page)).text for page in (INDEX, LIST))
    assert number not in str(StaffAct.objects.values().get())


def test_an_act_is_confirmed_beside_the_masked_number(client, moderator, waiting):
    page = act(client, waiting, "approve", method="get").text
    assert f"{waiting.user} · {waiting.real_name} · 110101********" in page
    assert number_of(waiting) not in page


def test_an_identity_with_an_unreadable_number_can_still_be_rejected(client, moderator, waiting):
    Identity.objects.filter(pk=waiting.pk).update(seal_key="lost")
    assert "*" * 18 in client.get(reverse("admin:accounts_identity_change", args=[waiting.pk])).text
    assert "cannot be read" in act(client, waiting, "number", "警方来函").text
    assert act(client, waiting, "reject", "号码读不出，请重新提交").status_code == 303


def test_a_moderator_sees_how_long_each_identity_has_waited(client, moderator, waiting):
    Identity.objects.filter(pk=waiting.pk).update(submitted_at=timezone.now() - timedelta(days=3, hours=2))
    decided = IdentityFactory()
    page = client.get(reverse(LIST), {"status__exact": "submitted"}).text
    assert "3\xa0days" in page
    assert waiting.user.name in page
    assert decided.user.name not in page


@pytest.mark.parametrize("name", ACTS)
def test_a_look_at_the_page_changes_nothing(client, moderator, waiting, name):
    assert act(client, waiting, name, "x", method="get").status_code == 200
    waiting.refresh_from_db()
    assert waiting.status == Identity.Status.SUBMITTED
    assert not StaffAct.objects.exists()


@pytest.mark.parametrize("name", ACTS)
def test_staff_without_the_right_do_nothing(client, waiting, name):
    enter_as_staff(client, member_of_staff("view_identity"))
    assert act(client, waiting, name, "x").status_code == 403
    assert "Approve" not in client.get(reverse("admin:accounts_identity_change", args=[waiting.pk])).text


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("who", ["guest", "stranger", None])
def test_nobody_but_staff_does_anything(request, client, waiting, name, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    assert act(client, waiting, name, "x").status_code in (302, 403)
    waiting.refresh_from_db()
    assert waiting.status == Identity.Status.SUBMITTED
    assert not StaffAct.objects.exists()


def test_not_even_a_superuser_writes_in_the_staff_log(client, waiting):
    enter_as_staff(client, User.objects.create_superuser("13800138000", "x", name="爱家站长"))
    act(client, waiting, "approve")
    line = StaffAct.objects.get()
    change, delete = (reverse(f"admin:accounts_staffact_{page}", args=[line.pk]) for page in ("change", "delete"))
    assert [client.get(change).status_code, client.post(change, {"reason": "x"}).status_code] == [200, 403]
    assert client.post(delete, {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [line.pk], "post": "yes"}
    client.post(reverse("admin:accounts_staffact_changelist"), many)
    assert list(StaffAct.objects.all()) == [line]


def test_there_is_no_other_act(client, moderator, waiting):
    assert act(client, waiting, "delete", "x").status_code == 404


def test_the_admin_asks_to_log_in_on_the_page_for_everybody(client):
    asked = client.get(reverse("admin:index"), follow=True)
    assert asked.redirect_chain[-1][0] == f"{reverse('login')}?next=/admin/"


def test_who_is_no_staff_does_not_go_round_in_circles(client, guest):
    client.force_login(guest)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.fixture
def owner(client):
    """A superuser's browser."""
    user = UserFactory(is_staff=True, is_superuser=True)
    enter_as_staff(client, user)
    return user


def test_staff_change_their_password_where_everybody_does(client, owner):
    assert client.post(reverse("admin:password_change"), {"old_password": "x"}).url == f"{reverse('security')}#password"


def test_nobody_is_deleted_in_the_admin(client, owner, guest):
    assert client.post(reverse("admin:accounts_user_delete", args=[guest.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_nothing_that_staff_type_breaks(client, owner, guest, waiting, nasty):
    client.raise_request_exception = False
    assert client.post(reverse("admin:accounts_user_changelist"), {"search": nasty}).status_code < 500
    for name in ACTS:
        assert act(client, waiting, name, nasty).status_code < 500


def test_a_member_of_staff_reads_why_a_colleague_stays_logged_in(client):
    enter_as_staff(client, member_of_staff("view_user", "end_sessions"))
    page = reverse("admin:accounts_user_act", args=[UserFactory(is_staff=True).pk, "sessions"])
    assert "Only an administrator can do this" in client.post(page, {"reason": "x"}).text


# --- messages ---------------------------------------------------------------------------------------------------------


def failing(user, **facts):
    stuck = {"sms_state": "due", "sms_tries": 3, "sms_said": "isv.AMOUNT_NOT_ENOUGH", "due_at": timezone.now()}
    return MessageFactory(user=user, **stuck | facts)


def found(client, state=""):
    return [message.pk for message in client.get(reverse(MESSAGES), {"state": state}).context["cl"].result_list]


def test_staff_see_which_texts_the_provider_does_not_take_and_why(client, owner, guest):
    stuck, fine = failing(guest), MessageFactory(user=guest)
    page = client.get(reverse(MESSAGES), {"state": "failing"}).text
    assert "isv.AMOUNT_NOT_ENOUGH" in page
    assert "8002" not in page
    assert (found(client, "failing"), found(client), found(client, "x")) == ([stuck.pk], *[[fine.pk, stuck.pk]] * 2)


def test_staff_find_messages_by_where_they_stand(client, owner, guest):
    now = timezone.now()
    made = {
        "outbox": MessageFactory(user=guest, delivered_at=None, due_at=now),
        "waiting": MessageFactory(user=guest, sms_state="due", due_at=now),
        "failing": failing(guest),
        "given_up": MessageFactory(user=guest, sms_state="given_up"),
        "unknown": MessageFactory(user=guest, sms_state="unknown"),
        "sent": MessageFactory(user=guest, sms_state="sent"),
    }
    assert {state: found(client, state) for state in made} == {state: [each.pk] for state, each in made.items()}


def test_nobody_writes_or_deletes_messages_in_the_admin(client, owner, guest):
    message = failing(guest)
    pages = [reverse(f"admin:accounts_message_{page}", args=[message.pk]) for page in ("change", "delete")]
    assert client.get(pages[0]).status_code == 200
    assert [client.post(page, {"post": "yes"}).status_code for page in pages] == [403, 403]
    assert client.get(reverse("admin:accounts_message_add")).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_of_messages_takes_as_many_queries_however_many(client, owner, count, django_assert_max_num_queries):
    for _ in range(count):
        failing(UserFactory())
    with django_assert_max_num_queries(5):  # session, user, count twice, rows
        client.get(reverse(MESSAGES))
