"""Sending somebody to a page of Stripe's, to pay or to let us collect.

Short operations with the call to Stripe between them, so that nobody else waits for Stripe.
"""

from __future__ import annotations

from typing import Literal

from core.actors import Actor
from core.errors import RuleError
from ledger import gateway
from ledger.hurry import once
from ledger.models import Mandate, Order, Party, Payment, StripeCustomer
from ledger.money import pence_of
from ledger.operations.checkout import (
    Choice,
    begin_checkout,
    choice_of,
    give_up_checkout,
    note_page,
)
from ledger.operations.mandates import begin_mandate, note_customer
from ledger.operations.settling import metadata_of
from ledger.operations.syncing import sync_page
from ledger.stripe_says import Session

State = Payment.State
OFFERED: dict[str, list[str]] = {
    "card": [gateway.CARD],
    "bacs": [gateway.BACS],
    "any": [gateway.CARD, gateway.BACS],
}
#: Another page may be opened at the same moment, in another window: then look again.
TRIES = 4
NOT_ONLINE = "We take no payments online. Please pay by bank transfer."
NO_ANSWER = "The payment service does not answer. Please try again in a few minutes."
NOT_TAKEN = "The payment service did not take this. Please pay in another way."


# --- To pay ---------------------------------------------------------------------------------------


def start_checkout(
    *, order: Order, success_url: str, cancel_url: str, method: Choice | None = None, by: Actor
) -> str:
    """The address of Stripe's page on which this order can be paid; None offers every method.

    A page that is open already is used again, so that nobody pays twice. Being sent back to
    `success_url` proves nothing: what Stripe tells us does.
    """
    if not gateway.is_set_up():
        raise RuleError(NOT_ONLINE)
    for _again in range(TRIES):
        if url := _open_page(order, method or "any", by):
            return url
        payment = begin_checkout(order=order, method=method, by=by)
        if payment and (url := _new_page(payment, success_url, cancel_url, by)):
            return url
    raise RuleError(NO_ANSWER)


def _new_page(payment: Payment, success_url: str, cancel_url: str, by: Actor) -> str:
    """The address of a page made for this payment; empty if it was called off meanwhile."""
    try:
        session = _page_for(payment, success_url, cancel_url)
        if note_page(payment=payment, session=session.id, by=by):
            return session.url
        gateway.close_session(session.id)
    except gateway.UnreachableError as error:
        if error.answered:  # else the same is asked again, with the same key
            give_up_checkout(payment=payment, by=by)
        raise RuleError(NO_ANSWER) from error
    except gateway.RefusedError as error:
        give_up_checkout(payment=payment, by=by)
        raise RuleError(NOT_TAKEN) from error
    return ""


def _page_for(payment: Payment, success_url: str, cancel_url: str) -> Session:
    order = payment.order
    return gateway.open_checkout(
        pence=pence_of(payment.amount),
        words=order.description,
        reference=order.reference,
        metadata=metadata_of(payment),
        methods=OFFERED[choice_of(payment)],
        success_url=success_url,
        cancel_url=cancel_url,
        key=once("checkout", payment.pk, payment.created_at),
    )


def _open_page(order: Order, choice: str, by: Actor) -> str:
    """The page that was opened before and still fits; others are closed."""
    begun = order.payments.filter(state=State.STARTED, stripe_session__isnull=False)
    for payment in begun:
        assert payment.stripe_session is not None
        try:
            session = gateway.fetch_session(payment.stripe_session)
            fits = choice_of(payment) == choice and payment.amount == order.still_to_pay
            if session.status == "open" and fits and not order.is_cancelled:
                return session.url
            if session.status == "open":
                session = gateway.close_session(session.id)
            sync_page(session, by=by)
        except gateway.UnreachableError as error:
            raise RuleError(NO_ANSWER) from error
        except gateway.RefusedError:  # paid, or lapsed, at this very moment
            sync_page(gateway.fetch_session(payment.stripe_session), by=by)
    return ""


# --- To let us collect ----------------------------------------------------------------------------


def start_mandate(
    *,
    party: Party,
    kind: Literal["bacs", "card"],
    success_url: str,
    cancel_url: str,
    by: Actor,
) -> str:
    """The address of Stripe's page on which this party lets us collect. Nothing is paid there.

    A page that is open already is used again. A mandate that is in use stays so until the new one
    is there.
    """
    if not gateway.is_set_up():
        raise RuleError(NOT_ONLINE)
    try:
        if url := _open_setup_page(party, kind, by):
            return url
        session = gateway.open_setup(
            customer=_customer(party, by),
            metadata={"party": str(party.pk)},
            methods=OFFERED[kind],
            success_url=success_url,
            cancel_url=cancel_url,
            key=once("mandate", party.pk, party.created_at, party.mandates.count(), kind),
        )
    except gateway.UnreachableError as error:
        raise RuleError(NO_ANSWER) from error
    except gateway.RefusedError as error:
        raise RuleError(NOT_TAKEN) from error
    begin_mandate(party=party, kind=kind, session=session.id, by=by)
    return session.url


def _open_setup_page(party: Party, kind: str, by: Actor) -> str:
    for mandate in party.mandates.filter(state=Mandate.State.ASKED):
        session = gateway.fetch_session(mandate.stripe_session)
        if session.status == "open":
            if mandate.kind == kind:
                return session.url
            session = gateway.close_session(session.id)
        sync_page(session, by=by)
    return ""


def _customer(party: Party, by: Actor) -> str:
    """Who the party is at Stripe; a customer without a name is made for one who is new."""
    known = StripeCustomer.objects.filter(party=party).first()
    if known is None:
        key = once("customer", party.pk, party.created_at)
        made = gateway.open_customer(party=party.pk, key=key)
        known = note_customer(party=party, customer=made, by=by)
    return known.customer
