"""What holds for the sandbox and for Stripe alike.

With STRIPE_TEST_KEY set to a test key of your own, `pytest -m stripe_live` runs the same tests
against Stripe's servers. Only a test key is taken: no money moves there either.
"""

import os
import uuid
from collections.abc import Iterator

import pytest
import stripe

from ledger.stripe_sandbox import Sandbox
from tests.ledger.stripe_sandbox.conftest import SECONDS, client_of, dues, order

KEY = os.environ.get("STRIPE_TEST_KEY", "")
LIVE = pytest.param("stripe", marks=pytest.mark.stripe_live)


@pytest.fixture(params=["sandbox", *([LIVE] if KEY.startswith("sk_test_") else [])])
def client(request: pytest.FixtureRequest) -> Iterator[stripe.StripeClient]:
    if request.param == "stripe":
        yield stripe.StripeClient(KEY, http_client=stripe.RequestsClient(timeout=SECONDS * 6))
        return
    with Sandbox() as sandbox:
        yield client_of(sandbox)


@pytest.fixture
def customer(client: stripe.StripeClient) -> stripe.Customer:
    return client.v1.customers.create({"metadata": {"party": "7"}})


def card(client: stripe.StripeClient, customer: stripe.Customer, token: str) -> str:
    return client.v1.payment_methods.attach(token, {"customer": customer.id}).id


def taken(client: stripe.StripeClient, customer: stripe.Customer) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        dues(
            customer.id,
            card(client, customer, "pm_card_visa"),
            allowed_payment_method_types=["card"],
            expand=["latest_charge"],
        )
    )


def test_a_session_begins_open_without_an_intent(client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create(order(allowed_payment_method_types=["card"]))
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (5000, "gbp")
    assert session.payment_method_types == ["card"]
    assert session.payment_intent is None
    assert session.livemode is False
    assert session.client_reference_id == "order-12"
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(session.id)


def test_a_session_that_saves_a_card_begins_with_its_intent(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "gbp",
            "allowed_payment_method_types": ["card"],
            "customer": customer.id,
            "success_url": "https://coop.example/saved",
        }
    )
    assert (session.status, session.payment_status) == ("open", "no_payment_required")
    intent = client.v1.setup_intents.retrieve(str(session.setup_intent))
    assert intent.status == "requires_payment_method"


@pytest.mark.parametrize("name", ["sucess_url", "payment_method_types"])
def test_a_misspelt_or_removed_parameter_is_refused(client: stripe.StripeClient, name: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(order(**{name: ["card"]}))
    assert refused.value.http_status == 400
    assert refused.value.param == name


def test_what_does_not_exist_is_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.retrieve("pi_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_a_saved_card_is_charged(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    intent = taken(client, customer)
    assert (intent.status, intent.amount_received) == ("succeeded", 1200)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("succeeded", True)
    assert intent.latest_charge.metadata["invoice"] == "31"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_chargeCustomerFail", "card_declined"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ],
)
def test_a_saved_card_is_declined(
    client: stripe.StripeClient, customer: stripe.Customer, token: str, code: str
) -> None:
    method = card(client, customer, token)
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(
            dues(customer.id, method, allowed_payment_method_types=["card"])
        )
    assert (declined.value.http_status, declined.value.code) == (402, code)
    assert declined.value.error is not None
    assert declined.value.error.payment_intent is not None
    intent = client.v1.payment_intents.retrieve(declined.value.error.payment_intent.id)
    assert intent.status == "requires_payment_method"


def test_no_more_is_refunded_than_was_paid(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    intent = taken(client, customer)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 1201})
    part = client.v1.refunds.create({"payment_intent": intent.id, "amount": 200})
    assert (part.status, part.amount) == ("succeeded", 200)
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 1000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"
    charge = client.v1.charges.retrieve(str(part.charge))
    assert (charge.amount_refunded, charge.refunded) == (1200, True)


def test_a_key_gets_its_first_answer_again(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    intent = taken(client, customer)
    key: stripe.RequestOptions = {"idempotency_key": uuid.uuid4().hex}
    first = client.v1.refunds.create({"payment_intent": intent.id, "amount": 200}, key)
    again = client.v1.refunds.create({"payment_intent": intent.id, "amount": 200}, key)
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 201}, key)


def test_lists_come_in_pages(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    newer = client.v1.customers.create({})
    first = client.v1.customers.list({"limit": 1})
    assert ([row.id for row in first.data], first.has_more) == ([newer.id], True)
    second = client.v1.customers.list({"limit": 1, "starting_after": newer.id})
    assert [row.id for row in second.data] == [customer.id]
