"""The carer's phone: my visits, one visit, my calendar. A carer sees only what is published."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from core import audit
from core.actors import actor_of
from core.models import CalendarToken, User
from core.models.audit import ReadWhy
from core.operations import issue_calendar_address, revoke_calendar_address
from core.registry import requires
from rota.feeds import FEED
from rota.models import Carer, PublishedVisit
from rota.rules import LONDON, outward, start_of_day
from rota.views.shared import note_reading
from services.models import Visit
from services.rules import Group

AHEAD = dt.timedelta(days=14)


@requires("rota.work_visits")
def my_week(request: HttpRequest) -> HttpResponse:
    """Today and the coming two weeks. Names only of people whose record is open to me now."""
    user, now, today = cast(User, request.user), timezone.now(), timezone.localdate()
    mine = list(
        PublishedVisit.objects.visible_to(user)
        .between(start_of_day(today), start_of_day(today + AHEAD))
        .select_related("visit__person_supported__person", "visit__line")
        .order_by("starts_at")
    )
    open_now = set(
        Visit.objects.visible_to(user, now)
        .filter(pk__in=[one.visit_id for one in mine])
        .values_list("pk", flat=True)
    )
    note_reading(request, [one.visit for one in mine if one.visit_id in open_now], ReadWhy.LIST)
    rows = [_line(one, one.visit_id in open_now, now) for one in mine]
    coming = next((row for row in rows if not row["is_over"]), None)
    if coming:
        coming["is_next"] = True
    days = [
        (date, list(group))
        for date, group in groupby(
            rows, key=lambda row: row["row"].starts_at.astimezone(LONDON).date()
        )
    ]
    context = {
        "today": today,
        "todays": next((group for date, group in days if date == today), []),
        "days": [(date, group) for date, group in days if date != today],
    }
    return render(request, "rota/my_week.html", context)


def _line(one: PublishedVisit, is_open: bool, now: dt.datetime) -> dict[str, Any]:
    """One line of the list: the name, or initials and area while the record is not open."""
    person = one.visit.person_supported.person
    who = str(person) if is_open else f"{'.'.join(person.initials)}. {outward(person.postcode)}"
    start, end = one.starts_at.astimezone(LONDON), one.ends_at.astimezone(LONDON)
    return {
        "row": one,
        "is_open": is_open,
        "label": f"{start:%H:%M}–{end:%H:%M} {who}",
        "hint": f"{one.visit.line.what}, {person.town}" if is_open else "",
        "is_over": one.ends_at <= now,
        "is_next": False,
    }


@never_cache
@requires("rota.work_visits")
def my_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One of my visits: when, who, where, what I must know. Logged; shut outside the time around
    my visits to this person."""
    user, now = cast(User, request.user), timezone.now()
    mine = get_object_or_404(
        PublishedVisit.objects.visible_to(user).select_related(
            "visit__person_supported__person", "visit__line"
        ),
        visit=pk,
    )
    row = mine.visit
    groups = row.person_supported.groups_seen_by(user, now)
    if Group.VISITS not in groups:
        raise Http404
    for group in (Group.VISITS, Group.CONTACT, Group.HEALTH):
        if group in groups:
            audit.record_reading(actor_of(request), [row.person_supported.person_id], group)
    others = (
        PublishedVisit.objects.standing()
        .filter(visit=row)
        .exclude(pk=mine.pk)
        .select_related("carer__person")
    )
    context = {
        "mine": mine,
        "visit": row,
        "person": row.person_supported.person,
        "sees_contact": Group.CONTACT in groups,
        "sees_health": Group.HEALTH in groups,
        "with": [other.carer.person for other in others],
    }
    return render(request, "rota/my_visit.html", context)


@never_cache
@requires("rota.work_visits")
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Make, replace or revoke the secret address of my calendar. It is shown once."""
    user = cast(User, request.user)
    carer = get_object_or_404(Carer, person__user=user)
    actor = actor_of(request)
    address = ""
    if request.method == "POST" and request.POST.get("act") == "revoke":
        revoke_calendar_address(feed=FEED, owner_id=carer.pk, by=actor)
        return redirect("rota:my_calendar")
    if request.method == "POST":
        secret = issue_calendar_address(feed=FEED, owner_id=carer.pk, by=actor)
        address = request.build_absolute_uri(reverse("core:calendar", kwargs={"secret": secret}))
    token = CalendarToken.objects.filter(
        feed=FEED, owner_id=carer.pk, user=user, revoked_at__isnull=True
    ).first()
    return render(request, "rota/my_calendar.html", {"address": address, "token": token})
