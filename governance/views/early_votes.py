"""Votes on a motion before its meeting: one's own, and what staff key from paper."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.motions import EarlyVoteForm
from governance.operations.early_votes import early_until, takes_early_votes
from governance.views.found import motion_for
from governance.views.reading import note_names_read

PER_PAGE = 50


@require_POST
def vote_early(request: HttpRequest, pk: int, item_pk: int, voter_pk: int) -> HttpResponse:
    """I vote before the meeting, change my vote, or take it back."""
    found = motion_for(request, pk, item_pk)
    voter = get_object_or_404(found.item.meeting.voters.standing(), pk=voter_pk)
    given = operations.vote_early(
        motion=found,
        voter=voter,
        choice=request.POST.get("choice", ""),
        now=timezone.now(),
        by=actor_of(request),
    )
    if given:
        messages.success(request, f"Noted: {given.get_choice_display().lower()}.")
    else:
        messages.success(request, "Your vote is taken back.")
    return redirect("governance:motion", pk, item_pk)


@requires("governance.arrange_meeting")
def early_votes(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """What came before the meeting, and keying what comes on paper."""
    found = motion_for(request, pk, item_pk)
    meeting = found.item.meeting
    form = EarlyVoteForm(request.POST or None, meeting=meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.vote_early(
                motion=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, f"Noted for {form.cleaned_data['voter'].name}.")
            return redirect("governance:early_votes", pk, item_pk)
    names = ("voter__member__person", "voter__member__organisation", "voter__person")
    rows = found.early_votes.select_related(*names)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    note_names_read(request, [row.voter for row in page])
    context = {
        "motion": found,
        "item": found.item,
        "meeting": meeting,
        "form": form,
        "page": page,
        "taking": takes_early_votes(found, timezone.now()),
        "until": early_until(meeting),
        "amended": found.earlier_texts.exists(),
    }
    return render(request, "governance/early_votes.html", context)
