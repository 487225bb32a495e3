"""One visit at a time: who goes, who comes off, what is pinned; undo; publish."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.models.audit import ReadWhy
from core.registry import requires
from rota import boards, problem_builder
from rota.forms import AssignForm
from rota.models import Carer, Rota
from rota.operations import assign, pin_visit, publish, unassign, undo_change
from rota.operations.publishing import broken_rules
from rota.problem_builder import Week
from rota.rules import LONDON, long_date
from rota.views.shared import note_reading, tried
from rota.views.weeks import week_of
from services.models import Visit

#: Carers listed as able to go, cheapest first; beyond that nobody would choose.
OPTIONS_SHOWN = 25


@requires("rota.build_rota")
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: who goes, who could go instead (cheapest first), why the others cannot."""
    row = get_object_or_404(Visit.objects.select_related("line"), pk=pk)
    rota = week_of(row.date)
    week = problem_builder.load(rota, timezone.now(), free=row)
    if str(row.pk) not in week.visits:
        raise Http404
    shown = week.visits[str(row.pk)]
    note_reading(request, [shown], ReadWhy.PAGE)
    instead_of = _instead_of(request, week, shown)
    open_for_change = shown.starts_at > timezone.now() and rota.state != Rota.State.SOLVING
    missing = shown.carers_needed - len(week.crew(shown))
    asks = open_for_change and (missing or instead_of is not None)
    choice = boards.Explainer(week).choice(shown, instead_of) if asks else None
    form = AssignForm(request.POST or None, options=choice.options if choice else [])
    if request.method == "POST" and form.is_valid():
        option = form.chosen()
        try:
            assign(
                rota=rota,
                visit=shown,
                carer=option.carer,
                starts_at=option.starts_at,
                instead_of=instead_of,
                by=actor_of(request),
            )
        except RuleError as error:
            form.add_error("carer", error.message)
        else:
            time = f"{option.starts_at.astimezone(LONDON):%H:%M}"
            messages.success(request, f"{option.carer.person} goes to {_where(shown)} at {time}.")
            return redirect(
                "rota:visit" if _still_short(shown) else "rota:week", _next(shown, rota)
            )
    context = {
        "rota": rota,
        "visit": shown,
        "when": f"{long_date(shown.date)}, planned for {_clock(shown.starts_at)}",
        "crew": week.crew(shown),
        "choice": choice,
        "options": choice.options[:OPTIONS_SHOWN] if choice else [],
        "instead_of": instead_of,
        "form": form,
        "missing": missing,
        "open_for_change": open_for_change,
    }
    return render(request, "rota/visit.html", context)


def _clock(moment: dt.datetime) -> str:
    return f"{moment.astimezone(LONDON):%H:%M}"


def _where(row: Visit) -> str:
    return f"{row.person_supported.person} on {row.date:%A}"


def _still_short(row: Visit) -> bool:
    return row.assignments.count() < row.carers_needed


def _next(row: Visit, rota: Rota) -> int:
    """After assigning: the visit again while it lacks a second carer, else the week."""
    return row.pk if _still_short(row) else rota.pk


def _instead_of(request: HttpRequest, week: Week, row: Visit) -> Carer | None:
    """The carer on this visit who is to be replaced: the only one, or named in the query."""
    crew = week.crew(row)
    if len(crew) == row.carers_needed == 1:
        return crew[0].carer
    wanted = request.GET.get("instead_of", "")
    return next((one.carer for one in crew if str(one.carer_id) == wanted), None)


@require_POST
@requires("rota.build_rota")
def unassign_carer(request: HttpRequest, pk: int, carer_pk: int) -> HttpResponse:
    row = get_object_or_404(Visit.objects.select_related("person_supported__person"), pk=pk)
    carer = get_object_or_404(Carer.objects.select_related("person"), pk=carer_pk)
    tried(
        request,
        lambda: unassign(rota=week_of(row.date), visit=row, carer=carer, by=actor_of(request)),
        f"{carer.person} no longer goes to {_where(row)}.",
    )
    return redirect("rota:visit", pk=row.pk)


@require_POST
@requires("rota.build_rota")
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep who goes through the next search, or (with pinned=no) let it choose again."""
    row = get_object_or_404(Visit, pk=pk)
    pinned = request.POST.get("pinned") != "no"
    tried(
        request,
        lambda: pin_visit(rota=week_of(row.date), visit=row, pinned=pinned, by=actor_of(request)),
        "A new search will keep this visit as it is." if pinned else "A new search may change it.",
    )
    return redirect("rota:visit", pk=row.pk)


@require_POST
@requires("rota.build_rota")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    rota = get_object_or_404(Rota, pk=pk)
    tried(
        request, lambda: undo_change(rota=rota, by=actor_of(request)), "The last change is undone."
    )
    return redirect("rota:week", pk=rota.pk)


@requires("rota.build_rota")
def publish_rota(request: HttpRequest, pk: int) -> HttpResponse:
    """What is covered, what is not, who is told; then publish."""
    rota = get_object_or_404(Rota, pk=pk)
    if request.method == "POST" and tried(
        request,
        lambda: publish(rota=rota, by=actor_of(request)),
        "The rota is published and its carers are told.",
    ):
        return redirect("rota:week", pk=rota.pk)
    rota.refresh_from_db()
    if rota.state == Rota.State.PUBLISHED:
        return redirect("rota:week", pk=rota.pk)
    week = problem_builder.load(rota, timezone.now())
    short = boards.unfilled_visits(week, timezone.now())
    note_reading(request, short, ReadWhy.LIST)
    told = {one.carer_id: one.carer for one in week.assignments}
    broken = broken_rules(week)
    context = {
        "rota": rota,
        "visits": len(week.visits),
        "short": short[:25],
        "short_count": len(short),
        "told": len(told),
        "by_hand": [one for one in told.values() if not one.person.email],
        "broken": [week.visits[pk] for one in broken for pk in one.visit_ids][:25],
        "can_publish": rota.state in (Rota.State.DRAFT, Rota.State.PROPOSED) and bool(told),
    }
    return render(request, "rota/publish.html", context)
