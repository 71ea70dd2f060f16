"""Areas, facilities, homes, their nights and reviews in the admin."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from lucide import IconDoesNotExist

from accounts.admin import ReadOnly
from ihome_project.admin import Remembered, in_yuan
from ihome_project.cache import AREAS, FACILITIES
from ihome_project.templatetags.ihome import icon
from listings.models import Area, Facility, HeldNight, Hold, House, HouseImage, NightPrice, Review
from listings.services import set_facilities
from listings.staff_forms import HouseActForm, ReviewActForm


@admin.register(Area)
class AreaAdmin(Remembered, admin.ModelAdmin):
    """The areas that a search offers, in their order."""

    list_display = ("name", "name_en", "city", "position")
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
class FacilityAdmin(Remembered, admin.ModelAdmin):
    """What a home may have. A number once given stays: clients know it, and it is a bit in each home's mask."""

    form = FacilityForm
    list_display = ("id", "name", "name_en", "icon", "group", "position")
    list_display_links = ("name",)
    list_filter = ("group",)
    search_fields = ("name", "name_en")

    def names_of(self, row: Facility) -> tuple[str, ...]:
        """All facilities together."""
        return (FACILITIES,)

    def get_readonly_fields(self, request: HttpRequest, obj: Facility | None = None) -> tuple[str, ...]:
        """The number can be chosen only when a facility is added."""
        return ("id",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Facility | None = None) -> bool:
        """Never."""
        return False


class HouseImageInline(admin.TabularInline):
    """A home's photos: what is said of them and their order; they are uploaded elsewhere."""

    model = HouseImage
    fields = ("key", "width", "height", "caption", "position")
    readonly_fields = ("key", "width", "height")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: House | None = None) -> bool:
        """Never."""
        return False


PRICES = ("price_fen", "weekend_price_fen", "cleaning_fee_fen", "deposit_fen")
HOME = ("kind", "unit", "room_count", "acreage", "capacity", "beds", "facilities", "description", "directions")
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
class HouseAdmin(admin.ModelAdmin):
    """Homes. Status and counters follow from what happens; a home is taken offline, never deleted."""

    price = in_yuan("price_fen", _("price a night"))
    amounts = tuple((name, in_yuan(name)) for name in PRICES)
    list_display = ("title", "host", "area", "status", price, "booking_count", "created_at")
    list_filter = ("status", "kind", "instant_book", "area")
    list_select_related = ("host", "area")
    search_fields = ("title", "host__name")
    autocomplete_fields = ("host", "area")
    filter_horizontal = ("facilities",)
    readonly_fields = (
        "status",
        "status_reason",
        "booking_count",
        "review_count",
        "rating",
        "created_at",
        "updated_at",
        *(shown for _name, shown in amounts),
    )
    fieldsets = (
        (None, {"fields": ("title", "host", "area", "address", ("status", "status_reason"))}),
        (_("The home"), {"fields": HOME}),
        (_("Prices"), {"fields": (*amounts, "weekly_discount", "monthly_discount")}),
        (_("Stays"), {"fields": STAYS}),
        (_("Counted"), {"fields": ("booking_count", "review_count", "rating", "created_at", "updated_at")}),
    )
    ordering = ("-created_at", "-id")
    inlines = (HouseImageInline,)

    @admin.display(description=_("stars"))
    def rating(self, house: House) -> str:
        """The mean of its reviews' stars."""
        return str(house.rating or "–")

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each act."""
        act = path("<int:house_id>/<slug:act>", self.admin_site.admin_view(self.act), name="listings_house_act")
        return [act, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Show a home, with the ways to its review."""
        may_act = request.user.has_perm("listings.change_house")
        return super().change_view(request, object_id, form_url, {"may_act": may_act, **(extra_context or {})})

    def act(self, request: HttpRequest, house_id: int, act: str) -> HttpResponse:
        """Ask before an act, then do it. Raises PermissionDenied for who may not change homes."""
        if not request.user.has_perm("listings.change_house"):
            raise PermissionDenied
        form = HouseActForm(request.POST or None, act=act, house=get_object_or_404(House, pk=house_id))
        if request.method == "POST" and form.is_valid() and form.perform(request.user):
            self.message_user(request, form.done)
            return HttpResponseRedirect(reverse("admin:listings_house_changelist"), status=303)
        page = {"form": form, "house": form.house, "opts": self.opts, "title": form.title}
        return TemplateResponse(request, "admin/listings/house/act.html", self.admin_site.each_context(request) | page)

    def has_delete_permission(self, request: HttpRequest, obj: House | None = None) -> bool:
        """Never."""
        return False

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list[BaseFormSet], change: bool) -> None:  # noqa: FBT001 — Django's signature
        """Save the photos, and the facilities together with their mask."""
        super().save_related(request, form, formsets, change)
        set_facilities(form.instance, form.cleaned_data["facilities"])


class HeldNightInline(ReadOnly, admin.TabularInline):
    """The nights of a hold."""

    model = HeldNight
    fields = ("night", "expires_at")


@admin.register(Hold)
class HoldAdmin(ReadOnly, admin.ModelAdmin):
    """Why nights are not free."""

    list_display = ("id", "kind", "house", "created_at")
    list_filter = ("kind",)
    list_select_related = ("house",)
    search_fields = ("house__title", "house__host__name")
    ordering = ("-id",)
    inlines = (HeldNightInline,)


@admin.register(HeldNight)
class HeldNightAdmin(ReadOnly, admin.ModelAdmin):
    """Which nights are not free."""

    list_display = ("night", "house", "hold", "expires_at")
    list_select_related = ("house", "hold")
    search_fields = ("house__title", "house__host__name")
    ordering = ("-night", "-id")


@admin.register(NightPrice)
class NightPriceAdmin(admin.ModelAdmin):
    """What single nights cost."""

    price = in_yuan("price_fen", _("price"))
    list_display = ("night", "house", price)
    fields = ("house", "night", ("price_fen", price))
    readonly_fields = (price,)
    list_select_related = ("house",)
    search_fields = ("house__title", "house__host__name")
    autocomplete_fields = ("house",)
    ordering = ("-night", "-id")


@admin.register(Review)
class ReviewAdmin(ReadOnly, admin.ModelAdmin):
    """What guests said. Not changed by hand: each home counts its visible reviews and their stars."""

    list_display = ("house", "author", "rating", "is_visible", "created_at")
    list_filter = ("rating", "is_visible")
    list_select_related = ("house", "author")
    search_fields = ("house__title", "author__name")

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each act."""
        act = path("<int:review_id>/<slug:act>", self.admin_site.admin_view(self.act), name="listings_review_act")
        return [act, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Show a review, with the way to hide it or to show it again."""
        may_act = request.user.has_perm("listings.change_review")
        return super().change_view(request, object_id, form_url, {"may_act": may_act, **(extra_context or {})})

    def act(self, request: HttpRequest, review_id: int, act: str) -> HttpResponse:
        """Ask before an act, then do it. Raises PermissionDenied for who may not change reviews."""
        if not request.user.has_perm("listings.change_review"):
            raise PermissionDenied
        form = ReviewActForm(request.POST or None, act=act, review=get_object_or_404(Review, pk=review_id))
        if request.method == "POST" and form.is_valid() and form.perform(request.user):
            self.message_user(request, form.done)
            return HttpResponseRedirect(reverse("admin:listings_review_changelist"), status=303)
        page = {"form": form, "review": form.review, "opts": self.opts, "title": form.title}
        return TemplateResponse(request, "admin/listings/review/act.html", self.admin_site.each_context(request) | page)
