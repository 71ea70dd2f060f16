"""The pages of one's messages: the list, and the way from each to what it is about."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import ReadForm
from accounts.messages import mark_all_read, mark_read
from accounts.models import Message
from ihome_project.paging import PAGE_SIZE, pager


@login_required
@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List what the visitor has been told, the newest first; a page past the end is the last one."""
    seen_at = timezone.now()  # before the list is read: what arrives later stays new
    page = Paginator(Message.objects.shown_to(request.user), PAGE_SIZE).get_page(request.GET.get("p"))
    has_new = any(message.read_at is None for message in page)
    shown = {"page": page, "pager": pager(page), "has_new": has_new, "seen_at": seen_at}
    return render(request, "accounts/messages.html", shown)


@login_required
@never_cache
@require_safe
def opened(request: HttpRequest, message_id: int) -> HttpResponse:
    """Lead to what a message is about, and note that it is read: not for a browser that only looks ahead."""
    message = get_object_or_404(Message.objects.shown_to(request.user), pk=message_id)
    looks_ahead = "prefetch" in request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if request.method == "GET" and not looks_ahead:
        mark_read(user=request.user, message_id=message.pk)
    return HttpResponseRedirect(message.path)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """Note that the visitor has read what they have seen in the list."""
    form = ReadForm(request.POST)
    if request.method == "POST" and form.is_valid():
        mark_all_read(user=request.user, until=form.cleaned_data["until"])
    return HttpResponseRedirect(reverse("messages"), status=303)
