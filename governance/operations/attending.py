"""At the door: who comes, who leaves, who cannot come, and who stands aside on an item."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import AgendaItem, Apology, Attendance, Election, Meeting, Recusal, Voter


@operation(needs="governance.arrange_meeting")
def check_in(*, voter: Voter, way: str, now: dt.datetime, by: Actor) -> Attendance:
    """Note that a voter is there: in the room, by video or by telephone. Once, until they leave."""
    _refuse_outside(voter.meeting)
    if voter.struck_on:
        raise RuleError("They are off the roll of this meeting.")
    coming = _coming(voter.meeting, way, now, by)
    coming.voter = voter
    try:
        with transaction.atomic():
            coming.save()
    except IntegrityError:
        raise RuleError(f"{voter.name} is here already.") from None
    Apology.objects.filter(voter=voter).delete()
    audit.record(by, "governance.check_in", coming, meeting=voter.meeting_id, voter=voter.pk)
    return coming


@operation(needs="governance.arrange_meeting")
def note_guest(*, meeting: Meeting, name: str, way: str, now: dt.datetime, by: Actor) -> Attendance:
    """Note somebody who is there without a vote: an adviser, a translator, the auditor."""
    _refuse_outside(meeting)
    if not name.strip():
        raise RuleError("Write the guest’s name.", field="name")
    coming = _coming(meeting, way, now, by)
    coming.guest = name.strip()
    coming.save()
    audit.record(by, "governance.note_guest", coming, meeting=meeting.pk)
    return coming


def _coming(meeting: Meeting, way: str, now: dt.datetime, by: Actor) -> Attendance:
    if way not in Attendance.Way.values:
        raise RuleError("Say how they are there.", field="way")
    return Attendance(meeting=meeting, way=way, came_at=now, noted_by=by.user)


def _refuse_outside(meeting: Meeting) -> None:
    """People are checked in from the call of the meeting until it is closed."""
    meeting.refresh_from_db(fields=["state"])
    if meeting.state not in (Meeting.State.CALLED, Meeting.State.OPEN):
        raise RuleError(f"The meeting is {meeting.get_state_display().lower()}.")


@operation(needs="governance.arrange_meeting")
def check_out(*, attendance: Attendance, now: dt.datetime, by: Actor) -> Attendance:
    """Note that somebody has left; they can come back."""
    there = Attendance.objects.there().filter(pk=attendance.pk)
    if there.update(left_at=now) != 1:
        raise RuleError("They have left already.")
    attendance.refresh_from_db()
    audit.record(by, "governance.check_out", attendance, meeting=attendance.meeting_id)
    return attendance


@operation(needs="governance.arrange_meeting")
def was_not_there(*, attendance: Attendance, by: Actor) -> Meeting:
    """Take back a coming that was noted by mistake, while the meeting goes on."""
    _refuse_outside(attendance.meeting)
    audit.record(
        by,
        "governance.was_not_there",
        attendance,
        meeting=attendance.meeting_id,
        voter=attendance.voter_id,
    )
    attendance.delete()
    return attendance.meeting


@operation(needs="governance.arrange_meeting")
def note_apology(*, voter: Voter, by: Actor) -> Apology:
    """Somebody has said that they cannot come."""
    _refuse_outside(voter.meeting)
    if voter.attendances.there().exists():
        raise RuleError(f"{voter.name} is here.")
    apology, made = Apology.objects.get_or_create(voter=voter)
    if made:
        audit.record(by, "governance.note_apology", voter, meeting=voter.meeting_id)
    return apology


@operation(needs="governance.arrange_meeting")
def declare_interest(
    *, item: AgendaItem, voter: Voter, interest: str, now: dt.datetime, by: Actor
) -> Recusal:
    """A voter has an interest in an item: they leave its quorum and its votes, the secret vote on
    its motion too. Not once the roll of that vote is frozen.
    """
    if item.meeting_id != voter.meeting_id or voter.struck_on:
        raise RuleError("They are not on the roll of this meeting.")
    _refuse_change_aside(item)
    if not interest.strip():
        raise RuleError("Say what the interest is.", field="interest")
    try:
        with transaction.atomic():
            recusal = Recusal.objects.create(
                item=item, voter=voter, interest=interest.strip(), declared_at=now
            )
    except IntegrityError:
        raise RuleError(f"{voter.name} has declared an interest in it already.") from None
    audit.record(by, "governance.declare_interest", recusal, item=item.pk, voter=voter.pk)
    return recusal


def _refuse_change_aside(item: AgendaItem) -> None:
    """Who stands aside stays as it is once the meeting is over, or the roll of a secret vote on the
    item has been frozen with them, or without them.
    """
    item.meeting.refresh_from_db(fields=["state"])
    if item.meeting.is_over:
        raise RuleError("The meeting is over.")
    # Whoever freezes the roll holds the row: they see this, or this sees the frozen roll.
    votes = Election.objects.select_for_update().filter(motion=item.motion_or_none)
    if item.motion_or_none and any(vote.state != Election.State.DRAFT for vote in votes):
        raise RuleError(
            "The roll of the secret vote on this item is frozen, so who is on it stays. Have the "
            "interest written into the minutes."
        )


@operation(needs="governance.arrange_meeting")
def withdraw_interest(*, recusal: Recusal, now: dt.datetime, by: Actor) -> Recusal:
    """It was noted by mistake, or is there no longer: they take part again. Refused as a declared
    one is.
    """
    _refuse_change_aside(recusal.item)
    standing = Recusal.objects.standing().filter(pk=recusal.pk)
    if standing.update(withdrawn_at=now) != 1:
        raise RuleError("This has been withdrawn already.")
    recusal.refresh_from_db()
    audit.record(by, "governance.withdraw_interest", recusal, item=recusal.item_id)
    return recusal
