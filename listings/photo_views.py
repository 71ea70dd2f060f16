"""The page on which hosts add the photos of a home, put them in order and take them away.

Its script asks for the same addresses as its forms do. What it sends says so in a header, and is answered with a status
and, where something was refused, with the words alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ihome_project.api import words_of
from ihome_project.errors import DomainError, NotFound
from listings.album import PHOTOS_MOST, add_photos, make_main, order_photos, remove_photo
from listings.house_pages import Steps
from listings.models import House, HouseImage
from listings.photo_forms import OrderForm, PhotoForm, PhotosForm
from listings.services import own_house

PHOTOS_ADVISED = 5


@dataclass(frozen=True)
class Tile:
    """A photo in its place, and the orders of all photos with this one a place earlier and a place later."""

    image: HouseImage
    place: int
    earlier: str
    later: str


def tiles_of(images: list[HouseImage]) -> list[Tile]:
    """Return the photos of a home as the page shows them."""
    ids = [image.pk for image in images]

    def swapped(first: int) -> str:
        if not 0 <= first < len(ids) - 1:
            return ""
        return " ".join(map(str, [*ids[:first], ids[first + 1], ids[first], *ids[first + 2 :]]))

    return [Tile(image, n + 1, earlier=swapped(n - 1), later=swapped(n)) for n, image in enumerate(images)]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, house_id: int) -> HttpResponse:
    """Show a home's photos to its host; a POST adds some."""
    house = own_house(request.user, house_id)
    form = PhotosForm(request.POST, request.FILES) if request.method == "POST" else PhotosForm()
    if form.is_valid():
        refused = add_photos(host=request.user, house_id=house_id, pictures=form.cleaned_data["photos"])
        if is_script(request):
            return plain_refusal(refused[0][1]) if refused else HttpResponse(status=201)
        if not refused:
            return see_photos(house_id)
        form.refuse(refused)
    return photos_page(request, house, form)


def photos_page(request: HttpRequest, house: House, form: PhotosForm) -> HttpResponse:
    """Show the photos in their order, and what could not be added."""
    tiles = tiles_of(list(house.images.all()))
    page = {
        "house": house,
        "steps": Steps("photos", house),
        "form": form,
        "tiles": tiles,
        "most": PHOTOS_MOST,
        "room": PHOTOS_MOST - len(tiles),
        "has_few": len(tiles) < PHOTOS_ADVISED,
        "keeps_last": house.status == House.Status.PUBLISHED and len(tiles) == 1,
    }
    return render(request, "listings/photos.html", page, status=400 if form.errors else 200)


def see_photos(house_id: int) -> HttpResponse:
    """Lead on to the page after a POST."""
    return HttpResponseRedirect(reverse("house-photos", args=[house_id]), status=303)


@login_required
@require_POST
def photo_order(request: HttpRequest, house_id: int) -> HttpResponse:
    """Put a home's photos in the order that is asked for."""
    return change_album(request, house_id, OrderForm(request.POST), order_photos)


@login_required
@require_POST
def main_photo(request: HttpRequest, house_id: int) -> HttpResponse:
    """Make a photo the main one."""
    return change_album(request, house_id, PhotoForm(request.POST), make_main)


@login_required
@require_POST
def photo_removal(request: HttpRequest, house_id: int) -> HttpResponse:
    """Remove a photo."""
    return change_album(request, house_id, PhotoForm(request.POST), remove_photo, done=_("The photo is removed."))


def change_album(
    request: HttpRequest, house_id: int, form: OrderForm | PhotoForm, change: Callable[..., None], *, done: str = ""
) -> HttpResponse:
    """Do what a form asks, and lead back to the page; a refusal is said there, or to the page's script."""
    own_house(request.user, house_id)
    if not form.is_valid():
        raise BadRequest
    try:
        change(host=request.user, house_id=house_id, **form.cleaned_data)
    except NotFound:
        raise
    except DomainError as refusal:
        if is_script(request):
            return plain_refusal(refusal)
        messages.error(request, str(refusal))
    else:
        if is_script(request):
            return HttpResponse(status=204)
        if done:
            messages.success(request, done)
    return see_photos(house_id)


def is_script(request: HttpRequest) -> bool:
    """Return whether the page's script asks, which shows what has happened itself."""
    return request.headers.get("X-Requested-With") == "fetch"


def plain_refusal(refusal: DomainError) -> HttpResponse:
    """Return the words of a refusal, and nothing but them."""
    return HttpResponse(str(refusal), status=words_of(refusal)[1], content_type="text/plain; charset=utf-8")
