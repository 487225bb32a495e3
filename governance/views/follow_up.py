"""The register of decisions, and what is to be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.forms import refusals_on
from core.registry import requires
from core.spreadsheets import csv_response
from governance import operations
from governance.forms.minutes import ActionForm, DecisionForm, DropForm, ReviewForm
from governance.models import Action, Decision, Meeting
from governance.views.form_page import form_page, meetings_trail
from governance.views.found import meeting_for, user_of

PER_PAGE = 25


def _decisions(request: HttpRequest) -> Any:
    today = timezone.localdate()
    seen = Decision.objects.visible_to(user_of(request), today)
    return seen.select_related("body", "meeting")


def decisions(request: HttpRequest) -> HttpResponse:
    """All decisions, the newest first; or only those to be looked at again."""
    today = timezone.localdate()
    due = request.GET.get("show") == "due"
    rows = _decisions(request)
    waiting = rows.due_for_review(today).count()
    context = {
        "page": Paginator(rows.due_for_review(today) if due else rows, PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "due": due,
        "waiting": waiting,
        "today": today,
    }
    return render(request, "governance/decisions.html", context)


def decisions_csv(request: HttpRequest) -> HttpResponse:
    """The register for a spreadsheet."""
    head = (
        *("Number", "Decided on", "By", "Decision", "How the people affected were involved"),
        *("State", "To be looked at again on", "Reviewed on", "What the review found"),
    )
    rows = (
        (
            *(one.reference, one.decided_on, one.body.name, one.text, one.people_affected),
            *(one.get_state_display(), one.review_on, one.reviewed_on, one.review),
        )
        for one in _decisions(request)
    )
    return csv_response("decisions.csv", head, rows)


@requires("governance.arrange_meeting")
def decision_new(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Enter a decision, of a meeting or by itself."""
    meeting = meeting_for(request, pk) if pk else None
    form = DecisionForm(request.POST or None, initial=_of_meeting(meeting))
    form.fields["body"].disabled = meeting is not None
    if form.is_valid():
        with refusals_on(form):
            made = operations.record_decision(
                meeting=meeting, by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, f"Decision {made.reference} is in the register.")
            return redirect("governance:decisions")
    lead = meeting.title if meeting else ""
    return _form_page(request, form, "A decision", "Enter it", "governance:decisions", lead)


def _of_meeting(meeting: Meeting | None) -> dict[str, Any]:
    """What the form of a decision, or of something to do, already knows of its meeting."""
    day = meeting.day if meeting else timezone.localdate()
    return {"body": meeting.body_id if meeting else None, "decided_on": day}


@requires("governance.arrange_meeting")
def decision_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what a review found."""
    found = get_object_or_404(_decisions(request), pk=pk)
    initial = {"on": timezone.localdate(), "state": Decision.State.STANDS}
    form = ReviewForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.review_decision(decision=found, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "The review is noted.")
            return redirect("governance:decisions")
    lead = found.text
    return _form_page(
        request,
        form,
        f"Review of decision {found.reference}",
        "Note it",
        "governance:decisions",
        lead,
    )


def _form_page(
    request: HttpRequest, form: Any, title: str, button: str, back: str, lead: str = ""
) -> HttpResponse:
    """`back`: the register that it belongs to, by the name of its address."""
    label = "Decisions" if back == "governance:decisions" else "To do"
    trail = [*meetings_trail(), (label, reverse(back))]
    return form_page(request, form, title, button=button, trail=trail, lead=lead)


# --- What is to be done ---------------------------------------------------------------------------


def _actions(request: HttpRequest) -> Any:
    today = timezone.localdate()
    return Action.objects.visible_to(user_of(request), today).select_related("body", "owner")


def actions(request: HttpRequest) -> HttpResponse:
    """What is to be done, the next first; or what has been."""
    ended = request.GET.get("show") == "ended"
    rows = _actions(request)
    today = timezone.localdate()
    context = {
        "page": Paginator(rows.ended() if ended else rows.open(), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "ended": ended,
        "late": rows.open().filter(due_on__lt=today).count(),
        "today": today,
        "me": user_of(request).pk,
    }
    return render(request, "governance/actions.html", context)


@requires("governance.arrange_meeting")
def action_new(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Somebody is to do something, as a meeting has said or by itself."""
    meeting = meeting_for(request, pk) if pk else None
    form = ActionForm(request.POST or None, initial=_of_meeting(meeting))
    form.fields["body"].disabled = meeting is not None
    if form.is_valid():
        with refusals_on(form):
            operations.add_action(meeting=meeting, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "Noted.")
            return redirect("governance:actions")
    lead = meeting.title if meeting else ""
    return _form_page(request, form, "Something to do", "Note it", "governance:actions", lead)


@require_POST
def action_done(request: HttpRequest, pk: int) -> HttpResponse:
    """It is done: says the secretary, or who was to do it."""
    found = get_object_or_404(_actions(request), pk=pk)
    operations.end_action(action=found, done=True, on=timezone.localdate(), by=actor_of(request))
    messages.success(request, "Done.")
    return redirect("governance:actions")


@requires("governance.arrange_meeting")
def action_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """It will not be done."""
    found = get_object_or_404(_actions(request), pk=pk)
    form = DropForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.end_action(
                action=found,
                done=False,
                on=timezone.localdate(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            messages.success(request, "Dropped.")
            return redirect("governance:actions")
    return _form_page(request, form, "Drop it", "It is dropped", "governance:actions", found.text)


@requires("governance.arrange_meeting")
@require_POST
def action_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    found = get_object_or_404(_actions(request), pk=pk)
    operations.reopen_action(action=found, by=actor_of(request))
    messages.success(request, "It is open again.")
    return redirect("governance:actions")
