"""Minutes: drafted from the record, put into words, sent round, approved, signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance.minute_taker import draft_of
from governance.models import Meeting, MinuteEntry, Minutes, MinutesVersion
from members.models import Person

State = Minutes.State


@operation(needs="governance.arrange_meeting")
def draft_minutes(*, meeting: Meeting, by: Actor) -> Minutes:
    """Begin the minutes of a meeting that is over, from what the record says."""
    if meeting.state != Meeting.State.CLOSED:
        raise RuleError("Close the meeting first: the minutes are drafted from its record.")
    minutes, made = Minutes.objects.get_or_create(meeting=meeting)
    if not made:
        raise RuleError("The minutes of this meeting have been begun already.")
    MinuteEntry.objects.bulk_create(
        MinuteEntry(
            minutes=minutes,
            position=position,
            item=draft.item,
            title=draft.title,
            text=draft.text,
            private=draft.private,
        )
        for position, draft in enumerate(draft_of(meeting), 1)
    )
    audit.record(by, "governance.draft_minutes", minutes, meeting=meeting.pk)
    return minutes


@operation(needs="governance.arrange_meeting")
def write_minutes(*, minutes: Minutes, words: Mapping[int, tuple[str, str]], by: Actor) -> Minutes:
    """Put the words right: id of the entry → (for everybody, for members only).

    What has been sent round already stays on record as it was.
    """
    _lock(minutes)
    if not minutes.may_change:
        raise RuleError("Approved minutes do not change. A later meeting can correct them.")
    for entry in minutes.entries.all():
        if entry.pk in words:
            entry.text, entry.private = (part.strip() for part in words[entry.pk])
            entry.save(update_fields=["text", "private"])
    if minutes.state == State.CIRCULATED:
        _keep(minutes)
    audit.record(by, "governance.write_minutes", minutes)
    return minutes


@operation(needs="governance.arrange_meeting")
def circulate_minutes(*, minutes: Minutes, by: Actor) -> Minutes:
    """From now on whoever sees the meeting can read them, marked as not approved yet."""
    _move_on(minutes, State.DRAFT, State.CIRCULATED)
    _keep(minutes)
    audit.record(by, "governance.circulate_minutes", minutes)
    return minutes


@operation(needs="governance.arrange_meeting")
def approve_minutes(
    *, minutes: Minutes, at: Meeting, on: dt.date, corrections: str = "", by: Actor
) -> Minutes:
    """A later meeting of the same body approves them, perhaps with corrections."""
    refuse_day_to_come(on, "on")
    if at.body_id != minutes.meeting.body_id or at.starts_at <= minutes.meeting.starts_at:
        raise RuleError("Minutes are approved by a later meeting of the same body.", field="at")
    if at.state not in (Meeting.State.OPEN, Meeting.State.CLOSED):
        raise RuleError("That meeting has not been held.", field="at")
    if on < at.day:
        raise RuleError("That is before the meeting.", field="on")
    _move_on(minutes, State.CIRCULATED, State.APPROVED, approved_on=on, approved_at=at)
    minutes.corrections = corrections.strip()
    minutes.save(update_fields=["corrections"])
    audit.record(by, "governance.approve_minutes", minutes, at=at.pk)
    return minutes


@operation(needs="governance.arrange_meeting")
def sign_minutes(*, minutes: Minutes, person: Person, on: dt.date, by: Actor) -> Minutes:
    """Note who signed the approved minutes: as a rule the chair of the meeting that approved."""
    refuse_day_to_come(on, "on")
    if minutes.approved_on and on < minutes.approved_on:
        raise RuleError("That is before they were approved.", field="on")
    _move_on(minutes, State.APPROVED, State.SIGNED, signed_by=person, signed_on=on)
    audit.record(by, "governance.sign_minutes", minutes, person=person.pk)
    return minutes


@operation(needs="governance.arrange_meeting")
def publish_minutes(*, minutes: Minutes, on: dt.date, by: Actor) -> Minutes:
    """Put the public version of approved minutes of a general meeting on the public site."""
    if not minutes.meeting.body.is_of_members:
        raise RuleError("Only minutes of general meetings go on the public site.")
    approved = Minutes.objects.filter(
        pk=minutes.pk, state__in=[State.APPROVED, State.SIGNED], public_since__isnull=True
    )
    if approved.update(public_since=on) != 1:
        raise RuleError("These minutes are not approved yet, or on the public site already.")
    minutes.refresh_from_db()
    audit.record(by, "governance.publish_minutes", minutes)
    return minutes


@operation(needs="governance.arrange_meeting")
def take_minutes_down(*, minutes: Minutes, by: Actor) -> Minutes:
    """Take them off the public site again."""
    public = Minutes.objects.filter(pk=minutes.pk, public_since__isnull=False)
    if public.update(public_since=None) != 1:
        raise RuleError("These minutes are not on the public site.")
    minutes.refresh_from_db()
    audit.record(by, "governance.take_minutes_down", minutes)
    return minutes


def _lock(minutes: Minutes) -> None:
    minutes.refresh_from_db(from_queryset=Minutes.objects.select_for_update())


def _keep(minutes: Minutes) -> None:
    entries = [
        {"title": entry.title, "text": entry.text, "private": entry.private}
        for entry in minutes.entries.all()
    ]
    MinutesVersion.objects.create(minutes=minutes, entries=entries)


def _move_on(minutes: Minutes, before: str, after: str, **fields: object) -> None:
    moved = Minutes.objects.filter(pk=minutes.pk, state=before).update(state=after, **fields)
    minutes.refresh_from_db()
    if moved != 1:
        raise RuleError(
            f"These minutes are {minutes.get_state_display().lower()}, so this cannot be done now."
        )
