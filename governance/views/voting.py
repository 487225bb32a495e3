"""A vote is cast: papers to fill in, one paper, looking it over, the receipt.

Members sign in, or come with a code from our letter or e-mail; an officer fills in the paper of a
member who telephones. What is on a paper travels in the page alone, from one step to the next:
never in the session, which is a row in the database, nor in an address. For the same reason the
receipt is shown in answer to the vote itself, not on a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from core import ratelimit
from core.actors import actor_of
from core.errors import RuleError
from core.registry import requires
from governance import codes, operations
from governance.classes import needs_of_vote
from governance.forms import CodeForm, PaperForm, paper_form
from governance.models import Election, Meeting, Motion, RollEntry, roll_of
from governance.views.found import election_for, user_of
from governance.views.meetings import votes_to_cast
from members.models import Member

UNKNOWN = (
    "That is not the code of a vote that is open. Look at the letter or e-mail again; if you asked "
    "for another code, only the newest one works."
)
BUSY = "That was a lot of tries in a short time. Please wait ten minutes and try again."


def on_paper(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that holds a vote or a code: nobody keeps it, and no report of an error says it."""
    kept_by_nobody: Callable[..., HttpResponse] = never_cache(sensitive_post_parameters()(view))
    return kept_by_nobody


# --- Signed in ------------------------------------------------------------------------------------


@requires("governance.vote")
def votes(request: HttpRequest) -> HttpResponse:
    """The votes that are open and that this person may take part in."""
    entries = votes_to_cast(request).select_related(
        "election__meeting", "member__person", "member__organisation"
    )
    return render(request, "governance/votes.html", {"entries": entries})


@requires("governance.vote")
@on_paper
def paper(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Fill in one's paper, look it over, cast it. Without JavaScript, in three pages."""
    election = election_for(request, pk)
    mine = Member.objects.of_user(user_of(request), timezone.localdate())
    member = get_object_or_404(mine.select_related("person", "organisation"), pk=member_pk)
    _refuse_unless_to_vote(election, member)
    return paper_steps(request, election, member)


def _refuse_unless_to_vote(election: Election, member: Member) -> None:
    """404 for who is not on the roll; in words where there is no vote to cast any more."""
    entry = roll_of(election).filter(member=member).first()
    if entry is None:
        raise Http404
    if not election.takes_votes(timezone.now()):
        raise RuleError("Voting has closed." if not election.may_change else "Not open yet.")
    if entry.has_voted:
        raise RuleError("A vote has already been recorded for this member.")


def paper_steps(
    request: HttpRequest, election: Election, member: Member, **around: Any
) -> HttpResponse:
    """The paper, the paper looked over, the receipt: which of them, the page before it says.

    `around` is what the pages know besides: `code`, or that an `officer` fills it in.
    """

    def cast(form: PaperForm) -> HttpResponse:
        receipt = operations.cast_ballot(
            election=election,
            member=member,
            choices=form.choices(),
            code=around.get("code", ""),
            helped=form.cleaned_data["helped"],
            now=timezone.now(),
            by=actor_of(request),
        )
        done = {"receipt": receipt, "more": _more_to_vote(request) and not around}
        known = _context(election, form, {"member": member, **around})
        return render(request, "governance/receipt.html", known | done)

    return _in_three_steps(request, election, cast, {"member": member, **around})


def _more_to_vote(request: HttpRequest) -> bool:
    return (
        request.user.is_authenticated and votes_to_cast(request).filter(state="not_voted").exists()
    )


def _context(election: Election, form: PaperForm, around: dict[str, Any]) -> dict[str, Any]:
    return {
        "election": election,
        "meeting": election.meeting,
        "form": form,
        "needs": needs_of_vote(election),
        **around,
    }


def _in_three_steps(
    request: HttpRequest,
    election: Election,
    cast: Callable[[PaperForm], HttpResponse],
    around: dict[str, Any],
    options: dict[int, str] | None = None,
) -> HttpResponse:
    options = options or election.choosable()
    step = request.POST.get("step")
    form = paper_form(election)(request.POST if step else None, options=options, election=election)
    if gone := _withdrawn_since(request, election) if step else "":
        form.add_error(None, f"{gone} stands no longer. Look your paper over, and number it anew.")
    context = _context(election, form, around)
    if step in ("review", "cast") and form.is_valid():
        if step == "cast":
            return cast(form)
        chosen = [options[number] for number in form.choices()]
        return render(request, "governance/paper_review.html", context | {"chosen": chosen})
    if "practice" not in around and election.is_stv:
        context["candidates"] = election.candidates.filter(withdrawn_at__isnull=True)
    status = 400 if step in ("review", "cast") else 200
    return render(request, "governance/paper.html", context, status=status)


def _withdrawn_since(request: HttpRequest, election: Election) -> str:
    """Who is named on the paper that was sent, and has withdrawn since it was filled in."""
    if not election.pk or not election.is_stv:
        return ""
    named = {key.removeprefix("ranking_") for key, rank in request.POST.items() if rank}
    named |= set(request.POST.getlist("ticks"))
    gone = election.candidates.filter(withdrawn_at__isnull=False)
    return ", ".join(one.name for one in gone if str(one.position) in named)


# --- With a code ----------------------------------------------------------------------------------


@login_not_required
@on_paper
def start_by_code(request: HttpRequest) -> HttpResponse:
    """Type a voting code; with one that fits, the page that begins the vote."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.allow_from(request, "governance.code", "any", limit=30, seconds=600):
            form.add_error(None, BUSY)
        elif entry := _entry_of(form.cleaned_data["code"]):
            return _start(request, entry, form.cleaned_data["code"])
        else:
            form.add_error("code", UNKNOWN)
    status = 400 if form.errors else 200
    return render(request, "governance/start_by_code.html", {"form": form}, status=status)


@login_not_required
@on_paper
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What a link in an e-mail or a QR code opens. It does nothing but show a button: programs
    that look through mail open links too, and must use up nothing.
    """
    entry = _entry_of(code)
    if entry is None:
        form = CodeForm({"code": code})
        form.is_valid()
        form.add_error("code", UNKNOWN)
        return render(request, "governance/start_by_code.html", {"form": form}, status=404)
    return _start(request, entry, code)


def _start(request: HttpRequest, entry: RollEntry, code: str) -> HttpResponse:
    election = entry.election
    context = {
        "election": election,
        "meeting": election.meeting,
        "entry": entry,
        "code": code,
        "is_open": election.takes_votes(timezone.now()),
    }
    return render(request, "governance/start.html", context)


@login_not_required
@require_POST
@on_paper
def with_code(request: HttpRequest) -> HttpResponse:
    """The paper of whoever has the code, which every page sends on to the next."""
    code = request.POST.get("code", "")
    entry = _entry_of(code)
    if entry is None:
        return redirect("governance:start_by_code")
    _refuse_unless_to_vote(entry.election, entry.member)
    return paper_steps(request, entry.election, entry.member, code=code)


def _entry_of(code: str) -> RollEntry | None:
    """The roll entry that a code is for; codes die when voting closes."""
    hashed = codes.code_hash(code)
    names = ("election__meeting", "election__motion", "member__person", "member__organisation")
    found = RollEntry.objects.select_related(*names).filter(code_hash=hashed)
    return found.first() if hashed else None


# --- On the telephone -----------------------------------------------------------------------------


@requires("governance.run_election")
@on_paper
def phone_paper(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """An officer fills in the paper as the member says, having noted the call."""
    election = election_for(request, pk)
    calls = election.phone_votes.filter(taken_by=user_of(request))
    names = ("member__person", "member__organisation")
    call = get_object_or_404(calls.select_related(*names), member=member_pk)
    _refuse_unless_to_vote(election, call.member)
    return paper_steps(request, election, call.member, officer=True)


# --- To try, and to know --------------------------------------------------------------------------

FRUIT = {1: "Apples", 2: "Damsons", 3: "Pears", 4: "Plums"}


@login_not_required
@on_paper
def practice(request: HttpRequest, kind: str) -> HttpResponse:
    """A paper to practise on: nothing of it is kept."""
    election = _practice_vote(kind)
    options = FRUIT if election.is_stv else election.options()

    def cast(form: PaperForm) -> HttpResponse:
        return render(request, "governance/practice_done.html", {"kind": kind})

    return _in_three_steps(request, election, cast, {"practice": True}, options)


def _practice_vote(kind: str) -> Election:
    """A vote that is nowhere in the database."""
    meeting = Meeting(title="For practice only")
    if kind == "answer":
        motion = Motion(text="That the co-op bakes a fruit pie for its next meeting.")
        return Election(
            meeting=meeting,
            kind=Election.Kind.MOTION,
            motion=motion,
            title="A pie?",
            state=Election.State.OPEN,
        )
    counting = Election.Counting.BLOCK if kind == "ticks" else Election.Counting.STV
    return Election(
        meeting=meeting, kind=Election.Kind.STV, seats=2, counting=counting, title="Which fruit?"
    )


@login_not_required
def secrecy(request: HttpRequest) -> HttpResponse:
    """What keeps a vote secret, and what does not."""
    return render(request, "governance/secrecy.html")
