"""Writing to everybody about a meeting: each once, by the way on which notice reaches them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core import audit, mail
from core.actors import Actor
from core.models import OutboxMessage, RoleGrant, User
from core.permissions import Role
from core.registry import operation
from governance.models import (
    Adjournment,
    AgendaItem,
    Announcement,
    Body,
    Delegate,
    Meeting,
    Proposal,
)
from governance.models.meeting import ToMemberOrSeat
from governance.signals import meeting_announced
from members import writing
from members.models import Letter, Member, Organisation, Person
from members.querysets import living

BATCH = 50
What = Announcement.What
SUBJECTS = {
    What.ANOTHER_DAY: "another day",
    What.ANOTHER_PLACE: "another place",
    What.CALLED_OFF: "called off",
}


def members_to_tell(day: dt.date) -> QuerySet[Member]:
    """Those in the register on a day, with their names; not who has died."""
    members = Member.objects.active_on(day).filter(living())
    return members.select_related("person", "organisation")


def seats_to_tell(meeting: Meeting) -> list[Person]:
    """Everybody who sits on the body on the day of the meeting, or speaks for one of its partners,
    once; not who has died.
    """
    if meeting.body.kind == Body.Kind.PARTNERSHIP:
        speak = Delegate.objects.held_on(meeting.day).filter(living(), partner__body=meeting.body)
        return list(dict.fromkeys(one.person for one in speak.select_related("person")))
    seats = meeting.body.seats.held_on(meeting.day).filter(living()).select_related("person")
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
    """By e-mail where notices of meetings may go there, else by a letter in the print queue. Nobody
    writes to who has died: None.
    """
    if has_died(holder):
        return None
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


def has_died(holder: Person | Organisation) -> bool:
    return isinstance(holder, Person) and holder.died_on is not None


def tell_secretaries(
    *,
    key: str,
    kind: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    today: dt.date,
) -> None:
    """E-mail every secretary of today; called inside operations."""
    grants = RoleGrant.objects.active_on(today).filter(role=Role.SECRETARY)
    for user in User.objects.filter(role_grants__in=grants, is_active=True).distinct():
        mail.queue(
            key=f"{key}:{user.pk}",
            kind=kind,
            to=user.email,
            subject=subject,
            template=template,
            context=context,
        )


def tell_proposer(proposal: Proposal, meeting: Meeting, subject: str, what: str, by: Actor) -> None:
    """Who proposed something hears what becomes of it: `what` is "on_agenda" or "off_agenda"."""
    writing.write_to(
        proposal.member.holder,
        key=f"governance.proposal_{what}:{proposal.pk}:{meeting.pk}:{proposal.item_id}",
        kind=f"governance.proposal_{what}",
        subject=subject,
        template=f"governance/mail/proposal_{what}.txt",
        context={"proposal": proposal, "meeting": meeting, "name": proposal.member.name},
        by=by,
    )


def release_proposals(meeting: Meeting, item: AgendaItem | None, by: Actor) -> None:
    """What members proposed waits for another agenda: an item was taken off this one, or the whole
    meeting is called off. Who proposed it is told.
    """
    rows = Proposal.objects.filter(item__meeting=meeting).select_related("member")
    for proposal in rows.filter(item=item) if item else rows:
        tell_proposer(proposal, meeting, "Your proposal is off the agenda", "off_agenda", by)
        Proposal.objects.filter(pk=proposal.pk).update(item=None)


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
    more = write_next(
        _people(announcement.meeting),
        prefix=f"governance.announcement:{announcement.pk}:",
        kind="governance.announcement",
        subject=f"{announcement.meeting.title}: {SUBJECTS[What(announcement.what)]}",
        template="governance/mail/announcement.txt",
        context={"announcement": announcement, "meeting": announcement.meeting},
        by=by,
    )
    if more:
        return True
    Announcement.objects.filter(pk=announcement.pk).update(told_at=now)
    audit.record(by, "governance.tell_of_announcement", announcement)
    return False


def write_next(
    people: Iterable[Addressed],
    *,
    prefix: str,
    kind: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    by: Actor,
) -> bool:
    """Write to the next of these people to whom nothing of this prefix has gone; True while there
    are more. The template also gets `name`.
    """
    written = _written(prefix)
    waiting = [one for one in people if prefix + one.key not in written and one.lives]
    for one in waiting[:BATCH]:
        write_about(
            one.holder,
            key=prefix + one.key,
            kind=kind,
            subject=subject,
            template=template,
            context=context | {"name": one.name},
            by=by,
        )
    return len(waiting) > BATCH


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


@dataclass(frozen=True)
class Addressed:
    """Somebody to be written to. `key` tells them from the others."""

    key: str
    holder: Person | Organisation
    name: str

    @property
    def lives(self) -> bool:
        return not has_died(self.holder)


def everybody_in_register(day: dt.date) -> list[Addressed]:
    return [Addressed(f"member-{one.pk}", one.holder, one.name) for one in members_to_tell(day)]


def addressed(lines: Iterable[ToMemberOrSeat]) -> list[Addressed]:
    return [Addressed(who(one), one.holder, one.name) for one in lines]


def _people(meeting: Meeting) -> list[Addressed]:
    """Whom a meeting concerns: those on its roll, or before there is one whoever has notice."""
    if voters := addressed(meeting.voters.standing().with_names()):
        return voters
    if meeting.body.is_of_members:
        return everybody_in_register(meeting.called_on or meeting.day)
    return [Addressed(f"seat-{one.pk}", one, str(one)) for one in seats_to_tell(meeting)]
