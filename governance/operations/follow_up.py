"""Decisions and what is to be done: the two registers that meetings leave behind."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.models import OutboxMessage
from core.registry import operation
from governance.models import Action, Body, Decision, Meeting
from governance.operations.own_hand import KEEPS, is_self
from members.models import Person

#: How long before its day somebody is reminded of what they are to do.
WARNING = dt.timedelta(days=7)


@operation(needs=KEEPS)
def record_decision(
    *,
    body: Body,
    text: str,
    people_affected: str,
    decided_on: dt.date,
    review_on: dt.date | None = None,
    meeting: Meeting | None = None,
    by: Actor,
) -> Decision:
    """Enter a decision in the register, with how the people affected were involved: never without.

    Decisions are numbered by the year in which they were made.
    """
    refuse_day_to_come(decided_on, "decided_on")
    if not text.strip():
        raise RuleError("Say what was decided.", field="text")
    if not people_affected.strip():
        raise RuleError("Say how the people affected were involved.", field="people_affected")
    if meeting and meeting.body_id != body.pk:
        raise RuleError("That is a meeting of another body.", field="meeting")
    if review_on and review_on <= decided_on:
        raise RuleError("A review comes after the decision.", field="review_on")
    of_year = Decision.objects.filter(year=decided_on.year)
    last = of_year.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                body=body,
                meeting=meeting,
                year=decided_on.year,
                number=last + 1,
                text=text.strip(),
                people_affected=people_affected.strip(),
                decided_on=decided_on,
                review_on=review_on,
            )
    except IntegrityError:
        raise RuleError("Somebody entered a decision at the same moment. Try again.") from None
    audit.record(by, "governance.record_decision", decision, body=body.pk)
    return decision


@operation(needs=KEEPS)
def review_decision(
    *,
    decision: Decision,
    review: str,
    state: str,
    on: dt.date,
    next_on: dt.date | None = None,
    by: Actor,
) -> Decision:
    """Note what a review found: the decision stands (until it is looked at again), or no more."""
    refuse_day_to_come(on, "on")
    if not review.strip():
        raise RuleError("Say what the review found.", field="review")
    if state not in Decision.State.values:
        raise RuleError("Say whether it stands.", field="state")
    if next_on and next_on <= on:
        raise RuleError("The next review comes after this one.", field="next_on")
    standing = Decision.objects.filter(pk=decision.pk, state=Decision.State.STANDS)
    reviewed = standing.update(
        state=state,
        review=review.strip(),
        reviewed_on=on,
        review_on=next_on if state == Decision.State.STANDS else None,
    )
    if reviewed != 1:
        raise RuleError("This decision stands no longer.")
    decision.refresh_from_db()
    audit.record(by, "governance.review_decision", decision, state=state)
    return decision


@operation(needs=KEEPS)
def add_action(
    *,
    body: Body,
    text: str,
    owner: Person,
    due_on: dt.date,
    meeting: Meeting | None = None,
    by: Actor,
) -> Action:
    """Somebody is to do something by a day."""
    if not text.strip():
        raise RuleError("Say what is to be done.", field="text")
    if meeting and meeting.body_id != body.pk:
        raise RuleError("That is a meeting of another body.", field="meeting")
    action = Action.objects.create(
        body=body, meeting=meeting, text=text.strip(), owner=owner, due_on=due_on
    )
    audit.record(by, "governance.add_action", action, owner=owner.pk)
    return action


@operation(needs=None)
def end_action(*, action: Action, done: bool, outcome: str = "", on: dt.date, by: Actor) -> Action:
    """It is done (the owner can say so too), or dropped, with the reason."""
    if not by.may(KEEPS) and not (is_self(action.owner, by) and done):
        raise PermissionDenied("not the owner of this action")
    if not done and not outcome.strip():
        raise RuleError("Say why it is dropped.", field="outcome")
    state = Action.State.DONE if done else Action.State.DROPPED
    still_open = Action.objects.filter(pk=action.pk, state=Action.State.OPEN)
    if still_open.update(state=state, ended_on=on, outcome=outcome.strip()) != 1:
        raise RuleError("This has ended already.")
    action.refresh_from_db()
    audit.record(by, "governance.end_action", action, state=state)
    return action


@operation(needs=KEEPS)
def reopen_action(*, action: Action, by: Actor) -> Action:
    """It was noted as done or dropped by mistake."""
    ended = Action.objects.filter(pk=action.pk).exclude(state=Action.State.OPEN)
    if ended.update(state=Action.State.OPEN, ended_on=None, outcome="") != 1:
        raise RuleError("This is open.")
    action.refresh_from_db()
    audit.record(by, "governance.reopen_action", action)
    return action


@operation(needs=None)
def remind_of_actions(*, today: dt.date, by: Actor) -> int:
    """E-mail whoever is to do something: a week before it is due, and the day after, once each;
    how many. Safe to run twice a day, and after days on which it did not run.
    """
    soon = Action.objects.filter(
        state=Action.State.OPEN, due_on__lte=today + WARNING
    ).select_related("owner", "body")
    reminded = 0
    for action in soon:
        late = action.is_late(today)
        key = f"governance.action:{action.pk}:{action.due_on}:{'late' if late else 'soon'}"
        if not action.owner.reads_email or OutboxMessage.objects.filter(key=key).exists():
            continue
        mail.queue(
            key=key,
            kind="governance.action",
            to=action.owner.email,
            subject="Something to do is late" if late else "Something to do is due soon",
            template="governance/mail/action.txt",
            context={"action": action, "late": late, "name": str(action.owner)},
        )
        reminded += 1
    if reminded:
        audit.record(by, "governance.remind_of_actions", reminded=reminded)
    return reminded
