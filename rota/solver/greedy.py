"""The baseline: each visit in turn to the cheapest carer who can take it, for good.

What a patient person would do by hand with the ranked list. The search starts from here and every
quality statement is set against it.
"""

from __future__ import annotations

from collections.abc import Callable

from rota.solver.board import Board
from rota.solver.explain import rank, window
from rota.solver.openings import Reason, openings, unfit
from rota.solver.problem import Carer, Placement, Problem, Solution, Visit


def greedy(problem: Problem, *, should_stop: Callable[[], bool] = lambda: False) -> Solution:
    """Pinned visits first, then those that the fewest carers could take, two-carer visits early.

    When `should_stop` answers yes the visits not yet looked at stay unfilled.
    """
    board = Board(problem)
    pinned = [visit for visit in problem.visits if visit.fully_pinned]
    for visit in sorted(pinned, key=lambda one: (one.earliest, one.latest, one.id)):
        board.put(Placement(visit.id, _pinned_start(board, visit), visit.pinned))
    empty = Board(problem)
    others = [visit for visit in problem.visits if not visit.fully_pinned]
    choice = {visit.id: possible_carers(empty, visit) for visit in others}
    for visit in sorted(
        others, key=lambda one: (-one.carers_needed, len(choice[one.id]), -one.duration, one.id)
    ):
        if should_stop():
            break
        fill(board, visit, choice[visit.id])
    return board.solution()


def fill(board: Board, visit: Visit, among: list[Carer]) -> bool:
    """Send the cheapest carer, or the cheapest two: both or none."""
    for _ in range(visit.carers_needed):
        able = rank(board, visit, among=among, fixes=False).able
        kept = [one for one in able if one.carer_id in visit.pinned]
        if not able:
            if visit.id in board.placed:
                board.take(visit.id)
            return False
        best = (kept or able)[0]
        there = board.take(visit.id).carer_ids if visit.id in board.placed else ()
        board.put(Placement(visit.id, best.start, (*there, best.carer_id)))
    return True


def possible_carers(empty: Board, visit: Visit) -> list[Carer]:
    """Carers who could take the visit if they had no other; `empty` is a board without any."""
    return [
        carer
        for carer in empty.problem.carers
        if not unfit(empty, carer, visit)
        and not isinstance(openings(empty, carer, visit, *window(empty, visit)), Reason)
    ]


def _pinned_start(board: Board, visit: Visit) -> int:
    """The start nearest to the wanted one at which all pinned carers are free; else the wanted one.

    Someone has decided who goes, so the visit is placed even where rules are broken: `verify`
    then says which.
    """
    free = set(range(visit.earliest, visit.latest + 1))
    for carer_id in visit.pinned:
        answer = openings(board, board.carers[carer_id], visit, visit.earliest, visit.latest)
        if isinstance(answer, Reason):
            return visit.wanted_start
        free &= {start for one in answer for start in range(one.first, one.last + 1)}
    wanted = visit.wanted_start
    return min(free, key=lambda start: (abs(start - wanted), start), default=wanted)
