"""Results: the declaration, receipts, and the files behind them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from core.charts import Chart, donut, stage_chart
from governance import sealing
from governance.forms import ReceiptForm
from governance.models import ArchivedBallot, Result
from governance.views.found import election_for, result_for


def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What came out, with the reconciliation of papers and roll."""
    found = result_for(request, pk)
    election = found.election
    return render(
        request,
        "governance/result.html",
        {
            "result": found,
            "election": election,
            "meeting": election.meeting,
            "chart": chart_of(found),
            "sheet": sheet_of(found.count) if election.is_stv else None,
        },
    )


def chart_of(result: Result) -> Chart:
    """The stages of an election, or the answers to a motion."""
    counted = result.count
    if not result.election.is_stv:
        answers = [(word, counted[word.lower()]) for word in ("For", "Against", "Abstain")]
        return donut("How members voted", answers)
    names = counted["candidates"]
    return stage_chart(
        "Votes at each stage",
        names,
        totals_by_stage(counted),
        quota=float(counted["quota"]),
        outcomes=outcomes_of(counted),
        elected=set(counted["elected"]),
    )


def totals_by_stage(counted: dict[str, Any]) -> list[list[float | None]]:
    """Each stage's totals in the order of the paper; None for whoever has been excluded."""
    gone: set[str] = set()
    rows: list[list[float | None]] = []
    for stage in counted["stages"]:
        gone |= set(stage["excluded"])
        rows.append(
            [
                None if name in gone and not float(stage["totals"][name]) else float(total)
                for name, total in stage["totals"].items()
            ]
        )
    return rows


def outcomes_of(counted: dict[str, Any]) -> dict[str, str]:
    """Name → "elected at stage 2" or "excluded at stage 3"."""
    said: dict[str, str] = {}
    for stage in counted["stages"]:
        said |= {name: f"elected at stage {stage['n']}" for name in stage["elected"]}
        said |= {name: f"excluded at stage {stage['n']}" for name in stage["excluded"]}
    return said


def sheet_of(counted: dict[str, Any]) -> list[dict[str, Any]]:
    """The stage sheet for a page: one row for each candidate, then what left the count."""
    outcomes = outcomes_of(counted)
    stages = counted["stages"]
    rows = [
        {
            "name": name,
            "cells": [(stage["transfers"][name], stage["totals"][name]) for stage in stages],
            "outcome": outcomes.get(name, "not elected"),
            "elected": name in counted["elected"],
        }
        for name in counted["candidates"]
    ]
    left = [("", stage["non_transferable"]) for stage in stages]
    return [*rows, {"name": "Left the count", "cells": left, "outcome": "", "elected": False}]


@never_cache
def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for one's own receipt among all of a closed vote, in the order of their hashes."""
    election = election_for(request, pk)
    if not election.is_over:
        raise Http404
    papers = ArchivedBallot.objects.filter(election=election)
    form = ReceiptForm(request.POST or None)
    found = None
    if form.is_valid():
        found = papers.filter(receipt=sealing.receipt_hash(form.cleaned_data["code"])).exists()
    hashes = papers.order_by("receipt").values_list("receipt", flat=True)
    page = Paginator(hashes, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "governance/receipts.html",
        {"election": election, "form": form, "found": found, "page": page},
    )


def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """All papers, sorted, as BLT: for anybody who wants to count again. Large rolls only."""
    found = result_for(request, pk)
    if not found.blt:
        raise Http404
    return _file(found.blt, "text/plain; charset=utf-8", f"vote-{pk}.blt")


def stage_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The stage sheet for a spreadsheet."""
    found = get_object_or_404(Result.objects.exclude(sheet=""), pk=result_for(request, pk).pk)
    return _file(found.sheet, "text/csv; charset=utf-8", f"vote-{pk}-stages.csv")


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
