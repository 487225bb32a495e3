"""Money through Stripe that named no order of ours: a person says which one it was for, and takes
that back where it was another."""

from __future__ import annotations

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.models import Journal, Order, Payment, Posting, TreasurerTask
from ledger.money import in_words, pence_of, pounds_of
from ledger.operations.journal import move, post, reverse
from ledger.operations.orders import free_of, locked
from ledger.operations.receiving import announce
from ledger.operations.settling import unplaced_key
from ledger.operations.treasurer import drop_too_much, finish_task
from ledger.signals import money_taken_back

State = Payment.State
#: What the key begins with of a payment that a person placed; then the journal of what came.
PLACED = "placed:"


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
    from money for the order follows, and it is paid back through Stripe. Once, unless it is taken
    back (`unplace_money`).
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
    key = _key(came)
    journal = post(
        kind="payment",
        date=today,
        key=key,
        lines=move(pence, debit=chart.SUSPENSE, credit=held.account_id, party=held.party),
        source=f"order:{held.pk}",
        memo=held.reference,
        by=by,
    )
    payment = Payment.objects.create(
        order=held,
        key=key,
        method=Payment.Method.CARD,
        state=State.SUCCEEDED,
        amount=pounds_of(pence),
        made_on=today,
        stripe_intent=task.unplaced_intent,
        recorded_by=by.user,
        journal=journal,
    )
    announce(held, payment, before=before, by=by)
    return payment


def _key(came: Journal) -> str:
    """Of this money, and of this time: what was taken back may be placed again."""
    first = f"{PLACED}{came.pk}"
    before = Payment.objects.filter(key__startswith=f"{first}:").count()
    return f"{first}:{before + 1}"


def was_placed(payment: Payment) -> bool:
    """Whether a person said which order this was for."""
    return payment.key.startswith(PLACED)


def why_not_unplaced(payment: Payment) -> str:
    """Why it stays with its order, in a sentence; empty if it may be taken from there."""
    if not was_placed(payment):
        return "This came for its order from the beginning: nobody had to place it."
    if not payment.is_here:
        return "This has been taken back already."
    if payment.refunded.amount:
        return f"{in_words(pence_of(payment.refunded))} of this has been paid back already."
    if payment.disputes.exists():
        return "The payer’s bank has disputed this: it stays where it is."
    if free_of(payment.order) < payment.amount:
        return "Shares were issued with this. Put those right first."
    return ""


@operation(needs="ledger.keep_payments")
def unplace_money(*, payment: Payment, why: str, by: Actor) -> TreasurerTask:
    """Take money from the order on which a person placed it: it waits to be explained again.

    The journal is reversed, the payment stays as taken back, and its task is open once more.
    Refused where the money has been used since: paid back, disputed, or turned into shares.
    """
    if not why.strip():
        raise RuleError("Say why this is taken back.", field="why")
    order = locked(payment.order)
    payment.refresh_from_db()
    if refusal := why_not_unplaced(payment):
        raise RuleError(refusal, field="why")
    task = TreasurerTask.objects.get(key=f"{TreasurerTask.UNPLACED}{payment.stripe_intent}"[:80])
    came = Payment.objects.filter(pk=payment.pk, state=State.SUCCEEDED, refunded=0)
    # What Stripe says of it from now on is not about this order: it is found by no payment.
    gone = {"state": State.TAKEN_BACK, "problem": why.strip()[:200], "stripe_intent": None}
    if came.update(**gone) != 1:
        raise RuleError("Somebody else has changed this just now. Please look again.", field="why")
    payment.refresh_from_db()
    assert payment.journal is not None
    today = timezone.localdate()
    reverse(journal=payment.journal, date=today, why=f"{order.reference}: payment undone", by=by)
    TreasurerTask.objects.filter(pk=task.pk).update(done_at=None, done_by=None, outcome="")
    task.refresh_from_db()
    audit.record(by, "ledger.unplace_money", payment, order=order.pk, task=task.pk)
    if order.paid_so_far <= order.amount:
        drop_too_much(order=order, by=by)
    money_taken_back.send(sender=Order, order=order, payment=payment, amount=payment.amount, by=by)
    return task
