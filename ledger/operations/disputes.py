"""Money that a payer's bank takes back, perhaps months later, and that may come again."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.registry import operation
from ledger import chart
from ledger.models import Dispute, Order, Payment, TreasurerTask
from ledger.money import pence_of, pounds_of
from ledger.operations.journal import move, post
from ledger.operations.orders import locked
from ledger.operations.receiving import announce
from ledger.operations.refunds import count_refunded
from ledger.operations.settling import book_fee, is_unplaced, london, tell_taken_back
from ledger.stripe_says import DisputeSaid

State = Dispute.State


@operation(needs=None)
def apply_dispute(*, said: DisputeSaid, by: Actor) -> Dispute | None:
    """Book what left our balance and what came again; a mere enquiry moves nothing.

    A Direct Debit's dispute is lost as soon as it is there. The payment is taken back, or only
    part of it where the bank took only part; shares stay, and the apps above say so. The payment
    and its refunds have been brought up to date before.
    """
    taken = -sum(change.pence for change in said.moves if change.pence < 0)
    if not taken:
        return None
    payment = Payment.objects.filter(stripe_intent=said.intent).first() if said.intent else None
    if payment is None or payment.journal_id is None:
        _book_unplaced(said, taken, by)
        return None
    order = locked(payment.order)
    payment = Payment.objects.get(pk=payment.pk)
    dispute = Dispute.objects.filter(stripe_dispute=said.id).first()
    if dispute is None:
        dispute = _open(order, payment, said, taken, by)
    for change in said.moves:
        book_fee(change, source=f"payment:{payment.pk}", by=by)
    if any(change.pence > 0 for change in said.moves):
        _win(order, payment, dispute, said, by)
    elif said.status == "lost":
        _lose(dispute, by)
    dispute.refresh_from_db()
    return dispute


def _day(said: DisputeSaid, *, out: bool) -> dt.date:
    """The day on which the money left, or came again."""
    return min(london(change.made_at) for change in said.moves if (change.pence < 0) == out)


def _open(order: Order, payment: Payment, said: DisputeSaid, taken: int, by: Actor) -> Dispute:
    on = _day(said, out=True)
    journal = post(
        kind="dispute",
        date=on,
        key=f"dispute:{said.id}",
        lines=move(taken, debit=order.account_id, credit=chart.STRIPE, party=order.party),
        source=f"payment:{payment.pk}",
        memo=order.reference,
        by=by,
    )
    dispute = Dispute.objects.create(
        payment=payment,
        stripe_dispute=said.id,
        amount=pounds_of(taken),
        opened_on=on,
        journal=journal,
    )
    if taken < pence_of(payment.refundable):
        count_refunded(payment, taken)
    else:
        came = Payment.objects.filter(pk=payment.pk, state=Payment.State.SUCCEEDED)
        came.update(state=Payment.State.TAKEN_BACK)
        payment.refresh_from_db()
    audit.record(by, "ledger.apply_dispute", dispute, payment=payment.pk, pence=taken)
    tell_taken_back(order, payment, dispute.amount, key=f"dispute:{said.id}"[:80], by=by)
    return dispute


def _win(order: Order, payment: Payment, dispute: Dispute, said: DisputeSaid, by: Actor) -> None:
    """The bank gave it back: the payment counts again. The fee does not come back."""
    back = sum(change.pence for change in said.moves if change.pence > 0)
    before = order.paid_so_far
    journal = post(
        kind="dispute-won",
        date=_day(said, out=False),
        key=f"dispute-won:{said.id}",
        lines=move(back, debit=chart.STRIPE, credit=order.account_id, party=order.party),
        source=f"payment:{payment.pk}",
        memo=order.reference,
        by=by,
    )
    lost = Dispute.objects.filter(pk=dispute.pk).exclude(state=State.WON)
    if lost.update(state=State.WON, won_journal=journal) != 1:
        return
    gone = Payment.objects.filter(pk=payment.pk, state=Payment.State.TAKEN_BACK)
    if gone.update(state=Payment.State.SUCCEEDED) != 1:
        count_refunded(payment, -back)
    payment.refresh_from_db()
    audit.record(by, "ledger.apply_dispute", dispute, payment=payment.pk, state="won")
    TreasurerTask.objects.filter(key=f"dispute:{said.id}"[:80], done_at__isnull=True).update(
        done_at=timezone.now(), outcome="Won: the money came again."
    )
    announce(order, payment, before=before, by=by)


def _lose(dispute: Dispute, by: Actor) -> None:
    if Dispute.objects.filter(pk=dispute.pk, state=State.OPEN).update(state=State.LOST) == 1:
        audit.record(by, "ledger.apply_dispute", dispute, state="lost")


def _book_unplaced(said: DisputeSaid, taken: int, by: Actor) -> None:
    """Money that we could not explain was taken back; what comes again is unexplained again."""
    if not is_unplaced(said.intent):
        return
    for change in said.moves:
        post(
            kind="dispute",
            date=london(change.made_at),
            key=f"dispute:{said.id}:{change.id}",
            lines=move(change.pence, debit=chart.STRIPE, credit=chart.SUSPENSE),
            source=said.intent[:60],
            by=by,
        )
        book_fee(change, source=said.intent[:60], by=by)
