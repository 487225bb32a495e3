"""The coordinator's weeks: the list, the boards, working a week out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.actors import actor_of
from core.charts import line_chart
from core.models import Job
from core.models.audit import ReadWhy
from core.registry import requires
from rota import boards, problem_builder
from rota.forms import NewRotaForm
from rota.models import Assignment, Rota
from rota.operations import fill_greedily, make_rota, start_search, stop_search
from rota.operations.crews import last_change
from rota.problem_builder import Week
from rota.rules import monday_of
from rota.views.shared import note_reading, tried
from services.models import Visit

CARERS_A_PAGE = 50


@requires("rota.build_rota")
def weeks(request: HttpRequest) -> HttpResponse:
    """Every rota, newest first, with how much of it is filled."""
    page = Paginator(Rota.objects.select_related("job"), 25).get_page(request.GET.get("page"))
    counts = _counts(list(page.object_list))
    form = NewRotaForm(today=timezone.localdate())
    return render(request, "rota/weeks.html", {"page": page, "counts": counts, "form": form})


def _counts(rotas: list[Rota]) -> dict[int, dict[str, int]]:
    """Rota → visits, places and places taken, in two queries whatever the number."""
    if not rotas:
        return {}
    first = min(rota.week_start for rota in rotas)
    last = max(rota.last_day for rota in rotas)
    by_date = (
        Visit.objects.filter(date__gte=first, date__lte=last)
        .exclude(state=Visit.State.CANCELLED)
        .values("date")
        .annotate(visits=Count("pk"), places=Sum("carers_needed"))
        .order_by("date")
    )
    visits: Counter[dt.date] = Counter()
    places: Counter[dt.date] = Counter()
    for row in by_date:
        visits[monday_of(row["date"])] += row["visits"]
        places[monday_of(row["date"])] += row["places"]
    taken = dict(
        Assignment.objects.filter(rota__in=rotas)
        .values_list("rota")
        .annotate(count=Count("pk"))
        .order_by("rota")
    )
    return {
        rota.pk: {
            "visits": visits[rota.week_start],
            "open": places[rota.week_start] - taken.get(rota.pk, 0),
        }
        for rota in rotas
    }


@require_POST
@requires("rota.build_rota")
def new_rota(request: HttpRequest) -> HttpResponse:
    form = NewRotaForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        rota = make_rota(week_start=form.monday(), by=actor_of(request))
        return redirect("rota:week", pk=rota.pk)
    messages.error(request, "Choose a week that has no rota yet.")
    return redirect("rota:weeks")


@requires("rota.build_rota")
def week(request: HttpRequest, pk: int) -> HttpResponse:
    """The week board: rows are carers, columns days, what is not filled on top."""
    rota = get_object_or_404(Rota.objects.select_related("job"), pk=pk)
    found = problem_builder.load(rota, timezone.now())
    note_reading(request, found.visits.values(), ReadWhy.LIST)
    page = _carers_page(request, found)
    grid = boards.week_grid(found, page.object_list, timezone.now())
    return render(request, "rota/week.html", _frame(found) | {"grid": grid, "page": page})


@requires("rota.build_rota")
def day(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The day board: columns are bands of hours."""
    if number > 6:
        raise Http404
    rota = get_object_or_404(Rota.objects.select_related("job"), pk=pk)
    found = problem_builder.load(rota, timezone.now())
    date = rota.days[number]
    note_reading(request, [v for v in found.visits.values() if v.date == date], ReadWhy.LIST)
    page = _carers_page(request, found)
    grid = boards.day_grid(found, page.object_list, date, timezone.now())
    context = {"grid": grid, "page": page, "date": date, "number": number}
    return render(request, "rota/day.html", _frame(found) | context)


@requires("rota.build_rota")
def unfilled(request: HttpRequest, pk: int) -> HttpResponse:
    """Every visit that lacks a carer, who could take it, and why the others cannot."""
    rota = get_object_or_404(Rota.objects.select_related("job"), pk=pk)
    found = problem_builder.load(rota, timezone.now())
    visits = boards.unfilled_visits(found, timezone.now())
    page = Paginator(visits, 25).get_page(request.GET.get("page"))
    note_reading(request, page.object_list, ReadWhy.LIST)
    explainer = boards.Explainer(found)
    choices = [explainer.unfilled(visit) for visit in page.object_list]
    return render(request, "rota/unfilled.html", _frame(found) | {"page": page, "choices": choices})


def _carers_page(request: HttpRequest, found: Week) -> Any:
    """The carers of the board, a page at a time, so that a big co-op's board stays quick."""
    return Paginator(list(found.carers.values()), CARERS_A_PAGE).get_page(request.GET.get("page"))


def _frame(found: Week) -> dict[str, Any]:
    """What stands above every board of a week."""
    rota = found.rota
    now = timezone.now()
    states = Rota.State
    return {
        "rota": rota,
        "visits": len(found.visits),
        "carers": len(found.carers),
        "open_places": boards.open_places(found),
        "unfilled_count": len(boards.unfilled_visits(found, now)),
        "can_solve": rota.state in (states.DRAFT, states.PROPOSED),
        "can_publish": rota.state in (states.DRAFT, states.PROPOSED) and bool(found.assignments),
        "can_undo": rota.state != states.SOLVING and last_change(rota) is not None,
        "is_over": rota.ends_at <= now,
        "today": timezone.localdate(),
        "curve": _curve(rota.job),
        "failed": rota.job is not None and rota.job.state == Job.State.FAILED,
    }


def _curve(job: Job | None) -> Any:
    """The search's best cost over time, drawn."""
    if job is None or len(job.curve) < 2:
        return None
    points = [(seconds, cost) for seconds, cost in job.curve]
    return line_chart("Cost of the best rota so far, by seconds", {"Cost": points})


@require_POST
@requires("rota.build_rota")
def solve(request: HttpRequest, pk: int) -> HttpResponse:
    rota = get_object_or_404(Rota, pk=pk)
    tried(request, lambda: start_search(rota=rota, by=actor_of(request)))
    return redirect("rota:week", pk=rota.pk)


@require_POST
@requires("rota.build_rota")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    rota = get_object_or_404(Rota, pk=pk)
    tried(
        request,
        lambda: stop_search(rota=rota, by=actor_of(request)),
        "The search stops and its best rota so far is taken.",
    )
    return redirect("rota:week", pk=rota.pk)


@require_POST
@requires("rota.build_rota")
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The quick way, for when no search can run."""
    rota = get_object_or_404(Rota, pk=pk)
    tried(request, lambda: fill_greedily(rota=rota, by=actor_of(request)), "The week was filled.")
    return redirect("rota:week", pk=rota.pk)


@requires("rota.build_rota")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the search is: a piece of the week's page, asked for every two seconds."""
    rota = get_object_or_404(Rota.objects.select_related("job"), pk=pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("rota:week", pk=rota.pk)
    if rota.job is None or rota.job.is_over:
        return HttpResponseClientRefresh()
    return render(request, "rota/progress.html", {"rota": rota})


def week_of(date: dt.date) -> Rota:
    """The rota that a day belongs to, or 404."""
    return get_object_or_404(Rota.objects.select_related("job"), week_start=monday_of(date))
