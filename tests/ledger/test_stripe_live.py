"""Our own door to Stripe, against the sandbox and, with a test key, against Stripe itself.

With STRIPE_TEST_KEY set to a test key of your own, `pytest -m stripe_live` asks Stripe's servers.
Only what needs no person at a page and no days to pass is tried.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
import time_machine
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from ledger import gateway
from ledger.models import Order, Party, Payment
from ledger.operations import (
    compare_with_stripe,
    refund_payment,
    send_refunds,
    start_checkout,
    start_mandate,
)
from ledger.operations.settling import metadata_of
from ledger.operations.syncing import sync_payment
from ledger.stripe_sandbox import API_KEY, Sandbox

pytestmark = pytest.mark.django_db

KEY = os.environ.get("STRIPE_TEST_KEY", "")
LIVE = pytest.param("stripe", marks=pytest.mark.stripe_live)


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """Time goes on here: Stripe's servers have a clock of their own."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=True):
        yield


@pytest.fixture(params=["sandbox", *([LIVE] if KEY.startswith("sk_test_") else [])])
def client(request: pytest.FixtureRequest, settings: Any) -> Iterator[stripe.StripeClient]:
    """Stripe, or the sandbox, as our settings name it."""
    if request.param == "stripe":
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL = KEY, ""
        settings.STRIPE_TIMEOUT = 30
        yield stripe.StripeClient(KEY)
        return
    with Sandbox(held=True) as sandbox:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL = API_KEY, sandbox.url
        yield stripe.StripeClient(API_KEY, base_addresses={"api": sandbox.url})


def test_a_page_is_opened_found_again_and_closed(
    client: stripe.StripeClient, make_order: Callable[..., Order], joan: Party
) -> None:
    order = make_order()
    to: dict[str, Any] = {
        "success_url": "https://example.org/done/",
        "cancel_url": "https://example.org/back/",
        "by": SYSTEM,
    }
    url = start_checkout(order=order, method="card", **to)
    assert start_checkout(order=order, method="card", **to) == url
    payment = Payment.objects.get()
    assert payment.stripe_session is not None
    session = gateway.fetch_session(payment.stripe_session)
    assert (session.mode, session.status, session.url) == ("payment", "open", url)
    assert session.metadata == metadata_of(payment)
    assert gateway.close_session(session.id).status == "expired"
    setup = start_mandate(party=joan, kind="card", **to)
    assert setup.startswith("http")


def test_money_is_collected_booked_with_its_fee_and_paid_back_in_part(
    client: stripe.StripeClient, make_order: Callable[..., Order]
) -> None:
    order = make_order(key=uuid.uuid4().hex)
    payment = Payment.objects.create(
        order=order, method="card", amount=order.amount, key=uuid.uuid4().hex
    )
    customer = gateway.open_customer(party=order.party_id, key=uuid.uuid4().hex)
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    said = gateway.collect(
        pence=2000,
        customer=customer,
        method=method,
        kind=gateway.CARD,
        reference=order.reference,
        metadata=metadata_of(payment),
        key=uuid.uuid4().hex,
    )
    assert (said.status, said.received) == ("succeeded", 2000)
    sync_payment(said.id, by=SYSTEM)
    payment.refresh_from_db()
    assert (payment.state, payment.stripe_intent) == ("succeeded", said.id)
    refund = refund_payment(
        payment=payment, amount=Money("5.00", "GBP"), reason="Too many", by=SYSTEM
    )
    assert send_refunds() == 1
    refund.refresh_from_db()
    assert refund.state in ("succeeded", "processing")
    assert order.paid_so_far == Money("15.00", "GBP")


def test_a_declined_card_is_said_to_be(client: stripe.StripeClient) -> None:
    customer = gateway.open_customer(party=1, key=uuid.uuid4().hex)
    method = client.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer}
    ).id
    said = gateway.collect(
        pence=2000,
        customer=customer,
        method=method,
        kind=gateway.CARD,
        reference="SH-TEST",
        metadata={},
        key=uuid.uuid4().hex,
    )
    assert said.status == "requires_payment_method"
    assert said.problem
    gateway.forget_method(method)
    assert gateway.fetch_method(method).customer == ""


def test_lists_can_be_read(client: stripe.StripeClient) -> None:
    job = compare_with_stripe(timezone.now(), look_back=dt.timedelta(hours=1))
    assert job.state == "done", job.note
