"""What every payment has in common, whichever way it comes: its journal, and who is told."""

from __future__ import annotations

import datetime as dt

from djmoney.money import Money

from core.actors import Actor
from ledger import chart
from ledger.models import Journal, Order, Payment, TreasurerTask
from ledger.money import in_words, pence_of
from ledger.operations.journal import move, post
from ledger.operations.orders import hurry_pages
from ledger.operations.treasurer import ask_treasurer, drop_failures
from ledger.signals import money_came, order_paid

Method = Payment.Method
#: The account into which each method's money comes.
COMES_INTO: dict[str, str] = {
    Method.CARD: chart.STRIPE,
    Method.BACS: chart.STRIPE,
    Method.TRANSFER: chart.BANK,
    Method.STANDING_ORDER: chart.BANK,
    Method.REMITTANCE: chart.BANK,
    Method.CHEQUE: chart.CASH,
    Method.CASH: chart.CASH,
    Method.PAYROLL: chart.PAYROLL,
}


def book(
    order: Order,
    *,
    pence: int,
    method: str,
    on: dt.date,
    key: str,
    into: str = "",
    by: Actor,
) -> Journal:
    """The journal of money that came: into the method's account, to the credit of the order's.

    `into` is the account into which it came where that is another bank's than our first one.
    """
    debit = into or COMES_INTO[method]
    lines = move(pence, debit=debit, credit=order.account_id, party=order.party)
    return post(
        kind="payment",
        date=on,
        key=key,
        lines=lines,
        source=f"order:{order.pk}",
        memo=order.reference,
        by=by,
    )


def announce(order: Order, payment: Payment, *, before: Money, by: Actor) -> None:
    """Tell the apps above what came, and whether the order is paid now; tell the treasurer what
    is odd about it.

    `order` is locked, and `before` is what had been paid for it before this payment.
    """
    if order.is_cancelled:
        ask_treasurer(
            kind=TreasurerTask.Kind.PAY_BACK,
            key=f"cancelled:{payment.pk}",
            sentence=f"{in_words(pence_of(payment.amount))} came for {order.reference}, which was "
            "cancelled. Pay it back.",
            payment=payment,
            by=by,
        )
        return
    after = order.paid_so_far
    if after > order.amount:
        ask_treasurer(
            kind=TreasurerTask.Kind.TOO_MUCH,
            key=f"too_much:{payment.pk}",
            sentence=f"{in_words(pence_of(after))} came for {order.reference}, which asks for "
            f"{in_words(pence_of(order.amount))}.",
            payment=payment,
            by=by,
        )
    money_came.send(sender=Order, order=order, payment=payment, by=by)
    if before < order.amount <= after:
        hurry_pages(order)
        drop_failures(order=order, by=by)
        order_paid.send(sender=Order, order=order, payment=payment, by=by)
