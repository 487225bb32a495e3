"""Everything that can happen to money on its way through Stripe, against the sandbox over HTTP.

The webhooks carry real signatures and go through our own view; what they are about is asked of
the sandbox again. Nothing of the stripe package is replaced.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import RuleError
from ledger import owners
from ledger.models import (
    Dispute,
    Journal,
    Posting,
    Refund,
    StripeEvent,
    TreasurerTask,
)
from ledger.operations import (
    apply_events,
    cancel_order,
)
from tests.ledger.conftest import TODAY
from tests.ledger.payer import (
    BACS_FEE,
    CARD_FEE,
    Payer,
    back,
    balances,
    pounds,
    stripe_client,
    tasks,
)

pytestmark = pytest.mark.django_db


def test_paid_by_card(payer: Payer, told: list[str]) -> None:
    payer.pay()
    assert payer.state == "started"  # being sent back from the page proves nothing
    payer.hear()
    payment = payer.payment
    assert (payment.state, payment.made_on, payment.method) == ("succeeded", TODAY, "card")
    assert payer.order.is_paid
    assert balances() == {
        "stripe": 2000 - CARD_FEE,
        "stripe-fees": CARD_FEE,
        "applications": -2000,
    }
    assert (told, tasks()) == (["paid"], [])
    assert Posting.objects.filter(account="applications").by_party() == {
        payer.order.party_id: -2000
    }


def test_abandoned(payer: Payer, told: list[str]) -> None:
    session = payer.open_page()
    payer.sandbox.expire(session)
    payer.hear()
    assert (payer.state, payer.order.is_paid, balances()) == ("cancelled", False, {})
    assert (told, tasks()) == ([], [])
    assert payer.open_page() != session  # they may come again


def test_declined_and_then_paid_on_the_same_page(payer: Payer, told: list[str]) -> None:
    session = payer.open_page()
    assert payer.sandbox.choose(session, "card_declined") == "declined"
    payer.hear()
    assert (payer.state, told, tasks(), balances()) == ("started", [], [], {})
    payer.sandbox.choose(session, "card")
    payer.hear()
    assert (payer.state, told) == ("succeeded", ["paid"])


def test_declined_and_abandoned(payer: Payer, told: list[str]) -> None:
    session = payer.open_page()
    payer.sandbox.choose(session, "card_declined")
    payer.hear()
    payer.sandbox.expire(session)
    payer.hear()
    assert (payer.state, told, tasks(), balances()) == ("cancelled", [], [], {})


@pytest.mark.parametrize(("ok", "state"), [(True, "succeeded"), (False, "started")])
def test_3d_secure(ok: bool, state: str, payer: Payer) -> None:
    session = payer.open_page()
    assert payer.sandbox.choose(session, "card_3ds") == "authenticate"
    payer.hear()
    assert (payer.state, balances()) == ("started", {})
    payer.sandbox.authenticate(session, ok=ok)
    payer.hear()
    assert payer.state == state
    assert payer.order.is_paid == ok


def test_a_direct_debit_comes_days_later(payer: Payer, told: list[str]) -> None:
    session = payer.pay("bacs")
    payer.hear()
    assert (payer.state, payer.payment.method) == ("processing", "bacs")
    assert (payer.order.is_paid, balances(), told) == (False, {}, [])
    with pytest.raises(RuleError, match="on its way"):
        payer.open_page()
    with pytest.raises(RuleError, match="on its way"):
        cancel_order(order=payer.order, by=SYSTEM)
    payer.sandbox.settle_bacs(session)
    payer.hear()
    assert (payer.state, told, tasks()) == ("succeeded", ["paid"], [])
    assert balances() == {
        "stripe": 2000 - BACS_FEE,
        "stripe-fees": BACS_FEE,
        "applications": -2000,
    }


@pytest.mark.parametrize("heard_of_it", [True, False])
def test_a_direct_debit_fails_days_later(heard_of_it: bool, payer: Payer, told: list[str]) -> None:
    session = payer.pay("bacs")
    if heard_of_it:
        payer.hear()
    payer.sandbox.settle_bacs(session, ok=False)
    payer.hear()
    assert (payer.state, balances()) == ("failed", {})
    assert payer.payment.problem == "There was not enough money in the account."
    assert (told, tasks()) == (["failed"], ["failed"])
    assert payer.open_page() != session  # they may pay in another way


def test_a_dispute_8_months_later(payer: Payer, told: list[str]) -> None:
    session = payer.pay("bacs")
    payer.sandbox.settle_bacs(session)
    payer.hear()
    payer.sandbox.advance(days=243)
    payer.sandbox.dispute(session)
    payer.hear()
    assert (payer.state, payer.order.is_paid) == ("taken_back", False)
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount) == ("lost", pounds("20.00"))
    assert dispute.opened_on == dt.date(2026, 11, 1)
    assert balances() == {"stripe": -BACS_FEE - 2000, "stripe-fees": BACS_FEE + 2000}
    assert (told, tasks()) == (["paid", "taken back"], ["taken_back"])
    assert Journal.objects.filter(kind="payment").count() == 1  # nothing is deleted


@pytest.mark.parametrize("won", [True, False])
def test_a_card_s_dispute_is_open_and_then_decided(
    won: bool, payer: Payer, told: list[str]
) -> None:
    session = payer.pay()
    payer.hear()
    dispute = payer.sandbox.dispute(session)
    payer.hear()
    assert (payer.state, Dispute.objects.get().state) == ("taken_back", "open")
    payer.sandbox.close_dispute(dispute, won=won)
    payer.hear()
    assert Dispute.objects.get().state == ("won" if won else "lost")
    assert payer.state == ("succeeded" if won else "taken_back")
    assert payer.order.is_paid == won
    fees = CARD_FEE + 2000
    shown = {"stripe": 2000 - fees, "stripe-fees": fees, "applications": -2000}
    lost = {"stripe": -fees, "stripe-fees": fees}
    assert balances() == (shown if won else lost)
    assert told == ["paid", "taken back", *(["paid"] if won else [])]
    assert TreasurerTask.objects.open().count() == (0 if won else 1)


def test_paid_again_after_it_was_taken_back(payer: Payer, told: list[str]) -> None:
    payer.sandbox.dispute(payer.pay())
    payer.hear()
    payer.pay()
    payer.hear()
    assert payer.order.is_paid
    assert told == ["paid", "taken back", "paid"]
    assert balances()["applications"] == -2000


# --- Paying back ----------------------------------------------------------------------------------


def test_a_partial_refund_and_then_the_rest(payer: Payer, told: list[str]) -> None:
    payer.pay()
    payer.hear()
    first = back(payer, "5.00")
    payer.hear()
    assert Refund.objects.get(pk=first.pk).state == "succeeded"
    assert (payer.payment.refunded, payer.order.paid_so_far) == (pounds("5.00"), pounds("15.00"))
    assert balances()["applications"] == -1500
    back(payer, "15.00")
    payer.hear()
    assert (payer.state, payer.order.paid_so_far) == ("succeeded", pounds("0.00"))
    assert balances() == {"stripe": -CARD_FEE, "stripe-fees": CARD_FEE}
    assert (told, tasks()) == (["paid", "refunded", "refunded"], [])


def test_no_more_goes_back_than_came(payer: Payer) -> None:
    payer.pay()
    payer.hear()
    back(payer, "15.01")
    with pytest.raises(RuleError, match=r"Only £4\.99"):
        back(payer, "5.00")
    assert Refund.objects.count() == 1


def test_what_became_shares_does_not_go_back_through_stripe(
    payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer.pay()
    payer.hear()
    monkeypatch.setitem(owners.USED, payer.order.owner_kind, lambda _order: pounds("15.00"))
    with pytest.raises(RuleError, match=r"£5\.00 of what came for this can be paid back"):
        back(payer, "5.01")
    back(payer, "5.00")
    assert balances()["applications"] == -1500
    with pytest.raises(RuleError, match=r"£0\.00 of what came"):
        back(payer, "0.01")


def test_a_direct_debit_s_refund_is_on_its_way_for_days(payer: Payer, told: list[str]) -> None:
    payer.sandbox.settle_bacs(payer.pay("bacs"))
    payer.hear()
    refund = back(payer, "20.00")
    payer.hear()
    refund.refresh_from_db()
    assert (refund.state, balances()["applications"]) == ("processing", -2000)
    assert payer.payment.refunded == pounds("20.00")  # and cannot be paid back twice meanwhile
    payer.sandbox.settle_refund(refund.stripe_refund or "")
    payer.hear()
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert "applications" not in balances()
    assert told == ["paid", "refunded"]


@pytest.mark.parametrize("method", ["card", "bacs"])
def test_a_refund_that_fails_may_be_paid_back_again(method: str, payer: Payer) -> None:
    """A card's may come back after it had succeeded."""
    session = payer.pay(method)
    if method == "bacs":
        payer.sandbox.settle_bacs(session)
    payer.hear()
    refund = back(payer, "20.00")
    payer.hear()
    refund.refresh_from_db()
    payer.sandbox.settle_refund(refund.stripe_refund or "", ok=False)
    payer.hear()
    refund.refresh_from_db()
    assert (refund.state, payer.payment.refunded) == ("failed", pounds("0.00"))
    assert (balances()["applications"], tasks()) == (-2000, ["refund_failed"])
    assert back(payer, "20.00").pk != refund.pk


def test_a_refund_made_on_stripe_s_own_screens_counts(payer: Payer, told: list[str]) -> None:
    session = payer.pay()
    payer.hear()
    stripe_client(payer.sandbox).v1.refunds.create(
        {"payment_intent": payer.sandbox.get(session)["payment_intent"], "amount": 700}
    )
    payer.hear()
    assert (payer.payment.refunded, told) == (pounds("7.00"), ["paid", "refunded"])
    assert balances()["applications"] == -1300


def test_a_refund_that_stripe_refuses_is_given_up_and_a_person_is_asked(payer: Payer) -> None:
    session = payer.pay()
    payer.hear()
    payer.sandbox.dispute(session)  # we have not heard of it when we want to pay back
    refund = back(payer, "20.00")
    refund.refresh_from_db()
    assert (refund.state, payer.payment.refunded) == ("failed", pounds("0.00"))
    assert tasks() == ["refund_failed"]
    payer.hear()
    assert payer.state == "taken_back"


def test_part_goes_back_and_the_rest_is_disputed(payer: Payer) -> None:
    session = payer.pay()
    payer.hear()
    back(payer, "5.00")
    payer.sandbox.dispute(session)
    payer.hear()
    assert (payer.state, Dispute.objects.get().amount) == ("taken_back", pounds("15.00"))
    assert balances() == {"stripe": -CARD_FEE - 2000, "stripe-fees": CARD_FEE + 2000}


# --- Webhooks that come oddly ---------------------------------------------------------------------


def test_a_duplicate_event_changes_nothing(payer: Payer, told: list[str]) -> None:
    payer.pay()
    payer.hear()
    settled = balances()
    for event in payer.sandbox.events():
        assert payer.sandbox.send(event, times=2) == [200, 200]
    apply_events(timezone.now())
    assert StripeEvent.objects.count() == len(payer.sandbox.events())
    assert (balances(), told) == (settled, ["paid"])


def test_out_of_order(payer: Payer, told: list[str]) -> None:
    """The newest first: the dispute is heard of before the money."""
    session = payer.pay()
    payer.sandbox.dispute(session)
    payer.sandbox.deliver_events(newest_first=True)
    for event in StripeEvent.objects.order_by("pk"):
        apply_events(event.not_before)
    assert payer.state == "taken_back"
    assert balances() == {"stripe": -CARD_FEE - 2000, "stripe-fees": CARD_FEE + 2000}
    assert told == ["paid", "taken back"]


def test_a_fee_that_comes_late_is_booked_when_it_comes(payer: Payer) -> None:
    payer.sandbox.delay_fees()
    payer.pay()
    payer.hear()
    assert balances() == {"stripe": 2000, "applications": -2000}
    payer.sandbox.let_fees_arrive()
    payer.hear()
    assert balances()["stripe-fees"] == CARD_FEE


def test_the_webhook_is_down_and_then_tried_again(
    payer: Payer, told: list[str], settings: Any
) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []  # we take nothing
    payer.pay()
    assert {delivery.status for delivery in payer.sandbox.deliver_events()} == {400}
    assert not StripeEvent.objects.exists()
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_sandbox"]
    payer.hear()
    assert (payer.state, told) == ("succeeded", ["paid"])
