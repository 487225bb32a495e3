"""Who acts for whom, on what ground and for what: noted by staff from what they have seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from members.acting import may_end
from members.models import Authority, Person
from members.rules.authority import authority_refusal, needs_secretary
from members.writing import write_to


@operation(needs="members.keep_people")
def record_authority(
    *,
    person: Person,
    acting: Person,
    ground: str,
    scope: Collection[str],
    since: dt.date,
    until: dt.date | None = None,
    evidence: str = "",
    seen_on: dt.date | None = None,
    by: Actor,
) -> Authority:
    """Note that `acting` may act for `person`, and what shows it (what was seen, by whom, when).

    Each ground covers only some matters: a power for money opens no care record. The same ground
    for the same two people twice at a time is refused. Nobody notes that they may act themselves;
    what speaks for a membership or its money, a helper's agreement apart, is the secretary's to
    note. The person is told, with how to object, and so is whoever acts.
    """
    if by.user is not None and acting.user_id == by.user.pk:
        raise RuleError(
            "Nobody notes this for themselves. Ask the secretary or another colleague.",
            field="acting",
        )
    if needs_secretary(ground, scope) and not by.may("members.keep_register"):
        raise RuleError(
            "The secretary notes who acts in matters of membership or money. You can note informal "
            "helpers, and who acts in health and care.",
            field="scope",
        )
    if person.pk == acting.pk:
        raise RuleError("Nobody needs authority to act for themselves.", field="acting")
    if person.died_on:
        raise RuleError("Authority to act for somebody ends with their death.")
    refusal = authority_refusal(
        ground=ground,
        scope=list(scope),
        since=since,
        until=until,
        evidence=evidence,
        seen_on=seen_on,
        today=timezone.localdate(),
        born=person.born,
        acting_born=acting.born,
    )
    if refusal:
        raise RuleError(refusal[1], field=refusal[0])
    Person.objects.select_for_update().get(pk=person.pk)  # one note at a time
    same = Authority.objects.filter(person=person, by=acting, ground=ground).not_over_on(since)
    if any(until is None or held.since <= until for held in same):
        raise RuleError("This is noted already for that time.", field="ground")
    authority = Authority.objects.create(
        person=person,
        by=acting,
        ground=ground,
        scope=sorted(scope),
        since=since,
        until=until,
        evidence=evidence.strip(),
        seen_on=seen_on,
        seen_by=by.user if seen_on else None,
    )
    audit.record(
        by, "members.record_authority", person, authority=authority.pk, scope=authority.scope
    )
    _tell(authority, authority.person, "authority_noted", "Somebody may now act for you", by)
    _tell(authority, authority.by, "acting_noted", "You may now act for somebody", by)
    return authority


def _tell(authority: Authority, to: Person, kind: str, subject: str, by: Actor) -> None:
    """Write to one of the two: nobody is acted for without their knowing, and nobody finds out by
    a page that is refused."""
    write_to(
        to,
        key=f"members.{kind}:{authority.pk}",
        kind=f"members.{kind}",
        subject=subject,
        template=f"members/mail/{kind}.txt",
        context={"authority": authority, "help_phone": settings.HELP_PHONE},
        by=by,
    )


@operation(needs=None)
def end_authority(*, authority: Authority, because: str, by: Actor) -> Authority:
    """End somebody's authority at once: the next page that they open for the other is refused.

    Staff may, whoever acts may give it up, and a person may send away a helper who acts by no more
    than their agreement. Both are told that it ended; why is not said.
    """
    if not by.may("members.keep_people") and not may_end(authority, by):
        raise PermissionDenied("members.end_authority")
    if not because.strip():
        raise RuleError("Say why it ends.", field="because")
    today = timezone.localdate()
    live = Authority.objects.filter(pk=authority.pk, ended_because="").not_over_on(today)
    until = max(today, authority.since)
    if live.update(until=until, ended_because=because.strip()) != 1:
        raise RuleError("This authority has ended already.")
    authority.refresh_from_db()
    audit.record(by, "members.end_authority", authority.person, authority=authority.pk)
    _tell(authority, authority.person, "authority_ended", "Somebody no longer acts for you", by)
    _tell(authority, authority.by, "acting_ended", "You no longer act for somebody", by)
    return authority
