"""Paying once, on a page of Stripe's: what we note of it. `starting` opens the page."""

from __future__ import annotations

from typing import Literal

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.models import Order, Payment
from ledger.operations.orders import locked

State = Payment.State
Choice = Literal["card", "bacs"]


def choice_of(payment: Payment) -> str:
    """What the page offers: the last part of the key says so."""
    return payment.key.rpartition(":")[2]


@operation(needs=None)
def begin_checkout(*, order: Order, method: Choice | None, by: Actor) -> Payment | None:
    """Note that somebody is about to pay what is still to be paid. Whoever owns the order may.

    One that was begun, and of whose page no answer came, is gone on with. None where another page
    was opened just now: that one is to be looked at first.
    """
    held = locked(order)
    if held.is_cancelled:
        raise RuleError("This was cancelled: there is nothing to pay.")
    if held.is_paid:
        raise RuleError("This is paid already.")
    if held.payments.filter(state=State.PROCESSING).exists():
        raise RuleError("A payment for this is on its way. Please wait until it has come.")
    amount, choice = held.still_to_pay, method or "any"
    begun = held.payments.filter(state=State.STARTED)
    if begun.filter(stripe_session__isnull=False).exists():
        return None
    if payment := begun.filter(amount=amount.amount, key__endswith=f":{choice}").first():
        return payment
    begun.update(state=State.CANCELLED, problem="Another way to pay was chosen.")
    number = held.payments.count() + 1
    payment = Payment.objects.create(
        order=held,
        method=method or Payment.Method.CARD,
        amount=amount,
        key=f"checkout:{held.pk}:{number}:{choice}",
        recorded_by=by.user,
    )
    audit.record(by, "ledger.begin_checkout", payment, order=held.pk)
    return payment


@operation(needs=None)
def note_page(*, payment: Payment, session: str, by: Actor) -> bool:
    """Remember which page of Stripe's a payment was begun on; False if it was called off since."""
    mine = Payment.objects.filter(pk=payment.pk, stripe_session__isnull=True)
    if mine.update(stripe_session=session) == 1:
        audit.record(by, "ledger.note_page", payment)
    return Payment.objects.filter(pk=payment.pk, state=State.STARTED).exists()


@operation(needs=None)
def give_up_checkout(*, payment: Payment, by: Actor) -> None:
    """Stripe would not open a page for this."""
    begun = Payment.objects.filter(pk=payment.pk, state=State.STARTED)
    if begun.update(state=State.CANCELLED, problem="Stripe opened no page.") == 1:
        audit.record(by, "ledger.give_up_checkout", payment)
