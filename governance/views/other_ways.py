"""Voting without a sign-in, as the secretary arranges it: the roll of a vote, codes by e-mail and
letter, calls by telephone, and papers in envelopes.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.documents import PdfUnavailable, document_html, make_pdf, print_page, qr_svg
from core.forms import refusals_on
from core.models.audit import ReadWhy
from core.registry import requires
from governance import operations
from governance.forms import CallForm, EnvelopeForm
from governance.forms.attending import FindVoterForm
from governance.models import Election, RollEntry, roll_of
from governance.operations.codes import MOST_LETTERS, TAKES_CODES, entries_by_email, entries_by_post
from governance.showing_classes import constituencies_on_papers
from governance.views.found import election_for

PER_PAGE = 50
LETTER = "governance/papers/voting.html"
NAMES = ("member__person", "member__organisation", "member__member_class")


@requires("governance.run_election")
def vote_roll(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may vote, who has, and what can be done for who has not: a code, a call, an envelope."""
    election = election_for(request, pk)
    form = FindVoterForm(request.POST or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    roll = roll_of(election)
    found = roll.found_by(text).select_related(*NAMES).order_by("member__number")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    _note_reading(request, page.object_list)
    context = {
        "election": election,
        "meeting": election.meeting,
        "form": form,
        "search": text,
        "page": page,
        "entitled": roll.count(),
        "in_the_box": roll.in_the_box().count(),
        "on_paper": roll.on_paper().count(),
        "is_open": election.takes_votes(timezone.now()),
        "takes_codes": election.state in TAKES_CODES,
    }
    return render(request, "governance/vote_roll.html", context)


def _note_reading(request: HttpRequest, entries: Any, why: ReadWhy = ReadWhy.LIST) -> None:
    people = [entry.member.person_id for entry in entries if entry.member.person_id]
    audit.record_reading(actor_of(request), people, "identity", why)


def _entry_for(request: HttpRequest, election: Election, member_pk: int) -> RollEntry:
    entries: QuerySet[Any] = roll_of(election).select_related(*NAMES)
    entry: RollEntry = get_object_or_404(entries, member=member_pk)
    _note_reading(request, [entry], ReadWhy.PAGE)
    return entry


# --- Codes ----------------------------------------------------------------------------------------


@requires("governance.run_election")
def vote_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Codes by e-mail and by letter: how many have one, how many wait, and the buttons."""
    election = election_for(request, pk)
    takes_codes = election.state in TAKES_CODES
    context = {
        "election": election,
        "meeting": election.meeting,
        "takes_codes": takes_codes,
        "with_code": election.rollentry_set.exclude(code_hash="").count(),
        "by_email": sum(1 for _ in entries_by_email(election)) if takes_codes else 0,
        "by_post": sum(1 for _ in entries_by_post(election)) if takes_codes else 0,
        "most": MOST_LETTERS,
        "job": election.code_job,
    }
    return render(request, "governance/vote_codes.html", context)


@requires("governance.run_election")
def code_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the e-mails have got, for the page that asks every two seconds."""
    job = election_for(request, pk).code_job
    if job is None:
        raise Http404
    url = reverse("governance:code_progress", args=[pk])
    return render(request, "core/components/progress.html", {"job": job, "url": url})


@requires("governance.run_election")
@require_POST
def codes_send(request: HttpRequest, pk: int) -> HttpResponse:
    """The e-mails go out."""
    operations.send_codes(election=election_for(request, pk), by=actor_of(request))
    messages.success(request, "The e-mails are going out.")
    return redirect("governance:vote_codes", pk)


@requires("governance.run_election")
@require_POST
def codes_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The next letters, each with its code and a voting paper: shown once."""
    election = election_for(request, pk)
    letters = operations.print_codes(election=election, by=actor_of(request))
    _note_reading(request, [entry for entry, _ in letters], ReadWhy.EXPORT)
    return _letters(request, election, letters)


def _letters(
    request: HttpRequest, election: Election, letters: list[tuple[RollEntry, str]]
) -> HttpResponse:
    """Letters to post, or one to hand over, each in its reader's size of print.

    Where no PDF can be made they are one page to print: the codes are not to be had again.
    """
    context = {
        "election": election,
        "meeting": election.meeting,
        "today": timezone.localdate(),
        "options": list(election.choosable().values()),
        "says_class": constituencies_on_papers(election),
    }
    sheets = [{"entry": entry, "code": code, **_ways(request, code)} for entry, code in letters]
    try:
        pdf = make_pdf(
            [
                document_html(LETTER, context | {"letters": [sheet]}, large_print=_large(entry))
                for sheet, (entry, _) in zip(sheets, letters, strict=True)
            ],
            seconds=120,
        )
    except PdfUnavailable as unavailable:
        large = any(_large(entry) for entry, _ in letters)
        return print_page(
            request,
            LETTER,
            context | {"letters": sheets},
            large_print=large,
            unavailable=unavailable,
        )
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="voting-letters.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _large(entry: RollEntry) -> bool:
    person = entry.member.person
    return person is not None and person.format == person.Format.LARGE


def _ways(request: HttpRequest, code: str) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("governance:start", args=[code]))
    label = "Opens the page where you vote with this code"
    return {"address": address, "qr": qr_svg(address, label=label)}


@requires("governance.run_election")
@never_cache
def voter_code(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """A fresh code for one member: to read out, to text, or to print. Shown once."""
    election = election_for(request, pk)
    entry = _entry_for(request, election, member_pk)
    context: dict[str, Any] = {"election": election, "meeting": election.meeting, "entry": entry}
    if request.method != "POST":
        return render(request, "governance/voter_code.html", context)
    entry, code = operations.issue_code(
        election=election, member=entry.member, by=actor_of(request)
    )
    if request.POST.get("as") == "letter":
        return _letters(request, election, [(entry, code)])
    ways = _ways(request, code)
    text = f"Your vote in “{election.title}”: {ways['address']}"
    phone = "".join(c for c in _phone_of(entry) if c.isdigit() or c == "+")
    context |= {"code": code, "sms": f"sms:{phone}?&body={quote(text)}", "text": text, **ways}
    return render(request, "governance/voter_code_shown.html", context)


def _phone_of(entry: RollEntry) -> str:
    return entry.member.person.phone if entry.member.person else ""


# --- The telephone --------------------------------------------------------------------------------


@requires("governance.run_election")
def phone_vote(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Note a member's call, then fill in the paper for them."""
    election = election_for(request, pk)
    entry = _entry_for(request, election, member_pk)
    form = CallForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.take_phone_vote(
                election=election,
                member=entry.member,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            return redirect("governance:phone_paper", pk, member_pk)
    context = {"election": election, "meeting": election.meeting, "entry": entry, "form": form}
    return render(request, "governance/phone_vote.html", context)


# --- Envelopes ------------------------------------------------------------------------------------


@requires("governance.run_election")
def envelopes(request: HttpRequest, pk: int) -> HttpResponse:
    """Note envelopes as they come, by the number on them; see whose are here."""
    election = election_for(request, pk)
    form = EnvelopeForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            entry = operations.receive_paper(
                election=election, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, f"Noted: the envelope of {entry.member.name}.")
            return redirect("governance:envelopes", pk)
    noted = roll_of(election).on_paper().select_related(*NAMES).order_by("member__number")
    page = Paginator(noted, PER_PAGE).get_page(request.GET.get("page"))
    _note_reading(request, page.object_list)
    context = {
        "election": election,
        "meeting": election.meeting,
        "form": form,
        "page": page,
        "is_open": election.takes_votes(timezone.now()),
    }
    return render(request, "governance/envelopes.html", context)


@requires("governance.run_election")
@require_POST
def envelope_back(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """It was noted by mistake."""
    election = election_for(request, pk)
    entry = _entry_for(request, election, member_pk)
    operations.give_back_paper(
        election=election, member=entry.member, now=timezone.now(), by=actor_of(request)
    )
    messages.success(request, f"{entry.member.name} can vote again.")
    return redirect("governance:envelopes", pk)
