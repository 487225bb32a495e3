"""Questions to the partners: prepared, put, voted on, decided; one partner one vote."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
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
    partner_spoken_for,
    quorum_on,
    what_is_missing,
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
    _fill(question, title, text, matter, effect, closes_at, minutes, owner, due_on)
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
    by: Actor,
) -> PartnerQuestion:
    """Change a question before it is put: the partner that asks it may, and the secretary."""
    _refuse_others(question, by)
    _hold(question, State.DRAFT, "It has been put to the partners: its words are fixed.")
    _refuse_bids(question)
    _fill(question, title, text, matter, effect, closes_at, minutes, owner, due_on)
    question.save()
    audit.record(by, "governance.change_partner_question", question)
    return question


def _refuse_others(question: PartnerQuestion, by: Actor) -> None:
    asks = question.asked_by
    if not by.may(KEEPS) and (asks is None or delegate_for(asks, by, timezone.localdate()) is None):
        raise PermissionDenied("not their question")


def _refuse_bids(question: PartnerQuestion) -> None:
    if Bid.objects.filter(question=question).exists():
        raise RuleError("This question belongs to a bid. Drop it, and ask again from the bid.")


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
) -> None:
    if not title.strip():
        raise RuleError("Give it a title.", field="title")
    if not text.strip():
        raise RuleError("Write what is asked.", field="text")
    if matter not in PartnerQuestion.Matter.values:
        raise RuleError("Say what kind of question it is.", field="matter")
    if effect not in PartnerQuestion.Effect.values:
        raise RuleError("Say whether it is binding.", field="effect")
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
    _refuse_short_notice(question, day)
    _refuse_owner_who_left(question)
    if question.is_strategic:
        _take_time(question, day)
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
    _tell(question, day, by)
    return question


def _tell(question: PartnerQuestion, day: dt.date, by: Actor) -> None:
    """Write to who may vote for the partners: of citizens, to those who are asked."""
    delegates = Delegate.objects.held_on(day).filter(partner__in=question.voters())
    asked = set(question.asked.values_list("delegate", flat=True))
    for one in delegates.select_related("person", "partner__organisation", "partner__citizens"):
        if one.partner.is_citizens and one.pk not in asked:
            continue
        write_about(
            one.person,
            key=f"governance.partner_question:{question.pk}:{one.pk}",
            kind="governance.partner_question",
            subject=f"{question.body.name}: a vote is open",
            template="governance/mail/partner_question.txt",
            context={"question": question, "delegate": one, "name": str(one.person)},
            by=by,
        )


def _refuse_short_notice(question: PartnerQuestion, day: dt.date) -> None:
    """The day it is put and the day the vote ends do not count, as with a meeting."""
    days = question.body.rules_on(day).notice_days
    earliest = earliest_meeting(day, days=days)
    if timezone.localdate(question.closes_at) < earliest:
        raise RuleError(
            f"The rules of the partnership give {days} clear days: the vote ends on "
            f"{earliest:%-d %B %Y} at the earliest."
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
        free = [one for one in delegates if one.minutes_left(day) >= question.minutes]
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
    """Enter a vote that a delegate sent by post or gave by telephone; who keyed it is kept."""
    if way not in (Way.POST, Way.PHONE):
        raise RuleError("Say whether it came by post or by telephone.", field="way")
    if by.user is None:
        raise RuleError("A person keys a vote.")
    held = Delegate.objects.held_on(timezone.localdate(now)).filter(pk=delegate.pk)
    if not held.exists():
        raise RuleError("They do not speak for their partner any more.", field="delegate")
    return _cast(question, delegate, answer, way, now, by)


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
    if partner.is_citizens and not question.asked.filter(delegate=delegate).exists():
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


@operation(needs=KEEPS)
def strike_partner_vote(*, vote: PartnerVote, now: dt.datetime, by: Actor) -> PartnerVote:
    """Strike out a vote that was keyed by mistake, while the question is open.

    What a delegate voted online is theirs: nobody strikes it out.
    """
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
    """Close the vote when every partner has voted, or when its time has come, and decide it."""
    waiting = len(question.voters()) - question.votes.standing().count()
    if now < question.closes_at and waiting:
        raise RuleError(
            "Not every partner has voted, and there is still time. It closes by itself."
        )
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
