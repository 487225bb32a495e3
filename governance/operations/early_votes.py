"""Votes on motions before the meeting, by post or online: given by name, counted in a poll."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.counting.tally import CHOICES
from governance.models import EarlyVote, Meeting, Motion, Voter
from governance.operations.own_hand import refuse_paper_over_own, way_of


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
    themselves. It counts where they are not at the meeting, and where the motion is not amended at
    it; it goes before what a proxy would say.
    """
    way = way_of(voter, by)
    if fault := _fault(motion, now):
        raise RuleError(fault)
    if voter.meeting_id != motion.item.meeting_id or voter.struck_on:
        raise RuleError("Only who is on the roll of this meeting can vote.", field="voter")
    if motion.item.recusals.standing().filter(voter=voter).exists():
        raise RuleError(f"{voter.name} stands aside on this item, and does not vote on it.")
    given = EarlyVote.objects.filter(motion=motion, voter=voter).first()
    says = "They have voted here themselves. Only they can change it."
    refuse_paper_over_own(given.way if given else "", way, says, "voter")
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


def early_choices(motion: Motion) -> dict[int, str]:
    """Voter id → what they said before the meeting, as long as the motion has the words on which
    they said it.
    """
    if motion.earlier_texts.exists():
        return {}
    on_roll = motion.early_votes.filter(voter__struck_on__isnull=True)
    return dict(on_roll.values_list("voter_id", "choice"))
