"""Giving back what came for something that is given up."""

from __future__ import annotations

from dataclasses import dataclass

from djmoney.money import Money

from core.actors import SYSTEM, Actor
from ledger.models import Order, TreasurerTask
from ledger.money import in_words, pence_of, pounds_of
from ledger.operations.orders import money_is_due_back
from ledger.operations.pay_outs import pay_back
from ledger.operations.refunds import refund_payment
from ledger.operations.treasurer import ask_treasurer


@dataclass(frozen=True)
class GivenBack:
    """How much goes back: through Stripe the way it came, and by hand from our bank account."""

    through_stripe: Money
    by_hand: Money


def give_back(*, order: Order, why: str, by: Actor) -> GivenBack:
    """Give back what is due back of an order, such as all that came for a cancelled one: through
    Stripe the way it came, the rest by a pay-out, which a second person makes. Where `by` may not
    prepare one, the treasurer is asked.

    Called inside operations, which have checked the right.
    """
    left, through_stripe = money_is_due_back(order), pounds_of(0)
    for payment in order.payments.settled():
        part = min(payment.refundable, left)
        if payment.is_through_stripe and part:
            refund_payment(payment=payment, amount=part, reason=why, by=_or_system(by))
            left -= part
            through_stripe += part
    if left:
        _pay_out(order, left, why, by)
    return GivenBack(through_stripe, left)


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
