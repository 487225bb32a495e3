"""The treasurer reads in a bank statement and says what each line is, at a desk and on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from core.models import User
from ledger.models import BankLine, Order, StatementImport
from ledger.operations import create_order, move, new_party, post
from tests.browser.conftest import DESKTOP, PHONE
from tests.ledger.statements.files import Move, lloyds, with_balances


def an_order(key: str, pounds: int, kind: str = "shares", account: str = "applications") -> Order:
    return create_order(
        kind=kind,
        key=key,
        party=new_party(by=SYSTEM),
        account=account,
        amount=Money(pounds, "GBP"),
        description=f"For {key}",
        owner_kind="test",
        owner_id=1,
        by=SYSTEM,
    )


@pytest.fixture
def day() -> dt.date:
    return timezone.localdate() - dt.timedelta(days=6)


@pytest.fixture
def file(tmp_path: Path, day: dt.date) -> Path:
    """Shares to the penny and short, a council that pays short, a charge, and a gift."""
    shares, short = an_order("shares", 20), an_order("more shares", 50)
    care = [an_order(f"care {n}", 300, "invoice", "receivable") for n in (1, 2, 3)]
    post(
        kind="by-hand",
        date=day - dt.timedelta(days=40),
        key="opening",
        lines=move(1200_00, debit="bank", credit="opening"),
        by=SYSTEM,
    )
    moves = [
        Move(day, 20_00, f"J SMITH {shares.reference}"),
        Move(day, 45_00, f"A MORGAN {short.reference}"),
        Move(day, 850_00, "BRACKENDALE CC " + " ".join(order.reference for order in care)),
        Move(day + dt.timedelta(days=1), -6_50, "SERVICE CHARGES"),
        Move(day + dt.timedelta(days=2), 20_00, "R PATEL CAFE DONATION"),
    ]
    path = tmp_path / "lloyds.csv"
    path.write_bytes(lloyds(with_balances(moves, 1200_00)))
    return path


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desk"), (PHONE, "phone")])
def test_a_statement_is_read_in_and_explained(
    someone: Callable[..., Any],
    treasurer: User,
    file: Path,
    size: dict[str, int],
    name: str,
) -> None:
    tom = someone(treasurer, viewport=size)
    page = tom.page

    tom.visit("/money/statements/")
    tom.follow("Add a bank account")
    page.get_by_label("What we call it").fill("Current account")
    page.get_by_label("Sort code and account number").fill("12-34-56 00123456")
    tom.look(f"statement_account_form_{name}")
    tom.press("Keep it")
    tom.follow("Read in a statement")
    tom.press("Look at it")  # no file chosen
    tom.look(f"statement_read_{name}")
    broken = file.with_name("broken.csv")
    broken.write_bytes(file.read_bytes().replace(b"6.50", b"six"))
    page.get_by_label("The file from the bank").set_input_files(broken)
    tom.press("Look at it")
    tom.look(f"statement_faults_{name}")
    page.get_by_label("The file from the bank").set_input_files(file)
    tom.press("Look at it")
    tom.look(f"statement_preview_{name}")
    tom.press("Take it in")
    tom.look(f"statement_lines_{name}")

    tom.press("Accept all that are certain (1)")
    assert tom.sees("1 line is explained and in the books.")
    tom.press("Accept")  # the short payment, as proposed
    tom.follow("BRACKENDALE CC")
    tom.look(f"statement_line_{name}")
    boxes = page.get_by_label("Amount for")
    assert boxes.count() == 3
    for index, pounds in enumerate(("300", "300", "250")):
        page.get_by_role("checkbox").nth(index).check()
        boxes.nth(index).fill(pounds)
    boxes.nth(2).fill("300")
    tom.press("This is it")
    assert tom.sees("£50.00 too much")
    page.get_by_label("Amount for").nth(2).fill("250")
    tom.press("This is it")
    assert tom.sees("Explained, and in the books.")
    tom.follow("SERVICE CHARGES")
    page.get_by_label("It belongs to").select_option("Other costs")
    page.get_by_label("Note for the books").fill("Bank charges")
    tom.press("This is it")
    tom.look(f"statement_lines_later_{name}")
    tom.follow("Explained 4")
    tom.look(f"statement_explained_{name}")
    tom.follow("SERVICE CHARGES")
    tom.look(f"statement_matched_{name}")
    page.get_by_label("Why").fill("Another account")
    tom.press("Undo it")
    assert tom.sees("The line is to be explained again.")
    tom.visit("/money/statements/")
    tom.look(f"statement_list_{name}")
    tom.follow("Current account")
    tom.look(f"statement_account_{name}")
    assert BankLine.objects.filter(state="matched").count() == 3


def test_the_columns_of_another_bank_are_chosen(
    someone: Callable[..., Any], treasurer: User, tmp_path: Path, day: dt.date
) -> None:
    file = tmp_path / "other.csv"
    file.write_text(f"Booked;Text;Sum;Balance\n{day:%d.%m.%Y};J SMITH;20.00;120.00\n")
    tom = someone(treasurer, viewport=PHONE)
    page = tom.page
    tom.visit("/money/statements/accounts/new/")
    page.get_by_label("What we call it").fill("Building society")
    page.get_by_label("Sort code and account number").fill("ROLL 4711")
    page.get_by_label("Whose files it has").select_option("general")
    tom.press("Keep it")
    tom.follow("Read in a statement")
    page.get_by_label("The file from the bank").set_input_files(file)
    tom.press("Look at it")
    page.get_by_label("Date").select_option("Booked")
    page.get_by_label("Description").select_option("Text")
    page.get_by_label("Amount, money out below zero").select_option("Sum")
    page.get_by_label("The same file again").set_input_files(file)
    tom.look("statement_columns")
    tom.press("Look at it")
    assert tom.sees("J SMITH")
    assert StatementImport.objects.get().profile == "general"
