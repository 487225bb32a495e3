"""Small problems: fixed ones to reason about, random ones for hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from rota.solver import Carer, Placement, Problem, Solution, Visit, greedy

DAY = 1440
NINE = 9 * 60

# About 0, 1.1 and 4.4 km north of the first.
HERE, NEAR, FAR = (53.60, -1.90), (53.61, -1.90), (53.64, -1.90)


def carer(name: str = "ann", **changes: Any) -> Carer:
    """A car driver at HERE, there from 07:00 to 22:00 on three days, with no skills."""
    given: dict[str, Any] = {
        "id": name,
        "home": HERE,
        "mode": "car",
        "skills": frozenset(),
        "contract_minutes": 600,
        "cap_minutes": 2400,
        "available": tuple((day * DAY + 7 * 60, day * DAY + 22 * 60) for day in range(3)),
    }
    return Carer(**(given | changes))


def visit(name: str = "v1", **changes: Any) -> Visit:
    """Half an hour at HERE on the first day, starting from 08:45 to 09:15."""
    given: dict[str, Any] = {
        "id": name,
        "person": "pat",
        "point": HERE,
        "earliest": NINE - 15,
        "latest": NINE + 15,
        "duration": 30,
    }
    return Visit(**(given | changes))


def problem(carers: list[Carer], visits: list[Visit], **changes: Any) -> Problem:
    """Three days from a Monday 00:00, each beginning at 04:00 after the first."""
    given: dict[str, Any] = {"day_starts": (0, DAY + 240, 2 * DAY + 240)}
    return Problem(carers=tuple(carers), visits=tuple(visits), **(given | changes))


def rota(**placed: tuple[Any, ...]) -> Solution:
    """`rota(v1=(540, "ann"))` places v1 at 09:00 with ann."""
    return Solution(
        tuple(
            Placement(name, start, carers)
            for name, (start, *rest) in placed.items()
            for carers in [tuple(rest)]
        )
    )


@st.composite
def carers(draw: st.DrawFn, number: int) -> Carer:
    shifts = draw(
        st.lists(
            st.tuples(
                st.integers(0, 2), st.sampled_from([(6, 14), (7, 12), (13, 23), (8, 20), (15, 22)])
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda shift: shift[0],
        )
    )
    skills = st.frozensets(st.sampled_from(["hoist", "medication"]))
    people = st.frozensets(st.sampled_from(["p0", "p1", "p2", "p3"]), max_size=1)
    return carer(
        f"c{number}",
        home=draw(points()),
        mode=draw(st.sampled_from(["car", "walk", "cycle"])),
        skills=draw(skills),
        contract_minutes=draw(st.sampled_from([0, 120, 600])),
        cap_minutes=draw(st.sampled_from([60, 200, 2400])),
        available=tuple((day * DAY + a * 60, day * DAY + b * 60) for day, (a, b) in shifts),
        prefers=draw(people),
        excludes=draw(people),
        last_end=draw(st.sampled_from([None, -60])),
        next_start=draw(st.sampled_from([None, 3 * DAY + 360])),
    )


def points() -> st.SearchStrategy[tuple[float, float]]:
    return st.tuples(st.sampled_from([53.60, 53.61, 53.65]), st.sampled_from([-1.90, -1.91, -1.96]))


@st.composite
def visits(draw: st.DrawFn, number: int, carer_count: int) -> Visit:
    earliest = draw(st.integers(0, 2)) * DAY + draw(st.integers(7 * 4, 21 * 4)) * 15
    names = st.sampled_from([f"c{one}" for one in range(carer_count)])
    return visit(
        f"v{number}",
        person=draw(st.sampled_from(["p0", "p1", "p2", "p3"])),
        point=draw(points()),
        earliest=earliest,
        latest=earliest + draw(st.sampled_from([0, 20, 45, 90])),
        duration=draw(st.sampled_from([15, 30, 60, 120])),
        skills=draw(st.sampled_from([frozenset(), frozenset(), frozenset(["hoist"])])),
        carers_needed=draw(st.sampled_from([1, 1, 1, 2])),
        team=draw(st.frozensets(names, max_size=2)),
        excluded=draw(st.frozensets(names, max_size=1)),
        unsocial=draw(st.booleans()),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five carers and fourteen visits on three days, with all the rules in play."""
    carer_count = draw(st.integers(1, 5))
    visit_count = draw(st.integers(1, 14))
    return problem(
        [draw(carers(number)) for number in range(carer_count)],
        [draw(visits(number, carer_count)) for number in range(visit_count)],
    )


@st.composite
def pinned_problems(draw: st.DrawFn) -> Problem:
    """A problem in which part of a rota that keeps the rules is pinned, carer and start."""
    free = draw(problems())
    placed = greedy(free).by_visit()
    kept = draw(st.sets(st.sampled_from(sorted(placed)))) if placed else set()
    return replace(
        free,
        visits=tuple(
            replace(
                one,
                pinned=placed[one.id].carer_ids,
                earliest=placed[one.id].start,
                latest=placed[one.id].start,
            )
            if one.id in kept
            else one
            for one in free.visits
        ),
    )
