"""Partnerships of equals: the partners, who speaks for them, formation and agreement."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.partners import (
    AgreementForm,
    DelegateEndForm,
    DelegateForm,
    HoursForm,
    LeavesForm,
    PaperAgreementForm,
    PartnerForm,
    StepForm,
)
from governance.models import (
    Body,
    Delegate,
    FormationStep,
    Partner,
    PartnerAction,
    PartnerAgreement,
    PartnerQuestion,
)
from governance.partner_querysets import partnerships_visible_to, spaces_open_to
from governance.partnership import (
    KEEPS,
    agreement_in_force,
    agreements_to_sign,
    delegate_for,
    formation,
    is_officer,
    partners_to_sign,
    quorum_on,
    what_is_missing,
    who_has_taken_part,
)
from governance.views.form_page import form_page, meetings_trail
from governance.views.found import user_of

PER_PAGE = 25


def partnership_for(request: HttpRequest, pk: int) -> Body:
    """A partnership that this person may look into, or 404."""
    rows = partnerships_visible_to(Body.objects.all(), user_of(request), timezone.localdate())
    found: Body = get_object_or_404(rows, pk=pk)
    return found


def partners_spoken_for(request: HttpRequest, body: Body) -> list[Partner]:
    """The partners for which this person speaks today: for none while acting for somebody."""
    if actor_of(request).acting_for is not None:
        return []
    mine = body.partners.of_delegate(user_of(request), timezone.localdate())
    return list(mine.with_names())


def trail(body: Body) -> list[tuple[str, str]]:
    partnerships = ("Partnerships", reverse("governance:partnerships"))
    return [*meetings_trail(), partnerships, (body.name, address_of(body))]


def address_of(body: Body) -> str:
    return reverse("governance:partnership", args=[body.pk])


def done(request: HttpRequest, said: str, body: Body) -> HttpResponse:
    messages.success(request, said)
    return redirect(address_of(body))


def partnerships(request: HttpRequest) -> HttpResponse:
    """Those that this person may look into, and what waits for their vote."""
    user, today = user_of(request), timezone.localdate()
    rows = partnerships_visible_to(Body.objects.standing(), user, today).order_by("name")
    waiting = PartnerQuestion.objects.waiting_for(user, timezone.now(), today)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "waiting": waiting.select_related("body"),
        "to_sign": agreements_to_sign(user, today),
        "spaces": spaces_open_to(Body.objects.standing(), user, today),
    }
    return render(request, "governance/partnerships.html", context)


def partnership(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands: what is open, who the partners are, how it was formed, what they agreed."""
    body, today = partnership_for(request, pk), timezone.localdate()
    mine = partners_spoken_for(request, body)
    partners = list(
        body.partners.standing().with_names().prefetch_related(_speaking(today), "outcomes")
    )
    names = (
        "parts__partner__organisation",
        "parts__partner__citizens",
        "signatures__delegate__person",
    )
    agreements = list(body.agreements.prefetch_related(*names))
    live, steps = agreement_in_force(body), formation(body)
    making = next((one for one in agreements if one.state in ("draft", "offered")), None)
    to_sign = partners_to_sign(making) if making and making.state == "offered" else []
    shown = body.partner_questions.all() if _sees_all(request, mine) else _strategic(body)
    context = {
        "body": body,
        "mine": mine,
        "partners": [(one, _delegates(one, today), _may_name(request, one)) for one in partners],
        "missing": what_is_missing(body, today),
        "steps": steps,
        "settled": [one for one in steps if one.row],
        "in_force": next((one for one in agreements if one == live), None),
        "making": making,
        "before": [one for one in agreements if one.state == "ended"],
        "taken_part": who_has_taken_part(body),
        "to_sign": to_sign,
        "sign_for": [one for one in to_sign if one in mine],
        "quorum": quorum_on(body, today),
        "questions": shown.exclude(state__in=["dropped"]).select_related("decision")[:10],
        "actions": actions_of(body)[:10],
    }
    return render(request, "governance/partnership.html", context)


def actions_of(body: Body) -> QuerySet[PartnerAction]:
    """What the partners have decided to do, what is due next first."""
    rows = PartnerAction.objects.filter(decision__question__body=body)
    return rows.select_related("owner__organisation", "owner__citizens", "decision__question")


def _sees_all(request: HttpRequest, mine: list[Partner]) -> bool:
    """Operational questions are for the secretary and for delegates of other than citizens."""
    return user_of(request).has_perm(KEEPS) or any(not one.is_citizens for one in mine)


def _strategic(body: Body) -> Any:
    return body.partner_questions.filter(matter=PartnerQuestion.Matter.STRATEGIC)


def _speaking(day: dt.date) -> Prefetch[str, Any, str]:
    """Who speaks for each partner on a day, to be fetched with it."""
    held = Delegate.objects.held_on(day).select_related("person", "partner")
    return Prefetch("delegates", queryset=held)


def _delegates(partner: Partner, day: dt.date) -> list[tuple[Delegate, int | None]]:
    """Who speaks for it today; of citizens with the minutes that they have left this quarter."""
    held = partner.delegates.all()
    return [(one, one.minutes_left(day) if partner.is_citizens else None) for one in held]


def _may_name(request: HttpRequest, partner: Partner) -> bool:
    officer = is_officer(partner, actor_of(request), timezone.localdate())
    return officer or user_of(request).has_perm(KEEPS)


# --- Partners and delegates -----------------------------------------------------------------------


def _partner_for(request: HttpRequest, pk: int, partner_pk: int) -> Partner:
    rows = partnership_for(request, pk).partners.with_names().select_related("body")
    return get_object_or_404(rows, pk=partner_pk)


@requires(KEEPS)
def partner_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody joins."""
    body = partnership_for(request, pk)
    form = PartnerForm(request.POST or None, initial={"joined": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            made = operations.add_partner(body=body, by=actor_of(request), **form.cleaned_data)
            return done(request, f"{made} is a partner.", body)
    says = "The agreement of those before is then no longer one of all: the partners write another."
    return _page(request, form, body, "A partner joins", "It joins", says=says)


def _page(
    request: HttpRequest, form: Form, body: Body, title: str, button: str, says: str = ""
) -> HttpResponse:
    return form_page(request, form, title, button=button, trail=trail(body), says=says)


@requires(KEEPS)
def partner_edit(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """It was entered wrongly, and has done nothing yet."""
    found = _partner_for(request, pk, partner_pk)
    if found.left or found.pk in who_has_taken_part(found.body):
        raise RuleError("It has taken part already: it stays as it was noted.")
    names = ("role", "organisation", "citizens", "joined")
    initial = {name: getattr(found, name) for name in names}
    form = PartnerForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.change_partner(partner=found, by=actor_of(request), **form.cleaned_data)
            return done(request, "Put right.", found.body)
    return _page(request, form, found.body, f"{found} was entered wrongly", "Save")


@requires(KEEPS)
def partner_leaves(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """Somebody leaves."""
    found = _partner_for(request, pk, partner_pk)
    form = LeavesForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.partner_leaves(partner=found, by=actor_of(request), **form.cleaned_data)
            return done(request, f"{found} has left.", found.body)
    says = "Its delegates go with it. What it signed, and how it voted, is kept."
    return _page(request, form, found.body, f"{found} leaves", "It leaves", says=says)


@requires(KEEPS)
@require_POST
def partner_lead(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """One takes the lead."""
    found = _partner_for(request, pk, partner_pk)
    operations.choose_lead(partner=found, by=actor_of(request))
    return done(request, f"{found} has the lead. It has one vote, like all.", found.body)


def delegate_new(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """Somebody speaks for a partner: named by the secretary, or by a citizen group's officers."""
    found = _partner_for(request, pk, partner_pk)
    if not _may_name(request, found):
        raise PermissionDenied("delegate_new")
    initial = {"since": timezone.localdate()}
    form = DelegateForm(request.POST or None, partner=found, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            made = operations.name_delegate(
                partner=found, by=actor_of(request), **form.cleaned_data
            )
            return done(request, f"{made.person} speaks for {found}.", found.body)
    return _page(request, form, found.body, f"Who speaks for {found}", "They speak for it")


def delegate_hours(
    request: HttpRequest, pk: int, partner_pk: int, delegate_pk: int
) -> HttpResponse:
    """They give more, or less, of their free time."""
    found = _partner_for(request, pk, partner_pk)
    if not _may_name(request, found):
        raise PermissionDenied("delegate_hours")
    rows = found.delegates.select_related("person").filter(hours__isnull=False)
    delegate = get_object_or_404(rows, pk=delegate_pk)
    delegate.partner = found
    form = HoursForm(request.POST or None, initial={"hours": delegate.hours})
    if form.is_valid():
        with refusals_on(form):
            operations.change_delegate_hours(
                delegate=delegate, by=actor_of(request), **form.cleaned_data
            )
            return done(request, f"Noted for {delegate.person}.", found.body)
    says = f"{delegate.person}, for {found}."
    return _page(request, form, found.body, "Hours in a quarter", "Save", says=says)


def delegate_end(request: HttpRequest, pk: int, partner_pk: int, delegate_pk: int) -> HttpResponse:
    """Somebody speaks for it no longer."""
    found = _partner_for(request, pk, partner_pk)
    if not _may_name(request, found):
        raise PermissionDenied("delegate_end")
    delegate = get_object_or_404(found.delegates.select_related("person"), pk=delegate_pk)
    delegate.partner = found
    form = DelegateEndForm(request.POST or None, initial={"until": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            operations.end_delegate(delegate=delegate, by=actor_of(request), **form.cleaned_data)
            return done(request, f"Noted for {delegate.person}.", found.body)
    says = f"{delegate.person} speaks for {found} until the day that you note."
    return _page(request, form, found.body, "Somebody’s last day", "Note it", says=says)


# --- Formation ------------------------------------------------------------------------------------


@requires(KEEPS)
def step_note(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One thing is settled."""
    body = partnership_for(request, pk)
    if kind not in FormationStep.Kind.values:
        raise Http404
    step = body.formation_steps.filter(kind=kind).first()
    initial: dict[str, Any] = {"done_on": timezone.localdate()}
    if step:
        initial = {"done_on": step.done_on, "evidence": step.evidence}
    form = StepForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.note_formation_step(
                body=body, kind=kind, by=actor_of(request), **form.cleaned_data
            )
            return done(request, "Noted as settled.", body)
    return _page(request, form, body, FormationStep.Kind(kind).label, "It is settled")


@requires(KEEPS)
@require_POST
def step_undo(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """It was noted too soon."""
    body = partnership_for(request, pk)
    step = get_object_or_404(body.formation_steps, kind=kind)
    operations.undo_formation_step(step=step, by=actor_of(request))
    return done(request, "Voting is locked again until it is settled.", body)


# --- The agreement --------------------------------------------------------------------------------


def _making(body: Body) -> PartnerAgreement | None:
    return body.agreements.filter(state__in=["draft", "offered"]).first()


@requires(KEEPS)
def agreement_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the next version, or change it before it is offered."""
    body = partnership_for(request, pk)
    draft = body.agreements.filter(state=PartnerAgreement.State.DRAFT).first()
    partners = list(body.partners.standing().with_names())
    begins_from = draft or body.agreements.filter(state=PartnerAgreement.State.LIVE).first()
    form = AgreementForm(request.POST or None, partners=partners, agreement=begins_from)
    if form.is_valid():
        with refusals_on(form):
            by = actor_of(request)
            if draft:
                operations.change_partner_agreement(agreement=draft, by=by, **form.values())
            else:
                operations.draft_partner_agreement(body=body, by=by, **form.values())
            return done(request, "Saved. Next: lay it before the partners.", body)
    says = "The shares come to 100 % together, exactly."
    if begins_from and begins_from != draft:
        says = f"It begins with the words of version {begins_from.version}, in force. {says}"
    return _page(request, form, body, "What the partners agree", "Save", says=says)


@requires(KEEPS)
@require_POST
def agreement_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay it before the partners."""
    body = partnership_for(request, pk)
    agreement = get_object_or_404(body.agreements, state=PartnerAgreement.State.DRAFT)
    operations.offer_partner_agreement(
        agreement=agreement, on=timezone.localdate(), by=actor_of(request)
    )
    return done(request, "Its words are fixed. Each partner signs by a delegate.", body)


@requires(KEEPS)
@require_POST
def agreement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up."""
    body = partnership_for(request, pk)
    making = _making(body)
    if making is None:
        raise Http404
    operations.withdraw_partner_agreement(agreement=making, by=actor_of(request))
    return done(request, "Given up. What was in force stays in force.", body)


@require_POST
def agreement_sign(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """A delegate signs for their partner."""
    found = _partner_for(request, pk, partner_pk)
    today = timezone.localdate()
    delegate = delegate_for(found, actor_of(request), today)
    if delegate is None:
        raise PermissionDenied("agreement_sign")
    agreement = get_object_or_404(found.body.agreements, state=PartnerAgreement.State.OFFERED)
    operations.sign_partner_agreement(
        agreement=agreement, delegate=delegate, signed_on=today, by=actor_of(request)
    )
    return done(request, f"Signed for {found}.", found.body)


@requires(KEEPS)
def agreement_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A signature on paper."""
    body, today = partnership_for(request, pk), timezone.localdate()
    agreement = get_object_or_404(body.agreements, state=PartnerAgreement.State.OFFERED)
    delegates = Delegate.objects.held_on(today).filter(partner__in=partners_to_sign(agreement))
    form = PaperAgreementForm(
        request.POST or None, delegates=delegates, initial={"signed_on": today}
    )
    if form.is_valid():
        with refusals_on(form):
            operations.sign_partner_agreement(
                agreement=agreement, by=actor_of(request), **form.cleaned_data
            )
            return done(request, "The signature is noted.", body)
    return _page(request, form, body, "A signature on paper", "They have signed")
