"""What Stripe says of a payment becomes our payment's state, in whatever order we hear of it.

Nothing here asks Stripe: `syncing` does, and hands over what it was told. All may be applied any
number of times.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.registry import operation
from ledger import chart
from ledger.hurry import mark, marks, name_in
from ledger.models import Journal, Order, Payment, TreasurerTask
from ledger.money import in_words, pence_of, pounds_of
from ledger.operations.journal import move, post, reverse
from ledger.operations.orders import locked
from ledger.operations.receiving import announce, book
from ledger.operations.treasurer import ask_treasurer
from ledger.signals import collection_failed, money_taken_back
from ledger.stripe_says import Intent, Move, Session

State = Payment.State
Kind = TreasurerTask.Kind
#: Not settled yet, or never: money may still come.
UNSETTLED = (State.STARTED, State.SCHEDULED, State.PROCESSING, State.FAILED, State.CANCELLED)
METHODS = {"bacs_debit": Payment.Method.BACS}


def payment_of(intent: Intent) -> Payment | None:
    """Our payment that this intent is: by its id, or by what we wrote into it."""
    known = Payment.objects.select_related("order")
    if found := known.filter(stripe_intent=intent.id).first():
        return found
    text = intent.metadata.get("payment", "")
    begun = known.filter(key=name_in(text), stripe_intent__isnull=True).first()
    return begun if begun and marks(text, begun.created_at) else None


def metadata_of(payment: Payment) -> dict[str, str]:
    """What we write into Stripe's objects for a payment: never a name, never care."""
    order = payment.order
    return {
        "payment": mark(payment.key, payment.created_at),
        "order": mark(order.reference, order.created_at),
    }


def london(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()


@operation(needs=None)
def apply_intent(*, intent: Intent, session: Session | None = None, by: Actor) -> Payment | None:
    """Bring our payment to where Stripe says it is now.

    Money that came for no payment of ours goes to the order that it names, or else to what is not
    yet explained. Money that differs from what we asked for is booked as it came, and nobody is
    told that the order is paid. `session` is the page on which it was to be paid, where it matters
    whether somebody may still pay there.
    """
    payment = payment_of(intent) or _payment_for_order_named(intent)
    if payment is None:
        if intent.status == "succeeded":
            _book_unplaced(intent, by)
        return None
    order = locked(payment.order)
    payment = Payment.objects.select_related("mandate").get(pk=payment.pk)
    if payment.stripe_intent is None:
        payment.stripe_intent = intent.id
        payment.save(update_fields=["stripe_intent"])
    if intent.status == "succeeded":
        _settle(order, payment, intent, by)
    elif intent.status == "processing":
        _move_on(payment, State.PROCESSING, UNSETTLED, by)
    elif intent.status == "canceled":
        _move_on(payment, State.CANCELLED, (State.STARTED, State.SCHEDULED, State.PROCESSING), by)
    else:
        _not_paid(order, payment, intent, session, by)
    return payment


def _payment_for_order_named(intent: Intent) -> Payment | None:
    """A payment made now for money that names an order of ours and that we had not begun."""
    text = intent.metadata.get("order", "")
    order = Order.objects.filter(reference=name_in(text)).first()
    if order is None or not marks(text, order.created_at):
        return None
    if intent.status != "succeeded" or intent.currency != "gbp":
        return None
    order = locked(order)
    asked = order.still_to_pay or pounds_of(intent.received)
    payment, _created = Payment.objects.get_or_create(
        stripe_intent=intent.id,
        defaults={
            "order": order,
            "key": f"stripe:{intent.id}",
            "method": _method(intent),
            "amount": asked,
        },
    )
    return payment


def _method(intent: Intent) -> str:
    return METHODS.get(intent.charge.method if intent.charge else "", Payment.Method.CARD)


def _move_on(payment: Payment, to: str, when: tuple[str, ...], by: Actor) -> bool:
    """From one of these states to that one; False if it is elsewhere, or there already."""
    if payment.state == to:
        return False
    if Payment.objects.filter(pk=payment.pk, state__in=when).update(state=to) != 1:
        return False
    payment.state = to
    audit.record(by, "ledger.apply_intent", payment, state=str(to))
    return True


# --- Money came -----------------------------------------------------------------------------------


def _settle(order: Order, payment: Payment, intent: Intent, by: Actor) -> None:
    """Book the money, once; say so to the apps above where it is what we asked for."""
    if payment.state in UNSETTLED and _is_ours(payment, intent, by):
        _receive(order, payment, intent, by)
    if intent.charge and intent.charge.move:
        book_fee(intent.charge.move, source=f"payment:{payment.pk}", by=by)


def _is_ours(payment: Payment, intent: Intent, by: Actor) -> bool:
    """Our books hold pounds only."""
    if intent.currency == "gbp":
        return True
    ask_treasurer(
        kind=Kind.DIFFERENT,
        key=f"currency:{payment.pk}",
        sentence=f"Money came for {payment.order.reference} in another currency. "
        "It is not in the books: enter it by hand.",
        payment=payment,
        by=by,
    )
    return False


def _receive(order: Order, payment: Payment, intent: Intent, by: Actor) -> None:
    before, asked, came = order.paid_so_far, payment.amount, pounds_of(intent.received)
    method, on = _method(intent), _day_it_came(intent)
    journal = book(
        order, pence=intent.received, method=method, on=on, key=f"payment:{payment.pk}", by=by
    )
    updated = Payment.objects.filter(pk=payment.pk, state=payment.state).update(
        state=State.SUCCEEDED,
        amount=came,
        method=method,
        made_on=on,
        journal=journal,
        stripe_charge=intent.charge.id if intent.charge else "",
        problem="" if came == asked else f"We asked for {in_words(pence_of(asked))}.",
    )
    if updated != 1:
        return  # somebody else settled it just now
    payment.refresh_from_db()
    audit.record(by, "ledger.apply_intent", payment, state="succeeded", pence=intent.received)
    if came != asked:
        _differs(payment, asked, by)
    else:
        announce(order, payment, before=before, by=by)


def _differs(payment: Payment, asked: Money, by: Actor) -> None:
    came = in_words(pence_of(payment.amount))
    ask_treasurer(
        kind=Kind.DIFFERENT,
        key=f"amount:{payment.pk}",
        sentence=f"{came} came for {payment.order.reference}, and we had asked for "
        f"{in_words(pence_of(asked))}. It is in the books; nothing has followed from it.",
        payment=payment,
        by=by,
    )


def _day_it_came(intent: Intent) -> dt.date:
    """A card's day is that of the charge; a Direct Debit is ours from the day on which we hear."""
    charge = intent.charge
    if charge is None or charge.method == "bacs_debit":
        return timezone.localdate()
    return london(charge.made_at)


def book_fee(fee: Move, *, source: str, by: Actor) -> None:
    """What Stripe keeps of one change of our balance, once."""
    if fee.fee == 0 or fee.currency != "gbp":
        return
    post(
        kind="stripe-fee",
        date=london(fee.made_at),
        key=f"fee:{fee.id}",
        lines=move(fee.fee, debit=chart.STRIPE_FEES, credit=chart.STRIPE),
        source=source,
        by=by,
    )


# --- Money that is nobody's ----------------------------------------------------------------------


def unplaced_key(intent_id: str) -> str:
    return f"payment:{intent_id}"


def is_unplaced(intent_id: str) -> bool:
    """Whether this money was booked as not yet explained."""
    return Journal.objects.filter(key=unplaced_key(intent_id)).exists()


def _book_unplaced(intent: Intent, by: Actor) -> None:
    """Stripe holds money for an order that we do not know: it waits to be explained."""
    if intent.currency == "gbp":
        post(
            kind="payment",
            date=_day_it_came(intent),
            key=unplaced_key(intent.id),
            lines=move(intent.received, debit=chart.STRIPE, credit=chart.SUSPENSE),
            source=intent.id[:60],
            by=by,
        )
    if intent.charge and intent.charge.move:
        book_fee(intent.charge.move, source=intent.id[:60], by=by)
    ask_treasurer(
        kind=Kind.UNKNOWN,
        key=f"{TreasurerTask.UNPLACED}{intent.id}"[:80],
        sentence=f"{in_words(intent.received)} came through Stripe for no order of ours "
        f"({intent.id}).",
        by=by,
    )


# --- Money did not come ---------------------------------------------------------------------------


def _not_paid(
    order: Order, payment: Payment, intent: Intent, session: Session | None, by: Actor
) -> None:
    """Nobody has paid yet: is there still a page where they may, or has it failed?"""
    if _failed_after_all(payment, intent):
        _lose(order, payment, intent, by)
    elif session is None:
        if payment.stripe_session is None and payment.state == State.PROCESSING:
            fail(payment, intent.problem or "The bank did not pay.", by)
    elif session.status == "expired":
        _move_on(payment, State.CANCELLED, (State.STARTED, State.PROCESSING), by)
    elif session.status == "complete" and payment.state in (State.STARTED, State.PROCESSING):
        fail(payment, intent.problem or "The bank did not pay.", by)


def fail(payment: Payment, problem: str, by: Actor) -> None:
    """It did not succeed, and is not tried again by itself: a person is asked what to do."""
    waiting = Payment.objects.filter(pk=payment.pk, state__in=UNSETTLED).exclude(state=State.FAILED)
    if waiting.update(state=State.FAILED, problem=problem[:200]) != 1:
        return
    payment.refresh_from_db()
    audit.record(by, "ledger.apply_intent", payment, state="failed")
    words = in_words(pence_of(payment.amount))
    ask_treasurer(
        kind=Kind.FAILED,
        key=f"failed:{payment.pk}",
        sentence=f"{words} for {payment.order.reference} did not come: {problem}",
        payment=payment,
        by=by,
    )
    collection_failed.send(sender=Payment, payment=payment, by=by)


def _failed_after_all(payment: Payment, intent: Intent) -> bool:
    """The very charge that had succeeded has failed: a bank may say so late."""
    charge = intent.charge
    return (
        payment.state == State.SUCCEEDED
        and charge is not None
        and charge.status == "failed"
        and charge.id == payment.stripe_charge
    )


def _lose(order: Order, payment: Payment, intent: Intent, by: Actor) -> None:
    came = Payment.objects.filter(pk=payment.pk, state=State.SUCCEEDED)
    if came.update(state=State.TAKEN_BACK, problem=intent.problem[:200]) != 1:
        return
    payment.refresh_from_db()
    assert payment.journal is not None
    reverse(journal=payment.journal, date=timezone.localdate(), why="failed after all", by=by)
    audit.record(by, "ledger.apply_intent", payment, state="taken_back")
    tell_taken_back(order, payment, payment.amount, key=f"late:{payment.pk}", by=by)


def tell_taken_back(order: Order, payment: Payment, amount: Money, *, key: str, by: Actor) -> None:
    """The treasurer gets a task, the apps above are told."""
    ask_treasurer(
        kind=Kind.TAKEN_BACK,
        key=key,
        sentence=f"{in_words(pence_of(amount))} for {order.reference} was taken back by the "
        "payer’s bank.",
        payment=payment,
        by=by,
    )
    money_taken_back.send(sender=Order, order=order, payment=payment, amount=amount, by=by)


# --- Pages ----------------------------------------------------------------------------------------


@operation(needs=None)
def apply_page(*, session: Session, by: Actor) -> None:
    """Note which page of Stripe's a payment has, and that nobody can pay there any more."""
    text = session.metadata.get("payment", "")
    begun = Payment.objects.filter(key=name_in(text), stripe_session__isnull=True)
    if any(marks(text, payment.created_at) for payment in begun):
        begun.update(stripe_session=session.id)
    payment = Payment.objects.filter(stripe_session=session.id).first()
    if payment and session.status == "expired" and not session.intent:
        _move_on(payment, State.CANCELLED, (State.STARTED,), by)
