"""Money through Stripe that named no order of ours: a person says which one it was for."""

from __future__ import annotations

from django.utils import timezone

from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.models import Journal, Order, Payment, Posting, TreasurerTask
from ledger.money import pounds_of
from ledger.operations.journal import move, post
from ledger.operations.orders import locked
from ledger.operations.receiving import announce
from ledger.operations.settling import unplaced_key
from ledger.operations.treasurer import finish_task


def left_unplaced(task: TreasurerTask) -> int:
    """Pence of what came that still wait to be explained; 0 where the task is of something else."""
    if task.done_at or not task.unplaced_intent:
        return 0
    kept = Posting.objects.filter(account=chart.SUSPENSE, journal__sealed=True)
    return -kept.filter(journal__source=task.unplaced_intent).pence_total()


@operation(needs="ledger.keep_payments")
def place_money(*, task: TreasurerTask, order: Order, by: Actor) -> Payment:
    """Take money from "not yet explained" to the order that it was for, and finish the task.

    All of it that has not gone back. From then on it is a payment like any other: what follows
    from money for the order follows, and it is paid back through Stripe. Once only.
    """
    held = locked(order)
    if held.is_cancelled:
        raise RuleError("This order was cancelled: nobody is asked to pay it.", field="reference")
    pence = left_unplaced(task)
    if pence <= 0:
        raise RuleError("Nothing of this waits to be explained.", field="reference")
    finish_task(task=task, outcome=f"It was for {held.reference}.", by=by)  # of two, one goes on
    came = Journal.objects.get(key=unplaced_key(task.unplaced_intent))
    before, today = held.paid_so_far, timezone.localdate()
    journal = post(
        kind="payment",
        date=today,
        key=f"placed:{came.pk}",
        lines=move(pence, debit=chart.SUSPENSE, credit=held.account_id, party=held.party),
        source=f"order:{held.pk}",
        memo=held.reference,
        by=by,
    )
    payment = Payment.objects.create(
        order=held,
        key=f"placed:{came.pk}",
        method=Payment.Method.CARD,
        state=Payment.State.SUCCEEDED,
        amount=pounds_of(pence),
        made_on=today,
        stripe_intent=task.unplaced_intent,
        recorded_by=by.user,
        journal=journal,
    )
    announce(held, payment, before=before, by=by)
    return payment
