"""The pages about homes: the front page, the search, and one home."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import replace_url

from ihome_project.templatetags.ihome import absolute
from listings.answers import slides
from listings.described import described, house_data
from listings.filters import HouseFilterSet
from listings.forms import DatesForm, PageForm, StayForm
from listings.models import House
from listings.months import nights_ahead, nights_of
from listings.pages import Asked, facilities_by_group, heading, hindrance, priced
from listings.search import areas_with_counts, areas_with_photo, search_page
from listings.sitemaps import SITEMAPS

AREAS_SHOWN = 12
NEWEST_SHOWN = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Welcome: the search form, the most booked homes, the areas with most of them, and the newest."""
    areas = areas_with_counts()
    context = {
        "asked": Asked(HouseFilterSet(QueryDict(), queryset=House.objects.all())),
        "house_count": sum(area.house_count for area in areas),
        "most_booked": slides(),
        "areas": areas_with_photo(areas[:AREAS_SHOWN]),
        "newest": House.objects.published().newest().with_card()[:NEWEST_SHOWN],
    }
    return render(request, "listings/home.html", context)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the parts of the site's map, each page of each, for search engines."""
    parts = [(reverse("sitemap-part", args=[name]), part()) for name, part in SITEMAPS.items()]
    pages = [
        {"location": absolute(f"{address}?p={page}"), "last_mod": part.get_latest_lastmod()}
        for address, part in parts
        for page in part.paginator.page_range
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": pages}, content_type="application/xml")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find homes; a query that cannot be read is answered with what is wrong beside each field."""
    found, asked_page = HouseFilterSet(request.GET, queryset=House.objects.all()), PageForm(request.GET)
    asked = Asked(found)
    if not (asked_page.is_valid() and found.is_valid()):
        return render(request, "listings/search.html", {"asked": asked, "asked_page": asked_page}, status=400)
    page = search_page(found.qs, asked=found.asked, query=found.query, number=asked_page.number)
    context = {
        "asked": asked,
        "page": page,
        "heading": heading(page, asked.where),
        "cards": priced(page.houses, asked.stay),
    }
    return render(request, "listings/search.html", context)


@require_safe
def house(request: HttpRequest, house_id: int) -> HttpResponse:
    """Show a home, with the price of the stay that the query asks for."""
    visible = House.objects.visible_to(request.user).with_page().select_related("host__identity")
    home = get_object_or_404(visible, pk=house_id)
    nights, form = nights_of(home), StayForm(request.GET, house=home)
    context = {
        "house": home,
        "described": described(home),
        "linked_data": house_data(home) if home.status == House.Status.PUBLISHED else {},
        "facilities": facilities_by_group(home.facilities.all()),
        "form": form,
        "calendar": form.calendar(nights),
        "quote": form.quote(nights),
        "hindrance": hindrance(home, request.user),
        "stars": home.reviews.visible().count_by_stars(),
        "host_houses": House.objects.published().hosted_by(home.host).count(),
    }
    return render(request, "listings/house.html", context)


@require_safe
def price(request: HttpRequest, house_id: int) -> HttpResponse:
    """Answer the price of a stay line by line, or why it cannot be had; the page's address follows the dates."""
    home = get_object_or_404(House.objects.visible_to(request.user), pk=house_id)
    form = StayForm(request.GET, house=home)
    quote = form.quote(nights_of(home))
    context = {"house": home, "quote": quote, "form": form, "hindrance": hindrance(home, request.user)}
    response = render(request, "listings/price.html", context)
    return replace_url(response, f"{reverse('house', args=[house_id])}?{request.GET.urlencode()}")


@require_safe
def months(request: HttpRequest, house_id: int | None = None) -> HttpResponse:
    """Turn to other months: of a home's nights or, without one, of the search form's date picker."""
    visible = House.objects.visible_to(request.user)
    nights = nights_of(get_object_or_404(visible, pk=house_id)) if house_id else nights_ahead()
    context = {"calendar": DatesForm(request.GET).calendar(nights)}
    return render(request, "listings/months.html", context)
