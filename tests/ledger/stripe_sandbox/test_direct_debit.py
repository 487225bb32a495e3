"""Bacs Direct Debit: a mandate, a collection that takes days, and banks that say no."""

import pytest
import stripe

from ledger.stripe_sandbox import ApiError, Sandbox
from tests.ledger.stripe_sandbox.conftest import PostBox, dues, saved


def test_a_direct_debit_completes_the_session_unpaid_and_pays_days_later(
    sandbox: Sandbox,
    box: PostBox,
    client: stripe.StripeClient,
    session: stripe.checkout.Session,
) -> None:
    assert sandbox.choose(session, "bacs") == "complete"
    now = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (now.status, now.payment_status) == ("complete", "unpaid")
    assert isinstance(now.payment_intent, stripe.PaymentIntent)
    assert now.payment_intent.status == "processing"
    charge = client.v1.charges.retrieve(str(now.payment_intent.latest_charge))
    assert (charge.status, charge.paid, charge.balance_transaction) == ("pending", False, None)
    sandbox.deliver_events()
    assert box.types[-1] == "checkout.session.completed"

    sandbox.advance(days=7)
    sandbox.settle_bacs(session, ok=True)

    now = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert now.payment_status == "paid"
    assert isinstance(now.payment_intent, stripe.PaymentIntent)
    assert now.payment_intent.status == "succeeded"
    sandbox.deliver_events()
    assert box.types[-1] == "checkout.session.async_payment_succeeded"
    assert {"mandate.updated", "charge.succeeded", "payment_intent.succeeded"} <= set(box.types)


def test_a_direct_debit_that_the_bank_refuses_stays_unpaid(
    sandbox: Sandbox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session, "bacs")
    sandbox.settle_bacs(session, ok=False)

    now = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (now.status, now.payment_status) == ("complete", "unpaid")
    assert isinstance(now.payment_intent, stripe.PaymentIntent)
    assert now.payment_intent.status == "requires_payment_method"
    charge = client.v1.charges.retrieve(str(now.payment_intent.latest_charge))
    assert (charge.status, charge.failure_code) == ("failed", "insufficient_funds")
    assert sandbox.last_event("checkout.session.async_payment_failed")
    assert client.v1.balance.retrieve().pending[0].amount == 0


def test_a_direct_debit_is_settled_once(sandbox: Sandbox, session: stripe.checkout.Session) -> None:
    sandbox.choose(session, "bacs")
    sandbox.settle_bacs(session)
    with pytest.raises(ApiError, match="not being collected"):
        sandbox.settle_bacs(session, ok=False)


def test_a_saved_mandate_shows_its_account_and_its_reference(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = client.v1.payment_methods.retrieve(saved(sandbox, client, customer.id, "bacs"))
    assert method.bacs_debit is not None
    assert (method.bacs_debit.sort_code, method.bacs_debit.last4) == ("108800", "2345")
    intent = sandbox.last_event("setup_intent.succeeded")["data"]["object"]
    mandate = client.v1.mandates.retrieve(intent["mandate"])
    assert mandate.status == "pending"
    details = mandate.payment_method_details.bacs_debit
    assert details is not None
    assert details.network_status == "pending"
    assert details.reference

    sandbox.settle_mandate(mandate)

    assert client.v1.mandates.retrieve(mandate.id).status == "active"
    assert sandbox.last_event("mandate.updated")["data"]["object"]["status"] == "active"


def test_dues_are_collected_by_a_saved_mandate(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "bacs")
    intent = client.v1.payment_intents.create(dues(customer.id, method))
    assert intent.status == "processing"
    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    assert charge.id.startswith("py_")
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.bacs_debit is not None
    assert charge.payment_method_details.bacs_debit.expected_debit_date

    sandbox.settle_bacs(intent)

    now = client.v1.payment_intents.retrieve(
        intent.id, {"expand": ["latest_charge.balance_transaction"]}
    )
    assert now.status == "succeeded"
    assert isinstance(now.latest_charge, stripe.Charge)
    entry = now.latest_charge.balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (entry.amount, entry.fee, entry.net, entry.type) == (1200, 20, 1180, "payment")


def test_a_mandate_ends_with_the_payment_that_was_not_authorised(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "bacs")
    intent = client.v1.payment_intents.create(dues(customer.id, method))
    sandbox.settle_bacs(intent, ok=False, code="debit_not_authorized")

    ended = sandbox.last_event("mandate.updated")["data"]["object"]
    assert ended["status"] == "inactive"
    bacs = ended["payment_method_details"]["bacs_debit"]
    assert (bacs["network_status"], bacs["revocation_reason"]) == (
        "revoked",
        "debit_not_authorized",
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(dues(customer.id, method))
    assert refused.value.code == "payment_intent_mandate_invalid"


def test_a_bank_account_can_be_given_by_its_numbers(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = client.v1.payment_methods.create(
        {
            "type": "bacs_debit",
            "bacs_debit": {"sort_code": "108800", "account_number": "00012345"},
            "billing_details": {"name": "Ada", "email": "ada@example.org"},
        }
    )
    client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    acceptance = {"customer_acceptance": {"type": "offline"}}
    intent = client.v1.payment_intents.create(dues(customer.id, method.id, mandate_data=acceptance))
    assert intent.status == "processing"
