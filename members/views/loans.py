"""A member's loans and deposits, for staff: what came, what is still owed, paying it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from ledger import chart
from ledger.models import Journal
from ledger.money import pounds_of
from members import operations
from members.forms.loans import LoanForm, RepayForm, UndoLoanForm
from members.loans import LOAN, left_to_repay, loan_lines, owed_on_loans, repayments_waiting
from members.models import Member
from members.views.reading import note_money_read

PER_PAGE = 25


def _member(request: HttpRequest, number: int) -> Member:
    rows = Member.objects.select_related("person", "organisation")
    member: Member = get_object_or_404(rows, number=number)
    note_money_read(request, member)
    return member


@requires("members.view_register")
def loans(request: HttpRequest, number: int) -> HttpResponse:
    """What a member has lent, line by line, what is still owed, and what waits to be paid back."""
    member = _member(request, number)
    party, user = member.holder.party_id, request.user
    lines = loan_lines(member.holder)
    return render(
        request,
        "members/loans.html",
        {
            "member": member,
            "page": Paginator(lines[::-1], PER_PAGE).get_page(request.GET.get("page")),
            "owed": owed_on_loans(party),
            "waiting": repayments_waiting(party),
            "may_enter": user.has_perm("ledger.keep_payments"),
            "may_repay": user.has_perm("ledger.prepare_pay_outs") and left_to_repay(party) > 0,
        },
    )


@requires("ledger.keep_payments")
def loan_new(request: HttpRequest, number: int) -> HttpResponse:
    """Enter money that a member lent."""
    member = _member(request, number)
    form = LoanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_loan(member=member, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The loan is in the books and in the register.")
            return redirect("members:loans", number=number)
    return _form(request, member, form, heading="Enter a loan or deposit", submit="Enter it")


@requires("ledger.prepare_pay_outs")
def loan_repay(request: HttpRequest, number: int) -> HttpResponse:
    """Prepare to pay some or all of it back."""
    member = _member(request, number)
    left = pounds_of(left_to_repay(member.holder.party_id))
    form = RepayForm(request.POST or None, left=left)
    if request.method == "POST" and form.is_valid():
        try:
            operations.prepare_loan_repayment(
                member=member, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Prepared. Somebody else has to pay it.")
            return redirect("members:loans", number=number)
    return _form(
        request,
        member,
        form,
        heading="Pay a loan back",
        said="Two people: you prepare it, somebody else pays it.",
        submit="Prepare it",
    )


@requires("ledger.keep_payments")
def loan_undo(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take back a loan that was keyed wrongly."""
    member = _member(request, number)
    party = member.holder.party_id
    lent = Journal.objects.filter(kind=LOAN, postings__party=party, postings__account=chart.LOANS)
    journal = get_object_or_404(lent, pk=pk)
    form = UndoLoanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.undo_loan(journal=journal, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Undone. Both lines stay in the books.")
            return redirect("members:loans", number=number)
    amount = pounds_of(-journal.postings.get(account=chart.LOANS).pence)
    return _form(
        request,
        member,
        form,
        heading="Undo a loan",
        said=f"{amount}, {journal.memo}, entered by mistake. A line that says the opposite undoes "
        "it, and both stay.",
        submit="Undo it",
        danger=True,
    )


def _form(request: HttpRequest, member: Member, form: forms.Form, **context: Any) -> HttpResponse:
    return render(
        request,
        "members/loan_form.html",
        {"member": member, "form": form, **context},
        status=400 if form.errors else 200,
    )
