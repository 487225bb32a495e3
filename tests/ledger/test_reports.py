"""Trial balance, statements and aged debt, as at any date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.actors import SYSTEM, Actor
from core.models import User
from ledger.models import Order, Party, Posting
from ledger.operations import (
    make_pay_out,
    move,
    new_party,
    pay_back,
    post,
    record_payment,
    reverse,
)
from ledger.reports import aged, aged_debt, balance_of, statement_lines, trial_balance
from ledger.stripe_sandbox import Sandbox
from tests.ledger.conftest import TODAY
from tests.ledger.payer import Payer, back, pounds

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def paid(pence: int, days: int, key: str, **accounts: Any) -> None:
    post(kind="x", date=days_ago(days), key=key, lines=move(pence, **accounts), by=SYSTEM)


def test_the_trial_balance_is_as_at_its_date(joan: Party) -> None:
    paid(1000, 10, "a", debit="bank", credit="applications", party=joan)
    paid(400, 5, "b", debit="applications", credit="share-capital", party=joan)
    then, now = trial_balance(days_ago(7)), trial_balance(TODAY)
    assert [(b.account.code, b.debit, b.credit) for b in then.balances] == [
        ("bank", 1000, 0),
        ("applications", 0, 1000),
    ]
    assert now.natural("share-capital") == 400
    assert now.natural("applications") == 600
    assert now.natural("dues") == 0
    assert then.agrees
    assert now.agrees


def test_a_statement_runs_from_the_first_line(joan: Party) -> None:
    paid(1000, 10, "a", debit="bank", credit="applications", party=joan)
    paid(300, 5, "b", debit="applications", credit="bank", party=joan)
    lines = statement_lines(Posting.objects.filter(account="bank"))
    assert [(line.pence, line.running) for line in lines] == [(1000, 1000), (-300, 700)]
    assert balance_of("bank", days_ago(6)) == 1000
    assert balance_of("applications", TODAY, joan.pk) == -700


def test_debt_is_aged_from_the_day_it_was_owed(joan: Party) -> None:
    paid(1000, 100, "a", debit="receivable", credit="dues", party=joan)
    paid(500, 40, "b", debit="receivable", credit="dues", party=joan)
    paid(700, 10, "c", debit="bank", credit="receivable", party=joan)
    (debt,) = aged_debt(TODAY, ["receivable"])
    assert debt.columns == (0, 500, 0, 300)
    assert debt.total == 800


def test_a_debt_is_as_old_as_it_was_when_a_payment_of_it_is_undone(joan: Party) -> None:
    paid(1000, 100, "a", debit="receivable", credit="dues", party=joan)
    lines = move(1000, debit="bank", credit="receivable", party=joan)
    bounced = post(kind="x", date=days_ago(20), key="b", lines=lines, by=SYSTEM)
    assert aged_debt(TODAY, ["receivable"]) == []
    reverse(journal=bounced, date=days_ago(5), why="bounced", by=SYSTEM)
    assert aged_debt(TODAY, ["receivable"])[0].columns == (0, 0, 0, 1000)
    assert aged_debt(days_ago(6), ["receivable"]) == []


def test_who_owes_nothing_is_not_listed(joan: Party) -> None:
    paid(1000, 10, "a", debit="receivable", credit="dues", party=joan)
    paid(1000, 5, "b", debit="bank", credit="receivable", party=joan)
    assert aged_debt(TODAY, ["receivable"]) == []


def test_aged_debt_takes_two_queries_however_many_owe(
    joan: Party, django_assert_num_queries: Any
) -> None:
    for number in range(8):
        party = new_party(by=SYSTEM)
        paid(100 + number, 1, f"n{number}", debit="receivable", credit="dues", party=party)
    with django_assert_num_queries(2):
        assert [debt.total for debt in aged_debt(TODAY, ["receivable"])][:2] == [107, 106]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-5000, 5000).filter(bool))))
def test_the_columns_sum_to_what_is_owed(moves: list[tuple[int, int]]) -> None:
    movements = sorted(
        ((days_ago(days), pence) for days, pence in moves), key=lambda movement: movement[0]
    )
    columns = aged(movements, TODAY)
    assert sum(columns) == sum(pence for _day, pence in movements)
    assert all(pence >= 0 for pence in columns[1:])


# --- What was paid and went back ------------------------------------------------------------------


@pytest.fixture
def owing(sandbox: Sandbox, make_order: Callable[..., Order], joan: Party) -> Payer:
    """£20.00 of dues, owed for a hundred days and paid by card today."""
    paid(2000, 100, "charge", debit="receivable", credit="dues", party=joan)
    payer = Payer(sandbox, make_order(kind="dues", account="receivable"))
    payer.pay()
    payer.hear()
    assert aged_debt(TODAY, ["receivable"]) == []
    return payer


def test_a_debt_is_as_old_as_it_was_when_its_money_is_paid_back(owing: Payer) -> None:
    back(owing, "5.00")
    owing.hear()
    assert aged_debt(TODAY, ["receivable"])[0].columns == (0, 0, 0, 500)
    back(owing, "15.00")
    owing.hear()
    assert aged_debt(TODAY, ["receivable"])[0].columns == (0, 0, 0, 2000)


def test_a_debt_is_as_old_as_it_was_when_the_payers_bank_takes_the_money_back(
    owing: Payer,
) -> None:
    dispute = owing.sandbox.dispute(owing.payment.stripe_intent or "")
    owing.hear()
    assert aged_debt(TODAY, ["receivable"])[0].columns == (0, 0, 0, 2000)
    owing.sandbox.close_dispute(dispute, won=True)
    owing.hear()
    assert aged_debt(TODAY, ["receivable"]) == []


def test_what_is_paid_back_of_too_much_leaves_other_debts_as_old_as_they_are(
    joan: Party,
    make_order: Callable[..., Order],
    secretary: User,
    treasurer: User,
    as_user: Callable[[User], Actor],
) -> None:
    paid(2000, 100, "first", debit="receivable", credit="dues", party=joan)
    order = make_order(kind="dues", account="receivable")
    record_payment(
        order=order,
        method="transfer",
        amount=pounds("25.00"),
        made_on=days_ago(50),
        key="much",
        by=SYSTEM,
    )
    paid(700, 40, "second", debit="receivable", credit="dues", party=joan)
    prepared = pay_back(order=order, amount=pounds("5.00"), why="Too much", by=as_user(secretary))
    make_pay_out(pay_out=prepared, paid_on=TODAY, by=as_user(treasurer))
    assert aged_debt(TODAY, ["receivable"])[0].columns == (0, 700, 0, 0)
    assert aged_debt(days_ago(1), ["receivable"])[0].columns == (0, 200, 0, 0)
