"""What users tell staff of homes, reviews and people that are not right."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models.houses import House
from listings.models.reviews import Review

WORDS_MOST, OUTCOME_MOST = 500, 200  # characters
ABOUT_ONE_THING = (
    Q(house__isnull=False, review=None, person=None)
    | Q(house=None, review__isnull=False, person=None)
    | Q(house=None, review=None, person__isnull=False)
)


class ReportQuerySet(models.QuerySet["Report"]):
    """Read rules of reports."""

    def waiting(self) -> "ReportQuerySet":
        """Those that staff have not decided, the longest waiting first."""
        return self.filter(state=Report.State.OPEN).order_by("created_at", "pk")

    def made_by(self, user: User) -> "ReportQuerySet":
        """The reports of one person."""
        return self.filter(reporter=user)

    def not_about(self, user: User) -> "ReportQuerySet":
        """Those that do not concern a person (see `Report.about`)."""
        return self.exclude(Q(house__host=user) | Q(review__author=user) | Q(person=user))

    def like(self, report: "Report") -> "ReportQuerySet":
        """Those of the same person about the same thing."""
        same = ("reporter_id", "house_id", "review_id", "person_id")
        return self.filter(**{name: getattr(report, name) for name in same})

    def with_target(self) -> "ReportQuerySet":
        """Fetch with each report what it is about, and whom."""
        return self.select_related("house__host", "review__house", "review__author", "person")


class Report(models.Model):
    """A user tells staff that a home, a review or a person is not right (举报); staff decide, and say what came of it.

    `open_slot` is 1 while it is open, so that one person has one open report of one thing.
    """

    class Why(models.TextChoices):
        """What is not right; `WHYS` says with what."""

        NOT_AS_DESCRIBED = "not_as_described", _("It is not as described")
        WRONG_ADDRESS = "wrong_address", _("It is not where it says it is")
        UNSAFE = "unsafe", _("It is not safe")
        DISCRIMINATES = "discriminates", _("It turns people away for who they are")
        PAID_ELSEWHERE = "paid_elsewhere", _("Asks to be paid outside this site")
        STOLEN_PHOTOS = "stolen_photos", _("The photos are somebody else's")
        INSULTING = "insulting", _("It insults somebody")
        PERSONAL_DATA = "personal_data", _("It tells what is private to somebody")
        OFF_TOPIC = "off_topic", _("It is not about the stay")
        ADVERTISEMENT = "advertisement", _("It is an advertisement")
        THREATENING = "threatening", _("Rude or threatening")
        IMPERSONATES = "impersonates", _("Pretends to be somebody else")
        DAMAGES = "damages", _("Damages a home or what is in it")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        """Where it stands: open → upheld | dismissed."""

        OPEN = "open", _("being looked at")
        UPHELD = "upheld", _("acted on")
        DISMISSED = "dismissed", _("not acted on")

    WHYS = {
        "house": (
            Why.NOT_AS_DESCRIBED,
            Why.WRONG_ADDRESS,
            Why.UNSAFE,
            Why.DISCRIMINATES,
            Why.PAID_ELSEWHERE,
            Why.STOLEN_PHOTOS,
            Why.OTHER,
        ),
        "review": (Why.INSULTING, Why.PERSONAL_DATA, Why.OFF_TOPIC, Why.ADVERTISEMENT, Why.OTHER),
        "person": (Why.THREATENING, Why.IMPERSONATES, Why.PAID_ELSEWHERE, Why.DAMAGES, Why.OTHER),
    }

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports", verbose_name=_("reported by")
    )
    house = models.ForeignKey(
        House, on_delete=models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("home")
    )
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("review")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports_about",
        verbose_name=_("person"),
    )
    why = models.CharField(_("what is not right"), max_length=20, choices=Why)
    words = models.CharField(_("in their own words"), max_length=WORDS_MOST, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    open_slot = models.PositiveSmallIntegerField(null=True, blank=True, default=1, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=OUTCOME_MOST, blank=True, help_text=_("What the person who reported it is told.")
    )
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    request_key = models.CharField(max_length=64, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("state", "created_at", "id"), name="reports_to_decide"),
            models.Index(fields=("reporter", "-created_at", "-id"), name="report_newest_of_person"),
        )
        constraints = (
            models.CheckConstraint(condition=ABOUT_ONE_THING, name="a_report_is_about_one_thing"),
            models.CheckConstraint(
                condition=Q(person=None) | ~Q(person=F("reporter")), name="nobody_reports_themselves"
            ),
            models.CheckConstraint(
                condition=Q(state="open", open_slot__isnull=False, open_slot=1)
                | ~Q(state="open") & Q(open_slot__isnull=True),
                name="only_an_open_report_takes_the_slot",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, decided_by=None, outcome="")
                | ~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(outcome=""),
                name="a_decided_report_says_by_whom_when_and_what",
            ),
            models.UniqueConstraint(fields=("reporter", "house", "open_slot"), name="one_open_report_of_a_home"),
            models.UniqueConstraint(fields=("reporter", "review", "open_slot"), name="one_open_report_of_a_review"),
            models.UniqueConstraint(fields=("reporter", "person", "open_slot"), name="one_open_report_of_a_person"),
            models.UniqueConstraint(fields=("reporter", "request_key"), name="a_report_is_made_once"),
        )

    def __str__(self) -> str:
        return f"{self.pk} · {self.get_why_display()}"

    @property
    def kind(self) -> str:
        """What it is about: `house`, `review` or `person`."""
        return "house" if self.house_id else "review" if self.review_id else "person"

    @property
    def home(self) -> House | None:
        """The home it has to do with: the one reported, or the one of the review."""
        return self.review.house if self.review else self.house

    @property
    def about(self) -> User:
        """Whom it is about: the person, the review's author or the home's host."""
        if self.house:
            return self.house.host
        return self.review.author if self.review else self.person

    @property
    def is_open(self) -> bool:
        """Whether staff have still to decide."""
        return self.state == self.State.OPEN
