"""Checks a solution against every hard rule. Written apart: it shares no rule with the search.

Only the data classes and their stated meaning are common ground. Travel is worked out here anew.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rota.solver.problem import Carer, Placement, Point, Problem, Solution, Travel, Visit


@dataclass(frozen=True, slots=True)
class Breach:
    """One hard rule broken. `text` is a plain sentence that names visits and carers by id.

    `rule` is one of unknown, window, double_up, skill, exclusion, availability, travel, rest,
    cap, pinned.
    """

    rule: str
    text: str
    visit_ids: tuple[str, ...] = ()
    carer_id: str | None = None


def verify(problem: Problem, solution: Solution) -> list[Breach]:
    """Every breach of a hard rule; an empty list for a rota that keeps them all."""
    visits = {visit.id: visit for visit in problem.visits}
    carers = {carer.id: carer for carer in problem.carers}
    breaches = list(_unknown(solution, visits, carers))
    if breaches:
        return breaches
    worked: dict[str, list[tuple[int, Visit]]] = defaultdict(list)
    for placement in solution.placements:
        visit = visits[placement.visit_id]
        breaches += _visit_breaches(visit, placement)
        for carer_id in placement.carer_ids:
            breaches += _pair_breaches(carers[carer_id], visit, placement.start)
            worked[carer_id].append((placement.start, visit))
    breaches += _pinned(problem, solution)
    for carer_id, stops in worked.items():
        stops.sort(key=lambda stop: (stop[0], stop[1].id))
        breaches += _carer_breaches(problem, carers[carer_id], stops)
    return breaches


def _unknown(
    solution: Solution, visits: dict[str, Visit], carers: dict[str, Carer]
) -> Iterator[Breach]:
    seen: set[str] = set()
    for placement in solution.placements:
        one = placement.visit_id
        if one not in visits:
            yield Breach("unknown", f"Visit {one} is not in the problem.", (one,))
        if one in seen:
            yield Breach("unknown", f"Visit {one} is placed twice.", (one,))
        seen.add(one)
        for carer_id in placement.carer_ids:
            if carer_id not in carers:
                yield Breach("unknown", f"Carer {carer_id} is not in the problem.", (one,))


def _visit_breaches(visit: Visit, placement: Placement) -> Iterator[Breach]:
    if placement.start < visit.earliest or placement.start > visit.latest:
        yield Breach("window", f"Visit {visit.id} starts outside its window.", (visit.id,))
    sent = len(placement.carer_ids)
    if sent != visit.carers_needed:
        text = f"Visit {visit.id} needs {visit.carers_needed} and has {sent}."
        yield Breach("double_up", text, (visit.id,))
    if len(set(placement.carer_ids)) != sent:
        text = f"Visit {visit.id} counts one carer twice."
        yield Breach("double_up", text, (visit.id,))


def _pair_breaches(carer: Carer, visit: Visit, start: int) -> Iterator[Breach]:
    about = ((visit.id,), carer.id)
    for skill in sorted(visit.skills):
        if skill not in carer.skills:
            text = f"Carer {carer.id} lacks {skill}, which visit {visit.id} needs."
            yield Breach("skill", text, *about)
    if carer.id in visit.excluded or visit.person in carer.excludes:
        text = f"Carer {carer.id} is not to go to the person of visit {visit.id}."
        yield Breach("exclusion", text, *about)
    end = start + visit.duration
    if not any(since <= start and end <= until for since, until in carer.available):
        text = f"Carer {carer.id} is not available for all of visit {visit.id}."
        yield Breach("availability", text, *about)


def _pinned(problem: Problem, solution: Solution) -> Iterator[Breach]:
    sent = {placement.visit_id: placement.carer_ids for placement in solution.placements}
    for visit in problem.visits:
        if visit.id not in sent and len(visit.pinned) < visit.carers_needed:
            continue  # One of two is kept, and no second was found: both or none.
        for carer_id in visit.pinned:
            if carer_id not in sent.get(visit.id, ()):
                text = f"Visit {visit.id} is kept for carer {carer_id}, who is not sent."
                yield Breach("pinned", text, (visit.id,), carer_id)


def _carer_breaches(
    problem: Problem, carer: Carer, stops: list[tuple[int, Visit]]
) -> Iterator[Breach]:
    """Travel, rest and cap of one carer, whose stops come in order of start."""
    days: dict[int, list[tuple[int, Visit]]] = defaultdict(list)
    for start, visit in stops:
        day = max(i for i, begin in enumerate(problem.day_starts) if begin <= visit.earliest)
        days[day].append((start, visit))
    worked = 0
    for day_stops in days.values():
        worked += sum(visit.duration for _, visit in day_stops)
        for (start, visit), (next_start, next_visit) in pairwise(day_stops):
            way = _minutes(problem.travel, carer.mode, visit.point, next_visit.point)
            worked += way
            if start + visit.duration + way > next_start:
                text = (
                    f"Carer {carer.id} cannot get from visit {visit.id} to visit {next_visit.id}"
                    f" in time."
                )
                yield Breach("travel", text, (visit.id, next_visit.id), carer.id)
    yield from _rest(problem, carer, [days[day] for day in sorted(days)])
    if worked > carer.cap_minutes:
        text = f"Carer {carer.id} works {worked} minutes, above the cap of {carer.cap_minutes}."
        yield Breach("cap", text, tuple(visit.id for _, visit in stops), carer.id)


def _rest(problem: Problem, carer: Carer, days: list[list[tuple[int, Visit]]]) -> Iterator[Breach]:
    """Between the end of each working day and the start of the next, and at both edges."""
    spans = [
        (
            min(start for start, _ in stops),
            max(start + visit.duration for start, visit in stops),
            (stops[0][1].id, stops[-1][1].id),
        )
        for stops in days
    ]
    if carer.last_end is not None:
        spans.insert(0, (carer.last_end, carer.last_end, ()))  # type: ignore[arg-type]
    if carer.next_start is not None:
        spans.append((carer.next_start, carer.next_start, ()))  # type: ignore[arg-type]
    for (_, ended, before), (begins, _, after) in pairwise(spans):
        if begins - ended < problem.rules.daily_rest_minutes:
            text = (
                f"Carer {carer.id} has {begins - ended} minutes of rest, fewer than "
                f"{problem.rules.daily_rest_minutes}, between two working days."
            )
            yield Breach("rest", text, (*before[-1:], *after[:1]), carer.id)


def _minutes(travel: Travel, mode: str, here: Point, there: Point) -> int:
    """Great circle by the straight line through the Earth, with detour, speed and parking."""
    if here == there:
        return 0
    lat1, lon1, lat2, lon2 = (math.radians(one) for one in (*here, *there))
    # Both points on the unit sphere; half the straight line between them is sin(angle / 2).
    line = math.dist(
        (math.cos(lat1) * math.cos(lon1), math.cos(lat1) * math.sin(lon1), math.sin(lat1)),
        (math.cos(lat2) * math.cos(lon2), math.cos(lat2) * math.sin(lon2), math.sin(lat2)),
    )
    kilometres = 6371.0088 * 2 * math.asin(min(1.0, line / 2))
    minutes = kilometres * travel.detour / travel.kmh[mode] * 60
    return math.ceil(minutes - 1e-9) + travel.park[mode]
