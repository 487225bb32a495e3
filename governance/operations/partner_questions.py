"""Questions to the partners: prepared, put, voted on, decided; one partner one vote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import (
    Asked,
    Bid,
    Body,
    Delegate,
    Partner,
    PartnerAction,
    PartnerDecision,
    PartnerQuestion,
    PartnerVote,
)
from governance.operations.telling import write_about
from governance.partnership import (
    KEEPS,
    delegate_for,
    may_prepare,
    partner_spoken_for,
    quorum_on,
    what_is_missing,
    why_not_change,
    why_not_close,
)
from governance.rules import earliest_meeting
from governance.rules.partners import quarter_of

State = PartnerQuestion.State
Way = PartnerVote.Way

#: Longer than this is no question to people who give their free time.
MOST_MINUTES = 600


@operation(needs=None)
def prepare_partner_question(
    *,
    body: Body,
    title: str,
    text: str,
    matter: str,
    effect: str,
    closes_at: dt.datetime,
    minutes: int = 0,
    owner: Partner | None = None,
    due_on: dt.date | None = None,
    now: dt.datetime,
    by: Actor,
) -> PartnerQuestion:
    """Write a question down: any partner may, by a delegate, and so may the secretary.

    What is operational is advice among those who do the work: it is never binding, and takes none
    of the citizens' time.
    """
    if body.kind != Body.Kind.PARTNERSHIP or body.ended_on:
        raise RuleError("Only partners that meet decide together.")
    speaks = partner_spoken_for(body, by, timezone.localdate())
    if speaks is None and not by.may(KEEPS):
        raise PermissionDenied("not their partnership")
    question = PartnerQuestion(body=body, asked_by=speaks.partner if speaks else None)
    _fill(question, title, text, matter, effect, closes_at, minutes, owner, due_on, now)
    question.save()
    audit.record(by, "governance.prepare_partner_question", question, body=body.pk)
    return question


@operation(needs=None)
def change_partner_question(
    *,
    question: PartnerQuestion,
    title: str,
    text: str,
    matter: str,
    effect: str,
    closes_at: dt.datetime,
    minutes: int = 0,
    owner: Partner | None = None,
    due_on: dt.date | None = None,
    now: dt.datetime,
    by: Actor,
) -> PartnerQuestion:
    """Change a question before it is put: the partner that asks it may, and the secretary."""
    _refuse_others(question, by)
    if reason := why_not_change(question):
        raise RuleError(reason)
    _hold(question, State.DRAFT, "It has been put to the partners: its words are fixed.")
    _fill(question, title, text, matter, effect, closes_at, minutes, owner, due_on, now)
    question.save()
    audit.record(by, "governance.change_partner_question", question)
    return question


def _refuse_others(question: PartnerQuestion, by: Actor) -> None:
    if not may_prepare(question, by, timezone.localdate()):
        raise PermissionDenied("not their question")


def _hold(question: PartnerQuestion, state: str, refusal: str) -> None:
    """Keep the question in this state until the end of the transaction.

    Writing the state that it has locks its row: whoever votes waits for who closes, and the other
    way round. On SQLite the transaction has the only write lock already.
    """
    if PartnerQuestion.objects.filter(pk=question.pk, state=state).update(state=state) != 1:
        raise RuleError(refusal)
    question.refresh_from_db()


def _fill(
    question: PartnerQuestion,
    title: str,
    text: str,
    matter: str,
    effect: str,
    closes_at: dt.datetime,
    minutes: int,
    owner: Partner | None,
    due_on: dt.date | None,
    now: dt.datetime,
) -> None:
    if not title.strip():
        raise RuleError("Give it a title.", field="title")
    if not text.strip():
        raise RuleError("Write what is asked.", field="text")
    if matter not in PartnerQuestion.Matter.values:
        raise RuleError("Say what kind of question it is.", field="matter")
    if effect not in PartnerQuestion.Effect.values:
        raise RuleError("Say whether it is binding.", field="effect")
    if closes_at <= now:
        raise RuleError("The vote would be over before it begins: choose a later day.", field="day")
    strategic = matter == PartnerQuestion.Matter.STRATEGIC
    binding = effect == PartnerQuestion.Effect.BINDING
    if binding and not strategic:
        raise RuleError(
            "What is operational binds nobody: make it advisory, or ask it as a strategic "
            "question, with the citizens.",
            field="effect",
        )
    if strategic and not 1 <= minutes <= MOST_MINUTES:
        raise RuleError(
            f"Say how many minutes it asks of a citizen delegate, 1 to {MOST_MINUTES}.",
            field="minutes",
        )
    if binding and owner is None:
        raise RuleError("Say which partner does it if it is carried.", field="owner")
    if owner and (owner.left or owner.body_id != question.body_id):
        raise RuleError("Choose one of the partners.", field="owner")
    if binding and (due_on is None or due_on <= timezone.localdate(closes_at)):
        raise RuleError("Say by when it is to be done: after the vote.", field="due_on")
    question.title, question.text = title.strip(), text.strip()
    question.matter, question.effect, question.closes_at = matter, effect, closes_at
    question.minutes = minutes if strategic else 0
    question.owner, question.due_on = (owner, due_on) if binding else (None, None)


@operation(needs=None)
def drop_partner_question(*, question: PartnerQuestion, by: Actor) -> PartnerQuestion:
    """Give up a question that has not been put."""
    _refuse_others(question, by)
    if (
        PartnerQuestion.objects.filter(pk=question.pk, state=State.DRAFT).update(
            state=State.DROPPED
        )
        != 1
    ):
        raise RuleError("It has been put to the partners, or dropped, already.")
    question.refresh_from_db()
    bids = Bid.objects.filter(question=question, state=Bid.State.VOTING)
    bids.update(state=Bid.State.PREPARING, question=None)
    audit.record(by, "governance.drop_partner_question", question)
    return question


@operation(needs=KEEPS)
def put_partner_question(
    *, question: PartnerQuestion, now: dt.datetime, by: Actor
) -> PartnerQuestion:
    """Open the vote. Its words, and whether it binds, are fixed from now on.

    Locked until the partnership is formed and its agreement signed; at the notice its rules ask
    for; and only where a delegate of each citizen group has the time. Their time is taken with it.
    Whoever may vote is written to.
    """
    day = timezone.localdate(now)
    missing = what_is_missing(question.body, day)
    if missing:
        raise RuleError("Voting is still locked. " + " ".join(missing))
    _hold(question, State.DRAFT, "It has been put to the partners, or dropped, already.")
    _refuse_owner_who_left(question)
    if question.is_strategic:
        _take_time(question, day)
    asked = _who_votes(question, day)
    _refuse_short_notice(question, asked, day)
    question.partners.set(question.voters())
    PartnerQuestion.objects.filter(pk=question.pk).update(state=State.OPEN, opened_at=now)
    question.refresh_from_db()
    audit.record(
        by,
        "governance.put_partner_question",
        question,
        matter=question.matter,
        effect=question.effect,
        minutes=question.minutes,
    )
    _tell(
        asked,
        question,
        by,
        kind="governance.partner_question",
        key=f"governance.partner_question:{question.pk}",
        subject="a vote is open",
    )
    return question


def _who_votes(question: PartnerQuestion, day: dt.date) -> list[Delegate]:
    """Who may vote for the partners on a day: of citizens, those whose time is taken."""
    asked = set(question.asked.values_list("delegate__person", flat=True))
    return [
        one
        for one in _delegates(question, day)
        if not one.partner.is_citizens or one.person_id in asked
    ]


def _delegates(question: PartnerQuestion, day: dt.date) -> QuerySet[Delegate]:
    """Everybody alive who speaks for a partner to which it is put."""
    held = Delegate.objects.held_on(day).filter(partner__in=question.voters())
    return held.filter(person__died_on__isnull=True).select_related("person")


def _tell(
    delegates: Iterable[Delegate],
    question: PartnerQuestion,
    by: Actor,
    *,
    kind: str,
    key: str,
    subject: str,
    **more: object,
) -> None:
    """Write to these about a question; the template is called as the kind of message."""
    for one in delegates:
        write_about(
            one.person,
            key=f"{key}:{one.pk}",
            kind=kind,
            subject=f"{question.body.name}: {subject}",
            template=f"governance/mail/{kind.split('.')[1]}.txt",
            context={"question": question, "delegate": one, "name": str(one.person)} | more,
            by=by,
        )


def _refuse_short_notice(question: PartnerQuestion, asked: list[Delegate], day: dt.date) -> None:
    """The day it is put and the day the vote ends do not count, as with a meeting; nor do the days
    in the post, where one of those who vote reads letters.
    """
    its = question.body.rules_on(day)
    by_post = any(not one.person.notices_by_email for one in asked)
    in_post, working = (its.days_in_post, its.post_rests) if by_post else (0, False)
    earliest = earliest_meeting(day, days=its.notice_days, in_post=in_post, working=working)
    if timezone.localdate(question.closes_at) < earliest:
        letters = f", and letters take {its.days_in_post} days" if by_post else ""
        raise RuleError(
            f"The rules of the partnership give {its.notice_days} clear days{letters}: the vote "
            f"ends on {earliest:%-d %B %Y} at the earliest."
        )


def _refuse_owner_who_left(question: PartnerQuestion) -> None:
    if question.owner and question.owner.left:
        raise RuleError("The partner that was to do it has left. Choose another.")


def _take_time(question: PartnerQuestion, day: dt.date) -> None:
    """Ask the citizen delegates who have the time; refuse where a group has none who does."""
    groups = question.body.partners.standing().with_names().filter(citizens__isnull=False)
    for group in groups:
        held = Delegate.objects.held_on(day).filter(partner=group)
        delegates = list(held.select_for_update(of=("self",)))
        if not delegates:
            raise RuleError(f"{group} has no delegate. It names one first.")
        once = {one.person_id: one for one in delegates}.values()
        free = [one for one in once if one.minutes_left(day) >= question.minutes]
        if not free:
            after = quarter_of(day)[1]
            raise RuleError(
                f"No delegate of {group} has {question.minutes} minutes left this quarter. Ask for "
                f"less of their time, or wait until {after:%-d %B %Y}."
            )
        Asked.objects.bulk_create(
            Asked(question=question, delegate=one, minutes=question.minutes, on=day) for one in free
        )


# --- Votes ----------------------------------------------------------------------------------------


@operation(needs=None)
def vote_as_partner(
    *, question: PartnerQuestion, partner: Partner, answer: str, now: dt.datetime, by: Actor
) -> PartnerVote:
    """A delegate votes for their partner: once, and for good."""
    delegate = delegate_for(partner, by, timezone.localdate(now))
    if delegate is None:
        raise PermissionDenied("not their partner")
    return _cast(question, delegate, answer, Way.ONLINE, now, by)


@operation(needs=KEEPS)
def key_partner_vote(
    *,
    question: PartnerQuestion,
    delegate: Delegate,
    answer: str,
    way: str,
    now: dt.datetime,
    by: Actor,
) -> PartnerVote:
    """Enter a vote that a delegate sent by post or gave by telephone; who keyed it is kept.

    Whoever speaks for that partner is written to: until the vote ends they can say it is wrong.
    """
    if way not in (Way.POST, Way.PHONE):
        raise RuleError("Say whether it came by post or by telephone.", field="way")
    if by.user is None:
        raise RuleError("A person keys a vote.")
    held = Delegate.objects.held_on(timezone.localdate(now)).filter(pk=delegate.pk)
    if not held.exists():
        raise RuleError("They do not speak for their partner any more.", field="delegate")
    vote = _cast(question, delegate, answer, way, now, by)
    _tell(
        _delegates(question, timezone.localdate(now)).filter(partner=delegate.partner_id),
        question,
        by,
        kind="governance.partner_vote_keyed",
        key=f"governance.partner_vote_keyed:{vote.pk}",
        subject="a vote was noted for you",
        vote=vote,
    )
    return vote


def _cast(
    question: PartnerQuestion,
    delegate: Delegate,
    answer: str,
    way: str,
    now: dt.datetime,
    by: Actor,
) -> PartnerVote:
    if answer not in PartnerVote.Answer.values:
        raise RuleError("Say for, against or abstain.", field="answer")
    _hold(question, State.OPEN, "This question is not open.")
    if not question.takes_votes(now):
        raise RuleError("Voting has closed. This vote has not been recorded.")
    partner = delegate.partner
    if partner.pk not in {one.pk for one in question.voters()}:
        raise RuleError("This question is not put to this partner.")
    asked = question.asked.filter(delegate__person=delegate.person_id, delegate__partner=partner)
    if partner.is_citizens and not asked.exists():
        raise RuleError(
            "This delegate was not asked: they had no time left this quarter.", field="delegate"
        )
    try:
        with transaction.atomic():
            vote = PartnerVote.objects.create(
                question=question,
                partner=partner,
                answer=answer,
                way=way,
                delegate=delegate,
                cast_at=now,
                keyed_by=None if way == Way.ONLINE else by.user,
            )
    except IntegrityError:
        raise RuleError("This partner has voted already: one partner, one vote.") from None
    audit.record(
        by, "governance.cast_partner_vote", vote, question=question.pk, partner=partner.pk, way=way
    )
    return vote


@operation(needs=None)
def strike_partner_vote(*, vote: PartnerVote, now: dt.datetime, by: Actor) -> PartnerVote:
    """Strike out a vote that was keyed by mistake, while the question is open: the secretary may,
    and whoever speaks for the partner. All partners see that it was.

    What a delegate voted online is theirs: nobody strikes it out.
    """
    if not by.may(KEEPS) and delegate_for(vote.partner, by, timezone.localdate(now)) is None:
        raise PermissionDenied("not their vote")
    if vote.way == Way.ONLINE:
        raise RuleError("A vote cast online stands.")
    _hold(vote.question, State.OPEN, "The vote is closed.")
    if PartnerVote.objects.standing().filter(pk=vote.pk).update(struck_at=now) != 1:
        raise RuleError("It is struck out already.")
    vote.refresh_from_db()
    audit.record(by, "governance.strike_partner_vote", vote, question=vote.question_id)
    return vote


# --- Decisions ------------------------------------------------------------------------------------


@operation(needs=KEEPS)
def close_partner_question(
    *, question: PartnerQuestion, now: dt.datetime, by: Actor
) -> PartnerDecision:
    """Close the vote when every partner has voted online, or when its time has come, and decide it.

    A vote that somebody else keyed may be wrong: its partner can say so until the time has come.
    """
    if reason := why_not_close(question, now):
        raise RuleError(reason)
    return _decide(question, now, by)


@operation(needs=None)
def close_due_partner_questions(*, now: dt.datetime, by: Actor) -> int:
    """Close every question whose time has come; returns how many."""
    due = list(PartnerQuestion.objects.due_to_close(now).select_related("body"))
    for question in due:
        _decide(question, now, by)
    return len(due)


def _decide(question: PartnerQuestion, now: dt.datetime, by: Actor) -> PartnerDecision:
    """Count, write down, and where it binds begin what has to be done."""
    _hold(question, State.OPEN, "This question is not open.")
    PartnerQuestion.objects.filter(pk=question.pk).update(state=State.CLOSED)
    question.refresh_from_db()
    assert question.opened_at
    rules_then = quorum_on(question.body, timezone.localdate(question.opened_at))
    quorum = min(rules_then, len(question.voters()))  # without the citizens there are fewer
    verdict = question.verdict(quorum)
    decision = PartnerDecision.objects.create(
        question=question,
        carried=verdict.carried,
        words=verdict.words,
        votes_for=verdict.votes_for,
        against=verdict.against,
        abstained=verdict.abstained,
        absent=verdict.absent,
        quorum=quorum,
        decided_at=now,
    )
    audit.record(
        by,
        "governance.decide_partner_question",
        decision,
        question=question.pk,
        carried=verdict.carried,
    )
    Bid.objects.filter(question=question, state=Bid.State.VOTING).update(
        state=Bid.State.GO if verdict.carried else Bid.State.NO_GO
    )
    if verdict.carried and question.is_binding:
        _begin(decision, now, by)
    _tell(
        _delegates(question, timezone.localdate(now)),
        question,
        by,
        kind="governance.partner_decided",
        key=f"governance.partner_decided:{question.pk}",
        subject="a vote is decided",
        decision=decision,
    )
    return decision


def _begin(decision: PartnerDecision, now: dt.datetime, by: Actor) -> None:
    """A binding decision is something to be done, and everybody may see how it goes."""
    question = decision.question
    assert question.owner
    assert question.due_on
    action = PartnerAction.objects.create(
        decision=decision,
        title=question.title,
        owner=question.owner,
        due_on=question.due_on,
        public_since=None if hasattr(question, "bid") else timezone.localdate(now),
    )
    audit.record(by, "governance.begin_partner_action", action, owner=question.owner_id)
