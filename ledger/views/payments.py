"""The treasurer's day: what waits, what is to be paid, payments, refunds, and pay-outs."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from djmoney.money import Money

from core import audit
from core.actors import actor_of
from core.charts import POUNDS, line_chart
from core.errors import RuleError
from core.forms import show_refusal
from core.models import User
from core.registry import requires
from ledger import chart, operations, reports
from ledger.forms.money import (
    ORDER_STATES,
    OrderFilter,
    OutcomeForm,
    PaidOnForm,
    PayBackForm,
    PaymentForm,
    PayOutFilter,
    ReferenceForm,
    RefundForm,
    UndoForm,
)
from ledger.models import BankMatch, Journal, Order, Payment, PayOut, TreasurerTask
from ledger.operations.paper import PAPER
from ledger.owners import names_of, owners_of

PER_PAGE = 25
#: What the first page shows of the books: account → what to call it there.
FIGURES = (
    (chart.BANK, "In the bank"),
    (chart.STRIPE, "Held by Stripe"),
    (chart.APPLICATIONS, "For shares not yet issued"),
    (chart.RECEIVABLE, "Dues and invoices owed to us"),
    (chart.SHARE_CAPITAL, "Share capital"),
)
MONTHS_SHOWN = 12


@requires("ledger.view_books")
def money(request: HttpRequest) -> HttpResponse:
    """What waits for the treasurer, how the money stands, and where to go."""
    today = timezone.localdate()
    balance = reports.trial_balance(today)
    tasks = TreasurerTask.objects.filter(done_at__isnull=True).select_related("order")
    return render(
        request,
        "ledger/money.html",
        {
            "figures": [(label, balance.natural(code), code) for code, label in FIGURES],
            "tasks": tasks[:PER_PAGE],
            "tasks_waiting": tasks.count(),
            "pay_outs_waiting": PayOut.objects.filter(state=PayOut.State.PREPARED).count(),
            "form": ReferenceForm(),
            "chart": _capital_chart(today),
        },
    )


def _capital_chart(today: dt.date) -> Any:
    """Share capital at the end of each of the last months, and today."""
    ends, first = [today], today.replace(day=1)
    for _ in range(MONTHS_SHOWN - 1):
        ends.append(first - dt.timedelta(days=1))
        first = ends[-1].replace(day=1)
    points = reports.balances_on(chart.SHARE_CAPITAL, sorted(ends))
    return line_chart(
        "Share capital, last twelve months",
        {"Share capital": [(day, -pence / 100) for day, pence in points]},
        unit=POUNDS,
    )


@requires("ledger.view_books")
def tasks(request: HttpRequest) -> HttpResponse:
    """Everything about money that a person had to look at, what is not done first."""
    found = TreasurerTask.objects.select_related("order", "done_by").order_by(
        "done_at", "-created_at"
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledger/tasks.html", {"page": page})


@requires("ledger.keep_payments")
@require_POST
def finish_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was done about a task."""
    task = get_object_or_404(TreasurerTask, pk=pk)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        operations.finish_task(
            task=task, outcome=form.cleaned_data["outcome"], by=actor_of(request)
        )
        messages.success(request, "Noted, and off the list.")
    else:
        messages.error(request, "Say what you did about it.")
    return redirect("ledger:tasks" if request.GET.get("all") else "ledger:money")


@requires("ledger.keep_payments")
def orders(request: HttpRequest) -> HttpResponse:
    """What people are asked to pay, the newest first."""
    form = OrderFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    show = wanted.get("show") or "open"
    every = Order.objects.all()
    by_state = {
        "open": every.open(),
        "paid": every.paid(),
        "cancelled": every.cancelled(),
        "all": every.with_paid(),
    }
    found = by_state[show]
    kind = wanted.get("kind")
    if kind:
        found = found.filter(kind=kind)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    narrowed = f"&kind={kind}" if kind else ""
    return render(
        request,
        "ledger/orders.html",
        {
            "form": form,
            "page": page,
            "orders": shown,
            "owners": owners_of((order.owner_kind, order.owner_id) for order in shown),
            "names": names_of(order.party_id for order in shown),
            "tabs": [
                {"label": label, "url": f"?show={code}{narrowed}", "current": code == show}
                for code, label in ORDER_STATES
            ],
            "find_form": ReferenceForm(),
        },
    )


@requires("ledger.keep_payments")
@require_POST
def find_order(request: HttpRequest) -> HttpResponse:
    """Open the order with the reference that was typed, or that stands in a pasted text."""
    form = ReferenceForm(request.POST)
    typed = form.cleaned_data["reference"] if form.is_valid() else ""
    order = Order.objects.with_reference(typed)
    if order is None:
        messages.error(request, "There is no order with this reference. Check each letter.")
        return redirect("ledger:orders")
    return redirect("ledger:order", pk=order.pk)


def _order(
    request: HttpRequest,
    order: Order,
    *,
    pay_form: forms.Form | None = None,
    pay_back_form: forms.Form | None = None,
    payment: Payment | None = None,
    payment_form: forms.Form | None = None,
) -> HttpResponse:
    """One order's page. Forms that are given were refused; `payment_form` is about `payment`."""
    today = timezone.localdate()
    explained = BankMatch.objects.filter(undone_at__isnull=True, made=True)
    payments = list(
        order.payments.select_related("recorded_by", "counted_by", "journal").prefetch_related(
            "refunds",
            Prefetch("journal__bank_matches", explained),
        )
    )
    key = (order.owner_kind, order.owner_id)
    names = names_of([order.party_id, *(one.payer_id for one in payments if one.payer_id)])
    back, free = operations.money_is_due_back(order), operations.free_of(order)
    refused = [form for form in (pay_form, pay_back_form, payment_form) if form]
    return render(
        request,
        "ledger/order.html",
        {
            "order": order,
            "owner": owners_of([key]).get(key),
            "who": names[order.party_id],
            "names": names,
            "payments": [
                (one, payment_form if one == payment else _form_of(one, today, free))
                for one in payments
            ],
            "free": free,
            "placed": [
                one
                for one in payments
                if operations.was_placed(one) and one.state == Payment.State.SUCCEEDED
            ],
            "tasks": order.tasks.filter(done_at__isnull=True),
            "due_back": back,
            "pay_outs": PayOut.objects.giving_back(order),
            "pay_form": pay_form or _pay_form(request, order, today),
            "pay_back_form": pay_back_form
            or PayBackForm(initial={"amount": back}, auto_id="id_back_%s"),
            "refused": refused,
            "may_prepare": request.user.has_perm("ledger.prepare_pay_outs"),
        },
        status=400 if refused else 200,
    )


def _pay_form(request: HttpRequest, order: Order, today: dt.date) -> PaymentForm:
    return PaymentForm(
        user=cast(User, request.user),
        initial={
            "amount": order.still_to_pay,
            "made_on": today,
            "once": secrets.token_urlsafe(12),
        },
    )


def _form_of(payment: Payment, today: dt.date, free: Money) -> UndoForm | RefundForm | None:
    """What can be done about money that came: undo it, or pay back the way it came what of it is
    not used."""
    if not payment.refundable.amount:
        return None
    auto_id = f"id_{payment.pk}_%s"
    if payment.method in PAPER:
        return UndoForm(initial={"on": today}, auto_id=auto_id)
    most = min(payment.refundable, free)
    return RefundForm(initial={"amount": most}, auto_id=auto_id) if most.amount else None


def _get_order(pk: int) -> Order:
    return get_object_or_404(Order.objects.with_paid().select_related("account", "party"), pk=pk)


@requires("ledger.keep_payments")
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: what came for it, and what can be done about it."""
    return _order(request, _get_order(pk))


@requires("ledger.keep_payments")
@require_POST
def record_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter money that came for an order."""
    found = _get_order(pk)
    form = PaymentForm(request.POST, user=cast(User, request.user))
    if form.is_valid():
        said = dict(form.cleaned_data)
        once = said.pop("once")
        try:
            operations.record_payment(
                order=found, key=f"typed:{once}", by=actor_of(request), **said
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The payment is in the books.")
            return redirect("ledger:order", pk=pk)
    return _order(request, found, pay_form=form)


@requires("ledger.keep_payments")
@require_POST
def undo_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a payment that did not come after all."""
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    form = UndoForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        try:
            operations.undo_payment(payment=payment, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Undone. Both lines stay in the books.")
            return redirect("ledger:order", pk=payment.order_id)
    return _order(request, _get_order(payment.order_id), payment=payment, payment_form=form)


@requires("ledger.keep_payments")
@require_POST
def refund_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Send money back the way it came, through Stripe."""
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    form = RefundForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        try:
            operations.refund_payment(payment=payment, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The refund is on its way.")
            return redirect("ledger:order", pk=payment.order_id)
    return _order(request, _get_order(payment.order_id), payment=payment, payment_form=form)


@requires("ledger.prepare_pay_outs")
@require_POST
def pay_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare to pay money for an order back from our bank account; a second person pays it."""
    found = _get_order(pk)
    form = PayBackForm(request.POST, auto_id="id_back_%s")
    if form.is_valid():
        try:
            operations.pay_back(order=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Prepared. Somebody else has to pay it.")
            return redirect("ledger:pay_outs")
    return _order(request, found, pay_back_form=form)


@requires("ledger.keep_payments")
@require_POST
def cancel_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for this no more."""
    try:
        operations.call_off_order(order=_get_order(pk), by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Cancelled: nobody is asked to pay it.")
    return redirect("ledger:order", pk=pk)


@requires("ledger.view_books")
def pay_outs(request: HttpRequest) -> HttpResponse:
    """Money that leaves our bank account: what waits for a second person, and what was paid."""
    form = PayOutFilter(request.GET)
    wanted = form.cleaned_data.get("state") if form.is_valid() else ""
    state = wanted or PayOut.State.PREPARED
    every = PayOut.objects.select_related("account", "prepared_by", "paid_by")
    counts = dict(every.order_by().values_list("state").annotate(Count("pk")))
    found = every if state == "all" else every.filter(state=state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    return render(
        request,
        "ledger/pay_outs.html",
        {
            "page": page,
            "pay_outs": shown,
            "names": names_of(one.party_id for one in shown),
            "owners": owners_of((one.owner_kind, one.owner_id) for one in shown),
            "tabs": [
                {
                    "label": label,
                    "url": f"?state={code}",
                    "current": code == state,
                    "count": sum(counts.values()) if code == "all" else counts.get(code, 0),
                }
                for code, label in [*PayOut.State.choices, ("all", "All")]
            ],
        },
    )


@requires("ledger.view_books")
def pay_out(request: HttpRequest, pk: int) -> HttpResponse:
    """One pay-out: whom, how much, why, and who has done what."""
    return _pay_out(request, pk)


def _pay_out(
    request: HttpRequest,
    pk: int,
    form: PaidOnForm | None = None,
    undo_form: UndoForm | None = None,
) -> HttpResponse:
    found = get_object_or_404(
        PayOut.objects.select_related("account", "party", "prepared_by", "paid_by"), pk=pk
    )
    key = (found.owner_kind, found.owner_id)
    waits = found.state == PayOut.State.PREPARED
    may_make = request.user.has_perm("ledger.make_pay_outs")
    return render(
        request,
        "ledger/pay_out.html",
        {
            "pay_out": found,
            "who": names_of([found.party_id])[found.party_id],
            "owner": owners_of([key]).get(key),
            "order": Order.objects.filter(pk=found.owner_id).first()
            if found.owner_kind == PayOut.FOR_ORDER
            else None,
            "undone": Journal.objects.filter(reverses=found.journal_id).first()
            if found.journal_id
            else None,
            "undone_by": audit.who_did("ledger.undo_pay_out", found),
            "form": form or PaidOnForm(initial={"paid_on": timezone.localdate()}),
            "waits": waits,
            "is_first": found.prepared_by == request.user,
            "may_pay": waits and may_make,
            "stop": operations.why_not_paid(found) if waits else "",
            "may_call_off": waits and request.user.has_perm("ledger.prepare_pay_outs"),
            "may_undo": may_make
            and found.state == PayOut.State.PAID
            and found.prepared_by != request.user,
            "undo_form": undo_form
            or UndoForm(initial={"on": timezone.localdate()}, auto_id="undo_%s"),
        },
        status=400 if form or undo_form else 200,
    )


@requires("ledger.make_pay_outs")
@require_POST
def make_pay_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the bank has paid it: the second person's step."""
    found = get_object_or_404(PayOut, pk=pk)
    form = PaidOnForm(request.POST)
    if form.is_valid():
        try:
            operations.make_pay_out(pay_out=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted as paid, and in the books.")
            return redirect("ledger:pay_out", pk=pk)
    return _pay_out(request, pk, form)


@requires("ledger.make_pay_outs")
@require_POST
def undo_pay_out(request: HttpRequest, pk: int) -> HttpResponse:
    """It was not paid after all, or on another day, or the bank sent it back."""
    found = get_object_or_404(PayOut, pk=pk)
    form = UndoForm(request.POST, auto_id="undo_%s")
    if form.is_valid():
        try:
            operations.undo_pay_out(pay_out=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Undone. We owe it again, and it can be prepared anew.")
            return redirect("ledger:pay_out", pk=pk)
    return _pay_out(request, pk, undo_form=form)


@requires("ledger.prepare_pay_outs")
@require_POST
def call_off_pay_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not pay this after all."""
    found = get_object_or_404(PayOut, pk=pk)
    operations.call_off_pay_out(pay_out=found, by=actor_of(request))
    messages.success(request, "Called off. What we owe stays owed.")
    return redirect("ledger:pay_out", pk=pk)
