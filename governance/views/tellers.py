"""The tellers' screens: who they are, their passphrases, the rehearsal, opening the box."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from core import ratelimit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from governance import operations
from governance.forms import PairForm, PassphraseForm, TellersForm
from governance.models import Election, KeyBox, Meeting, Teller
from governance.operations.keys import NOT_OPENED
from governance.views.found import election_for, meeting_for, teller_for, user_of

secret = sensitive_post_parameters("passphrase", "again", "first_passphrase", "second_passphrase")

BUSY = "That was a lot of passphrases in a short time. Please wait ten minutes and try again."


def _may_try(request: HttpRequest, form: PassphraseForm | PairForm) -> bool:
    """A teller does not try passphrases without end: not even the two colleagues' own."""
    allowed = ratelimit.allow(
        "governance.passphrase", str(user_of(request).pk), limit=20, seconds=600
    )
    if not allowed:
        form.add_error(None, BUSY)
    return allowed


def tellers(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the three stand: for themselves and for the secretary."""
    meeting = meeting_for(request, pk)
    rows = list(meeting.tellers.select_related("user"))
    me = next((teller for teller in rows if teller.is_user(user_of(request))), None)
    if me is None and not request.user.has_perm("governance.run_election"):
        raise PermissionDenied("neither teller nor secretary")
    boxes = KeyBox.objects.filter(election__meeting=meeting)
    waiting = boxes.filter(election__state__in=["draft", "rolled"], rehearsed=False)
    return render(
        request,
        "governance/tellers.html",
        {
            "meeting": meeting,
            "tellers": rows,
            "me": me,
            "boxes": boxes.exists(),
            "pairs": _pairs(rows, set(waiting.values_list("outer_id", "inner_id"))),
            "rehearsal_waits": waiting.exists(),
            "to_count": meeting.elections.filter(state=Election.State.CLOSED),
            "votes": meeting.elections.exists(),
            "may_change": not meeting.elections.exclude(state__in=NOT_OPENED).exists(),
        },
    )


def _pairs(rows: list[Teller], waiting: set[tuple[int, int]]) -> list[dict[str, Any]]:
    """Every pair of tellers, and whether it has still to rehearse."""
    return [
        {"first": a, "second": b, "waits": (a.pk, b.pk) in waiting}
        for index, a in enumerate(rows)
        for b in rows[index + 1 :]
    ]


@requires("governance.run_election")
def tellers_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask three people to be tellers."""
    meeting = meeting_for(request, pk)
    initial: dict[str, str] = {}
    for number, teller in enumerate(meeting.tellers.select_related("user"), 1):
        initial |= {f"name_{number}": teller.user.name, f"email_{number}": teller.user.email}
    form = TellersForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            operations.name_tellers(meeting=meeting, people=form.people(), by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "They have been asked by e-mail.")
            return redirect("governance:tellers", pk)
    return render(request, "governance/tellers_name.html", {"meeting": meeting, "form": form})


@secret
@never_cache
def passphrase(request: HttpRequest, pk: int) -> HttpResponse:
    """A teller sets their passphrase."""
    meeting = meeting_for(request, pk)
    me = teller_for(request, meeting)
    form = PassphraseForm(request.POST or None)
    if form.is_valid() and _may_try(request, form):
        try:
            operations.set_passphrase(
                teller=me, passphrase=form.cleaned_data["passphrase"], by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(
                request, "Your passphrase is set. Keep it safe: nobody can look it up."
            )
            return redirect("governance:tellers", pk)
    return render(
        request, "governance/passphrase.html", {"meeting": meeting, "me": me, "form": form}
    )


@secret
@never_cache
def rehearse(request: HttpRequest, pk: int) -> HttpResponse:
    """Two tellers try whether they can open the box."""
    meeting = meeting_for(request, pk)
    me = teller_for(request, meeting)
    form = PairForm(request.POST or None, teller=me)
    if form.is_valid() and _may_try(request, form):
        try:
            votes = operations.rehearse(first=me, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            done = "1 vote" if votes == 1 else f"{votes} votes"
            messages.success(request, f"It works: the two of you can open the box of {done}.")
            return redirect("governance:tellers", pk)
    return _pair_page(request, "governance/rehearse.html", meeting, me, form, election=None)


@secret
@never_cache
def unseal(request: HttpRequest, pk: int) -> HttpResponse:
    """Two tellers open the box of a closed vote, and it is counted."""
    election = election_for(request, pk)
    me = get_object_or_404(Teller, meeting=election.meeting_id, user=user_of(request))
    form = PairForm(request.POST or None, teller=me)
    if form.is_valid() and _may_try(request, form):
        try:
            operations.unseal(
                election=election,
                first=me,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
        except RuleError as error:
            election.refresh_from_db()  # nothing was done: the page is that of a closed vote
            show_refusal(form, error)
        else:
            messages.success(request, "The box is open and the votes are counted.")
            return redirect("governance:result", pk)
    return _pair_page(request, "governance/unseal.html", election.meeting, me, form, election)


def _pair_page(
    request: HttpRequest,
    template: str,
    meeting: Meeting,
    me: Teller,
    form: PairForm,
    election: Election | None,
) -> HttpResponse:
    context = {"meeting": meeting, "me": me, "form": form, "election": election}
    return render(request, template, context)
