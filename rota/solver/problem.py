"""The problem a rota poses and the solution to it: plain data, in and out of JSON.

Every time is a whole minute since the start of the horizon (normally one week), counted in UTC,
so that the night the clocks change needs no special case. Negative minutes lie before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""

Interval = tuple[int, int]
"""From the first minute up to, but not including, the second."""

MODES = ("car", "cycle", "walk")


class ProblemError(ValueError):
    """The data cannot be used. The message is a sentence that names the field."""


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ProblemError(message)


@dataclass(frozen=True, slots=True)
class Carer:
    """Someone who can be sent.

    The caller has already left out skills, checks and training that will have expired.
    `contract_minutes` and `cap_minutes` are for the whole horizon and count care and the travel
    between visits, not waiting and not the way from and to home; hours worked elsewhere are
    taken off the cap by the caller. `available` says when visits may be worked.
    `prefers` and `excludes` are ids of people supported. `last_end` is when work before the
    horizon ended and `next_start` when work after it begins, for the daily rest at both edges.
    """

    id: str
    home: Point
    mode: str
    skills: frozenset[str]
    contract_minutes: int
    cap_minutes: int
    available: tuple[Interval, ...]
    prefers: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    last_end: int | None = None
    next_start: int | None = None

    def __post_init__(self) -> None:
        name = f"carer {self.id}"
        _require(self.mode in MODES, f"{name}: mode must be one of {', '.join(MODES)}")
        _require(self.contract_minutes >= 0, f"{name}: contract_minutes must not be negative")
        _require(self.cap_minutes >= 0, f"{name}: cap_minutes must not be negative")
        _require(
            all(start < end for start, end in self.available),
            f"{name}: each interval of available must end after it starts",
        )
        ordered = sorted(self.available)
        _require(
            all(left[1] <= right[0] for left, right in pairwise(ordered)),
            f"{name}: the intervals of available must not overlap",
        )
        object.__setattr__(self, "available", _joined(ordered))


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to one person, by one carer or by two at the same start.

    It must start from `earliest` to `latest` (both included). `team` holds the carers the person
    knows and chose, `excluded` those who may not come. `pinned` carers are kept whatever the
    rules say: someone has decided. To keep a time as well, give `earliest` = `latest`.
    `unsocial` marks evenings and weekends, to be shared fairly.
    """

    id: str
    person: str
    point: Point
    earliest: int
    latest: int
    duration: int
    skills: frozenset[str] = frozenset()
    carers_needed: int = 1
    preferred_start: int | None = None
    team: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    pinned: tuple[str, ...] = ()
    unsocial: bool = False

    def __post_init__(self) -> None:
        name = f"visit {self.id}"
        _require(self.latest >= self.earliest, f"{name}: latest must not be before earliest")
        _require(self.duration >= 1, f"{name}: duration must be at least 1 minute")
        _require(self.carers_needed in (1, 2), f"{name}: carers_needed must be 1 or 2")
        _require(
            self.preferred_start is None or self.earliest <= self.preferred_start <= self.latest,
            f"{name}: preferred_start must lie from earliest to latest",
        )
        _require(
            len(set(self.pinned)) == len(self.pinned) <= self.carers_needed,
            f"{name}: pinned must name at most carers_needed different carers",
        )

    @property
    def wanted_start(self) -> int:
        """The preferred start, or the middle of the window where none was given."""
        if self.preferred_start is None:
            return (self.earliest + self.latest) // 2
        return self.preferred_start

    @property
    def fully_pinned(self) -> bool:
        return len(self.pinned) == self.carers_needed


@dataclass(frozen=True, slots=True)
class Travel:
    """How long a way takes: great circle × detour at the mode's speed, plus minutes to park.

    Between two different points: the whole minutes rounded up, then the minutes to park.
    Between two visits at one point: none.
    """

    detour: float = 1.35
    kmh: Mapping[str, float] = field(
        default_factory=lambda: {"car": 32.0, "cycle": 14.0, "walk": 4.8}
    )
    park: Mapping[str, int] = field(default_factory=lambda: {"car": 2, "cycle": 1, "walk": 0})

    def __post_init__(self) -> None:
        _require(self.detour >= 1, "travel: detour must be at least 1")
        for name, values in (("kmh", self.kmh), ("park", self.park)):
            _require(set(values) == set(MODES), f"travel: {name} must have {', '.join(MODES)}")
        _require(min(self.kmh.values()) > 0, "travel: kmh must be above 0")
        _require(min(self.park.values()) >= 0, "travel: park must not be negative")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each soft wish costs, in one unit: a minute of travel between visits costs 1.

    `unfilled` is per missing carer, so large that filling always pays. `face` is per carer a
    person sees in the horizon, `stranger` per visit by someone outside the team (and who did not
    ask for the person). The rest are per minute: travel (home legs too), waiting (up to
    `Rules.break_minutes` per gap: a longer gap is a break), distance from the wanted start, below
    and above contract, and evenings and weekends above the carer's share by contract.
    """

    unfilled: float = 3000.0
    face: float = 45.0
    stranger: float = 10.0
    travel: float = 1.0
    waiting: float = 0.3
    preferred_time: float = 0.2
    under_contract: float = 0.4
    over_contract: float = 0.4
    unsocial: float = 0.2

    def __post_init__(self) -> None:
        for part in fields(self):
            _require(getattr(self, part.name) >= 0, f"weights: {part.name} must not be negative")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the rota, as adopted. The weekly cap is each carer's own."""

    daily_rest_minutes: int = 11 * 60
    break_minutes: int = 60
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        # Six hours at least: between two working days only rest is looked at, not travel.
        _require(
            360 <= self.daily_rest_minutes <= 1440,
            "rules: daily_rest_minutes must be from 360 to 1440",
        )
        _require(self.break_minutes >= 0, "rules: break_minutes must not be negative")


@dataclass(frozen=True, slots=True)
class Problem:
    """Carers, visits and rules of one horizon.

    `day_starts` are the minutes at which working days begin, the first of them 0 or before. A
    visit belongs to the day of its `earliest`. Choose the quietest hour (such as 04:00 in local
    time), so that a late shift stays one day: the daily rest is counted between working days.
    """

    carers: tuple[Carer, ...]
    visits: tuple[Visit, ...]
    day_starts: tuple[int, ...]
    travel: Travel = field(default_factory=Travel)
    rules: Rules = Rules()

    def __post_init__(self) -> None:
        _require(bool(self.day_starts), "day_starts must hold at least one minute")
        _require(
            all(a < b for a, b in pairwise(self.day_starts)),
            "day_starts must rise",
        )
        for name, ids in (
            ("carers", [carer.id for carer in self.carers]),
            ("visits", [visit.id for visit in self.visits]),
        ):
            twice = {one for one in ids if ids.count(one) > 1} if len(set(ids)) < len(ids) else ()
            _require(not twice, f"{name}: the id {', '.join(sorted(twice))} is used twice")
        known = {carer.id for carer in self.carers}
        for visit in self.visits:
            _require(
                visit.earliest >= self.day_starts[0],
                f"visit {visit.id}: earliest lies before the first of day_starts",
            )
            unknown = set(visit.pinned) - known
            _require(
                not unknown,
                f"visit {visit.id}: pinned names {', '.join(sorted(unknown))}, who is no carer",
            )

    def day_of(self, visit: Visit) -> int:
        """Index of the working day the visit belongs to."""
        return bisect_right(self.day_starts, visit.earliest) - 1

    @property
    def slots(self) -> int:
        """Carers wanted over all visits."""
        return sum(visit.carers_needed for visit in self.visits)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and dicts for JSON; sets come sorted, so equal problems give equal text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_dict(cls, data: object) -> Problem:
        """Read what `to_dict` wrote. Raises ProblemError, which names the field."""
        return cls(**_read(cls, data, "problem", PROBLEM))


@dataclass(frozen=True, slots=True)
class Placement:
    """A visit's start and who goes."""

    visit_id: str
    start: int
    carer_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Who goes where and when. A visit without a placement is unfilled."""

    placements: tuple[Placement, ...]
    cost: float = 0.0
    iterations: int = 0
    seed: int = 0

    def by_visit(self) -> dict[str, Placement]:
        return {placement.visit_id: placement for placement in self.placements}

    def to_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_dict(cls, data: object) -> Solution:
        """Read what `to_dict` wrote. Raises ProblemError, which names the field."""
        return cls(**_read(cls, data, "solution", SOLUTION))


def unfilled_slots(problem: Problem, solution: Solution) -> int:
    """Carers still missing over all visits."""
    placed = solution.by_visit()
    return problem.slots - sum(
        len(placed[visit.id].carer_ids) for visit in problem.visits if visit.id in placed
    )


# Reading: one small function per kind of value, and one table per dataclass.

Reader = Callable[[Any, str], Any]


def _joined(intervals: list[Interval]) -> tuple[Interval, ...]:
    """Sorted intervals, those that touch made one (midnight divides no shift)."""
    joined: list[Interval] = []
    for start, end in intervals:
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]
        joined.append((start, end))
    return tuple(joined)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _read(cls: type, data: object, where: str, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Keyword arguments for `cls`; refuses what is missing, unknown or of the wrong kind."""
    if not isinstance(data, Mapping):
        raise ProblemError(f"{where} must be an object")
    values = {}
    for name in data:
        _require(name in readers, f"{where} has an unknown field {name}")
    for one in fields(cls):
        if one.name in data:
            values[one.name] = readers[one.name](data[one.name], f"{where}.{one.name}")
        elif one.default is MISSING and one.default_factory is MISSING:
            raise ProblemError(f"{where}.{one.name} is missing")
    return values


def _text(value: Any, where: str) -> str:
    _require(isinstance(value, str) and value != "", f"{where} must be a text")
    return str(value)


def _whole(value: Any, where: str) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
    _require(whole, f"{where} must be a whole number")
    return int(value)


def _number(value: Any, where: str) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    _require(fits, f"{where} must be a number")
    return float(value)


def _truth(value: Any, where: str) -> bool:
    _require(isinstance(value, bool), f"{where} must be true or false")
    return bool(value)


def _many(reader: Reader) -> Reader:
    def read(value: Any, where: str) -> tuple[Any, ...]:
        _require(isinstance(value, list), f"{where} must be a list")
        return tuple(reader(item, f"{where}[{number}]") for number, item in enumerate(value))

    return read


def _set(value: Any, where: str) -> frozenset[str]:
    return frozenset(_many(_text)(value, where))


def _or_none(reader: Reader) -> Reader:
    return lambda value, where: None if value is None else reader(value, where)


def _pair(reader: Reader, message: str) -> Reader:
    def read(value: Any, where: str) -> tuple[Any, Any]:
        _require(isinstance(value, list) and len(value) == 2, f"{where} must be {message}")
        return reader(value[0], f"{where}[0]"), reader(value[1], f"{where}[1]")

    return read


def _point(value: Any, where: str) -> Point:
    latitude, longitude = _pair(_number, "[latitude, longitude]")(value, where)
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    _require(inside, f"{where} must be [latitude, longitude] in degrees")
    return latitude, longitude


def _by_mode(reader: Reader) -> Reader:
    def read(value: Any, where: str) -> dict[str, Any]:
        _require(isinstance(value, Mapping), f"{where} must be an object")
        return {mode: reader(item, f"{where}.{mode}") for mode, item in value.items()}

    return read


def _object(cls: type, readers: Mapping[str, Reader]) -> Reader:
    return lambda value, where: cls(**_read(cls, value, where, readers))


CARER: Mapping[str, Reader] = {
    "id": _text,
    "home": _point,
    "mode": _text,
    "skills": _set,
    "contract_minutes": _whole,
    "cap_minutes": _whole,
    "available": _many(_pair(_whole, "[from, until] in minutes")),
    "prefers": _set,
    "excludes": _set,
    "last_end": _or_none(_whole),
    "next_start": _or_none(_whole),
}
VISIT: Mapping[str, Reader] = {
    "id": _text,
    "person": _text,
    "point": _point,
    "earliest": _whole,
    "latest": _whole,
    "duration": _whole,
    "skills": _set,
    "carers_needed": _whole,
    "preferred_start": _or_none(_whole),
    "team": _set,
    "excluded": _set,
    "pinned": _many(_text),
    "unsocial": _truth,
}
TRAVEL: Mapping[str, Reader] = {
    "detour": _number,
    "kmh": _by_mode(_number),
    "park": _by_mode(_whole),
}
RULES: Mapping[str, Reader] = {
    "daily_rest_minutes": _whole,
    "break_minutes": _whole,
    "weights": _object(Weights, {one.name: _number for one in fields(Weights)}),
}
PROBLEM: Mapping[str, Reader] = {
    "carers": _many(_object(Carer, CARER)),
    "visits": _many(_object(Visit, VISIT)),
    "day_starts": _many(_whole),
    "travel": _object(Travel, TRAVEL),
    "rules": _object(Rules, RULES),
}
PLACEMENT: Mapping[str, Reader] = {"visit_id": _text, "start": _whole, "carer_ids": _many(_text)}
SOLUTION: Mapping[str, Reader] = {
    "placements": _many(_object(Placement, PLACEMENT)),
    "cost": _number,
    "iterations": _whole,
    "seed": _whole,
}
