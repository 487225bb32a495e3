"""Turns a week's rows into the solver's data and its answer back into rows. Nothing else does.

Minute 0 of a problem is the Monday midnight in London at which the week begins; minutes count in
UTC. Ids are primary keys as text: carers by rota.Carer, visits by services.Visit, people
supported by services.PersonSupported. A skill that some carer holds for only part of the week
(it begins or expires) goes by "code@date", so that it counts on the right days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from members.models import Qualification, Skill
from rota.models import Absence, Assignment, AvailabilityPattern, Carer, Rota
from rota.rules import DAY_BEGINS, at_minute, day_and_time, is_unsocial, start_of_day
from rota.solver import Carer as SolverCarer
from rota.solver import Placement, Problem, Solution
from rota.solver import Visit as SolverVisit
from services.models import Visit

#: How far into the weeks before and after to look for work, for the daily rest at both edges.
EDGE = dt.timedelta(days=2)

Spans = list[tuple[dt.datetime, dt.datetime]]


@dataclass(frozen=True)
class Week:
    """The rows of one rota's week, the problem they pose and the answer as it stands."""

    rota: Rota
    carers: dict[str, Carer]
    visits: dict[str, Visit]
    assignments: list[Assignment]
    absences: list[Absence]
    problem: Problem
    solution: Solution

    def moment(self, minute: int) -> dt.datetime:
        """A minute of the problem as an instant in UTC."""
        return self.rota.starts_at + dt.timedelta(minutes=minute)

    def minute(self, moment: dt.datetime) -> int:
        """An instant as a minute of the problem."""
        return _minutes(moment - self.rota.starts_at)

    def when(self, minute: int) -> str:
        """A minute of the problem as "Tuesday 14:05"."""
        return day_and_time(self.moment(minute))

    def crew(self, visit: Visit) -> list[Assignment]:
        """Who is on a visit, in order of place."""
        return [one for one in self.assignments if one.visit_id == visit.pk]


def load(rota: Rota, now: dt.datetime, *, free: Visit | None = None) -> Week:
    """The week as it stands, in a number of queries that does not depend on its size.

    Visits that have begun keep whoever they have, and those that have begun without anybody are
    left out of the problem: nobody can be sent to yesterday. Cancelled visits are left out
    altogether. The pins of the visit `free` are taken as open, to look at other ways to fill it.
    """
    visits = list(
        Visit.objects.between(rota.starts_at, rota.ends_at)
        .exclude(state=Visit.State.CANCELLED)
        .select_related("line", "person_supported__person")
        .prefetch_related(
            "line__skills", Prefetch("line__preferred_carers", to_attr="team_of_people")
        )
        .order_by("starts_at", "pk")
    )
    carers = list(
        Carer.objects.active_between(rota.week_start, rota.last_day)
        .select_related("person")
        .order_by("person__last_name", "person__first_name", "pk")
    )
    around = list(
        Assignment.objects.between(rota.starts_at - EDGE, rota.ends_at + EDGE)
        .select_related("carer__person")
        .order_by("starts_at", "slot")
    )
    assignments = [one for one in around if one.rota_id == rota.pk]
    beside = [one for one in around if one.rota_id != rota.pk]
    known = {carer.pk for carer in carers}
    carers += {one.carer_id: one.carer for one in assignments if one.carer_id not in known}.values()
    listed = {visit.pk for visit in visits}
    assignments = [one for one in assignments if one.visit_id in listed]
    crewed = {one.visit_id for one in assignments}
    posed = [visit for visit in visits if visit.starts_at > now or visit.pk in crewed]
    begun = {visit.pk for visit in posed if visit.starts_at <= now}
    kept = begun | {one.visit_id for one in assignments if one.pinned}
    if free is not None and free.pk not in begun:
        kept.discard(free.pk)
    absences = list(Absence.objects.between(rota.starts_at, rota.ends_at + EDGE))
    problem = _problem(rota, carers, posed, assignments, beside, begun, kept, absences)
    return Week(
        rota=rota,
        carers={str(carer.pk): carer for carer in carers},
        visits={str(visit.pk): visit for visit in visits},
        assignments=assignments,
        absences=absences,
        problem=problem,
        solution=Solution(tuple(placements_of(rota, assignments))),
    )


def placements_of(rota: Rota, assignments: Iterable[Assignment]) -> list[Placement]:
    """Assignments as the solver knows them."""
    crews: dict[int, list[Assignment]] = defaultdict(list)
    for one in assignments:
        crews[one.visit_id].append(one)
    return [
        Placement(
            str(visit_id),
            _minutes(crew[0].starts_at - rota.starts_at),
            tuple(str(one.carer_id) for one in crew),
        )
        for visit_id, crew in crews.items()
    ]


def assignments_of(week: Week, solution: Solution) -> list[Assignment]:
    """The solver's answer as unsaved rows; what was pinned stays pinned."""
    pinned = {(one.visit_id, one.carer_id) for one in week.assignments if one.pinned}
    rows = []
    for placement in solution.placements:
        visit = week.visits[placement.visit_id]
        starts_at = week.moment(placement.start)
        for slot, carer_id in enumerate(placement.carer_ids):
            key = (visit.pk, int(carer_id))
            rows.append(
                Assignment(
                    rota=week.rota,
                    visit=visit,
                    carer=week.carers[carer_id],
                    slot=slot,
                    starts_at=starts_at,
                    ends_at=starts_at + dt.timedelta(minutes=visit.minutes),
                    pinned=key in pinned,
                )
            )
    return rows


# --- Rows into the problem ------------------------------------------------------------------------


def _minutes(span: dt.timedelta) -> int:
    return round(span / dt.timedelta(minutes=1))


def _problem(
    rota: Rota,
    carers: Sequence[Carer],
    visits: Sequence[Visit],
    assignments: Sequence[Assignment],
    beside: Sequence[Assignment],
    begun: set[int],
    kept: set[int],
    absences: Sequence[Absence],
) -> Problem:
    skills = _Skills(rota, carers)
    crews: dict[int, list[Assignment]] = defaultdict(list)
    for one in assignments:
        crews[one.visit_id].append(one)
    by_person = {carer.person_id: str(carer.pk) for carer in carers}
    available = _available(rota, carers, absences)
    last_end, next_start = _edges(rota, beside)
    return Problem(
        carers=tuple(
            SolverCarer(
                id=str(carer.pk),
                home=(carer.latitude, carer.longitude),
                mode=carer.mode,
                skills=skills.held_by(carer),
                contract_minutes=carer.contract_minutes,
                cap_minutes=carer.weekly_cap_minutes,
                available=available[carer.pk],
                last_end=last_end.get(carer.pk),
                next_start=next_start.get(carer.pk),
            )
            for carer in carers
        ),
        visits=tuple(
            _visit(
                rota,
                visit,
                skills,
                by_person,
                crews[visit.pk] if visit.pk in kept else [],
                visit.pk in begun,
            )
            for visit in visits
        ),
        day_starts=(
            0,
            *(_minutes(start_of_day(day, DAY_BEGINS) - rota.starts_at) for day in rota.days[1:]),
        ),
    )


def _visit(
    rota: Rota,
    visit: Visit,
    skills: _Skills,
    by_person: dict[int, str],
    kept: list[Assignment],
    has_begun: bool,
) -> SolverVisit:
    """A visit whose carers are kept (pinned, or it has begun) also keeps its start."""
    pinned = tuple(str(one.carer_id) for one in kept if one.pinned or has_begun)
    earliest = max(0, _minutes(visit.earliest_start - rota.starts_at))
    latest = _minutes(visit.latest_start - rota.starts_at)
    wanted = _minutes(visit.starts_at - rota.starts_at)
    if pinned:
        earliest = latest = wanted = _minutes(kept[0].starts_at - rota.starts_at)
    return SolverVisit(
        id=str(visit.pk),
        person=str(visit.person_supported_id),
        point=(visit.person_supported.latitude, visit.person_supported.longitude),
        earliest=earliest,
        latest=latest,
        duration=visit.minutes,
        skills=frozenset(skills.token(skill, visit.date) for skill in visit.line.skills.all()),
        # One carer may have come to a visit for two; that cannot be mended afterwards.
        carers_needed=len(pinned) if has_begun else visit.carers_needed,
        preferred_start=wanted,
        team=frozenset(
            by_person[person.pk]
            for person in visit.line.team_of_people  # type: ignore[attr-defined]
            if person.pk in by_person
        ),
        pinned=pinned,
        unsocial=is_unsocial(visit.starts_at),
    )


class _Skills:
    """Who holds which skill on which day of the week, as the words the solver compares."""

    def __init__(self, rota: Rota, carers: Iterable[Carer]) -> None:
        self._days = rota.days
        self._held: dict[int, dict[str, set[dt.date]]] = defaultdict(lambda: defaultdict(set))
        people = [carer.person_id for carer in carers]
        held = Qualification.objects.filter(
            Q(until__isnull=True) | Q(until__gte=rota.week_start),
            person__in=people,
            since__lte=rota.last_day,
        ).select_related("skill")
        for one in held:
            self._held[one.person_id][one.skill.code].update(
                day
                for day in self._days
                if one.since <= day and (one.until is None or day <= one.until)
            )
        self._partial = {
            code
            for codes in self._held.values()
            for code, days in codes.items()
            if 0 < len(days) < len(self._days)
        }

    def token(self, skill: Skill, date: dt.date) -> str:
        return f"{skill.code}@{date}" if skill.code in self._partial else skill.code

    def held_by(self, carer: Carer) -> frozenset[str]:
        tokens: set[str] = set()
        for code, days in self._held[carer.person_id].items():
            if code in self._partial:
                tokens.update(f"{code}@{day}" for day in days)
            else:
                tokens.add(code)
        return frozenset(tokens)


def skill_names() -> Callable[[str], str]:
    """Puts the word that the solver compared back into the skill's name, in quotation marks."""
    names = dict(Skill.objects.values_list("code", "name"))

    def name(token: str) -> str:
        code = token.split("@")[0]
        return f"“{names.get(code, code)}”"

    return name


def _available(
    rota: Rota, carers: Iterable[Carer], absences: Iterable[Absence]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """Each carer's hours of the week less their absences, in minutes, in order."""
    hours: dict[int, Spans] = {carer.pk: [] for carer in carers}
    active = {carer.pk: carer for carer in carers}
    for pattern in AvailabilityPattern.objects.active_between(rota.week_start, rota.last_day):
        day = rota.days[pattern.weekday]
        carer = active.get(pattern.carer_id)
        works = carer is not None and carer.is_active_on(day)
        holds = pattern.since <= day and (pattern.until is None or day <= pattern.until)
        if works and holds:
            span = (at_minute(day, pattern.start_minute), at_minute(day, pattern.end_minute))
            hours[pattern.carer_id].append(span)
    away: dict[int, Spans] = defaultdict(list)
    for absence in absences:
        away[absence.carer_id].append((absence.starts_at, absence.ends_at))
    return {
        pk: tuple(
            (_minutes(start - rota.starts_at), _minutes(end - rota.starts_at))
            for start, end in _less(spans, away[pk])
        )
        for pk, spans in hours.items()
    }


def _less(spans: Spans, away: Spans) -> Spans:
    """Spans with the parts cut out in which somebody is away; in order, none of them empty."""
    for gone, back in away:
        cut = []
        for start, end in spans:
            cut += [(start, min(end, gone)), (max(start, back), end)]
        spans = [(start, end) for start, end in cut if start < end]
    return sorted(spans)


def _edges(rota: Rota, beside: Iterable[Assignment]) -> tuple[dict[int, int], dict[int, int]]:
    """When each carer's work in the weeks beside this one ends before it and starts after it."""
    last_end: dict[int, int] = {}
    next_start: dict[int, int] = {}
    for one in beside:
        if one.starts_at < rota.starts_at:
            end = _minutes(one.ends_at - rota.starts_at)
            last_end[one.carer_id] = max(end, last_end.get(one.carer_id, end))
        else:
            start = _minutes(one.starts_at - rota.starts_at)
            next_start[one.carer_id] = min(start, next_start.get(one.carer_id, start))
    return last_end, next_start
