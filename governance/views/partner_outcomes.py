"""The outcomes that citizens set: theirs to word; others propose, and they accept or refuse."""

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
from governance import operations
from governance.forms.partners import OutcomeForm, WordingAnswerForm, WordingForm
from governance.models import Body, Outcome, OutcomeProposal, Partner
from governance.views.form_page import form_page
from governance.views.partnerships import partners_spoken_for, partnership_for, trail

PER_PAGE = 25


def partner_outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """What should get better, in the citizens' words, and what is proposed to them."""
    body = partnership_for(request, pk)
    mine = {one.pk: one for one in partners_spoken_for(request, body)}
    rows = Outcome.objects.filter(partner__body=body).select_related("partner__citizens")
    rows = rows.prefetch_related("versions__delegate__person", "proposals__partner__organisation")
    page = Paginator(rows.order_by("ended_on", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "body": body,
        "page": page,
        "outcomes": [
            {"outcome": one, "own": one.partner_id in mine, "mine": set(mine)} for one in page
        ],
        "groups": [one for one in mine.values() if one.is_citizens],
        "may_propose": any(not one.is_citizens for one in mine.values()),
        "mine": set(mine),
    }
    return render(request, "governance/partner_outcomes.html", context)


def _outcome_for(request: HttpRequest, pk: int, outcome_pk: int) -> Outcome:
    body = partnership_for(request, pk)
    rows = Outcome.objects.select_related("partner__body", "partner__citizens")
    return get_object_or_404(rows, pk=outcome_pk, partner__body=body)


def _speaking_for(request: HttpRequest, body: Body, *, citizens: bool) -> Partner:
    """The partner of that side for which this person speaks; refused where there is none."""
    for one in partners_spoken_for(request, body):
        if one.is_citizens == citizens:
            return one
    raise PermissionDenied("not a delegate")


def _refuse_others(request: HttpRequest, outcome: Outcome) -> None:
    """An outcome is the citizens' own: nobody else is shown a form to change it."""
    if outcome.partner_id not in {
        one.pk for one in partners_spoken_for(request, outcome.partner.body)
    }:
        raise PermissionDenied("not their outcome")


def _page(
    request: HttpRequest,
    form: Form,
    body: Body,
    title: str,
    button: str,
    says: str = "",
    kind: str = "",
) -> HttpResponse:
    address = reverse("governance:partner_outcomes", args=[body.pk])
    steps = [*trail(body), ("What should get better", address)]
    return form_page(request, form, title, button=button, trail=steps, says=says, kind=kind)


def _done(request: HttpRequest, said: str, body: Body) -> HttpResponse:
    messages.success(request, said)
    return redirect("governance:partner_outcomes", body.pk)


def outcome_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The citizens say what should get better."""
    body = partnership_for(request, pk)
    partner = _speaking_for(request, body, citizens=True)
    form = OutcomeForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.set_outcome(
                partner=partner, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "Set. It is yours to word.", body)
    return _page(request, form, body, "What should get better", "Set it")


def outcome_reword(request: HttpRequest, pk: int, outcome_pk: int) -> HttpResponse:
    """The citizens put it in other words."""
    found = _outcome_for(request, pk, outcome_pk)
    _refuse_others(request, found)
    now_so = {"title": found.words.title, "text": found.words.text}
    form = OutcomeForm(request.POST or None, initial=now_so)
    if form.is_valid():
        with refusals_on(form):
            operations.reword_outcome(
                outcome=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "Reworded. The words before are kept.", found.partner.body)
    return _page(request, form, found.partner.body, "In other words", "Save")


def outcome_drop(request: HttpRequest, pk: int, outcome_pk: int) -> HttpResponse:
    """The citizens let go of it, after they were asked once more."""
    found = _outcome_for(request, pk, outcome_pk)
    _refuse_others(request, found)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            operations.drop_outcome(outcome=found, on=timezone.localdate(), by=actor_of(request))
            return _done(request, "Let go. What it said is kept.", found.partner.body)
    says = (
        f"“{found.words.text}” What it said is kept, and it cannot be taken up again: you would "
        "set another."
    )
    title = f"Let “{found.words.title}” go?"
    return _page(request, form, found.partner.body, title, "Let it go", says=says, kind="danger")


def wording_new(request: HttpRequest, pk: int, outcome_pk: int) -> HttpResponse:
    """Another partner proposes other words."""
    found = _outcome_for(request, pk, outcome_pk)
    partner = _speaking_for(request, found.partner.body, citizens=False)
    form = WordingForm(request.POST or None, initial={"text": found.words.text})
    if form.is_valid():
        with refusals_on(form):
            operations.propose_wording(
                outcome=found,
                partner=partner,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            return _done(request, "Proposed. The citizens decide.", found.partner.body)
    says = f"The citizens’ words now: “{found.words.text}”"
    return _page(request, form, found.partner.body, "Propose other words", "Propose it", says=says)


def _proposal_for(
    request: HttpRequest, pk: int, outcome_pk: int, proposal_pk: int
) -> OutcomeProposal:
    found = _outcome_for(request, pk, outcome_pk)
    proposal = get_object_or_404(found.proposals.select_related("partner"), pk=proposal_pk)
    proposal.outcome = found
    return proposal


@require_POST
def wording_accept(
    request: HttpRequest, pk: int, outcome_pk: int, proposal_pk: int
) -> HttpResponse:
    """The citizens take the words over."""
    proposal = _proposal_for(request, pk, outcome_pk, proposal_pk)
    operations.accept_wording(proposal=proposal, now=timezone.now(), by=actor_of(request))
    return _done(request, "You have taken the words over.", proposal.outcome.partner.body)


def wording_refuse(
    request: HttpRequest, pk: int, outcome_pk: int, proposal_pk: int
) -> HttpResponse:
    """The citizens keep their own words."""
    proposal = _proposal_for(request, pk, outcome_pk, proposal_pk)
    _refuse_others(request, proposal.outcome)
    form = WordingAnswerForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.refuse_wording(
                proposal=proposal, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "Your words stay.", proposal.outcome.partner.body)
    body = proposal.outcome.partner.body
    says = f"Your words: “{proposal.outcome.words.text}” Proposed instead: “{proposal.text}”"
    return _page(request, form, body, "Keep your own words", "Keep them", says=says)


@require_POST
def wording_withdraw(
    request: HttpRequest, pk: int, outcome_pk: int, proposal_pk: int
) -> HttpResponse:
    """Who proposed it takes it back."""
    proposal = _proposal_for(request, pk, outcome_pk, proposal_pk)
    operations.withdraw_wording(proposal=proposal, now=timezone.now(), by=actor_of(request))
    return _done(request, "Taken back.", proposal.outcome.partner.body)
