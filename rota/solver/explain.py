"""Who can take a visit and at what cost, who cannot and why, and what would change that.

Everything else on the rota stays where and when it is: nobody is moved to make room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rota.solver.board import Board
from rota.solver.costs import Costs, knows
from rota.solver.openings import Opening, Reason, openings, unfit
from rota.solver.problem import Carer, Problem, ProblemError, Solution, Visit

FURTHEST_FIX = 180
"""How far outside the window a start is still offered as a fix, in minutes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carer who can take the visit, the best start, and what that adds to the cost.

    `added` is the cost by part. In figures: minutes of travel and of paid work added,
    how often the carer already goes to the person, and whether the person chose them.
    """

    carer_id: str
    start: int
    added: Costs
    travel_minutes: int
    work_after: int
    contract_minutes: int
    visits_already: int
    known: bool

    @property
    def cost(self) -> float:
        return self.added.total


@dataclass(frozen=True, slots=True)
class Ranking:
    """Those who can, cheapest first, and for each other carer the rule that says no."""

    able: tuple[Candidate, ...]
    unable: tuple[Reason, ...]


def rank_carers(
    problem: Problem, solution: Solution, visit_id: str, *, instead_of: str | None = None
) -> Ranking:
    """Rank all carers for one place on a visit.

    A visit that still lacks a carer is ranked for the missing place (at its start, if one is
    already going). A visit that has all its carers is ranked as if it were unplaced, or with
    `instead_of` as if only that carer had dropped out. Two carers who are both missing are ranked
    for the first place: only starts at which two can come count.
    Raises ProblemError for a visit that is not in the problem.
    """
    board = Board(problem, solution.placements)
    if visit_id not in board.visits:
        raise ProblemError(f"there is no visit {visit_id} in the problem")
    visit, placement = board.visits[visit_id], board.placed.get(visit_id)
    if instead_of is not None and (not placement or instead_of not in placement.carer_ids):
        raise ProblemError(f"{instead_of} is not on visit {visit_id}")
    if placement and (instead_of or len(placement.carer_ids) >= visit.carers_needed):
        board.take(visit_id)
        others = tuple(one for one in placement.carer_ids if one != instead_of)
        if instead_of and others:
            board.put(replace(placement, carer_ids=others))
    return rank(board, visit)


def explain(problem: Problem, solution: Solution, visit_id: str) -> list[Reason]:
    """For each carer who cannot take the visit, the rule that says no (see `rank_carers`)."""
    return list(rank_carers(problem, solution, visit_id).unable)


def rank(
    board: Board, visit: Visit, *, among: Sequence[Carer] | None = None, fixes: bool = True
) -> Ranking:
    """Rank carers (all, or some) for the next free place on a visit; the board stays as it is."""
    asked = board.problem.carers if among is None else among
    fits, reasons = {}, {}
    for carer in asked:
        answer = unfit(board, carer, visit) or openings(board, carer, visit, *window(board, visit))
        if isinstance(answer, Reason):
            reasons[carer.id] = _with_fix(board, carer, visit, answer) if fixes else answer
        else:
            fits[carer.id] = answer
    starts = _starts(board, visit, fits)
    for carer_id in fits:
        if carer_id not in starts:
            reasons[carer_id] = Reason(carer_id, "partner")
    able = [_candidate(board, board.carers[one], visit, starts[one]) for one in starts]
    return Ranking(
        able=tuple(sorted(able, key=lambda candidate: (candidate.cost, candidate.carer_id))),
        unable=tuple(reasons[one.id] for one in asked if one.id in reasons),
    )


def window(board: Board, visit: Visit) -> tuple[int, int]:
    """First and last start allowed: the visit's own, or the start at which another is coming."""
    if visit.id in board.placed:
        start = board.placed[visit.id].start
        return start, start
    return visit.earliest, visit.latest


def _starts(
    board: Board, visit: Visit, fits: dict[str, tuple[Opening, ...]]
) -> dict[str, list[int]]:
    """Starts worth pricing per carer; for two carers only such at which both can come."""
    wanted = visit.wanted_start
    if visit.carers_needed == 1 or visit.id in board.placed:
        return {
            carer_id: sorted({s for o in some for s in (o.first, o.nearest(wanted), o.last)})
            for carer_id, some in fits.items()
        }
    minutes = {
        carer_id: [s for one in some for s in range(one.first, one.last + 1)]
        for carer_id, some in fits.items()
    }
    free = Counter(start for some in minutes.values() for start in some)
    shared = {start for start, carers in free.items() if carers >= 2}
    for carer_id in visit.pinned:
        shared &= set(minutes.get(carer_id, ()))
    able = {carer_id: shared.intersection(some) for carer_id, some in minutes.items()}
    return {
        carer_id: [min(some, key=lambda start: (abs(start - wanted), start))]
        for carer_id, some in able.items()
        if some
    }


def _candidate(board: Board, carer: Carer, visit: Visit, starts: list[int]) -> Candidate:
    costs = {start: board.added_cost(carer, visit, start) for start in starts}
    best = min(starts, key=lambda start: (costs[start].total, start))
    travel, work = board.added_minutes(carer, visit, best)
    return Candidate(
        carer_id=carer.id,
        start=best,
        added=costs[best],
        travel_minutes=travel,
        work_after=board.work(carer) + work,
        contract_minutes=carer.contract_minutes,
        visits_already=board.faces[visit.person, carer.id],
        known=knows(carer, visit),
    )


def _with_fix(board: Board, carer: Carer, visit: Visit, reason: Reason) -> Reason:
    """Add the nearest start outside the window at which the carer would be free."""
    timely = reason.code in {"unavailable", "rest_after", "rest_before", "busy"}
    if not timely or visit.carers_needed > 1:
        return reason
    day, starts = board.day_of[visit.id], board.problem.day_starts
    first = max(visit.earliest - FURTHEST_FIX, starts[day])
    last = visit.latest + FURTHEST_FIX
    if day + 1 < len(starts):
        last = min(last, starts[day + 1] - 1)
    answer = openings(board, carer, visit, first, last)
    if isinstance(answer, Reason):
        return reason
    ends = [start for one in answer for start in (one.first, one.last)]
    nearest = min(ends, key=lambda s: (max(visit.earliest - s, s - visit.latest), s))
    return replace(reason, free_at=nearest)


def sentence(reason: Reason, when: Callable[[int], str], name: Callable[[str], str] = str) -> str:
    """The reason in plain words, to follow the carer's name.

    `when` words a minute ("Tuesday 14:00"), `name` words a skill ("hoist").
    """
    said = _plain_words(reason, when, name)
    if reason.free_at is not None:
        said += f" (free if the visit starts at {when(reason.free_at)})"
    return said


def _plain_words(reason: Reason, when: Callable[[int], str], name: Callable[[str], str]) -> str:
    values = reason.values
    match reason.code:
        case "skill":
            missing = values["missing"]
            assert isinstance(missing, tuple)
            return f"has no {' or '.join(name(skill) for skill in missing)} training"
        case "excluded":
            return "is not to be sent to this person"
        case "carer_excludes":
            return "has asked not to go to this person"
        case "already_there":
            return "is already one of the two on this visit"
        case "pinned":
            return "cannot be added: the place is kept for someone else"
        case "away":
            return "is not available that day"
        case "unavailable":
            return f"is not available {_off(values['after'], values['before'], when)}"
        case "rest_after":
            return f"would have less than {hours(_whole(values['rest']), of=True)} rest after " + (
                when(_whole(values["after"]))
            )
        case "rest_before":
            return f"would have less than {hours(_whole(values['rest']), of=True)} rest before " + (
                when(_whole(values["before"]))
            )
        case "busy":
            at = when(_whole(values["at"]))
            return f"is already with someone else at {at} and cannot get there in time"
        case "cap":
            return f"would go over the weekly limit of {hours(_whole(values['cap']))}"
        case "partner":
            return "could come, but no second carer is free at the same start"
    raise ValueError(f"no words for the reason {reason.code}")


def hours(minutes: int, *, of: bool = False) -> str:
    """Minutes as "40 hours" or "37 hours 30 minutes"; with `of` as in "11 hours' rest"."""
    whole, rest = divmod(minutes, 60)
    words = []
    if whole or not rest:
        words.append(f"{whole} hour{'s' * (whole != 1)}")
    if rest:
        words.append(f"{rest} minute{'s' * (rest != 1)}")
    said = " ".join(words)
    if not of:
        return said
    return said + ("'" if said.endswith("s") else "'s")


def merits(candidate: Candidate) -> str:
    """What speaks for and against a carer who can come, in a few words."""
    if candidate.visits_already:
        times = candidate.visits_already
        face = f"already comes {times} time{'s' * (times != 1)} this week"
    else:
        face = "in the team, new this week" if candidate.known else "a new face"
    over = candidate.work_after - candidate.contract_minutes
    load = f"{hours(over)} over contract" if over > 0 else f"{hours(-over)} below contract"
    return f"{face}; {candidate.travel_minutes:+d} minutes' travel; then {load}"


def _off(after: object, before: object, when: Callable[[int], str]) -> str:
    if after is None:
        return f"before {when(_whole(before))}"
    if before is None:
        return f"after {when(_whole(after))}"
    return f"between {when(_whole(after))} and {when(_whole(before))}"


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
