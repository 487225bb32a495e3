"""The problem and a rota as arrays of numbers for the search, and back.

Visits, carers, people and points are numbered in the order in which the problem names them.
`Data` never changes; `State` is the rota being searched. `kernel` says how they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rota.solver.board import Board
from rota.solver.costs import fair_shares, knows
from rota.solver.openings import unfit
from rota.solver.problem import MODES, Carer, Placement, Point, Problem, Solution

Array = NDArray[Any]

NEVER = 10**8
"""Further away than any minute of a horizon."""

LONGEST_DAY = 64
"""Visits one carer can be given on one day."""

LONGEST_MOVE = 64
"""Single changes that one move of the search may make."""


def _record(whole: str, real: str = "") -> np.dtype[Any]:
    """A record type. All whole numbers are of one width, so that each function compiles once."""
    fields = [(name, np.int64) for name in whole.split()]
    return np.dtype(fields + [(name, np.float64) for name in real.split()])


VISIT = _record(
    "person point day duration wanted needed unsocial fixed kept"
    " choice choice_end of_person of_person_end of_day of_day_end"
)
"""`fixed` visits are never moved; `kept` is the carer who must be one of two, or -1.

The last six say where its part of the lists of the same names in `Data` begins and ends.
"""

CARER = _record("mode home contract cap rested_from free_until", "share")
PAIR = np.dtype([("first", np.int32), ("last", np.int32), ("stranger", np.int32)])
"""Starts that a carer's hours allow (none when first > last), and whether the person knows them."""

SETTINGS = _record(
    "rest break_minutes",
    "unfilled face stranger travel waiting preferred_time under_contract over_contract unsocial",
)
STOP = _record("visit start early late")
"""A visit in a carer's day: its start, and how early and late it could be with all others kept."""

DAY = _record("count start end work frozen", "cost")
TALLY = _record("work unsocial")
CHANGE = _record("carer day visit seat sign at work count start end day_work", "day_cost")
"""One change of a move, and how it was before."""

TOTALS = _record("missing changes", "cost")


class Data(NamedTuple):
    """What does not change."""

    visits: Array
    carers: Array
    pairs: Array  # [carer, visit]
    way: Array  # [mode, point, point] in minutes
    settings: Array  # one row
    choice: Array  # carers who could take the visit
    of_person: Array  # visits to the same person
    of_day: Array  # visits on the same day


class State(NamedTuple):
    """The rota. `seats[visit]` are its carers or -1, `at[visit]` the common start of two."""

    stops: Array  # [carer, day, place]
    days: Array  # [carer, day]
    tally: Array  # [carer]
    seats: Array
    at: Array
    faces: Array  # [person, carer] visits
    missing: Array  # unfilled visits, in any order
    missing_at: Array  # [visit] place in `missing`, or -1
    totals: Array  # one row
    trial: Array  # the stops of a day being tried
    changes: Array  # what the move has done so far
    old_stops: Array  # [change, place]


def build_data(problem: Problem) -> Data:
    """Number everything and write it into arrays."""
    people = _numbered(visit.person for visit in problem.visits)
    points = _numbered(
        [*(visit.point for visit in problem.visits), *(one.home for one in problem.carers)]
    )
    board, weights = Board(problem), problem.rules.weights
    settings = np.zeros(1, SETTINGS)
    settings["rest"] = problem.rules.daily_rest_minutes
    settings["break_minutes"] = problem.rules.break_minutes
    for weight in fields(weights):
        settings[weight.name] = getattr(weights, weight.name)
    pairs, visits = _pairs(problem, board), _visits(problem, board, people, points)
    choice = [np.flatnonzero(one["first"] <= one["last"]) for one in pairs.T]
    return Data(
        visits,
        _carers(problem, points),
        pairs,
        _way(board, list(points)),
        settings,
        choice=_listed(visits, "choice", np.arange(len(visits)), choice),
        of_person=_listed(visits, "of_person", visits["person"], _sorted_by(visits["person"])),
        of_day=_listed(visits, "of_day", visits["day"], _sorted_by(visits["day"])),
    )


def _way(board: Board, points: list[Point]) -> Array:
    """Minutes between all points by each mode; both directions take the same."""
    way = np.zeros((len(MODES), len(points), len(points)), np.int32)
    for mode, name in enumerate(MODES):
        for a, here in enumerate(points):
            for b in range(a):
                way[mode, a, b] = way[mode, b, a] = board.ways.minutes(name, here, points[b])
    return way


def _visits(
    problem: Problem, board: Board, people: dict[str, int], points: dict[Point, int]
) -> Array:
    numbers = {carer.id: number for number, carer in enumerate(problem.carers)}
    visits = np.zeros(len(problem.visits), VISIT)
    for number, visit in enumerate(problem.visits):
        row = visits[number]
        row["person"], row["point"] = people[visit.person], points[visit.point]
        row["day"], row["duration"] = board.day_of[visit.id], visit.duration
        row["wanted"], row["needed"] = visit.wanted_start, visit.carers_needed
        row["unsocial"] = visit.duration if visit.unsocial else 0
        row["fixed"] = visit.fully_pinned
        row["kept"] = numbers[visit.pinned[0]] if visit.pinned else -1
    return visits


def _carers(problem: Problem, points: dict[Point, int]) -> Array:
    rest, shares = problem.rules.daily_rest_minutes, fair_shares(problem)
    carers = np.zeros(len(problem.carers), CARER)
    for number, carer in enumerate(problem.carers):
        row = carers[number]
        row["mode"], row["home"] = MODES.index(carer.mode), points[carer.home]
        row["contract"], row["cap"] = carer.contract_minutes, carer.cap_minutes
        row["rested_from"] = -NEVER if carer.last_end is None else carer.last_end + rest
        row["free_until"] = NEVER if carer.next_start is None else carer.next_start - rest
        row["share"] = shares[carer.id]
    return carers


def build_state(problem: Problem, data: Data, solution: Solution) -> State:
    """The given rota as arrays, with the starts it gives.

    Left out, to be filled again, is a visit whose start lies outside `pairs`.
    """
    numbers = {carer.id: number for number, carer in enumerate(problem.carers)}
    placed, kept = solution.by_visit(), []
    for number, visit in enumerate(problem.visits):
        placement = placed.get(visit.id)
        if placement and (visit.fully_pinned or _within(data, numbers, number, placement)):
            kept.append(placement)
    board = Board(problem, kept)
    longest = max((len(stops) for _, _, stops in board.all_days()), default=0)
    state = _empty_state(problem, data, max(LONGEST_DAY, longest))
    state.totals["cost"] = board.costs().total
    visit_numbers = {visit.id: number for number, visit in enumerate(problem.visits)}
    for carer, day, _ in board.all_days():
        _write_day(state, board, numbers[carer.id], carer, day, visit_numbers)
    for placement in kept:
        number = visit_numbers[placement.visit_id]
        row = data.visits[number]
        state.at[number] = placement.start
        for seat, carer_id in enumerate(placement.carer_ids):
            state.seats[number, seat] = numbers[carer_id]
            state.faces[row["person"], numbers[carer_id]] += 1
            state.tally[numbers[carer_id]]["unsocial"] += row["unsocial"]
    missing = np.flatnonzero(state.seats[:, 0] < 0)
    state.missing[: len(missing)] = missing
    state.missing_at[missing] = np.arange(len(missing))
    state.totals["missing"] = len(missing)
    return state


def _within(data: Data, numbers: dict[str, int], visit: int, placement: Placement) -> bool:
    pairs = [data.pairs[numbers[one], visit] for one in placement.carer_ids]
    return all(pair["first"] <= placement.start <= pair["last"] for pair in pairs)


def _empty_state(problem: Problem, data: Data, longest: int) -> State:
    """Room for a rota of at most `longest` visits a day and carer."""
    carers, visits, days = len(data.carers), len(data.visits), len(problem.day_starts)
    return State(
        stops=np.zeros((carers, days, longest), STOP),
        days=np.zeros((carers, days), DAY),
        tally=np.zeros(carers, TALLY),
        seats=np.full((visits, 2), -1, np.int64),
        at=np.zeros(visits, np.int64),
        faces=np.zeros((1 + max(data.visits["person"], default=0), carers), np.int64),
        missing=np.zeros(visits, np.int64),
        missing_at=np.full(visits, -1, np.int64),
        totals=np.zeros(1, TOTALS),
        trial=np.zeros(longest, STOP),
        changes=np.zeros(LONGEST_MOVE, CHANGE),
        old_stops=np.zeros((LONGEST_MOVE, longest), STOP),
    )


def _write_day(
    state: State, board: Board, number: int, carer: Carer, day: int, visits: dict[str, int]
) -> None:
    stops, figures = board.stops(carer, day), state.days[number, day]
    for place, (start, visit) in enumerate(stops):
        stop = state.stops[number, day, place]
        stop["visit"] = visits[visit.id]
        stop["start"] = stop["early"] = stop["late"] = start
    figures["count"], figures["start"] = len(stops), stops[0][0]
    figures["end"] = max(start + visit.duration for start, visit in stops)
    figures["work"] = board.day(carer, day).work
    figures["cost"] = board.day_cost(carer, day).total
    state.tally[number]["work"] += figures["work"]


def read_solution(problem: Problem, state: State) -> Solution:
    """The rota in the arrays as placements, with its cost counted afresh."""
    starts: dict[int, int] = {}
    carers: dict[int, list[str]] = {}
    for (number, day), figures in np.ndenumerate(state.days):
        for place in range(figures["count"]):
            visit = int(state.stops[number, day, place]["visit"])
            starts[visit] = int(state.stops[number, day, place]["start"])
            carers.setdefault(visit, []).append(problem.carers[number].id)
    board = Board(
        problem,
        [
            Placement(problem.visits[visit].id, starts[visit], tuple(carers[visit]))
            for visit in sorted(starts)
        ],
    )
    return board.solution()


def _pairs(problem: Problem, board: Board) -> Array:
    """The widest stretch of starts in each window that each carer's hours and skills allow.

    Where two stretches are open (a window over a gap in the hours) the search uses one of them.
    A carer pinned to a visit may start at any time of its window.
    """
    pairs = np.zeros((len(problem.carers), len(problem.visits)), PAIR)
    earliest = np.array([visit.earliest for visit in problem.visits], np.int32)
    latest = np.array([visit.latest for visit in problem.visits], np.int32)
    duration = np.array([visit.duration for visit in problem.visits], np.int32)
    for row, carer in zip(pairs, problem.carers, strict=True):
        row["first"], row["last"] = 1, 0
        for start, end in carer.available:
            first, last = np.maximum(start, earliest), np.minimum(end - duration, latest)
            wider = last - first > row["last"] - row["first"]
            row["first"][wider], row["last"][wider] = first[wider], last[wider]
        for number in map(int, np.flatnonzero(row["first"] <= row["last"])):
            visit = problem.visits[number]
            row["stranger"][number] = not knows(carer, visit)
            if unfit(board, carer, visit):
                row["first"][number], row["last"][number] = 1, 0
    numbers = {carer.id: number for number, carer in enumerate(problem.carers)}
    for number, visit in enumerate(problem.visits):
        for carer_id in visit.pinned:
            stranger = not knows(problem.carers[numbers[carer_id]], visit)
            pairs[numbers[carer_id], number] = visit.earliest, visit.latest, stranger
    return pairs


def _numbered(values: Iterable[Any]) -> dict[Any, int]:
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def _sorted_by(group: Array) -> list[Array]:
    """For each group, the visits in it."""
    return [np.flatnonzero(group == one) for one in range(1 + max(group, default=-1))]


def _listed(visits: Array, name: str, group: Array, lists: list[Array]) -> Array:
    """Lists end to end; writes into `visits` where the list of each visit's group is."""
    lengths = np.array([len(one) for one in lists], np.int64)
    ends = np.cumsum(lengths)
    visits[name], visits[f"{name}_end"] = (ends - lengths)[group], ends[group]
    return np.concatenate([*lists, np.zeros(0, np.int64)]).astype(np.int64)
