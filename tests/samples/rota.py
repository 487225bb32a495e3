"""Sample rows for the rota's addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from rota.models import Absence, AvailabilityPattern, Carer, Rota
from rota.operations import assign, make_rota, publish, start_search
from rota.rules import monday_of
from services.models import Agreement, AgreementLine, AgreementVersion, PersonSupported, Visit


def prepare(cast: dict[str, Any]) -> None:
    """Both carers of the cast work here, at any hour."""
    for name in ("carer", "their_carer"):
        carer = Carer.objects.create(
            person=cast["people"][name],
            latitude=53.72,
            longitude=-1.99,
            contract_minutes=1200,
            weekly_cap_minutes=2400,
            since=timezone.localdate() - dt.timedelta(days=30),
        )
        for day in range(7):
            AvailabilityPattern.objects.create(
                carer=carer, weekday=day, start_minute=0, end_minute=1440, since=carer.since
            )


def rota(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The week of a visit tomorrow, with their carer on it, in one of its states."""
    return {"pk": _rota(state, cast)[0].pk}


def rota_day(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found, visit = _rota(state, cast)
    return {"pk": found.pk, "number": visit.date.weekday()}


def visit(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _rota(state, cast)[1].pk}


def visit_and_carer(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return visit(state, cast) | {"carer_pk": cast["people"]["their_carer"].carer.pk}


def carer(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": cast["people"]["carer"].carer.pk}


def hours(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": cast["people"]["carer"].carer.availability.first().pk}


def absence(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    row = Absence.objects.create(
        carer=cast["people"]["carer"].carer,
        kind="holiday",
        starts_at=now,
        ends_at=now + dt.timedelta(days=1),
    )
    return {"pk": row.pk}


def _rota(state: str, cast: dict[str, Any]) -> tuple[Rota, Visit]:
    planned = _visit(cast)
    found = make_rota(week_start=monday_of(planned.date), by=SYSTEM)
    if state and state != "draft":
        goes = cast["people"]["their_carer"].carer
        assign(rota=found, visit=planned, carer=goes, by=SYSTEM)
    if state == "proposed":
        Rota.objects.filter(pk=found.pk).update(state="proposed", solved_at=timezone.now())
    elif state == "solving":
        start_search(rota=found, by=SYSTEM)
    elif state == "published":
        publish(rota=found, by=SYSTEM)
    found.refresh_from_db()
    return found, planned


def _visit(cast: dict[str, Any]) -> Visit:
    """A visit to the subject tomorrow at noon: within 48 hours, so that their carer may look."""
    today = timezone.localdate()
    supported, _ = PersonSupported.objects.get_or_create(
        person=cast["people"]["subject"],
        defaults={"latitude": 53.72, "longitude": -1.99, "since": today - dt.timedelta(days=30)},
    )
    agreement, _ = Agreement.objects.get_or_create(
        person_supported=supported, defaults={"first_day": supported.since}
    )
    version = AgreementVersion.objects.create(
        agreement=agreement, number=9, since=supported.since, reason="Sample"
    )
    line = AgreementLine.objects.create(
        version=version,
        what="Lunch",
        rrule="FREQ=DAILY",
        first_day=supported.since,
        start_time=dt.time(12),
        minutes=30,
    )
    tomorrow = today + dt.timedelta(days=1)
    start = timezone.make_aware(dt.datetime.combine(tomorrow, dt.time(12)))
    return Visit.objects.create(
        line=line,
        series=line.series,
        person_supported=supported,
        date=tomorrow,
        starts_at=start,
        ends_at=start + dt.timedelta(minutes=30),
        earliest_start=start,
        latest_start=start,
        minutes=30,
    )
