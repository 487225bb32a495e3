"""What the coordinator's screens show of a week: read-only, worked out from one `Week`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from rota.models import Absence, Assignment, Carer
from rota.problem_builder import Week, skill_names
from rota.rules import LONDON, at_minute, clock_of, hours_text
from rota.solver import Candidate, Ranking, Reason, merits, rank_carers, sentence
from rota.solver import Carer as SolverCarer
from rota.solver.board import Board
from rota.solver.explain import rank
from services.models import Visit

#: The day board's columns: bands of hours, the first and last open-ended.
BANDS = ((0, 8), (8, 10), (10, 12), (12, 14), (14, 17), (17, 20), (20, 24))
#: How many visits that are not filled a day of the week board lists; the rest is one link.
UNFILLED_SHOWN = 2

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Chip:
    """One visit on a board."""

    time: str
    who: str
    url: str
    state: str
    tone: str
    icon: str
    note: str


@dataclass
class Cell:
    """One carer's column: their visits, the hours they can work, and whether they are away."""

    chips: list[Chip] = field(default_factory=list)
    hours: str = ""
    away: str = ""
    more: str = ""


@dataclass
class Row:
    carer: Carer
    load: str
    percent: int
    cells: list[Cell]


@dataclass(frozen=True)
class Column:
    label: str
    is_now: bool


@dataclass
class Grid:
    """A board: column headings, the row of what is not filled, and the carers' rows."""

    columns: list[Column]
    unfilled: list[Cell]
    rows: list[Row]


def crews(week: Week) -> dict[int, list[Assignment]]:
    """Visit → who is on it, in order of place."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    for one in week.assignments:
        found[one.visit_id].append(one)
    return found


def unfilled_visits(week: Week, now: dt.datetime) -> list[Visit]:
    """Visits still to come that lack a carer, in order of time."""
    on = crews(week)
    return [
        visit
        for visit in week.visits.values()
        if visit.starts_at > now and len(on.get(visit.pk, ())) < visit.carers_needed
    ]


def open_places(week: Week) -> int:
    """Places that are not filled: a visit for two that has one carer lacks both."""
    on = crews(week)
    return sum(
        visit.carers_needed
        for visit in week.visits.values()
        if len(on.get(visit.pk, ())) < visit.carers_needed
    )


# --- Boards ---------------------------------------------------------------------------------------


def week_grid(week: Week, carers: Sequence[Carer], now: dt.datetime) -> Grid:
    """Seven days for these carers."""
    days = week.rota.days
    spans = [(at_minute(day, 0), at_minute(day, 1440)) for day in days]
    return _grid(week, carers, spans, [f"{day:%a} {day.day} {day:%b}" for day in days], now)


def day_grid(week: Week, carers: Sequence[Carer], day: dt.date, now: dt.datetime) -> Grid:
    """One day in bands of hours."""
    spans = [(at_minute(day, a * 60), at_minute(day, b * 60)) for a, b in BANDS]
    labels = [f"{clock_of(a * 60)}–{clock_of(b * 60)}" for a, b in BANDS]
    labels[0], labels[-1] = "before 08:00", "from 20:00"
    return _grid(week, carers, spans, labels, now)


def _grid(
    week: Week, carers: Sequence[Carer], spans: list[Span], labels: list[str], now: dt.datetime
) -> Grid:
    on = crews(week)
    columns = [
        Column(label, start <= now < end) for label, (start, end) in zip(labels, spans, strict=True)
    ]
    board = Board(week.problem, week.solution.placements)
    mine: dict[int, list[Assignment]] = defaultdict(list)
    for one in week.assignments:
        mine[one.carer_id].append(one)
    away: dict[int, list[Absence]] = defaultdict(list)
    for absence in week.absences:
        away[absence.carer_id].append(absence)
    rows = []
    for carer in carers:
        pure = board.carers[str(carer.pk)]
        cells = [_cell(week, pure, span, mine[carer.pk], on, away[carer.pk]) for span in spans]
        work = board.work(pure)
        percent = round(100 * work / carer.contract_minutes) if carer.contract_minutes else 0
        load = f"{hours_text(work)} of {hours_text(carer.contract_minutes)}"
        rows.append(Row(carer, load, percent, cells))
    return Grid(columns, [_unfilled_cell(week, span, on) for span in spans], rows)


def _cell(
    week: Week,
    carer: SolverCarer,
    span: Span,
    assigned: list[Assignment],
    on: dict[int, list[Assignment]],
    absences: list[Absence],
) -> Cell:
    start, end = span
    chips = [
        _chip(week.visits[str(one.visit_id)], one, on[one.visit_id])
        for one in assigned
        if start <= one.starts_at < end
    ]
    free = list(_free_hours(week, carer, span))
    gone = next((one for one in absences if one.starts_at < end and one.ends_at > start), None)
    return Cell(
        chips=chips,
        hours=", ".join(free),
        away="" if free else (gone.get_kind_display() if gone else "Not available"),
    )


def _free_hours(week: Week, carer: SolverCarer, span: Span) -> Iterator[str]:
    first, last = (week.minute(moment) for moment in span)
    for start, end in carer.available:
        if start < last and end > first:
            said = _time(week.moment(max(start, first)), week.moment(min(end, last)))
            yield said.replace("–00:00", "–24:00")


def _chip(visit: Visit, one: Assignment, crew: list[Assignment]) -> Chip:
    others = [mate.carer.person.first_name for mate in crew if mate.pk != one.pk]
    half = len(crew) < visit.carers_needed
    state = "Second carer missing" if half else ("Pinned" if one.pinned else "")
    return Chip(
        time=_time(one.starts_at, one.ends_at),
        who=str(visit.person_supported.person),
        url=reverse("rota:visit", kwargs={"pk": visit.pk}),
        state=state,
        tone="bad" if half else "accent",
        icon="user-x" if half else ("pin" if one.pinned else "circle-check"),
        note=f"with {' and '.join(others)}" if others else "",
    )


def _unfilled_cell(week: Week, span: Span, on: dict[int, list[Assignment]]) -> Cell:
    start, end = span
    chips = []
    for visit in week.visits.values():
        there = len(on.get(visit.pk, ()))
        if start <= visit.starts_at < end and there < visit.carers_needed:
            two = visit.carers_needed == 2
            state = "1 of 2 carers" if there else ("Two carers" if two else "Not filled")
            chips.append(
                Chip(
                    time=_time(visit.starts_at, visit.ends_at),
                    who=str(visit.person_supported.person),
                    url=reverse("rota:visit", kwargs={"pk": visit.pk}),
                    state=state,
                    tone="bad",
                    icon="user-x",
                    note="",
                )
            )
    more = len(chips) - UNFILLED_SHOWN
    return Cell(chips=chips[:UNFILLED_SHOWN], more=f"{more} more" if more > 0 else "")


def _time(start: dt.datetime, end: dt.datetime) -> str:
    return f"{start.astimezone(LONDON):%H:%M}–{end.astimezone(LONDON):%H:%M}"


# --- Who could go, and why the others cannot ------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """A carer who could take a visit, what speaks for and against, and the start it would have."""

    carer: Carer
    starts_at: dt.datetime
    cost: int
    merits: str

    @property
    def value(self) -> str:
        return f"{self.carer.pk}@{self.starts_at.isoformat()}"


@dataclass(frozen=True)
class WhyNot:
    """One rule in plain words and the carers whom it keeps from a visit."""

    sentence: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """For one visit: who could go, cheapest first; for the others why not; the nearest fix."""

    visit: Visit
    crew: list[Assignment]
    options: list[Option]
    why_not: list[WhyNot]
    fix: str


class Explainer:
    """Explains visits of one week; the board is worked out once."""

    def __init__(self, week: Week) -> None:
        self._week = week
        self._skill = skill_names()
        self._board = Board(week.problem, week.solution.placements)
        self._crews = crews(week)

    def unfilled(self, visit: Visit) -> Choice:
        """For a visit that lacks a carer, everything else left as it is."""
        return self._choice(visit, rank(self._board, self._board.visits[str(visit.pk)]))

    def choice(self, visit: Visit, instead_of: Carer | None = None) -> Choice:
        """For any visit: the missing place, or another carer instead of one who is on it."""
        ranking = rank_carers(
            self._week.problem,
            self._week.solution,
            str(visit.pk),
            instead_of=str(instead_of.pk) if instead_of else None,
        )
        return self._choice(visit, ranking)

    def _choice(self, visit: Visit, ranking: Ranking) -> Choice:
        crew = self._crews.get(visit.pk, [])
        there = {str(one.carer_id) for one in crew}
        reasons = [one for one in ranking.unable if one.code != "already_there"]
        return Choice(
            visit=visit,
            crew=crew,
            options=[self._option(one) for one in ranking.able if one.carer_id not in there],
            why_not=self._grouped(reasons),
            fix=self._fix(visit, reasons),
        )

    def _option(self, candidate: Candidate) -> Option:
        return Option(
            carer=self._week.carers[candidate.carer_id],
            starts_at=self._week.moment(candidate.start),
            # The cost of leaving the place empty is the same for all and says nothing here.
            cost=round(candidate.cost - candidate.added.unfilled),
            merits=merits(candidate),
        )

    def _grouped(self, reasons: Iterable[Reason]) -> list[WhyNot]:
        """Carers with the same reason together, the commonest reason first."""
        names: dict[str, list[str]] = defaultdict(list)
        for reason in reasons:
            names[self._said(reason)].append(self._name(reason))
        groups = [WhyNot(said, tuple(who)) for said, who in names.items()]
        return sorted(groups, key=lambda group: -len(group.names))

    def _fix(self, visit: Visit, reasons: list[Reason]) -> str:
        """The smallest change of time that would let somebody come."""
        wanted = self._week.minute(visit.starts_at)
        free = [one for one in reasons if one.free_at is not None]
        if not free:
            return ""
        best = min(free, key=lambda one: abs((one.free_at or 0) - wanted))
        assert best.free_at is not None
        return f"{self._name(best)} could come if the visit started at {self._when(best.free_at)}."

    def _said(self, reason: Reason) -> str:
        return sentence(reason, self._when, self._skill)

    def _when(self, minute: int) -> str:
        return self._week.when(minute)

    def _name(self, reason: Reason) -> str:
        return str(self._week.carers[reason.carer_id].person)
