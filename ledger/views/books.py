"""The books: trial balance, one account, one journal, one party, and who owes for how long."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.charts import POUNDS, stacked_bar
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from core.spreadsheets import csv_response
from ledger import chart, operations, reports
from ledger.forms.money import AsAtForm, JournalForm, PeriodForm, ReverseForm
from ledger.models import Account, Journal, Party, Posting
from ledger.money import for_sheet
from ledger.operations.by_hand import BY_HAND
from ledger.owners import names_of
from ledger.reports import AGE_HEADS

PER_PAGE = 50
#: What members and customers may owe us.
OWED = (chart.RECEIVABLE, chart.SHARES_UNPAID)


def _as_at(request: HttpRequest) -> tuple[AsAtForm, dt.date]:
    form = AsAtForm(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    return form, on or timezone.localdate()


@requires("ledger.view_books")
def accounts(request: HttpRequest) -> HttpResponse:
    """The trial balance as at a day."""
    form, on = _as_at(request)
    return render(
        request,
        "ledger/accounts.html",
        {"form": form, "on_text": str(on), "balance": reports.trial_balance(on)},
    )


@requires("ledger.view_books")
def accounts_csv(request: HttpRequest) -> HttpResponse:
    """The trial balance as a spreadsheet."""
    _form, on = _as_at(request)
    rows = [
        (
            line.account.code,
            line.account.name,
            line.account.get_kind_display(),
            for_sheet(line.debit),
            for_sheet(line.credit),
        )
        for line in reports.trial_balance(on).balances
    ]
    audit.record(actor_of(request), "ledger.export_accounts", as_at=str(on))
    head = ("code", "account", "kind", "debit", "credit")
    return csv_response(f"trial-balance-{on}.csv", head, rows)


def _lines(
    request: HttpRequest, postings: QuerySet[Posting]
) -> tuple[PeriodForm, QuerySet[Posting]]:
    """The postings of the days that were asked for, the newest first, each with its balance."""
    form = PeriodForm(request.GET)
    period = form.cleaned_data if form.is_valid() else {}
    lines = reports.statement_lines(postings)
    # A running sum is taken over what the query finds: what came before is added as a number.
    before = 0
    if period.get("first"):
        before = postings.up_to(period["first"] - dt.timedelta(days=1)).pence_total()  # type: ignore[attr-defined]
        lines = lines.filter(journal__date__gte=period["first"])
    if period.get("last"):
        lines = lines.filter(journal__date__lte=period["last"])
    lines = lines.annotate(balance=F("running") + before)
    return form, lines.order_by("-journal__date", "-journal_id", "-pk")


@requires("ledger.view_books")
def account(request: HttpRequest, code: str) -> HttpResponse:
    """One account: its postings, newest first, with the balance after each."""
    found = get_object_or_404(Account, code=code)
    form, lines = _lines(request, Posting.objects.filter(account=found))
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(line, reports.Balance(found, line.balance).natural) for line in page]  # type: ignore[attr-defined]
    balance = reports.balance_of(found.code, timezone.localdate())
    return render(
        request,
        "ledger/account.html",
        {
            "account": found,
            "form": form,
            "page": page,
            "rows": rows,
            "names": names_of(line.party_id for line in page if line.party_id),
            "query": request.GET.urlencode(),
            "natural": reports.Balance(found, balance).natural,
        },
    )


@requires("ledger.view_books")
def account_csv(request: HttpRequest, code: str) -> HttpResponse:
    """One account as a spreadsheet, with names, for the accountant."""
    found = get_object_or_404(Account, code=code)
    _form, lines = _lines(request, Posting.objects.filter(account=found))
    every = list(lines)
    names = names_of(line.party_id for line in every if line.party_id)
    audit.record(actor_of(request), "ledger.export_account", found, rows=len(every))
    return csv_response(
        f"account-{code}.csv",
        ("date", "journal", "kind", "reference", "who", "debit", "credit", "balance"),
        [
            (
                line.journal.date,
                line.journal_id,
                line.journal.title,
                line.journal.memo,
                names[line.party_id].label if line.party_id else "",
                for_sheet(max(line.pence, 0)),
                for_sheet(max(-line.pence, 0)),
                for_sheet(line.balance),  # type: ignore[attr-defined]
            )
            for line in every
        ],
    )


def _journal(request: HttpRequest, pk: int, form: ReverseForm | None = None) -> HttpResponse:
    found = get_object_or_404(Journal.objects.sealed().select_related("reverses"), pk=pk)
    postings = list(found.postings.select_related("account").order_by("pk"))
    undoable = found.kind == BY_HAND and not hasattr(found, "reversed_by")
    return render(
        request,
        "ledger/journal.html",
        {
            "journal": found,
            "postings": postings,
            "names": names_of(posting.party_id for posting in postings if posting.party_id),
            "written_by": audit.who_did("ledger.post", found),
            "reversed_by": getattr(found, "reversed_by", None),
            "form": form or ReverseForm(initial={"date": timezone.localdate()}),
            "may_reverse": undoable and request.user.has_perm("ledger.keep_books"),
        },
        status=400 if form else 200,
    )


@requires("ledger.view_books")
def journal(request: HttpRequest, pk: int) -> HttpResponse:
    """One journal with its postings."""
    return _journal(request, pk)


@requires("ledger.keep_books")
def reverse_journal(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a journal that was written by hand."""
    found = get_object_or_404(Journal.objects.sealed(), pk=pk)
    if request.method != "POST":
        return redirect("ledger:journal", pk=pk)
    form = ReverseForm(request.POST)
    if form.is_valid():
        try:
            reversal = operations.reverse_journal(
                journal=found, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Reversed. Both journals stay in the books.")
            return redirect("ledger:journal", pk=reversal.pk)
    return _journal(request, pk, form)


@requires("ledger.keep_books")
def journal_new(request: HttpRequest) -> HttpResponse:
    """Write a journal by hand."""
    form = JournalForm(
        request.POST or None,
        initial={"date": timezone.localdate(), "once": secrets.token_urlsafe(12)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            written = operations.write_journal(by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Written in the books.")
            return redirect("ledger:journal", pk=written.pk)
    return render(
        request, "ledger/journal_new.html", {"form": form}, status=400 if form.errors else 200
    )


@requires("ledger.view_books")
def party(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything between us and one member or customer."""
    found = get_object_or_404(Party, pk=pk)
    form, lines = _lines(request, Posting.objects.filter(party=found))
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    totals = Posting.objects.up_to(timezone.localdate()).filter(party=found).by_account()
    standing = [
        reports.Balance(one, totals[one.code]) for one in Account.objects.filter(code__in=totals)
    ]
    return render(
        request,
        "ledger/party.html",
        {
            "who": names_of([pk])[pk],
            "form": form,
            "page": page,
            "rows": [(line, 0) for line in page],
            "standing": [balance for balance in standing if balance.pence],
        },
    )


@requires("ledger.view_books")
def debt(request: HttpRequest) -> HttpResponse:
    """Who owes us money, and for how long."""
    form, on = _as_at(request)
    debts = reports.aged_debt(on, OWED)
    page = Paginator(debts, PER_PAGE).get_page(request.GET.get("page"))
    totals = [sum(one.columns[index] for one in debts) for index in range(len(AGE_HEADS))]
    return render(
        request,
        "ledger/debt.html",
        {
            "form": form,
            "on_text": str(on),
            "page": page,
            "heads": AGE_HEADS,
            "total_columns": list(zip(AGE_HEADS, totals, strict=True)),
            "total": sum(totals),
            "names": names_of(one.party_id for one in page),
            "chart": _ages(totals),
        },
    )


def _ages(totals: list[int]) -> Any:
    owed = [max(total, 0) / 100 for total in totals]
    return stacked_bar("Owed to us, by age", list(AGE_HEADS), {"Owed": owed}, unit=POUNDS)


@requires("ledger.view_books")
def debt_csv(request: HttpRequest) -> HttpResponse:
    """Aged debt as a spreadsheet."""
    _form, on = _as_at(request)
    debts = reports.aged_debt(on, OWED)
    names = names_of(one.party_id for one in debts)
    audit.record(actor_of(request), "ledger.export_debt", rows=len(debts), as_at=str(on))
    rows = [
        (names[one.party_id].label, *map(for_sheet, one.columns), for_sheet(one.total))
        for one in debts
    ]
    return csv_response(f"owed-{on}.csv", ("who", *AGE_HEADS, "total"), rows)
