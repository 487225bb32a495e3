"""A member votes: papers to fill in, one paper, looking it over, the receipt.

What is on a paper travels in the page alone, from one step to the next: never in the session, which
is a row in the database, nor in an address. For the same reason the receipt is shown in answer to
the vote itself, not on a page of its own.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from core.actors import actor_of
from core.errors import RuleError
from core.registry import requires
from governance import operations, rules
from governance.forms import AnswerForm, PreferencesForm
from governance.models import Election, roll_of
from governance.views.found import election_for, user_of
from governance.views.meetings import votes_to_cast
from members.models import Member


@requires("governance.vote")
def votes(request: HttpRequest) -> HttpResponse:
    """The votes that are open and that this person may take part in."""
    entries = votes_to_cast(request).select_related(
        "election__meeting", "member__person", "member__organisation"
    )
    return render(request, "governance/votes.html", {"entries": entries})


def secrecy(request: HttpRequest) -> HttpResponse:
    """What keeps a vote secret, and what does not."""
    return render(request, "governance/secrecy.html")


@requires("governance.vote")
@sensitive_post_parameters()
@never_cache
def paper(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Fill in the paper, look it over, cast it. Without JavaScript, in three pages."""
    election = election_for(request, pk)
    member = _voter(request, election, member_pk)
    options = election.options()
    form_class = PreferencesForm if election.is_stv else AnswerForm
    form = form_class(request.POST or None, options=options)
    context = {
        "election": election,
        "meeting": election.meeting,
        "member": member,
        "form": form,
        "candidates": election.candidates.all() if election.is_stv else [],
        "threshold": rules.THRESHOLDS[election.threshold],
    }
    step = request.POST.get("step")
    if not form.is_valid() or step not in ("review", "cast"):
        status = 400 if form.errors else 200
        return render(request, "governance/paper.html", context, status=status)
    choices = form.choices()
    if step == "review":
        chosen = [options[number] for number in choices]
        return render(request, "governance/paper_review.html", context | {"chosen": chosen})
    receipt = operations.cast_ballot(
        election=election,
        member=member,
        choices=choices,
        now=timezone.now(),
        by=actor_of(request),
    )
    left = votes_to_cast(request).filter(state="not_voted").exists()
    return render(request, "governance/receipt.html", context | {"receipt": receipt, "more": left})


def _voter(request: HttpRequest, election: Election, member_pk: int) -> Member:
    """The member whose vote this is; refuses in words when there is no vote to cast."""
    today = timezone.localdate()
    mine = Member.objects.of_user(user_of(request), today)
    member = get_object_or_404(mine.select_related("person", "organisation"), pk=member_pk)
    entry = roll_of(election).filter(member=member).first()
    if entry is None:
        raise Http404
    if not election.takes_votes(timezone.now()):
        raise RuleError("Voting has closed." if not election.may_change else "Not open yet.")
    if entry.has_voted:
        raise RuleError("A vote has already been recorded for this member.")
    return member
