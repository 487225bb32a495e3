"""Opinion polls among the members: put, answered, over. Nothing is decided by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import OpinionAnswer, OpinionPoll, Proposal
from governance.operations.own_hand import refuse_paper_over_own, way_of
from governance.operations.telling import everybody_in_register, write_next
from governance.signals import poll_opened
from members.models import Member

#: How long members can be asked, in days.
LONGEST = 90
#: In characters.
LONGEST_CHOICE = 100


@operation(needs="governance.arrange_meeting")
def open_poll(
    *,
    question: str,
    choices: Sequence[str],
    last_day: dt.date,
    background: str = "",
    proposal: Proposal | None = None,
    now: dt.datetime,
    by: Actor,
) -> OpinionPoll:
    """Ask all members what they think. They are written to after the commit."""
    today = timezone.localdate(now)
    if not question.strip():
        raise RuleError("Write the question.", field="question")
    if not today < last_day <= today + dt.timedelta(days=LONGEST):
        raise RuleError(f"Members can answer for 1 to {LONGEST} days.", field="last_day")
    made = OpinionPoll.objects.create(
        question=question.strip(),
        choices=_tidy(choices),
        background=background.strip(),
        proposal=proposal,
        opened_at=now,
        opened_by=by.user,
        last_day=last_day,
    )
    audit.record(by, "governance.open_poll", made)
    transaction.on_commit(lambda: poll_opened.send(OpinionPoll, poll_id=made.pk))
    return made


def _tidy(choices: Sequence[str]) -> list[str]:
    tidy = [text.strip() for text in choices if text.strip()]
    if any(len(text) > LONGEST_CHOICE for text in tidy):
        raise RuleError(f"An answer has {LONGEST_CHOICE} characters at most.", field="choices")
    if len({text.casefold() for text in tidy}) < len(tidy):
        raise RuleError("Two of the answers are the same.", field="choices")
    if not 2 <= len(tidy) <= OpinionPoll.MOST_CHOICES:
        raise RuleError(
            f"Give 2 to {OpinionPoll.MOST_CHOICES} answers to choose from.", field="choices"
        )
    return tidy


@operation(needs=None)
def tell_of_poll(*, poll: OpinionPoll, now: dt.datetime, by: Actor) -> bool:
    """Write to the next of the members; True while there are more. Safe to repeat."""
    if poll.told_at:
        return False
    if poll.is_open_on(timezone.localdate(now)):
        more = write_next(
            everybody_in_register(timezone.localdate(poll.opened_at)),
            prefix=f"governance.poll:{poll.pk}:",
            kind="governance.poll",
            subject="What do you think? Your co-op asks its members",
            template="governance/mail/poll.txt",
            context={"poll": poll},
            by=by,
        )
        if more:
            return True
    OpinionPoll.objects.filter(pk=poll.pk).update(told_at=now)
    audit.record(by, "governance.tell_of_poll", poll)
    return False


@operation(needs=None)
def answer_poll(
    *, poll: OpinionPoll, member: Member, choice: int, now: dt.datetime, by: Actor
) -> OpinionAnswer:
    """A member answers, or changes their answer: themselves, or staff who key it. What they answer
    is in no line of the audit trail.
    """
    way = way_of(member, by)
    _refuse_unless_open(poll, timezone.localdate(now))
    if not member.is_active_on(timezone.localdate(now)):
        raise RuleError("Only members are asked.", field="member")
    if not 0 <= choice < len(poll.choices):
        raise RuleError("Choose one of the answers.", field="choice")
    given = OpinionAnswer.objects.filter(poll=poll, member=member).first()
    says = "They have answered here themselves. Only they change it."
    refuse_paper_over_own(given.way if given else "", way, says, "member")
    answer, _ = OpinionAnswer.objects.update_or_create(
        poll=poll,
        member=member,
        defaults={"choice": choice, "way": way, "answered_at": now, "keyed_by": by.user},
    )
    audit.record(by, "governance.answer_poll", answer, poll=poll.pk, member=member.pk)
    return answer


@operation(needs="governance.arrange_meeting")
def stop_poll(*, poll: OpinionPoll, because: str, now: dt.datetime, by: Actor) -> OpinionPoll:
    """It ends before its last day, with the reason. What was answered so far is shown."""
    _refuse_unless_open(poll, timezone.localdate(now))
    if not because.strip():
        raise RuleError("Say why.", field="because")
    poll.stopped_at, poll.stopped_because = now, because.strip()
    poll.save(update_fields=["stopped_at", "stopped_because"])
    audit.record(by, "governance.stop_poll", poll)
    return poll


def _refuse_unless_open(poll: OpinionPoll, today: dt.date) -> None:
    # The row is the lock: who answers as it is stopped is either counted or refused.
    poll.refresh_from_db(from_queryset=OpinionPoll.objects.select_for_update())
    if not poll.is_open_on(today):
        raise RuleError("It is over.")
