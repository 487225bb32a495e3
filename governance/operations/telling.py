"""Writing to everybody about a meeting: each once, by the way on which notice reaches them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core import audit, mail
from core.actors import Actor
from core.models import OutboxMessage
from core.registry import operation
from governance.models import Adjournment, Announcement, Meeting
from governance.models.meeting import ToMemberOrSeat
from governance.signals import meeting_announced
from members import writing
from members.models import Letter, Member, Organisation, Person

BATCH = 50
What = Announcement.What
SUBJECTS = {
    What.ANOTHER_DAY: "another day",
    What.ANOTHER_PLACE: "another place",
    What.CALLED_OFF: "called off",
}


def members_to_tell(day: dt.date) -> QuerySet[Member]:
    """Those in the register on a day, with their names."""
    return Member.objects.active_on(day).select_related("person", "organisation")


def seats_to_tell(meeting: Meeting) -> list[Person]:
    """Everybody who sits on the body on the day of the meeting, once."""
    seats = meeting.body.seats.held_on(meeting.day).select_related("person")
    return list(dict.fromkeys(seat.person for seat in seats))


def write_about(
    holder: Person | Organisation,
    *,
    key: str,
    kind: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    post: bool = False,
    by: Actor,
) -> OutboxMessage | Letter | None:
    """By e-mail where notices of meetings may go there, else by a letter in the print queue."""
    if holder.notices_by_email and not post:
        return mail.queue(
            key=key, kind=kind, to=holder.email, subject=subject, template=template, context=context
        )
    return writing.write_to(
        holder,
        key=key,
        kind=kind,
        subject=subject,
        template=template,
        context=context,
        post=True,
        by=by,
    )


def announce(
    meeting: Meeting,
    what: str,
    *,
    words: str = "",
    adjournment: Adjournment | None = None,
    now: dt.datetime,
    by: Actor,
) -> Announcement:
    """Everybody is to hear of this; they are written to after the commit."""
    made = Announcement.objects.create(
        meeting=meeting,
        what=what,
        words=words,
        adjournment=adjournment,
        decided_at=now,
        decided_by=by.user,
    )
    transaction.on_commit(
        lambda: meeting_announced.send(Announcement, announcement_id=made.pk), robust=True
    )
    return made


@operation(needs=None)
def tell_of_announcement(*, announcement: Announcement, now: dt.datetime, by: Actor) -> bool:
    """Write to the next of those who must hear of it; True while there are more.

    Those on the roll, or before there is one whoever has notice. Safe to run twice, or by two
    workers at once: the outbox and the print queue take each key once.
    """
    if announcement.told_at:
        return False
    prefix = f"governance.announcement:{announcement.pk}:"
    written = _written(prefix)
    waiting = [
        (key, holder, name)
        for suffix, holder, name in _people(announcement.meeting)
        if (key := prefix + suffix) not in written
    ]
    for key, holder, name in waiting[:BATCH]:
        write_about(
            holder,
            key=key,
            kind="governance.announcement",
            subject=f"{announcement.meeting.title}: {SUBJECTS[What(announcement.what)]}",
            template="governance/mail/announcement.txt",
            context={
                "announcement": announcement,
                "meeting": announcement.meeting,
                "name": name,
            },
            by=by,
        )
    if len(waiting) > BATCH:
        return True
    Announcement.objects.filter(pk=announcement.pk).update(told_at=now)
    audit.record(by, "governance.tell_of_announcement", announcement)
    return False


def _written(prefix: str) -> set[str]:
    """The keys under which somebody has been written to already."""
    return {
        key
        for model in (OutboxMessage, Letter)
        for key in model._default_manager.filter(key__startswith=prefix).values_list(
            "key", flat=True
        )
    }


def who(line: ToMemberOrSeat) -> str:
    """What tells one line of a meeting's people from the others, in keys."""
    return f"member-{line.member_id}" if line.member_id else f"seat-{line.person_id}"


def _people(meeting: Meeting) -> Iterator[tuple[str, Person | Organisation, str]]:
    """Whom a meeting concerns: what tells them apart, who they are, and their name."""
    voters = list(meeting.voters.standing().with_names())
    if voters:
        people = [(who(one), one.holder, one.name) for one in voters]
    elif meeting.body.is_of_members:
        members = members_to_tell(meeting.called_on or meeting.day)
        people = [(f"member-{one.pk}", one.holder, one.name) for one in members]
    else:
        people = [(f"seat-{one.pk}", one, str(one)) for one in seats_to_tell(meeting)]
    for suffix, holder, name in people:
        if not (isinstance(holder, Person) and holder.died_on):
            yield suffix, holder, name
