"""Staff suspend homes and shut people out: what goes with that, what stays, who is told, and what the log says."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import OwnAccount, ReasonMissing, UserInactive, UserIsStaff, UserNotFound
from accounts.factories import PASSWORD, UserFactory
from accounts.messages import words_of
from accounts.models import ApiKey, Message, StaffAct, User
from accounts.moderating import reactivate_user
from bookings import moderating
from bookings.auditing import audit
from bookings.cancelling import cancel_for_staff
from bookings.factories import make_booking
from bookings.models import Booking, Refund, Trade
from bookings.moderating import deactivate_user, preview_deactivation, suspend_house
from bookings.services import request_booking
from listings.approval import restore_house
from listings.calendar import Stay
from listings.errors import HouseNotFound, StatusNotPossible
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import HeldNight, House
from listings.services import create_house, duplicate_house, publish_house, remove_house, take_offline

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
DAY = timedelta(days=1)
FIRST = date(2026, 12, 1)
WHY = {"reason": "门锁坏了，客人投诉"}
Status, HomeStatus = Booking.Status, House.Status
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True)


@pytest.fixture
def house(host) -> House:
    return HouseImageFactory(house__host=host, house__title="柿子小院").house


def stay(house: House, guest: User, status: str, day: int) -> Booking:
    return make_booking(house, guest, FIRST + day * DAY, FIRST + (day + 2) * DAY, status)


@pytest.fixture
def stays(house, guest, stranger) -> dict[str, Booking]:
    """A stay of each kind that is not over, in one home."""
    return {
        "asked": stay(house, guest, Status.WAIT_ACCEPT, 0),
        "unpaid": stay(house, stranger, Status.WAIT_PAYMENT, 5),
        "paid": stay(house, guest, Status.PAID, 10),
    }


def statuses(stays: dict[str, Booking]) -> list[str]:
    return [Booking.objects.get(pk=booking.pk).status for booking in stays.values()]


def log() -> list[tuple]:
    return list(StaffAct.objects.order_by("pk").values_list("act", "thing", "before", "after"))


def kinds(user: User) -> list[str]:
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


# --- a home is suspended ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [HomeStatus.PUBLISHED, HomeStatus.OFFLINE, HomeStatus.PENDING])
def test_a_suspended_home_says_why_and_keeps_its_paid_stays(house, stays, staff, status):
    House.objects.update(status=status)
    suspended = suspend_house(staff=staff, house_id=house.pk, **WHY)
    house.refresh_from_db()
    assert (suspended.status, house.status, house.status_reason) == ("suspended", "suspended", WHY["reason"])
    assert statuses(stays) == [Status.CANCELED, Status.CANCELED, Status.PAID]
    assert set(HeldNight.objects.values_list("hold__booking", flat=True)) == {stays["paid"].pk}
    assert Trade.objects.get(booking=stays["unpaid"]).ask_at == NOON
    assert [str(fault) for fault in audit()] == []


def test_the_log_has_a_line_for_the_home_and_one_for_each_request(house, stays, staff):
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    asked, unpaid = stays["asked"].pk, stays["unpaid"].pk
    assert log() == [
        ("cancel_booking", f"bookings.booking/{asked}", {}, {}),
        ("cancel_booking", f"bookings.booking/{unpaid}", {}, {}),
        (
            "suspend_house",
            f"listings.house/{house.pk}",
            {"status": "published"},
            {"status": "suspended", "cancelled": [asked, unpaid]},
        ),
    ]
    assert set(StaffAct.objects.values_list("reason", flat=True)) == {WHY["reason"]}


def test_guests_are_told_of_their_requests_and_not_why_the_home_is_suspended(house, stays, staff, guest, host):
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    assert kinds(guest) == ["booking.canceled"]
    assert kinds(host) == ["booking.canceled", "booking.canceled", "home.suspended"]
    reasons = Booking.objects.filter(status=Status.CANCELED).values_list("reason", flat=True)
    assert WHY["reason"] not in reasons
    assert all(reasons)
    told = Message.objects.get(kind="home.suspended")
    assert (told.path, told.sms_state) == (f"/host/houses/{house.pk}/edit/review", "due")
    assert "柿子小院" in words_of(told)


def test_a_request_that_ran_out_is_the_clocks_and_not_of_staff(house, staff, guest):
    asked = stay(house, guest, Status.WAIT_ACCEPT, 0)
    Booking.objects.update(expires_at=NOON - DAY)
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    assert asked.events.last().actor is None
    assert StaffAct.objects.get().after == {"status": "suspended", "cancelled": []}


def test_what_cannot_be_suspended_stays_as_it_is(house, staff, clock):
    for status in (HomeStatus.DRAFT, HomeStatus.SUSPENDED):
        House.objects.update(status=status)
        with pytest.raises(StatusNotPossible):
            suspend_house(staff=staff, house_id=house.pk, **WHY)
    with pytest.raises(HouseNotFound):
        suspend_house(staff=staff, house_id=0, **WHY)
    with pytest.raises(ReasonMissing):
        suspend_house(staff=staff, house_id=house.pk, reason=" ")
    assert not StaffAct.objects.exists()


def test_a_suspended_home_is_neither_found_nor_published_nor_copied(house, host, guest, staff, client, api):
    stay(house, guest, Status.PAID, 0)
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    for way_round in (publish_house, duplicate_house, take_offline, remove_house):
        with pytest.raises(StatusNotPossible):
            way_round(host=host, house_id=house.pk)
    with pytest.raises(HouseNotFound):
        request_booking(guest=guest, house_id=house.pk, stay=Stay(FIRST, FIRST + DAY), guests=1)
    assert "柿子小院" not in client.get("/search").text
    assert api.get("/api/v1.0/houses").json()["data"]["houses"] == []
    assert client.get(f"/houses/{house.pk}").status_code == 404
    client.force_login(guest)
    assert client.get(f"/houses/{house.pk}").status_code == 200


@pytest.mark.parametrize("path", ["/host", "/host/houses/{}/edit/review"])
def test_the_host_reads_why(house, host, staff, client, path):
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    client.force_login(host)
    assert WHY["reason"] in client.get(path.format(house.pk)).text


def test_a_kept_answer_forgets_the_home(keeping, house, staff, api):
    for _ in range(2):
        assert api.get(f"/api/v1.0/houses/{house.pk}").status_code == 200
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    assert api.get(f"/api/v1.0/houses/{house.pk}").status_code == 404
    assert api.get("/api/v1.0/houses/index").json()["data"] == []


# --- and restored -----------------------------------------------------------------------------------------------------


def test_a_restored_home_is_offline_and_its_host_may_publish_it(house, host, staff):
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    restored = restore_house(staff=staff, house_id=house.pk, reason="锁修好了")
    assert (restored.status, restored.status_reason) == (HomeStatus.OFFLINE, "")
    assert publish_house(host=host, house_id=house.pk).status == HomeStatus.PUBLISHED
    assert log()[-1][2:] == ({"status": "suspended"}, {"status": "offline"})
    assert kinds(host) == ["home.suspended", "home.restored"]


def test_only_a_suspended_home_is_restored(house, staff):
    with pytest.raises(StatusNotPossible):
        restore_house(staff=staff, house_id=house.pk, **WHY)
    with pytest.raises(ReasonMissing):
        restore_house(staff=staff, house_id=house.pk, reason="")
    assert not StaffAct.objects.exists()


# --- somebody is shut out ---------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(host, stranger) -> dict[str, Booking]:
    """What the host has with others as their guest."""
    other = HouseFactory(host=stranger)
    return {"asked": stay(other, host, Status.WAIT_ACCEPT, 0), "paid": stay(other, host, Status.PAID, 5)}


def test_a_deactivated_host_has_no_home_on_the_market_and_no_request(house, host, stays, elsewhere, staff):
    draft, offline = (HouseFactory(host=host, status=status) for status in (HomeStatus.DRAFT, HomeStatus.OFFLINE))
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    homes = dict(House.objects.hosted_by(host).values_list("pk", "status"))
    assert homes == {house.pk: "suspended", draft.pk: "draft", offline.pk: "suspended"}
    assert statuses(stays) == [Status.CANCELED, Status.CANCELED, Status.PAID]
    assert statuses(elsewhere) == [Status.CANCELED, Status.PAID]
    assert set(Booking.objects.left_to_staff()) == {stays["paid"], elsewhere["paid"]}
    assert [str(fault) for fault in audit()] == []


def test_the_log_says_all_that_went_with_it(house, host, stays, elsewhere, staff, client):
    client.force_login(host)
    ApiKey.objects.create(user=host, name="script")
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    line, gone = StaffAct.objects.get(act="deactivate_user"), (stays["asked"], stays["unpaid"], elsewhere["asked"])
    assert (line.actor, line.subject, line.thing) == (staff, host, f"accounts.user/{host.pk}")
    assert line.before == {"is_active": True}
    assert line.after == {
        "is_active": False,
        "suspended": [house.pk],
        "cancelled": [booking.pk for booking in gone],
        "sessions": 1,
        "keys": 1,
    }
    assert StaffAct.objects.filter(act="cancel_booking").count() == 3


def test_who_is_deactivated_is_out_at_once_and_told_so_at_the_door(house, host, staff, client, api):
    client.force_login(host)
    _, key = ApiKey.objects.create(user=host, name="script")
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    assert client.get("/host").status_code == 302
    assert api.get("/api/v1.0/user", headers={"Authorization": f"Token {key}"}).status_code == 401
    client.cookies["django_language"] = "en"
    asked = client.post("/login", {"by": "password", "mobile": host.mobile, "password": PASSWORD})
    assert "This account is not active." in asked.text


def test_the_others_are_told_and_who_is_deactivated_is_not(stays, elsewhere, host, guest, stranger, staff):
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    assert (kinds(host), kinds(guest)) == ([], ["booking.canceled"])
    assert kinds(stranger) == ["booking.canceled", "booking.canceled"]
    assert WHY["reason"] not in Booking.objects.values_list("reason", flat=True)


def test_a_deactivated_host_publishes_and_begins_nothing(house, host, staff):
    draft = HouseImageFactory(house__host=host, house__status=HomeStatus.DRAFT).house
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    restore_house(staff=staff, house_id=house.pk, **WHY)
    for act in (
        lambda: publish_house(host=host, house_id=draft.pk),
        lambda: publish_house(host=host, house_id=house.pk),
        lambda: create_house(host=host),
    ):
        with pytest.raises(UserInactive):
            act()


def test_who_cannot_be_deactivated_stays(staff, guest, stranger):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    root = UserFactory(is_superuser=True)
    for user_id, refusal in (
        (staff.pk, OwnAccount),
        (UserFactory(is_staff=True).pk, UserIsStaff),
        (root.pk, UserIsStaff),
        (stranger.pk, UserInactive),
        (0, UserNotFound),
    ):
        with pytest.raises(refusal):
            deactivate_user(staff=staff, user_id=user_id, **WHY)
    with pytest.raises(ReasonMissing):
        deactivate_user(staff=staff, user_id=guest.pk, reason="")
    assert not StaffAct.objects.exists()


def test_homes_of_who_comes_back_stay_suspended(house, host, staff):
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    reactivate_user(staff=staff, user_id=host.pk, reason="误会")
    house.refresh_from_db()
    assert (house.status, house.status_reason) == (HomeStatus.SUSPENDED, WHY["reason"])
    with pytest.raises(StatusNotPossible):
        publish_house(host=host, house_id=house.pk)


def test_a_home_that_comes_meanwhile_is_locked_too(house, host, staff, monkeypatch):
    seen, late = moderating.homes_about, []

    def seen_too_early(user_id: int) -> set[int]:
        homes = seen(user_id)
        if not late:
            late.append(HouseFactory(host=host))
        return homes

    monkeypatch.setattr(moderating, "homes_about", seen_too_early)
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    assert set(House.objects.values_list("status", flat=True)) == {HomeStatus.SUSPENDED}
    assert StaffAct.objects.filter(act="deactivate_user").count() == 1


def test_a_second_run_after_a_lost_connection_finds_what_the_first_did(house, host, staff, stays, monkeypatch):
    def twice(function):
        return lambda *args: (function(*args), function(*args))[1]

    for name in ("_suspend_house", "_deactivate"):
        monkeypatch.setattr(moderating, name, twice(getattr(moderating, name)))
    suspend_house(staff=staff, house_id=house.pk, **WHY)
    assert not deactivate_user(staff=staff, user_id=host.pk, **WHY).is_active
    acts = [line[0] for line in log()]
    assert (acts.count("suspend_house"), acts.count("deactivate_user"), acts.count("cancel_booking")) == (1, 1, 2)


# --- what it would do -------------------------------------------------------------------------------------------------


def test_what_is_shown_first_is_what_happens(house, host, stays, elsewhere, staff):
    preview = preview_deactivation(host)
    shown = {name: [row.pk for row in getattr(preview, name)] for name in LISTS}
    assert shown == {
        "homes": [house.pk],
        "requests_as_host": [stays["asked"].pk, stays["unpaid"].pk],
        "requests_as_guest": [elsewhere["asked"].pk],
        "stays_as_host": [stays["paid"].pk],
        "stays_as_guest": [elsewhere["paid"].pk],
    }
    deactivate_user(staff=staff, user_id=host.pk, **WHY)
    after = StaffAct.objects.get(act="deactivate_user").after
    assert after["suspended"] == shown["homes"]
    assert after["cancelled"] == shown["requests_as_host"] + shown["requests_as_guest"]


LISTS = ("homes", "requests_as_host", "requests_as_guest", "stays_as_host", "stays_as_guest")


def test_money_that_is_owed_is_shown_too(house, host, guest, stranger, staff):
    stay(house, guest, Status.COMPLETE, -30)
    back = stay(HouseFactory(host=stranger), host, Status.PAID, 0)
    cancel_for_staff(staff=staff, booking_id=back.pk, reason="停电")
    preview = preview_deactivation(host)
    assert preview.owed_fen == sum(due.amount_fen for due in house.bookings.get().dues.all()) > 0
    assert preview.coming_back_fen == Refund.objects.get().amount_fen
    assert (preview_deactivation(guest).owed_fen, preview_deactivation(guest).coming_back_fen) == (0, 0)


def test_it_takes_as_many_queries_for_many_as_for_few(house, host, guest, stays, elsewhere, django_assert_num_queries):
    def look() -> None:
        preview = preview_deactivation(host)
        for name in LISTS:
            for row in getattr(preview, name):
                assert (row.main_image or True) if name == "homes" else row.house.host.name and row.guest.name

    with django_assert_num_queries(11):
        look()
    for day in range(20, 60, 5):
        stay(house, guest, Status.PAID, day)
        HouseFactory(host=host)
    with django_assert_num_queries(11):
        look()
