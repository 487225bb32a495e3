"""Money that comes without Stripe: by bank, cheque, cash, from pay, or from a council."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.registry import operation
from ledger.models import Order, Party, Payment
from ledger.money import in_words, pence_of
from ledger.operations.journal import reverse
from ledger.operations.orders import locked, positive_pence
from ledger.operations.receiving import announce, book
from ledger.operations.treasurer import drop_too_much
from ledger.signals import money_taken_back

Method = Payment.Method
State = Payment.State
PAPER = frozenset(Method) - {Method.CARD, Method.BACS}
#: As long as books are kept: what is dated before that is a slip.
LONG_AGO = dt.timedelta(days=6 * 366)


@operation(needs="ledger.keep_payments")
def record_payment(
    *,
    order: Order,
    method: Payment.Method | str,
    amount: Money,
    made_on: dt.date,
    payer: Party | None = None,
    note: str = "",
    counted_by: User | None = None,
    party: Party | None = None,
    into: str = "",
    key: str,
    by: Actor,
) -> Payment:
    """Enter money that came for an order. The same `key` again gives the payment that is there.

    `payer` is who paid where that is somebody else than who is credited. `party` is whom the
    money is meant for, where known: somebody else's order is then refused. Cash is counted by two
    people. `into` is the account of the books that it came into, where that is another of our bank
    accounts than the first. Part payments add up; more than was asked for is booked, and the
    treasurer is told.
    """
    pence = positive_pence(amount)
    _check(method, made_on, counted_by, by)
    held = locked(order)
    if party is not None and party.pk != held.party_id:
        raise RuleError("This order is somebody else's.", field="order")
    if earlier := Payment.objects.filter(key=key).first():
        return _the_same(earlier, held, method, amount, made_on)
    if held.is_cancelled:
        raise RuleError("This order was cancelled: nobody is asked to pay it.", field="order")
    before = held.paid_so_far
    payment = Payment.objects.create(
        order=held,
        method=method,
        state=State.STARTED,
        amount=amount,
        payer=None if payer == held.party else payer,
        note=note.strip()[:60],
        key=key,
        recorded_by=by.user,
        counted_by=counted_by,
    )
    payment.journal = book(
        held, pence=pence, method=method, on=made_on, key=f"payment:{payment.pk}", into=into, by=by
    )
    payment.state, payment.made_on = State.SUCCEEDED, made_on
    payment.save(update_fields=["journal", "state", "made_on"])
    audit.record(
        by, "ledger.record_payment", payment, order=held.pk, pence=pence, method=str(method)
    )
    announce(held, payment, before=before, by=by)
    return payment


def _check(method: str, made_on: dt.date, counted_by: User | None, by: Actor) -> None:
    """Whether money can have come so, on that day, counted by these people."""
    if method not in PAPER:
        raise RuleError("Stripe itself tells us of cards and Direct Debits.", field="method")
    if made_on > timezone.localdate():
        raise RuleError("That day is still to come.", field="made_on")
    if made_on < timezone.localdate() - LONG_AGO:
        raise RuleError("That is more than six years ago. Check the year.", field="made_on")
    if method != Method.CASH:
        if counted_by is not None:
            raise RuleError("Only cash is counted by a second person.", field="counted_by")
    elif counted_by is None:
        raise RuleError("Say who counted the cash with you.", field="counted_by")
    elif counted_by == by.user:
        raise RuleError(
            "Cash is counted by two people: name somebody other than yourself.", field="counted_by"
        )


def _the_same(
    earlier: Payment, order: Order, method: str, amount: Money, made_on: dt.date
) -> Payment:
    """A repeat is harmless only if it says the same."""
    said = (earlier.order_id, earlier.method, earlier.amount, earlier.made_on)
    if said != (order.pk, method, amount, made_on):
        raise RuleError("This was recorded already, with other figures.")
    return earlier


@operation(needs="ledger.keep_payments")
def record_remittance(
    *,
    lines: Sequence[tuple[Order, Money]],
    total: Money,
    payer: Party | None = None,
    made_on: dt.date,
    note: str = "",
    into: str = "",
    key: str,
    by: Actor,
) -> list[Payment]:
    """Enter one receipt that pays many orders, as a council's remittance does: all or none.

    The lines have to come to the total of the receipt, and each order stands on one line only.
    """
    if not lines:
        raise RuleError("Say what the remittance pays.", field="lines")
    if len({order.pk for order, _amount in lines}) != len(lines):
        raise RuleError("Put each order on one line only.", field="lines")
    pence = sum(positive_pence(amount) for _order, amount in lines)
    if pence != positive_pence(total):
        raise RuleError(
            f"The lines come to {in_words(pence)}, the receipt is {in_words(pence_of(total))}.",
            field="total",
        )
    # In one sequence whoever asks, so that two at once do not wait for each other.
    in_sequence = sorted(lines, key=lambda line: line[0].pk)
    return [
        record_payment(
            order=order,
            method=Method.REMITTANCE,
            amount=amount,
            made_on=made_on,
            payer=payer,
            note=note,
            into=into,
            key=f"{key}:{order.pk}",
            by=by,
        )
        for order, amount in in_sequence
    ]


@operation(needs="ledger.keep_payments")
def undo_payment(*, payment: Payment, on: dt.date, why: str, by: Actor) -> Payment:
    """Take back a payment that did not come after all: entered by mistake, or a cheque bounced.

    Its journal is reversed and both stay. Not for Stripe, which says itself what was taken back,
    nor once any of it was paid back.
    """
    if payment.method not in PAPER:
        raise RuleError("Stripe itself tells us when money is taken back.")
    if not why.strip():
        raise RuleError("Say why this is undone.", field="why")
    if on > timezone.localdate():
        raise RuleError("That day is still to come.", field="on")
    held = locked(payment.order)
    came = Payment.objects.filter(pk=payment.pk, state=State.SUCCEEDED, refunded=0)
    if came.update(state=State.TAKEN_BACK, problem=why.strip()[:200]) != 1:
        raise RuleError("Only money that came, and that nobody has paid back, can be undone.")
    payment.refresh_from_db()
    assert payment.journal is not None
    reverse(journal=payment.journal, date=on, why=f"{held.reference}: payment undone", by=by)
    audit.record(by, "ledger.undo_payment", payment, order=held.pk)
    if held.paid_so_far <= held.amount:
        drop_too_much(order=held, by=by)
    money_taken_back.send(sender=Order, order=held, payment=payment, amount=payment.amount, by=by)
    return payment
