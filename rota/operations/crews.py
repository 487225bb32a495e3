"""Changes of state made by hand: who does a visit. In a published rota those affected are told.

Every change holds the rota first (its `revision` rises), so that two at once are made one after
the other and each sees the rules as the other left them. The database refuses a carer in two
places at once whatever happens here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from rota import problem_builder
from rota.models import Assignment, Carer, Rota, RotaChange
from rota.operations.publishing import tell
from rota.problem_builder import Week
from rota.solver import Placement, Solution, rank_carers, sentence, verify
from services.models import Visit


@dataclass(frozen=True)
class Place:
    """One carer's place on a visit."""

    carer_id: int
    starts_at: dt.datetime
    pinned: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "carer": self.carer_id,
            "starts_at": self.starts_at.isoformat(),
            "pinned": self.pinned,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Place:
        starts_at = dt.datetime.fromisoformat(data["starts_at"])
        return cls(data["carer"], starts_at, data["pinned"])


Crew = list[Place]


@operation(needs="rota.build_rota")
def assign(
    *,
    rota: Rota,
    visit: Visit,
    carer: Carer,
    starts_at: dt.datetime | None = None,
    instead_of: Carer | None = None,
    by: Actor,
) -> Rota:
    """Send a carer to a visit (instead of another), at a start or the best one.

    Every hard rule is checked again against the rota as it is now. Two carers of one visit start
    together. Somebody has decided, so the place is pinned: a new search keeps it.
    """
    week = _hold(rota, visit)
    crew = _crew(week, visit)
    if any(place.carer_id == carer.pk for place in crew):
        raise RuleError(f"{carer.person} is on this visit already.")
    if instead_of is not None:
        left = [place for place in crew if place.carer_id != instead_of.pk]
        if len(left) == len(crew):
            raise RuleError(f"{instead_of.person} is no longer on this visit.")
    else:
        left = crew
    if len(left) >= visit.carers_needed:
        raise RuleError("This visit has all its carers.")
    start = left[0].starts_at if left else starts_at or _best_start(week, visit, carer)
    _change(week, visit, [*left, Place(carer.pk, start, pinned=True)], by)
    audit.record(by, "rota.assign", rota, visit=visit.pk, carer=carer.pk)
    return rota


@operation(needs="rota.build_rota")
def unassign(*, rota: Rota, visit: Visit, carer: Carer, by: Actor) -> Rota:
    """Take a carer off a visit. The other of two stays in place, but the visit is not filled."""
    week = _hold(rota, visit)
    crew = _crew(week, visit)
    left = [place for place in crew if place.carer_id != carer.pk]
    if len(left) == len(crew):
        raise RuleError(f"{carer.person} is not on this visit.")
    _change(week, visit, left, by)
    audit.record(by, "rota.unassign", rota, visit=visit.pk, carer=carer.pk)
    return rota


@operation(needs="rota.build_rota")
def pin_visit(*, rota: Rota, visit: Visit, pinned: bool, by: Actor) -> Rota:
    """Keep who does a visit and when through the next search, or let the search choose again."""
    week = _hold(rota, visit)
    crew = _crew(week, visit)
    if not crew:
        raise RuleError("Nobody is on this visit yet.")
    _change(week, visit, [replace(place, pinned=pinned) for place in crew], by)
    audit.record(by, "rota.pin_visit", rota, visit=visit.pk, pinned=pinned)
    return rota


@operation(needs="rota.build_rota")
def undo_change(*, rota: Rota, by: Actor) -> Rota:
    """Take back the last change made by hand since the rota was worked out.

    Refused when the visit is no longer as that change left it, or when the old plan would break a
    hard rule by now.
    """
    change = last_change(rota)
    if change is None:
        raise RuleError("There is nothing to undo.")
    week = _hold(rota, change.visit)
    if RotaChange.objects.standing().filter(pk=change.pk).update(undone_at=timezone.now()) != 1:
        raise RuleError("This change was undone at the same moment.")
    crew = _crew(week, change.visit)
    if crew != [Place.from_json(place) for place in change.after]:
        raise RuleError("This visit has changed since, so the last change cannot be undone.")
    _put(week, change.visit, [Place.from_json(place) for place in change.before])
    audit.record(by, "rota.undo_change", rota, visit=change.visit_id, change=change.pk)
    return rota


def last_change(rota: Rota) -> RotaChange | None:
    """The change that `undo_change` would take back."""
    changes = rota.changes.standing().select_related("visit")
    if rota.solved_at:
        changes = changes.filter(at__gt=rota.solved_at)
    return changes.first()


@operation(needs="rota.build_rota")
def free_visits(*, carer: Carer, starts_at: dt.datetime, ends_at: dt.datetime, by: Actor) -> int:
    """Take a carer off every visit in a time (they are away). Returns how many.

    Visits that have begun stay theirs. A rota that is being worked out is left: the search finds
    the absence when its result is checked.
    """
    hit = (
        Assignment.objects.filter(carer=carer, starts_at__gt=timezone.now())
        .between(starts_at, ends_at)
        .filter(rota__in=Rota.objects.that_can_change())
        .select_related("rota", "visit")
    )
    by_rota: dict[Rota, list[Visit]] = defaultdict(list)
    for one in hit:
        by_rota[one.rota].append(one.visit)
    for rota, visits in by_rota.items():
        week = _hold(rota)
        for visit in visits:
            crew = _crew(week, visit)
            left = [place for place in crew if place.carer_id != carer.pk]
            _remember(rota, visit, crew, left, by)
            _write(rota, visit, left)
        if rota.state == Rota.State.PUBLISHED:
            tell(rota, visits)
        audit.record(by, "rota.free_visits", rota, carer=carer.pk, visits=len(visits))
    return sum(len(visits) for visits in by_rota.values())


@operation(needs=None)
def release_visits(*, visit_ids: Sequence[int], by: Actor) -> int:
    """Take everybody off visits that are cancelled or no longer fit the time planned for them.

    Called when services changes visits. Those who had been told are told. Returns how many
    visits were let go.
    """
    rows = (
        Assignment.objects.filter(visit__in=visit_ids)
        .select_related("visit", "rota")
        .order_by("visit", "slot")
    )
    stale: dict[int, Assignment] = {one.visit_id: one for one in rows if not _still_fits(one)}
    touched: dict[int, tuple[Rota, list[Visit]]] = {}
    for one in stale.values():
        touched.setdefault(one.rota_id, (one.rota, []))[1].append(one.visit)
    Assignment.objects.filter(visit__in=list(stale)).delete()
    for rota, visits in touched.values():
        Rota.objects.filter(pk=rota.pk).update(revision=F("revision") + 1)
        rota.refresh_from_db()
        if rota.state == Rota.State.PUBLISHED:
            tell(rota, visits)
        audit.record(by, "rota.release_visits", rota, visits=[visit.pk for visit in visits])
    return len(stale)


def _still_fits(one: Assignment) -> bool:
    """Whether a visit is still planned, as long as before, and its start within the window."""
    visit = one.visit
    lasts = one.ends_at - one.starts_at == dt.timedelta(minutes=visit.minutes)
    in_window = visit.earliest_start <= one.starts_at <= visit.latest_start
    return visit.state == Visit.State.PLANNED and lasts and in_window


# --- What the changes share -----------------------------------------------------------------------


def _hold(rota: Rota, free: Visit | None = None) -> Week:
    """Take the rota for this transaction and read the week as it is now, the pins of one visit
    (which must be yet to come) left open."""
    if Rota.objects.that_can_change().filter(pk=rota.pk).update(revision=F("revision") + 1) != 1:
        raise RuleError("This rota is being worked out. Stop the search first, or wait for it.")
    rota.refresh_from_db()
    now = timezone.now()
    week = problem_builder.load(rota, now, free=free)
    if free is None:
        return week
    mine = week.visits.get(str(free.pk))
    if mine is None:
        raise RuleError("This visit is not planned in this week any more.")
    if mine.starts_at <= now:
        raise RuleError("This visit has begun or is over. Its carers can no longer be changed.")
    return week


def _crew(week: Week, visit: Visit) -> Crew:
    return [Place(one.carer_id, one.starts_at, one.pinned) for one in week.crew(visit)]


def _best_start(week: Week, visit: Visit, carer: Carer) -> dt.datetime:
    ranking = rank_carers(week.problem, _without(week, visit), str(visit.pk))
    for candidate in ranking.able:
        if candidate.carer_id == str(carer.pk):
            return week.moment(candidate.start)
    # A visit for two ranks only starts at which two can come; one alone may be sent all the same.
    if visit.carers_needed > 1:
        return visit.starts_at
    raise RuleError(_why_not(week, visit, carer))


def _without(week: Week, visit: Visit) -> Solution:
    placements = week.solution.placements
    return Solution(tuple(one for one in placements if one.visit_id != str(visit.pk)))


def _change(week: Week, visit: Visit, crew: Crew, by: Actor) -> None:
    """Put a new crew on a visit and keep the change, so that it can be undone."""
    _remember(week.rota, visit, _crew(week, visit), crew, by)
    _put(week, visit, crew)


def _remember(rota: Rota, visit: Visit, before: Crew, after: Crew, by: Actor) -> None:
    RotaChange.objects.create(
        rota=rota,
        visit=visit,
        before=[place.as_json() for place in before],
        after=[place.as_json() for place in after],
        made_by=by.user,
    )


def _put(week: Week, visit: Visit, crew: Crew) -> None:
    _refuse_broken_rules(week, visit, crew)
    _write(week.rota, visit, crew)
    if week.rota.state == Rota.State.PUBLISHED:
        tell(week.rota, [visit])


def _write(rota: Rota, visit: Visit, crew: Crew) -> None:
    Assignment.objects.filter(visit=visit).delete()
    length = dt.timedelta(minutes=visit.minutes)
    try:
        with transaction.atomic():
            Assignment.objects.bulk_create(
                Assignment(
                    rota=rota,
                    visit=visit,
                    carer_id=place.carer_id,
                    slot=slot,
                    starts_at=place.starts_at,
                    ends_at=place.starts_at + length,
                    pinned=place.pinned,
                )
                for slot, place in enumerate(crew)
            )
    except IntegrityError as error:
        raise RuleError("This carer is somewhere else at that time.") from error


def _refuse_broken_rules(week: Week, visit: Visit, crew: Crew) -> None:
    """Refuse a crew that breaks a hard rule which the rota, with or without this visit, kept.

    One of two carers is allowed while planning: the visit then counts as not filled.
    """
    if not crew:
        return
    others = _without(week, visit)
    placement = Placement(
        str(visit.pk),
        week.minute(crew[0].starts_at),
        tuple(str(place.carer_id) for place in crew),
    )
    after = Solution((*others.placements, placement))
    old = {*verify(week.problem, others), *verify(week.problem, week.solution)}
    for breach in verify(week.problem, after):
        half = breach.rule == "double_up" and len(crew) < visit.carers_needed
        if half or breach in old:
            continue
        carer = week.carers.get(breach.carer_id or "")
        if carer is not None:
            raise RuleError(_why_not(week, visit, carer))
        raise RuleError("The visit would start outside the time agreed for it.")


def _why_not(week: Week, visit: Visit, carer: Carer) -> str:
    """The rule that keeps a carer from a visit, as a sentence."""
    ranking = rank_carers(week.problem, _without(week, visit), str(visit.pk))
    for reason in ranking.unable:
        if reason.carer_id == str(carer.pk) and reason.code != "partner":
            said = sentence(reason, week.when, problem_builder.skill_names())
            return f"{carer.person} {said}."
    return f"{carer.person} is not free at that time. Choose another start or another carer."
