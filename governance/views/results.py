"""Results: the declaration, receipts, and the files behind them. Once a vote is declared they are
open to everybody, so that anybody can check and count it again.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance import sealing
from governance.forms import ReceiptForm
from governance.models import ArchivedBallot, Bundle, Result
from governance.result_sheet import chart_of, sheet_of
from governance.views.found import record_for, result_for


@login_not_required
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
            "bundle": Bundle.objects.filter(election=election).defer("data").first(),
        },
    )


@login_not_required
@never_cache
def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for one's own receipt among all of a closed vote, in the order of their hashes."""
    election = record_for(request, pk)
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


@login_not_required
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """All papers, sorted, as BLT: for anybody who wants to count again. Large rolls only."""
    found = result_for(request, pk)
    if not found.blt:
        raise Http404
    return _file(found.blt, "text/plain; charset=utf-8", f"vote-{pk}.blt")


@login_not_required
def stage_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The stage sheet for a spreadsheet."""
    found = get_object_or_404(Result.objects.exclude(sheet=""), pk=result_for(request, pk).pk)
    return _file(found.sheet, "text/csv; charset=utf-8", f"vote-{pk}-stages.csv")


@login_not_required
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that may be known of a declared vote, in one file, as it was declared."""
    found = get_object_or_404(Bundle, election=result_for(request, pk).election)
    response = HttpResponse(bytes(found.data), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="vote-{pk}-bundle.zip"'
    return response


@login_not_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The events of a vote and the checkpoints of its box, as they are chained."""
    election = record_for(request, pk)
    context = {
        "election": election,
        "meeting": election.meeting,
        "page": Paginator(election.events.all(), 50).get_page(request.GET.get("page")),
        "checkpoints": election.checkpoints.all(),
    }
    return render(request, "governance/record.html", context)


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
