"""One motion at its meeting: for everybody what it says and what became of it, for whoever takes
the minutes the next step.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.charts import donut
from core.forms import refusals_on
from core.models.audit import ReadWhy
from core.registry import requires
from governance import operations
from governance.forms.attending import FindVoterForm
from governance.forms.motions import (
    AmendmentForm,
    BeginForm,
    CastingForm,
    DemandForm,
    HandsForm,
    RegisteredForm,
    SetAsideForm,
    SignatureForm,
)
from governance.models import Amendment, Division, Meeting, Motion, Signature, Voter
from governance.operations.divisions import hands_there
from governance.operations.early_votes import early_choices, early_until, takes_early_votes
from governance.operations.signatures import signed_so_far
from governance.presence import Room, room_of, voting_proxies
from governance.views.form_page import form_page, meeting_trail
from governance.views.found import motion_for, user_of
from governance.views.reading import note_names_read

PER_PAGE = 50


def motion(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """The words and their history, amendments, votes and their outcome; the next step."""
    found = motion_for(request, pk, item_pk)
    divisions = list(found.divisions.select_related("amendment"))
    context = {
        "motion": found,
        "item": found.item,
        "meeting": found.item.meeting,
        "amendments": found.amendments.select_related("proposer__person", "seconder__person"),
        "earlier": found.earlier_texts.select_related("amendment"),
        "divisions": [
            {"division": one, "chart": _chart(one)} for one in divisions if one.state != "open"
        ],
        "on_roll": _on_roll(request, found.item.meeting),
        "election": getattr(found, "election", None),
    }
    if takes_early_votes(found, timezone.now()):
        context |= {"early": _early(request, found), "early_until": early_until(found.item.meeting)}
    if found.is_signed_for:
        context["signed"] = signed_so_far(found, timezone.localdate())
    if request.user.has_perm("governance.arrange_meeting"):
        context |= _to_do(found, divisions)
    return render(request, "governance/motion.html", context)


def _early(request: HttpRequest, found: Motion) -> list[dict[str, Any]]:
    """The voters for whom this person speaks, each with what they said before the meeting."""
    mine = found.item.meeting.voters.standing().of_user(user_of(request), timezone.localdate())
    said = {vote.voter_id: vote for vote in found.early_votes.filter(voter__in=mine)}
    return [{"voter": voter, "vote": said.get(voter.pk)} for voter in mine.with_names()]


def _on_roll(request: HttpRequest, meeting: Meeting) -> bool:
    voters = meeting.voters.standing().of_user(user_of(request), timezone.localdate())
    return voters.exists() or request.user.has_perm("governance.arrange_meeting")


def _chart(division: Division) -> Any:
    totals = division.totals
    rows = [("For", totals["for"]), ("Against", totals["against"]), ("Abstain", totals["abstain"])]
    return donut("How they voted", rows) if division.state == "decided" else None


def _to_do(found: Motion, divisions: list[Division]) -> dict[str, Any]:
    """What can be done now, with the forms for it."""
    meeting = found.item.meeting
    room = room_of(meeting, found.item)
    standing = next((one for one in divisions if one.state == "open"), None)
    last = divisions[-1] if divisions else None
    latest = Division.objects.filter(motion__item__meeting=meeting).order_by("pk").last()
    decided_by_hands = last and last == latest and last.way == "hands" and last.state == "decided"
    next_amendment = found.amendments.filter(state=Amendment.State.MOVED).first()
    context: dict[str, Any] = {
        "quorum": room.quorum,
        "room": room,
        "standing": standing,
        "in_progress": meeting.state == Meeting.State.OPEN,
        "next_amendment": next_amendment,
        "begin": BeginForm(),
        "poll_demand": meeting.rules.poll_demand,
    }
    if standing and not standing.by_name:
        context["hands"] = HandsForm(lines=hands_there(standing, room), meeting=meeting)
    if standing and standing.by_name:
        context["casting"] = CastingForm(meeting=meeting)
        context["entered"] = standing.votes.count()
    context["mistaken"] = standing or (last and last == latest and last.state == "decided")
    if decided_by_hands or (standing and not standing.by_name):
        context["demand"] = DemandForm(meeting=meeting)
    context["latest"] = last
    if found.state == Motion.State.AWAITING:
        context["registered"] = RegisteredForm()
    return context


def _done(request: HttpRequest, said: str, pk: int, item_pk: int) -> HttpResponse:
    messages.success(request, said)
    return redirect("governance:motion", pk, item_pk)


def _form_page(
    request: HttpRequest, found: Motion, form: Any, title: str, lead: str, button: str
) -> HttpResponse:
    meeting, item = found.item.meeting, found.item
    address = reverse("governance:motion", args=[meeting.pk, item.pk])
    trail = [*meeting_trail(meeting), (item.title, address)]
    return form_page(request, form, title, button=button, trail=trail, lead=lead)


@requires("governance.arrange_meeting")
@require_POST
def motion_withdraw(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Whoever moved it takes it back."""
    operations.withdraw_motion(motion=motion_for(request, pk, item_pk), by=actor_of(request))
    return _done(request, "The motion is withdrawn.", pk, item_pk)


@requires("governance.arrange_meeting")
def amendment_new(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Somebody moves that it read otherwise."""
    found = motion_for(request, pk, item_pk)
    form = AmendmentForm(request.POST or None, initial={"text": found.text})
    if form.is_valid():
        with refusals_on(form):
            operations.move_amendment(motion=found, by=actor_of(request), **form.cleaned_data)
            return _done(request, "The amendment is noted.", pk, item_pk)
    lead = "It is voted on before the motion itself."
    return _form_page(request, found, form, "An amendment", lead, "Note the amendment")


@requires("governance.arrange_meeting")
@require_POST
def amendment_withdraw(
    request: HttpRequest, pk: int, item_pk: int, amendment_pk: int
) -> HttpResponse:
    """Whoever moved it takes it back."""
    found = motion_for(request, pk, item_pk)
    amendment = get_object_or_404(Amendment, pk=amendment_pk, motion=found)
    amendment.motion = found
    operations.withdraw_amendment(amendment=amendment, by=actor_of(request))
    return _done(request, "The amendment is withdrawn.", pk, item_pk)


# --- Votes ----------------------------------------------------------------------------------------


@requires("governance.arrange_meeting")
@require_POST
def division_begin(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """A vote begins: on the next amendment, or on the motion when there is none left."""
    found = motion_for(request, pk, item_pk)
    operations.begin_division(
        motion=found,
        amendment=found.amendments.filter(state=Amendment.State.MOVED).first(),
        way=request.POST.get("way", ""),
        now=timezone.now(),
        by=actor_of(request),
    )
    return redirect("governance:motion", pk, item_pk)


def _division_for(request: HttpRequest, pk: int, item_pk: int, division_pk: int) -> Division:
    found = motion_for(request, pk, item_pk)
    division = get_object_or_404(
        Division.objects.select_related("amendment"), pk=division_pk, motion=found
    )
    division.motion = found
    return division


@requires("governance.arrange_meeting")
@require_POST
def division_hands(request: HttpRequest, pk: int, item_pk: int, division_pk: int) -> HttpResponse:
    """The hands that were counted."""
    division = _division_for(request, pk, item_pk, division_pk)
    meeting = division.motion.item.meeting
    lines = hands_there(division, room_of(meeting, division.motion.item))
    form = HandsForm(request.POST, lines=lines, meeting=meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.count_hands(
                division=division,
                counts=form.counts(),
                casting=form.cleaned_data.get("casting", ""),
                now=timezone.now(),
                by=actor_of(request),
            )
            return _done(request, "The hands are noted.", pk, item_pk)
    lead = "Something in it is not right."
    return _form_page(request, division.motion, form, "Show of hands", lead, "Note the hands")


@requires("governance.arrange_meeting")
@require_POST
def division_demand(request: HttpRequest, pk: int, item_pk: int, division_pk: int) -> HttpResponse:
    """A poll is demanded."""
    division = _division_for(request, pk, item_pk, division_pk)
    form = DemandForm(request.POST, meeting=division.motion.item.meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.demand_poll(
                division=division, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "A poll is taken instead.", pk, item_pk)
    lead = "The show of hands is set aside, and every vote entered."
    return _form_page(request, division.motion, form, "Demand a poll", lead, "Take a poll")


@requires("governance.arrange_meeting")
def division_set_aside(
    request: HttpRequest, pk: int, item_pk: int, division_pk: int
) -> HttpResponse:
    """A vote was begun, or hands were counted, by mistake."""
    division = _division_for(request, pk, item_pk, division_pk)
    form = SetAsideForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.set_aside(division=division, by=actor_of(request), **form.cleaned_data)
            return _done(request, "It is set aside. Vote anew.", pk, item_pk)
    lead = "It stays on record as set aside, with the reason. Then the vote is taken anew."
    return _form_page(request, division.motion, form, "It was a mistake", lead, "Set it aside")


@requires("governance.arrange_meeting")
def poll(request: HttpRequest, pk: int, item_pk: int, division_pk: int) -> HttpResponse:
    """Enter how each votes: who is there, and who is spoken for by somebody who is."""
    division = _division_for(request, pk, item_pk, division_pk)
    find = FindVoterForm(request.POST if "q" in request.POST else None)
    text = find.cleaned_data["q"] if find.is_valid() else ""
    room = room_of(division.motion.item.meeting, division.motion.item)
    lines = _poll_lines(division, room, text, request.GET.get("page"))
    note_names_read(request, lines["page"])
    context = {
        "division": division,
        "motion": division.motion,
        "item": division.motion.item,
        "meeting": division.motion.item.meeting,
        "find": find,
        "search": text,
        **lines,
        "open": division.state == Division.State.OPEN,
    }
    return render(request, "governance/poll.html", context)


def _poll_lines(division: Division, room: Room, text: str, number: str | None) -> dict[str, Any]:
    """A page of voters with what each has said, or is directed to say."""
    early = early_choices(division.motion) if division.amendment_id is None else {}
    proxies = {pk: one for pk, one in voting_proxies(room).items() if pk not in early}
    may = room.there | proxies.keys()
    voters = Voter.objects.filter(pk__in=may).with_names().found_by(text)
    page = Paginator(voters.order_by("member__number", "pk"), PER_PAGE).get_page(number)
    said = dict(division.votes.values_list("voter_id", "choice"))
    lines = []
    for voter in page:
        proxy = None if voter.pk in room.there else proxies[voter.pk]
        directed = proxy.says(division.motion_id) if proxy else None
        lines.append(
            {"voter": voter, "said": said.get(voter.pk, ""), "proxy": proxy, "directed": directed}
        )
    return {"page": page, "lines": lines, "entered": len(said), "may": len(may)} | {
        "early": len((early.keys() & room.entitled.keys()) - room.there)
    }


@requires("governance.arrange_meeting")
@require_POST
def poll_vote(
    request: HttpRequest, pk: int, item_pk: int, division_pk: int, voter_pk: int
) -> HttpResponse:
    """One vote."""
    division = _division_for(request, pk, item_pk, division_pk)
    voter = get_object_or_404(division.motion.item.meeting.voters.with_names(), pk=voter_pk)
    operations.record_vote(
        division=division,
        voter=voter,
        choice=request.POST.get("choice", ""),
        now=timezone.now(),
        by=actor_of(request),
    )
    return redirect("governance:poll", pk, item_pk, division_pk)


@requires("governance.arrange_meeting")
@require_POST
def poll_close(request: HttpRequest, pk: int, item_pk: int, division_pk: int) -> HttpResponse:
    """All have voted."""
    division = _division_for(request, pk, item_pk, division_pk)
    form = CastingForm(request.POST, meeting=division.motion.item.meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.close_poll(
                division=division,
                casting=form.cleaned_data.get("casting", ""),
                now=timezone.now(),
                by=actor_of(request),
            )
            return _done(request, "The vote is decided.", pk, item_pk)
    return _form_page(request, division.motion, form, "Close the vote", "", "All have voted")


@requires("governance.arrange_meeting")
@require_POST
def motion_register(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """The registrar has registered the change."""
    found = motion_for(request, pk, item_pk)
    form = RegisteredForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            operations.register_change(motion=found, by=actor_of(request), **form.cleaned_data)
            return _done(request, "It is registered, and has effect.", pk, item_pk)
    lead = "It has no effect before."
    return _form_page(request, found, form, "Registration", lead, "It is registered")


# --- Signatures -----------------------------------------------------------------------------------


@requires("governance.arrange_meeting")
def signatures(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Who has signed, a form for the next, and the end of it once enough have."""
    found = motion_for(request, pk, item_pk)
    form = SignatureForm(request.POST or None, initial={"signed_on": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            made = operations.note_signature(
                motion=found, by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, f"Noted: {made.member.name} has signed.")
            return redirect("governance:signatures", pk, item_pk)
    rows = found.signatures.select_related("member__person", "member__organisation")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    people = [row.member.person_id for row in page if row.member.person_id]
    audit.record_reading(actor_of(request), people, "identity", ReadWhy.LIST)
    context = {
        "motion": found,
        "item": found.item,
        "meeting": found.item.meeting,
        "form": form,
        "page": page,
        "signed": signed_so_far(found, timezone.localdate()),
    }
    return render(request, "governance/signatures.html", context)


@requires("governance.arrange_meeting")
@require_POST
def signature_strike(
    request: HttpRequest, pk: int, item_pk: int, signature_pk: int
) -> HttpResponse:
    """It was noted by mistake."""
    found = motion_for(request, pk, item_pk)
    signature = get_object_or_404(Signature, pk=signature_pk, motion=found)
    signature.motion = found
    operations.strike_signature(signature=signature, by=actor_of(request))
    messages.success(request, "Struck out.")
    return redirect("governance:signatures", pk, item_pk)


@requires("governance.arrange_meeting")
@require_POST
def signing_close(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Enough have signed."""
    found = motion_for(request, pk, item_pk)
    operations.close_signing(motion=found, now=timezone.now(), by=actor_of(request))
    return _done(request, "Enough members have signed.", pk, item_pk)
