"""Sample rows for services' addresses: one person supported, with those around her."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from services import operations
from services.models import AccessLink, Agreement, AgreementVersion, PersonSupported, Visit
from services.recurrence import DAYS, weekly
from services.rules import Ground, LineTerms


def _supported(cast: dict[str, Any]) -> PersonSupported:
    """The subject, her family in the circle, and her carer on this week's rota."""
    people, now = cast["people"], timezone.now()
    supported = operations.add_person_supported(
        person=people["subject"],
        since=timezone.localdate() - dt.timedelta(days=30),
        latitude=53.72,
        longitude=-1.99,
        by=SYSTEM,
    )
    for name, ground in (("family", Ground.FAMILY), ("their_carer", Ground.ROTA)):
        operations.open_access(
            person=people["subject"], user=cast[name], ground=ground, since=now, by=SYSTEM
        )
    return supported


def _version(state: str, cast: dict[str, Any]) -> AgreementVersion:
    """The first version of an agreement that is a draft, in force, or ended yesterday."""
    today = timezone.localdate()
    since = today - dt.timedelta(days=1)
    version = operations.draft_agreement(supported=_supported(cast), first_day=since, by=SYSTEM)
    terms = LineTerms("Morning", weekly(DAYS), since, dt.time(8), 45)
    operations.add_line(version=version, terms=terms, by=SYSTEM)
    if state != Agreement.State.DRAFT:
        operations.agree_version(
            version=version, agreed_with="Subject", agreed_as="", agreed_on=today, by=SYSTEM
        )
    if state == Agreement.State.ENDED:
        operations.end_agreement(
            agreement=version.agreement, last_day=since, because="Moved", by=SYSTEM
        )
    return version


def person(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    supported = _supported(cast)
    if state == PersonSupported.State.ENDED:
        operations.end_support(supported=supported, last_day=timezone.localdate(), by=SYSTEM)
    return {"pk": supported.pk}


def agreement(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _version(state, cast).agreement_id}


def version(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _version(state, cast).pk}


def line(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _version(state, cast).lines.get().pk}


def visit(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    _version(Agreement.State.ACTIVE, cast)
    found = Visit.objects.planned().latest("starts_at")
    if state == Visit.State.CANCELLED:
        operations.cancel_visit(visit=found, why="person", by=SYSTEM)
    elif state == Visit.State.DELIVERED:
        Visit.objects.filter(pk=found.pk).update(state=state)
    return {"pk": found.pk}


def paused(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    today = timezone.localdate()
    pause = operations.pause_visits(
        supported=_supported(cast), first_day=today, last_day=None, why="away", by=SYSTEM
    )
    return {"pk": pause.pk}


def family_link(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    supported = _supported(cast)
    found = AccessLink.objects.get(person=supported.person, ground=Ground.FAMILY)
    if state == "ended":
        operations.close_access(link=found, by=SYSTEM)
    return {"pk": found.pk}
