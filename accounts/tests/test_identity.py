"""Real-name verification."""

import logging
from datetime import date

import pytest
from django.db import OperationalError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import (
    AlreadySubmitted,
    IdNumberTaken,
    InvalidIdNumber,
    InvalidRealName,
    NotSubmitted,
    NotVerified,
    OwnCase,
    ReasonMissing,
    SubmittedAgain,
    TooYoung,
    UnknownConsent,
    UnreadableNumber,
    UserInactive,
)
from accounts.factories import UserFactory
from accounts.identity import (
    CONSENT_VERSION,
    decide_identity,
    masked_number,
    number_of,
    parse_real_name,
    read_number,
    require_verified,
    submission_of,
    submit_identity,
)
from accounts.models import Identity, StaffAct
from accounts.numbers import fictitious_number
from ihome_project.errors import NotFound

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "110101199003070003", fictitious_number(date(1991, 1, 1))
Status = Identity.Status


@pytest.fixture
def by_staff(settings):
    settings.IDENTITY_VERIFIER = "manual"


@pytest.fixture
def moderator():
    return UserFactory(name="站长", is_staff=True)


@pytest.fixture
def lost_answer(monkeypatch):
    """Let the first transaction from now on commit, and its answer be lost on the way."""
    leave, lost = transaction.Atomic.__exit__, []

    def left(self, error, *args):
        leave(self, error, *args)
        if error is None and not lost:
            lost.append(True)
            raise OperationalError(2013, "Lost connection to server during query")

    return lambda: monkeypatch.setattr(transaction.Atomic, "__exit__", left)


def submit(user, number=NUMBER, real_name="赵路人", **changes) -> Identity:
    return submit_identity(user=user, number=number, real_name=real_name, **{"way": Identity.Way.PAGE} | changes)


def test_what_is_well_formed_is_verified_at_once_by_default(stranger):
    identity = submit(stranger)
    assert (identity.status, identity.real_name, identity.decided_by) == (Status.VERIFIED, "赵路人", None)
    assert stranger.is_verified


def test_the_consent_is_kept_with_its_version_its_time_and_its_way(stranger):
    identity = submit(stranger, way=Identity.Way.API)
    assert (identity.consent_version, identity.consent_way) == (CONSENT_VERSION, "api")
    assert identity.submitted_at


def test_staff_decide_where_the_operator_wants_it(stranger, by_staff):
    assert submit(stranger).status == Status.SUBMITTED
    assert not stranger.is_verified


def test_a_verifier_from_elsewhere_plugs_in(stranger, settings):
    settings.IDENTITY_VERIFIER = "accounts.tests.test_identity.refuse_all"
    identity = submit(stranger)
    assert (identity.status, identity.number_digest) == (Status.REJECTED, None)
    assert identity.reason == "查无此人"


def refuse_all(real_name, number):
    return "查无此人"


@pytest.mark.parametrize("verdict", [False, "", 1])
def test_a_verifier_that_says_nothing_sensible_is_a_fault_of_its_own(stranger, settings, verdict):
    settings.IDENTITY_VERIFIER = "accounts.tests.test_identity.odd"
    odd.verdict = verdict
    with pytest.raises(TypeError):
        submit(stranger)
    assert not Identity.objects.exists()


def odd(real_name, number):
    return odd.verdict


def break_down(real_name, number):
    raise AssertionError("asked, and to be paid for it")


def test_a_verifier_is_not_asked_about_what_is_refused_anyway(stranger, guest, settings):
    settings.IDENTITY_VERIFIER = "accounts.tests.test_identity.break_down"
    with pytest.raises(AlreadySubmitted):
        submit(guest)
    with pytest.raises(IdNumberTaken):
        submit(stranger, number_of(guest.identity))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"number": "110101199003070004"}, InvalidIdNumber),
        ({"number": fictitious_number(date(2020, 1, 1))}, TooYoung),
        ({"real_name": "x"}, InvalidRealName),
        ({"consent_version": "1999"}, UnknownConsent),
    ],
)
def test_what_is_refused_writes_nothing(stranger, changes, refusal):
    with pytest.raises(refusal):
        submit(stranger, **changes)
    assert not Identity.objects.exists()


@pytest.mark.parametrize("verifier", ["manual", "checksum"])
def test_an_identity_is_submitted_once(stranger, settings, verifier):
    settings.IDENTITY_VERIFIER = verifier
    submit(stranger)
    with pytest.raises(AlreadySubmitted):
        submit(stranger, OTHER)
    assert number_of(Identity.objects.get()) == NUMBER


def test_a_number_belongs_to_one_user(stranger, guest):
    submit(stranger)
    with pytest.raises(IdNumberTaken):
        submit(UserFactory())


def test_a_rejected_one_says_why_and_may_be_sent_again(stranger, by_staff, moderator):
    rejected = submit(stranger)
    decide_identity(staff=moderator, identity_id=rejected.pk, is_approved=False, reason="名字不对")
    assert Identity.objects.get().reason == "名字不对"
    again = submit(stranger, OTHER)
    assert (again.pk, again.status, again.reason, number_of(again)) == (rejected.pk, Status.SUBMITTED, "", OTHER)


def test_a_rejected_number_may_be_its_real_owners(stranger, by_staff, moderator):
    rejected = submit(stranger)
    decide_identity(staff=moderator, identity_id=rejected.pk, is_approved=False, reason="不是本人")
    assert submit(UserFactory()).status == Status.SUBMITTED


def test_staff_approve_once_and_it_is_written_down(stranger, by_staff, moderator):
    identity = submit(stranger)
    decide_identity(staff=moderator, identity_id=identity.pk, is_approved=True)
    identity.refresh_from_db()
    assert (identity.status, identity.decided_by) == (Status.VERIFIED, moderator)
    with pytest.raises(NotSubmitted):
        decide_identity(staff=moderator, identity_id=identity.pk, is_approved=False, reason="又想了想")
    assert StaffAct.objects.get().act == StaffAct.Act.VERIFY_IDENTITY


@pytest.mark.parametrize("is_approved", [True, False])
def test_staff_decide_on_the_submission_that_they_have_seen(stranger, by_staff, moderator, is_approved):
    seen, decision = submission_of(submit(stranger)), {"staff": moderator, "is_approved": is_approved, "reason": "x"}
    identity = decide_identity(staff=moderator, identity_id=Identity.objects.get().pk, is_approved=False, reason="不对")
    again = submit(stranger, OTHER)
    with pytest.raises(SubmittedAgain):
        decide_identity(identity_id=identity.pk, seen=seen, **decision)
    assert Identity.objects.get().status == Status.SUBMITTED
    decide_identity(identity_id=identity.pk, seen=submission_of(again), **decision)


@pytest.mark.parametrize("is_approved", [True, False])
def test_nobody_decides_on_their_own_identity(by_staff, moderator, is_approved):
    identity = submit(moderator)
    with pytest.raises(OwnCase):
        decide_identity(staff=moderator, identity_id=identity.pk, is_approved=is_approved, reason="x")
    assert Identity.objects.get().status == Status.SUBMITTED
    assert not StaffAct.objects.exists()


def test_a_rejection_needs_a_reason(stranger, by_staff, moderator):
    identity = submit(stranger)
    with pytest.raises(ReasonMissing):
        decide_identity(staff=moderator, identity_id=identity.pk, is_approved=False, reason=" ")
    assert not StaffAct.objects.exists()


def test_each_look_of_staff_at_a_whole_number_says_why_and_is_written_down(guest, moderator):
    identity = guest.identity
    with pytest.raises(ReasonMissing):
        read_number(staff=moderator, identity_id=identity.pk, reason="")
    assert read_number(staff=moderator, identity_id=identity.pk, reason="警方来函") == number_of(identity)
    act = StaffAct.objects.get()
    assert (act.act, act.actor, act.subject, act.reason) == (StaffAct.Act.READ_NUMBER, moderator, guest, "警方来函")


def test_a_look_at_a_number_that_cannot_be_read_is_written_down_too(guest, moderator):
    Identity.objects.filter(user=guest).update(seal_key="lost")
    with pytest.raises(UnreadableNumber):
        read_number(staff=moderator, identity_id=guest.identity.pk, reason="警方来函")
    assert StaffAct.objects.get().subject == guest


def test_nobody_reads_the_number_of_an_identity_that_is_gone(moderator):
    with pytest.raises(NotFound):
        read_number(staff=moderator, identity_id=1, reason="警方来函")


def test_swapped_seals_do_not_open(guest, host):
    mine, theirs = guest.identity, host.identity
    swap = "UPDATE accounts_identity SET sealed_number = %s, seal_key = %s WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(swap, [bytes(theirs.sealed_number), theirs.seal_key, mine.pk])
    mine.refresh_from_db()
    with pytest.raises(UnreadableNumber):
        number_of(mine)
    assert masked_number(mine) == "*" * 18


def test_no_number_stands_in_the_row_in_plain(stranger):
    submit(stranger)
    row = Identity.objects.values().get()
    assert NUMBER not in str(row)
    assert NUMBER.encode() not in bytes(row["sealed_number"])


def test_no_number_is_logged_even_where_every_statement_is(stranger, moderator, settings, caplog):
    settings.IDENTITY_VERIFIER, connection.force_debug_cursor = "manual", True
    with caplog.at_level(logging.DEBUG, logger="django.db.backends"):
        identity = submit(stranger)
        with pytest.raises(IdNumberTaken):
            submit(UserFactory())
        read_number(staff=moderator, identity_id=identity.pk, reason="警方来函")
    assert "INSERT INTO" in caplog.text
    assert NUMBER not in caplog.text


def test_a_number_is_shown_masked_and_an_old_identity_without_one_has_none(stranger):
    assert masked_number(submit(stranger)) == "110101********0003"
    assert masked_number(Identity(user=stranger)) == ""


def test_only_who_is_verified_may_go_on(guest, stranger):
    require_verified(guest)
    with pytest.raises(NotVerified):
        require_verified(stranger)


@pytest.mark.parametrize("name", ["赵路人", "买买提·吐尔逊", "Ng Mei-Ling", "O'Brien Pat"])
def test_a_real_name_may_have_signs_between_its_parts(name):
    assert parse_real_name(f" {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "赵",
        "··",
        "赵路人1",
        "赵\n路人",
        "赵\u202e路",
        "😀😀",
        "赵\u0301",
        "\u3164\u3164\u3164",
        "赵" * 65,
        "x" * 1_000_000,
    ],
    ids=range(11),
)
def test_what_stands_on_no_card_is_no_real_name(name):
    with pytest.raises(InvalidRealName):
        parse_real_name(name)


@given(st.text())
def test_any_text_is_a_real_name_as_it_is_kept_or_none(text):
    try:
        name = parse_real_name(text)
    except InvalidRealName:
        return
    assert parse_real_name(name) == name
    assert 2 <= len(name) <= 64


# --- what was not refused, and did not answer ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verifier", ["manual", "checksum", "accounts.tests.test_identity.refuse_all"])
def test_a_submission_whose_answer_was_lost_is_found_again(stranger, settings, lost_answer, verifier):
    settings.IDENTITY_VERIFIER = verifier
    lost_answer()
    identity = submit(stranger)
    assert identity == Identity.objects.get()
    assert number_of(identity) == NUMBER


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_approved", [True, False])
def test_a_decision_whose_answer_was_lost_is_found_again(stranger, by_staff, moderator, lost_answer, is_approved):
    identity = submit(stranger)
    lost_answer()
    decided = decide_identity(staff=moderator, identity_id=identity.pk, is_approved=is_approved, reason="看过了")
    assert decided.decided_by == moderator
    assert StaffAct.objects.count() == 1


def test_a_closed_account_leaves_no_identity_behind(stranger):
    type(stranger).objects.filter(pk=stranger.pk).update(is_active=False)
    with pytest.raises(UserInactive):
        submit(stranger)
    assert not Identity.objects.exists()
