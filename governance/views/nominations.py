"""Nominations: for members to stand and to nominate, for the secretary to take up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.forms import refusals_on
from core.models.audit import ReadWhy
from core.registry import requires
from governance import operations
from governance.forms.nominations import (
    CallForNominationsForm,
    KeyedNominationForm,
    NominateForm,
    RefuseNominationForm,
    StandForm,
)
from governance.models import Election, Nomination
from governance.views.form_page import form_page, meeting_trail
from governance.views.found import election_for, user_of
from members.models import Member


def _called_for(request: HttpRequest, pk: int) -> Election:
    """An election with a call for nominations; the secretary sees any election of people."""
    found = election_for(request, pk)
    staff = request.user.has_perm("governance.run_election")
    if not found.is_stv or not (staff or found.nominations_from):
        raise Http404
    return found


def _me(request: HttpRequest) -> Member | None:
    """The membership of this very person."""
    mine = Member.objects.of_user(user_of(request), timezone.localdate())
    return mine.filter(person__user=user_of(request)).select_related("person").first()


def nominations(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is nominated; a member's own part in it; the secretary's next step."""
    election = _called_for(request, pk)
    rows = election.nominations.select_related("member__person").prefetch_related(
        "backers__member__person", "backers__member__organisation"
    )
    me, staff = _me(request), request.user.has_perm("governance.run_election")
    needed = election.meeting.rules.nominators
    mine = next((row for row in rows if me and row.member_id == me.pk), None)
    shown = [row for row in rows if staff or row.consented_at]
    _note_reading(request, shown)
    context: dict[str, Any] = {
        "election": election,
        "meeting": election.meeting,
        "lines": [(row, row.missing_of(needed)) for row in shown],
        "me": me,
        "mine": mine,
        "mine_missing": mine.missing_of(needed) if mine else [],
        "is_open": election.takes_nominations(timezone.now()),
        "needed": needed,
    }
    if me and context["is_open"]:
        context["stand"] = StandForm(initial={"statement": mine.statement if mine else ""})
        context["nominate"] = NominateForm()
    if staff:
        context["call"] = CallForNominationsForm()
        context["keyed"] = KeyedNominationForm()
    return render(request, "governance/nominations.html", context)


def _note_reading(request: HttpRequest, rows: list[Nomination]) -> None:
    """Who is nominated, and by whom."""
    members = [one for row in rows for one in (row.member, *(b.member for b in row.backers.all()))]
    people = [member.person_id for member in members if member.person_id]
    audit.record_reading(actor_of(request), people, "identity", ReadWhy.LIST)


def _done(request: HttpRequest, said: str, pk: int) -> HttpResponse:
    messages.success(request, said)
    return redirect("governance:nominations", pk)


def _form_page(request: HttpRequest, election: Election, form: Any, title: str) -> HttpResponse:
    vote = reverse("governance:election", args=[election.pk])
    nominations = reverse("governance:nominations", args=[election.pk])
    trail = [*meeting_trail(election.meeting), (election.title, vote)]
    return form_page(
        request, form, title, button="Go on", trail=[*trail, ("Nominations", nominations)]
    )


@require_POST
def nomination_stand(request: HttpRequest, pk: int) -> HttpResponse:
    """I agree to stand."""
    election, me = _called_for(request, pk), _me(request)
    if me is None:
        raise PermissionDenied("no member")
    form = StandForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            operations.stand(
                election=election,
                member=me,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            return _done(request, "You stand, once enough members have nominated you.", pk)
    return _form_page(request, election, form, "Stand")


@require_POST
def nomination_make(request: HttpRequest, pk: int) -> HttpResponse:
    """I nominate somebody."""
    election, me = _called_for(request, pk), _me(request)
    if me is None:
        raise PermissionDenied("no member")
    form = NominateForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            operations.nominate(
                election=election,
                nominator=me,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            return _done(request, "Nominated. They are told, and have to agree.", pk)
    return _form_page(request, election, form, "Nominate somebody")


def _nomination_for(request: HttpRequest, pk: int, nomination_pk: int) -> Nomination:
    election = _called_for(request, pk)
    rows = election.nominations.select_related("member__person").prefetch_related("backers")
    found = get_object_or_404(rows, pk=nomination_pk)
    found.election = election
    return found


@require_POST
def nomination_withdraw(request: HttpRequest, pk: int, nomination_pk: int) -> HttpResponse:
    """I do not want to stand."""
    found = _nomination_for(request, pk, nomination_pk)
    operations.withdraw_nomination(nomination=found, by=actor_of(request))
    return _done(request, "Withdrawn.", pk)


# --- The secretary --------------------------------------------------------------------------------


@requires("governance.run_election")
@require_POST
def nominations_call(request: HttpRequest, pk: int) -> HttpResponse:
    """From when until when."""
    election = _called_for(request, pk)
    form = CallForNominationsForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            operations.call_for_nominations(
                election=election, by=actor_of(request), **form.window()
            )
            return _done(request, "Members can stand and nominate in that time.", pk)
    return _form_page(request, election, form, "Call for nominations")


@requires("governance.run_election")
@require_POST
def nomination_key(request: HttpRequest, pk: int) -> HttpResponse:
    """What came on paper: a nominator, or somebody's own agreement to stand."""
    election = _called_for(request, pk)
    form = KeyedNominationForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            operations.key_nomination(
                election=election, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "Noted from the paper.", pk)
    return _form_page(request, election, form, "From a paper")


@requires("governance.run_election")
@require_POST
def nomination_accept(request: HttpRequest, pk: int, nomination_pk: int) -> HttpResponse:
    """On to the paper."""
    found = _nomination_for(request, pk, nomination_pk)
    operations.accept_nomination(nomination=found, by=actor_of(request))
    return _done(request, f"{found.member.name} is on the paper.", pk)


@requires("governance.run_election")
def nomination_refuse(request: HttpRequest, pk: int, nomination_pk: int) -> HttpResponse:
    """Not on to the paper, and why."""
    found = _nomination_for(request, pk, nomination_pk)
    form = RefuseNominationForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.refuse_nomination(
                nomination=found, by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "Not accepted.", pk)
    return _form_page(request, found.election, form, "Do not accept a nomination")
