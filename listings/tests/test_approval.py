"""Homes that staff look at first."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from accounts.errors import NotVerified, OwnCase, ReasonMissing
from accounts.factories import UserFactory, enter_as_staff
from accounts.models import Identity, StaffAct
from listings.approval import approve_house, refuse_house, restore_house, state_of
from listings.errors import EditedAgain, HouseIncomplete, PhotoMissing, StatusNotPossible
from listings.factories import HouseImageFactory
from listings.models import House
from listings.publishing import missing_for_publishing
from listings.services import publish_house, save_house, take_offline

pytestmark = pytest.mark.django_db
Status = House.Status


@pytest.fixture
def waiting(host) -> House:
    return HouseImageFactory(house__host=host, house__status=Status.PENDING).house


def member_of_staff(*rights: str):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return staff


@pytest.fixture
def moderator(client):
    client.cookies["django_language"] = "en"
    staff = member_of_staff("view_house", "change_house")
    enter_as_staff(client, staff)
    return staff


def act(client, house, name, reason="", method="post"):
    said = {"reason": reason, "seen": state_of(house)}
    return getattr(client, method)(reverse("admin:listings_house_act", args=[house.pk, name]), said)


def status_of(house) -> tuple[str, str]:
    return House.objects.values_list("status", "status_reason").get(pk=house.pk)


def test_what_is_missing_is_told_in_the_order_of_the_steps(stranger):
    codes = [each.code for each in missing_for_publishing(House.objects.create(host=stranger))]
    assert codes[0] == "title"
    assert codes[-3:] == ["price", "photo", "identity"]
    assert len(codes) == 11


def test_nothing_is_missing_of_a_home_that_is_ready(waiting):
    assert missing_for_publishing(waiting) == []


def test_an_incomplete_draft_is_not_published_and_says_what_it_needs(host):
    draft = HouseImageFactory(house__host=host, house__status=Status.DRAFT, house__title="", house__area=None).house
    with pytest.raises(HouseIncomplete) as refusal:
        publish_house(host=host, house_id=draft.pk)
    assert [each.field for each in refusal.value.facts["missing"]] == ["title", "area"]
    assert status_of(draft) == (Status.DRAFT, "")


@pytest.mark.parametrize(("before", "after"), [("draft", "pending"), ("offline", "published")])
def test_where_the_site_reviews_homes_a_draft_waits_first(settings, host, before, after):
    settings.LISTINGS_REQUIRE_REVIEW = True
    house = HouseImageFactory(house__host=host, house__status=before).house
    assert publish_house(host=host, house_id=house.pk).status == after


def test_a_home_that_waits_is_approved_and_the_staff_log_says_which(waiting, moderator):
    approve_house(staff=moderator, house_id=waiting.pk)
    line = StaffAct.objects.get()
    assert status_of(waiting) == (Status.PUBLISHED, "")
    assert (line.actor, line.act, line.subject) == (moderator, StaffAct.Act.APPROVE_HOUSE, waiting.host)
    assert (line.thing, line.about) == (f"listings.house/{waiting.pk}", waiting.title)


def test_a_home_that_is_refused_is_a_draft_and_its_host_reads_why(client, waiting, moderator):
    refuse_house(staff=moderator, house_id=waiting.pk, reason="照片不是这套房子的")
    assert status_of(waiting) == (Status.DRAFT, "照片不是这套房子的")
    client.force_login(waiting.host)
    assert "照片不是这套房子的" in client.get(reverse("my-homes")).text
    publish_house(host=waiting.host, house_id=waiting.pk)
    assert status_of(waiting) == (Status.PUBLISHED, "")


def test_a_refusal_has_a_reason(waiting, moderator):
    with pytest.raises(ReasonMissing):
        refuse_house(staff=moderator, house_id=waiting.pk, reason=" ")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PUBLISHED, Status.OFFLINE, Status.SUSPENDED])
@pytest.mark.parametrize("service", [approve_house, refuse_house])
def test_what_does_not_wait_is_not_decided(host, moderator, status, service):
    house = HouseImageFactory(house__host=host, house__status=status).house
    with pytest.raises(StatusNotPossible):
        service(staff=moderator, house_id=house.pk, reason="x")
    assert status_of(house) == (status, "")
    assert not StaffAct.objects.exists()


def test_what_has_come_to_lack_something_is_not_approved(waiting, moderator):
    waiting.images.all().delete()
    with pytest.raises(PhotoMissing):
        approve_house(staff=moderator, house_id=waiting.pk)
    Identity.objects.all().delete()
    with pytest.raises(NotVerified):
        approve_house(staff=moderator, house_id=waiting.pk)


@pytest.mark.parametrize(("name", "after"), [("approve", "published"), ("refuse", "draft")])
def test_staff_are_asked_before_they_decide(client, moderator, waiting, name, after):
    page = reverse("admin:listings_house_change", args=[waiting.pk])
    assert reverse("admin:listings_house_act", args=[waiting.pk, name]) in client.get(page).text
    assert str(waiting) in act(client, waiting, name, method="get").text
    assert status_of(waiting)[0] == Status.PENDING
    assert act(client, waiting, name, "看过了").status_code == 303
    assert status_of(waiting)[0] == after


@pytest.mark.parametrize(("name", "reason"), [("approve", ""), ("refuse", "照片不是这套房子的")])
def test_what_its_host_saves_while_staff_look_at_a_home_is_not_decided_unseen(client, moderator, waiting, name, reason):
    case = reverse("admin:listings_house_change", args=[waiting.pk])
    [page] = [each["url"] for each in client.get(case).context["offered"] if each["kind"].name == name]
    save_house(host=waiting.host, house_id=waiting.pk, description="加微信")
    seen = client.get(page).context["form"]["seen"].value()
    assert "has changed meanwhile" in client.post(page, {"reason": reason, "seen": seen}).text
    assert status_of(waiting)[0] == Status.PENDING
    [page] = [each["url"] for each in client.get(case).context["offered"] if each["kind"].name == name]
    seen = client.get(page).context["form"]["seen"].value()
    assert client.post(page, {"reason": reason, "seen": seen}).status_code == 303
    assert status_of(waiting)[0] != Status.PENDING


def test_a_decision_that_does_not_say_what_was_seen_is_asked_again(client, moderator, waiting):
    page = reverse("admin:listings_house_act", args=[waiting.pk, "approve"])
    assert "Please open the page again." in client.post(page, {"reason": ""}).text
    assert status_of(waiting)[0] == Status.PENDING


@pytest.mark.parametrize("service", [approve_house, refuse_house])
def test_a_home_that_was_sent_anew_is_another_to_look_at(settings, host, moderator, service):
    settings.LISTINGS_REQUIRE_REVIEW = True
    house = HouseImageFactory(house__host=host, house__status=Status.DRAFT).house
    seen = state_of(publish_house(host=host, house_id=house.pk))
    take_offline(host=host, house_id=house.pk)
    save_house(host=host, house_id=house.pk, title="另一处")
    again = publish_house(host=host, house_id=house.pk)
    with pytest.raises(EditedAgain):
        service(staff=moderator, house_id=house.pk, reason="x", seen=seen)
    assert service(staff=moderator, house_id=house.pk, reason="x", seen=state_of(again)).edited_at is None
    assert not House.objects.to_review().exists()


@pytest.mark.parametrize(
    ("service", "status"),
    [(approve_house, Status.PENDING), (refuse_house, Status.PENDING), (restore_house, Status.SUSPENDED)],
)
def test_staff_do_not_decide_on_their_own_home(host, service, status):
    house = HouseImageFactory(house__host=host, house__status=status).house
    with pytest.raises(OwnCase):
        service(staff=host, house_id=house.pk, reason="x")
    assert status_of(house)[0] == status
    assert not StaffAct.objects.exists()


def test_staff_are_told_that_somebody_else_decides_on_their_own_home(client, moderator, waiting):
    House.objects.update(host=moderator)
    assert "Somebody else has to decide" in act(client, waiting, "approve").text


def test_a_reason_that_was_chosen_is_kept_in_the_language_of_the_site(client, moderator, waiting):
    shown = act(client, waiting, "refuse", method="get")
    assert "The photos are not of this home." in shown.text
    [value, *_others] = [value for value, _words in shown.context["form"].fields["chosen"].choices]
    page = reverse("admin:listings_house_act", args=[waiting.pk, "refuse"])
    client.post(page, {"chosen": value, "reason": "", "seen": state_of(waiting)})
    with translation.override("zh-hans"):
        assert status_of(waiting) == (Status.DRAFT, gettext("The photos are not of this home."))
    assert StaffAct.objects.get().reason == status_of(waiting)[1] != "The photos are not of this home."


def test_a_refusal_in_the_admin_shows_why(client, moderator, waiting):
    assert "Please give a reason." in act(client, waiting, "refuse").text
    waiting.images.all().delete()
    assert "needs a photo" in act(client, waiting, "approve").text
    assert act(client, waiting, "delete", "x").status_code == 404


@pytest.mark.parametrize("name", ["approve", "refuse"])
@pytest.mark.parametrize("rights", [["view_house"], []])
def test_staff_without_the_right_decide_nothing(client, waiting, name, rights):
    enter_as_staff(client, member_of_staff(*rights))
    assert act(client, waiting, name, "x").status_code == 403
    assert status_of(waiting)[0] == Status.PENDING


@pytest.mark.parametrize("name", ["approve", "refuse"])
def test_nobody_but_staff_decides(client, waiting, name):
    for who in (None, waiting.host):
        if who:
            client.force_login(who)
        assert act(client, waiting, name, "x").status_code in {302, 403}
    assert status_of(waiting)[0] == Status.PENDING


def test_a_host_is_told_that_staff_look_first(settings, client, host):
    settings.LISTINGS_REQUIRE_REVIEW = True
    client.cookies["django_language"] = "en"
    client.force_login(host)
    draft = HouseImageFactory(house__host=host, house__status=Status.DRAFT).house
    page = client.post(reverse("house-publish", args=[draft.pk]), follow=True)
    assert "Our staff look at" in page.text
