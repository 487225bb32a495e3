"""Asking Stripe how things are now, and applying what it says. It is asked outside transactions.

Each may be called at any time, any number of times, and in any order: state is taken from what
Stripe says now, and journals are written once by their keys.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from enum import Enum

from core.actors import SYSTEM, Actor
from ledger import gateway
from ledger.models import Mandate, Payment, StripeCustomer
from ledger.operations.disputes import apply_dispute
from ledger.operations.events import claim_event, finish_event, put_off_event, waiting_events
from ledger.operations.mandates import lapse_mandate, lose_mandate, use_mandate
from ledger.operations.refunds import apply_refund
from ledger.operations.settling import apply_intent, apply_page, payment_of
from ledger.operations.stripe_payouts import apply_payout
from ledger.stripe_says import DisputeSaid, Intent, RefundSaid, Session

log = logging.getLogger(__name__)

KINDS = {gateway.BACS: Mandate.Kind.BACS, gateway.CARD: Mandate.Kind.CARD}
#: Of a payment in one of these states the page it was begun on says nothing more.
CLEAR = ("succeeded", "processing", "canceled")


# --- Payments, and what goes back ---------------------------------------------------------------


def sync_said_intent(said: Intent, *, session: Session | None = None, by: Actor) -> Payment | None:
    """Apply an intent; while nobody has paid, with the page on which somebody still may."""
    payment = payment_of(said)
    if session is None and said.status not in CLEAR and payment and payment.stripe_session:
        session = gateway.fetch_session(payment.stripe_session)
        # Paid in between, the page would be complete and the intent as it was before.
        said = gateway.fetch_intent(said.id)
    return apply_intent(intent=said, session=session, by=by)


def sync_intent(intent_id: str, *, by: Actor) -> Payment | None:
    return sync_said_intent(gateway.fetch_intent(intent_id), by=by)


def sync_payment(intent_id: str, *, by: Actor) -> None:
    """An intent and everything that was paid back of it."""
    sync_intent(intent_id, by=by)
    for said in gateway.refunds_of(intent_id):
        apply_refund(said=said, by=by)


def sync_charge(charge_id: str, *, by: Actor) -> None:
    charge = gateway.fetch_charge(charge_id)
    if charge.intent:
        sync_payment(charge.intent, by=by)


def sync_said_refund(said: RefundSaid, *, by: Actor) -> None:
    """The payment first: what goes back has come."""
    if said.intent:
        sync_intent(said.intent, by=by)
    apply_refund(said=said, by=by)


def sync_refund(refund_id: str, *, by: Actor) -> None:
    sync_said_refund(gateway.fetch_refund(refund_id), by=by)


def sync_said_dispute(said: DisputeSaid, *, by: Actor) -> None:
    """The payment and its refunds first: they say what was left to be taken."""
    if said.intent:
        sync_payment(said.intent, by=by)
    apply_dispute(said=said, by=by)


def sync_dispute(dispute_id: str, *, by: Actor) -> None:
    sync_said_dispute(gateway.fetch_dispute(dispute_id), by=by)


def sync_payout(payout_id: str, *, by: Actor) -> None:
    apply_payout(said=gateway.fetch_payout(payout_id), by=by)


# --- Pages and mandates ---------------------------------------------------------------------------


def sync_page(session: Session, *, by: Actor) -> None:
    """What somebody did on a page of Stripe's, or can do there no more."""
    if session.mode == "setup":
        _sync_setup_page(session, by)
        return
    apply_page(session=session, by=by)
    if session.intent:
        sync_said_intent(gateway.fetch_intent(session.intent), session=session, by=by)


def sync_session(session_id: str, *, by: Actor) -> None:
    sync_page(gateway.fetch_session(session_id), by=by)


def _sync_setup_page(session: Session, by: Actor) -> None:
    if session.status == "expired":
        lapse_mandate(session=session.id, by=by)
    if session.status != "complete" or not session.setup:
        return
    setup = gateway.fetch_setup(session.setup)
    known = StripeCustomer.objects.select_related("party").filter(customer=session.customer).first()
    if setup.status != "succeeded" or known is None:
        return
    method = gateway.fetch_method(setup.method)
    mandate = use_mandate(
        session=session.id,
        party=known.party,
        kind=KINDS[method.kind],
        method=method.id,
        stripe_mandate=setup.mandate,
        last_four=method.last_four,
        by=by,
    )
    revoked = setup.mandate and gateway.fetch_mandate(setup.mandate).status == "inactive"
    if mandate.state == Mandate.State.ACTIVE and (revoked or not method.customer):
        lose_mandate(mandate=mandate, by=by)


def sync_setup(setup_id: str, *, by: Actor) -> None:
    """Look at the pages on which this customer was asked to let us collect."""
    customer = gateway.fetch_setup(setup_id).customer
    asked = Mandate.objects.filter(
        party__stripe_customer__customer=customer, state=Mandate.State.ASKED
    )
    for session in asked.values_list("stripe_session", flat=True):
        sync_session(session, by=by)


def sync_mandate(mandate_id: str, *, by: Actor) -> None:
    if gateway.fetch_mandate(mandate_id).status == "inactive":
        for mandate in Mandate.objects.filter(stripe_mandate=mandate_id):
            lose_mandate(mandate=mandate, by=by)


def sync_method(method_id: str, *, by: Actor) -> None:
    if not gateway.fetch_method(method_id).customer:
        for mandate in Mandate.objects.filter(stripe_method=method_id):
            lose_mandate(mandate=mandate, by=by)


# --- Events ---------------------------------------------------------------------------------------

#: How many events one sweep applies.
BATCH = 200
#: What an event's kind begins with → what it makes us look at. The first that fits.
HANDLERS: tuple[tuple[str, Callable[..., object]], ...] = (
    ("checkout.session.", sync_session),
    ("payment_intent.", sync_intent),
    ("charge.dispute.", sync_dispute),
    ("charge.refund.", sync_refund),
    ("charge.", sync_charge),
    ("refund.", sync_refund),
    ("setup_intent.", sync_setup),
    ("mandate.", sync_mandate),
    ("payment_method.detached", sync_method),
    ("payout.", sync_payout),
)


def handler_of(kind: str) -> Callable[..., object] | None:
    return next((act for prefix, act in HANDLERS if kind.startswith(prefix)), None)


class Outcome(Enum):
    """What came of taking up an event."""

    APPLIED = "applied"
    NOT_MINE = "done before, taken by another, or to wait"
    PUT_OFF = "Stripe refused, or we failed, so later"
    SILENT = "Stripe does not answer, so later"


def apply_event(event_id: int, now: dt.datetime, *, by: Actor = SYSTEM) -> Outcome:
    """Look at what an event is about and apply it.

    Of two workers one takes it. Kinds that we do not know are noted, and nothing else happens.
    """
    event = claim_event(event_id=event_id, now=now, by=by)
    if event is None:
        return Outcome.NOT_MINE
    problem = ""
    act = handler_of(event.kind)
    try:
        if act and event.subject:
            act(event.subject, by=by)
    except gateway.NotThereError:
        problem = "Stripe has no such object."
    except gateway.StripeError as error:
        put_off_event(event=event, problem=str(error), by=by)
        silent = isinstance(error, gateway.UnreachableError)
        return Outcome.SILENT if silent else Outcome.PUT_OFF
    except Exception:  # a fault of our own keeps no other event from being applied
        log.exception("Event %s could not be applied", event.event)
        put_off_event(event=event, problem="It failed: the log says why.", by=by)
        return Outcome.PUT_OFF
    finish_event(event=event, now=now, problem=problem, by=by)
    return Outcome.APPLIED


def apply_events(now: dt.datetime) -> int:
    """Apply everything that waits, oldest first, while Stripe answers; returns how many were."""
    applied = 0
    for pk in list(waiting_events(now).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        outcome = apply_event(pk, now)
        applied += outcome is Outcome.APPLIED
        if outcome is Outcome.SILENT:
            break
    return applied
