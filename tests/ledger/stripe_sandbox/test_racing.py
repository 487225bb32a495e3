"""Many callers at once, and time that stands still."""

import time
from concurrent.futures import ThreadPoolExecutor

import stripe
import time_machine

from ledger.stripe_sandbox import SECRET, Sandbox
from tests.ledger.stripe_sandbox.conftest import client_of

WORKERS = 8


def test_workers_that_race_with_one_key_do_the_work_once(
    sandbox: Sandbox, paid: stripe.PaymentIntent
) -> None:
    def refund(_: int) -> str:
        made = client_of(sandbox).v1.refunds.create(
            {"payment_intent": paid.id, "amount": 1000}, {"idempotency_key": "refund-1"}
        )
        return made.id

    with ThreadPoolExecutor(WORKERS) as pool:
        assert len(set(pool.map(refund, range(WORKERS)))) == 1
    assert len(sandbox.events("refund.created")) == 1


def test_workers_that_race_without_a_key_still_never_refund_too_much(
    sandbox: Sandbox, paid: stripe.PaymentIntent
) -> None:
    def refund(_: int) -> int:
        try:
            client_of(sandbox).v1.refunds.create({"payment_intent": paid.id, "amount": 2000})
        except stripe.InvalidRequestError:
            return 0
        return 2000

    with ThreadPoolExecutor(WORKERS) as pool:
        assert sum(pool.map(refund, range(WORKERS))) == 4000


@time_machine.travel("2026-03-01 09:30 +0000", tick=False)
def test_the_sandbox_keeps_the_time_of_the_test(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    assert client.v1.customers.create({}).created == int(time.time())
    body, headers = sandbox.signed(sandbox.last_event("customer.created"))
    assert stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
    sandbox.advance(days=240)
    assert client.v1.customers.create({}).created == int(time.time()) + 240 * 86400
    later = sandbox.signed(sandbox.last_event("customer.created"))
    assert stripe.Webhook.construct_event(later.body, later.headers["Stripe-Signature"], SECRET)
