"""Meetings: the list, one meeting, preparing and holding it."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import refusals_on, show_refusal
from core.registry import requires
from governance import operations, rules
from governance.forms import AdjournForm, CallOffForm, MeetingForm, PlaceForm, meeting_values
from governance.models import AgendaItem, Body, Election, Meeting, Minutes, Remark, RollEntry, Seat
from governance.operations.adjourning import waits_until
from governance.presence import room_of
from governance.views.form_page import form_page, meeting_trail
from governance.views.found import meeting_for, user_of
from members.models import Member


def votes_to_cast(request: HttpRequest) -> QuerySet[RollEntry]:
    """Roll entries of open votes that this person may vote for, voted or not."""
    now = timezone.now()
    mine = Member.objects.of_user(user_of(request), timezone.localdate(now))
    return RollEntry.objects.filter(
        member__in=mine, election__in=Election.objects.open_at(now)
    ).order_by("election__closes_at", "election_id", "member__number")


def meetings(request: HttpRequest) -> HttpResponse:
    """Meetings to come, or past ones."""
    past = request.GET.get("when") == "past"
    rows = Meeting.objects.visible_to(user_of(request))
    rows = rows.past() if past else rows.upcoming()
    return render(
        request,
        "governance/meetings.html",
        {
            "past": past,
            "sits": Seat.objects.held_on(timezone.localdate())
            .filter(person__user=user_of(request))
            .exists(),
            "page": Paginator(rows, 25).get_page(request.GET.get("page")),
            "to_vote": votes_to_cast(request).filter(state="not_voted").count(),
        },
    )


def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: when, where, what about, and its votes."""
    found = meeting_for(request, pk)
    votes = found.elections.visible_to(user_of(request)).select_related("result")
    entries = votes_to_cast(request).filter(election__meeting=found)
    return render(
        request,
        "governance/meeting.html",
        {
            "meeting": found,
            "items": _items(found),
            "discussed": found.had_notice
            and Meeting.objects.discussed_by(user_of(request)).filter(pk=pk).exists(),
            "votes": votes,
            "adjournments": found.adjournments.all(),
            "called_off": found.announcements.filter(what="called_off").first(),
            "minutes": Minutes.objects.visible_to(user_of(request)).filter(meeting=found).exists(),
            "to_vote": set(entries.filter(state="not_voted").values_list("election_id", flat=True)),
            "is_teller": found.tellers.filter(user=user_of(request)).exists(),
            "tellers": found.tellers.count(),
            "voters": found.voters.standing().count(),
            "on_roll": found.voters.standing()
            .of_user(user_of(request), timezone.localdate())
            .exists(),
            "too_late": timezone.localdate() > found.last_mailing,
            "motions_without_vote": found.items.filter(
                motion__isnull=False, motion__election__isnull=True
            ).exists(),
        },
    )


def _items(found: Meeting) -> list[AgendaItem]:
    """The agenda, with how much is said about each item."""
    items = found.items.select_related(
        "motion__proposer__person",
        "motion__proposer__organisation",
        "motion__seconder__person",
        "motion__seconder__organisation",
    )
    said = Remark.objects.counted_by_item(found)
    for item in items:
        item.said = said.get(item.pk, 0)  # type: ignore[attr-defined]
    return list(items)


@requires("governance.arrange_meeting")
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Begin to prepare a meeting."""
    if not Body.objects.exists():
        messages.info(request, "First say by which rule meetings are called.")
        return redirect("governance:body_new")
    form = MeetingForm(request.POST or None, initial={"kind": Meeting.Kind.AGM})
    if form.is_valid():
        try:
            made = operations.make_meeting(by=actor_of(request), **form.values())
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The meeting is being prepared. Next: its agenda.")
            return redirect("governance:agenda", made.pk)
    context = {"form": form, "meeting": None, "earliest": _earliest(timezone.localdate())}
    return render(request, "governance/meeting_form.html", context)


def _earliest(today: dt.date) -> list[dict[str, object]]:
    """For each body the first day of a meeting called today: by e-mail alone, and with letters."""
    rows = []
    for body in Body.objects.standing():
        its = body.rules_on(today)
        by_email = rules.earliest_meeting(today, days=its.notice_days)
        by_post = rules.earliest_meeting(
            today, days=its.notice_days, in_post=its.days_in_post, working=its.post_rests
        )
        rows.append({"body": body, "by_email": by_email, "by_post": by_post})
    return rows


@requires("governance.arrange_meeting")
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a meeting that has not been called."""
    found = meeting_for(request, pk)
    if request.method == "GET" and not found.is_draft:
        messages.info(request, "Members have had notice of this meeting, so it stays as it is.")
        return redirect("governance:meeting", pk)
    form = MeetingForm(request.POST or None, initial=meeting_values(found))
    form.fields["body"].disabled = True
    if form.is_valid():
        values = form.values()
        values.pop("body")
        try:
            operations.change_meeting(meeting=found, by=actor_of(request), **values)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("governance:meeting", pk)
    return render(request, "governance/meeting_form.html", {"form": form, "meeting": found})


@requires("governance.arrange_meeting")
@require_POST
def meeting_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The chair opens the meeting."""
    operations.open_meeting(
        meeting=meeting_for(request, pk), now=timezone.now(), by=actor_of(request)
    )
    messages.success(request, "The meeting is open.")
    return redirect("governance:meeting", pk)


@requires("governance.arrange_meeting")
@require_POST
def meeting_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The chair closes the meeting."""
    operations.close_meeting(
        meeting=meeting_for(request, pk), now=timezone.now(), by=actor_of(request)
    )
    messages.success(request, "The meeting is closed.")
    return redirect("governance:meeting", pk)


@requires("governance.arrange_meeting")
def meeting_place(request: HttpRequest, pk: int) -> HttpResponse:
    """A called meeting is held elsewhere."""
    found = meeting_for(request, pk)
    now_so = {name: getattr(found, name) for name in ("held", "place", "joining")}
    form = PlaceForm(request.POST or None, initial=now_so)
    if form.is_valid():
        with refusals_on(form):
            operations.change_place(
                meeting=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Changed. Everybody is told.")
            return redirect("governance:meeting", pk)
    return form_page(
        request,
        form,
        "Another place",
        button="Change it and tell everybody",
        trail=meeting_trail(found),
        lead="Everybody on the roll, or with notice, is told, by e-mail or by a letter.",
        says="The day, the agenda and the roll stay. For another day, put the meeting off instead.",
    )


@requires("governance.arrange_meeting")
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """A meeting is called off."""
    found = meeting_for(request, pk)
    form = CallOffForm(request.POST or None, meeting=found)
    if form.is_valid():
        with refusals_on(form):
            operations.cancel_meeting(
                meeting=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "The meeting is called off.")
            return redirect("governance:meeting", pk)
    told = "Everybody on the roll, or with notice, is told at once." if found.had_notice else ""
    return form_page(
        request,
        form,
        "Call the meeting off",
        button="Call it off",
        kind="danger",
        trail=meeting_trail(found),
        lead="It stays in the list of past meetings, and cannot be taken up again.",
        says=told,
    )


@requires("governance.arrange_meeting")
def meeting_adjourn(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting goes on another day."""
    found = meeting_for(request, pk)
    form = AdjournForm(request.POST or None, meeting=found)
    if form.is_valid():
        with refusals_on(form):
            made = operations.adjourn_meeting(
                meeting=found, now=timezone.now(), by=actor_of(request), **form.values()
            )
            day = f"{timezone.localtime(made.now_for):%-d %B %Y}"
            messages.success(request, f"The meeting goes on on {day}. People are told.")
            return redirect("governance:meeting", pk)
    context = {
        "form": form,
        "meeting": found,
        "quorum": room_of(found).quorum,
        "waits_until": waits_until(found),
    }
    return render(request, "governance/meeting_adjourn.html", context)
