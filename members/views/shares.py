"""Shares for staff: classes, one member's transactions, purchases, transfer, putting right."""

from __future__ import annotations

import secrets
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import User
from core.registry import requires
from ledger import operations as ledger
from ledger.forms.money import PaymentForm
from members import operations
from members.forms.shares import BuyForm, CorrectForm, MinuteForm, TransferForm, WhyForm
from members.models import Member, SharePurchase, ShareTransaction
from members.operations.shares import NOT_REVERSED
from members.share_papers import certificate_response, statement_csv, statement_pdf
from members.shareholding import buying_of, purchase_shown, purchases_shown
from members.views.reading import note_money_read
from members.ways_to_pay import Ways, ways_to_pay
from members.withdrawal_queue import held_classes

PER_PAGE = 25
#: What the form of a transfer says besides to whom and of which class.
TOLD = ("quantity", "date", "minute", "once")


def _member(request: HttpRequest, number: int) -> Member:
    today = timezone.localdate()
    rows = Member.objects.with_shares(today).with_amount_paid(today)
    rows = rows.select_related("person", "organisation", "member_class__share_class")
    member: Member = get_object_or_404(rows, number=number)
    note_money_read(request, member)
    return member


@requires("members.view_register")
def shares(request: HttpRequest, number: int) -> HttpResponse:
    """All share transactions of one member, what they are buying, and what can be done."""
    member = _member(request, number)
    history = member.share_transactions.select_related(
        "share_class", "journal", "reverses", "reversed_by", "purchase"
    )
    page = Paginator(history.order_by("-date", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "members/shares.html",
        {
            "member": member,
            "active": member.is_active_on(timezone.localdate()),
            "held": held_classes(member, timezone.localdate()),
            "purchases": purchases_shown(member),
            "page": page,
            "may_keep": request.user.has_perm("members.keep_shares"),
        },
    )


@requires("members.keep_shares")
def shares_buy(request: HttpRequest, number: int) -> HttpResponse:
    """Key in that a member asks for more shares, on paper or by telephone."""
    member = _member(request, number)
    buying = buying_of(member, 1, timezone.localdate())
    form = BuyForm(request.POST or None, buying=buying)
    form.fields["quantity"].label = "How many more shares do they ask for?"
    if request.method == "POST" and form.is_valid():
        try:
            purchase = operations.buy_shares(
                member=member, quantity=form.cleaned_data["quantity"], by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "They are told how to pay. Enter the money when it comes.")
            return redirect("members:purchase", pk=purchase.pk)
    return render(
        request,
        "members/shares_buy.html",
        {"form": form, "member": member},
        status=400 if form.errors else 200,
    )


@requires("members.keep_shares")
def shares_transfer(request: HttpRequest, number: int) -> HttpResponse:
    """A transfer to another member: keyed, looked at with the receiver's name, and done."""
    member = _member(request, number)
    today = timezone.localdate()
    held = [share_class for share_class, _holding in held_classes(member, today)]
    form = TransferForm(request.POST or None, initial={"date": today}, held=held)
    receiver: Member | None = None
    if request.method == "POST" and form.is_valid():
        receiver = form.receiver
        assert receiver is not None
        note_money_read(request, receiver)
        if request.POST.get("sure") == form.sure:  # of what was shown, and of nothing else
            try:
                operations.transfer_shares(
                    giver=member,
                    receiver=receiver,
                    share_class=form.share_class,
                    by=actor_of(request),
                    **{name: form.cleaned_data[name] for name in TOLD},
                )
            except RuleError as error:
                field = "number" if error.field == "receiver" else error.field
                show_refusal(form, RuleError(error.message, field=field))
            else:
                messages.success(request, f"Transferred to member {receiver.number}.")
                return redirect("members:shares", number=number)
    return render(
        request,
        "members/shares_transfer.html",
        {
            "form": form,
            "member": member,
            "receiver": None if form.errors else receiver,
            "sure": form.sure if receiver else "",
        },
        status=400 if form.errors else 200,
    )


@requires("members.keep_shares")
def shares_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a transaction that was wrong, with all that was done by the same journal."""
    rows = ShareTransaction.objects.select_related("member__person", "member__organisation")
    transaction = get_object_or_404(rows, pk=pk)
    note_money_read(request, transaction.member)
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_shares(
                transaction=transaction, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Put right. Both transactions stay in the register.")
            return redirect("members:shares", number=transaction.member.number)
    together = transaction.journal.share_transactions.exclude(pk=pk)
    return render(
        request,
        "members/shares_correct.html",
        {
            "form": form,
            "transaction": transaction,
            "refusal": NOT_REVERSED.get(transaction.kind, ""),
            "together": together.select_related("member__person", "member__organisation")[:10],
            "others": together.count(),
        },
        status=400 if form.errors else 200,
    )


@requires("members.keep_shares")
@require_POST
def shares_certificate(request: HttpRequest, number: int) -> HttpResponse:
    """A certificate for a member, to print and post."""
    member = _member(request, number)
    made = operations.make_certificate(member=member, by=actor_of(request))
    return certificate_response(request, made)


@requires("members.view_register")
def shares_csv(request: HttpRequest, number: int) -> HttpResponse:
    """A member's statement, as a spreadsheet."""
    return statement_csv(request, _member(request, number))


@requires("members.view_register")
def shares_pdf(request: HttpRequest, number: int) -> HttpResponse:
    """A member's statement, on paper."""
    return statement_pdf(request, _member(request, number))


# --- One purchase ---------------------------------------------------------------------------------


def _purchase(pk: int) -> SharePurchase:
    rows = SharePurchase.objects.select_related(
        "order",
        "application__member_class",
        "issued",
        "member__person",
        "member__organisation",
        "share_class",
    )
    return get_object_or_404(rows, pk=pk)


def _show(request: HttpRequest, purchase: SharePurchase, **bound: forms.Form) -> HttpResponse:
    """The page of a purchase; `bound` are forms that were refused."""
    if purchase.member:
        note_money_read(request, purchase.member)
    user = cast(User, request.user)
    ways = ways_to_pay(purchase)
    return render(
        request,
        "members/purchase.html",
        {
            "purchase": purchase,
            "asked_by": audit.who_did("members.ask_for_shares", purchase),
            "ways": ways,
            "shown": purchase_shown(purchase),
            "pay_form": bound.get("pay_form") or payment_form(user, ways),
            "minute_form": bound.get("minute_form") or MinuteForm(),
            "why_form": bound.get("why_form") or WhyForm(),
            "may_enter": user.has_perm("ledger.keep_payments"),
            "bound": list(bound.values()),
        },
        status=400 if bound else 200,
    )


def payment_form(user: User, ways: Ways | None, data: Any = None) -> PaymentForm:
    """The form for money that came; sent twice, it is entered once."""
    initial: dict[str, Any] = {"once": secrets.token_hex(10), "made_on": timezone.localdate()}
    if ways:
        initial["amount"] = ways.to_pay
    return PaymentForm(data, user=user, initial=initial)


def enter_payment(request: HttpRequest, purchase: SharePurchase, form: PaymentForm) -> bool:
    """Enter the money that a form says came; what is refused stands in the form."""
    if not form.is_valid():
        return False
    said = dict(form.cleaned_data)
    key = f"purchase:{purchase.pk}:{said.pop('once')}"
    try:
        ledger.record_payment(order=purchase.order, key=key, by=actor_of(request), **said)
    except RuleError as error:
        show_refusal(form, error)
        return False
    messages.success(request, "The money is entered.")
    return True


@requires("members.keep_shares")
def purchase(request: HttpRequest, pk: int) -> HttpResponse:
    """How a purchase stands, and what can be done about it."""
    return _show(request, _purchase(pk))


@requires("ledger.keep_payments")
@require_POST
def purchase_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter money that came for a purchase."""
    found = _purchase(pk)
    form = payment_form(cast(User, request.user), None, request.POST)
    if enter_payment(request, found, form):
        return redirect("members:purchase", pk=pk)
    return _show(request, found, pay_form=form)


@requires("members.keep_shares")
@require_POST
def purchase_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """The member does not want these shares any more."""
    try:
        operations.cancel_purchase(purchase=_purchase(pk), by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Cancelled: nobody is asked to pay any more.")
    return redirect("members:purchase", pk=pk)


@requires("members.keep_shares")
@require_POST
def purchase_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again to issue shares that are paid for."""
    try:
        operations.issue_now(purchase=_purchase(pk), by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The shares are issued. The member is told.")
    return redirect("members:purchase", pk=pk)


@requires("members.keep_shares")
@require_POST
def purchase_pay_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a purchase up and pay back what came."""
    found = _purchase(pk)
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            operations.pay_back_purchase(
                purchase=found, why=form.cleaned_data["why"], by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "What came goes back. A pay-out waits for a second person.")
            return redirect("members:purchase", pk=pk)
    return _show(request, found, why_form=form)


@requires("members.keep_shares")
@require_POST
def purchase_unpaid(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel shares that were issued and not paid for."""
    found = _purchase(pk)
    form = MinuteForm(request.POST)
    if form.is_valid():
        try:
            operations.cancel_unpaid_shares(
                purchase=found, minute=form.cleaned_data["minute"], by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The unpaid shares are cancelled. The member is told.")
            return redirect("members:purchase", pk=pk)
    return _show(request, found, minute_form=form)
