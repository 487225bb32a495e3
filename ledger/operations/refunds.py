"""Money that goes back the way it came, through Stripe."""

from __future__ import annotations

from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.hurry import hurry, once
from ledger.models import Order, Payment, Refund, TreasurerTask
from ledger.money import GBP, in_words, pence_of, pounds_of
from ledger.operations.journal import move, post, reverse
from ledger.operations.orders import free_of, locked, positive_pence
from ledger.operations.settling import is_unplaced
from ledger.operations.treasurer import ask_treasurer
from ledger.signals import refunded
from ledger.stripe_says import RefundSaid

State = Refund.State
#: What Stripe calls it → what we do.
STATES = {
    "pending": State.PROCESSING,
    "requires_action": State.PROCESSING,
    "succeeded": State.SUCCEEDED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}


def count_refunded(payment: Payment, pence: int) -> bool:
    """Add to what of a payment has gone back; False where it would be more than came, or below 0.

    A comparison and a set, not an addition in the database, which on SQLite adds as floats.
    """
    before, after = payment.refunded, payment.refunded + pounds_of(pence)
    if not Money(0, GBP) <= after <= payment.amount:
        return False
    if Payment.objects.filter(pk=payment.pk, refunded=before).update(refunded=after) != 1:
        return False
    payment.refunded = after
    return True


def refund_key(refund: Refund) -> str:
    """What we write into a refund at Stripe, and ask for it by."""
    return once("refund", refund.pk, refund.asked_at)


@operation(needs="ledger.keep_payments")
def refund_payment(*, payment: Payment, amount: Money, reason: str, by: Actor) -> Refund:
    """Pay back part or all of what came through Stripe; never more than came, nor what was used.

    The amount is taken from what may be paid back at once. Stripe is asked after the commit, and
    the books change when it says that the money has gone.
    """
    pence = positive_pence(amount)
    if not payment.is_through_stripe:
        raise RuleError("This did not come through Stripe: prepare a pay-out instead.")
    if not reason.strip():
        raise RuleError("Say why this is paid back.", field="reason")
    order = locked(payment.order)
    held = Payment.objects.get(pk=payment.pk)
    if held.state != Payment.State.SUCCEEDED:
        raise RuleError("Only money that has come can be paid back.")
    free = free_of(order)
    if free < amount <= held.refundable:
        raise RuleError(
            f"{in_words(pence_of(free))} of what came for this can be paid back: the rest has "
            "become shares. Those are asked back instead.",
            field="amount",
        )
    if not count_refunded(held, pence):
        left = in_words(pence_of(held.refundable))
        raise RuleError(f"Only {left} of this payment can be paid back.", field="amount")
    refund = Refund.objects.create(
        payment=held, amount=amount, reason=reason.strip()[:120], asked_by=by.user
    )
    audit.record(by, "ledger.refund_payment", refund, order=order.pk, pence=pence)
    hurry("refund", refund.pk)
    payment.refresh_from_db()
    return refund


@operation(needs=None)
def apply_refund(*, said: RefundSaid, by: Actor) -> Refund | None:
    """Bring our refund to where Stripe says it is now. One that we did not ask for is added.

    The payment it belongs to has been brought up to date before.
    """
    payment = Payment.objects.filter(stripe_intent=said.intent).first() if said.intent else None
    if payment is None or payment.journal_id is None:
        _book_unplaced(said, by)
        return None
    order = locked(payment.order)
    payment = Payment.objects.get(pk=payment.pk)
    refund = _refund_of(said, payment, by)
    to = STATES.get(said.status, State.PROCESSING)
    if to == State.SUCCEEDED:
        _paid_back(order, refund, by)
    elif to == State.FAILED:
        _failed(order, payment, refund, said.problem, by)
    else:
        _move_on(refund, to, (State.ASKED,), by)
    refund.refresh_from_db()
    return refund


def _refund_of(said: RefundSaid, payment: Payment, by: Actor) -> Refund:
    if known := Refund.objects.filter(stripe_refund=said.id).first():
        return known
    for asked in payment.refunds.filter(stripe_refund__isnull=True):
        if refund_key(asked) == said.metadata.get("refund"):
            asked.stripe_refund = said.id
            asked.save(update_fields=["stripe_refund"])
            return asked
    return _found_at_stripe(said, payment, by)


def _found_at_stripe(said: RefundSaid, payment: Payment, by: Actor) -> Refund:
    """Somebody paid back on Stripe's own screens: it counts all the same."""
    if STATES.get(said.status) != State.FAILED and not count_refunded(payment, said.pence):
        ask_treasurer(
            kind=TreasurerTask.Kind.DIFFERENT,
            key=f"refund:{said.id}"[:80],
            sentence=f"Stripe paid back {in_words(said.pence)} for {payment.order.reference}, "
            "more than our books have there.",
            payment=payment,
            by=by,
        )
    refund = Refund.objects.create(
        payment=payment,
        amount=pounds_of(said.pence),
        reason="Paid back on Stripe’s own screens",
        stripe_refund=said.id,
        state=State.FAILED if STATES.get(said.status) == State.FAILED else State.ASKED,
    )
    audit.record(by, "ledger.apply_refund", refund, pence=said.pence)
    return refund


def _move_on(refund: Refund, to: str, when: tuple[str, ...], by: Actor) -> bool:
    if Refund.objects.filter(pk=refund.pk, state__in=when).update(state=to) != 1:
        return False
    audit.record(by, "ledger.apply_refund", refund, state=str(to))
    return True


def _paid_back(order: Order, refund: Refund, by: Actor) -> None:
    if not _move_on(refund, State.SUCCEEDED, (State.ASKED, State.PROCESSING), by):
        return
    pence = pence_of(refund.amount)
    journal = post(
        kind="refund",
        date=timezone.localdate(),
        key=f"refund:{refund.pk}",
        lines=move(pence, debit=order.account_id, credit=chart.STRIPE, party=order.party),
        source=f"payment:{refund.payment_id}",
        memo=order.reference,
        by=by,
    )
    Refund.objects.filter(pk=refund.pk).update(journal=journal)
    refund.refresh_from_db()
    refunded.send(sender=Order, order=order, refund=refund, amount=refund.amount, by=by)


def _failed(order: Order, payment: Payment, refund: Refund, problem: str, by: Actor) -> None:
    """It came back to us, perhaps weeks after it had gone: it may be paid back again."""
    was = refund.state
    anything = (State.ASKED, State.PROCESSING, State.SUCCEEDED)
    if not _move_on(refund, State.FAILED, anything, by):
        return
    Refund.objects.filter(pk=refund.pk).update(problem=problem[:200])
    if was == State.SUCCEEDED:
        assert refund.journal is not None
        reverse(journal=refund.journal, date=timezone.localdate(), why="refund failed", by=by)
    count_refunded(payment, -pence_of(refund.amount))
    ask_treasurer(
        kind=TreasurerTask.Kind.REFUND_FAILED,
        key=f"refund_failed:{refund.pk}",
        sentence=f"{in_words(pence_of(refund.amount))} could not be paid back for "
        f"{order.reference}. Ask how they want it, and pay it out.",
        payment=payment,
        by=by,
    )


@operation(needs=None)
def drop_refund(*, refund: Refund, problem: str, by: Actor) -> None:
    """Stripe will not make this refund: it may be asked for again, or paid out."""
    order = locked(refund.payment.order)
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    if refund.state == State.ASKED and refund.stripe_refund is None:
        _failed(order, refund.payment, refund, problem, by)


def _book_unplaced(said: RefundSaid, by: Actor) -> None:
    """Money that we could not explain has gone back."""
    if STATES.get(said.status) != State.SUCCEEDED or not is_unplaced(said.intent):
        return
    post(
        kind="refund",
        date=timezone.localdate(),
        key=f"refund:{said.id}",
        lines=move(said.pence, debit=chart.SUSPENSE, credit=chart.STRIPE),
        source=said.intent[:60],
        by=by,
    )
