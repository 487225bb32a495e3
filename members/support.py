"""How long and how much people have been supported: the apps above say, since members/ keeps no
agreements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from members.rules.grounds import Period

#: Ids of people → the periods of their support. services/ sets it when it starts.
ASK: list[Callable[[Collection[int]], Mapping[int, Sequence[Period]]]] = []


def periods_of(people: Collection[int]) -> dict[int, list[Period]]:
    """Id of the person → the periods of their support; people of whom nobody knows any left out."""
    found: dict[int, list[Period]] = {}
    for ask in ASK if people else ():
        for person, periods in ask(people).items():
            found.setdefault(person, []).extend(periods)
    return found
