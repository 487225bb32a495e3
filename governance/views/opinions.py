"""Opinion polls: put a question, answer it, see what came out. They decide nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core.actors import actor_of
from core.charts import Chart, bar_chart
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.proposals import AnswerForm, PaperAnswerForm, PollForm, StopForm
from governance.models import OpinionPoll, Proposal
from governance.operations.own_hand import KEEPS
from governance.views.form_page import form_page, meetings_trail
from governance.views.found import members_of, user_of
from governance.views.proposals import trail_to

PER_PAGE = 25


def _poll_for(request: HttpRequest, pk: int) -> OpinionPoll:
    """404 for whoever is neither a member nor keeps the papers of meetings."""
    rows = OpinionPoll.objects.visible_to(user_of(request))
    return get_object_or_404(rows.select_related("proposal"), pk=pk)


def _trail(poll: OpinionPoll | None = None) -> list[tuple[str, str]]:
    trail = [*meetings_trail(), ("Opinion polls", reverse("governance:opinion_polls"))]
    if poll:
        trail.append((poll.question, reverse("governance:opinion_poll", args=[poll.pk])))
    return trail


def opinion_polls(request: HttpRequest) -> HttpResponse:
    """What members are, and were, asked."""
    user = user_of(request)
    if not (user.has_perm("governance.vote") or user.has_perm(KEEPS)):
        raise PermissionDenied("opinion_polls")
    rows = OpinionPoll.objects.visible_to(user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/opinion_polls.html", {"page": page})


@requires(KEEPS)
def opinion_new(request: HttpRequest, proposal_pk: int | None = None) -> HttpResponse:
    """Ask all members what they think, of a proposal or by itself."""
    today = timezone.localdate()
    about = get_object_or_404(Proposal, pk=proposal_pk) if proposal_pk else None
    form = PollForm(
        request.POST or None,
        initial={"last_day": today + dt.timedelta(days=14), "choices": "Yes\nNo\nI do not mind"},
    )
    if form.is_valid():
        with refusals_on(form):
            made = operations.open_poll(
                proposal=about, now=timezone.now(), by=actor_of(request), **form.values()
            )
            messages.success(request, "It is open. All members are written to.")
            return redirect("governance:opinion_poll", made.pk)
    return form_page(
        request,
        form,
        "Ask what members think",
        button="Ask them",
        trail=trail_to(about) if about else _trail(),
        lead="It advises and decides nothing; every page and letter about it says so.",
    )


def opinion_poll(request: HttpRequest, pk: int) -> HttpResponse:
    """The question, my answer; what came out once it is over."""
    found, mine = _poll_for(request, pk), members_of(request)
    given = dict(found.answers.filter(member__in=mine).values_list("member", "choice"))
    keeps = user_of(request).has_perm(KEEPS)
    context = {
        "poll": found,
        "mine": [
            (one, AnswerForm(poll=found, initial={"choice": given.get(one.pk)}, prefix=str(one.pk)))
            for one in mine
        ],
        "given": {pk: found.choices[choice] for pk, choice in given.items()},
        "answered": found.answers.count(),
        "result": None if found.is_open else _result(found),
        "paper": PaperAnswerForm(poll=found) if keeps and found.is_open else None,
        "stop": StopForm() if keeps and found.is_open else None,
    }
    return render(request, "governance/opinion_poll.html", context)


def _result(poll: OpinionPoll) -> Chart | None:
    """How many gave each answer; None where so few answered that it would show who."""
    counted = Counter(poll.answers.values_list("choice", flat=True))
    if counted.total() < OpinionPoll.FEWEST:
        return None
    given = [(text, counted[number]) for number, text in enumerate(poll.choices)]
    return bar_chart("What members answered", given, unit="answers")


def opinion_answer(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """I answer, or change my answer."""
    found = _poll_for(request, pk)
    member = next((one for one in members_of(request) if one.pk == member_pk), None)
    if member is None:
        raise PermissionDenied("not this member")
    form = AnswerForm(request.POST or None, poll=found, prefix=str(member.pk))
    if form.is_valid():
        with refusals_on(form):
            operations.answer_poll(
                poll=found,
                member=member,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            messages.success(request, "Noted. You can change it until the last day.")
            return redirect("governance:opinion_poll", pk)
    return form_page(
        request, form, "Your answer", button="Answer", trail=_trail(found), says=found.question
    )


@requires(KEEPS)
def opinion_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has answered on paper or by telephone."""
    found = _poll_for(request, pk)
    form = PaperAnswerForm(request.POST or None, poll=found)
    if form.is_valid():
        with refusals_on(form):
            answer = operations.answer_poll(
                poll=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, f"Noted for {answer.member.name}.")
            return redirect("governance:opinion_poll", pk)
    return form_page(request, form, "An answer on paper", button="Note it", trail=_trail(found))


@requires(KEEPS)
def opinion_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """It ends before its last day."""
    found = _poll_for(request, pk)
    form = StopForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.stop_poll(
                poll=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "It is over.")
            return redirect("governance:opinion_poll", pk)
    return form_page(
        request, form, "End it early", button="End it", trail=_trail(found), kind="danger"
    )
