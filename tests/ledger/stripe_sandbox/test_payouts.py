"""The balance, and what the co-operative's bank gets of it."""

import pytest
import stripe

from ledger.stripe_sandbox import ApiError, Sandbox


def test_a_payment_is_pending_before_it_can_be_paid_out(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    balance = client.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (4905, 0)
    with pytest.raises(ApiError, match="Nothing is available"):
        sandbox.make_payout()
    sandbox.advance(days=3)
    balance = client.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (0, 4905)


def test_a_payout_lists_what_it_is_made_of(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 1000})
    sandbox.advance(days=3)

    payout = sandbox.make_payout()

    assert (payout["amount"], payout["status"], payout["automatic"]) == (3905, "paid", True)
    rows = client.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert {row.type: row.net for row in rows} == {
        "charge": 4905,
        "refund": -1000,
        "payout": -3905,
    }
    only = client.v1.balance_transactions.list({"payout": payout["id"], "type": "charge"}).data
    assert [row.source for row in only] == [paid.latest_charge]
    assert [found.id for found in client.v1.payouts.list().data] == [payout["id"]]
    assert client.v1.balance.retrieve().available[0].amount == 0
    assert sandbox.last_event("payout.created")["data"]["object"]["status"] == "in_transit"
    assert sandbox.last_event("payout.paid")


def test_a_payout_that_the_bank_sends_back_goes_out_again(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    first = sandbox.make_payout(early=True, arrives=False)
    assert client.v1.payouts.retrieve(first["id"]).status == "in_transit"
    sandbox.settle_payout(first, ok=False)
    failed = client.v1.payouts.retrieve(first["id"])
    assert (failed.status, failed.failure_code) == ("failed", "account_closed")
    assert sandbox.last_event("payout.failed")

    again = sandbox.make_payout()

    assert again["amount"] == first["amount"]
    rows = client.v1.balance_transactions.list({"payout": again["id"]}).data
    assert sorted(row.type for row in rows) == ["payout", "payout_failure"]


def test_a_payout_by_hand_takes_no_more_than_there_is(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    sandbox.advance(days=3)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payouts.create({"amount": 4906, "currency": "gbp"})
    assert refused.value.code == "balance_insufficient"
    payout = client.v1.payouts.create({"amount": 4905, "currency": "gbp"})
    assert payout.automatic is False
    with pytest.raises(stripe.InvalidRequestError, match="automatic"):
        client.v1.balance_transactions.list({"payout": payout.id})


def test_the_balance_is_the_sum_of_its_transactions(
    sandbox: Sandbox, client: stripe.StripeClient, debited: stripe.PaymentIntent
) -> None:
    client.v1.refunds.create({"payment_intent": debited.id, "amount": 700})
    sandbox.dispute(debited)
    rows = client.v1.balance_transactions.list({"limit": 100}).data
    balance = client.v1.balance.retrieve()
    assert sum(row.net for row in rows) == balance.available[0].amount + balance.pending[0].amount
    assert all(row.net == row.amount - row.fee for row in rows)
