"""Publishing a week, and telling those whom a later change affects."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import F
from django.utils import timezone

from core import audit, mail
from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.registry import operation
from rota import problem_builder
from rota.models import Assignment, Carer, PublishedVisit, Rota
from rota.problem_builder import Week
from rota.rules import ACCESS_AFTER, ACCESS_BEFORE
from rota.solver import Breach, verify
from services.models import Visit
from services.operations import Window, replace_access

Told = dict[Carer, set[dt.date]]


@operation(needs="rota.build_rota")
def publish(*, rota: Rota, now: dt.datetime | None = None, by: Actor) -> Rota:
    """Make the week's rota known: carers are told and may see whom they visit (data protection).

    A visit for two that has only one carer is told to nobody until the second is found. Refused
    while a hard rule is broken, and when nobody is on the rota.
    """
    now = now or timezone.now()
    open_states = [Rota.State.DRAFT, Rota.State.PROPOSED]
    taken = Rota.objects.filter(pk=rota.pk, state__in=open_states).update(
        state=Rota.State.PUBLISHED, published_at=now, revision=F("revision") + 1
    )
    rota.refresh_from_db()
    if taken != 1:
        if rota.state == Rota.State.PUBLISHED:
            raise RuleError("This rota is published already.")
        raise RuleError("This rota is being worked out. Publish it when that is done.")
    week = problem_builder.load(rota, now)
    if not week.assignments:
        raise RuleError("Nobody is on this rota yet. Work it out or assign carers first.")
    broken = broken_rules(week)
    if broken:
        raise RuleError(
            f"{len(broken)} hard rules are broken. Change the visits that are listed first."
        )
    told = sync_published(rota, [one.visit for one in week.assignments])
    _open_records(rota)
    _write_to(rota, told, "published")
    audit.record(by, "rota.publish", rota, carers=len(told))
    return rota


def broken_rules(week: Week) -> list[Breach]:
    """Hard rules broken by the plan as it stands. A visit for two with one carer is not filled,
    which is no broken rule."""
    return [one for one in verify(week.problem, week.solution) if one.rule != "double_up"]


def tell(rota: Rota, visits: Sequence[Visit]) -> None:
    """Bring what carers know of these visits of a published rota up to date, and tell them.

    Part of the operations that change a published rota; called in their transaction.
    """
    told = sync_published(rota, visits)
    if told:
        _open_records(rota)
        _write_to(rota, told, f"changed-{rota.revision}")


def sync_published(rota: Rota, visits: Iterable[Visit]) -> Told:
    """Make PublishedVisit say what the plan says; returns who is affected, and on which days."""
    by_id = {visit.pk: visit for visit in visits}
    wanted = _complete_crews(by_id)
    known = {
        (one.visit_id, one.carer_id): one
        for one in PublishedVisit.objects.filter(visit__in=list(by_id)).select_related(
            "carer__person__user"
        )
    }
    now, told, changed = timezone.now(), defaultdict(set), []
    for key in known.keys() | wanted.keys():
        row, plan = known.get(key), wanted.get(key)
        if row is None and plan is not None:
            row = PublishedVisit(visit_id=key[0], carer=plan.carer, published_at=now)
            row.starts_at, row.ends_at, row.changed_at = plan.starts_at, plan.ends_at, now
            row.save()
        elif row is not None and _brought_up_to_date(row, plan, now):
            changed.append(row)
        else:
            continue
        told[row.carer].add(by_id[key[0]].date)
    PublishedVisit.objects.bulk_update(
        changed, ["starts_at", "ends_at", "sequence", "changed_at", "withdrawn_at"]
    )
    return dict(told)


def _complete_crews(visits: dict[int, Visit]) -> dict[tuple[int, int], Assignment]:
    """Who is to be told of which visit: crews that have all their carers."""
    crews: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(visit__in=list(visits)).select_related("carer__person__user")
    for one in rows:
        crews[one.visit_id].append(one)
    return {
        (visit_id, one.carer_id): one
        for visit_id, crew in crews.items()
        if len(crew) == visits[visit_id].carers_needed
        for one in crew
    }


def _brought_up_to_date(row: PublishedVisit, plan: Assignment | None, now: dt.datetime) -> bool:
    """Change a row to what is planned; False when it says so already."""
    if plan is None:
        if row.withdrawn_at is not None:
            return False
        row.withdrawn_at = now
    else:
        same_time = (row.starts_at, row.ends_at) == (plan.starts_at, plan.ends_at)
        if same_time and row.withdrawn_at is None:
            return False
        row.starts_at, row.ends_at, row.withdrawn_at = plan.starts_at, plan.ends_at, None
    row.sequence += 1
    row.changed_at = now
    return True


def _open_records(rota: Rota) -> None:
    """Each carer may see a person's record from 48 h before the first to 24 h after the last
    visit that the week gives them; what was opened before and is not due any more ends.

    The rule opens the records, not whoever publishes: the system is the actor."""
    spans: dict[tuple[int, int], list[dt.datetime]] = defaultdict(list)
    standing = (
        PublishedVisit.objects.standing()
        .between(rota.starts_at, rota.ends_at)
        .filter(carer__person__user__isnull=False)
        .values_list(
            "visit__person_supported__person", "carer__person__user", "starts_at", "ends_at"
        )
    )
    for person_id, user_id, starts_at, ends_at in standing:
        spans[person_id, user_id] += [starts_at, ends_at]
    windows = [
        Window(person_id, user_id, min(times) - ACCESS_BEFORE, max(times) + ACCESS_AFTER)
        for (person_id, user_id), times in spans.items()
    ]
    replace_access(source=f"rota:{rota.pk}", windows=windows, by=SYSTEM)


def _write_to(rota: Rota, told: Told, event: str) -> None:
    """One message to each carer concerned. It names no person supported and no place."""
    for carer, dates in told.items():
        address = carer.person.email or (carer.person.user.email if carer.person.user else "")
        if not address:
            continue
        first = event == "published"
        mail.queue(
            key=f"rota-{rota.pk}-{event}-{carer.pk}",
            kind="rota.published" if first else "rota.changed",
            to=address,
            subject="Your visits are ready" if first else "Your visits have changed",
            template="rota/mail/published.txt" if first else "rota/mail/changed.txt",
            context={"rota": rota, "name": carer.person.first_name, "dates": sorted(dates)},
        )
