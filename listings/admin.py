"""Areas, facilities, homes, their nights and reviews in the admin."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from lucide import IconDoesNotExist

from accounts.staff_admin import ReadOnly, Remembered, StaffAdmin, in_yuan
from ihome_project.cache import AREAS, FACILITIES
from ihome_project.templatetags.ihome import icon
from listings.missed_admin import MissedSearchAdmin
from listings.models import Area, Facility, HeldNight, Hold, House, NightPrice, Report, Review
from listings.photos import SIZES, photo_url
from listings.staff_forms import (
    ApproveEdits,
    ApproveHouse,
    DismissReport,
    HideReview,
    RefuseHouse,
    RestoreHouse,
    ShowReview,
    UpholdReport,
)

__all__ = ["MissedSearchAdmin"]


class OfHomesAdmin(Remembered, StaffAdmin):
    """What is said of homes by choosing from a list: deleted one by one, and not while a home has it."""

    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Area | Facility | None = None) -> bool:
        """Whether it can be deleted: not while a home has it."""
        return super().has_delete_permission(request, obj) and not (obj and obj.houses.exists())


@admin.register(Area)
class AreaAdmin(OfHomesAdmin):
    """The areas that a search offers, in their order."""

    list_display = ("name", "name_en", "city", "position")
    list_editable = ("position",)
    list_filter = ("city",)
    search_fields = ("name", "name_en", "city")

    def names_of(self, row: Area) -> tuple[str, ...]:
        """All areas together."""
        return (AREAS,)


class FacilityForm(ModelForm):
    """A facility, whose icon there is: a page cannot draw another."""

    def clean_icon(self) -> str:
        """Return the name of an icon. Raises ValidationError for any other word."""
        try:
            icon(self.cleaned_data["icon"])
        except IconDoesNotExist as error:
            raise ValidationError(_("There is no icon of this name.")) from error
        return self.cleaned_data["icon"]


@admin.register(Facility)
class FacilityAdmin(OfHomesAdmin):
    """What a home may have. A number once given stays: clients know it, and it is a bit in each home's mask."""

    form = FacilityForm
    list_display = ("id", "name", "name_en", "icon", "group", "position")
    list_display_links = ("name",)
    list_editable = ("position",)
    list_filter = ("group",)
    search_fields = ("name", "name_en")

    def names_of(self, row: Facility) -> tuple[str, ...]:
        """All facilities together."""
        return (FACILITIES,)

    def get_readonly_fields(self, request: HttpRequest, obj: Facility | None = None) -> tuple[str, ...]:
        """The number can be chosen only when a facility is added."""
        return ("id",) if obj else ()


class IsToReview(admin.SimpleListFilter):
    """Homes that wait for staff."""

    title, parameter_name = _("to review"), "to_review"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Those that do."""
        return [("yes", _("To be published, or edited since"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep those."""
        return queryset.filter(pk__in=House.objects.to_review().order_by().values("pk")) if self.value() else queryset


PRICES = ("price_fen", "weekend_price_fen", "cleaning_fee_fen", "deposit_fen")
HOME = ("kind", "unit", "room_count", "acreage", "capacity", "beds", "equipment", "description", "directions")
STAYS = (
    ("min_nights", "max_nights"),
    ("check_in_time", "check_out_time"),
    "instant_book",
    "same_day_turnover",
    "verified_guests_only",
    "cancellation_policy",
    "house_rules",
)


@admin.register(House)
class HouseAdmin(ReadOnly, StaffAdmin):
    """Homes, to be looked at and decided upon: what one says and costs is its host's to write."""

    acts = (ApproveHouse, RefuseHouse, ApproveEdits, RestoreHouse)
    price = in_yuan("price_fen", _("price a night"))
    amounts = tuple((name, in_yuan(name)) for name in PRICES)
    list_display = ("title", "host", "area", "status", price, "booking_count", "created_at")
    list_filter = ("status", IsToReview, "kind", "instant_book", "area", "created_at")
    list_select_related = ("host", "area")
    search_fields = ("title", "host__name")
    fieldsets = (
        (None, {"fields": ("photos", "title", "host", "area", "address", ("status", "status_reason"), "see")}),
        (_("The home"), {"fields": HOME}),
        (_("Prices"), {"fields": (*(shown for _name, shown in amounts), "weekly_discount", "monthly_discount")}),
        (_("Stays"), {"fields": STAYS}),
        (_("Counted"), {"fields": ("booking_count", "review_count", "rating", "created_at", "updated_at")}),
    )
    ordering = ("-created_at", "-id")

    def waiting(self) -> QuerySet[House]:
        """Those that wait for their review, or were edited after it, the first first."""
        return House.objects.to_review()

    @admin.display(description=_("stars"))
    def rating(self, house: House) -> str:
        """The mean of its reviews' stars."""
        return str(house.rating or "–")

    @admin.display(description=_("facilities"))
    def equipment(self, house: House) -> str:
        """What it has."""
        return ", ".join(str(facility) for facility in house.facilities.all()) or "–"

    @admin.display(description=_("photos"))
    def photos(self, house: House) -> SafeString | str:
        """Its photos side by side, each with its caption; a press opens one whole."""
        images = house.images.all()
        rows = [(photo_url(image.key, SIZES[-1]), photo_url(image.key, SIZES[0]), image.caption) for image in images]
        shown = format_html_join("", '<a href="{}"><img src="{}" alt="{}" loading="lazy"></a>', rows)
        return format_html('<div class="case-photos">{}</div>', shown) if rows else "–"

    @admin.display(description=_("See"))
    def see(self, house: House) -> SafeString:
        """The ways to its calendar, its bookings, its reviews, and its page as guests see it."""
        ways = [
            (reverse("admin:bookings_booking_calendar", args=[house.pk]), _("Calendar")),
            (f"{reverse('admin:bookings_booking_changelist')}?house__id__exact={house.pk}", _("Bookings")),
            (f"{reverse('admin:listings_review_changelist')}?house__id__exact={house.pk}", _("Reviews")),
            (reverse("house", args=[house.pk]), _("Page of the home")),
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', ways)


class HeldNightInline(ReadOnly, admin.TabularInline):
    """The nights of a hold."""

    model = HeldNight
    fields = ("night", "expires_at")


@admin.register(Hold)
class HoldAdmin(ReadOnly, StaffAdmin):
    """Why nights are not free."""

    list_display = ("id", "kind", "house", "created_at")
    list_filter = ("kind",)
    list_select_related = ("house",)
    search_fields = ("house__title", "house__host__name")
    ordering = ("-id",)
    inlines = (HeldNightInline,)


@admin.register(HeldNight)
class HeldNightAdmin(ReadOnly, StaffAdmin):
    """Which nights are not free."""

    list_display = ("night", "house", "hold", "expires_at")
    list_select_related = ("house", "hold")
    search_fields = ("house__title", "house__host__name")
    ordering = ("-night", "-id")


@admin.register(NightPrice)
class NightPriceAdmin(ReadOnly, StaffAdmin):
    """What single nights cost."""

    price = in_yuan("price_fen", _("price"))
    list_display = ("night", "house", price)
    fields = ("house", "night", price)
    list_select_related = ("house",)
    search_fields = ("house__title", "house__host__name")
    ordering = ("-night", "-id")


@admin.register(Review)
class ReviewAdmin(ReadOnly, StaffAdmin):
    """What guests said. Not changed by hand: each home counts its visible reviews and their stars."""

    acts = (HideReview, ShowReview)
    list_display = ("house", "author", "rating", "is_visible", "created_at")
    list_filter = ("rating", "is_visible", "created_at")
    list_select_related = ("house", "author")
    search_fields = ("house__title", "author__name")


@admin.register(Report)
class ReportAdmin(ReadOnly, StaffAdmin):
    """What users report of homes, reviews and people."""

    acts = (UpholdReport, DismissReport)
    list_display = ("created_at", "target", "why", "reporter", "state", "decided_at")
    list_filter = ("state", "why", "created_at")
    list_select_related = ("reporter", "house__host", "review__house", "review__author", "person")
    search_fields = ("reporter__name", "house__title", "person__name", "words")
    ordering = ("-created_at", "-id")
    fields = (
        ("created_at", "reporter"),
        ("target", "about"),
        "why",
        "words",
        ("state", "outcome"),
        ("decided_at", "decided_by"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """All but those about the reader, who must not learn who made them; for the site's operator all."""
        reports = super().get_queryset(request)
        return reports if request.user.is_superuser else reports.not_about(request.user)

    def waiting(self) -> QuerySet[Report]:
        """Those that nobody has decided."""
        return Report.objects.waiting()

    @admin.display(description=_("what is reported"))
    def target(self, report: Report) -> SafeString:
        """The thing, as a link to its page in the admin."""
        thing = report.house or report.review or report.person
        page = reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
        words = f"{thing} · {thing.comment[:60]}" if isinstance(thing, Review) else str(thing)
        return format_html('<a href="{}">{}</a>', page, words)

    @admin.display(description=_("person"))
    def about(self, report: Report) -> str:
        """Whom it concerns."""
        return str(report.about)
