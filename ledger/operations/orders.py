"""What somebody is asked to pay."""

from __future__ import annotations

import datetime as dt
import secrets

from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.hurry import hurry
from ledger.models import Order, Party, Payment
from ledger.money import GBP, pence_of
from ledger.owners import owners_of, used_of
from ledger.statements import make_reference

PREFIXES: dict[str, str] = {
    Order.Kind.SHARES: "SH",
    Order.Kind.DUES: "DU",
    Order.Kind.INVOICE: "IN",
    Order.Kind.DONATION: "DN",
}
#: Money that may still come, though nobody is sure yet.
UNFINISHED = (Payment.State.STARTED, Payment.State.SCHEDULED)


def positive_pence(amount: Money) -> int:
    """Whole pence above zero; refuses everything else with a sentence."""
    pence = pence_of(amount)
    if pence <= 0:
        raise RuleError("Enter an amount above £0.", field="amount")
    return pence


def order_to_come() -> int:
    """An id that no order has, for a row that is written before the order that asks for it.

    The order names its row and the row its order; the database looks when we commit.
    """
    return -1 - secrets.randbelow(2**62)


@operation(needs=None)
def create_order(
    *,
    kind: Order.Kind | str,
    key: str,
    party: Party,
    account: str,
    amount: Money,
    description: str,
    owner_kind: str,
    owner_id: int,
    due_on: dt.date | None = None,
    by: Actor,
) -> Order:
    """Ask somebody to pay. The same `key` again gives the order that is there.

    The reference, by which a payment is recognised, is made from the order's number.
    """
    positive_pence(amount)
    order, created = Order.objects.get_or_create(
        key=key,
        defaults={
            "reference": secrets.token_hex(10),
            "kind": kind,
            "party": party,
            "account_id": account,
            "amount": amount,
            "description": description,
            "owner_kind": owner_kind,
            "owner_id": owner_id,
            "due_on": due_on,
        },
    )
    if not created:
        if (order.party_id, order.amount, order.account_id) != (party.pk, amount, account):
            raise ValueError(f"Order {order.pk} has this key and says something else.")
        return order
    order.reference = make_reference(PREFIXES[kind], order.pk)
    order.save(update_fields=["reference"])
    audit.record(by, "ledger.create_order", order, reference=order.reference)
    return order


def locked(order: Order) -> Order:
    """The order as it is now, held until the end of the transaction: its money is counted once.

    Everything that moves an order's money begins with this, so that two who do so at the same
    moment each see what the other did. SQLite lets one write at a time anyway.
    """
    return Order.objects.select_for_update().get(pk=order.pk)


def hurry_pages(order: Order) -> None:
    """After the commit, close the pages of Stripe's on which this order could still be paid."""
    begun = order.payments.filter(state=Payment.State.STARTED, stripe_session__isnull=False)
    for pk in begun.values_list("pk", flat=True):
        hurry("page", pk)


@operation(needs=None)
def cancel_order(*, order: Order, paying_back: bool = False, by: Actor) -> Order:
    """Ask for this no more. Refused when money is there or on its way, unless the caller is
    `paying_back` what is there; what comes later is put before the treasurer, to be paid back.

    A payment that was begun or is to be collected is called off (on a page of Stripe's, as soon as
    that is closed); should it come all the same, it is booked and the treasurer is told. Called
    inside operations, which have checked the right.
    """
    held = locked(order)
    if held.is_cancelled:
        raise RuleError("This has been cancelled already.")
    if held.paid_so_far and not paying_back:
        raise RuleError("Money has come for this: pay it back first.")
    on_its_way = held.payments.filter(state=Payment.State.PROCESSING).exists()
    if on_its_way and not paying_back:
        raise RuleError("Money is on its way for this. Wait until it has come, or failed.")
    hurry_pages(held)
    held.payments.filter(state__in=UNFINISHED, stripe_session__isnull=True).update(
        state=Payment.State.CANCELLED, problem="The order was cancelled."
    )
    held.cancelled_at = timezone.now()
    held.save(update_fields=["cancelled_at"])
    audit.record(by, "ledger.cancel_order", held, reference=held.reference)
    order.refresh_from_db()
    return order


@operation(needs="ledger.keep_payments")
def call_off_order(*, order: Order, by: Actor) -> Order:
    """Ask for this no more, on the money screens. What an app above keeps is called off on a page
    of its own, which puts right what hangs on it."""
    key = (order.owner_kind, order.owner_id)
    if owner := owners_of([key]).get(key):
        raise RuleError(f"This is for {owner.label}. There it can be called off.")
    return cancel_order(order=order, by=by)


@operation(needs=None)
def lower_order(
    *,
    order: Order,
    amount: Money,
    description: str = "",
    paying_back: bool = False,
    by: Actor,
) -> Order:
    """Ask for less than before. Refused while money is on its way.

    For no less than has come, unless the caller is `paying_back` what is then too much.
    `description` is what it is for now, where that changes too. A collection of the old amount is
    called off. Called inside operations, which have checked the right.
    """
    held = locked(order)
    if held.is_cancelled:
        raise RuleError("This has been cancelled already.")
    if amount >= held.amount or (amount < held.paid_so_far and not paying_back):
        raise ValueError(f"Order {held.pk} cannot be lowered to {amount}.")
    if held.payments.filter(state=Payment.State.PROCESSING).exists():
        raise RuleError("Money is on its way for this. Wait until it has come, or failed.")
    hurry_pages(held)
    held.payments.filter(state__in=UNFINISHED, stripe_session__isnull=True).update(
        state=Payment.State.CANCELLED, problem="Less is asked for now."
    )
    held.amount, held.description = amount, description or held.description
    held.save(update_fields=["amount", "description"])
    audit.record(by, "ledger.lower_order", held, pence=pence_of(amount))
    order.refresh_from_db()
    return order


def free_of(order: Order) -> Money:
    """What came for an order and has not been used: it may be paid back the way it came."""
    free: Money = max(order.paid_so_far - used_of(order), Money(0, GBP))
    return free


def money_is_due_back(order: Order) -> Money:
    """What is to be paid back: what came too much; of a cancelled order all that is not used."""
    rightly = used_of(order) if order.is_cancelled else order.amount
    too_much: Money = max(order.paid_so_far - rightly, Money(0, GBP))
    return too_much
