"""When a carer could start a visit with every hard rule kept and all other visits left in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rota.solver.board import Board
from rota.solver.problem import Carer, Interval, Visit


@dataclass(frozen=True, slots=True)
class Reason:
    """The rule that keeps a carer from a visit. `explain.sentence` puts it into words.

    `code` is one of skill, excluded, carer_excludes, already_there, pinned, away, unavailable,
    rest_after, rest_before, busy, cap, partner. `values` holds what the sentence needs: minutes,
    ids or skills. `free_at` is the nearest start outside the window at which nothing would stand
    in the way, where there is one within three hours on the same working day.
    """

    carer_id: str
    code: str
    values: Mapping[str, int | str | tuple[str, ...] | None] = field(default_factory=dict)
    free_at: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Starts from `first` to `last` (both included)."""

    first: int
    last: int

    def nearest(self, minute: int) -> int:
        return min(max(minute, self.first), self.last)


Answer = tuple[Opening, ...] | Reason


def unfit(board: Board, carer: Carer, visit: Visit) -> Reason | None:
    """Why the carer may not go at any time: skill, exclusion, or the place is taken."""
    there = board.placed[visit.id].carer_ids if visit.id in board.placed else ()
    kept = set(visit.pinned) - set(there)
    if carer.id in there:
        return Reason(carer.id, "already_there")
    if carer.id in kept:
        return None
    if len(there) + len(kept) >= visit.carers_needed:
        return Reason(carer.id, "pinned")
    if missing := visit.skills - carer.skills:
        return Reason(carer.id, "skill", {"missing": tuple(sorted(missing))})
    if carer.id in visit.excluded:
        return Reason(carer.id, "excluded")
    if visit.person in carer.excludes:
        return Reason(carer.id, "carer_excludes")
    return None


def openings(board: Board, carer: Carer, visit: Visit, earliest: int, latest: int) -> Answer:
    """Starts in the window that keep availability, rest, travel and cap, or the rule that says no.

    The rules are asked in that order, each over the starts that the ones before leave open.
    A carer pinned to the visit is not asked for availability.
    """
    window = [(earliest, latest)]
    wanted = min(max(visit.wanted_start, earliest), latest)
    shifts = [(start, end - visit.duration) for start, end in carer.available]
    starts = window if carer.id in visit.pinned else _common(window, shifts)
    if not starts:
        return _unavailable(board, carer, visit, wanted)
    day, rest = board.day_of[visit.id], board.problem.rules.daily_rest_minutes
    ended, begins = board.end_before(carer, day), board.start_after(carer, day)
    rested = starts if ended is None else _common(starts, [(ended + rest, latest)])
    if not rested:
        return Reason(carer.id, "rest_after", {"after": ended, "rest": rest})
    if begins is not None:
        rested = _common(rested, [(earliest, begins - rest - visit.duration)])
    if not rested:
        return Reason(carer.id, "rest_before", {"before": begins, "rest": rest})
    gaps = _gaps(board, carer, visit)
    free = [(gap, one) for gap in gaps for one in _common(rested, [(gap.first, gap.last)])]
    if not free:
        return _busy(board, carer, visit, rested, wanted)
    work = board.work(carer)
    within = [one for gap, one in free if work + gap.work <= carer.cap_minutes]
    if not within:
        least = work + min(gap.work for gap, _ in free)
        return Reason(carer.id, "cap", {"cap": carer.cap_minutes, "would_be": least})
    return tuple(Opening(first, last) for first, last in within)


@dataclass(frozen=True, slots=True)
class _Gap:
    """Starts possible between two stops, and the work that the visit adds there."""

    first: int
    last: int
    work: int


def _gaps(board: Board, carer: Carer, visit: Visit) -> list[_Gap]:
    """One gap before, between and after the stops of the visit's day."""
    stops = board.stops(carer, board.day_of[visit.id])
    gaps = []
    for before, after in zip([None, *stops], [*stops, None], strict=True):
        first, last, work = -(10**9), 10**9, visit.duration
        if before:
            way = board.ways.minutes(carer.mode, before[1].point, visit.point)
            first, work = before[0] + before[1].duration + way, work + way
        if after:
            way = board.ways.minutes(carer.mode, visit.point, after[1].point)
            last, work = after[0] - visit.duration - way, work + way
        if before and after:
            work -= board.ways.minutes(carer.mode, before[1].point, after[1].point)
        gaps.append(_Gap(first, last, work))
    return gaps


def _common(some: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """Where two sets of closed intervals meet."""
    others = list(others)
    met = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return [(first, last) for first, last in met if first <= last]


def _unavailable(board: Board, carer: Carer, visit: Visit, wanted: int) -> Reason:
    """Names the hours off around the wanted start, or that the whole day is off."""
    day, starts = board.day_of[visit.id], board.problem.day_starts
    ends = starts[day + 1] if day + 1 < len(starts) else 10**9
    shifts = [one for one in carer.available if one[0] < ends and one[1] > starts[day]]
    if not shifts:
        return Reason(carer.id, "away")
    # A shift that is under way at the wanted start but ends too soon counts as one before.
    before = [end for start, end in shifts if start <= wanted]
    after = [start for start, _ in shifts if start > wanted]
    values = {"after": max(before, default=None), "before": min(after, default=None)}
    return Reason(carer.id, "unavailable", values)


def _busy(board: Board, carer: Carer, visit: Visit, starts: list[Interval], wanted: int) -> Reason:
    """Names a visit that stands in the way of the allowed start nearest to the wanted one."""
    start = min((Opening(*one).nearest(wanted) for one in starts), key=lambda s: abs(s - wanted))
    for at, other in board.stops(carer, board.day_of[visit.id]):
        way = board.ways.minutes(carer.mode, other.point, visit.point)
        if at < start + visit.duration + way and start < at + other.duration + way:
            until = at + other.duration
            return Reason(carer.id, "busy", {"visit": other.id, "at": at, "until": until})
    raise AssertionError("a start without an opening is blocked by some visit of the day")
