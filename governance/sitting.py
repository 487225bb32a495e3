"""Who sits on which bodies, with what they have declared: rows turned into the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from governance.models import Interest, InterestsConfirmed, Seat
from members.models import Person


@dataclass
class Sitting:
    """Somebody who sits on bodies: their interests of today, and when they confirmed them.

    `since`: the first day of the oldest of these seats.
    """

    person: Person
    since: dt.date
    bodies: list[str] = field(default_factory=list)
    interests: list[Interest] = field(default_factory=list)
    confirmed_on: dt.date | None = None
    confirmed: bool = False

    @property
    def confirm_by(self) -> dt.date:
        if self.confirmed_on is None:
            return self.since + InterestsConfirmed.AT_FIRST
        return self.confirmed_on + InterestsConfirmed.HOLDS


def sitting_on(seats: Iterable[Seat], day: dt.date) -> list[Sitting]:
    """Everybody once, by name."""
    people: dict[int, Sitting] = {}
    for seat in seats:
        found = people.setdefault(seat.person_id, Sitting(seat.person, seat.since))
        found.since = min(found.since, seat.since)
        if seat.body.name not in found.bodies:
            found.bodies.append(seat.body.name)
    for interest in Interest.objects.held_on(day).filter(person__in=people):
        people[interest.person_id].interests.append(interest)
    for row in InterestsConfirmed.objects.filter(person__in=people).order_by("on"):
        people[row.person_id].confirmed_on = row.on
    for one in people.values():
        one.confirmed = one.confirmed_on is not None and one.confirm_by > day
    return sorted(people.values(), key=lambda one: (one.person.last_name, one.person.first_name))
