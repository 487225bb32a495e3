"""Paying for the shares of an application, and the page on which a certificate is checked."""

from __future__ import annotations

from typing import Literal

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import ratelimit
from core.actors import actor_of
from core.errors import RuleError
from ledger import operations as ledger
from ledger.views import waiting_url
from members.models import Certificate, DuesCharge, SharePurchase
from members.shareholding import still_so
from members.views.joining import BUSY, application_of, for_visitors

METHODS: dict[str, Literal["card", "bacs"]] = {"card": "card", "bacs": "bacs"}


def to_checkout(request: HttpRequest, asked: SharePurchase | DuesCharge, back: str) -> HttpResponse:
    """On to Stripe's page; whatever is done there, `back` shows what we know. A page that says
    "thank you" would prove nothing."""
    try:
        url = ledger.start_checkout(
            order=asked.order,
            success_url=request.build_absolute_uri(waiting_url(asked.order, back)),
            cancel_url=request.build_absolute_uri(back),
            method=METHODS.get(request.POST.get("method", "")),
            by=actor_of(request),
        )
    except RuleError as error:
        messages.error(request, error.message)
        return redirect(back)
    return redirect(url)


@for_visitors
@require_POST
def join_pay(request: HttpRequest) -> HttpResponse:
    """The applicant pays by card or Direct Debit."""
    application = application_of(request)
    if application is None:
        return redirect("members:join")
    if not ratelimit.allow("join.pay", ratelimit.address_of(request), limit=20, seconds=600):
        messages.error(request, BUSY)
        return redirect("members:join_done")
    purchase = SharePurchase.objects.select_related("order").filter(application=application)
    found = purchase.first()
    if found is None or application.state != application.State.SUBMITTED:
        return redirect("members:join_done")
    return to_checkout(request, found, reverse("members:join_done"))


@login_not_required
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What a certificate said and whether it is still so: for whoever holds it, without a name."""
    found = Certificate.objects.select_related("member").filter(code=code).first()
    return render(
        request,
        "members/certificate.html",
        {"certificate": found, "still_so": found and still_so(found, timezone.localdate())},
        status=200 if found else 404,
    )
