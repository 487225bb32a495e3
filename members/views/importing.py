"""Bringing members and holdings over from a file: choose it, try it, look, take it in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import Job
from core.registry import requires
from core.spreadsheets import csv_response
from members import operations
from members.forms.importing import ImportColumnsForm, ImportFileForm
from members.importing import BY_NAME
from members.importing.faults import FILE
from members.importing.template import csv_template, xlsx_template
from members.models import RegisterImport

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = RegisterImport.State
AT_WORK = (State.TRYING, State.IMPORTING)


def _get(pk: int) -> RegisterImport:
    return get_object_or_404(RegisterImport.objects.select_related("job", "uploaded_by"), pk=pk)


@requires("members.import_register")
def imports(request: HttpRequest) -> HttpResponse:
    """Every file that was brought, and choosing another."""
    form = ImportFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = operations.upload_import(upload=form.cleaned_data["file"], by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            return redirect("members:import_columns", pk=kept.pk)
    found = RegisterImport.objects.select_related("uploaded_by").defer("report")
    context = {"form": form, "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page"))}
    status = 400 if form.errors else 200
    return render(request, "members/importing/imports.html", context, status=status)


@requires("members.import_register")
def import_template_csv(request: HttpRequest) -> HttpResponse:
    """A file to fill in, for any spreadsheet."""
    return _file(csv_template(), "members.csv", "text/csv; charset=utf-8")


@requires("members.import_register")
def import_template_xlsx(request: HttpRequest) -> HttpResponse:
    """A file to fill in, with notes."""
    return _file(xlsx_template(), "members.xlsx", XLSX)


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@requires("members.import_register")
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which of our columns is called what in the file; then it is tried."""
    kept = _get(pk)
    if kept.state in (*AT_WORK, State.IMPORTED, State.DISCARDED):
        return redirect("members:register_import", pk=pk)
    form = ImportColumnsForm(
        request.POST or None, headings=kept.report["headings"], columns=kept.columns
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.start_trial(
                register_import=kept, columns=form.columns(), by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            return redirect("members:register_import", pk=pk)
    status = 400 if form.errors else 200
    context = {"form": form, "kept": kept}
    return render(request, "members/importing/columns.html", context, status=status)


@requires("members.import_register")
def register_import(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: how far it is, what it would do, every fault, or what came of it."""
    kept = _get(pk)
    show = "notes" if request.GET.get("show") == "notes" or not _list(kept, "faults") else "faults"
    context = {
        "kept": kept,
        "report": kept.report,
        "show": show,
        "page": _page(request, kept, show),
        "left_out": kept.report.get(f"{show}_number", 0) - len(_list(kept, show)),
        "ignored": ", ".join(kept.report.get("ignored", [])),
        "failed": kept.job is not None and kept.job.state == Job.State.FAILED,
        "at_work": kept.state in AT_WORK,
    }
    return render(request, "members/importing/import.html", context)


def _list(kept: RegisterImport, which: str) -> list[list[Any]]:
    found: list[list[Any]] = kept.report.get(which, [])
    return found


def _page(request: HttpRequest, kept: RegisterImport, which: str) -> Page[list[Any]]:
    """Faults or notes: row, what the column is called, the sentence, and the member's number."""
    page: Page[list[Any]] = Paginator(_list(kept, which), PER_PAGE).get_page(
        request.GET.get("page")
    )
    page.object_list = [
        [row, _label(field), message, *(rest or [None])]
        for row, field, message, *rest in page.object_list
    ]
    return page


def _label(field: str) -> str:
    if field == FILE:
        return "The row"
    return BY_NAME[field].label if field in BY_NAME else field


@requires("members.import_register")
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the work is: a piece of the file's page, asked for every two seconds."""
    kept = _get(pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("members:register_import", pk=pk)
    if kept.state not in AT_WORK or kept.job is None or kept.job.is_over:
        return HttpResponseClientRefresh()
    return render(request, "members/importing/progress.html", {"kept": kept})


@requires("members.import_register")
def import_faults(request: HttpRequest, pk: int) -> HttpResponse:
    """Every fault as a spreadsheet, to work through beside the file."""
    kept = _get(pk)
    audit.record(actor_of(request), "members.export_import_faults", kept)
    rows = [(row, field, message) for row, field, message in _list(kept, "faults")]
    return csv_response(f"import-{pk}-faults.csv", ["row", "column", "what is wrong"], rows)


@requires("members.import_register")
@require_POST
def import_take_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the file in, in the background."""
    kept = _get(pk)
    try:
        operations.start_import(register_import=kept, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    return redirect("members:register_import", pk=pk)


@requires("members.import_register")
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the file away."""
    kept = _get(pk)
    try:
        operations.discard_import(register_import=kept, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
        return redirect("members:register_import", pk=pk)
    messages.success(request, "The file is thrown away. The register is as it was.")
    return redirect("members:imports")
