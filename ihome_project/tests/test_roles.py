"""Which role sees and does what in the admin: every page and every act, found by the test itself."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.errors import RolesChanged
from accounts.factories import UserFactory, enter_as_staff
from accounts.models import StaffAct, User
from accounts.roles import ROLES, grant_roles, names_of, write_roles
from accounts.staff_log import name_of
from bookings.tests.test_admin import MAKE
from ihome_project.errors import DomainError
from ihome_project.tests.world import walk

HOMES = {"area", "facility", "house", "hold", "heldnight", "nightprice", "review", "report"}
MONEY = {"booking", "trade", "payment", "refund", "straynotice", "hostdue", "payout"}
SEES = {
    "moderator": HOMES | {"user", "identity", "staffact", "booking"},
    "support": HOMES | {"user", "message", "staffact", "missedsearch", "booking", "trade", "payment", "refund"},
    "finance": MONEY | {"user", "staffact", "house"},
    "administrator": HOMES | MONEY | {"user", "identity", "message", "staffact", "missedsearch", "apikey"},
}
ON_HOMES = {"house/approve", "house/refuse", "house/edits", "house/restore", "house/suspend"}
ON_REVIEWS = {"review/hide", "review/show", "report/uphold", "report/dismiss"}
ON_IDENTITIES = {"identity/approve", "identity/reject", "identity/number"}
MODERATES = ON_HOMES | ON_REVIEWS | ON_IDENTITIES | {"user/sessions", "user/deactivate", "user/reactivate"}
SUPPORTS = {"user/sessions", "message/resend", "booking/refund", "booking/cancel"}
PAYS = {"trade/ask", "refund/take", "refund/retry", "refund/settle", "straynotice/settle"}
DOES = {
    "moderator": MODERATES,
    "support": SUPPORTS,
    "finance": PAYS,
    "administrator": MODERATES | SUPPORTS | PAYS | {"user/roles", "user/second-factor"},
}
LISTS = ("changelist", "queue", "export")
ROWS = ("change", "history", "delete", "act")
APART = {"bookings_booking_calendar", "bookings_hostdue_pay", "bookings_hostdue_pay_some"}  # tried below
OF_THE_SITE = {
    "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site",
    "app_list", None,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _roles(db):
    write_roles()


def member(*roles: str) -> tuple[Client, User]:
    user = UserFactory(is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    client = Client()
    enter_as_staff(client, user)
    return client, user


def registered() -> list[tuple]:
    return [
        (model, admin.site.get_model_admin(model)) for model in apps.get_models() if admin.site.is_registered(model)
    ]


def name(model) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def row_for(model, user):
    if model is StaffAct:  # one's own
        return StaffAct.objects.create(actor=user, subject=user, act=StaffAct.Act.READ_NUMBER)
    return MAKE[model]()


def opens(response) -> bool:
    assert response.status_code in {200, 302, 403, 404}, response.status_code
    return response.status_code != 403


def test_a_migration_makes_each_role_as_it_is_written():
    for role, written in ROLES.items():
        held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in held} == set(written.permissions)


def test_every_page_of_the_admin_is_tried_here():
    found = {
        pattern.name for regex, pattern in walk(list(admin.site.get_urls())) if not regex.startswith("r/")
    } - OF_THE_SITE
    models = [model for model in apps.get_models() if admin.site.is_registered(model)]
    tried = {f"{name(model)}_{page}".removeprefix("admin:") for model in models for page in (*LISTS, *ROWS, "add")}
    assert found - tried == APART


def test_every_act_is_somebodys():
    acts = {f"{m._meta.model_name}/{act.name}" for m, made in registered() for act in made.acts}
    assert acts == DOES["administrator"]


@pytest.mark.parametrize("model", MAKE, ids=lambda model: model._meta.model_name)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_own_lists_and_rows_only(role, model):
    client, user = member(role)
    row, may = row_for(model, user), model._meta.model_name in SEES[role]
    assert opens(client.get(reverse(f"{name(model)}_changelist"))) == may
    assert opens(client.get(reverse(f"{name(model)}_queue"))) == may
    assert (client.post(reverse(f"{name(model)}_export")).status_code == 200) == may
    if model._meta.model_name != "apikey":  # its primary key is a secret, so a row of it has no page
        page = client.get(reverse(f"{name(model)}_change", args=[row.pk]))
        assert (page.status_code == 200) == may
        assert (client.get(reverse(f"{name(model)}_history", args=[row.pk])).status_code == 200) == may


@pytest.mark.parametrize("model", MAKE, ids=lambda model: model._meta.model_name)
@pytest.mark.parametrize("role", ROLES)
def test_only_lists_that_staff_keep_are_added_to_and_deleted_from(role, model):
    client, user = member(role)
    row = row_for(model, user)
    may = role == "administrator" and model._meta.model_name in {"area", "facility"}
    assert (client.get(reverse(f"{name(model)}_add")).status_code == 200) == may
    if model._meta.model_name != "apikey":
        assert (client.get(reverse(f"{name(model)}_delete", args=[row.pk])).status_code == 200) == may
    before = StaffAct.objects.filter(act__in=("change_row", "add_row", "delete_row")).count()
    if model._meta.model_name != "apikey":
        client.post(reverse(f"{name(model)}_change", args=[row.pk]), {"status": "PAID", "amount_fen": "1"})
    assert StaffAct.objects.filter(act__in=("change_row", "add_row", "delete_row")).count() == before


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_its_own_acts_only(role):
    client, user = member(role)
    for model, made in registered():
        row = row_for(model, user) if made.acts else None
        for act in made.acts:
            page = reverse(f"{name(model)}_act", args=[row.pk, act.name])
            may = f"{model._meta.model_name}/{act.name}" in DOES[role]
            assert client.get(page).status_code == (200 if may else 403), (role, page)
            before = StaffAct.objects.count()
            if not may:
                assert client.post(page, {"reason": "x"}).status_code == 403
                assert StaffAct.objects.count() == before


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_apart(role):
    client, _user = member(role)
    due = MAKE[next(model for model in MAKE if model._meta.model_name == "hostdue")]()
    calendar = reverse("admin:bookings_booking_calendar", args=[due.booking.house_id])
    assert opens(client.get(calendar))  # every role sees homes and bookings
    said = {"_selected_action": [due.pk], "bank_reference": " "}
    assert opens(client.post(reverse("admin:bookings_hostdue_pay_some"), said)) == (
        role in {"finance", "administrator"}
    )
    assert opens(client.get(reverse("admin:bookings_hostdue_pay", args=[due.pk]))) == (
        role in {"finance", "administrator"}
    )


def test_staff_without_a_role_see_no_list():
    client, user = member()
    for model in MAKE:
        row_for(model, user)
        assert client.get(reverse(f"{name(model)}_changelist")).status_code == 403


@pytest.mark.parametrize("role", [None, *ROLES])
def test_the_first_page_names_only_what_a_role_may_see(role):
    client, _user = member(*([role] if role else []))
    page = client.get(reverse("admin:index"))
    linked = {model._meta.model_name for model in MAKE if f'href="{reverse(f"{name(model)}_changelist")}' in page.text}
    assert linked == (SEES[role] if role else set())


def test_a_member_of_staff_sees_only_their_own_lines_of_the_log():
    client, _user = member("moderator")
    other = StaffAct.objects.create(actor=UserFactory(name="别的审核员"), act=StaffAct.Act.EXPORT)
    page = reverse("admin:accounts_staffact_changelist")
    assert other.actor.name not in client.get(page).text
    assert client.get(reverse("admin:accounts_staffact_change", args=[other.pk])).status_code == 302
    assert other.actor.name in member("administrator")[0].get(page).text


def test_colleagues_read_in_a_history_what_was_done_and_not_what_somebody_exported(guest):
    client, user = member("moderator")
    other = UserFactory(name="别的审核员")
    of = {"subject": guest, "thing": name_of(guest)}
    done = StaffAct.objects.create(actor=other, act=StaffAct.Act.END_SESSIONS, reason="手机丢了", **of)
    own = StaffAct.objects.create(actor=user, act=StaffAct.Act.REACTIVATE_USER, **of)
    server = StaffAct.objects.create(actor=None, act=StaffAct.Act.RESET_SECOND_FACTOR, **of)
    exports = [StaffAct.objects.create(actor=who, act=StaffAct.Act.EXPORT, **of) for who in (other, user, None)]
    page = reverse("admin:accounts_user_history", args=[guest.pk])

    def seen(browser) -> tuple[set, set]:
        answer = browser.get(page)
        linked = {line.pk for line in StaffAct.objects.all() if line_page(line) in answer.text}
        return {line.pk for line in answer.context["page"]}, linked

    assert "手机丢了" in client.get(page).text
    assert seen(client) == ({done.pk, own.pk, server.pk, exports[1].pk}, {own.pk, exports[1].pk})
    every = set(StaffAct.objects.values_list("pk", flat=True))
    assert seen(member("administrator")[0]) == (every, every)


def line_page(line: StaffAct) -> str:
    return reverse("admin:accounts_staffact_change", args=[line.pk])


def test_roles_are_given_for_a_reason_by_another_and_end_all_sessions(client, guest):
    _browser, giver = member("administrator")
    client.force_login(guest)
    grant_roles(staff=giver, user_id=guest.pk, roles=["support"], reason="新同事")
    guest.refresh_from_db()
    assert guest.is_staff
    assert not guest.sessions.exists()
    line = StaffAct.objects.get(act=StaffAct.Act.GRANT_ROLES)
    assert (line.before, line.after, line.reason) == ({"roles": []}, {"roles": ["support"]}, "新同事")
    grant_roles(staff=giver, user_id=guest.pk, roles=[], reason="离职")
    guest.refresh_from_db()
    assert not guest.is_staff


def test_roles_that_were_taken_meanwhile_do_not_come_back_with_an_old_page(guest):
    browser, giver = member("administrator")
    grant_roles(staff=giver, user_id=guest.pk, roles=["moderator", "finance"], reason="新同事")
    page = reverse("admin:accounts_user_act", args=[guest.pk, "roles"])
    form = browser.get(page).context["form"]
    old = {"shown": form["shown"].value(), "roles": [*form["roles"].value(), "support"], "reason": "换岗"}
    assert old["shown"] == "finance,moderator"
    grant_roles(staff=member("administrator")[1], user_id=guest.pk, roles=[], reason="离职")
    refused = browser.post(page, old)
    assert refused.context["form"].errors["roles"] == [str(RolesChanged())]
    guest.refresh_from_db()
    assert (guest.is_staff, names_of(guest)) == (False, [])
    assert browser.post(page, old | {"shown": browser.get(page).context["form"]["shown"].value()}).status_code == 303
    assert names_of(guest) == ["finance", "moderator", "support"]


def test_a_second_run_after_a_lost_connection_finds_the_roles_as_the_first_has_left_them(guest, monkeypatch):
    _browser, giver = member("administrator")
    run = roles._grant  # noqa: SLF001 — the connection is lost after it
    monkeypatch.setattr(roles, "_grant", lambda *args: (run(*args), run(*args))[1])
    grant_roles(staff=giver, user_id=guest.pk, roles=["support"], reason="新同事", shown=[])
    assert names_of(guest) == ["support"]
    assert StaffAct.objects.filter(act=StaffAct.Act.GRANT_ROLES).count() == 1


@pytest.mark.parametrize("case", ["no reason", "oneself", "nobody", "deactivated"])
def test_roles_that_are_not_given(guest, case):
    _browser, giver = member("administrator")
    if case == "deactivated":
        User.objects.filter(pk=guest.pk).update(is_active=False)
    whom = {"oneself": giver.pk, "nobody": 10**6}.get(case, guest.pk)
    with pytest.raises(DomainError):
        grant_roles(staff=giver, user_id=whom, roles=["finance"], reason="" if case == "no reason" else "x")
    guest.refresh_from_db()
    assert not guest.is_staff
    assert not StaffAct.objects.exists()
