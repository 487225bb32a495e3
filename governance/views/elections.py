"""Preparing and running a secret vote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import refusals_on, show_refusal
from core.registry import requires
from governance import operations
from governance.classes import needs_of_vote
from governance.forms import (
    CallOffVoteForm,
    CandidateForm,
    CandidateWordsForm,
    ElectionForm,
    MotionVoteForm,
    WithdrawalForm,
    candidate_values,
    vote_values,
)
from governance.models import Candidate, Election, Meeting, Motion, roll_of
from governance.operations.elections import missing_before_opening
from governance.views.form_page import form_page, meeting_trail
from governance.views.found import election_for, meeting_for, user_of
from governance.views.meetings import votes_to_cast
from members.models import Member


def election(request: HttpRequest, pk: int) -> HttpResponse:
    """One vote: the question, who stands, how it is counted; for the secretary, what to do next."""
    found = election_for(request, pk)
    context: dict[str, Any] = {
        "election": found,
        "meeting": found.meeting,
        "candidates": found.candidates.all(),
        "needs": needs_of_vote(found),
        "entries": votes_to_cast(request)
        .filter(election=found)
        .select_related("member__person", "member__organisation"),
        "my_calls": found.phone_votes.filter(
            member__in=Member.objects.of_user(user_of(request), timezone.localdate())
        ).select_related("member__person", "member__organisation", "taken_by"),
        "lot": [found.options()[number] for number in found.lot_order],
        "is_teller": found.meeting.tellers.filter(user=user_of(request)).exists(),
    }
    if request.user.has_perm("governance.run_election"):
        roll, tellers = roll_of(found), found.meeting.tellers
        context |= {
            "entitled": roll.count(),
            "voted": roll.voted().count(),
            "on_paper": roll.on_paper().count(),
            "with_code": found.rollentry_set.exclude(code_hash="").count(),
            "named": tellers.count(),
            "with_key": tellers.filter(public_key__isnull=False).count(),
            "rehearsed": found.boxes.filter(rehearsed=True).count(),
            "pairs": found.boxes.count(),
            "missing": missing_before_opening(found, timezone.now()),
        }
    return render(request, "governance/election.html", context)


def _motions_without_vote(meeting: Meeting) -> QuerySet[Motion]:
    """Those that can still be voted on, and not by signatures."""
    open_still = Motion.objects.filter(
        item__meeting=meeting, election__isnull=True, state=Motion.State.MOVED
    )
    return open_still.exclude(kind=Motion.Kind.DISSOLUTION).select_related("item__meeting")


@requires("governance.run_election")
def election_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare an election of people."""
    meeting = meeting_for(request, pk)
    return _make(request, meeting, ElectionForm(request.POST or None))


@requires("governance.run_election")
def motion_vote_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare a secret vote on one of the meeting's motions."""
    meeting = meeting_for(request, pk)
    motions = _motions_without_vote(meeting)
    return _make(request, meeting, MotionVoteForm(request.POST or None, motions=motions))


def _make(
    request: HttpRequest, meeting: Meeting, form: ElectionForm | MotionVoteForm
) -> HttpResponse:
    if form.is_valid():
        try:
            made = operations.make_election(meeting=meeting, by=actor_of(request), **form.values())
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The vote is being prepared.")
            return redirect("governance:election", made.pk)
    return render(
        request,
        "governance/election_form.html",
        {"form": form, "meeting": meeting, "election": None},
    )


@requires("governance.run_election")
def election_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the paper before voting opens, or give more time while it is open."""
    found = election_for(request, pk)
    form_class = ElectionForm if found.is_stv else MotionVoteForm
    form = form_class(request.POST or None, initial=vote_values(found))
    if form.is_valid():
        try:
            operations.change_election(election=found, by=actor_of(request), **form.values())
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("governance:election", pk)
    return render(
        request,
        "governance/election_form.html",
        {"form": form, "meeting": found.meeting, "election": found},
    )


@requires("governance.run_election")
def election_call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """It was prepared by mistake, or is not wanted any more."""
    found = election_for(request, pk)
    form = CallOffVoteForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.call_off_vote(election=found, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "The vote is called off.")
            return redirect("governance:meeting", found.meeting_id)
    address = reverse("governance:election", args=[pk])
    return form_page(
        request,
        form,
        "Call the vote off",
        button="Call it off",
        trail=[*meeting_trail(found.meeting), (found.title, address)],
        lead="Only before voting opens. It stays on record; its motion can be decided otherwise.",
        kind="danger",
    )


# --- Candidates -----------------------------------------------------------------------------------


def _stv_for(request: HttpRequest, pk: int) -> Election:
    found = election_for(request, pk)
    if not found.is_stv:
        raise Http404
    return found


@requires("governance.run_election")
def candidates(request: HttpRequest, pk: int) -> HttpResponse:
    """Who stands, and a form to add somebody."""
    found = _stv_for(request, pk)
    form = CandidateForm(request.POST or None)
    if form.is_valid():
        try:
            operations.add_candidate(election=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Added to the paper.")
            return redirect("governance:candidates", pk)
    return render(
        request,
        "governance/candidates.html",
        {"election": found, "candidates": found.candidates.all(), "form": form},
    )


@requires("governance.run_election")
def candidate(request: HttpRequest, pk: int, candidate_pk: int) -> HttpResponse:
    """Change a name or a statement on the paper."""
    found = get_object_or_404(Candidate, pk=candidate_pk, election=_stv_for(request, pk))
    form = CandidateWordsForm(request.POST or None, initial=candidate_values(found))
    if form.is_valid():
        try:
            operations.change_candidate(candidate=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("governance:candidates", pk)
    return render(request, "governance/candidate.html", {"election": found.election, "form": form})


@requires("governance.run_election")
@require_POST
def candidate_remove(request: HttpRequest, pk: int, candidate_pk: int) -> HttpResponse:
    """Off the paper."""
    found = get_object_or_404(Candidate, pk=candidate_pk, election=_stv_for(request, pk))
    operations.remove_candidate(candidate=found, by=actor_of(request))
    messages.success(request, "Taken off the paper.")
    return redirect("governance:candidates", pk)


@requires("governance.run_election")
def candidate_withdraw(request: HttpRequest, pk: int, candidate_pk: int) -> HttpResponse:
    """Somebody stands no longer, though voting has opened."""
    found = get_object_or_404(Candidate, pk=candidate_pk, election=_stv_for(request, pk))
    form = WithdrawalForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.withdraw_candidate(
                candidate=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, f"{found.name} has withdrawn.")
            return redirect("governance:election", pk)
    context = {"election": found.election, "candidate": found, "form": form}
    return render(request, "governance/candidate_withdraw.html", context)


# --- Its life -------------------------------------------------------------------------------------


def _act(
    request: HttpRequest, pk: int, operation: Callable[..., object], said: str
) -> HttpResponse:
    found = election_for(request, pk)
    operation(election=found, now=timezone.now(), by=actor_of(request))
    messages.success(request, said)
    return redirect("governance:election", pk)


@requires("governance.run_election")
@require_POST
def roll_freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down who may vote."""
    return _act(request, pk, operations.freeze_roll, "The roll is frozen.")


@requires("governance.run_election")
@require_POST
def vote_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open voting."""
    return _act(request, pk, operations.open_vote, "Voting is open.")


@requires("governance.run_election")
@require_POST
def vote_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close voting before its time."""
    return _act(request, pk, operations.close_vote, "Voting is closed.")


@requires("governance.run_election")
@require_POST
def result_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare the result."""
    operations.publish_result(
        election=election_for(request, pk), now=timezone.now(), by=actor_of(request)
    )
    messages.success(request, "The result is published.")
    return redirect("governance:result", pk)
