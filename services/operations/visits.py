"""Visits: planned from agreed versions, cancelled, brought back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from services import recurrence
from services.models import Agreement, AgreementLine, AgreementVersion, Pause, Visit
from services.operations.access import refuse_unless_seen
from services.signals import visits_changed

#: How far ahead visits are planned.
HORIZON = dt.timedelta(weeks=6)
BATCH = 100


class Planned(NamedTuple):
    """One visit as the agreements want it."""

    line: AgreementLine
    when: recurrence.Occurrence
    paused: bool


Key = tuple[uuid.UUID, dt.date]


@operation(needs=None)
def generate_visits(*, until: dt.date, by: Actor) -> int:
    """Plan the visits of every agreement in force until a day; returns how many are new.

    Doing it again, or twice at once, plans nothing twice. A cancelled or delivered visit is never
    made again.
    """
    in_force = Agreement.objects.filter(state=Agreement.State.ACTIVE).order_by("pk")
    ids = list(in_force.values_list("pk", flat=True))
    made = sum(
        plan(ids[start : start + BATCH], until=until, by=by) for start in range(0, len(ids), BATCH)
    )
    audit.record(by, "services.generate_visits", until=until.isoformat(), made=made)
    return made


@operation(needs="services.manage_agreements")
def cancel_visit(*, visit: Visit, why: str, note: str = "", by: Actor) -> Visit:
    """Cancel one visit that has not begun, saying who asked for it."""
    refuse_unless_seen(by, [visit.person_supported.person_id])
    if why not in (Visit.Why.PERSON, Visit.Why.COOP):
        raise RuleError("Say whether they asked for it or we cannot come.", field="why")
    _refuse_if_begun(visit)
    planned = Visit.objects.filter(pk=visit.pk, state=Visit.State.PLANNED)
    cancelled = planned.update(
        state=Visit.State.CANCELLED,
        cancelled_why=why,
        cancelled_note=note.strip(),
        cancelled_at=timezone.now(),
        cancelled_by=by.user,
    )
    visit.refresh_from_db()
    if cancelled != 1:
        raise RuleError(f"This visit is not planned any more: {visit.get_state_display().lower()}.")
    audit.record(by, "services.cancel_visit", visit, why=why)
    visits_changed.send(Visit, visit_ids=[visit.pk])
    return visit


@operation(needs="services.manage_agreements")
def reinstate_visit(*, visit: Visit, by: Actor) -> Visit:
    """Let a cancelled visit take place after all, as the agreement has it."""
    refuse_unless_seen(by, [visit.person_supported.person_id])
    _refuse_if_begun(visit)
    cancelled = Visit.objects.filter(
        pk=visit.pk,
        state=Visit.State.CANCELLED,
        cancelled_why__in=[Visit.Why.PERSON, Visit.Why.COOP],
    )
    if cancelled.update(cancelled_why=Visit.Why.PLAN) != 1:
        raise RuleError("Only a visit that was cancelled by itself can be brought back.")
    agreements = visit.person_supported.agreements.values_list("pk", flat=True)
    plan(agreements, by=by)
    visit.refresh_from_db()
    if visit.state != Visit.State.PLANNED:
        raise RuleError("The agreement no longer has this visit, or visits are paused then.")
    audit.record(by, "services.reinstate_visit", visit)
    return visit


def plan(agreements: Iterable[int], *, until: dt.date | None = None, by: Actor) -> int:
    """Bring the visits to come in line with what is agreed; returns how many are new.

    `agreements` are ids. New visits are made from Monday of this week to `until` (six weeks
    ahead); visits that have begun, were delivered, or were cancelled one by one stay as they are.
    What an amendment or a pause takes away is cancelled, and comes back when its cause goes.
    """
    now, today = timezone.now(), timezone.localdate()
    first, until = today - dt.timedelta(days=today.weekday()), until or today + HORIZON
    locked = Agreement.objects.select_for_update().filter(pk__in=list(agreements)).order_by("pk")
    ids = [agreement.pk for agreement in locked]
    present = Visit.objects.filter(line__version__agreement__in=ids, date__gte=first)
    latest = present.order_by("-date").values_list("date", flat=True).first() or until
    wanted = dict(_wanted(ids, first, max(until, latest)))
    standing = {(visit.series, visit.date): visit for visit in present}
    changed = [v for key, v in standing.items() if v.starts_at > now and _align(v, wanted.get(key))]
    fields = ["line", "starts_at", "ends_at", "earliest_start", "latest_start", "minutes"]
    fields += ["carers_needed", "clock_moved", "state", "cancelled_why", "cancelled_at"]
    Visit.objects.bulk_update(changed, fields, batch_size=BATCH)
    new = [_visit(want) for key, want in wanted.items() if key not in standing]
    new = [visit for visit in new if visit.date <= until]
    Visit.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    if changed:
        audit.record(by, "services.replan", visits=[visit.pk for visit in changed][:500])
        visits_changed.send(Visit, visit_ids=[visit.pk for visit in changed])
    return len(new)


def _wanted(ids: list[int], first: dt.date, last: dt.date) -> Iterator[tuple[Key, Planned]]:
    versions = (
        AgreementVersion.objects.in_force_between(first, last)
        .filter(agreement__in=ids)
        .select_related("agreement")
        .prefetch_related("lines")
    )
    pauses: dict[int, list[Pause]] = {}
    for pause in Pause.objects.touching(first, last).filter(person_supported__agreements__in=ids):
        pauses.setdefault(pause.person_supported_id, []).append(pause)
    for version in versions:
        resting = pauses.get(version.agreement.person_supported_id, [])
        start, end = max(first, version.since), min(last, version.last_day or last)
        for line in version.lines.all():
            line.version = version
            for when in recurrence.occurrences(line.pattern(), start, end):
                paused = any(pause.covers(when.date) for pause in resting)
                yield (line.series, when.date), Planned(line, when, paused)


def _visit(want: Planned) -> Visit:
    """A new visit as it is wanted."""
    visit = Visit(
        series=want.line.series,
        date=want.when.date,
        person_supported_id=want.line.version.agreement.person_supported_id,
    )
    _align(visit, want)
    return visit


def _align(visit: Visit, want: Planned | None) -> bool:
    """Make a visit what is wanted (None: it is not); True if that changed it."""
    reversible = visit.state == Visit.State.CANCELLED and visit.cancelled_why in Visit.REVERSIBLE
    if visit.state != Visit.State.PLANNED and not reversible:
        return False
    before = {name: value for name, value in vars(visit).items() if name[0] != "_"}
    if want is None:
        _rest(visit, Visit.Why.PLAN)
    else:
        _place(visit, want)
        if want.paused:
            _rest(visit, Visit.Why.PAUSE)
        else:
            visit.state, visit.cancelled_why, visit.cancelled_at = Visit.State.PLANNED, "", None
    return before != {name: value for name, value in vars(visit).items() if name[0] != "_"}


def _place(visit: Visit, want: Planned) -> None:
    line, when = want.line, want.when
    visit.line_id = line.pk
    visit.starts_at, visit.ends_at, visit.minutes = when.starts_at, when.ends_at, when.minutes
    visit.earliest_start = when.starts_at - dt.timedelta(minutes=line.window_before)
    visit.latest_start = when.starts_at + dt.timedelta(minutes=line.window_after)
    visit.carers_needed, visit.clock_moved = line.carers_needed, when.clock_moved


def _rest(visit: Visit, why: Visit.Why) -> None:
    if (visit.state, visit.cancelled_why) != (Visit.State.CANCELLED, why):
        visit.state, visit.cancelled_why = Visit.State.CANCELLED, why
        visit.cancelled_at = timezone.now()


def _refuse_if_begun(visit: Visit) -> None:
    if visit.starts_at <= timezone.now():
        raise RuleError("This visit has already begun.")
