"""The roll of a meeting, and the door: who comes, who leaves, whether enough are there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.core.signing import BadSignature, Signer
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.documents import qr_svg
from core.forms import refusals_on
from core.models.audit import ReadWhy
from core.registry import requires
from governance import operations
from governance.forms.attending import (
    AddVoterForm,
    FindVoterForm,
    GuestForm,
    InterestForm,
    StrikeVoterForm,
)
from governance.models import (
    AgendaItem,
    Attendance,
    Election,
    Interest,
    Meeting,
    Recusal,
    RollChange,
    Voter,
)
from governance.presence import quorum_turns, room_of
from governance.views.found import meeting_for, user_of
from governance.views.reading import note_names_read

PER_PAGE = 50
#: As many as a search at the door shows.
MOST_FOUND = 12
#: What is signed into the code that somebody shows at the door.
TICKET = Signer(salt="governance.ticket")


# --- The roll -------------------------------------------------------------------------------------


@requires("governance.arrange_meeting")
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may vote, by constituency and by name; who was added or struck out, and why."""
    meeting = meeting_for(request, pk)
    form = FindVoterForm(request.POST or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    voters = meeting.voters.standing().with_names().order_by("member__number", "pk")
    page = Paginator(voters.found_by(text), PER_PAGE).get_page(request.GET.get("page"))
    changes = Paginator(_changes(meeting), PER_PAGE).get_page(request.GET.get("changes"))
    note_names_read(request, [*page, *(change.voter for change in changes)])
    context = {
        "meeting": meeting,
        "page": page,
        "form": form,
        "search": text,
        "taken": meeting.voters.exists(),
        "too_early": timezone.localdate() < meeting.record_date,
        "by_constituency": voters.order_by()
        .values("constituency")
        .annotate(number=Count("pk"))
        .order_by("constituency"),
        "changes": changes,
    }
    return render(request, "governance/roll.html", context)


def _changes(meeting: Meeting) -> QuerySet[RollChange]:
    """Who was put on the roll, or taken off it, since it was taken."""
    names = ("voter__member__person", "voter__member__organisation", "voter__person")
    return RollChange.objects.filter(voter__meeting=meeting).select_related(*names)


@requires("governance.arrange_meeting")
@require_POST
def roll_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the roll down."""
    meeting = meeting_for(request, pk)
    number = operations.take_roll(meeting=meeting, now=timezone.now(), by=actor_of(request))
    messages.success(request, f"The roll is taken: {number:,} may vote.")
    return redirect("governance:roll", pk)


@requires("governance.arrange_meeting")
def voter_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put somebody on the roll who was left off it."""
    meeting = meeting_for(request, pk)
    form = AddVoterForm(request.POST or None, meeting=meeting)
    if form.is_valid():
        with refusals_on(form):
            voter = operations.add_voter(meeting=meeting, by=actor_of(request), **form.cleaned_data)
            messages.success(request, f"{voter.name} is on the roll.")
            return redirect("governance:roll", pk)
    return render(request, "governance/voter_add.html", {"form": form, "meeting": meeting})


def _voter_for(request: HttpRequest, meeting: Meeting, voter_pk: int) -> Voter:
    voter = get_object_or_404(meeting.voters.with_names(), pk=voter_pk)
    voter.meeting = meeting
    note_names_read(request, [voter], ReadWhy.PAGE)
    return voter


@requires("governance.arrange_meeting")
def voter_strike(request: HttpRequest, pk: int, voter_pk: int) -> HttpResponse:
    """Take somebody off the roll."""
    meeting = meeting_for(request, pk)
    voter = _voter_for(request, meeting, voter_pk)
    form = StrikeVoterForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.strike_voter(voter=voter, by=actor_of(request), **form.cleaned_data)
            messages.success(request, f"{voter.name} is off the roll.")
            return redirect("governance:roll", pk)
    context = {"form": form, "meeting": meeting, "voter": voter}
    return render(request, "governance/voter_strike.html", context)


# --- The door -------------------------------------------------------------------------------------


@requires("governance.arrange_meeting")
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The door: find somebody, note that they are there; the quorum as it is now."""
    meeting = meeting_for(request, pk)
    find = FindVoterForm(request.POST if "q" in request.POST else None)
    text = find.cleaned_data["q"] if find.is_valid() else ""
    page = Paginator(_there(meeting), PER_PAGE).get_page(request.GET.get("page"))
    found = list(_to_come(meeting).found_by(text)[:MOST_FOUND]) if text.strip() else []
    apologies = list(meeting.voters.filter(apology__isnull=False).with_names())
    note_names_read(request, [row.voter for row in page if row.voter] + found + apologies)
    context = _room_context(meeting) | {
        "find": find,
        "found": found,
        "search": text,
        "page": page,
        "guest": GuestForm(),
        "apologies": apologies,
        "items": meeting.items.prefetch_related("recusals"),
        "turns": quorum_turns(meeting),
    }
    return render(request, "governance/room.html", context)


def _there(meeting: Meeting) -> QuerySet[Attendance]:
    names = ("voter__member__person", "voter__member__organisation", "voter__person")
    return meeting.attendances.there().select_related(*names).order_by("-came_at", "-pk")


def _to_come(meeting: Meeting) -> Any:
    there = meeting.attendances.there().filter(voter__isnull=False)
    absent = meeting.voters.standing().exclude(pk__in=there.values("voter"))
    return absent.with_names().order_by("member__number", "pk")


def _room_context(meeting: Meeting) -> dict[str, Any]:
    now_there = room_of(meeting)
    return {"meeting": meeting, "room": now_there, "quorum": now_there.quorum}


@requires("governance.arrange_meeting")
def room_quorum(request: HttpRequest, pk: int) -> HttpResponse:
    """Only the quorum, for the page that asks again every few seconds."""
    context = _room_context(meeting_for(request, pk))
    return render(request, "governance/includes/quorum.html", context)


@requires("governance.arrange_meeting")
@require_POST
def come(request: HttpRequest, pk: int, voter_pk: int) -> HttpResponse:
    """Somebody is there."""
    voter = _voter_for(request, meeting_for(request, pk), voter_pk)
    way = request.POST.get("way", "")
    operations.check_in(voter=voter, way=way, now=timezone.now(), by=actor_of(request))
    messages.success(request, f"{voter.name} is here.")
    return redirect("governance:room", pk)


@requires("governance.arrange_meeting")
@require_POST
def apologise(request: HttpRequest, pk: int, voter_pk: int) -> HttpResponse:
    """Somebody cannot come."""
    voter = _voter_for(request, meeting_for(request, pk), voter_pk)
    operations.note_apology(voter=voter, by=actor_of(request))
    messages.success(request, f"{voter.name} sends apologies.")
    return redirect("governance:room", pk)


@requires("governance.arrange_meeting")
@require_POST
def guest(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody is there without a vote."""
    meeting = meeting_for(request, pk)
    form = GuestForm(request.POST)
    if form.is_valid():
        by, now = actor_of(request), timezone.now()
        operations.note_guest(meeting=meeting, now=now, by=by, **form.cleaned_data)
        messages.success(request, "The guest is noted.")
    else:
        messages.error(request, "Write the guest’s name.")
    return redirect("governance:room", pk)


def _attendance_for(request: HttpRequest, pk: int, attendance_pk: int) -> Attendance:
    rows = Attendance.objects.select_related("meeting__body", "voter")
    return get_object_or_404(rows, pk=attendance_pk, meeting=meeting_for(request, pk))


@requires("governance.arrange_meeting")
@require_POST
def leave(request: HttpRequest, pk: int, attendance_pk: int) -> HttpResponse:
    """Somebody has left."""
    attendance = _attendance_for(request, pk, attendance_pk)
    operations.check_out(attendance=attendance, now=timezone.now(), by=actor_of(request))
    return redirect("governance:room", pk)


@requires("governance.arrange_meeting")
@require_POST
def not_there(request: HttpRequest, pk: int, attendance_pk: int) -> HttpResponse:
    """It was noted by mistake."""
    attendance = _attendance_for(request, pk, attendance_pk)
    operations.was_not_there(attendance=attendance, by=actor_of(request))
    return redirect("governance:room", pk)


# --- Standing aside -------------------------------------------------------------------------------


@requires("governance.arrange_meeting")
def interests(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Who stands aside on an item, and how that changes its quorum."""
    meeting = meeting_for(request, pk)
    item = get_object_or_404(AgendaItem, pk=item_pk, meeting=meeting)
    form = InterestForm(request.POST or None, meeting=meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.declare_interest(
                item=item,
                voter=form.cleaned_data["voter"],
                interest=form.cleaned_data["interest"],
                now=timezone.now(),
                by=actor_of(request),
            )
            messages.success(request, "Noted. They take no part in this item.")
            return redirect("governance:interests", pk, item_pk)
    now_there = room_of(meeting, item)
    names = ("voter__member__person", "voter__member__organisation", "voter__person")
    recusals = list(item.recusals.standing().select_related(*names))
    declared = list(_declared(meeting))
    note_names_read(request, [row.voter for row in recusals])
    people = [row.person_id for row in declared]
    audit.record_reading(actor_of(request), people, "identity", ReadWhy.LIST)
    context = {
        "meeting": meeting,
        "item": item,
        "form": form,
        "standing": declared,
        "frozen": Election.objects.filter(motion__item=item).exclude(state="draft").exists(),
        "recusals": recusals,
        "room": now_there,
        "quorum": now_there.quorum,
    }
    return render(request, "governance/interests.html", context)


def _declared(meeting: Meeting) -> QuerySet[Interest]:
    """What the register of interests says of those on the roll."""
    voters = meeting.voters.standing()
    people = Q(person__in=voters.values("person")) | Q(person__in=voters.values("member__person"))
    return Interest.objects.held_on(meeting.day).filter(people).select_related("person")


@requires("governance.arrange_meeting")
@require_POST
def interest_withdraw(request: HttpRequest, pk: int, item_pk: int, recusal_pk: int) -> HttpResponse:
    """They take part again."""
    meeting = meeting_for(request, pk)
    rows = Recusal.objects.filter(item__meeting=meeting, item_id=item_pk)
    recusal = get_object_or_404(rows, pk=recusal_pk)
    operations.withdraw_interest(recusal=recusal, now=timezone.now(), by=actor_of(request))
    return redirect("governance:interests", pk, item_pk)


# --- The code that somebody shows at the door -----------------------------------------------------


def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's own code for the door: on a phone, or printed."""
    meeting = meeting_for(request, pk)
    mine = meeting.voters.standing().of_user(user_of(request), timezone.localdate()).with_names()
    codes = []
    for voter in mine:
        code = TICKET.sign(str(voter.pk)).replace(":", ".")
        address = request.build_absolute_uri(reverse("governance:ticket_shown", args=[pk, code]))
        codes.append((voter, qr_svg(address, label="Code for the door")))
    if not codes:
        raise Http404
    return render(request, "governance/ticket.html", {"meeting": meeting, "codes": codes})


@requires("governance.arrange_meeting")
def ticket_shown(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What whoever keeps the door sees after scanning a code: a name and one button."""
    meeting = meeting_for(request, pk)
    try:
        voter_pk = int(TICKET.unsign(code.replace(".", ":")))
    except (BadSignature, ValueError):
        raise Http404 from None
    voter = _voter_for(request, meeting, voter_pk)
    there = meeting.attendances.there().filter(voter=voter).exists()
    context = {"meeting": meeting, "voter": voter, "there": there}
    return render(request, "governance/ticket_shown.html", context)
