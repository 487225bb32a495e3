"""How good a rota is: against the greedy baseline, and against what nobody could fill."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rota.solver.board import Board
from rota.solver.costs import Costs
from rota.solver.greedy import possible_carers
from rota.solver.problem import Problem, Solution


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one rota: carers missing, different carers per person visited (mean), minutes of travel
    (ways home included), and the weighed cost by part."""

    unfilled: int
    carers_per_person: float
    travel_minutes: int
    costs: Costs

    @property
    def cost(self) -> float:
        return self.costs.total


@dataclass(frozen=True, slots=True)
class Quality:
    """A rota beside the baseline. `impossible` slots could not be filled by any rota at all."""

    slots: int
    impossible: int
    rota: Figures
    baseline: Figures

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def quality(problem: Problem, solution: Solution, baseline: Solution) -> Quality:
    """The quality statement that goes with every automatic rota."""
    return Quality(
        slots=problem.slots,
        impossible=impossible_slots(problem),
        rota=figures(problem, solution),
        baseline=figures(problem, baseline),
    )


def figures(problem: Problem, solution: Solution) -> Figures:
    board = Board(problem, solution.placements)
    faces = [person for (person, _), count in board.faces.items() if count]
    return Figures(
        unfilled=problem.slots - sum(len(one.carer_ids) for one in solution.placements),
        carers_per_person=len(faces) / len(set(faces)) if faces else 0.0,
        travel_minutes=sum(
            board.day(carer, day).travel
            for carer in problem.carers
            for day in range(len(problem.day_starts))
        ),
        costs=board.costs(),
    )


def impossible_slots(problem: Problem) -> int:
    """A lower bound on unfilled slots: visits that too few carers could take on an empty rota.

    Both places of a visit for two count when only one carer could come.
    """
    board = Board(problem)
    return sum(
        visit.carers_needed
        for visit in problem.visits
        if len({*(one.id for one in possible_carers(board, visit)), *visit.pinned})
        < visit.carers_needed
    )
