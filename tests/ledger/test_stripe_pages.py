"""Stripe's pages, its silences and its payouts, against the sandbox over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import RuleError
from ledger.models import (
    Journal,
    Payment,
    StripeEvent,
    StripePayout,
)
from ledger.operations import (
    apply_event,
    apply_events,
    cancel_order,
    record_payment,
    send_refunds,
)
from ledger.operations.syncing import Outcome
from tests.ledger.conftest import TODAY
from tests.ledger.payer import (
    CARD_FEE,
    Payer,
    back,
    balances,
    pounds,
    tasks,
)

pytestmark = pytest.mark.django_db


# --- Stripe does not answer -----------------------------------------------------------------------


@pytest.mark.parametrize("after_the_work", [True, False])
@pytest.mark.parametrize("trouble", ["timeout", "drop", "error"])
def test_a_call_that_gets_no_answer_is_made_again_with_the_same_key(
    trouble: Any, after_the_work: bool, payer: Payer
) -> None:
    """The package itself tries again; there is one page, not two."""
    payer.sandbox.fail_next(trouble, after_the_work=after_the_work, path="/v1/checkout")
    session = payer.open_page()
    assert payer.payment.stripe_session == session
    assert len(payer.sandbox.account.all("checkout.session")) == 1


def test_when_stripe_stays_silent_the_payer_is_told_and_may_try_again(payer: Payer) -> None:
    payer.sandbox.fail_next("drop", after_the_work=True, calls=3, path="/v1/checkout")
    with pytest.raises(RuleError, match="does not answer"):
        payer.open_page()
    assert payer.payment.stripe_session is None
    session = payer.open_page()
    assert Payment.objects.count() == 1
    assert len(payer.sandbox.account.all("checkout.session")) == 1
    payer.sandbox.choose(session, "card")
    payer.hear()
    assert payer.order.is_paid


def test_a_fault_of_stripe_s_own_is_not_asked_for_again_with_the_same_key(payer: Payer) -> None:
    """Stripe would repeat it to the same key for a day."""
    payer.sandbox.fail_next("error", calls=3, path="/v1/checkout")
    with pytest.raises(RuleError, match="does not answer"):
        payer.open_page()
    assert payer.state == "cancelled"
    payer.open_page()
    assert Payment.objects.count() == 2


def test_an_event_waits_until_stripe_answers(payer: Payer, told: list[str]) -> None:
    payer.pay()
    payer.sandbox.deliver_events()
    payer.sandbox.go_down()
    now = timezone.now()
    assert apply_events(now) == 0
    assert StripeEvent.objects.filter(attempts=1).count() == 1  # the others were not even tried
    payer.sandbox.come_up()
    tried = StripeEvent.objects.get(attempts=1)
    assert apply_event(tried.pk, now) is Outcome.NOT_MINE  # it waits some minutes
    assert apply_events(now + dt.timedelta(minutes=3)) > 0
    assert (payer.state, told) == ("succeeded", ["paid"])


def test_a_refund_whose_answer_was_lost_is_made_once(payer: Payer) -> None:
    payer.pay()
    payer.hear()
    payer.sandbox.fail_next("drop", after_the_work=True, calls=3, path="/v1/refunds")
    refund = back(payer, "5.00")
    refund.refresh_from_db()
    assert (refund.state, refund.stripe_refund) == ("asked", None)
    payer.sandbox.advance(days=2)  # Stripe has forgotten the idempotency key
    send_refunds()
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert len(payer.sandbox.account.all("refund")) == 1


# --- Pages ----------------------------------------------------------------------------------------


def test_a_page_that_is_open_is_used_again(payer: Payer) -> None:
    assert payer.open_page() == payer.open_page()
    assert Payment.objects.count() == 1


def test_whoever_chooses_another_way_has_one_page_open_not_two(payer: Payer) -> None:
    first, second = payer.open_page("card"), payer.open_page("bacs")
    assert first != second
    assert payer.sandbox.get(first)["status"] == "expired"
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["cancelled", "started"]


def test_whoever_has_paid_is_not_sent_to_pay_again(payer: Payer) -> None:
    """We have not heard of it yet, so Stripe is asked."""
    payer.pay()
    with pytest.raises(RuleError, match="paid already"):
        payer.open_page()
    assert payer.state == "succeeded"


def test_what_is_still_to_be_paid_is_asked_for(payer: Payer) -> None:
    record_payment(
        order=payer.order,
        method="transfer",
        amount=pounds("12.50"),
        made_on=TODAY,
        key="bank",
        by=SYSTEM,
    )
    session = payer.open_page()
    assert payer.sandbox.get(session)["amount_total"] == 750


def test_every_method_is_offered_where_none_is_chosen(payer: Payer) -> None:
    session = payer.open_page(None)
    payer.sandbox.choose(session, "bacs")
    payer.hear()
    assert (payer.state, payer.payment.method) == ("processing", "card")
    payer.sandbox.settle_bacs(session)
    payer.hear()
    assert (payer.state, payer.payment.method) == ("succeeded", "bacs")


def test_stripe_is_told_no_name_and_nothing_of_care(payer: Payer) -> None:
    session = payer.sandbox.get(payer.open_page())
    assert session["client_reference_id"] == payer.order.reference
    assert set(session["metadata"]) == {"order", "payment"}
    assert session["customer_email"] is None


def test_nothing_is_offered_online_without_a_key(payer: Payer, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(RuleError, match="no payments online"):
        payer.open_page()


@pytest.mark.parametrize("act", ["cancelled", "paid"])
def test_what_is_not_to_be_paid_has_no_page(act: str, payer: Payer) -> None:
    if act == "paid":
        payer.pay()
        payer.hear()
    else:
        cancel_order(order=payer.order, by=SYSTEM)
    with pytest.raises(RuleError, match=f"{act}"):
        payer.open_page()


# --- Payouts --------------------------------------------------------------------------------------


def test_what_stripe_pays_into_the_bank(payer: Payer) -> None:
    payer.pay()
    payer.hear()
    payout = payer.sandbox.make_payout(early=True, arrives=False)
    payer.hear()
    assert StripePayout.objects.get().state == "pending"
    assert balances()["stripe"] == 1950
    payer.sandbox.settle_payout(payout)
    payer.hear()
    assert StripePayout.objects.get().state == "paid"
    assert balances() == {"bank": 1950, "stripe-fees": CARD_FEE, "applications": -2000}
    assert Journal.objects.filter(key=f"payout:{payout['id']}").count() == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_payout_that_the_bank_sends_back_is_reversed(arrived: bool, payer: Payer) -> None:
    payer.pay()
    payout = payer.sandbox.make_payout(early=True, arrives=arrived)
    payer.hear()
    payer.sandbox.settle_payout(payout, ok=False)
    payer.hear()
    assert StripePayout.objects.get().state == "failed"
    assert balances()["stripe"] == 1950
    assert "bank" not in balances()
    assert tasks() == ["different"]
