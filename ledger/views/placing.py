"""Whose money it was that came through Stripe for no order of ours."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from ledger import operations
from ledger.forms.money import PlaceForm, UnplaceForm
from ledger.models import Payment, TreasurerTask


@requires("ledger.keep_payments")
def place_money(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which order it was for."""
    task = get_object_or_404(TreasurerTask, pk=pk)
    pence = operations.left_unplaced(task)
    if not pence:
        messages.info(request, "Nothing of this waits to be explained any more.")
        return redirect("ledger:tasks")
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        order = form.cleaned_data["reference"]
        try:
            operations.place_money(task=task, order=order, by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"It is in the books for {order.reference} now.")
            return redirect("ledger:order", pk=order.pk)
    context = {"task": task, "pence": pence, "form": form}
    return render(request, "ledger/place_money.html", context, status=400 if form.errors else 200)


@requires("ledger.keep_payments")
def unplace_money(request: HttpRequest, pk: int) -> HttpResponse:
    """It was for another order: take it from this one, to be placed again."""
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    form = UnplaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            task = operations.unplace_money(
                payment=payment, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Taken back. Now say which order it was for.")
            return redirect("ledger:place_money", pk=task.pk)
    context = {"payment": payment, "stop": operations.why_not_unplaced(payment), "form": form}
    return render(request, "ledger/unplace_money.html", context, status=400 if form.errors else 200)
