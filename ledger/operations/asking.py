"""Asking Stripe to do what waits: pay back, forget a card, collect. Asked outside transactions.

Rows with a state wait for this; whoever asks twice, or again after an answer was lost, does so
with the same idempotency key, and looks first whether it was done.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.actors import SYSTEM, Actor
from ledger import gateway
from ledger.hurry import once
from ledger.models import Mandate, Payment, Refund, StripeCustomer
from ledger.money import pence_of
from ledger.operations.collecting import begin_collection, fail_collection
from ledger.operations.mandates import note_forgotten
from ledger.operations.refunds import apply_refund, drop_refund, refund_key
from ledger.operations.settling import metadata_of
from ledger.operations.starting import OFFERED
from ledger.operations.syncing import sync_page, sync_said_intent
from ledger.stripe_says import Intent, RefundSaid

log = logging.getLogger(__name__)

#: After so long Stripe closes a page by itself.
PAGE_LIVES = dt.timedelta(days=1)


def _wanted(rows: QuerySet, pks: Sequence[int] | None) -> list[int]:
    wanted = rows if pks is None else rows.filter(pk__in=pks)
    return list(wanted.order_by("pk").values_list("pk", flat=True))


def _each(pks: list[int], act: Callable[[int], bool]) -> int:
    """How many were done. Where Stripe does not answer, the rest waits for the next time; what
    fails otherwise stops no other, and the nightly comparison shows it to the treasurer."""
    done = 0
    for pk in pks:
        try:
            done += act(pk)
        except gateway.UnreachableError as error:
            log.warning("Stripe cannot be reached: %s", error)
            break
        except Exception:
            log.exception("What waits for Stripe in row %s failed.", pk)
    return done


# --- Paying back ----------------------------------------------------------------------------------


def send_refund(refund_id: int, *, by: Actor = SYSTEM) -> bool:
    """Have Stripe pay back what was asked for; False if there is nothing to ask."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != Refund.State.ASKED or not refund.payment.stripe_intent:
        return False
    try:
        said = _made_before(refund) or gateway.pay_back(
            intent_id=refund.payment.stripe_intent,
            pence=pence_of(refund.amount),
            metadata={"refund": refund_key(refund)},
            key=refund_key(refund),
        )
    except gateway.RefusedError as error:
        drop_refund(refund=refund, problem=str(error), by=by)
        return True
    apply_refund(said=said, by=by)
    return True


def _made_before(refund: Refund) -> RefundSaid | None:
    """Stripe forgets idempotency keys after a day, but not the refund."""
    assert refund.payment.stripe_intent is not None
    made = gateway.refunds_of(refund.payment.stripe_intent)
    return next((said for said in made if said.metadata.get("refund") == refund_key(refund)), None)


def send_refunds(pks: Sequence[int] | None = None) -> int:
    """Those named, or all that wait."""
    waiting = Refund.objects.filter(state=Refund.State.ASKED, stripe_refund__isnull=True)
    return _each(_wanted(waiting, pks), send_refund)


# --- Forgetting -----------------------------------------------------------------------------------


def forget_method(mandate_id: int, *, by: Actor = SYSTEM) -> bool:
    """Have Stripe forget the card or bank account of a mandate that ended."""
    mandate = Mandate.objects.get(pk=mandate_id)
    if mandate.state != Mandate.State.ENDED or not mandate.stripe_method:
        return False
    try:
        gateway.forget_method(mandate.stripe_method)
    except gateway.RefusedError:  # it was detached before
        log.info("Stripe had forgotten the method of mandate %s", mandate.pk)
    note_forgotten(mandate=mandate, by=by)
    return True


def forget_methods(pks: Sequence[int] | None = None) -> int:
    """Those named, or all of mandates that ended."""
    ended = Mandate.objects.filter(state=Mandate.State.ENDED).exclude(stripe_method="")
    return _each(_wanted(ended, pks), forget_method)


# --- Closing pages --------------------------------------------------------------------------------


def close_page(payment_id: int, *, by: Actor = SYSTEM) -> bool:
    """Nobody is to pay on a page for what is paid already, or no longer asked for."""
    payment = Payment.objects.on_pages_not_wanted().filter(pk=payment_id).first()
    if payment is None or payment.stripe_session is None:
        return False
    session = gateway.fetch_session(payment.stripe_session)
    if session.status == "open":
        try:
            session = gateway.close_session(session.id)
        except gateway.RefusedError:  # paid, or lapsed, at this very moment
            session = gateway.fetch_session(session.id)
    sync_page(session, by=by)
    return True


def close_pages(pks: Sequence[int] | None = None) -> int:
    """Those named, or all that may be open still; each is closed once."""
    may_be_open = Payment.objects.on_pages_not_wanted().filter(
        created_at__gt=timezone.now() - PAGE_LIVES
    )
    return _each(_wanted(may_be_open, pks), close_page)


# --- Collecting -----------------------------------------------------------------------------------


def collect(payment_id: int, today: dt.date, *, by: Actor = SYSTEM) -> bool:
    """Collect what was announced for today or before; False if there is nothing to collect."""
    found = Payment.objects.select_related("order").get(pk=payment_id)
    payment = begin_collection(payment=found, today=today, by=by)
    if payment is None:
        return False
    try:
        again = found.state != Payment.State.SCHEDULED
        said = (_collected_before(payment) if again else None) or _collect(payment)
    except gateway.RefusedError as error:
        log.warning("Stripe would not collect payment %s: %s", payment.pk, error.code)
        fail_collection(payment=payment, problem="The payment service would not collect it.", by=by)
        return True
    sync_said_intent(said, by=by)
    return True


def _collect(payment: Payment) -> Intent:
    assert payment.mandate is not None
    kind = payment.mandate.kind
    return gateway.collect(
        pence=pence_of(payment.amount),
        customer=_customer(payment),
        method=payment.mandate.stripe_method,
        kind=OFFERED[kind][0],
        reference=payment.order.reference,
        metadata=metadata_of(payment),
        key=once("collect", payment.order_id, payment.created_at, payment.attempt),
    )


def _collected_before(payment: Payment) -> Intent | None:
    """Stripe forgets idempotency keys after a day, but not what it collected."""
    mine = metadata_of(payment)["payment"]
    made = gateway.intents_of(_customer(payment))
    return next((said for said in made if said.metadata.get("payment") == mine), None)


def _customer(payment: Payment) -> str:
    """Whose card or bank account it is at Stripe: of two parties put together, it may be either."""
    assert payment.mandate is not None
    found = gateway.fetch_method(payment.mandate.stripe_method).customer
    return found or StripeCustomer.objects.get(party=payment.mandate.party_id).customer


def collect_due(today: dt.date) -> int:
    """Collect everything whose day has come; returns how many were asked for."""
    State = Payment.State
    due = Q(state=State.SCHEDULED, collect_on__lte=today)
    left = Q(state=State.PROCESSING, stripe_intent__isnull=True)
    waiting = Payment.objects.filter(due | left, mandate__isnull=False).order_by("collect_on", "pk")
    return _each(list(waiting.values_list("pk", flat=True)), lambda pk: collect(pk, today))
