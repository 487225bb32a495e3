"""The lines of a bank statement: what is proposed, chosen by hand, and undone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from core.spreadsheets import csv_response
from ledger import operations
from ledger.awaited import awaited, expected, find, line_of, payers, proposals
from ledger.explained import Row, explanations, put_aside, rows_of, with_matches
from ledger.forms.statements import ExplainForm, FindForm, UndoLineForm
from ledger.models import BankLine, PayOut, StatementImport
from ledger.money import for_sheet
from ledger.owners import names_of
from ledger.reconciling import reconcile
from ledger.statements import amounts_beside, find_references, propose_from_advice
from ledger.views.statements import PER_PAGE, preview_page

State = BankLine.State
#: So many things of the same amount are shown before anybody has searched.
FEW = 10
#: No remittance names more, and no page shows more.
MOST_THINGS = 300


# --- A statement ----------------------------------------------------------------------------------


@requires("ledger.keep_payments")
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """A statement: looked at before it is taken in, and its lines from then on."""
    found = get_object_or_404(
        StatementImport.objects.select_related("bank_account__account", "read_by"), pk=pk
    )
    if found.state == StatementImport.State.PREVIEW:
        return preview_page(request, found)
    taken_in = found.state == StatementImport.State.IMPORTED
    tabs, lines = _tabs(request.GET.get("show", ""), found)
    page = Paginator(with_matches(lines), PER_PAGE).get_page(request.GET.get("page"))
    proposed = proposals(found) if taken_in else {}
    rows = rows_of(found.bank_account, page.object_list, proposed)
    audit.record(actor_of(request), "ledger.read_statement", found)
    return render(
        request,
        "ledger/statement_lines.html",
        {
            "statement": found,
            "taken_in": taken_in,
            "balance": reconcile(found) if taken_in else None,
            "tabs": tabs,
            "page": page,
            "rows": rows,
            "names": _names(rows),
            "certain": sum(proposal.is_certain for proposal in proposed.values()),
        },
    )


def _tabs(show: str, found: StatementImport) -> tuple[list[dict[str, Any]], Any]:
    """The tabs above the lines, and the lines of the one that is asked for."""
    lines = found.lines.all()
    of_tab = {
        "new": ("To be explained", lines.filter(state=State.NEW)),
        "matched": ("Explained", lines.filter(state=State.MATCHED)),
        "aside": ("Put aside", lines.filter(put_aside())),
        "all": ("All", lines),
    }
    counts = {code: some.count() for code, (_label, some) in of_tab.items()}
    if show not in of_tab:
        show = "new" if counts["new"] else "all"
    tabs = [
        {"label": label, "url": f"?show={code}", "current": code == show, "count": counts[code]}
        for code, (label, _lines) in of_tab.items()
    ]
    return tabs, of_tab[show][1]


def _names(rows: Iterable[Row]) -> Any:
    return names_of({party for row in rows for party in row.parties})


@requires("ledger.keep_payments")
@require_POST
def accept_all_certain(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain all lines that name our reference with the exact amount."""
    found = get_object_or_404(StatementImport.objects.select_related("bank_account"), pk=pk)
    accepted = len(operations.accept_all_certain(statement=found, by=actor_of(request)))
    if accepted:
        lines = "line is" if accepted == 1 else "lines are"
        messages.success(request, f"{accepted} {lines} explained and in the books.")
    else:
        messages.info(request, "No line is certain. Look at each of them.")
    return redirect("ledger:statement", pk=pk)


@requires("ledger.keep_payments")
def statement_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """A statement as a spreadsheet, with what each line was found to be."""
    found = get_object_or_404(StatementImport.objects.select_related("bank_account"), pk=pk)
    lines = list(with_matches(found.lines.all()))
    told = {line.pk: explanations(line) for line in lines}
    names = names_of({one.party_id for parts in told.values() for one in parts if one.party_id})
    audit.record(actor_of(request), "ledger.export_statement", found, rows=len(lines))
    rows = [
        (
            line.date,
            line.kind,
            line.text,
            for_sheet(line.came),
            for_sheet(line.went),
            for_sheet(line.balance_pence) if line.balance_pence is not None else "",
            line.get_state_display(),
            "; ".join(one.what for one in told[line.pk]),
            "; ".join(names[one.party_id].label for one in told[line.pk] if one.party_id),
            line.why,
        )
        for line in lines
    ]
    head = ("date", "type", "text", "in", "out", "balance", "state", "what", "who", "why")
    return csv_response(f"statement-{found.pk}.csv", head, rows)


# --- One line -------------------------------------------------------------------------------------


def _get(pk: int) -> BankLine:
    return get_object_or_404(
        with_matches(
            BankLine.objects.select_related("statement", "bank_account__account", "matched_by")
        ),
        pk=pk,
    )


def _show(
    request: HttpRequest,
    line: BankLine,
    *,
    find_form: FindForm | None = None,
    explain_form: ExplainForm | None = None,
    undo_form: UndoLineForm | None = None,
    why: str = "",
) -> HttpResponse:
    """The page of one line. Forms that are given were used: `explain_form` has what was found."""
    waits = line.state == State.NEW
    row = rows_of(line.bank_account, [line], proposals(line.statement) if waits else {})[0]
    if waits and explain_form is None:
        explain_form = _before_a_search(line, row)
    parties = {thing.party_id for thing in explain_form.things} if explain_form else set()
    used: list[forms.Form] = [f for f in (find_form, explain_form, undo_form) if f and f.is_bound]
    audit.record(actor_of(request), "ledger.read_line", line)
    references = find_references(line.text)
    return render(
        request,
        "ledger/statement_line.html",
        {
            "line": line,
            "row": row,
            "why": why or (row.proposal.why if row.proposal else ""),
            "names": names_of(pk for pk in parties | row.parties if pk is not None),
            "find_form": find_form or FindForm(),
            "explain_form": explain_form,
            "undo_form": undo_form or UndoLineForm(),
            "used": used,
            "not_paid": PayOut.objects.waiting().filter(reference__in=references),
        },
        status=400 if any(form.errors for form in used) else 200,
    )


def _before_a_search(line: BankLine, row: Row) -> ExplainForm:
    """What is proposed, ticked; what is hinted at; and what has the same amount."""
    proposal = row.proposal
    keys = list((*proposal.keys, *proposal.hints)) if proposal else []
    items = expected(line.bank_account, line.date)
    keys += find(line, for_sheet(abs(line.pence)), items)[:FEW]
    ticked = proposal.keys if proposal else ()
    return _form(line, keys, ticked)


def _form(line: BankLine, keys: Iterable[str], ticked: Iterable[str]) -> ExplainForm:
    """To choose from these: one that is ticked takes the whole line, several what each asks."""
    things = awaited(line.bank_account, list(dict.fromkeys(keys))[:MOST_THINGS])
    chosen = [things[key] for key in ticked if key in things]
    pence = {thing.key: thing.pence for thing in chosen}
    if len(chosen) == 1:
        pence = {chosen[0].key: line.pence}
    return ExplainForm(line=line, things=things.values(), ticked=pence)


@requires("ledger.keep_payments")
def bank_line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of a statement: choose by hand what it is. Posted, it searches."""
    line = _get(pk)
    if request.method != "POST" or line.state != State.NEW:
        return _show(request, line)
    form = FindForm(request.POST)
    if not form.is_valid():
        return _show(request, line, find_form=form)
    said = form.cleaned_data["said"]
    items = expected(line.bank_account, line.date)
    keys = find(line, said, items)
    if not keys:
        form.add_error("said", "Nothing that is awaited has this. It may be paid already.")
        return _show(request, line, find_form=form)
    if not find_references(said):
        return _show(request, line, find_form=form, explain_form=_form(line, keys, ()))
    if listed := _listed(line, said, keys):
        why = "The amounts in the list add up to this line."
        return _show(request, line, find_form=form, explain_form=listed, why=why)
    proposal = propose_from_advice(line_of(line), said, items, payers([line.text]))
    named = _form(line, keys, proposal.keys)
    return _show(request, line, find_form=form, explain_form=named, why=proposal.why)


def _listed(line: BankLine, said: str, keys: Iterable[str]) -> ExplainForm | None:
    """What a pasted list says, where its amounts are the whole line: each order with its own."""
    things = awaited(line.bank_account, list(dict.fromkeys(keys))[:MOST_THINGS])
    paid = amounts_beside(said)
    ticked = {
        key: paid[thing.reference]
        for key, thing in things.items()
        if thing.order is not None and thing.reference in paid
    }
    if sum(ticked.values()) != line.pence:
        return None
    return ExplainForm(line=line, things=things.values(), ticked=ticked)


@requires("ledger.keep_payments")
@require_POST
def match_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Say by hand what a line is."""
    line = _get(pk)
    keys = request.POST.getlist("keys")[:MOST_THINGS]
    form = ExplainForm(request.POST, line=line, things=awaited(line.bank_account, keys).values())
    if form.is_valid():
        try:
            operations.match_line(line=line, parts=form.parts(), by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
            line = _get(pk)
        else:
            messages.success(request, "Explained, and in the books.")
            return redirect("ledger:statement", pk=line.statement_id)
    return _show(request, line, explain_form=form)


@requires("ledger.keep_payments")
@require_POST
def accept_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain a line as is proposed for it."""
    line = _get(pk)
    keys = request.POST.getlist("keys")
    try:
        operations.accept_proposal(line=line, keys=keys, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Explained, and in the books.")
    return redirect("ledger:statement", pk=line.statement_id)


@requires("ledger.keep_payments")
@require_POST
def undo_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a line was said to be."""
    line = _get(pk)
    form = UndoLineForm(request.POST)
    if form.is_valid():
        try:
            operations.undo_match(line=line, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
            line = _get(pk)
        else:
            messages.success(request, "Undone. The line is to be explained again.")
            return redirect("ledger:bank_line", pk=pk)
    return _show(request, line, undo_form=form)
