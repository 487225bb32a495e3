"""Refunds and disputes: money that goes back."""

import pytest
import stripe

from ledger.stripe_sandbox import ApiError, Sandbox
from tests.ledger.stripe_sandbox.conftest import PostBox


def test_part_and_then_the_rest_of_a_card_payment_is_refunded(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    part = client.v1.refunds.create({"payment_intent": paid.id, "amount": 2000})
    assert (part.status, part.amount, part.charge) == ("succeeded", 2000, paid.latest_charge)
    charge = client.v1.charges.retrieve(str(paid.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (2000, False)

    rest = client.v1.refunds.create({"charge": charge.id})

    assert rest.amount == 3000
    charge = client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (5000, True)
    assert charge.refunds is not None
    assert [refund.id for refund in charge.refunds.data] == [rest.id, part.id]
    assert len(sandbox.events("charge.refunded")) == len(sandbox.events("refund.created")) == 2


def test_the_fee_does_not_come_back_with_a_refund(
    client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    refund = client.v1.refunds.create(
        {"payment_intent": paid.id, "expand": ["balance_transaction"]}
    )
    entry = refund.balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (entry.type, entry.amount, entry.fee, entry.net) == ("refund", -5000, 0, -5000)


def test_no_more_can_be_refunded_than_was_paid(
    client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 5001})
    assert refused.value.param == "amount"
    assert "(£50.01) is greater than charge amount (£50.00)" in str(refused.value)

    client.v1.refunds.create({"payment_intent": paid.id, "amount": 4000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 1001})

    client.v1.refunds.create({"payment_intent": paid.id, "amount": 1000})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert refused.value.code == "charge_already_refunded"


def test_what_was_not_paid_cannot_be_refunded(
    sandbox: Sandbox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session, "bacs")
    intent = sandbox.get(session)["payment_intent"]
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        client.v1.refunds.create({"payment_intent": intent})


def test_the_refund_of_a_direct_debit_takes_days(
    sandbox: Sandbox, client: stripe.StripeClient, debited: stripe.PaymentIntent
) -> None:
    refund = client.v1.refunds.create({"payment_intent": debited.id, "amount": 1000})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    sandbox.settle_refund(refund)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert sandbox.last_event("refund.updated")["data"]["previous_attributes"]["status"] == (
        "pending"
    )


def test_a_refund_that_fails_can_be_made_again(
    sandbox: Sandbox, client: stripe.StripeClient, debited: stripe.PaymentIntent
) -> None:
    refund = client.v1.refunds.create({"payment_intent": debited.id})
    sandbox.settle_refund(refund, ok=False)

    now = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (now.status, now.failure_reason) == ("failed", "unknown")
    assert isinstance(now.failure_balance_transaction, stripe.BalanceTransaction)
    assert now.failure_balance_transaction.amount == 5000
    charge = client.v1.charges.retrieve(str(debited.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert sandbox.last_event("refund.failed")
    assert client.v1.refunds.create({"payment_intent": debited.id}).amount == 5000


def test_a_card_payment_can_be_disputed_eight_months_later(
    sandbox: Sandbox,
    box: PostBox,
    client: stripe.StripeClient,
    paid: stripe.PaymentIntent,
) -> None:
    sandbox.advance(days=4)
    sandbox.make_payout()
    sandbox.deliver_events()
    sandbox.advance(days=240)

    dispute = sandbox.dispute(paid)

    assert (dispute["status"], dispute["amount"]) == ("needs_response", 5000)
    assert dispute["created"] - paid.created >= 244 * 24 * 3600
    charge = client.v1.charges.retrieve(str(paid.latest_charge))
    assert (charge.disputed, charge.status, charge.paid) == (True, "succeeded", True)
    assert client.v1.balance.retrieve().available[0].amount == -5000 - 2000
    box.got.clear()
    sandbox.deliver_events()
    assert box.types[:2] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize(
    ("won", "status", "balance"), [(True, "won", -2000), (False, "lost", -7000)]
)
def test_a_dispute_over_a_card_is_won_or_lost(
    sandbox: Sandbox,
    client: stripe.StripeClient,
    paid: stripe.PaymentIntent,
    won: bool,
    status: str,
    balance: int,
) -> None:
    dispute = sandbox.dispute(paid)
    sandbox.close_dispute(dispute, won=won)
    assert client.v1.disputes.retrieve(dispute["id"]).status == status
    assert sandbox.last_event("charge.dispute.closed")["data"]["object"]["status"] == status
    assert bool(sandbox.events("charge.dispute.funds_reinstated")) is won
    assert client.v1.balance.retrieve().available[0].amount == balance


def test_a_dispute_over_a_direct_debit_is_final_at_once(
    sandbox: Sandbox, client: stripe.StripeClient, debited: stripe.PaymentIntent
) -> None:
    dispute = sandbox.dispute(debited)
    assert dispute["status"] == "lost"
    assert [event["type"] for event in sandbox.events()][-4:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.updated",
        "charge.dispute.closed",
    ]
    with pytest.raises(ApiError, match="lost already"):
        sandbox.close_dispute(dispute, won=True)
    listed = client.v1.disputes.list({"payment_intent": debited.id})
    assert [found.id for found in listed.data] == [dispute["id"]]


def test_only_what_was_not_refunded_can_be_disputed(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 1500})
    assert sandbox.dispute(paid)["amount"] == 3500
    with pytest.raises(ApiError, match="once"):
        sandbox.dispute(paid)


def test_the_site_may_accept_a_dispute_as_lost(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    dispute = sandbox.dispute(paid)
    assert client.v1.disputes.close(dispute["id"]).status == "lost"
