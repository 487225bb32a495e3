"""A rota being looked at or built by hand: who is where, and what a change costs."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator

from rota.solver.costs import (
    Costs,
    Day,
    Stop,
    day_figures,
    fair_shares,
    hours_cost,
    knows,
    unsocial_cost,
)
from rota.solver.problem import Carer, Placement, Problem, ProblemError, Solution, Visit
from rota.solver.travel import Ways


class Board:
    """The placements of one problem, with each carer's days kept in order of start."""

    def __init__(self, problem: Problem, placements: Iterable[Placement] = ()) -> None:
        self.problem = problem
        self.ways = Ways(problem.travel)
        self.carers = {carer.id: carer for carer in problem.carers}
        self.visits = {visit.id: visit for visit in problem.visits}
        self.day_of = {visit.id: problem.day_of(visit) for visit in problem.visits}
        self.placed: dict[str, Placement] = {}
        self.faces: Counter[tuple[str, str]] = Counter()
        self._shares = fair_shares(problem)
        self._stops: dict[tuple[str, int], list[Stop]] = {}
        self._days: dict[tuple[str, int], Day] = {}
        self._work: Counter[str] = Counter()
        self._unsocial: Counter[str] = Counter()
        for placement in placements:
            self.put(placement)

    def put(self, placement: Placement) -> None:
        """Place a visit. Nothing is checked: `openings` tells what fits, `verify` what breaks."""
        visit = self._visit(placement.visit_id)
        unknown = [carer_id for carer_id in placement.carer_ids if carer_id not in self.carers]
        if unknown or visit.id in self.placed:
            what = f"sends {unknown[0]}, who is no carer" if unknown else "is placed twice"
            raise ProblemError(f"visit {visit.id} {what}")
        self.placed[visit.id] = placement
        for carer_id in placement.carer_ids:
            self.faces[visit.person, carer_id] += 1
            stops = self._stops.setdefault((carer_id, self.day_of[visit.id]), [])
            insort(stops, (placement.start, visit), key=_start_and_id)
            self._count(carer_id, self.day_of[visit.id])

    def take(self, visit_id: str) -> Placement:
        """Take a placed visit off the board and give back its placement."""
        placement, visit = self.placed.pop(visit_id), self.visits[visit_id]
        for carer_id in placement.carer_ids:
            self.faces[visit.person, carer_id] -= 1
            self._stops[carer_id, self.day_of[visit_id]].remove((placement.start, visit))
            self._count(carer_id, self.day_of[visit_id])
        return placement

    def stops(self, carer: Carer, day: int) -> list[Stop]:
        return self._stops.get((carer.id, day), [])

    def day(self, carer: Carer, day: int) -> Day:
        return self._days.get((carer.id, day), Day())

    def all_days(self) -> Iterator[tuple[Carer, int, list[Stop]]]:
        """Each carer and day that has stops."""
        for (carer_id, day), stops in self._stops.items():
            if stops:
                yield self.carers[carer_id], day, stops

    def day_cost(self, carer: Carer, day: int) -> Costs:
        """The parts of the cost that hang on one carer's day alone."""
        figures, weights = self.day(carer, day), self.problem.rules.weights
        return Costs(
            travel=weights.travel * figures.travel,
            waiting=weights.waiting * figures.waiting,
            preferred_time=weights.preferred_time * figures.off_time,
        )

    def work(self, carer: Carer) -> int:
        """Minutes of care and travel between visits over the horizon."""
        return self._work[carer.id]

    def end_before(self, carer: Carer, day: int) -> int | None:
        """When the carer's last work before the working day ends; None when there is none."""
        for earlier in range(day - 1, -1, -1):
            if stops := self.stops(carer, earlier):
                return max(start + visit.duration for start, visit in stops)
        return carer.last_end

    def start_after(self, carer: Carer, day: int) -> int | None:
        """When the carer's next work after the working day starts; None when there is none."""
        for later in range(day + 1, len(self.problem.day_starts)):
            if stops := self.stops(carer, later):
                return stops[0][0]
        return carer.next_start

    def added_cost(self, carer: Carer, visit: Visit, start: int) -> Costs:
        """What sending this carer at this start adds to the cost, by part."""
        figures, old = self._day_with(carer, visit, start)
        weights = self.problem.rules.weights
        work, unsocial = self.work(carer), self._unsocial[carer.id]
        return Costs(
            unfilled=-weights.unfilled,
            faces=0.0 if self.faces[visit.person, carer.id] else weights.face,
            strangers=0.0 if knows(carer, visit) else weights.stranger,
            travel=weights.travel * (figures.travel - old.travel),
            waiting=weights.waiting * (figures.waiting - old.waiting),
            preferred_time=weights.preferred_time * (figures.off_time - old.off_time),
            contract=self._contract_cost(carer, work + figures.work - old.work)
            - self._contract_cost(carer, work),
            unsocial=self._unsocial_cost(carer, unsocial + figures.unsocial - old.unsocial)
            - self._unsocial_cost(carer, unsocial),
        )

    def added_minutes(self, carer: Carer, visit: Visit, start: int) -> tuple[int, int]:
        """Travel (ways home included) and work that sending this carer adds."""
        figures, old = self._day_with(carer, visit, start)
        return figures.travel - old.travel, figures.work - old.work

    def costs(self) -> Costs:
        """The whole cost by part."""
        weights = self.problem.rules.weights
        slots = [(p, carer_id) for p in self.placed.values() for carer_id in p.carer_ids]
        strangers = sum(
            not knows(self.carers[carer_id], self.visits[placement.visit_id])
            for placement, carer_id in slots
        )
        total = Costs(
            unfilled=weights.unfilled * (self.problem.slots - len(slots)),
            faces=weights.face * sum(count > 0 for count in self.faces.values()),
            strangers=weights.stranger * strangers,
        )
        for carer, day, _ in self.all_days():
            total += self.day_cost(carer, day)
        for carer in self.problem.carers:
            total += Costs(
                contract=self._contract_cost(carer, self.work(carer)),
                unsocial=self._unsocial_cost(carer, self._unsocial[carer.id]),
            )
        return total

    def solution(self) -> Solution:
        """The placements in the order of the problem's visits, with their cost."""
        visits = self.problem.visits
        placements = tuple(self.placed[visit.id] for visit in visits if visit.id in self.placed)
        return Solution(placements=placements, cost=self.costs().total)

    def _visit(self, visit_id: str) -> Visit:
        if visit_id not in self.visits:
            raise ProblemError(f"there is no visit {visit_id} in the problem")
        return self.visits[visit_id]

    def _day_with(self, carer: Carer, visit: Visit, start: int) -> tuple[Day, Day]:
        """The carer's day with the visit added, and as it is."""
        day = self.day_of[visit.id]
        stops = sorted([*self.stops(carer, day), (start, visit)], key=_start_and_id)
        return day_figures(self.problem, self.ways, carer, stops), self.day(carer, day)

    def _count(self, carer_id: str, day: int) -> None:
        """Work a carer's day out again after a change."""
        carer, old = self.carers[carer_id], self._days.get((carer_id, day), Day())
        figures = day_figures(self.problem, self.ways, carer, self.stops(carer, day))
        self._days[carer_id, day] = figures
        self._work[carer_id] += figures.work - old.work
        self._unsocial[carer_id] += figures.unsocial - old.unsocial

    def _contract_cost(self, carer: Carer, work: int) -> float:
        weights = self.problem.rules.weights
        return hours_cost(
            work, carer.contract_minutes, weights.under_contract, weights.over_contract
        )

    def _unsocial_cost(self, carer: Carer, minutes: int) -> float:
        return unsocial_cost(minutes, self._shares[carer.id], self.problem.rules.weights.unsocial)


def _start_and_id(stop: Stop) -> tuple[int, str]:
    return stop[0], stop[1].id
