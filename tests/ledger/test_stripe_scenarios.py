"""Everything that can happen to money on its way through Stripe, against the sandbox over HTTP.

The webhooks carry real signatures and go through our own view; what they are about is asked of
the sandbox again. Nothing of the stripe package is replaced.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import stripe
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from core.errors import RuleError
from ledger.models import (
    Dispute,
    Journal,
    Order,
    Payment,
    Posting,
    Refund,
    StripeEvent,
    StripePayout,
    TreasurerTask,
)
from ledger.operations import (
    apply_event,
    apply_events,
    cancel_order,
    record_payment,
    refund_payment,
    send_refunds,
    start_checkout,
)
from ledger.operations.syncing import Outcome
from ledger.signals import collection_failed, money_taken_back, order_paid, refunded
from ledger.stripe_sandbox import API_KEY, Sandbox
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def tasks() -> list[str]:
    return list(TreasurerTask.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What the apps above were told, in order."""
    heard: list[str] = []
    signals = {
        "paid": order_paid,
        "taken back": money_taken_back,
        "refunded": refunded,
        "failed": collection_failed,
    }
    receivers = {}
    for name, signal in signals.items():

        def hear(name: str = name, **_: Any) -> None:
            heard.append(name)

        receivers[name] = hear
        signal.connect(hear, weak=False)
    yield heard
    for name, signal in signals.items():
        signal.disconnect(receivers[name])


class Payer:
    """Somebody who pays an order on Stripe's page, and what Stripe then tells us."""

    def __init__(self, sandbox: Sandbox, order: Order) -> None:
        self.sandbox, self.order = sandbox, order

    def open_page(self, method: Any = "card") -> str:
        url = start_checkout(
            order=self.order,
            success_url="http://testserver/done/",
            cancel_url="http://testserver/back/",
            method=method,
            by=SYSTEM,
        )
        return url.rpartition("/")[2]

    def pay(self, choice: str = "card") -> str:
        session = self.open_page("bacs" if choice == "bacs" else "card")
        assert self.sandbox.choose(session, choice) == "complete"
        return session

    def hear(self) -> None:
        """Stripe tells us what waits, and a worker applies it."""
        self.sandbox.deliver_events()
        apply_events(timezone.now())

    @property
    def payment(self) -> Payment:
        return Payment.objects.get(order=self.order)

    @property
    def state(self) -> str:
        return self.payment.state


@pytest.fixture
def payer(sandbox: Sandbox, make_order: Callable[..., Order]) -> Payer:
    """Joan, who is asked for £20.00 for shares."""
    return Payer(sandbox, make_order())


#: What Stripe keeps of £20.00 paid by card, and of as much by Direct Debit.
CARD_FEE, BACS_FEE = 50, 20


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
    assert "insufficient funds" in payer.payment.problem
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


def back(payer: Payer, amount: str) -> Refund:
    refund = refund_payment(
        payment=payer.payment, amount=pounds(amount), reason="Refused", by=SYSTEM
    )
    send_refunds()
    return refund


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


# --- Money that is not what we asked for ----------------------------------------------------------


def stripe_client(sandbox: Sandbox) -> Any:
    return stripe.StripeClient(API_KEY, base_addresses={"api": sandbox.url})


def pay_directly(payer: Payer, pence: int, metadata: dict[str, str]) -> str:
    """Money that comes without a page that we opened."""
    client = stripe_client(payer.sandbox)
    customer = client.v1.customers.create().id
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    made = client.v1.payment_intents.create(
        {
            "amount": pence,
            "currency": "gbp",
            "customer": customer,
            "payment_method": method,
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "metadata": metadata,
        }
    )
    return str(made.id)


@pytest.mark.parametrize("pence", [1999, 2001])
def test_a_tampered_amount_is_booked_as_it_came_and_nothing_follows(
    pence: int, payer: Payer, told: list[str]
) -> None:
    """It is in the books for the order; no shares follow, and the treasurer looks at it."""
    session = payer.open_page()
    pay_directly(payer, pence, payer.sandbox.get(session)["metadata"])
    payer.hear()
    payment = payer.payment
    assert (payment.state, payment.amount) == ("succeeded", pounds(str(Decimal(pence) / 100)))
    assert payment.problem == "We asked for £20.00."
    assert balances()["applications"] == -pence
    assert (told, tasks()) == ([], ["different"])


def test_money_that_names_an_order_of_ours_goes_to_it(payer: Payer, told: list[str]) -> None:
    session = payer.open_page()
    order = {"order": payer.sandbox.get(session)["metadata"]["order"]}
    pay_directly(payer, 2000, order)
    payer.hear()
    assert (payer.order.is_paid, told, tasks()) == (True, ["paid"], [])


def test_an_unknown_order(payer: Payer, told: list[str]) -> None:
    """Money for nothing of ours waits to be explained; what goes back of it is booked too."""
    intent = pay_directly(payer, 1234, {"order": "SH-AAAAA@1", "payment": "checkout:9:9:card@1"})
    payer.hear()
    fee = balances()["stripe-fees"]
    assert balances() == {"stripe": 1234 - fee, "stripe-fees": fee, "suspense": -1234}
    assert (told, tasks()) == ([], ["unknown"])
    stripe_client(payer.sandbox).v1.refunds.create({"payment_intent": intent})
    payer.hear()
    assert balances() == {"stripe": -fee, "stripe-fees": fee}


def test_money_of_another_installation_is_not_ours(payer: Payer, told: list[str]) -> None:
    """One that shares the account has an order of the same number, made at another time."""
    session = payer.open_page()
    metadata = {
        name: text.partition("@")[0] + "@1"
        for name, text in payer.sandbox.get(session)["metadata"].items()
    }
    pay_directly(payer, 2000, metadata)
    payer.hear()
    assert (payer.state, told, tasks()) == ("started", [], ["unknown"])


def test_a_disputed_unknown_payment_is_booked_against_what_is_unexplained(payer: Payer) -> None:
    intent = pay_directly(payer, 1234, {})
    payer.sandbox.dispute(intent)
    payer.hear()
    fees = balances()["stripe-fees"]
    assert balances() == {"stripe": -fees, "stripe-fees": fees}


def test_money_for_a_cancelled_order_is_booked_and_to_be_paid_back(
    payer: Payer, told: list[str]
) -> None:
    session = payer.open_page()
    cancel_order(order=payer.order, by=SYSTEM)
    payer.sandbox.choose(session, "card")
    payer.hear()
    assert (payer.state, told, tasks()) == ("succeeded", [], ["pay_back"])
    assert balances()["applications"] == -2000


def test_paid_twice_by_different_ways_is_more_than_was_asked_for(
    payer: Payer, told: list[str]
) -> None:
    session = payer.open_page()
    record_payment(
        order=payer.order,
        method="transfer",
        amount=pounds("20.00"),
        made_on=TODAY,
        key="bank",
        by=SYSTEM,
    )
    payer.sandbox.choose(session, "card")
    payer.hear()
    assert (told, tasks()) == (["paid"], ["too_much"])
    assert balances()["applications"] == -4000


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
