"""Whether enough people are there to decide anything. Always counted in heads."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from operator import itemgetter


@dataclass(frozen=True)
class QuorumRule:
    """How many must be there: `least` heads, and `percent` of those entitled, rounded up.

    Where the rules give both a number and a part, the larger holds, or with `smaller` the smaller.
    `of_class`: code of a class → how many of it must be there.
    `proxies_count`: whether somebody represented by a proxy is present.
    """

    least: int
    percent: int = 0
    smaller: bool = False
    of_class: Mapping[str, int] = field(default_factory=dict)
    proxies_count: bool = True

    def needed(self, entitled: int) -> int:
        """Heads that must be there, of so many entitled; at least one."""
        if not self.percent:
            return max(1, self.least)
        part = math.ceil(Fraction(self.percent, 100) * entitled)
        return max(1, min(self.least, part) if self.smaller else max(self.least, part))


@dataclass(frozen=True)
class Presence:
    """Who is there, by code of the class: themselves (room, video, telephone) and by proxy.

    Those who have declared an interest in what is being decided are left out of all three.
    """

    entitled: Mapping[str, int]
    themselves: Mapping[str, int]
    by_proxy: Mapping[str, int] = field(default_factory=dict)

    def heads(self, rule: QuorumRule, code: str | None = None) -> int:
        """Heads that count towards the quorum; of one class, or of all."""
        return _of(self.themselves, code) + (_of(self.by_proxy, code) if rule.proxies_count else 0)


def _of(counts: Mapping[str, int], code: str | None) -> int:
    return sum(counts.values()) if code is None else counts.get(code, 0)


@dataclass(frozen=True)
class QuorumState:
    """Present and needed; `short` names the classes of which too few are there, with how many."""

    present: int
    needed: int
    short: Mapping[str, tuple[int, int]]

    @property
    def holds(self) -> bool:
        return self.present >= self.needed and not self.short


def quorum_state(rule: QuorumRule, presence: Presence) -> QuorumState:
    """Whether the meeting has its quorum now; a class that nobody is in cannot be short."""
    return QuorumState(
        present=presence.heads(rule),
        needed=rule.needed(_of(presence.entitled, None)),
        short={
            code: (heads, wanted)
            for code, wanted in rule.of_class.items()
            if presence.entitled.get(code, 0) and (heads := presence.heads(rule, code)) < wanted
        },
    )


@dataclass(frozen=True)
class Turn:
    """The moment at which a meeting got its quorum, or lost it."""

    at: dt.datetime
    state: QuorumState


def quorum_turns(
    rule: QuorumRule,
    entitled: Mapping[int, str],
    moves: Iterable[tuple[dt.datetime, int, bool]],
    speaks_for: Mapping[int, int],
) -> list[Turn]:
    """When the quorum came and went, from who came and left.

    `entitled`: voter → class. `moves`: (moment, voter, came or left). `speaks_for`: absent voter →
    who is their proxy. What happens in one moment is taken together.
    """
    room = _Room(entitled, speaks_for)
    turns: list[Turn] = []
    for at, together in groupby(sorted(moves), key=itemgetter(0)):
        for _, voter, came in sorted(together, key=itemgetter(2)):  # who leaves goes first
            room.move(voter, came)
        state = quorum_state(rule, room.presence)
        if state.holds != (turns[-1].state.holds if turns else False):
            turns.append(Turn(at, state))
    return turns


class _Room:
    """Heads by class as people come and go: a move costs no more than the proxies it concerns."""

    def __init__(self, entitled: Mapping[int, str], speaks_for: Mapping[int, int]) -> None:
        self._entitled, self._speaks_for = entitled, speaks_for
        self._there: set[int] = set()
        self._given: defaultdict[int, list[int]] = defaultdict(list)
        for absent, holder in speaks_for.items():
            if absent in entitled:
                self._given[holder].append(absent)
        self.presence = Presence(Counter(entitled.values()), Counter(), Counter())

    def move(self, voter: int, came: bool) -> None:
        if voter not in self._entitled or (voter in self._there) == came:
            return
        for absent in (voter, *self._given[voter]):
            self._represented(absent, -1)
        (self._there.add if came else self._there.discard)(voter)
        self._count(self.presence.themselves, voter, 1 if came else -1)
        for absent in (voter, *self._given[voter]):
            self._represented(absent, 1)

    def _represented(self, absent: int, step: int) -> None:
        """Count somebody as represented, or no more, if they are: absent, and their proxy there."""
        if absent not in self._there and self._speaks_for.get(absent) in self._there:
            self._count(self.presence.by_proxy, absent, step)

    def _count(self, heads: Mapping[str, int], voter: int, step: int) -> None:
        assert isinstance(heads, Counter)
        heads[self._entitled[voter]] += step
