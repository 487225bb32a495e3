"""Money that is not what we asked for, or that is nobody's, against the sandbox over HTTP."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.actors import SYSTEM
from ledger.operations import (
    cancel_order,
    record_payment,
)
from tests.ledger.conftest import TODAY
from tests.ledger.payer import (
    Payer,
    balances,
    pay_directly,
    pounds,
    stripe_client,
    tasks,
)

pytestmark = pytest.mark.django_db


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
