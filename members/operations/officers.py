"""The register of officers: who took up which office, and who left it."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from members.models import Office, Person
from members.signals import office_left


@operation(needs="members.keep_register")
def appoint_officer(
    *,
    person: Person,
    post: str,
    since: dt.date,
    minute: str,
    jointly: bool = False,
    by: Actor,
) -> Office:
    """Note that a person holds an office from a day, by a minute. It gives no right to do anything.

    There are several directors; another office is held by one person at a time, or by several
    where somebody says that they hold it together. One person holds it once.
    Source: Co-operative and Community Benefit Societies Act 2014, section 30.
    """
    if post not in Office.Post.values:
        raise RuleError("Choose an office.", field="post")
    refuse_day_to_come(since, "since")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    if person.died_on and person.died_on <= since:
        raise RuleError("This person had died by then.", field="since")
    held = Office.objects.held_from(since).filter(post=post).select_related("person")
    if held.filter(person=person).exists():
        raise RuleError("They hold this office then already.", field="post")
    if post != Office.Post.DIRECTOR and not jointly and (other := held.first()):
        raise RuleError(
            f"{other.person} holds this office from {other.since:%-d %B %Y}. Note the end of that "
            "first, or say that they hold it together.",
            field="jointly",
        )
    try:
        with transaction.atomic():
            office = Office.objects.create(
                person=person, post=post, since=since, minute=minute.strip()
            )
    except IntegrityError:  # somebody else noted it just now
        raise RuleError("They hold this office then already.", field="post") from None
    audit.record(by, "members.appoint_officer", office, post=post, since=since.isoformat())
    return office


@operation(needs="members.keep_register")
def end_office(*, office: Office, until: dt.date, minute: str, by: Actor) -> Office:
    """Note the last day of somebody's office, by a minute. The entry stays in the register."""
    if until < office.since:
        raise RuleError("That is before they took it up.", field="until")
    refuse_day_to_come(until, "until")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    held = Office.objects.standing().filter(pk=office.pk, until__isnull=True)
    if held.update(until=until, end_minute=minute.strip()) != 1:
        raise RuleError("This has ended already.")
    office.refresh_from_db()
    audit.record(by, "members.end_office", office, until=until.isoformat())
    office_left.send(Office, office=office, by=by)
    return office


@operation(needs="members.keep_register")
def strike_office(*, office: Office, by: Actor) -> Office:
    """Strike out what was entered by mistake: the row is kept, and is in the register of no day."""
    standing = Office.objects.standing().filter(pk=office.pk)
    if standing.update(struck_on=timezone.localdate()) != 1:
        raise RuleError("This is struck out already.")
    office.refresh_from_db()
    audit.record(by, "members.strike_office", office, post=office.post)
    office_left.send(Office, office=office, by=by)
    return office
