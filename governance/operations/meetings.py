"""Meetings: preparing one, and holding it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import (
    Adjournment,
    Announcement,
    Body,
    Division,
    Election,
    Meeting,
    Motion,
    Requisition,
)
from governance.operations.telling import announce, release_proposals

Held = Meeting.Held
#: How long before a meeting its record date, and after one the day to which it is put off, can be.
LONGEST_AHEAD = dt.timedelta(days=366)
#: What can change until the meeting is called.
CHANGEABLE = (
    "kind",
    "title",
    "starts_at",
    "held",
    "place",
    "joining",
    "record_date",
    "notice_text",
)


@operation(needs="governance.arrange_meeting")
def make_meeting(
    *,
    body: Body,
    kind: str,
    title: str,
    starts_at: dt.datetime,
    place: str,
    record_date: dt.date,
    joining: str = "",
    held: str = Meeting.Held.ROOM,
    notice_text: str = "",
    by: Actor,
) -> Meeting:
    """Begin to prepare a meeting; nobody but the secretary sees it before it is called."""
    meeting = Meeting(body=body)
    _fill_in(meeting, kind, title, starts_at, place, record_date, joining, held, notice_text)
    meeting.save()
    audit.record(by, "governance.make_meeting", meeting, kind=kind)
    return meeting


@operation(needs="governance.arrange_meeting")
def change_meeting(
    *,
    meeting: Meeting,
    kind: str,
    title: str,
    starts_at: dt.datetime,
    place: str,
    record_date: dt.date,
    joining: str = "",
    held: str = Meeting.Held.ROOM,
    notice_text: str = "",
    by: Actor,
) -> Meeting:
    """Change a meeting that has not been called. Once its roll is taken the record date stays."""
    refuse_if_called(meeting)
    if meeting.record_date != record_date:
        _refuse_if_roll_taken(meeting)
    _fill_in(meeting, kind, title, starts_at, place, record_date, joining, held, notice_text)
    refuse_wrong_day(meeting)
    meeting.save(update_fields=CHANGEABLE)
    audit.record(by, "governance.change_meeting", meeting)
    return meeting


def _fill_in(
    meeting: Meeting,
    kind: str,
    title: str,
    starts_at: dt.datetime,
    place: str,
    record_date: dt.date,
    joining: str,
    held: str,
    notice_text: str,
) -> None:
    if kind not in Meeting.Kind.values:
        raise RuleError("Choose what kind of meeting it is.", field="kind")
    if kind not in Meeting.KINDS[Body.Kind(meeting.body.kind)]:
        raise RuleError(f"{meeting.body.name} holds no such meeting.", field="kind")
    if not title.strip():
        raise RuleError("Give the meeting a title.", field="title")
    if record_date > timezone.localdate(starts_at):
        raise RuleError(
            "The record date must not be after the meeting: it says who may vote at it.",
            field="record_date",
        )
    if record_date < timezone.localdate(starts_at) - LONGEST_AHEAD:
        raise RuleError("That is more than a year before the meeting.", field="record_date")
    meeting.kind, meeting.title, meeting.starts_at = kind, title.strip(), starts_at
    meeting.record_date, meeting.notice_text = record_date, notice_text.strip()
    place_meeting(meeting, held, place, joining)


def refuse_wrong_day(meeting: Meeting) -> None:
    """A second meeting is held within the days that the Act gives for what it is to confirm; one
    that members asked for is a general meeting within the days of the rules.
    """
    motions = Motion.objects.filter(item__meeting=meeting, confirms__isnull=False)
    for motion in motions.select_related("item", "confirms__item__meeting"):
        motion.item.meeting = meeting
        if motion.day_fault:
            raise RuleError(motion.day_fault, field="day")
    asked = Requisition.objects.filter(meeting=meeting).select_related("body").first()
    if asked:
        refuse_unless_as_asked(asked, meeting)


def refuse_unless_as_asked(requisition: Requisition, meeting: Meeting) -> None:
    if meeting.kind != Meeting.Kind.GENERAL:
        raise RuleError("Members asked for a general meeting.", field="kind")
    hold_by = requisition.hold_by
    if hold_by and meeting.day > hold_by:
        raise RuleError(f"By the rules it is held by {hold_by:%-d %B %Y}.", field="day")


def place_meeting(meeting: Meeting, held: str, place: str, joining: str) -> None:
    """How it is held, where, and how one joins from home: what is said fits together."""
    if held not in Held.values:
        raise RuleError("Say how the meeting is held.", field="held")
    place, joining = place.strip(), joining.strip()
    if held == Held.ONLINE and place:
        raise RuleError("A meeting held from home only has no place.", field="place")
    if held != Held.ONLINE and not place:
        raise RuleError("Say where the meeting is held.", field="place")
    if held == Held.ROOM and joining:
        raise RuleError(
            "Choose that people can come from home too, or empty this.", field="joining"
        )
    if held != Held.ROOM and not joining:
        raise RuleError("Say how to join from home.", field="joining")
    meeting.held, meeting.place, meeting.joining = held, place, joining


def _refuse_if_roll_taken(meeting: Meeting) -> None:
    if meeting.voters.exists():
        raise RuleError(
            "The roll has been taken as at the record date, so that date stays.",
            field="record_date",
        )


def hold_meeting(meeting: Meeting) -> None:
    """Read a meeting as it is now, and let nobody else change it until this transaction ends."""
    meeting.refresh_from_db(from_queryset=Meeting.objects.select_for_update())


def refuse_if_called(meeting: Meeting) -> None:
    """What members have been given notice of does not change behind their backs. Holds the meeting,
    so that nobody calls it meanwhile.
    """
    hold_meeting(meeting)
    if meeting.state == Meeting.State.CANCELLED:
        raise RuleError("This meeting is called off.")
    if not meeting.is_draft:
        raise RuleError("Members have had notice of this meeting, so it cannot change any more.")


@operation(needs="governance.arrange_meeting")
def open_meeting(*, meeting: Meeting, now: dt.datetime, by: Actor) -> Meeting:
    """The chair has opened the meeting: not before the day of which members had notice."""
    if timezone.localdate(now) < meeting.day:
        raise RuleError(f"The meeting is on {meeting.day:%-d %B %Y}. It does not begin before.")
    _move_on(meeting, Meeting.State.CALLED, Meeting.State.OPEN, opened_at=now)
    audit.record(by, "governance.open_meeting", meeting)
    return meeting


@operation(needs="governance.arrange_meeting")
def close_meeting(*, meeting: Meeting, now: dt.datetime, by: Actor) -> Meeting:
    """The chair has closed the meeting. Every vote at it must have closed before."""
    if meeting.elections.filter(state=Election.State.OPEN).exists():
        raise RuleError("A vote is still open. Close it before the meeting.")
    if Division.objects.filter(motion__item__meeting=meeting, state="open").exists():
        raise RuleError("A vote on a motion is being taken. Finish it before closing the meeting.")
    _move_on(meeting, Meeting.State.OPEN, Meeting.State.CLOSED, closed_at=now)
    audit.record(by, "governance.close_meeting", meeting)
    return meeting


@operation(needs="governance.arrange_meeting")
def change_place(
    *, meeting: Meeting, held: str, place: str, joining: str, now: dt.datetime, by: Actor
) -> Meeting:
    """A called meeting is held elsewhere, or otherwise, on the same day: everybody is told."""
    hold_meeting(meeting)
    if meeting.state != Meeting.State.CALLED:
        raise RuleError("Only a meeting that is called and has not begun moves elsewhere.")
    before = (meeting.held, meeting.place, meeting.joining)
    place_meeting(meeting, held, place, joining)
    if before == (meeting.held, meeting.place, meeting.joining):
        raise RuleError("Nothing is changed.")
    meeting.save(update_fields=["held", "place", "joining"])
    announce(meeting, Announcement.What.ANOTHER_PLACE, now=now, by=by)
    audit.record(by, "governance.change_place", meeting)
    return meeting


@operation(needs="governance.arrange_meeting")
def cancel_meeting(*, meeting: Meeting, because: str, now: dt.datetime, by: Actor) -> Meeting:
    """Call a meeting off. Who had notice of it is told, with the reason.

    Not once it has begun, be it before it was put off, nor while a secret vote of it is open. What
    members asked for, and what was to be confirmed at it, can then be prepared anew.
    """
    hold_meeting(meeting)
    if meeting.state not in (Meeting.State.DRAFT, Meeting.State.CALLED):
        raise RuleError(f"The meeting is {meeting.get_state_display().lower()}.")
    if meeting.adjournments.exclude(why=Adjournment.Why.NO_QUORUM).exists():
        raise RuleError("It had begun before it was put off. Open it and close it instead.")
    if meeting.had_notice and not because.strip():
        raise RuleError("Say why: members are told.", field="because")
    if meeting.elections.filter(state=Election.State.OPEN).exists():
        raise RuleError("A vote is open. Close it before you call the meeting off.")
    meeting.state = Meeting.State.CANCELLED
    meeting.save(update_fields=["state"])
    Requisition.objects.filter(meeting=meeting).update(meeting=None, state=Requisition.State.VALID)
    Motion.objects.filter(item__meeting=meeting).update(confirms=None)
    release_proposals(meeting, None, by)
    if meeting.had_notice:
        announce(meeting, Announcement.What.CALLED_OFF, words=because.strip(), now=now, by=by)
    audit.record(by, "governance.cancel_meeting", meeting)
    return meeting


def _move_on(meeting: Meeting, before: str, after: str, **fields: dt.datetime) -> None:
    """Change the state, unless it is no longer what we think it is."""
    moved = Meeting.objects.filter(pk=meeting.pk, state=before).update(state=after, **fields)
    meeting.refresh_from_db(fields=["state", *fields])
    if moved != 1:
        raise RuleError(
            f"The meeting is {meeting.get_state_display().lower()}, so this cannot be done now."
        )
