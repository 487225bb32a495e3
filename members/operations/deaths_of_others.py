"""When somebody who is no member dies: who acts for others, stands beside a member, is a contact.

There is no entry to end and no estate: letters stop, nobody signs in as them, and they act for
nobody any more.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import AuditLine
from core.registry import operation
from members.models import Authority, Person, Representative
from members.operations.authorities import end_authority
from members.operations.deaths import BECAUSE, put_back, refuse_day_of_death, undo_what_stands
from members.operations.people import end_representative

#: As for a member: the audit trail calls a death one thing.
NOTED = "members.note_death"


@operation(needs="members.keep_register")
def note_death_of_person(*, person: Person, died_on: dt.date, by: Actor) -> Person:
    """Note that somebody who is no member has died; whom they acted for is told that they no longer
    do. What is undone is noted, so that a mistake can be put right on the same day."""
    if person.memberships.exists():
        raise RuleError("This is or was a member: note the death at their entry in the register.")
    refuse_day_of_death(person, died_on)
    if Person.objects.filter(pk=person.pk, died_on=None).update(died_on=died_on) != 1:
        raise RuleError("This death has been noted already.")
    person.refresh_from_db()
    acted = _stop_acting(person, died_on, by)  # now that nothing is sent to them any more
    undone = undo_what_stands(person, [], died_on, by)
    audit.record(by, NOTED, person, died_on=died_on.isoformat(), **undone, **acted)
    return person


def _stop_acting(person: Person, died_on: dt.date, by: Actor) -> dict[str, Any]:
    """End what they may do for others; returns how that was."""
    today = timezone.localdate()
    acted: dict[str, Any] = {"authorities": [], "representatives": []}
    for held in person.acts_for.filter(ended_because="").not_over_on(today):
        acted["authorities"].append([held.pk, held.until.isoformat() if held.until else None])
        end_authority(authority=held, because=BECAUSE, by=by)
    for one in person.represents.filter(until=None):
        acted["representatives"].append(one.pk)
        last = max(one.since, min(died_on, today - dt.timedelta(days=1)))
        if last < today:
            end_representative(representative=one, until=last, by=by)
        else:  # appointed today
            Representative.objects.filter(pk=one.pk).update(until=last)
    return acted


def death_noted_today(person: Person) -> AuditLine | None:
    """The line that says so, if it can still be taken back."""
    return audit.noted_today(NOTED, person)


@operation(needs="members.keep_register")
def reopen_death_of_person(*, person: Person, why: str, by: Actor) -> Person:
    """Take back a death that was noted by mistake, on the same day: sign-in, letters and what they
    did for others go on. The audit trail keeps both, and of the reason only that one was given."""
    if not why.strip():
        raise RuleError("Say what was wrong.", field="why")
    noted = death_noted_today(person)
    if noted is None or person.memberships.exists():
        raise RuleError("This can be taken back only on the day on which it was noted.")
    if Person.objects.filter(pk=person.pk, died_on__isnull=False).update(died_on=None) != 1:
        raise RuleError("This has been taken back already.")
    person.refresh_from_db()
    for pk, until in noted.data["authorities"]:
        Authority.objects.filter(pk=pk).update(until=until, ended_because="")
    for one in Representative.objects.filter(pk__in=noted.data["representatives"]):
        if not one.organisation.representatives.filter(until=None).exists():
            Representative.objects.filter(pk=one.pk).update(until=None)
    put_back(person, noted.data, by)  # last: for whom they act says what they may do
    audit.record(by, "members.reopen_death", person, noted=noted.pk, reason_given=True)
    return person
