"""What Stripe may say and the sandbox does not: told to the operations as our own dataclasses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from djmoney.money import Money

from core.actors import SYSTEM
from ledger.models import Dispute, Journal, Order, Payment, Posting, Refund, TreasurerTask
from ledger.operations import apply_dispute, apply_intent, apply_payout, apply_refund
from ledger.operations.settling import metadata_of
from ledger.signals import money_taken_back, order_paid
from ledger.stripe_says import Charge, DisputeSaid, Intent, Move, PayoutSaid, RefundSaid, Session

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)
FEE = Move("txn_1", "charge", 2000, 50, AT)
CHARGE = Charge("ch_1", "succeeded", "card", AT, "pi_1", move=FEE)


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def tasks() -> list[str]:
    return list(TreasurerTask.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def payment(make_order: Callable[..., Order]) -> Payment:
    """£20.00 that Joan began to pay by card."""
    order = make_order()
    return Payment.objects.create(
        order=order, method="card", amount=order.amount, key="begun", stripe_session="cs_1"
    )


def said(payment: Payment, **changed: Any) -> Intent:
    paid = Intent("pi_1", "succeeded", 2000, 2000, "gbp", metadata_of(payment), CHARGE)
    return replace(paid, **changed)


def apply(intent: Intent, session: Session | None = None) -> None:
    apply_intent(intent=intent, session=session, by=SYSTEM)


def state(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


@pytest.fixture
def told() -> Iterator[list[str]]:
    heard: list[str] = []

    def paid(**_: Any) -> None:
        heard.append("paid")

    def taken(amount: Money, **_: Any) -> None:
        heard.append(f"taken back {amount.amount:.2f}")

    order_paid.connect(paid)
    money_taken_back.connect(taken)
    yield heard
    order_paid.disconnect(paid)
    money_taken_back.disconnect(taken)


def test_a_card_s_day_is_that_of_the_charge_and_a_debit_s_that_on_which_we_hear(
    payment: Payment, make_order: Callable[..., Order]
) -> None:
    """In London, where half past eleven at night is still the same day."""
    apply(said(payment))
    payment.refresh_from_db()
    assert payment.made_on == dt.date(2026, 3, 2)
    order = make_order(key="second")
    debit = Payment.objects.create(order=order, method="bacs", amount=order.amount, key="debit")
    charge = replace(CHARGE, id="py_1", method="bacs_debit", move=None)
    apply(said(debit, id="pi_2", charge=charge))
    debit.refresh_from_db()
    assert (debit.made_on, debit.method) == (dt.date(2026, 3, 3), "bacs")


def test_a_charge_that_fails_after_it_had_succeeded_is_taken_back(
    payment: Payment, told: list[str]
) -> None:
    apply(said(payment))
    failed = replace(CHARGE, status="failed")
    late = said(payment, status="requires_payment_method", received=0, charge=failed)
    for _again in range(2):
        apply(late)
    assert state(payment) == "taken_back"
    assert balances() == {"stripe": -50, "stripe-fees": 50}
    assert (told, tasks()) == (["paid", "taken back 20.00"], ["taken_back"])


def test_old_news_of_a_declined_card_takes_nothing_back(payment: Payment, told: list[str]) -> None:
    """Fetched before the payer tried again, applied after: it speaks of another charge."""
    declined = replace(CHARGE, id="ch_0", status="failed", move=None)
    old = said(payment, status="requires_payment_method", received=0, charge=declined)
    page = Session("cs_1", "payment", "open", "http://x", "pi_1", "", "", {})
    apply(said(payment))
    apply(old, page)
    apply(old)
    assert (state(payment), told) == ("succeeded", ["paid"])


def test_old_news_never_moves_a_payment_back(payment: Payment) -> None:
    apply(said(payment))
    for status in ("processing", "canceled", "requires_action"):
        apply(said(payment, status=status, received=0, charge=None))
    assert state(payment) == "succeeded"


def test_money_after_all_counts_even_when_it_had_been_given_up(payment: Payment) -> None:
    Payment.objects.update(state="cancelled")
    apply(said(payment))
    assert state(payment) == "succeeded"


def test_money_in_another_currency_is_for_a_person(payment: Payment, told: list[str]) -> None:
    apply(said(payment, currency="eur", charge=replace(CHARGE, move=None)))
    assert (state(payment), balances()) == ("started", {})
    assert (told, tasks()) == ([], ["different"])


# --- Disputes -------------------------------------------------------------------------------------

OUT = Move("txn_2", "adjustment", -2000, 2000, AT + dt.timedelta(days=1))
BACK = Move("txn_3", "adjustment", 2000, 0, AT + dt.timedelta(days=40))


def dispute(*moves: Move, status: str = "needs_response", id: str = "du_1") -> DisputeSaid:
    return DisputeSaid(id, status, "pi_1", AT, moves)


def test_an_enquiry_moves_nothing(payment: Payment) -> None:
    apply(said(payment))
    assert apply_dispute(said=dispute(status="warning_needs_response"), by=SYSTEM) is None
    assert (state(payment), tasks()) == ("succeeded", [])


def test_where_only_part_is_taken_back_the_rest_stays_paid(
    payment: Payment, told: list[str]
) -> None:
    apply(said(payment))
    part = replace(OUT, pence=-700, fee=0)
    for _again in range(2):
        apply_dispute(said=dispute(part), by=SYSTEM)
    assert (state(payment), payment.order.paid_so_far) == ("succeeded", pounds("13.00"))
    assert balances()["applications"] == -1300
    assert told == ["paid", "taken back 7.00"]
    apply_dispute(said=dispute(part, replace(BACK, pence=700), status="won"), by=SYSTEM)
    payment.refresh_from_db()
    assert (payment.refunded, payment.order.is_paid) == (pounds("0.00"), True)
    assert told == ["paid", "taken back 7.00", "paid"]
    assert balances()["applications"] == -2000


def test_won_is_only_what_has_come_back(payment: Payment) -> None:
    """The bank decides first, and the money comes later."""
    apply(said(payment))
    apply_dispute(said=dispute(OUT, status="won"), by=SYSTEM)
    assert (state(payment), Dispute.objects.get().state) == ("taken_back", "open")
    apply_dispute(said=dispute(OUT, BACK, status="won"), by=SYSTEM)
    assert (state(payment), Dispute.objects.get().state) == ("succeeded", "won")


def test_each_day_is_the_day_on_which_the_money_moved(payment: Payment) -> None:
    apply(said(payment))
    apply_dispute(said=dispute(OUT, BACK, status="won"), by=SYSTEM)
    days = dict(Journal.objects.values_list("kind", "date"))
    assert days["dispute"] == dt.date(2026, 3, 3)
    assert days["dispute-won"] == dt.date(2026, 4, 12)


# --- Refunds and payouts --------------------------------------------------------------------------


def test_more_paid_back_at_stripe_than_our_books_have_is_for_a_person(payment: Payment) -> None:
    apply(said(payment))
    for id, pence in (("re_1", 1500), ("re_2", 600)):
        apply_refund(said=RefundSaid(id, "succeeded", pence, "pi_1", {}), by=SYSTEM)
    payment.refresh_from_db()
    assert (payment.refunded, tasks()) == (pounds("15.00"), ["different"])
    assert balances()["applications"] == 100  # in the books all the same
    assert Refund.objects.filter(state="succeeded").count() == 2


def test_a_refund_that_failed_before_we_heard_of_it_changes_nothing(payment: Payment) -> None:
    apply(said(payment))
    apply_refund(said=RefundSaid("re_1", "failed", 500, "pi_1", {}), by=SYSTEM)
    payment.refresh_from_db()
    assert (payment.refunded, balances()["applications"]) == (pounds("0.00"), -2000)


def test_a_refund_called_off_at_stripe_may_be_paid_back_again(payment: Payment) -> None:
    apply(said(payment))
    apply_refund(said=RefundSaid("re_1", "pending", 500, "pi_1", {}), by=SYSTEM)
    apply_refund(said=RefundSaid("re_1", "canceled", 500, "pi_1", {}), by=SYSTEM)
    payment.refresh_from_db()
    assert (payment.refunded, Refund.objects.get().state) == (pounds("0.00"), "failed")


def test_a_refund_of_nothing_of_ours_is_left_alone(db: None) -> None:
    assert apply_refund(said=RefundSaid("re_1", "succeeded", 500, "", {}), by=SYSTEM) is None
    assert balances() == {}


def test_what_stripe_takes_from_our_bank_is_booked_the_other_way(db: None) -> None:
    """Where refunds and disputes come to more than payments."""
    payout = PayoutSaid("po_1", "paid", -700, dt.date(2026, 3, 2))
    for _again in range(2):
        apply_payout(said=payout, by=SYSTEM)
    assert balances() == {"bank": -700, "stripe": 700}


def test_a_payout_is_in_the_books_from_the_day_on_which_it_arrives(db: None) -> None:
    early = PayoutSaid("po_1", "paid", 700, dt.date(2026, 3, 5))  # said so on the 3rd
    apply_payout(said=early, by=SYSTEM)
    apply_payout(said=replace(early, id="po_2", arrives_on=dt.date(2026, 3, 2)), by=SYSTEM)
    days = dict(Journal.objects.values_list("key", "date"))
    assert days == {"payout:po_1": dt.date(2026, 3, 3), "payout:po_2": dt.date(2026, 3, 2)}
