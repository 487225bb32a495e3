"""Bids that partners make together: who leads, who gets what, and whether they go for it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.forms import refusals_on
from core.models import PrivateFile
from core.registry import requires
from governance import operations
from governance.forms.partners import (
    BidFileForm,
    BidForm,
    BidOutcomeForm,
    BidSentForm,
    GoForm,
    bid_values,
)
from governance.models import Bid, Body
from governance.operations.partner_bids import BID_FILES
from governance.partnership import KEEPS
from governance.views.form_page import form_page
from governance.views.found import user_of
from governance.views.partnerships import partners_spoken_for, partnership_for, trail

PER_PAGE = 25


def bids(request: HttpRequest, pk: int) -> HttpResponse:
    """All of them, the latest deadline first."""
    body = partnership_for(request, pk)
    rows = body.bids.select_related("lead__organisation", "lead__citizens", "question")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/bids.html", {"body": body, "page": page})


def _bid_for(request: HttpRequest, pk: int) -> Bid:
    names = ("body", "lead__organisation", "lead__citizens", "question__decision")
    found = get_object_or_404(Bid.objects.select_related(*names), pk=pk)
    found.body = partnership_for(request, found.body_id)
    return found


def _may_change(request: HttpRequest, bid: Bid) -> bool:
    """The partner in the lead, and the secretary."""
    mine = {one.pk for one in partners_spoken_for(request, bid.body)}
    return user_of(request).has_perm(KEEPS) or bid.lead_id in mine


def _own_bid(request: HttpRequest, pk: int) -> Bid:
    found = _bid_for(request, pk)
    if not _may_change(request, found):
        raise PermissionDenied("not their bid")
    return found


def _page(request: HttpRequest, form: Form, body: Body, title: str, button: str) -> HttpResponse:
    steps = [*trail(body), ("Bids", reverse("governance:bids", args=[body.pk]))]
    return form_page(request, form, title, button=button, trail=steps)


def _done(request: HttpRequest, said: str, pk: int) -> HttpResponse:
    messages.success(request, said)
    return redirect("governance:bid", pk)


@requires(KEEPS)
def bid_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a bid."""
    body = partnership_for(request, pk)
    partners = list(body.partners.standing().with_names())
    form = BidForm(request.POST or None, partners=partners)
    if form.is_valid():
        with refusals_on(form):
            made = operations.prepare_bid(body=body, by=actor_of(request), **form.values())
            return _done(request, "Begun. Next: its papers, then ask the partners.", made.pk)
    return _page(request, form, body, "A bid together", "Begin it")


def bid_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change it before the partners are asked."""
    found = _own_bid(request, pk)
    partners = list(found.body.partners.standing().with_names())
    form = BidForm(request.POST or None, partners=partners, bid=found, initial=bid_values(found))
    if form.is_valid():
        with refusals_on(form):
            operations.change_bid(bid=found, by=actor_of(request), **form.values())
            return _done(request, "Saved.", pk)
    return _page(request, form, found.body, "Change the bid", "Save")


def bid(request: HttpRequest, pk: int) -> HttpResponse:
    """One bid: how far it is, its shares and papers, and the next step."""
    found = _bid_for(request, pk)
    may_change = _may_change(request, found)
    form = BidFileForm(request.POST or None, request.FILES or None) if may_change else None
    if form is not None and form.is_valid():
        with refusals_on(form):
            operations.add_bid_file(bid=found, by=actor_of(request), **form.cleaned_data)
            return _done(request, "Added. All partners can open it.", pk)
    context = {
        "bid": found,
        "body": found.body,
        "shares": found.shares.select_related("partner__organisation", "partner__citizens"),
        "files": PrivateFile.objects.filter(owner_kind=BID_FILES, owner_id=found.pk),
        "form": form,
        "may_change": may_change,
        "days_left": found.days_left_on(timezone.localdate()),
    }
    return render(request, "governance/bid.html", context)


@require_POST
def bid_file_remove(request: HttpRequest, pk: int, file_pk: str) -> HttpResponse:
    """Take a paper off."""
    found = _own_bid(request, pk)
    rows = PrivateFile.objects.filter(owner_kind=BID_FILES, owner_id=found.pk)
    file = get_object_or_404(rows, pk=file_pk)
    operations.remove_bid_file(bid=found, file=file, by=actor_of(request))
    return _done(request, "Taken off.", pk)


def bid_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the partners whether to go for it."""
    found = _own_bid(request, pk)
    form = GoForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            made = operations.ask_go_no_go(
                bid=found, now=timezone.now(), by=actor_of(request), **form.values()
            )
            messages.success(request, "Written down. The secretary puts it to the partners.")
            return redirect("governance:partner_question", made.pk)
    return _page(request, form, found.body, "Go for it?", "Ask the partners")


def bid_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """It has gone."""
    found = _own_bid(request, pk)
    form = BidSentForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            operations.note_bid_sent(bid=found, by=actor_of(request), **form.cleaned_data)
            return _done(request, "Noted as sent.", pk)
    return _page(request, form, found.body, "The bid has gone", "It has gone")


def bid_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of it, or that it is given up."""
    found = _own_bid(request, pk)
    form = BidOutcomeForm(request.POST or None, bid=found, initial={"on": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            operations.note_bid_outcome(bid=found, by=actor_of(request), **form.cleaned_data)
            return _done(request, "Noted.", pk)
    return _page(request, form, found.body, "What came of the bid", "Note it")
