"""Money through Stripe that a person places on an order, and takes back where it was another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from ledger import owners
from ledger.models import Journal, Order, Payment, TreasurerTask
from ledger.operations import (
    apply_events,
    cancel_order,
    compare_with_stripe,
    left_unplaced,
    make_pay_out,
    pay_back,
    place_money,
    refund_payment,
    send_refunds,
    unplace_money,
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


# --- Taken back -----------------------------------------------------------------------------------


@pytest.fixture
def other(make_order: Callable[..., Order]) -> Order:
    """The order that it was for."""
    return make_order(key="shares 2")


@pytest.fixture
def placed(payer: Payer, unknown: TreasurerTask, treasurer_by: Actor) -> Payment:
    """£20.00 that was placed on the wrong order."""
    return place_money(task=unknown, order=payer.order, by=treasurer_by)


def test_what_was_placed_on_a_wrong_order_is_placed_anew(
    payer: Payer,
    told: list[str],
    placed: Payment,
    unknown: TreasurerTask,
    other: Order,
    treasurer_by: Actor,
) -> None:
    task = unplace_money(payment=placed, why="It was for another", by=treasurer_by)
    assert (task, task.done_at, left_unplaced(task)) == (unknown, None, 2000)
    assert (balances()["suspense"], payer.order.paid_so_far) == (-2000, pounds("0.00"))
    assert Journal.objects.get(reverses=placed.journal).date == timezone.localdate()
    placed.refresh_from_db()
    assert (placed.state, placed.problem) == ("taken_back", "It was for another")
    assert AuditLine.objects.filter(action="ledger.unplace_money").count() == 1
    again = place_money(task=task, order=other, by=treasurer_by)
    assert (again.stripe_intent, other.is_paid) == (unknown.unplaced_intent, True)
    assert "suspense" not in balances()
    assert told == ["paid", "taken back", "paid"]


def test_it_may_go_there_and_back_again(
    payer: Payer, placed: Payment, other: Order, treasurer_by: Actor
) -> None:
    task = unplace_money(payment=placed, why="Slip", by=treasurer_by)
    for order in (other, payer.order, other):
        task.refresh_from_db()
        payment = place_money(task=task, order=order, by=treasurer_by)
        assert order.is_paid
        unplace_money(payment=payment, why="Slip", by=treasurer_by)
        assert not order.is_paid
    assert balances()["suspense"] == -2000


def test_what_stripe_says_of_it_afterwards_is_of_what_waits(
    payer: Payer, placed: Payment, unknown: TreasurerTask, treasurer_by: Actor
) -> None:
    unplace_money(payment=placed, why="Slip", by=treasurer_by)
    compare_with_stripe(timezone.now())
    assert tasks() == ["unknown"]
    stripe_client(payer.sandbox).v1.refunds.create({"payment_intent": unknown.unplaced_intent})
    payer.hear()
    assert "suspense" not in balances()
    assert "applications" not in balances()


def test_what_was_used_since_stays(
    payer: Payer, placed: Payment, treasurer_by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(words: str, why: str = "Slip") -> None:
        with pytest.raises(RuleError, match=words), transaction.atomic():
            unplace_money(payment=placed, why=why, by=treasurer_by)

    refused("Say why", " ")
    with monkeypatch.context() as used:
        used.setitem(owners.USED, payer.order.owner_kind, lambda _order: pounds("0.01"))
        refused("Shares were issued with this")
    refund_payment(payment=placed, amount=pounds("5.00"), reason="Too much", by=treasurer_by)
    refused("£5.00 of this has been paid back")


def test_what_was_paid_out_stays(
    payer: Payer,
    placed: Payment,
    secretary: User,
    as_user: Callable[[User], Actor],
    treasurer_by: Actor,
) -> None:
    order = cancel_order(order=payer.order, paying_back=True, by=SYSTEM)
    amount = pounds("20.00")
    waiting = pay_back(order=order, amount=amount, why="Cancelled", by=as_user(secretary))
    make_pay_out(pay_out=waiting, paid_on=TODAY, by=treasurer_by)
    with pytest.raises(RuleError, match="of this has been paid back"):
        unplace_money(payment=placed, why="Slip", by=treasurer_by)


def test_what_was_disputed_stays(
    payer: Payer, placed: Payment, unknown: TreasurerTask, treasurer_by: Actor
) -> None:
    dispute = payer.sandbox.dispute(unknown.unplaced_intent)
    payer.hear()
    with pytest.raises(RuleError, match="taken back already"), transaction.atomic():
        unplace_money(payment=placed, why="Slip", by=treasurer_by)
    payer.sandbox.close_dispute(dispute, won=True)
    payer.hear()
    with pytest.raises(RuleError, match="has disputed this"):
        unplace_money(payment=placed, why="Slip", by=treasurer_by)


def test_only_what_a_person_placed_is_taken_from_its_order(
    payer: Payer, treasurer_by: Actor
) -> None:
    payer.pay()
    payer.hear()
    with pytest.raises(RuleError, match="from the beginning"):
        unplace_money(payment=payer.payment, why="Slip", by=treasurer_by)


def test_it_is_taken_back_once(placed: Payment, treasurer_by: Actor) -> None:
    again = Payment.objects.get(pk=placed.pk)
    unplace_money(payment=placed, why="Slip", by=treasurer_by)
    with pytest.raises(RuleError, match="taken back already"):
        unplace_money(payment=again, why="Slip", by=treasurer_by)


def test_the_treasurer_takes_it_back_on_a_screen(
    payer: Payer,
    placed: Payment,
    unknown: TreasurerTask,
    treasurer: User,
    signed_in: Callable[[User], Client],
) -> None:
    desk = signed_in(treasurer)
    page = reverse("ledger:order", args=[payer.order.pk])
    address = reverse("ledger:unplace_money", args=[placed.pk])
    assert address in desk.get(page).content.decode()
    assert "£20.00 was placed on" in desk.get(address).content.decode()
    assert desk.post(address, {"why": ""}).status_code == 400
    there = desk.post(address, {"why": "It was for another order"})
    assert there.headers["Location"] == reverse("ledger:place_money", args=[unknown.pk])
    assert address not in desk.get(page).content.decode()
    assert "This stays where it is" in desk.get(address).content.decode()
