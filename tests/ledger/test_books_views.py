"""The treasurer's books on screen: accounts, one account, journals, parties, who owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from core.actors import SYSTEM
from core.errors import RuleError
from core.models import User
from ledger import chart
from ledger.models import Account, Journal, Party
from ledger.operations import move, new_party, post, write_journal
from tests.ledger.conftest import TODAY, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(treasurer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(treasurer)


def write(pence: int, key: str, date: dt.date = TODAY, **accounts: Any) -> Journal:
    return post(kind="payment", date=date, key=key, lines=move(pence, **accounts), by=SYSTEM)


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(f"ledger:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_trial_balance_shows_both_columns_as_at_a_day(books: Client, joan: Party) -> None:
    write(1000, "a", dt.date(2026, 2, 1), debit="bank", credit="applications", party=joan)
    write(250, "b", debit="bank", credit="applications", party=joan)
    assert page(books, "accounts").count("£12.50") == 4  # each account, and each column's sum
    then = page(books, "accounts", query="?on=2026-02-10")
    assert "£10.00" in then
    assert "£12.50" not in then


def test_a_day_to_come_is_refused_and_today_shown(books: Client) -> None:
    assert "still to come" in page(books, "accounts", query="?on=2027-01-01")


def test_an_account_runs_to_its_balance_whatever_days_are_shown(books: Client, joan: Party) -> None:
    write(1000, "a", dt.date(2026, 1, 10), debit="bank", credit="applications", party=joan)
    write(500, "b", dt.date(2026, 2, 10), debit="bank", credit="applications", party=joan)
    shown = page(books, "account", "bank", query="?first=2026-02-01")
    assert "£15.00" in shown
    assert "£10.00" not in shown


def test_a_liability_shows_what_we_owe_as_a_positive_figure(books: Client, joan: Party) -> None:
    write(1000, "a", debit="bank", credit="applications", party=joan)
    assert "−" not in page(books, "account", "applications").partition("<main")[2]


def test_lists_take_as_many_queries_for_many_rows(books: Client) -> None:
    addresses = [
        reverse("ledger:account", args=["bank"]),
        reverse("ledger:accounts"),
        reverse("ledger:debt"),
    ]
    counts = []
    for number in range(40):
        somebody = new_party(by=SYSTEM)
        write(100, f"n{number}", debit="receivable", credit="bank", party=somebody)
        if number in (2, 39):
            counts.append([queries_of(books, address) for address in addresses])
    assert counts[0] == counts[1]


def test_the_spreadsheets_hold_what_the_pages_show(books: Client, joan: Party) -> None:
    write(1234, "a", debit="receivable", credit="dues", party=joan)
    assert "receivable,Owed to us,What we have,12.34,0.00" in page(books, "accounts_csv")
    assert f"party {joan.pk},12.34,0.00,0.00,0.00,12.34" in page(books, "debt_csv")
    assert "12.34" in page(books, "account_csv", "receivable")


def test_a_journal_written_by_hand_is_in_the_books_once(books: Client) -> None:
    form = {
        "date": "3/3/2026",
        "debit": "other-costs",
        "credit": "bank",
        "amount": "7.50",
        "memo": "Bank charges, February",
        "once": "abc",
    }
    for _ in range(2):
        assert books.post(reverse("ledger:journal_new"), form).status_code == 302
    journal = Journal.objects.get()
    assert list(journal.postings.order_by("-pence").values_list("account", "pence")) == [
        ("other-costs", 750),
        ("bank", -750),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": "0"}, "above £0"),
        ({"amount": "1.005"}, "whole pence"),
        ({"amount": "-5"}, "£0 or more"),
        ({"credit": "other-costs"}, "two different accounts"),
        ({"credit": "share-capital"}, "register of members"),
        ({"credit": "applications"}, "not one of the available choices"),
        ({"date": "4/3/2026"}, "still to come"),
        ({"memo": ""}, "What for"),
    ],
)
def test_a_wrong_journal_is_refused_with_a_sentence(
    books: Client, change: dict[str, str], sentence: str, db: None
) -> None:
    form = {
        "date": "3/3/2026",
        "debit": "other-costs",
        "credit": "bank",
        "amount": "7.50",
        "memo": "Bank charges",
        "once": "abc",
    } | change
    response = books.post(reverse("ledger:journal_new"), form)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Journal.objects.exists()


@pytest.mark.parametrize("code", sorted(chart.BY_PERSON))
def test_what_is_owed_by_or_to_one_person_is_not_written_by_hand(code: str, db: None) -> None:
    with pytest.raises(RuleError, match="between us and one person"):
        write_journal(
            date=TODAY,
            debit=Account.objects.get(pk="bank"),
            credit=Account.objects.get(pk=code),
            amount=Money(5, "GBP"),
            memo="A slip",
            once="x",
            by=SYSTEM,
        )


def test_only_what_was_written_by_hand_is_reversed_by_hand(books: Client, joan: Party) -> None:
    journal = write(1000, "a", debit="bank", credit="applications", party=joan)
    answer = books.post(
        reverse("ledger:reverse_journal", args=[journal.pk]), {"date": "3/3/2026", "why": "oops"}
    )
    assert answer.status_code == 400
    assert Journal.objects.count() == 1


def test_the_board_reads_the_books_and_writes_nothing(
    board_member: User, signed_in: Callable[[User], Client], joan: Party
) -> None:
    write(1000, "a", debit="bank", credit="applications", party=joan)
    board = signed_in(board_member)
    assert "In the bank" in page(board, "money")
    assert board.get(reverse("ledger:journal_new")).status_code == 403
