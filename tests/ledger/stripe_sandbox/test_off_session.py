"""Saved cards charged while nobody is there."""

import pytest
import stripe

from ledger.stripe_sandbox import Sandbox
from tests.ledger.stripe_sandbox.conftest import dues, saved


def test_dues_are_taken_from_a_saved_card_less_the_fee(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "card")

    intent = client.v1.payment_intents.create(
        dues(customer.id, method, expand=["latest_charge.balance_transaction"])
    )

    assert (intent.status, intent.amount_received) == ("succeeded", 1200)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.metadata["invoice"] == "31"
    entry = intent.latest_charge.balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (entry.amount, entry.fee, entry.net) == (1200, 38, 1162)
    assert entry.fee_details[0].type == "stripe_fee"
    assert entry.source == intent.latest_charge.id


def test_a_card_declined_later_is_a_card_error_that_holds_the_payment_intent(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "card_declined_later")
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(dues(customer.id, method))
    assert declined.value.http_status == 402
    assert declined.value.code == "card_declined"
    assert declined.value.error is not None
    assert declined.value.error.decline_code == "generic_decline"
    intent = declined.value.error.payment_intent
    assert intent is not None
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    assert sandbox.events("charge.failed")


def test_a_card_whose_bank_asks_cannot_be_charged_off_session(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "card")
    sandbox.behave(method, later="asks")
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(dues(customer.id, method))
    assert declined.value.code == "authentication_required"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("insufficient_funds", "card_declined"), ("expired_card", "expired_card")],
)
def test_a_saved_card_may_stop_working(
    sandbox: Sandbox,
    client: stripe.StripeClient,
    customer: stripe.Customer,
    code: str,
    expected: str,
) -> None:
    method = saved(sandbox, client, customer.id, "card")
    sandbox.behave(method, later=code)
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(dues(customer.id, method))
    assert declined.value.code == expected
    sandbox.behave(method, later="pays")
    assert client.v1.payment_intents.create(dues(customer.id, method)).status == "succeeded"


def test_one_customer_cannot_pay_with_the_card_of_another(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "card")
    other = client.v1.customers.create({})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(dues(other.id, method))
    assert refused.value.param == "payment_method"


def test_a_card_that_was_not_saved_cannot_be_used_again(
    sandbox: Sandbox,
    client: stripe.StripeClient,
    customer: stripe.Customer,
    paid: stripe.PaymentIntent,
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_intents.create(dues(customer.id, str(paid.payment_method)))


def test_a_detached_card_cannot_be_charged(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "card")
    client.v1.payment_methods.detach(method)
    assert sandbox.events("payment_method.detached")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create(dues(customer.id, method))


def test_methods_that_redirect_must_be_ruled_out_or_told_where_to(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    method = saved(sandbox, client, customer.id, "card")
    params = dues(customer.id, method)
    del params["allowed_payment_method_types"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(params)
    assert refused.value.param == "return_url"
    never = {"enabled": True, "allow_redirects": "never"}
    intent = client.v1.payment_intents.create({**params, "automatic_payment_methods": never})
    assert intent.status == "succeeded"


def test_an_intent_can_wait_to_be_confirmed(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 900, "currency": "gbp", "customer": customer.id}
    )
    assert intent.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.confirm(intent.id, {"return_url": "https://coop.example"})
    assert refused.value.code == "payment_intent_unexpected_state"
    done = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "return_url": "https://coop.example"}
    )
    assert done.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        client.v1.payment_intents.cancel(intent.id)


def test_an_unpaid_intent_can_be_cancelled(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 900, "currency": "gbp"})
    ended = client.v1.payment_intents.cancel(
        intent.id, {"cancellation_reason": "requested_by_customer"}
    )
    assert (ended.status, ended.cancellation_reason) == ("canceled", "requested_by_customer")
    assert sandbox.last_event("payment_intent.canceled")


def test_a_declined_card_cannot_be_attached(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer.id})


def test_off_session_is_for_payments_taken_at_once(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(
            {"amount": 900, "currency": "gbp", "customer": customer.id, "off_session": True}
        )
    assert refused.value.param == "off_session"


def test_fees_may_be_known_later_than_the_payment(
    sandbox: Sandbox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    sandbox.delay_fees()
    sandbox.choose(session)
    charge = client.v1.charges.list().data[0]
    assert (charge.status, charge.balance_transaction) == ("succeeded", None)
    sandbox.let_fees_arrive()
    assert client.v1.charges.retrieve(charge.id).balance_transaction is not None
    assert sandbox.last_event("charge.updated")["data"]["previous_attributes"] == {
        "balance_transaction": None
    }
