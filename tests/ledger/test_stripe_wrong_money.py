"""Money that is not what we asked for, or that is nobody's, against the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from ledger.models import (
    TreasurerTask,
)
from ledger.operations import (
    apply_events,
    cancel_order,
    left_unplaced,
    place_money,
    record_payment,
    refund_payment,
    send_refunds,
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


# --- Money that is placed by a person -------------------------------------------------------------


@pytest.fixture
def treasurer_by(treasurer: User, as_user: Callable[[User], Actor]) -> Actor:
    return as_user(treasurer)


@pytest.fixture
def unknown(payer: Payer) -> TreasurerTask:
    """£20.00 came through Stripe for no order that we know."""
    pay_directly(payer, 2000, {})
    payer.hear()
    return TreasurerTask.objects.get()


def test_a_person_says_which_order_it_was_for(
    payer: Payer, told: list[str], unknown: TreasurerTask, treasurer_by: Actor
) -> None:
    payment = place_money(task=unknown, order=payer.order, by=treasurer_by)
    assert (payment.state, payment.amount, payer.order.is_paid) == (
        "succeeded",
        pounds("20.00"),
        True,
    )
    assert (told, balances()["applications"]) == (["paid"], -2000)
    assert "suspense" not in balances()
    unknown.refresh_from_db()
    assert unknown.outcome == f"It was for {payer.order.reference}."
    payer.hear()  # Stripe tells the same again
    apply_events(timezone.now())
    assert (told, balances()["applications"]) == (["paid"], -2000)


def test_what_was_placed_is_paid_back_through_stripe(
    payer: Payer, told: list[str], unknown: TreasurerTask, treasurer_by: Actor
) -> None:
    payment = place_money(task=unknown, order=payer.order, by=treasurer_by)
    refund_payment(payment=payment, amount=pounds("5.00"), reason="Too much", by=treasurer_by)
    send_refunds()
    payer.hear()
    assert (told, balances()["applications"]) == (["paid", "refunded"], -1500)


def test_money_is_placed_once(payer: Payer, unknown: TreasurerTask, treasurer_by: Actor) -> None:
    again = TreasurerTask.objects.get(pk=unknown.pk)
    place_money(task=unknown, order=payer.order, by=treasurer_by)
    with pytest.raises(RuleError, match="finished this task already"), transaction.atomic():
        place_money(task=again, order=payer.order, by=treasurer_by)
    assert balances()["applications"] == -2000


def test_what_went_back_meanwhile_is_not_placed(
    payer: Payer, unknown: TreasurerTask, treasurer_by: Actor
) -> None:
    client = stripe_client(payer.sandbox).v1.refunds
    client.create({"payment_intent": unknown.unplaced_intent, "amount": 500})
    payer.hear()
    assert left_unplaced(unknown) == 1500
    client.create({"payment_intent": unknown.unplaced_intent})
    payer.hear()
    with pytest.raises(RuleError, match="Nothing of this waits"):
        place_money(task=unknown, order=payer.order, by=treasurer_by)


def test_the_treasurer_places_it_on_a_screen(
    payer: Payer, unknown: TreasurerTask, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    desk = signed_in(treasurer)
    address = reverse("ledger:place_money", args=[unknown.pk])
    assert address in desk.get(reverse("ledger:tasks")).content.decode()
    wrong = desk.post(address, {"reference": "SH-NONE"})
    assert wrong.status_code == 400
    assert "no order with this reference" in wrong.content.decode()
    there = desk.post(address, {"reference": payer.order.reference.lower()})
    assert there.headers["Location"] == reverse("ledger:order", args=[payer.order.pk])
    assert desk.get(address).status_code == 302  # nothing waits any more
    assert address not in desk.get(reverse("ledger:tasks")).content.decode()
