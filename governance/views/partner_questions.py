"""What partners are asked, how they vote, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.partners import (
    KeyedVoteForm,
    ProgressForm,
    QuestionForm,
    VoteForm,
    question_values,
)
from governance.models import (
    Bid,
    Body,
    Delegate,
    Partner,
    PartnerAction,
    PartnerQuestion,
    PartnerVote,
)
from governance.partnership import (
    KEEPS,
    delegate_for,
    may_prepare,
    why_not_change,
    why_not_close,
)
from governance.views.form_page import form_page
from governance.views.found import user_of
from governance.views.partnerships import actions_of, partners_spoken_for, partnership_for, trail

PER_PAGE = 25


def _question_for(request: HttpRequest, pk: int) -> PartnerQuestion:
    """A question of a partnership that this person may look into; an operational one is for the
    secretary and for delegates of other than citizens.
    """
    rows = PartnerQuestion.objects.select_related(
        "body",
        "owner__organisation",
        "owner__citizens",
        "asked_by__organisation",
        "asked_by__citizens",
        "decision__action",
    )
    found = get_object_or_404(rows, pk=pk)
    found.body = partnership_for(request, found.body_id)
    if not found.is_strategic and not _may_advise(request, found.body):
        raise PermissionDenied("operational")
    return found


def _may_advise(request: HttpRequest, body: Body) -> bool:
    mine = partners_spoken_for(request, body)
    return user_of(request).has_perm(KEEPS) or any(not one.is_citizens for one in mine)


def _may_ask(request: HttpRequest, body: Body) -> bool:
    return user_of(request).has_perm(KEEPS) or bool(partners_spoken_for(request, body))


def _done(request: HttpRequest, said: str, pk: int) -> HttpResponse:
    messages.success(request, said)
    return redirect("governance:partner_question", pk)


def partner_question_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the partners something."""
    body = partnership_for(request, pk)
    if not _may_ask(request, body):
        raise PermissionDenied("partner_question_new")
    form = QuestionForm(request.POST or None, body=body)
    if form.is_valid():
        with refusals_on(form):
            made = operations.prepare_partner_question(
                body=body, now=timezone.now(), by=actor_of(request), **form.values()
            )
            return _done(request, "Written down. The secretary puts it to the partners.", made.pk)
    return form_page(
        request,
        form,
        "Ask the partners",
        button="Write it down",
        trail=trail(body),
        lead="Whether it binds is fixed before anybody votes. Each partner has one vote.",
    )


def partner_question_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a question before it is put."""
    found = _question_for(request, pk)
    if not may_prepare(found, actor_of(request), timezone.localdate()):
        raise PermissionDenied("partner_question_edit")
    if reason := why_not_change(found):
        raise RuleError(reason)
    form = QuestionForm(request.POST or None, body=found.body, initial=question_values(found))
    if form.is_valid():
        with refusals_on(form):
            operations.change_partner_question(
                question=found, now=timezone.now(), by=actor_of(request), **form.values()
            )
            return _done(request, "Saved.", pk)
    address = reverse("governance:partner_question", args=[pk])
    steps = [*trail(found.body), (found.title, address)]
    return form_page(request, form, "Change the question", button="Save", trail=steps)


def partner_question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question: what is asked, my vote, who has voted; then what it came to, and is done."""
    found, now = _question_for(request, pk), timezone.now()
    mine = partners_spoken_for(request, found.body)
    votes = {
        vote.partner_id: vote
        for vote in found.votes.standing().select_related("delegate__person", "partner")
    }
    decision = getattr(found, "decision", None)
    context = {
        "question": found,
        "body": found.body,
        "voters": [(one, votes.get(one.pk)) for one in found.voters()],
        "struck": found.votes.filter(struck_at__isnull=False).select_related(
            "partner__organisation", "partner__citizens", "keyed_by"
        ),
        "may_strike": _may_strike(request, found, mine, votes.values()),
        "waiting": [one for one in _may_vote(request, found, mine) if one.pk not in votes],
        "takes_votes": found.takes_votes(now),
        "may_close": found.state == "open" and not why_not_close(found, now),
        "decision": decision,
        "bid": Bid.objects.filter(question=found).first(),
        "may_change": may_prepare(found, actor_of(request), timezone.localdate())
        and not why_not_change(found),
        "may_drop": found.is_draft and may_prepare(found, actor_of(request), timezone.localdate()),
        **_action_of(request, decision),
    }
    return render(request, "governance/partner_question.html", context)


def _may_strike(
    request: HttpRequest,
    question: PartnerQuestion,
    mine: list[Partner],
    votes: Iterable[PartnerVote],
) -> set[int]:
    """The votes that were keyed, which this person may say are wrong while the vote is open."""
    if not question.takes_votes(timezone.now()):
        return set()
    keeps, own = actor_of(request).may(KEEPS), {one.pk for one in mine}
    return {
        vote.pk
        for vote in votes
        if vote.way != PartnerVote.Way.ONLINE and (keeps or vote.partner_id in own)
    }


def _may_vote(
    request: HttpRequest, question: PartnerQuestion, mine: list[Partner]
) -> list[Partner]:
    """Those of this person's partners to which it is put; of citizens only who was asked."""
    asked = question.asked.filter(delegate__person__user=user_of(request))
    groups = set(asked.values_list("delegate__partner", flat=True))
    put_to = {one.pk for one in question.voters()}
    return [one for one in mine if one.pk in put_to and (not one.is_citizens or one.pk in groups)]


def _action_of(request: HttpRequest, decision: Any) -> dict[str, Any]:
    action = getattr(decision, "action", None)
    if action is None:
        return {}
    return {
        "action": action,
        "progress": action.progress.all(),
        "may_note": _may_note(request, action),
    }


def _may_note(request: HttpRequest, action: PartnerAction) -> bool:
    mine = partners_spoken_for(request, action.decision.question.body)
    return user_of(request).has_perm(KEEPS) or action.owner_id in {one.pk for one in mine}


# --- Voting ---------------------------------------------------------------------------------------


@requires(KEEPS)
@require_POST
def partner_question_put(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it to the partners."""
    question = _question_for(request, pk)
    operations.put_partner_question(question=question, now=timezone.now(), by=actor_of(request))
    return _done(request, "It is put to the partners. They can vote now.", pk)


@require_POST
def partner_question_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up before it is put."""
    found = _question_for(request, pk)
    operations.drop_partner_question(question=found, by=actor_of(request))
    messages.success(request, "It is dropped.")
    return redirect("governance:partnership", found.body_id)


def partner_vote(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """I look at my answer again, and vote for my partner: once, and for good."""
    found = _question_for(request, pk)
    partner = get_object_or_404(found.body.partners.standing().with_names(), pk=partner_pk)
    if delegate_for(partner, actor_of(request), timezone.localdate()) is None:
        raise PermissionDenied("partner_vote")
    if request.method == "POST":
        vote = operations.vote_as_partner(
            question=found,
            partner=partner,
            answer=request.POST.get("answer", ""),
            now=timezone.now(),
            by=actor_of(request),
        )
        said = vote.get_answer_display().lower()
        return _done(request, f"The vote of {partner} is recorded: {said}.", pk)
    form = VoteForm(initial={"answer": request.GET.get("answer", "")})
    answer = dict(PartnerVote.Answer.choices).get(request.GET.get("answer", ""))
    if answer is None or not found.takes_votes(timezone.now()):
        return redirect("governance:partner_question", pk)
    return form_page(
        request,
        form,
        f"{answer}: {found.title}",
        button=f"Vote: {answer.lower()}",
        trail=[
            *trail(found.body),
            (found.title, reverse("governance:partner_question", args=[pk])),
        ],
        says=f"You vote for {partner}, once and for good. The other partners see how it voted.",
    )


@requires(KEEPS)
def partner_vote_key(request: HttpRequest, pk: int) -> HttpResponse:
    """A vote that came by post or by telephone."""
    found = _question_for(request, pk)
    voted = found.votes.standing().values("partner")
    delegates = Delegate.objects.held_on(timezone.localdate()).filter(
        partner__in=[one.pk for one in found.voters()]
    )
    form = KeyedVoteForm(request.POST or None, delegates=delegates.exclude(partner__in=voted))
    if form.is_valid():
        with refusals_on(form):
            operations.key_partner_vote(
                question=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "The vote is noted, and that you keyed it.", pk)
    address = reverse("governance:partner_question", args=[pk])
    return form_page(
        request,
        form,
        "A vote by post or telephone",
        button="Note the vote",
        trail=[*trail(found.body), (found.title, address)],
    )


@require_POST
def partner_vote_strike(request: HttpRequest, pk: int, vote_pk: int) -> HttpResponse:
    """It was keyed by mistake: the secretary says so, or the partner itself."""
    vote = get_object_or_404(_question_for(request, pk).votes.standing(), pk=vote_pk)
    operations.strike_partner_vote(vote=vote, now=timezone.now(), by=actor_of(request))
    return _done(request, "Struck out. The partner can vote.", pk)


@requires(KEEPS)
@require_POST
def partner_question_close(request: HttpRequest, pk: int) -> HttpResponse:
    """All have voted, or its time has come."""
    question = _question_for(request, pk)
    decision = operations.close_partner_question(
        question=question, now=timezone.now(), by=actor_of(request)
    )
    return _done(request, "Carried." if decision.carried else "Not carried.", pk)


# --- What is done about it ------------------------------------------------------------------------


def partner_actions(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the partners have decided to do."""
    body = partnership_for(request, pk)
    page = Paginator(actions_of(body), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/partner_actions.html", {"body": body, "page": page})


def partner_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how it goes."""
    found = _question_for(request, pk)
    action = get_object_or_404(
        PartnerAction.objects.select_related("decision__question__body"),
        decision__question=found,
    )
    if not _may_note(request, action):
        raise PermissionDenied("partner_progress")
    initial = {"on": timezone.localdate(), "state": action.state}
    form = ProgressForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.note_partner_progress(
                action=action, by=actor_of(request), **form.cleaned_data
            )
            return _done(request, "Noted. Everybody can read it.", pk)
    address = reverse("governance:partner_question", args=[pk])
    return form_page(
        request,
        form,
        "How it goes",
        button="Note it",
        trail=[*trail(found.body), (found.title, address)],
    )


@requires(KEEPS)
@require_POST
def partner_action_public(request: HttpRequest, pk: int) -> HttpResponse:
    """Show it on the public site, or take it off."""
    action = get_object_or_404(PartnerAction, decision__question=_question_for(request, pk))
    if request.POST.get("to") == "down":
        operations.hide_partner_action(action=action, by=actor_of(request))
        return _done(request, "It is off the public site.", pk)
    operations.show_partner_action(action=action, on=timezone.localdate(), by=actor_of(request))
    return _done(request, "It is on the public site.", pk)
