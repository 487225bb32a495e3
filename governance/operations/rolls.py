"""The electoral roll of a meeting: frozen on its record date, and never changed in silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import Body, Delegate, Meeting, RollChange, Voter
from governance.models.meeting import classes_on
from governance.operations.meetings import hold_meeting
from members.models import Member, Person
from members.querysets import living


@operation(needs="governance.arrange_meeting")
def take_roll(*, meeting: Meeting, now: dt.datetime, by: Actor) -> int:
    """Write down who may vote at a meeting, as at its record date; returns how many.

    Of a general meeting everybody in the register, each in one class; of any other body those who
    sat on it that day.
    """
    entitled = roll_taken(meeting, now)
    audit.record(by, "governance.take_roll", meeting, entitled=entitled)
    return entitled


@operation(needs=None)
def take_due_rolls(*, now: dt.datetime, by: Actor) -> int:
    """Take the roll of every called meeting whose record date has come; returns of how many.

    Each by itself: one that cannot be taken, as where nobody sits on the body, keeps back no other.
    """
    taken = 0
    for meeting in Meeting.objects.without_roll(timezone.localdate(now)):
        try:
            with transaction.atomic():
                on_it = roll_taken(meeting, now)
                audit.record(by, "governance.take_roll", meeting, entitled=on_it)
        except RuleError:
            continue
        taken += 1
    return taken


def roll_taken(meeting: Meeting, now: dt.datetime) -> int:
    """Write the roll of a meeting, within an operation; how many are on it."""
    # The row is the lock: two who take the roll at once write it once.
    hold_meeting(meeting)
    if meeting.voters.exists():
        raise RuleError("The roll of this meeting has been taken already.")
    if timezone.localdate(now) < meeting.record_date:
        raise RuleError("The record date has not come yet, so the register can still change.")
    voters = [Voter(meeting=meeting, **who) for who in entitled(meeting.body, meeting.record_date)]
    if not voters:
        raise RuleError("Nobody may vote on the record date.")
    Voter.objects.bulk_create(voters, batch_size=500)
    return len(voters)


def entitled(body: Body, day: dt.date) -> list[dict[str, Any]]:
    """Who may vote on a body on a day: of members each in the class of that day, else who sits on
    it, or speaks for one of its partners; as the fields of a Voter or of a WrittenVoice. Nobody who
    had died by then.
    """
    alive = living() | Q(person__died_on__gt=day)
    if body.kind == Body.Kind.PARTNERSHIP:
        speak = Delegate.objects.held_on(day).filter(alive, partner__body=body).order_by("pk")
        people = dict.fromkeys(speak.values_list("person_id", flat=True))
        return [{"person_id": pk, "constituency": ""} for pk in people]
    if not body.is_of_members:
        seats = body.seats.held_on(day).filter(alive).order_by("since", "lot")
        return [{"person_id": one.person_id, "constituency": one.constituency} for one in seats]
    classes = classes_on(Member.objects.active_on(day).filter(alive).order_by("number"), day)
    return [
        {"member_id": pk, "member_class": its.code, "constituency": its.constituency}
        for pk, its in classes.items()
    ]


@operation(needs="governance.arrange_meeting")
def add_voter(
    *,
    meeting: Meeting,
    member: Member | None = None,
    person: Person | None = None,
    because: str,
    by: Actor,
) -> Voter:
    """Put somebody on the roll who was left off it by mistake, or back on it, with the reason: a
    member, or a person who sat on the body on the record date.
    """
    _refuse_unless_changeable(meeting, because)
    field = "member" if meeting.body.is_of_members else "person"
    if (member if field == "member" else person) is None:
        raise RuleError("Say who.", field=field)
    who = {"member": member} if field == "member" else {"person": person}
    voter = meeting.voters.filter(**who).first()
    if voter is None:
        voter = Voter(meeting=meeting, **_left_off(meeting, member, person))
    elif voter.struck_on is None:
        raise RuleError(f"{voter.name} is on the roll.", field=field)
    voter.struck_on, voter.struck_because = None, ""
    voter.save()
    _note(voter, RollChange.What.ADDED, because)
    audit.record(by, "governance.add_voter", voter, meeting=meeting.pk, because=because.strip())
    return voter


def _left_off(meeting: Meeting, member: Member | None, person: Person | None) -> dict[str, Any]:
    """What the roll would have said of them."""
    for one in entitled(meeting.body, meeting.record_date):
        if member and one.get("member_id") == member.pk:
            return one
        if person and one.get("person_id") == person.pk:
            return one
    if meeting.body.is_of_members:
        raise RuleError("They were not in the register on the record date.", field="member")
    raise RuleError("They did not sit on it on the record date.", field="person")


def _note(voter: Voter, what: str, because: str) -> None:
    RollChange.objects.create(
        voter=voter, what=what, on=timezone.localdate(), because=because.strip()
    )


@operation(needs="governance.arrange_meeting")
def strike_voter(*, voter: Voter, because: str, by: Actor) -> Voter:
    """Take somebody off the roll: they have died, or should not have been on it."""
    _refuse_unless_changeable(voter.meeting, because)
    if voter.attendances.there().exists():
        raise RuleError("They are noted as present. Note that they left first.")
    on_roll = Voter.objects.standing().filter(pk=voter.pk)
    struck = on_roll.update(struck_on=timezone.localdate(), struck_because=because.strip())
    if struck != 1:
        raise RuleError("They are off the roll already.")
    voter.refresh_from_db()
    _note(voter, RollChange.What.STRUCK, because)
    audit.record(
        by, "governance.strike_voter", voter, meeting=voter.meeting_id, because=because.strip()
    )
    return voter


def _refuse_unless_changeable(meeting: Meeting, because: str) -> None:
    """Holds the meeting: of two who change its roll at once, one waits."""
    if not because.strip():
        raise RuleError("Say why.", field="because")
    hold_meeting(meeting)
    if meeting.is_over:
        raise RuleError("The meeting is over.")
    if not meeting.voters.exists():
        raise RuleError("The roll of this meeting has not been taken yet.")
