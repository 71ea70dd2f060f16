"""Reports: users tell staff that a home, a review or a person is not right, and staff decide."""

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.errors import ReasonMissing, UserInactive
from accounts.limits import DAY, Limit, Reached, Rule, release, reserve
from accounts.models import StaffAct, User
from accounts.staff_log import refuse_own, write_act
from ihome_project.db import retry_transaction
from listings.errors import (
    AlreadyReported,
    CannotReportYourself,
    HouseNotFound,
    PersonNotFound,
    ReportNotFound,
    ReportNotOpen,
    ReportWordsMissing,
    ReviewNotFound,
    TooManyReports,
    UnknownWhy,
)
from listings.models import House, Report, Review
from listings.telling import tell_of_decision

A_DAY = 20  # reports of one person
State, Why = Report.State, Report.Why


def people_met_by(user: User) -> QuerySet[User]:
    """Return those of whom a user sees something: hosts of homes whose page is theirs to see, and their own guests."""
    hosts = House.objects.visible_to(user).values("host")
    guests = User.objects.filter(bookings__house__host=user)  # the bookings app points here; nothing points at it
    return User.objects.filter(Q(pk__in=hosts) | Q(pk__in=guests.values("pk")))


def begin_report(
    reporter: User, *, house_id: int | None = None, review_id: int | None = None, person_id: int | None = None
) -> Report:
    """Return a report, not yet written, of the one thing that an id names.

    Raises HouseNotFound, ReviewNotFound or PersonNotFound for what the reporter does not see, or
    CannotReportYourself.
    """
    report = Report(reporter=reporter)
    homes = House.objects.visible_to(reporter)
    if house_id is not None:
        report.house = homes.select_related("host").filter(pk=house_id).first()
        if report.house is None:
            raise HouseNotFound
    elif review_id is not None:
        seen = Review.objects.visible().filter(house__in=homes)
        report.review = seen.select_related("house", "author").filter(pk=review_id).first()
        if report.review is None:
            raise ReviewNotFound
    else:
        is_self = person_id == reporter.pk
        report.person = reporter if is_self else people_met_by(reporter).filter(pk=person_id or 0).first()
        if report.person is None:
            raise PersonNotFound
    if report.about.pk == reporter.pk:
        raise CannotReportYourself
    return report


def make_report(  # noqa: PLR0913 — who, which of three things, why, in which words, and a key
    *,
    reporter: User,
    house_id: int | None = None,
    review_id: int | None = None,
    person_id: int | None = None,
    why: str,
    words: str = "",
    key: str = "",
) -> Report:
    """Report one home, review or person that the reporter sees; the same `key` is the same report.

    Raises HouseNotFound, ReviewNotFound, PersonNotFound, CannotReportYourself, UnknownWhy, ReportWordsMissing
    ("other" needs words), AlreadyReported (staff have not decided yet), TooManyReports or UserInactive; then nothing
    has changed.
    """
    if key and (known := Report.objects.made_by(reporter).filter(request_key=key).first()):
        return known
    report = begin_report(reporter, house_id=house_id, review_id=review_id, person_id=person_id)
    report.why, report.words, report.request_key = why, words.strip(), key or uuid4().hex
    if why not in Report.WHYS[report.kind]:
        raise UnknownWhy
    if why == Why.OTHER and not report.words:
        raise ReportWordsMissing
    if Report.objects.like(report).waiting().exclude(request_key=report.request_key).exists():
        raise AlreadyReported  # and it does not count
    return _report_within_limit(report)


def _report_within_limit(report: Report) -> Report:
    limit = Limit("report", str(report.reporter_id), (Rule(A_DAY, DAY),))
    try:
        moment = reserve(limit)
    except Reached as reached:
        raise TooManyReports(seconds=reached.seconds) from reached
    try:
        return _write_report(report)
    except (AlreadyReported, UserInactive):
        release(moment, limit)
        raise
    except IntegrityError as error:
        release(moment, limit)
        raise AlreadyReported from error


@retry_transaction
def _write_report(report: Report) -> Report:
    with transaction.atomic():
        reporter = User.objects.select_for_update().get(pk=report.reporter_id)  # one person's reports go in turn
        if known := Report.objects.made_by(reporter).filter(request_key=report.request_key).first():
            return known  # this very call came through before, or the form was sent twice
        if not reporter.is_active:
            raise UserInactive  # closed meanwhile: the words would stay behind
        if Report.objects.like(report).waiting().exists():
            raise AlreadyReported
        report.save(force_insert=True)
    return report


def decide_report(*, staff: User, report_id: int, is_upheld: bool, outcome: str) -> Report:
    """Decide an open report, write it into the staff log, and tell whoever made it what came of it.

    What is done about the thing itself (a home suspended, a review hidden) has services of its own. Raises
    ReasonMissing (there is no outcome), ReportNotFound, OwnCase (staff have made it, or it is about them) or
    ReportNotOpen.
    """
    outcome = outcome.strip()
    if not outcome:
        raise ReasonMissing
    return _decide_report(staff, report_id, is_upheld=is_upheld, outcome=outcome, at=timezone.now())


@retry_transaction
def _decide_report(staff: User, report_id: int, *, is_upheld: bool, outcome: str, at: datetime) -> Report:
    act = StaffAct.Act.UPHOLD_REPORT if is_upheld else StaffAct.Act.DISMISS_REPORT
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(pk=report_id).first()
        if report is None:
            raise ReportNotFound
        host = report.home.host_id if report.home else None
        refuse_own(staff, report.about.pk, report.reporter_id, host)
        if (report.decided_by_id, report.decided_at) == (staff.pk, at):
            return report  # an earlier run of this very call came through, though its connection was lost
        if not report.is_open:
            raise ReportNotOpen
        report.state, report.open_slot = State.UPHELD if is_upheld else State.DISMISSED, None
        report.outcome, report.decided_at, report.decided_by = outcome, at, staff
        report.save()
        write_act(staff=staff, act=act, thing=report, subject=report.about, reason=outcome)
        tell_of_decision(report)
    return report
