"""My care: what a person supported, their family and their carers see of a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.models.audit import ReadWhy
from services import whos_coming
from services.models import AgreementVersion, PersonSupported, Visit
from services.rules import Ground, Group
from services.views.shared import changed_for, note_reading, supported_or_404, user_of


def my_care(request: HttpRequest) -> HttpResponse:
    """The people whose care this reader is close to; a single one is shown at once."""
    now, user = timezone.now(), user_of(request)
    own = user.access_links.active_at(now).exclude(ground=Ground.TEAM)
    mine = list(
        PersonSupported.objects.visible_to(user, now)
        .filter(person__in=own.values("person"))
        .select_related("person")
    )
    if len(mine) == 1:
        return _care(request, mine[0])
    if not mine and user.has_perm("services.view_people"):
        return redirect("services:people")
    ids = [supported.person_id for supported in mine]
    audit.record_reading(actor_of(request), ids, Group.IDENTITY, ReadWhy.LIST)
    return render(request, "services/my_care.html", {"people": mine})


def care(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's care: visits, what is agreed, who may see it."""
    return _care(request, supported_or_404(request, pk))


def _care(request: HttpRequest, supported: PersonSupported) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    groups = supported.groups_seen_by(user_of(request), now)
    next_monday = today + dt.timedelta(days=7 - today.weekday())
    visits = list(
        supported.visits.filter(date__gte=today, date__lt=next_monday + dt.timedelta(7))
        .exclude(state=Visit.State.CANCELLED, cancelled_why=Visit.Why.PLAN)
        .select_related("line")
    )
    coming = whos_coming.first_names([visit.pk for visit in visits])
    standing = list(
        AgreementVersion.objects.filter(agreement__person_supported=supported)
        .standing_on(today)
        .select_related("agreement")
        .prefetch_related("lines__skills", "lines__preferred_carers")[:2]
    )
    version = standing[0] if standing else None
    upcoming = standing[1] if len(standing) > 1 else None
    note_reading(request, supported, groups - {Group.ACCESS, Group.MONEY})
    return render(
        request,
        "services/care.html",
        {
            "supported": supported,
            "own": supported.person.user_id == request.user.pk,
            "groups": groups,
            "visits_today": [visit for visit in visits if visit.date == today],
            "this_week": _by_day(v for v in visits if today < v.date < next_monday),
            "next_week": _by_day(v for v in visits if v.date >= next_monday),
            "coming": coming,
            "today": today,
            "version": version,
            "upcoming": upcoming,
            "changed": changed_for(groups, standing[0], upcoming) if upcoming else [],
            "lines": [
                [fact for fact in line.facts() if fact.group in groups]
                for line in (version.lines.all() if version else [])
            ],
            "pauses": supported.pauses.touching(today, today + dt.timedelta(days=14)),
        },
    )


def _by_day(visits: Iterable[Visit]) -> list[tuple[dt.date, list[Visit]]]:
    return [(day, list(of_day)) for day, of_day in groupby(visits, lambda visit: visit.date)]
