"""Files to take away: one page says what each is for; each is noted in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.documents import PdfUnavailable, document_html, pdf_response, render_pdf
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response, zip_response
from members import exports
from members.annual_return import AnnualReturn, annual_return, pack, usual_year
from members.forms.exports import DayForm, LabelsForm, PeriodForm
from members.models import Member

#: Three columns of eight on a sheet of A4; so many labels in one file.
SHEET = 24
LABELS_A_FILE = 40 * SHEET


def _export(
    request: HttpRequest,
    what: str,
    members: Sequence[Member] = (),
    why: ReadWhy = ReadWhy.EXPORT,
    **data: object,
) -> None:
    """Note that a file was made, and whose details are in it."""
    people = [member.person_id for member in members if member.person_id]
    by = actor_of(request)
    audit.record_reading(by, people, "contact", why)
    audit.record(by, f"members.export_{what}", None, **data)


@requires("members.view_register")
def export_page(request: HttpRequest) -> HttpResponse:
    """Every file that can be taken away, with what it is for."""
    today = timezone.localdate()
    first, last = usual_year(today)
    year = {"first": first, "last": last}
    parts = ceil(Member.objects.active_on(today).count() / LABELS_A_FILE)
    context = {
        "day_form": DayForm(initial={"on": today}, auto_id="day_%s"),
        "period_form": PeriodForm(initial=year, auto_id="period_%s"),
        "labels_form": LabelsForm(parts=parts, auto_id="labels_%s"),
        "year_form": PeriodForm(initial=year, auto_id="year_%s"),
    }
    return render(request, "members/exports.html", context)


def _wanted(form: forms.Form) -> dict[str, Any] | None:
    return form.cleaned_data if form.is_valid() else None


def _unreadable(request: HttpRequest, form: forms.Form) -> HttpResponse:
    """The period or the day makes no sense: ask for it again."""
    return render(request, "members/export_again.html", {"form": form}, status=400)


@requires("members.view_register")
def transactions_csv(request: HttpRequest) -> HttpResponse:
    """Every change of shares in a period."""
    form = PeriodForm(request.GET)
    if (wanted := _wanted(form)) is None:
        return _unreadable(request, form)
    first, last = wanted["first"], wanted["last"]
    _export(request, "transactions", first=str(first), last=str(last))
    name = f"share-transactions-{first}-{last}.csv"
    rows = exports.transaction_rows(first, last)
    return csv_response(name, exports.TRANSACTIONS_HEAD, rows)


@requires("members.keep_register")
def labels(request: HttpRequest) -> HttpResponse:
    """Addresses to stick on: sheets of three by eight, or a spreadsheet for a label printer."""
    wanted = _wanted(LabelsForm(request.GET)) or {}
    paper_only = wanted.get("who", "post") != "all"
    members = exports.to_post(exports.reachable(timezone.localdate()), paper_only=paper_only)
    if request.GET.get("as") == "csv":
        _export(request, "labels", members, rows=len(members))
        rows = map(exports.label_row, members)
        return csv_response(f"labels-{timezone.localdate()}.csv", exports.LABELS_HEAD, rows)
    return _label_sheets(request, members)


def _label_sheets(request: HttpRequest, members: list[Member]) -> HttpResponse:
    """As a PDF; in parts where there are many."""
    part = Paginator(members, LABELS_A_FILE).get_page(request.GET.get("part"))
    shown = list(part.object_list)
    _export(request, "labels", shown, ReadWhy.PDF, rows=len(shown))
    lines = [exports.label_lines(member) for member in shown]
    sheets = [lines[at : at + SHEET] for at in range(0, len(lines), SHEET)]
    name = f"labels-{timezone.localdate()}-{part.number}.pdf"
    return pdf_response(request, "members/papers/labels.html", {"sheets": sheets}, name)


@requires("members.keep_register")
def mail_merge_csv(request: HttpRequest) -> HttpResponse:
    """What letters made elsewhere need."""
    members = list(exports.reachable(timezone.localdate()))
    _export(request, "mail_merge", members, rows=len(members))
    rows = map(exports.merge_row, members)
    return csv_response(f"mail-merge-{timezone.localdate()}.csv", exports.MERGE_HEAD, rows)


@requires("members.view_register")
def electorate(request: HttpRequest) -> HttpResponse:
    """How many members there were on a day, by whose votes are counted together."""
    form = DayForm({"on": timezone.localdate()} | request.GET.dict())
    if (wanted := _wanted(form)) is None:
        return _unreadable(request, form)
    context = {"form": form, "electorate": exports.electorate_on(wanted["on"])}
    return render(request, "members/electorate.html", context)


@requires("members.keep_register")
def electorate_csv(request: HttpRequest) -> HttpResponse:
    """The members of a day by name, with how to reach them."""
    form = DayForm(request.GET)
    if (wanted := _wanted(form)) is None:
        return _unreadable(request, form)
    found = exports.electorate_on(wanted["on"])
    _export(request, "electorate", found.members, as_at=str(found.on), rows=len(found.members))
    return csv_response(f"electorate-{found.on}.csv", exports.ELECTORATE_HEAD, found.rows())


# --- The annual return ----------------------------------------------------------------------------


def _figures(form: PeriodForm) -> AnnualReturn | None:
    wanted = _wanted(form)
    return annual_return(wanted["first"], wanted["last"]) if wanted else None


@requires("members.view_register")
def annual_return_page(request: HttpRequest) -> HttpResponse:
    """The figures of a year, to be copied into the form."""
    first, last = usual_year(timezone.localdate())
    form = PeriodForm({"first": first, "last": last} | request.GET.dict())
    if (figures := _figures(form)) is None:
        return _unreadable(request, form)
    return render(request, "members/annual_return.html", {"form": form, "figures": figures})


@requires("members.view_register")
def annual_return_pdf(request: HttpRequest) -> HttpResponse:
    """The figures as a document."""
    form = PeriodForm(request.GET)
    if (figures := _figures(form)) is None:
        return _unreadable(request, form)
    _export(request, "annual_return", first=str(figures.first), last=str(figures.last))
    context = {"figures": figures}
    name = f"annual-return-{figures.last}.pdf"
    return pdf_response(request, "members/papers/annual_return.html", context, name)


@requires("members.view_register")
def annual_return_zip(request: HttpRequest) -> HttpResponse:
    """The figures and every list behind them in one pack."""
    form = PeriodForm(request.GET)
    if (figures := _figures(form)) is None:
        return _unreadable(request, form)
    files = pack(figures) | _summary(figures)
    people = Member.objects.filter(joined__lte=figures.last).select_related("person")
    _export(
        request, "annual_return", list(people), first=str(figures.first), last=str(figures.last)
    )
    return zip_response(f"annual-return-{figures.last}.zip", files)


def _summary(figures: AnnualReturn) -> dict[str, bytes]:
    """As a PDF; where none can be made here, as the same page for a browser."""
    template, context = "members/papers/annual_return.html", {"figures": figures}
    try:
        return {"summary.pdf": render_pdf(template, context)}
    except PdfUnavailable:
        return {"summary.html": document_html(template, context, pdf=False).encode()}
