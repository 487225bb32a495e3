"""Collecting what is owed by mandate: told first, then collected once, then a person decides."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.days import working_day_from, working_days_after
from core.errors import RuleError
from core.registry import operation
from ledger.models import Mandate, Order, Payment, TreasurerTask
from ledger.money import in_words, pence_of
from ledger.operations.orders import locked
from ledger.operations.settling import fail
from ledger.operations.treasurer import ask_treasurer
from ledger.signals import collection_announced

State = Payment.State


@operation(needs=None)
def schedule_collection(
    *,
    order: Order,
    mandate: Mandate,
    today: dt.date,
    notice_days: int | None = None,
    by: Actor,
) -> Payment:
    """Announce that we collect what is still to be paid, and on which day.

    Never before so many working days have passed, nor before the order is due. The apps above tell
    the payer, in the same transaction. Called inside operations, which have checked the right.
    """
    held = locked(order)
    _check(held, mandate)
    notice = settings.COLLECTION_NOTICE_DAYS if notice_days is None else notice_days
    first = working_days_after(today, notice)
    due = working_day_from(held.due_on) if held.due_on else first
    attempt = held.payments.filter(mandate__isnull=False).count() + 1
    payment = Payment.objects.create(
        order=held,
        method=mandate.kind,
        state=State.SCHEDULED,
        amount=held.still_to_pay,
        key=f"collect:{held.pk}:{attempt}",
        recorded_by=by.user,
        mandate=mandate,
        attempt=attempt,
        collect_on=max(first, due),
        noticed_at=timezone.now(),
    )
    audit.record(by, "ledger.schedule_collection", payment, order=held.pk)
    collection_announced.send(sender=Payment, payment=payment, by=by)
    return payment


def _check(order: Order, mandate: Mandate) -> None:
    state = Mandate.objects.values_list("state", flat=True).get(pk=mandate.pk)
    if state != Mandate.State.ACTIVE:
        raise RuleError("This Direct Debit is not in use.")
    if mandate.party_id != order.party_id:
        raise RuleError("This Direct Debit is somebody else's.")
    if order.is_cancelled:
        raise RuleError("This was cancelled: there is nothing to collect.")
    if order.is_paid:
        raise RuleError("This is paid already.")
    if order.payments.filter(state__in=(State.SCHEDULED, State.PROCESSING)).exists():
        raise RuleError("A payment for this is on its way, or announced.")


@operation(needs=None)
def call_off_collection(*, payment: Payment, by: Actor) -> Payment:
    """Do not collect what was announced. Called inside operations, which have checked the right."""
    announced = Payment.objects.filter(pk=payment.pk, state=State.SCHEDULED)
    if announced.update(state=State.CANCELLED, problem="Called off.") != 1:
        raise RuleError("Only what is announced, and not yet collected, can be called off.")
    payment.refresh_from_db()
    audit.record(by, "ledger.call_off_collection", payment)
    return payment


@operation(needs=None)
def begin_collection(*, payment: Payment, today: dt.date, by: Actor) -> Payment | None:
    """Take a collection whose day has come; None if there is nothing to collect, or not yet.

    One that was begun and of which nobody knows whether Stripe heard is taken again: the same
    idempotency key makes that harmless.
    """
    order = locked(payment.order)
    payment = Payment.objects.select_related("mandate").get(pk=payment.pk)
    if payment.state == State.PROCESSING and payment.stripe_intent is None and payment.mandate:
        payment.order = order
        return payment
    if payment.state != State.SCHEDULED or not payment.collect_on or payment.collect_on > today:
        return None
    if not _still_wanted(order, payment, by):
        return None
    due = Payment.objects.filter(pk=payment.pk, state=State.SCHEDULED)
    if due.update(state=State.PROCESSING) != 1:
        return None
    payment.refresh_from_db()
    audit.record(by, "ledger.begin_collection", payment, order=order.pk)
    return payment


def _still_wanted(order: Order, payment: Payment, by: Actor) -> bool:
    """Whether exactly what was announced is still to be paid, and may be collected."""
    if order.is_cancelled or order.is_paid:
        return _drop(payment, "It was paid another way, or cancelled.", by)
    if order.payments.filter(state=State.PROCESSING).exists():
        return False  # it is being paid another way: if that fails, this is collected
    if order.still_to_pay != payment.amount:
        ask_treasurer(
            kind=TreasurerTask.Kind.FAILED,
            key=f"part:{payment.pk}",
            sentence=f"Part of {order.reference} was paid another way, so we did not collect the "
            f"{in_words(pence_of(payment.amount))} that we had announced. Collect the rest.",
            payment=payment,
            by=by,
        )
        return _drop(payment, "Part of it was paid another way.", by)
    if payment.mandate is None or payment.mandate.state != Mandate.State.ACTIVE:
        fail(payment, "The Direct Debit has ended.", by)
        return False
    return True


def _drop(payment: Payment, why: str, by: Actor) -> bool:
    announced = Payment.objects.filter(pk=payment.pk, state=State.SCHEDULED)
    announced.update(state=State.CANCELLED, problem=why)
    audit.record(by, "ledger.begin_collection", payment, state="cancelled")
    return False


@operation(needs=None)
def fail_collection(*, payment: Payment, problem: str, by: Actor) -> None:
    """Stripe would not even try."""
    order = locked(payment.order)
    if Payment.objects.filter(pk=payment.pk, order=order, stripe_intent__isnull=True).exists():
        audit.record(by, "ledger.fail_collection", payment)
        fail(payment, problem, by)
