"""Votes on motions before the meeting, by post or online: given by name, counted in a poll."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.counting.tally import CHOICES
from governance.models import EarlyVote, Meeting, Motion, Voter

KEEPS = "governance.arrange_meeting"


def early_until(meeting: Meeting) -> dt.datetime:
    """Until when such a vote can be given, changed and taken back."""
    return meeting.starts_at - dt.timedelta(hours=meeting.rules.early_hours)


def takes_early_votes(motion: Motion, now: dt.datetime) -> bool:
    """Whether members can vote on it now, before the meeting."""
    return not _fault(motion, now)


def _fault(motion: Motion, now: dt.datetime) -> str:
    meeting = motion.item.meeting
    if not meeting.rules.early_votes:
        return "The rules know no votes before the meeting."
    if meeting.state != Meeting.State.CALLED:
        return f"The meeting is {meeting.get_state_display().lower()}."
    if motion.is_signed_for or hasattr(motion, "election"):
        return "This motion is decided in another way."
    if not motion.is_open:
        return f"This motion is no longer open: {motion.get_state_display().lower()}."
    if now > early_until(meeting):
        until = timezone.localtime(early_until(meeting))
        return f"Votes before the meeting had to be here by {until:%-d %B %Y at %H:%M}."
    return ""


@operation(needs=None)
def vote_early(
    *, motion: Motion, voter: Voter, choice: str, now: dt.datetime, by: Actor
) -> EarlyVote | None:
    """A voter votes on a motion before the meeting; again to change it, empty to take it back.

    Themselves, or staff who key what came on paper, which never replaces what somebody gave here
    themselves. It counts where they are not at the meeting,
    and where the motion is not amended at it; it goes before what a proxy would say.
    """
    way = _way(voter, by)
    if fault := _fault(motion, now):
        raise RuleError(fault)
    if voter.meeting_id != motion.item.meeting_id or voter.struck_on:
        raise RuleError("Only who is on the roll of this meeting can vote.", field="voter")
    if motion.item.recusals.filter(voter=voter, withdrawn_at__isnull=True).exists():
        raise RuleError(f"{voter.name} stands aside on this item, and does not vote on it.")
    given = EarlyVote.objects.filter(motion=motion, voter=voter).first()
    if way == EarlyVote.Way.PAPER and given and given.way == EarlyVote.Way.ONLINE:
        raise RuleError("They have voted here themselves. Only they can change it.", field="voter")
    if choice not in (*CHOICES, ""):
        raise RuleError("Choose for, against or abstain.", field="choice")
    if not choice:
        taken, _ = EarlyVote.objects.filter(motion=motion, voter=voter).delete()
        if not taken:
            raise RuleError("There is no such vote to take back.")
        audit.record(by, "governance.vote_early", motion, voter=voter.pk, taken_back=True)
        return None
    vote, _ = EarlyVote.objects.update_or_create(
        motion=motion,
        voter=voter,
        defaults={"choice": choice, "way": way, "given_at": now, "keyed_by": by.user},
    )
    audit.record(by, "governance.vote_early", motion, voter=voter.pk, choice=choice)
    return vote


def _way(voter: Voter, by: Actor) -> str:
    """Here, if it is the voter's own; on paper, if staff key it."""
    mine = Voter.objects.filter(pk=voter.pk)
    if by.user is not None and mine.of_user(by.user, timezone.localdate()).exists():
        return EarlyVote.Way.ONLINE
    if by.may(KEEPS):
        return EarlyVote.Way.PAPER
    raise PermissionDenied("not this voter")


def early_choices(motion: Motion) -> dict[int, str]:
    """Voter id → what they said before the meeting, as long as the motion has the words on which
    they said it.
    """
    if motion.earlier_texts.exists():
        return {}
    on_roll = motion.early_votes.filter(voter__struck_on__isnull=True)
    return dict(on_roll.values_list("voter_id", "choice"))
