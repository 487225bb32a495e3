"""Bank statements: our accounts at banks, reading in, and what was read in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from ledger import operations
from ledger.awaited import unseen
from ledger.forms.statements import (
    BankAccountForm,
    ColumnsForm,
    FileForm,
    ReadForm,
    StatementFilter,
    TakeInForm,
)
from ledger.models import BankAccount, BankLine, StatementImport
from ledger.operations import FaultyStatementError
from ledger.owners import names_of
from ledger.reconciling import look_over, reconcile
from ledger.statements import FIELDS, Fault, StatementError, read_headings

State = StatementImport.State
PER_PAGE = 25
GENERAL = "general"
#: What a fault's field is called where the file has no such column.
FIELD_NAMES = {**FIELDS, "file": "The file", "headings": "The headings", "closing": "Balance"}


# --- What there is --------------------------------------------------------------------------------


@requires("ledger.keep_payments")
def statements(request: HttpRequest) -> HttpResponse:
    """Our accounts at banks, and every statement that was read, the newest first."""
    form = StatementFilter(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = _with_counts(StatementImport.objects.all())
    if wanted.get("bank_account"):
        found = found.filter(bank_account=wanted["bank_account"])
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    return render(
        request,
        "ledger/statement_list.html",
        {
            "form": form,
            "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
            "accounts": _accounts(),
        },
    )


def _with_counts(found: QuerySet[StatementImport]) -> QuerySet[StatementImport]:
    """Statements, the newest first, each with how many of its lines are `waiting`."""
    waiting = Count("lines", filter=Q(lines__state=BankLine.State.NEW))
    return (
        found.select_related("bank_account", "read_by")
        .annotate(waiting=waiting)
        .order_by("-last_on", "-pk")
    )


def _accounts() -> QuerySet[BankAccount]:
    """Our accounts, each with its `latest` day, the balance then, and how many lines wait."""
    taken_in = StatementImport.objects.filter(bank_account=OuterRef("pk"), state=State.IMPORTED)
    latest = taken_in.order_by("-last_on", "-pk")
    return BankAccount.objects.order_by("pk").annotate(
        latest=Subquery(latest.values("last_on")[:1]),
        closing=Subquery(latest.values("closing_pence")[:1]),
        waiting=Count("lines", filter=Q(lines__state=BankLine.State.NEW)),
    )


@requires("ledger.keep_payments")
def bank_account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: the bank's balance beside the books', what makes them differ, its statements."""
    found = get_object_or_404(BankAccount.objects.select_related("account"), pk=pk)
    every = _with_counts(found.imports.all())
    latest = every.filter(state=State.IMPORTED).first()
    first = found.imports.filter(state=State.IMPORTED).order_by("first_on").first()
    not_told = unseen(found).prefetch_related("postings").order_by("-date", "-pk")
    if latest and first:
        not_told = not_told.filter(date__range=(first.first_on, latest.last_on))
    page = Paginator(not_told, PER_PAGE).get_page(request.GET.get("page"))
    parties = {one.pk: {p.party_id for p in one.postings.all() if p.party_id} for one in page}
    return render(
        request,
        "ledger/statement_account.html",
        {
            "account": found,
            "latest": latest,
            "balance": reconcile(latest) if latest else None,
            "page": page,
            "parties": {pk: next(iter(ids)) for pk, ids in parties.items() if len(ids) == 1},
            "names": names_of({party for ids in parties.values() for party in ids}),
            "statements": every[:PER_PAGE],
        },
    )


@requires("ledger.keep_payments")
def bank_account_new(request: HttpRequest) -> HttpResponse:
    """Say that we have an account at a bank."""
    return _keep_bank_account(request, None)


@requires("ledger.keep_payments")
def bank_account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what we say of an account at a bank."""
    return _keep_bank_account(request, get_object_or_404(BankAccount, pk=pk))


def _keep_bank_account(request: HttpRequest, kept: BankAccount | None) -> HttpResponse:
    initial = {"name": kept.name, "number": kept.number, "profile": kept.profile} if kept else {}
    form = BankAccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            kept = operations.keep_bank_account(
                bank_account=kept,
                columns=kept.columns if kept else None,
                by=actor_of(request),
                **form.cleaned_data,
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The account is kept.")
            return redirect("ledger:bank_account", pk=kept.pk)
    return render(
        request,
        "ledger/statement_account_form.html",
        {"form": form, "account": kept},
        status=400 if form.errors else 200,
    )


# --- Reading in -----------------------------------------------------------------------------------


@requires("ledger.keep_payments")
def statement_read(request: HttpRequest) -> HttpResponse:
    """Choose a bank's file; it is then looked at before anything is taken in."""
    accounts = list(BankAccount.objects.order_by("pk")[:2])
    if not accounts:
        return redirect("ledger:bank_account_new")
    initial = {"bank_account": request.GET.get("account") or accounts[0].pk}
    if request.method != "POST":
        return _read_page(request, ReadForm(initial=initial))
    form = ReadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _read_page(request, form)
    said = form.cleaned_data
    account: BankAccount = said["bank_account"]
    profile = said["profile"] or account.profile
    if profile == GENERAL and not account.columns:
        return _choose_columns(request, account, said["upload"], form)
    columns = account.columns if profile == GENERAL else None
    return _read_in(request, form, account, profile, columns)


def _read_page(
    request: HttpRequest, form: forms.Form, faults: list[Fault] | None = None
) -> HttpResponse:
    return render(
        request,
        "ledger/statement_read.html",
        {"form": form, "faults": _named(faults)},
        status=400 if form.errors else 200,
    )


def _named(faults: list[Fault] | None) -> list[tuple[int | None, str, str]]:
    """Faults with what their field is called."""
    return [
        (fault.row, FIELD_NAMES.get(fault.field, fault.field.capitalize()), fault.sentence)
        for fault in faults or []
    ]


def _read_in(
    request: HttpRequest,
    form: forms.Form,
    account: BankAccount,
    profile: str,
    columns: dict[str, str] | None,
) -> HttpResponse:
    """Read what the form brought; where it is refused, its page again with all faults."""
    faults: list[Fault] = []
    try:
        read = operations.read_in(
            upload=form.cleaned_data["upload"],
            bank_account=account,
            profile=profile,
            columns=columns,
            closing=form.cleaned_data["closing"],
            by=actor_of(request),
        )
    except RuleError as error:
        show_refusal(form, error)
        faults = error.faults if isinstance(error, FaultyStatementError) else []
    else:
        return redirect("ledger:statement", pk=read.pk)
    if isinstance(form, ColumnsForm):
        return _columns_page(request, account, form, faults)
    return _read_page(request, form, faults)


def _choose_columns(
    request: HttpRequest, account: BankAccount, upload: bytes, form: forms.Form
) -> HttpResponse:
    """Of a bank whose file we do not know: show its headings, to choose from."""
    try:
        headings = read_headings(upload)
    except StatementError as error:
        show_refusal(form, RuleError(error.faults[0].sentence, field="upload"))
        headings = ()
    else:
        if headings:
            return _columns_page(request, account, ColumnsForm(headings=headings))
        show_refusal(form, RuleError("This file has no row of headings.", field="upload"))
    if isinstance(form, ReadForm):
        return _read_page(request, form)
    return _columns_page(request, account, form)


def _columns_page(
    request: HttpRequest, account: BankAccount, form: forms.Form, faults: list[Fault] | None = None
) -> HttpResponse:
    return render(
        request,
        "ledger/statement_columns.html",
        {
            "form": form,
            "account": account,
            "faults": _named(faults),
            "choosing": isinstance(form, ColumnsForm),
        },
        status=400 if form.errors else 200,
    )


@requires("ledger.keep_payments")
def statement_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose which column of another bank's file holds what: kept for the next time.

    The file comes twice: for its headings, and with the choice of columns to be read.
    """
    account = get_object_or_404(BankAccount, pk=pk)
    if request.method != "POST":
        return _columns_page(request, account, FileForm())
    first = FileForm(request.POST, request.FILES)
    if not first.is_valid():
        return _columns_page(request, account, first)
    upload: bytes = first.cleaned_data["upload"]
    if "column_date" not in request.POST:
        return _choose_columns(request, account, upload, first)
    return _read_by_columns(request, account, upload)


def _read_by_columns(request: HttpRequest, account: BankAccount, upload: bytes) -> HttpResponse:
    try:
        headings = read_headings(upload)
    except StatementError:
        headings = ()  # reading it in says what is wrong with it
    form = ColumnsForm(request.POST, request.FILES, headings=headings)
    if not form.is_valid():
        return _columns_page(request, account, form)
    response = _read_in(request, form, account, GENERAL, form.columns())
    if response.status_code == 302:
        operations.keep_bank_account(
            bank_account=account,
            name=account.name,
            number=account.number,
            profile=GENERAL,
            columns=form.columns(),
            by=actor_of(request),
        )
    return response


# --- One that is looked at ------------------------------------------------------------------------


def preview_page(request: HttpRequest, statement: StatementImport) -> HttpResponse:
    """A statement before it is taken in: its lines, those we know, and whether it all adds up."""
    preview = look_over(statement)
    audit.record(actor_of(request), "ledger.read_statement", statement)
    return render(
        request,
        "ledger/statement_preview.html",
        {
            "statement": statement,
            "preview": preview,
            "new": len(preview.new),
            "balance": reconcile(statement, preview),
            "form": TakeInForm(),
            "page": Paginator(preview.lines, 2 * PER_PAGE).get_page(request.GET.get("page")),
        },
    )


@requires("ledger.keep_payments")
@require_POST
def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a statement that was looked at."""
    found = get_object_or_404(StatementImport, pk=pk)
    form = TakeInForm(request.POST)
    leave_out = form.is_valid() and form.cleaned_data["leave_out_alike"]
    operations.take_in(statement=found, leave_out_alike=leave_out, by=actor_of(request))
    messages.success(request, "Taken in. Now say what each line is.")
    return redirect("ledger:statement", pk=pk)


@requires("ledger.keep_payments")
@require_POST
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a statement that was only looked at."""
    found = get_object_or_404(StatementImport, pk=pk)
    operations.discard_import(statement=found, by=actor_of(request))
    messages.success(request, "Thrown away. Nothing of it was kept.")
    return redirect("ledger:statements")


@requires("ledger.keep_payments")
@require_POST
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the taking in of a statement of which nothing is explained."""
    found = get_object_or_404(StatementImport, pk=pk)
    try:
        operations.undo_import(statement=found, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Undone. The file can be read in again.")
    return redirect("ledger:statement", pk=pk)
