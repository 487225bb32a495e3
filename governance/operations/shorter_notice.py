"""Agreeing to shorter notice than the rules ask for, where they let members do so."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.models import Meeting, RuleSet, ShorterNotice
from governance.operations.meetings import refuse_if_called
from governance.operations.telling import members_to_tell, seats_to_tell
from members.models import Member, Person


def agreement_needed(meeting: Meeting, its: RuleSet, day: dt.date) -> int | None:
    """How many must agree to shorter notice, of those who would have it; None: it cannot be."""
    if not its.short_notice_percent:
        return None
    entitled = members_to_tell(day).count() if meeting.body.is_of_members else 0
    return rules.part_of(its.short_notice_percent, entitled or len(seats_to_tell(meeting)))


def agreed_on(meeting: Meeting, day: dt.date) -> int:
    """How many have agreed, of those who would have notice on a day."""
    agreed = ShorterNotice.objects.standing().filter(meeting=meeting)
    if meeting.body.is_of_members:
        return agreed.filter(member__in=members_to_tell(day).values("pk")).count()
    return agreed.filter(person__in=[one.pk for one in seats_to_tell(meeting)]).count()


def agreed_to_less(meeting: Meeting, its: RuleSet, day: dt.date) -> bool:
    """Whether enough have agreed for notice to be shorter than the rules ask for."""
    needed = agreement_needed(meeting, its, day)
    return needed is not None and agreed_on(meeting, day) >= needed


@operation(needs="governance.arrange_meeting")
def note_shorter_notice(
    *,
    meeting: Meeting,
    way: str,
    member: Member | None = None,
    person: Person | None = None,
    by: Actor,
) -> ShorterNotice:
    """Note that a member, or somebody who sits on the body, agrees to shorter notice.

    Only before the call, and only where the rules let notice be shortened.
    """
    refuse_if_called(meeting)
    if not meeting.rules.short_notice_percent:
        raise RuleError("Your rules do not let notice be shortened.")
    if way not in ShorterNotice.Way.values:
        raise RuleError("Say how they agreed.", field="way")
    today = timezone.localdate()
    if meeting.body.is_of_members:
        if member is None or not member.is_active_on(today):
            raise RuleError("Only members who would have notice can agree.", field="member")
        person = None
    elif person not in seats_to_tell(meeting):
        raise RuleError("Only who sits on it can agree.", field="person")
    try:
        with transaction.atomic():
            made = ShorterNotice.objects.create(
                meeting=meeting, member=member, person=person, way=way, noted_by=by.user
            )
    except IntegrityError:
        raise RuleError(
            "They have agreed already.", field="member" if member else "person"
        ) from None
    audit.record(by, "governance.note_shorter_notice", made, meeting=meeting.pk)
    return made


@operation(needs="governance.arrange_meeting")
def take_back_shorter_notice(
    *, agreed: ShorterNotice, now: dt.datetime, by: Actor
) -> ShorterNotice:
    """They have changed their mind, or it was keyed by mistake."""
    refuse_if_called(agreed.meeting)
    standing = ShorterNotice.objects.standing().filter(pk=agreed.pk)
    if standing.update(withdrawn_at=now) != 1:
        raise RuleError("This has been taken back already.")
    agreed.refresh_from_db()
    audit.record(by, "governance.take_back_shorter_notice", agreed, meeting=agreed.meeting_id)
    return agreed
