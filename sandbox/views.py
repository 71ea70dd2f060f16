"""The sandbox's one address: a page for buyers, and an API for the site."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bookings.payments.alipay import PAGE_PAY, WAP_PAY
from sandbox import answers, asking
from sandbox.asking import Refused
from sandbox.cashier import ACTIONS, TooLate, Visit
from sandbox.trades import open_trade


@csrf_exempt  # what the site has signed is the proof; no cookie counts here
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def gateway(request: HttpRequest) -> HttpResponse:
    """Show the cashier where a buyer comes with an address that the site has signed; answer the site itself."""
    if request.GET.get("method") in (PAGE_PAY, WAP_PAY):
        return cashier(request)
    fields = request.GET.dict() | request.POST.dict()
    try:
        words = answers.answer(asking.read(fields))
    except Refused as refused:
        words = refused.words
    return HttpResponse(answers.signed_body(fields.get("method", ""), words), content_type="application/json")


def cashier(request: HttpRequest) -> HttpResponse:
    """Show what there is to pay, or do what the buyer has chosen and lead back."""
    try:
        asked = asking.read(request.GET.dict())
        visit = Visit(open_trade(asked), asked)
    except Refused:
        message = _("The site has not signed this address, or not all of it. Please begin the payment again.")
        return render(request, "error.html", {"message": message}, status=HTTPStatus.BAD_REQUEST)
    if request.method != "POST":
        return show(request, visit)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        return show(request, visit, status=HTTPStatus.BAD_REQUEST)
    if visit.trade.state_at(timezone.now()) != visit.trade.State.WAITING:
        return show(request, visit, status=HTTPStatus.CONFLICT)
    try:
        action.act(visit)
    except TooLate:
        return show(request, visit, status=HTTPStatus.CONFLICT)
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": visit.address_back})


def show(request: HttpRequest, visit: Visit, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Draw the cashier."""
    trade, (pay, *others) = visit.trade, ACTIONS.items()
    context = {
        "trade": trade,
        "state": trade.state_at(timezone.now()),
        "is_refunded": trade.state == trade.State.CLOSED and trade.paid_at is not None,
        "address_back": visit.address_back,
        "pay": pay,
        "others": others,
    }
    return render(request, "sandbox/cashier.html", context, status=status)
