"""How long and how much people have been supported: the apps above say, since members/ keeps no
agreements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from members.models import Member, MemberClass
from members.rules.grounds import Ground, Period, how_it_stands

#: Ids of people → the periods of their support. services/ sets it when it starts.
ASK: list[Callable[[Collection[int]], Mapping[int, Sequence[Period]]]] = []


def periods_of(people: Collection[int]) -> dict[int, list[Period]]:
    """Id of the person → the periods of their support; people of whom nobody knows any left out."""
    found: dict[int, list[Period]] = {}
    for ask in ASK if people else ():
        for person, periods in ask(people).items():
            found.setdefault(person, []).extend(periods)
    return found


@dataclass(frozen=True)
class Asks:
    """What a class asks of somebody, and how it stands with them as far as agreements tell."""

    member_class: MemberClass
    support: str
    found: str
    ok: bool


def what_classes_ask(classes: Iterable[MemberClass], member: Member, today: dt.date) -> list[Asks]:
    """Of each class that asks for anything: its evidence, and the support that it asks for."""
    person = member.person_id
    support = periods_of([person] if person else []).get(person or 0, [])
    asks = []
    for one in classes:
        ground = Ground(one.ground_months, one.ground_hours_a_week)
        if ground.in_words and support:
            ok, found = how_it_stands(support, ground, today)
        else:
            ok, found = not ground.in_words, "We have no agreement: what is seen has to show it."
        if one.evidence or ground.in_words:
            asks.append(Asks(one, ground.in_words, found, ok))
    return asks
