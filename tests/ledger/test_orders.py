"""What somebody is asked to pay, and the treasurer's tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from ledger.models import Order, Party, Payment, TreasurerTask
from ledger.operations import (
    ask_treasurer,
    cancel_order,
    create_order,
    finish_task,
    money_is_due_back,
    new_party,
    record_payment,
)
from ledger.statements import find_references
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def pay(order: Order, amount: str, key: str = "p") -> Payment:
    return record_payment(
        order=order, method="transfer", amount=pounds(amount), made_on=TODAY, key=key, by=SYSTEM
    )


def test_an_order_gets_a_reference_of_its_own_that_is_found_in_a_bank_s_text(
    make_order: Callable[..., Order],
) -> None:
    shares, dues = make_order(), make_order(kind="dues", key="other", account="receivable")
    assert shares.reference.startswith("SH-")
    assert dues.reference.startswith("DU-")
    assert find_references(f"FPI {shares.reference.replace('-', '')} MRS J") == [shares.reference]


def test_the_same_key_gives_the_same_order(make_order: Callable[..., Order]) -> None:
    assert make_order() == make_order()
    assert Order.objects.count() == 1


def test_the_same_key_for_something_else_is_a_fault(make_order: Callable[..., Order]) -> None:
    make_order()
    with pytest.raises(ValueError, match="says something else"):
        make_order(amount="30.00")


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        (Money("0", "GBP"), "above £0"),
        (Money("-5", "GBP"), "above £0"),
        (Money("1.005", "GBP"), "whole pence"),
        (Money("5", "EUR"), "pounds sterling"),
        (Money("99999999999", "GBP"), "too large"),
    ],
)
def test_nobody_is_asked_for_money_that_is_none(amount: Money, sentence: str, joan: Party) -> None:
    with pytest.raises(RuleError, match=sentence):
        create_order(
            kind="shares",
            key="odd",
            party=joan,
            account="applications",
            amount=amount,
            description="Shares",
            owner_kind="test",
            owner_id=1,
            by=SYSTEM,
        )
    assert not Order.objects.exists()


def test_an_order_is_paid_when_its_payments_come_to_what_it_asks(
    make_order: Callable[..., Order],
) -> None:
    """In pence, whatever a database makes of 10.10 and 20.20."""
    order = make_order(amount="30.30")
    pay(order, "10.10", "first")
    assert (order.paid_so_far, order.still_to_pay) == (pounds("10.10"), pounds("20.20"))
    assert list(Order.objects.open()) == [order]
    pay(order, "20.20", "second")
    assert order.is_paid
    assert not Order.objects.open().exists()


def test_an_order_without_money_is_cancelled_once(make_order: Callable[..., Order]) -> None:
    order = cancel_order(order=make_order(), by=SYSTEM)
    assert order.is_cancelled
    assert not Order.objects.open().exists()
    with pytest.raises(RuleError, match="cancelled already"):
        cancel_order(order=order, by=SYSTEM)


def test_an_order_for_which_money_came_is_not_cancelled(make_order: Callable[..., Order]) -> None:
    order = make_order()
    pay(order, "1.00")
    with pytest.raises(RuleError, match="pay it back first"):
        cancel_order(order=order, by=SYSTEM)


@pytest.mark.parametrize("state", ["processing"])
def test_an_order_for_which_money_is_on_its_way_is_not_cancelled(
    state: str, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    Payment.objects.create(
        order=order, method="bacs", state=state, amount=order.amount, key="on its way"
    )
    with pytest.raises(RuleError, match="on its way"):
        cancel_order(order=order, by=SYSTEM)


def test_cancelling_calls_off_what_was_begun(make_order: Callable[..., Order]) -> None:
    order = make_order()
    for state in ("started", "scheduled", "failed"):
        Payment.objects.create(
            order=order, method="bacs", state=state, amount=order.amount, key=state
        )
    cancel_order(order=order, by=SYSTEM)
    states = dict(order.payments.values_list("key", "state"))
    assert states == {"started": "cancelled", "scheduled": "cancelled", "failed": "failed"}


def test_what_came_too_much_is_due_back(make_order: Callable[..., Order]) -> None:
    order = make_order(amount="20.00")
    assert money_is_due_back(order) == pounds("0")
    pay(order, "25.00")
    assert money_is_due_back(order) == pounds("5.00")


# --- The treasurer's tasks ------------------------------------------------------------------------


def test_a_task_is_asked_once_however_often_it_is_asked(make_order: Callable[..., Order]) -> None:
    order = make_order()
    for sentence in ("Look at this.", "Look again."):
        ask_treasurer(
            kind=TreasurerTask.Kind.DIFFERENT, key="one", sentence=sentence, order=order, by=SYSTEM
        )
    assert TreasurerTask.objects.get().sentence == "Look at this."


def test_a_task_is_finished_once_with_what_came_of_it(
    treasurer: User, secretary: User, as_user: Callable[[User], Actor]
) -> None:
    task = ask_treasurer(kind="different", key="one", sentence="Look at this.", by=SYSTEM)
    with pytest.raises(RuleError, match="Say what you did"):
        finish_task(task=task, outcome=" ", by=as_user(treasurer))
    finish_task(task=task, outcome="Rang Stripe.", by=as_user(treasurer))
    assert (task.done_by, task.outcome) == (treasurer, "Rang Stripe.")
    assert task.done_at is not None
    with pytest.raises(RuleError, match="already"):
        finish_task(task=task, outcome="Me too.", by=as_user(secretary))


def test_only_those_who_keep_payments_finish_tasks(
    coordinator: User, as_user: Callable[[User], Actor]
) -> None:
    task = ask_treasurer(kind="different", key="one", sentence="Look at this.", by=SYSTEM)
    with pytest.raises(PermissionDenied):
        finish_task(task=task, outcome="Done.", by=as_user(coordinator))


def test_open_tasks_come_oldest_first(db: None) -> None:
    for key in ("a", "b"):
        ask_treasurer(kind="different", key=key, sentence=key, by=SYSTEM)
    TreasurerTask.objects.filter(key="a").update(done_at=dt.datetime(2026, 3, 3, tzinfo=dt.UTC))
    assert [task.key for task in TreasurerTask.objects.open()] == ["b"]


def test_a_party_s_orders_are_theirs(make_order: Callable[..., Order], joan: Party) -> None:
    make_order()
    other = new_party(by=SYSTEM)
    assert Order.objects.of_party(joan).count() == 1
    assert Order.objects.of_party(other).count() == 0
