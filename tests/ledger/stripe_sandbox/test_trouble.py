"""Calls that time out, break off or fail, before or after the work was done."""

import pytest
import stripe

from ledger.stripe_sandbox import Sandbox
from tests.ledger.stripe_sandbox.conftest import client_of


def test_a_call_whose_answer_was_lost_is_safely_made_again(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    key: stripe.RequestOptions = {"idempotency_key": "refund-1"}
    sandbox.fail_next("drop", after_the_work=True)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.refunds.create({"payment_intent": paid.id}, key)
    assert len(sandbox.events("refund.created")) == 1

    refund = client.v1.refunds.create({"payment_intent": paid.id}, key)

    assert refund.amount == 5000
    assert len(sandbox.events("refund.created")) == 1


def test_without_the_key_the_work_would_be_done_twice(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    sandbox.fail_next("drop", after_the_work=True)
    for amount in (1000, 1000):
        try:
            client.v1.refunds.create({"payment_intent": paid.id, "amount": amount})
        except stripe.APIConnectionError:
            continue
    assert len(sandbox.events("refund.created")) == 2


def test_a_call_that_broke_off_before_did_nothing(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fail_next("drop", calls=2)
    for _ in range(2):
        with pytest.raises(stripe.APIConnectionError):
            client.v1.customers.create({})
    assert sandbox.events() == []
    assert client.v1.customers.create({}).id


def test_a_call_may_never_be_answered(sandbox: Sandbox) -> None:
    hasty = client_of(sandbox, seconds=0.05)
    sandbox.fail_next("timeout", after_the_work=True)
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.customers.create({})
    assert len(sandbox.events("customer.created")) == 1


def test_the_sandbox_stops_while_a_caller_waits_in_vain() -> None:
    with Sandbox() as sandbox:
        hasty = client_of(sandbox, seconds=0.05)
        sandbox.fail_next("timeout")
        with pytest.raises(stripe.APIConnectionError):
            hasty.v1.customers.list()


def test_stripe_may_answer_with_an_error_of_its_own(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    sandbox.fail_next("error")
    with pytest.raises(stripe.APIError) as caught:
        client.v1.customers.create({})
    assert caught.value.http_status == 500


def test_trouble_can_be_meant_for_some_calls_only(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    sandbox.fail_next("error", path="/v1/refunds")
    assert client.v1.customers.create({}).id
    with pytest.raises(stripe.APIError):
        client.v1.refunds.create({"payment_intent": paid.id})


def test_the_api_goes_down_and_comes_up(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    sandbox.go_down()
    for _ in range(3):
        with pytest.raises(stripe.APIConnectionError):
            client.v1.customers.list()
    sandbox.come_up()
    assert client.v1.customers.list().data == []
