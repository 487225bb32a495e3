"""Keying in the papers from the envelopes, after voting has closed: tellers and secretary."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import refusals_on
from governance import operations, rules
from governance.forms import BatchForm, PapersLikeThisForm, SpoiltForm, paper_form
from governance.models import Election, PaperBatch, PaperKeying
from governance.operations.batches import may_key, paper_faults, papers_in_batches, papers_noted
from governance.views.found import election_for, user_of


def _vote_for(request: HttpRequest, pk: int) -> Election:
    """A vote whose papers this person may key in."""
    election = election_for(request, pk)
    if not may_key(election, actor_of(request)):
        raise PermissionDenied("not a teller of this meeting")
    return election


def _batch_for(request: HttpRequest, pk: int, batch_pk: int) -> PaperBatch:
    election = _vote_for(request, pk)
    batch = get_object_or_404(election.batches.prefetch_related("keyings"), pk=batch_pk)
    batch.election = election
    return batch


def batches(request: HttpRequest, pk: int) -> HttpResponse:
    """Envelopes noted, papers in batches, and how far the keying is; a form to begin a batch."""
    election = _vote_for(request, pk)
    form = BatchForm(request.POST or None, election=election)
    if form.is_valid():
        with refusals_on(form):
            made = operations.make_batch(
                election=election, by=actor_of(request), **form.cleaned_data
            )
            return redirect("governance:batch", pk, made.pk)
    context = {
        "election": election,
        "meeting": election.meeting,
        "form": form,
        "batches": election.batches.prefetch_related("keyings__keyed_by"),
        "noted": papers_noted(election),
        "in_batches": papers_in_batches(election),
        "faults": paper_faults(election),
        "closed": election.state == Election.State.CLOSED,
    }
    return render(request, "governance/batches.html", context)


def batch(request: HttpRequest, pk: int, batch_pk: int) -> HttpResponse:
    """Key in one's own reading of a batch; once two have, what they read differently. Only between
    the close and the count.
    """
    found = _batch_for(request, pk, batch_pk)
    election = found.election
    if election.state != Election.State.CLOSED:
        raise RuleError("These papers are counted. What each of them said is not kept.")
    mine = next((k for k in found.keyings.all() if k.keyed_by_id == user_of(request).pk), None)
    asked = request.POST if "number" in request.POST else None
    paper = paper_form(election)(asked, options=election.options(), election=election)
    del paper.fields["helped"]
    like_this = PapersLikeThisForm(asked)
    if asked and paper.is_valid() and like_this.is_valid():
        with refusals_on(like_this):
            operations.key_papers(
                batch=found,
                choices=paper.choices(),
                number=like_this.cleaned_data["number"],
                by=actor_of(request),
            )
            return redirect("governance:batch", pk, batch_pk)
    spoilt = SpoiltForm(request.POST if "spoilt" in request.POST else None)
    if spoilt.is_bound and spoilt.is_valid():
        with refusals_on(spoilt):
            operations.finish_keying(batch=found, by=actor_of(request), **spoilt.cleaned_data)
            messages.success(request, "Your keying of this batch is finished.")
            return redirect("governance:batch", pk, batch_pk)
    context = {
        "election": election,
        "meeting": election.meeting,
        "batch": found,
        "mine": mine,
        "lines": _lines(election, mine),
        "left": found.size - mine.total if mine else found.size,
        "paper": paper,
        "like_this": like_this,
        "spoilt": spoilt,
        "differences": _differences(found) if mine and found.differs else [],
        "subtotals": _subtotals(found) if found.agrees else [],
        "full": not mine and len(found.keyings.all()) == 2,
    }
    return render(request, "governance/batch.html", context)


def _says(election: Election, choices: Any) -> str:
    """A paper in words."""
    options = election.options()
    named = [options[number] for number in choices]
    if election.is_ranked:
        named = [f"{rank}. {name}" for rank, name in enumerate(named, 1)]
    return ", ".join(named) or "Blank"


def _lines(election: Election, keying: PaperKeying | None) -> list[tuple[str, int]]:
    if keying is None:
        return []
    return [(_says(election, choices), number) for choices, number in keying.lines]


def _differences(found: PaperBatch) -> list[tuple[str, int, int]]:
    """What two people read differently: the paper, and how many of it each of them found."""
    first, second = found.finished()
    one, two = first.papers(), second.papers()
    rows = [
        (_says(found.election, choices), one.get(choices, 0), two.get(choices, 0))
        for choices in sorted(one.keys() | two.keys())
        if one.get(choices, 0) != two.get(choices, 0)
    ]
    if first.spoilt != second.spoilt:
        rows.append(("Cannot be counted", first.spoilt, second.spoilt))
    return rows


def _subtotals(found: PaperBatch) -> list[tuple[str, int]]:
    """What the batch says: first preferences, ticks or answers, then what says nothing. Nothing of
    so few papers that it would say how somebody voted.
    """
    if found.size < rules.SMALLEST_CELL:
        return []
    election, keying = found.election, found.finished()[0]
    totals = dict.fromkeys(election.options(), 0)
    blank = 0
    for choices, number in keying.papers().items():
        counted = choices[:1] if election.is_ranked else choices
        for choice in counted:
            totals[choice] += number
        blank += number if not choices else 0
    rows = [(election.options()[choice], number) for choice, number in totals.items()]
    rows += [("Blank", blank)] if election.is_stv else []
    return [*rows, ("Cannot be counted", keying.spoilt)]


@require_POST
def batch_unkey(request: HttpRequest, pk: int, batch_pk: int) -> HttpResponse:
    """Take back one line of one's own."""
    found = _batch_for(request, pk, batch_pk)
    line = request.POST.get("line", "")
    operations.unkey_papers(
        batch=found, line=int(line) if line.isdecimal() else 0, by=actor_of(request)
    )
    return redirect("governance:batch", pk, batch_pk)


@require_POST
def batch_again(request: HttpRequest, pk: int, batch_pk: int) -> HttpResponse:
    """Look at the papers once more."""
    operations.key_again(batch=_batch_for(request, pk, batch_pk), by=actor_of(request))
    return redirect("governance:batch", pk, batch_pk)


@require_POST
def batch_remove(request: HttpRequest, pk: int, batch_pk: int) -> HttpResponse:
    """A batch begun by mistake."""
    operations.remove_batch(batch=_batch_for(request, pk, batch_pk), by=actor_of(request))
    messages.success(request, "The batch is taken away.")
    return redirect("governance:batches", pk)
