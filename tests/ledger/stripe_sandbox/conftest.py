"""A sandbox whose events wait in a post box until a test delivers them, and Stripe's own client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import stripe

from ledger.stripe_sandbox import API_KEY, SECRET, Sandbox

SECONDS = 5


class PostBox:
    """The site's end of the webhooks. It verifies each as the site would, and keeps it."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[stripe.Event] = []

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> int:
        event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
        self.got.append(event)
        return self.status

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.got]


@pytest.fixture
def box() -> PostBox:
    return PostBox()


@pytest.fixture
def sandbox(box: PostBox) -> Iterator[Sandbox]:
    with Sandbox(webhook=box, held=True) as sandbox:
        yield sandbox


def client_of(
    sandbox: Sandbox, key: str = API_KEY, seconds: float = SECONDS
) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": sandbox.url},
        http_client=stripe.RequestsClient(timeout=seconds),
    )


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    return client_of(sandbox)


@pytest.fixture
def customer(client: stripe.StripeClient) -> stripe.Customer:
    return client.v1.customers.create({"email": "ada@example.org", "metadata": {"party": "7"}})


def order(**more: Any) -> dict[str, Any]:
    """Five shares of £10, as the site asks for them."""
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 5,
                "price_data": {
                    "currency": "gbp",
                    "unit_amount": 1000,
                    "product_data": {"name": "Shares"},
                },
            }
        ],
        "client_reference_id": "order-12",
        "metadata": {"order": "12"},
        "success_url": "https://coop.example/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://coop.example/basket",
        **more,
    }


@pytest.fixture
def session(client: stripe.StripeClient) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.create(order())


@pytest.fixture
def paid(
    sandbox: Sandbox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> stripe.PaymentIntent:
    """£50 paid by card."""
    sandbox.choose(session)
    return client.v1.payment_intents.retrieve(sandbox.get(session)["payment_intent"])


@pytest.fixture
def debited(
    sandbox: Sandbox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> stripe.PaymentIntent:
    """£50 by Direct Debit, which the bank has paid."""
    sandbox.choose(session, "bacs")
    sandbox.settle_bacs(session)
    return client.v1.payment_intents.retrieve(sandbox.get(session)["payment_intent"])


def saved(sandbox: Sandbox, client: stripe.StripeClient, customer: str, choice: str) -> str:
    """The id of a payment method that the customer saved on the page of a session in setup mode."""
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "gbp",
            "customer": customer,
            "success_url": "https://coop.example/saved",
        }
    )
    if sandbox.choose(session, choice) == "authenticate":
        sandbox.authenticate(session)
    intent = client.v1.setup_intents.retrieve(str(session.setup_intent))
    return str(intent.payment_method)


def dues(customer: str, method: str, **more: Any) -> dict[str, Any]:
    """£12 of dues, taken while nobody is there."""
    return {
        "amount": 1200,
        "currency": "gbp",
        "customer": customer,
        "payment_method": method,
        "allowed_payment_method_types": ["card", "bacs_debit"],
        "off_session": True,
        "confirm": True,
        "metadata": {"invoice": "31"},
        **more,
    }
