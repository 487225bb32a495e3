"""Where somebody waits after paying on Stripe's page, until Stripe has told us."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ledger.models import Order, Payment

SALT = "ledger.waiting"
#: How long the page may be opened, in seconds.
LASTS = 24 * 60 * 60


def waiting_url(order: Order, back: str) -> str:
    """The page to be sent to from Stripe's: for whoever holds its address, and without names.

    `back` is the path of the page of an upper app from which they went to pay.
    """
    token = signing.dumps({"order": order.pk, "back": back}, salt=SALT)
    return reverse("ledger:waiting", args=[token])


@login_not_required
@require_safe
def waiting(request: HttpRequest, token: str) -> HttpResponse:
    """Being here proves nothing: it says what Stripe has told us so far, and looks again."""
    try:
        said = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        raise Http404 from None
    order = get_object_or_404(Order.objects.with_paid(), pk=said["order"])
    payment = order.payments.first()
    standing = "paid" if order.is_paid else payment.state if payment else Payment.State.STARTED
    partly = request.htmx  # type: ignore[attr-defined]  # (set by django-htmx)
    template = "ledger/includes/waiting.html" if partly else "ledger/waiting.html"
    context = {"order": order, "standing": standing, "back": said["back"], "url": request.path}
    return render(request, template, context)
