"""Money that leaves our bank account: two people, and never more than is owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from ledger import owners
from ledger.models import Journal, Order, Party, Payment, PayOut, Posting
from ledger.operations import (
    call_off_pay_out,
    cancel_order,
    make_pay_out,
    pay_back,
    prepare_pay_out,
    record_payment,
    reverse,
    undo_pay_out,
    why_not_paid,
)
from ledger.signals import paid_out
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


@pytest.fixture
def prepare(
    ten_pounds: Journal, joan: Party, secretary: User, as_user: Callable[[User], Actor]
) -> Callable[..., PayOut]:
    """Joan's application was refused: her £10 goes back."""

    def prepare(**changed: Any) -> PayOut:
        given: dict[str, Any] = {
            "party": joan,
            "account": "applications",
            "amount": pounds("10.00"),
            "why": "Application refused",
            "key": "refusal 1",
            "owner_kind": "test",
            "owner_id": 1,
            "by": as_user(secretary),
        }
        return prepare_pay_out(**(given | changed))

    return prepare


@pytest.fixture
def second(treasurer: User, as_user: Callable[[User], Actor]) -> Actor:
    return as_user(treasurer)


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def test_what_one_person_prepared_another_pays(
    prepare: Callable[..., PayOut], second: Actor
) -> None:
    heard: list[PayOut] = []

    def hear(pay_out: PayOut, **_: Any) -> None:
        heard.append(pay_out)

    paid_out.connect(hear)
    pay_out = prepare()
    assert pay_out.reference.startswith("RF-")
    assert balances() == {"bank": 1000, "applications": -1000}
    make_pay_out(pay_out=pay_out, paid_on=TODAY, by=second)
    paid_out.disconnect(hear)
    assert (pay_out.state, pay_out.paid_on, pay_out.paid_by) == ("paid", TODAY, second.user)
    assert balances() == {}
    assert heard == [pay_out]


def test_whoever_prepared_it_does_not_pay_it(
    prepare: Callable[..., PayOut], treasurer: User, as_user: Callable[[User], Actor]
) -> None:
    pay_out = prepare(by=as_user(treasurer))
    with pytest.raises(RuleError, match="Somebody else must do the second step"):
        make_pay_out(pay_out=pay_out, paid_on=TODAY, by=as_user(treasurer))
    with pytest.raises(RuleError, match="A person must"):
        make_pay_out(pay_out=pay_out, paid_on=TODAY, by=SYSTEM)
    assert balances() == {"bank": 1000, "applications": -1000}


def test_the_database_itself_wants_two_people(prepare: Callable[..., PayOut]) -> None:
    pay_out = prepare()
    with pytest.raises(IntegrityError):
        PayOut.objects.filter(pk=pay_out.pk).update(
            state="paid",
            paid_by=pay_out.prepared_by,
            paid_on=TODAY,
            journal=Journal.objects.get(),
        )


def test_the_system_prepares_no_pay_outs(prepare: Callable[..., PayOut]) -> None:
    with pytest.raises(RuleError, match="A person has to prepare"):
        prepare(by=SYSTEM)


def test_it_is_paid_once(prepare: Callable[..., PayOut], second: Actor) -> None:
    pay_out = prepare()
    make_pay_out(pay_out=PayOut.objects.get(), paid_on=TODAY, by=second)
    with pytest.raises(RuleError, match="paid already"):
        make_pay_out(pay_out=pay_out, paid_on=TODAY, by=second)
    assert balances() == {}


def test_it_is_not_paid_on_a_day_to_come(prepare: Callable[..., PayOut], second: Actor) -> None:
    with pytest.raises(RuleError, match="still to come"):
        make_pay_out(pay_out=prepare(), paid_on=TODAY + dt.timedelta(days=1), by=second)


def test_no_more_is_prepared_than_is_owed(prepare: Callable[..., PayOut]) -> None:
    with pytest.raises(RuleError, match=r"We owe them £10\.00 there, less than these £10\.01"):
        prepare(amount=pounds("10.01"))


def test_what_others_have_prepared_counts(prepare: Callable[..., PayOut]) -> None:
    prepare(amount=pounds("6.10"))
    with pytest.raises(RuleError, match="We owe them"):
        prepare(amount=pounds("3.91"), key="another")
    assert prepare(amount=pounds("3.90"), key="another").state == "prepared"


def test_what_was_called_off_is_not_paid_and_counts_no_more(
    prepare: Callable[..., PayOut],
    second: Actor,
    secretary: User,
    as_user: Callable[[User], Actor],
) -> None:
    pay_out = call_off_pay_out(pay_out=prepare(), by=as_user(secretary))
    assert pay_out.state == "called_off"
    for act in (
        lambda: make_pay_out(pay_out=pay_out, paid_on=TODAY, by=second),
        lambda: call_off_pay_out(pay_out=pay_out, by=as_user(secretary)),
    ):
        with pytest.raises(RuleError, match="called off"):
            act()
    assert prepare(key="again").state == "prepared"


def test_the_same_key_prepares_it_once(prepare: Callable[..., PayOut]) -> None:
    assert prepare() == prepare()
    with pytest.raises(RuleError, match="other figures"):
        prepare(amount=pounds("9.00"))


def test_preparing_and_paying_are_different_rights(
    prepare: Callable[..., PayOut],
    secretary: User,
    board_member: User,
    as_user: Callable[[User], Actor],
) -> None:
    with pytest.raises(PermissionDenied):
        prepare(by=as_user(board_member))
    pay_out = prepare()
    with pytest.raises(PermissionDenied):
        make_pay_out(pay_out=pay_out, paid_on=TODAY, by=as_user(secretary))
    assert make_pay_out(pay_out=pay_out, paid_on=TODAY, by=as_user(board_member)).state == "paid"


@pytest.mark.parametrize("amount", ["0", "-1", "1.001"])
def test_a_pay_out_is_of_money(amount: str, prepare: Callable[..., PayOut]) -> None:
    with pytest.raises(RuleError):
        prepare(amount=pounds(amount))


# --- Giving back what came for an order -----------------------------------------------------------


@pytest.fixture
def paid_order(make_order: Callable[..., Order]) -> Order:
    """£100 was asked for and £60 has come."""
    order = make_order("100.00")
    record_payment(
        order=order,
        method=Payment.Method.CHEQUE,
        amount=pounds("60.00"),
        made_on=TODAY,
        key="cheque",
        by=SYSTEM,
    )
    return order


@pytest.fixture
def first(secretary: User, as_user: Callable[[User], Actor]) -> Actor:
    return as_user(secretary)


def back(order: Order, amount: str, by: Actor) -> PayOut:
    return pay_back(order=order, amount=pounds(amount), why="Not wanted", by=by)


def test_money_that_is_still_asked_for_does_not_go_back(paid_order: Order, first: Actor) -> None:
    with pytest.raises(RuleError, match=r"£0\.00 of what came"):
        back(paid_order, "0.01", first)


def test_what_came_for_a_cancelled_order_goes_back_in_steps_and_no_more(
    paid_order: Order, first: Actor, second: Actor
) -> None:
    cancel_order(order=paid_order, paying_back=True, by=SYSTEM)
    make_pay_out(pay_out=back(paid_order, "20.00", first), paid_on=TODAY, by=second)
    waiting = back(paid_order, "30.00", first)
    with pytest.raises(RuleError, match=r"£40\.00 of what came"):
        back(paid_order, "10.01", first)
    make_pay_out(pay_out=waiting, paid_on=TODAY, by=second)
    assert Order.objects.get(pk=paid_order.pk).paid_so_far == pounds("10.00")


def test_what_was_used_meanwhile_is_not_paid_even_if_it_was_prepared(
    paid_order: Order, first: Actor, second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel_order(order=paid_order, paying_back=True, by=SYSTEM)
    waiting = back(paid_order, "60.00", first)
    monkeypatch.setitem(owners.USED, paid_order.owner_kind, lambda _order: pounds("50.00"))
    with pytest.raises(RuleError, match=r"£10\.00 of what came"), transaction.atomic():
        make_pay_out(pay_out=waiting, paid_on=TODAY, by=second)
    assert PayOut.objects.get(pk=waiting.pk).state == "prepared"
    assert Order.objects.get(pk=paid_order.pk).paid_so_far == pounds("60.00")


def test_a_pay_back_that_is_undone_is_due_again(
    paid_order: Order, first: Actor, second: Actor
) -> None:
    cancel_order(order=paid_order, paying_back=True, by=SYSTEM)
    made = make_pay_out(pay_out=back(paid_order, "60.00", first), paid_on=TODAY, by=second)
    for on, why, sentence in (
        (TODAY - dt.timedelta(days=1), "Slip", "before it was paid"),
        (TODAY + dt.timedelta(days=1), "Slip", "still to come"),
        (TODAY, " ", "Say why"),
    ):
        with pytest.raises(RuleError, match=sentence), transaction.atomic():
            undo_pay_out(pay_out=made, on=on, why=why, by=second)
    undo_pay_out(pay_out=made, on=TODAY, why="Wrong account", by=second)
    order = Order.objects.get(pk=paid_order.pk)
    assert (order.paid_so_far, balances()["applications"]) == (pounds("60.00"), -6000)
    assert "bank" not in balances()
    assert back(order, "60.00", first).state == "prepared"


def test_what_must_not_be_paid_is_said_before_somebody_pays_it(
    ten_pounds: Journal, prepare: Callable[..., PayOut]
) -> None:
    waiting = prepare()
    assert why_not_paid(waiting) == ""
    reverse(journal=ten_pounds, date=TODAY, why="bounced", by=SYSTEM)
    assert why_not_paid(waiting) == "We owe them £0.00 there, less than these £10.00."
