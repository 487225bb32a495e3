"""The register of interests: declared by who sits on a body, confirmed each year."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance.models import Interest, InterestsConfirmed, Seat
from governance.operations.own_hand import KEEPS, is_self
from members.models import Person


@operation(needs=None)
def declare_standing_interest(
    *, person: Person, kind: str, text: str, since: dt.date, today: dt.date, by: Actor
) -> Interest:
    """Somebody who sits on a body, or soon will, declares an interest; or staff key their paper."""
    _refuse_others(person, by)
    if not Seat.objects.held_from(today).filter(person=person).exists():
        raise RuleError("Only who sits on a body declares interests.")
    if kind not in Interest.Kind.values:
        raise RuleError("Say what kind of interest it is.", field="kind")
    if not text.strip():
        raise RuleError("Say what it is.", field="text")
    refuse_day_to_come(since, "since")
    made = Interest.objects.create(
        person=person, kind=kind, text=text.strip(), since=since, noted_by=by.user
    )
    audit.record(by, "governance.declare_standing_interest", made, person=person.pk, kind=kind)
    return made


def _refuse_others(person: Person, by: Actor) -> None:
    """Only themselves, or who keeps the papers of meetings."""
    if not is_self(person, by) and not by.may(KEEPS):
        raise PermissionDenied("not their interests")


@operation(needs=None)
def end_standing_interest(*, interest: Interest, until: dt.date, by: Actor) -> Interest:
    """They have nothing to do with it any more. That they had stays in the register."""
    _refuse_others(interest.person, by)
    refuse_day_to_come(until, "until")
    if until < interest.since:
        raise RuleError("That is before it began.", field="until")
    if Interest.objects.filter(pk=interest.pk, until__isnull=True).update(until=until) != 1:
        raise RuleError("This has ended already.")
    interest.refresh_from_db()
    audit.record(by, "governance.end_standing_interest", interest, person=interest.person_id)
    return interest


@operation(needs=None)
def confirm_interests(*, person: Person, on: dt.date, by: Actor) -> InterestsConfirmed:
    """What the register holds of them is right and whole, or they have none."""
    _refuse_others(person, by)
    refuse_day_to_come(on, "on")
    if not Seat.objects.held_from(on).filter(person=person).exists():
        raise RuleError("Only who sits on a body declares interests.")
    made = InterestsConfirmed.objects.create(person=person, on=on, noted_by=by.user)
    audit.record(by, "governance.confirm_interests", made, person=person.pk)
    return made
