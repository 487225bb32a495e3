"""Meetings: preparing one, and holding it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import Body, Division, Election, Meeting


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
    notice_text: str = "",
    by: Actor,
) -> Meeting:
    """Begin to prepare a meeting; nobody but the secretary sees it before it is called."""
    meeting = Meeting(body=body)
    _fill_in(meeting, kind, title, starts_at, place, record_date, joining, notice_text)
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
    notice_text: str = "",
    by: Actor,
) -> Meeting:
    """Change a meeting that has not been called."""
    refuse_if_called(meeting)
    _fill_in(meeting, kind, title, starts_at, place, record_date, joining, notice_text)
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
    notice_text: str,
) -> None:
    if kind not in Meeting.Kind.values:
        raise RuleError("Choose what kind of meeting it is.", field="kind")
    if kind not in Meeting.KINDS[Body.Kind(meeting.body.kind)]:
        raise RuleError(f"{meeting.body.name} holds no such meeting.", field="kind")
    if not title.strip():
        raise RuleError("Give the meeting a title.", field="title")
    if not place.strip():
        raise RuleError("Say where the meeting is held.", field="place")
    if record_date > timezone.localdate(starts_at):
        raise RuleError(
            "The record date must not be after the meeting: it says who may vote at it.",
            field="record_date",
        )
    if meeting.pk and meeting.record_date != record_date:
        _refuse_if_roll_taken(meeting)
    meeting.kind, meeting.title, meeting.starts_at = kind, title.strip(), starts_at
    meeting.place, meeting.record_date = place.strip(), record_date
    meeting.joining, meeting.notice_text = joining.strip(), notice_text.strip()
    meeting.save()


def _refuse_if_roll_taken(meeting: Meeting) -> None:
    if meeting.elections.exclude(state=Election.State.DRAFT).exists():
        raise RuleError(
            "The roll of a vote has been frozen as at the record date, so that date stays.",
            field="record_date",
        )


def refuse_if_called(meeting: Meeting) -> None:
    """What members have been given notice of does not change behind their backs."""
    meeting.refresh_from_db(fields=["state"])
    if not meeting.is_draft:
        raise RuleError("Members have had notice of this meeting, so it cannot change any more.")


@operation(needs="governance.arrange_meeting")
def open_meeting(*, meeting: Meeting, by: Actor) -> Meeting:
    """The chair has opened the meeting."""
    _move_on(meeting, Meeting.State.CALLED, Meeting.State.OPEN, opened_at=timezone.now())
    audit.record(by, "governance.open_meeting", meeting)
    return meeting


@operation(needs="governance.arrange_meeting")
def close_meeting(*, meeting: Meeting, by: Actor) -> Meeting:
    """The chair has closed the meeting. Every vote at it must have closed before."""
    if meeting.elections.filter(state=Election.State.OPEN).exists():
        raise RuleError("A vote is still open. Close it before the meeting.")
    if Division.objects.filter(motion__item__meeting=meeting, state="open").exists():
        raise RuleError("A vote on a motion is being taken. Finish it before closing the meeting.")
    _move_on(meeting, Meeting.State.OPEN, Meeting.State.CLOSED, closed_at=timezone.now())
    audit.record(by, "governance.close_meeting", meeting)
    return meeting


def _move_on(meeting: Meeting, before: str, after: str, **fields: dt.datetime) -> None:
    """Change the state, unless it is no longer what we think it is."""
    moved = Meeting.objects.filter(pk=meeting.pk, state=before).update(state=after, **fields)
    meeting.refresh_from_db(fields=["state", *fields])
    if moved != 1:
        raise RuleError(
            f"The meeting is {meeting.get_state_display().lower()}, so this cannot be done now."
        )
