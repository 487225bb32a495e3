"""Money without Stripe: what is taken, what is refused, and what is said about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from ledger.models import Journal, Order, Party, Payment, Posting, TreasurerTask
from ledger.operations import (
    ask_treasurer,
    cancel_order,
    new_party,
    record_payment,
    record_remittance,
    undo_payment,
)
from ledger.signals import money_taken_back, order_paid
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


@pytest.fixture
def by(treasurer: User, as_user: Callable[[User], Actor]) -> Actor:
    return as_user(treasurer)


@pytest.fixture
def record(by: Actor, make_order: Callable[..., Order]) -> Callable[..., Payment]:
    def record(order: Order | None = None, **changed: Any) -> Payment:
        given: dict[str, Any] = {
            "method": "transfer",
            "amount": pounds("20.00"),
            "made_on": TODAY,
            "key": "first",
            "by": by,
        }
        return record_payment(order=order or make_order(), **(given | changed))

    return record


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """What the apps above were told: the signal, and the order it was about."""
    heard: list[tuple[str, str]] = []

    def paid(order: Order, **_: Any) -> None:
        heard.append(("paid", order.reference))

    def taken(order: Order, amount: Money, **_: Any) -> None:
        heard.append((f"taken back {amount.amount}", order.reference))

    order_paid.connect(paid)
    money_taken_back.connect(taken)
    yield heard
    order_paid.disconnect(paid)
    money_taken_back.disconnect(taken)


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


@pytest.mark.parametrize(
    ("method", "account"),
    [
        ("transfer", "bank"),
        ("standing", "bank"),
        ("remittance", "bank"),
        ("cheque", "cash"),
        ("payroll", "payroll"),
    ],
)
def test_money_goes_into_its_method_s_account_to_the_credit_of_the_order_s(
    method: str, account: str, record: Callable[..., Payment], joan: Party
) -> None:
    payment = record(method=method)
    assert balances() == {account: 2000, "applications": -2000}
    assert Posting.objects.filter(account="applications").by_party() == {joan.pk: -2000}
    assert (payment.state, payment.made_on) == ("succeeded", TODAY)
    journal = Journal.objects.get()
    assert (journal.key, journal.memo) == (f"payment:{payment.pk}", payment.order.reference)


def test_whoever_pays_may_be_somebody_else_than_who_is_credited(
    record: Callable[..., Payment], joan: Party
) -> None:
    neighbour = new_party(by=SYSTEM)
    payment = record(payer=neighbour)
    assert (payment.payer, payment.order.party) == (neighbour, joan)
    assert Posting.objects.filter(account="applications").by_party() == {joan.pk: -2000}


def test_cash_is_counted_by_two_people(
    record: Callable[..., Payment], treasurer: User, secretary: User
) -> None:
    with pytest.raises(RuleError, match="who counted"):
        record(method="cash")
    with pytest.raises(RuleError, match="two people"):
        record(method="cash", counted_by=treasurer)
    payment = record(method="cash", counted_by=secretary)
    assert (payment.recorded_by, payment.counted_by) == (treasurer, secretary)
    assert balances() == {"cash": 2000, "applications": -2000}


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"amount": Money("1.005", "GBP")}, "amount", "whole pence"),
        ({"amount": Money("-1", "GBP")}, "amount", "above £0"),
        ({"amount": Money("0", "GBP")}, "amount", "above £0"),
        ({"amount": Money("20", "EUR")}, "amount", "pounds sterling"),
        ({"amount": Money("99999999999", "GBP")}, "amount", "too large"),
        ({"made_on": TODAY + dt.timedelta(days=1)}, "made_on", "still to come"),
        ({"method": "card"}, "method", "Stripe itself"),
    ],
)
def test_wrong_money_is_refused_with_a_sentence(
    changed: dict[str, Any], field: str, sentence: str, record: Callable[..., Payment]
) -> None:
    with pytest.raises(RuleError, match=sentence) as refusal:
        record(**changed)
    assert refusal.value.field == field
    assert not Payment.objects.exists()
    assert balances() == {}


def test_money_for_somebody_else_s_order_is_refused(
    record: Callable[..., Payment], joan: Party
) -> None:
    with pytest.raises(RuleError, match="somebody else's"):
        record(party=new_party(by=SYSTEM))
    assert record(party=joan).state == "succeeded"


def test_money_for_a_cancelled_order_is_refused(
    record: Callable[..., Payment], make_order: Callable[..., Order]
) -> None:
    order = cancel_order(order=make_order(), by=SYSTEM)
    with pytest.raises(RuleError, match="was cancelled"):
        record(order)


def test_the_apps_above_hear_once_when_an_order_is_paid_in_full(
    record: Callable[..., Payment],
    make_order: Callable[..., Order],
    told: list[tuple[str, str]],
) -> None:
    order = make_order()
    record(order, amount=pounds("5.00"), key="a")
    assert told == []
    record(order, amount=pounds("15.00"), key="b")
    record(order, amount=pounds("1.00"), key="c")
    assert told == [("paid", order.reference)]


def test_more_than_was_asked_for_is_booked_and_the_treasurer_is_told(
    record: Callable[..., Payment], told: list[tuple[str, str]]
) -> None:
    payment = record(amount=pounds("25.00"))
    assert balances() == {"bank": 2500, "applications": -2500}
    task = TreasurerTask.objects.get()
    assert (task.kind, task.payment) == ("too_much", payment)
    assert task.sentence == (f"£25.00 came for {payment.order.reference}, which asks for £20.00.")
    assert told == [("paid", payment.order.reference)]


def test_the_same_key_enters_it_once(record: Callable[..., Payment]) -> None:
    assert record() == record()
    assert (Payment.objects.count(), Journal.objects.count()) == (1, 1)


def test_the_same_key_with_other_figures_is_refused(record: Callable[..., Payment]) -> None:
    record()
    with pytest.raises(RuleError, match="other figures"):
        record(amount=pounds("21.00"))


def test_only_those_who_keep_payments_enter_them(
    record: Callable[..., Payment], board_member: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        record(by=as_user(board_member))


def test_entering_a_payment_is_audited_without_names(record: Callable[..., Payment]) -> None:
    payment = record()
    line = AuditLine.objects.get(action="ledger.record_payment")
    assert line.data == {"order": payment.order_id, "pence": 2000, "method": "transfer"}


# --- One receipt for many orders ------------------------------------------------------------------


def three(make_order: Callable[..., Order]) -> list[Order]:
    return [
        make_order(kind="invoice", key=f"i{n}", account="receivable", amount="10.10")
        for n in range(3)
    ]


def test_a_council_s_remittance_pays_many_invoices(
    make_order: Callable[..., Order], by: Actor, told: list[tuple[str, str]]
) -> None:
    council = new_party(by=SYSTEM)
    orders = three(make_order)
    payments = record_remittance(
        lines=[(order, pounds("10.10")) for order in orders],
        total=pounds("30.30"),
        payer=council,
        made_on=TODAY,
        key="remittance 7",
        by=by,
    )
    assert balances() == {"bank": 3030, "receivable": -3030}
    assert {payment.method for payment in payments} == {"remittance"}
    assert all(payment.payer == council for payment in payments)
    assert all(order.is_paid for order in orders)
    assert len(told) == 3


@pytest.mark.parametrize(
    ("total", "sentence"),
    [("30.31", r"The lines come to £30\.30, the receipt is £30\.31"), ("0", "above £0")],
)
def test_a_remittance_has_to_add_up(
    total: str, sentence: str, make_order: Callable[..., Order], by: Actor
) -> None:
    lines = [(order, pounds("10.10")) for order in three(make_order)]
    with pytest.raises(RuleError, match=sentence):
        record_remittance(lines=lines, total=pounds(total), made_on=TODAY, key="r", by=by)
    assert not Payment.objects.exists()


def test_a_remittance_is_entered_whole_or_not_at_all(
    make_order: Callable[..., Order], by: Actor
) -> None:
    orders = three(make_order)
    cancel_order(order=orders[2], by=SYSTEM)
    lines = [(order, pounds("10.10")) for order in orders]
    with pytest.raises(RuleError, match="was cancelled"):
        record_remittance(lines=lines, total=pounds("30.30"), made_on=TODAY, key="r", by=by)
    assert not Payment.objects.exists()
    assert balances() == {}


def test_an_order_stands_on_one_line_of_a_remittance(
    make_order: Callable[..., Order], by: Actor
) -> None:
    order = three(make_order)[0]
    lines = [(order, pounds("5.05")), (order, pounds("5.05"))]
    with pytest.raises(RuleError, match="one line only"):
        record_remittance(lines=lines, total=pounds("10.10"), made_on=TODAY, key="r", by=by)
    with pytest.raises(RuleError, match="what the remittance pays"):
        record_remittance(lines=[], total=pounds("10.10"), made_on=TODAY, key="r", by=by)


# --- Undoing --------------------------------------------------------------------------------------


def test_a_cheque_that_bounced_is_taken_back_and_both_journals_stay(
    record: Callable[..., Payment], by: Actor, told: list[tuple[str, str]]
) -> None:
    payment = record(method="cheque")
    undo_payment(payment=payment, on=TODAY, why="The cheque bounced.", by=by)
    assert (payment.state, payment.order.is_paid) == ("taken_back", False)
    assert balances() == {}
    assert Journal.objects.count() == 2
    reference = payment.order.reference
    assert told == [("paid", reference), ("taken back 20.00", reference)]


def test_a_payment_is_undone_once(record: Callable[..., Payment], by: Actor) -> None:
    payment = record()
    undo_payment(payment=payment, on=TODAY, why="Twice on the list.", by=by)
    with pytest.raises(RuleError, match="Only money that came"):
        undo_payment(payment=payment, on=TODAY, why="Twice on the list.", by=by)


@pytest.mark.parametrize(
    ("on", "why", "sentence"),
    [
        (TODAY, " ", "Say why"),
        (TODAY + dt.timedelta(days=1), "Bounced", "still to come"),
        (TODAY - dt.timedelta(days=1), "Bounced", "before what is to be reversed"),
    ],
)
def test_undoing_says_why_and_on_a_day_that_can_be(
    on: dt.date, why: str, sentence: str, record: Callable[..., Payment], by: Actor
) -> None:
    payment = record()
    with pytest.raises(RuleError, match=sentence):
        undo_payment(payment=payment, on=on, why=why, by=by)
    assert Payment.objects.get().state == "succeeded"


def test_what_came_through_stripe_is_not_undone_by_hand(
    make_order: Callable[..., Order], by: Actor
) -> None:
    payment = Payment.objects.create(
        order=make_order(), method="card", state="started", amount=pounds("20"), key="card"
    )
    with pytest.raises(RuleError, match="Stripe itself"):
        undo_payment(payment=payment, on=TODAY, why="Hm", by=by)


def test_an_order_that_is_paid_after_all_is_off_the_treasurers_list(
    make_order: Callable[..., Order],
) -> None:
    order = make_order()
    failed = ask_treasurer(kind="failed", key="f", sentence="Did not come.", order=order, by=SYSTEM)
    other = ask_treasurer(kind="unknown", key="u", sentence="Odd.", order=order, by=SYSTEM)
    record_payment(
        order=order,
        method="transfer",
        amount=order.amount,
        made_on=TODAY,
        key="paid",
        by=SYSTEM,
    )
    failed.refresh_from_db()
    other.refresh_from_db()
    assert (failed.outcome, other.outcome) == ("Paid after all.", "")
    assert other.done_at is None
