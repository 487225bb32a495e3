"""What a rota costs, part by part: the one home of the soft rules.

The small functions over plain numbers are used as they are here and compiled for the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from rota.solver.problem import Carer, Problem, Visit
from rota.solver.travel import Ways

Stop = tuple[int, Visit]
"""A visit and the minute at which it starts."""


def hours_cost(work: int, contract: int, under: float, over: float) -> float:
    """Minutes of care and travel below or above contract, weighed."""
    if work < contract:
        return under * (contract - work)
    return over * (work - contract)


def unsocial_cost(minutes: int, share: float, weight: float) -> float:
    """Evening and weekend minutes above the carer's fair share, weighed."""
    if minutes > share:
        return weight * (minutes - share)
    return 0.0


def waiting_minutes(gap: int, travel: int, break_minutes: int) -> int:
    """Idle minutes between two visits; from `break_minutes` on the carer has gone home."""
    return min(max(gap - travel, 0), break_minutes)


@dataclass(frozen=True, slots=True)
class Costs:
    """Weighed cost by part; `total` is what the search makes small."""

    unfilled: float = 0.0
    faces: float = 0.0
    strangers: float = 0.0
    travel: float = 0.0
    waiting: float = 0.0
    preferred_time: float = 0.0
    contract: float = 0.0
    unsocial: float = 0.0

    @property
    def total(self) -> float:
        return (self.unfilled + self.faces + self.strangers + self.travel) + (
            self.waiting + self.preferred_time + self.contract + self.unsocial
        )

    def __add__(self, other: Costs) -> Costs:
        return Costs(
            *(getattr(self, part.name) + getattr(other, part.name) for part in fields(self))
        )


@dataclass(frozen=True, slots=True)
class Day:
    """One carer's working day in figures: travel with and without the ways home, waiting, care."""

    travel: int = 0
    travel_between: int = 0
    waiting: int = 0
    care: int = 0
    off_time: int = 0
    unsocial: int = 0

    @property
    def work(self) -> int:
        """Minutes that count for contract and cap."""
        return self.care + self.travel_between


def day_figures(problem: Problem, ways: Ways, carer: Carer, stops: Sequence[Stop]) -> Day:
    """The figures of a day whose stops are given in order of start."""
    if not stops:
        return Day()
    between = waiting = 0
    for (start, visit), (next_start, next_visit) in pairwise(stops):
        way = ways.minutes(carer.mode, visit.point, next_visit.point)
        gap = next_start - start - visit.duration
        between += way
        waiting += waiting_minutes(gap, way, problem.rules.break_minutes)
    home = ways.minutes(carer.mode, carer.home, stops[0][1].point)
    home += ways.minutes(carer.mode, stops[-1][1].point, carer.home)
    return Day(
        travel=between + home,
        travel_between=between,
        waiting=waiting,
        care=sum(visit.duration for _, visit in stops),
        off_time=sum(abs(start - visit.wanted_start) for start, visit in stops),
        unsocial=sum(visit.duration for _, visit in stops if visit.unsocial),
    )


def knows(carer: Carer, visit: Visit) -> bool:
    """Whether the person chose the carer or the carer asked for the person."""
    return carer.id in visit.team or visit.person in carer.prefers


def fair_shares(problem: Problem) -> dict[str, float]:
    """Each carer's share of all evening and weekend minutes, by contract hours."""
    minutes = sum(v.duration * v.carers_needed for v in problem.visits if v.unsocial)
    contracts = sum(carer.contract_minutes for carer in problem.carers)
    if contracts == 0:
        return {carer.id: minutes / len(problem.carers) for carer in problem.carers}
    return {carer.id: minutes * carer.contract_minutes / contracts for carer in problem.carers}
