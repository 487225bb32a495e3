"""Share interest: drafts, approval, pay-outs by two people, and the list for the tax return."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import Job
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from ledger.money import for_sheet, pence_of
from members import operations
from members.forms.interest import ApproveForm, DraftForm, PaidForm, TaxYearForm
from members.models import InterestLine, InterestRun, Member, SocietyRules
from members.operations.jobs import PREFIX
from members.rules.interest import tax_year_of
from members.share_interest import PaidInterest, paid_in_tax_year

PER_PAGE = 50
CSV_HEAD = ("number", "name", "share days", "interest, pounds", "pay-out", "paid on")
TAX_HEAD = ("number", "name", "what", "postal address", "date of birth", "paid, pounds")


def _record_reading(request: HttpRequest, members: Iterable[Member], why: ReadWhy) -> None:
    people = [member.person_id for member in members if member.person_id]
    audit.record_reading(actor_of(request), people, "money", why)


@requires("members.view_register")
def interest_runs(request: HttpRequest) -> HttpResponse:
    """Every period for which there is interest, and a new draft."""
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = operations.draft_interest(by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            return redirect("members:interest_run", pk=run.pk)
    runs = InterestRun.objects.select_related("share_class").annotate(
        members=Count("lines"), total=Sum("lines__amount")
    )
    page = Paginator(runs.order_by("-last_on", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    may_keep = request.user.has_perm("members.keep_interest")
    context = {"form": form, "page": page, "may_keep": may_keep}
    status = 400 if form.errors else 200
    return render(request, "members/interest_runs.html", context, status=status)


def _run(pk: int) -> InterestRun:
    return get_object_or_404(InterestRun.objects.select_related("share_class", "job"), pk=pk)


def _lines(run: InterestRun) -> QuerySet[InterestLine]:
    return run.lines.select_related("member__person", "member__organisation", "pay_out")


def _job(run: InterestRun) -> Job | None:
    """The newest piece of work for this run: working it out, preparing, or paying."""
    kinds = [f"{PREFIX}:interest:{run.pk}", f"{PREFIX}:interest-prepare:{run.pk}"]
    mine = Job.objects.filter(kind__in=kinds) | Job.objects.filter(
        kind__startswith=f"{PREFIX}:interest-pay:{run.pk}:"
    )
    return mine.order_by("-pk").first()


@requires("members.view_register")
def interest_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One period: every member's interest, and what is to be done next."""
    return _show(request, _run(pk))


def _show(request: HttpRequest, run: InterestRun, **bound: forms.Form) -> HttpResponse:
    page = Paginator(_lines(run), PER_PAGE).get_page(request.GET.get("page"))
    _record_reading(request, [line.member for line in page.object_list], ReadWhy.LIST)
    figures = run.lines.aggregate(number=Count("pk"), total=Sum("amount"))
    may = request.user.has_perm
    context = {
        "run": run,
        "job": _job(run),
        "page": page,
        "number": figures["number"],
        "total": figures["total"],
        "to_prepare": run.lines.to_prepare().count(),
        "to_pay": run.lines.to_pay().count(),
        "to_pay_by_others": run.lines.to_pay()
        .exclude(pay_out__prepared_by=request.user.pk)
        .exists(),
        "paid": run.lines.paid().count(),
        "may_keep": may("members.keep_interest"),
        "may_prepare": may("ledger.prepare_pay_outs"),
        "may_pay": may("ledger.make_pay_outs"),
        "approve_form": bound.get("approve_form") or ApproveForm(),
        "paid_form": bound.get("paid_form") or PaidForm(initial={"paid_on": timezone.localdate()}),
        "bound": list(bound.values()),
    }
    status = 400 if bound else 200
    return render(request, "members/interest_run.html", context, status=status)


@requires("members.view_register")
def interest_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the work on it is: a piece of the page, asked for every two seconds."""
    run = _run(pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("members:interest_run", pk=pk)
    job = _job(run)
    if job is None or job.is_over:
        return HttpResponseClientRefresh()
    return render(request, "members/includes/interest_progress.html", {"job": job, "run": run})


@requires("members.keep_interest")
def interest_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Every line as a spreadsheet."""
    run = _run(pk)
    lines = list(_lines(run))
    _record_reading(request, [line.member for line in lines], ReadWhy.EXPORT)
    audit.record(actor_of(request), "members.export_interest", run, rows=len(lines))
    rows = [
        (
            line.member.number,
            line.member.name,
            line.share_days,
            f"{line.amount.amount:.2f}",
            line.pay_out.reference if line.pay_out else "",
            line.pay_out.paid_on if line.pay_out else "",
        )
        for line in lines
    ]
    return csv_response(f"share-interest-{run.first_on}-{run.last_on}.csv", CSV_HEAD, rows)


def _tried(request: HttpRequest, act: Callable[[], Any], done: str = "") -> None:
    """Do it, and say how it went."""
    try:
        act()
    except RuleError as error:
        messages.error(request, error.message)
    else:
        if done:
            messages.success(request, done)


@requires("members.keep_interest")
@require_POST
def interest_rework(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(pk)
    _tried(request, lambda: operations.rework_interest(run=run, by=actor_of(request)))
    return redirect("members:interest_run", pk=pk)


@requires("members.keep_interest")
@require_POST
def interest_drop(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(pk)
    _tried(
        request,
        lambda: operations.drop_interest(run=run, by=actor_of(request)),
        "The draft is thrown away.",
    )
    return redirect("members:interest_runs")


@requires("members.keep_interest")
@require_POST
def interest_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Into the books, by the minute of a general meeting."""
    run = _run(pk)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _show(request, run, approve_form=form)
    try:
        operations.approve_interest(run=run, by=actor_of(request), **form.cleaned_data)
    except RuleError as error:
        show_refusal(form, error)
        return _show(request, run, approve_form=form)
    messages.success(request, "The interest is in the books, owed to the members.")
    return redirect("members:interest_run", pk=pk)


@requires("ledger.prepare_pay_outs")
@require_POST
def interest_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """The first of two people."""
    run = _run(pk)
    _tried(request, lambda: operations.start_preparing_interest(run=run, by=actor_of(request)))
    return redirect("members:interest_run", pk=pk)


@requires("ledger.make_pay_outs")
@require_POST
def interest_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """The second of two people."""
    run = _run(pk)
    form = PaidForm(request.POST)
    if not form.is_valid():
        return _show(request, run, paid_form=form)
    try:
        operations.start_paying_interest(run=run, by=actor_of(request), **form.cleaned_data)
    except RuleError as error:
        show_refusal(form, error)
        return _show(request, run, paid_form=form)
    return redirect("members:interest_run", pk=pk)


# --- For the tax return ---------------------------------------------------------------------------


def _tax(request: HttpRequest) -> tuple[TaxYearForm, int, list[PaidInterest]]:
    year = {"begins": tax_year_of(timezone.localdate())}
    form = TaxYearForm(year | request.GET.dict())
    begins = form.cleaned_data["begins"] if form.is_valid() else year["begins"]
    least = pence_of(SocietyRules.current().interest_report_from)
    return form, begins, paid_in_tax_year(begins, least)


@requires("members.keep_interest")
def interest_tax(request: HttpRequest) -> HttpResponse:
    """Who was paid so much in a tax year that it has to be reported."""
    form, begins, found = _tax(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    _record_reading(request, [line.member for line in page.object_list], ReadWhy.LIST)
    context = {
        "form": form,
        "begins": begins,
        "page": page,
        "least": SocietyRules.current().interest_report_from,
    }
    return render(request, "members/interest_tax.html", context)


@requires("members.keep_interest")
def interest_tax_csv(request: HttpRequest) -> HttpResponse:
    """The same as a spreadsheet, with what the return asks for."""
    _form, begins, found = _tax(request)
    _record_reading(request, [line.member for line in found], ReadWhy.EXPORT)
    audit.record(actor_of(request), "members.export_interest_tax", year=begins, rows=len(found))
    rows = [
        (
            line.member.number,
            line.member.name,
            "person" if line.member.person else "organisation",
            line.member.holder.postal_address,
            line.member.person.born if line.member.person else "",
            for_sheet(line.pence),
        )
        for line in found
    ]
    return csv_response(f"share-interest-tax-year-{begins}.csv", TAX_HEAD, rows)
