"""Putting a meeting off: for want of a quorum after the wait of the rules, or as it decides."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import Adjournment, Announcement, Division, Meeting
from governance.operations.meetings import LONGEST_AHEAD, place_meeting
from governance.operations.telling import announce
from governance.presence import room_of

WEEK = dt.timedelta(days=7)
Why = Adjournment.Why


@operation(needs="governance.arrange_meeting")
def adjourn_meeting(
    *,
    meeting: Meeting,
    why: str,
    to: dt.datetime | None = None,
    place: str = "",
    now: dt.datetime,
    by: Actor,
) -> Adjournment:
    """Put a meeting off; without a time to the same day and hour of the next week.

    For want of a quorum only once the wait of the rules is over, or when a meeting in progress has
    lost it. Roll, agenda and proxies stay; everybody on the roll is told.
    """
    meeting.refresh_from_db(from_queryset=Meeting.objects.select_for_update())
    _refuse(meeting, why, to, now)
    then = to or _next_week(meeting.starts_at, now)
    if then <= now:
        raise RuleError("Choose a time that is still to come.", field="day")
    if then > now + LONGEST_AHEAD:
        raise RuleError("Choose a day within a year.", field="day")
    adjournment = Adjournment.objects.create(
        meeting=meeting,
        was_for=meeting.starts_at,
        now_for=then,
        why=why,
        decided_at=now,
        decided_by=by.user,
    )
    meeting.attendances.there().update(left_at=now)
    meeting.starts_at = then
    place_meeting(meeting, meeting.held, place or meeting.place, meeting.joining)
    meeting.state, meeting.opened_at = Meeting.State.CALLED, None
    meeting.save(update_fields=["starts_at", "place", "state", "opened_at"])
    audit.record(by, "governance.adjourn_meeting", adjournment, meeting=meeting.pk, why=why)
    announce(meeting, Announcement.What.ANOTHER_DAY, adjournment=adjournment, now=now, by=by)
    return adjournment


def _refuse(meeting: Meeting, why: str, to: dt.datetime | None, now: dt.datetime) -> None:
    if why not in Why.values:
        raise RuleError("Say why.", field="why")
    if meeting.state not in (Meeting.State.CALLED, Meeting.State.OPEN):
        raise RuleError(f"The meeting is {meeting.get_state_display().lower()}.")
    if Division.objects.filter(motion__item__meeting=meeting, state="open").exists():
        raise RuleError("A vote on a motion is being taken. Finish it first.")
    if why == Why.DECIDED:
        _refuse_unless_decided(meeting, to)
    elif room_of(meeting).quorum.holds:
        raise RuleError("There is a quorum, so the meeting goes on.", field="why")
    elif why == Why.QUORUM_LOST and meeting.state != Meeting.State.OPEN:
        raise RuleError("The meeting has not been opened.", field="why")
    elif why == Why.NO_QUORUM and now < (until := waits_until(meeting)):
        raise RuleError(f"The rules wait until {timezone.localtime(until):%H:%M}.", field="why")


def _refuse_unless_decided(meeting: Meeting, to: dt.datetime | None) -> None:
    if meeting.state != Meeting.State.OPEN:
        raise RuleError("Only a meeting in progress can decide that.", field="why")
    if to is None:
        raise RuleError("Say to when the meeting has decided to go on.", field="day")


def waits_until(meeting: Meeting) -> dt.datetime:
    """How long the rules wait for a quorum."""
    return meeting.starts_at + dt.timedelta(minutes=meeting.rules.wait_minutes)


def _next_week(start: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The same day of the week and the same hour by the clock, a week on; later if that is past."""
    local = timezone.localtime(start).replace(tzinfo=None)
    then = timezone.make_aware(local + WEEK)
    while then <= now:
        local += WEEK
        then = timezone.make_aware(local + WEEK)
    return then
