"""Giving back what came for something that is given up."""

from __future__ import annotations

from djmoney.money import Money

from core.actors import SYSTEM, Actor
from ledger.models import Order, TreasurerTask
from ledger.money import in_words, pence_of
from ledger.operations.orders import money_is_due_back
from ledger.operations.pay_outs import pay_back
from ledger.operations.refunds import refund_payment
from ledger.operations.treasurer import ask_treasurer


def give_back(*, order: Order, why: str, by: Actor) -> Money:
    """Give back what came for a cancelled order: through Stripe the way it came, the rest by a
    pay-out, which a second person makes. Where `by` may not prepare one, the treasurer is asked.
    Returns how much it is in all.

    Called inside operations, which have checked the right.
    """
    due = left = money_is_due_back(order)
    for payment in order.payments.settled():
        part = min(payment.refundable, left)
        if payment.is_through_stripe and part:
            refund_payment(payment=payment, amount=part, reason=why, by=_or_system(by))
            left -= part
    if left:
        _pay_out(order, left, why, by)
    return due


def _or_system(by: Actor) -> Actor:
    """An applicant who takes an application back asks for the money too, and may not refund."""
    return by if by.may("ledger.keep_payments") else SYSTEM


def _pay_out(order: Order, amount: Money, why: str, by: Actor) -> None:
    if by.user is not None and by.may("ledger.prepare_pay_outs"):
        pay_back(order=order, amount=amount, why=f"{order.reference}: {why}"[:120], by=by)
        return
    ask_treasurer(
        kind=TreasurerTask.Kind.PAY_BACK,
        key=f"back:{order.pk}",
        sentence=f"{in_words(pence_of(amount))} came for {order.reference}. Pay it back.",
        order=order,
        by=by,
    )
