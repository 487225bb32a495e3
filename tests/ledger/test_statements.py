"""Bank statements: reading in, looking, taking in, undoing; and the balances on both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from ledger.awaited import InBooks
from ledger.models import Account, BankAccount, BankLine, Journal, StatementImport
from ledger.operations import (
    FaultyStatementError,
    discard_import,
    keep_bank_account,
    match_line,
    move,
    open_account,
    post,
    read_in,
    reverse,
    take_in,
    undo_import,
)
from ledger.reconciling import look_over, reconcile
from tests.ledger.conftest import a_file
from tests.ledger.statements.files import sample

pytestmark = pytest.mark.django_db

Read = Callable[..., StatementImport]


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def states(statement: StatementImport) -> list[str]:
    return list(statement.lines.order_by("row").values_list("state", flat=True))


def in_books(pounds: str, day: int = 2, month: int = 2) -> Journal:
    """So much came to the bank, says the treasurer."""
    return post(
        kind="by-hand",
        date=dt.date(2026, month, day),
        key=f"by hand {pounds} {day} {month}",
        lines=move(int(Decimal(pounds) * 100), debit="bank", credit="donations"),
        by=SYSTEM,
    )


# --- Our accounts at banks ------------------------------------------------------------------------


def test_the_first_account_is_the_books_bank_and_the_next_gets_one_of_its_own(
    bank: BankAccount,
) -> None:
    savings = keep_bank_account(name="Savings", number="12-34-56 00654321", by=SYSTEM)
    third = keep_bank_account(name="Care", number="12-34-56 00654322", by=SYSTEM)
    assert (bank.account_id, savings.account_id, third.account_id) == ("bank", "bank-2", "bank-3")
    assert savings.account.name == "Savings"
    assert savings.account.kind == "asset"
    assert bank.number == "123456-00123456"


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": " "}, "name", "a name"),
        ({"number": ""}, "number", "sort code"),
        ({"profile": "piggy"}, "profile", "do not know this bank"),
        ({"columns": {"date": "Day"}}, "description", "Choose the column"),
        ({"name": "Current account"}, "name", "has this name"),
    ],
)
def test_an_account_that_is_not_well_described_is_refused(
    changed: dict[str, Any], field: str, sentence: str, bank: BankAccount
) -> None:
    given = {"name": "Savings", "number": "1", "by": SYSTEM} | changed
    with pytest.raises(RuleError, match=sentence) as refusal:
        keep_bank_account(**given)
    assert refusal.value.field == field


def test_two_accounts_at_banks_never_share_one_in_the_books(bank: BankAccount) -> None:
    with pytest.raises(RuleError, match="account of the books"):
        keep_bank_account(name="Other", number="1", account=bank.account, by=SYSTEM)
    with pytest.raises(RuleError, match="for a bank"):
        cash = Account.objects.get(pk="cash")
        keep_bank_account(name="Other", number="1", account=cash, by=SYSTEM)


def test_number_and_account_stay_once_a_statement_is_read_in(bank: BankAccount, read: Read) -> None:
    other = open_account(code="bank-7", name="Other", kind="asset", by=SYSTEM)
    given: dict[str, Any] = {"bank_account": bank, "name": "Main", "by": SYSTEM}
    keep_bank_account(number="12-34-57 00123456", account=other, **given)
    keep_bank_account(number=bank.number, account=Account.objects.get(pk="bank"), **given)
    read((2, "20.00", "A"))
    with pytest.raises(RuleError, match="the number stays"):
        keep_bank_account(number="1", **given)
    with pytest.raises(RuleError, match="the account stays"):
        keep_bank_account(number=bank.number, account=other, **given)
    assert keep_bank_account(number=bank.number, **given).name == "Main"


# --- Reading in -----------------------------------------------------------------------------------


def test_a_file_is_first_only_looked_at(bank: BankAccount, read: Read) -> None:
    statement = read((2, "20.00", "J SMITH"), (5, "-6.50", "CHARGES"), take=False)
    assert (statement.state, statement.lines_read, statement.lines_known) == ("preview", 2, 0)
    assert (statement.opening_pence, statement.closing_pence) == (100_00, 113_50)
    assert (statement.first_on, statement.last_on) == (dt.date(2026, 2, 2), dt.date(2026, 2, 5))
    assert states(statement) == ["preview", "preview"]
    first = statement.lines.get(row=1)
    assert (first.text, first.kind, first.pence, first.balance_pence) == (
        "J SMITH",
        "FPI",
        20_00,
        120_00,
    )
    take_in(statement=statement, by=SYSTEM)
    assert statement.state == "imported"
    assert states(statement) == ["new", "new"]


def test_a_file_with_faults_shows_them_all_and_keeps_nothing(bank: BankAccount) -> None:
    upload = a_file((2, "20.00", "A"), (3, "20.00", "B"))
    upload = upload.replace(b"02/02/2026", b"32/02/2026").replace(b"140.00", b"x")
    with pytest.raises(FaultyStatementError, match="2 things are wrong") as refusal:
        read_in(upload=upload, bank_account=bank, by=SYSTEM)
    assert [(fault.row, fault.field) for fault in refusal.value.faults] == [
        (2, "balance"),
        (3, "date"),
    ]
    assert not StatementImport.objects.exists()
    assert not BankLine.objects.exists()


def test_a_line_of_a_day_to_come_is_a_fault(bank: BankAccount) -> None:
    upload = a_file((2, "20.00", "A")).replace(b"02/02/2026", b"04/03/2026")
    with pytest.raises(FaultyStatementError) as refusal:
        read_in(upload=upload, bank_account=bank, by=SYSTEM)
    assert refusal.value.faults[0].sentence == "That day is still to come."


def test_a_file_of_another_account_is_refused(bank: BankAccount) -> None:
    upload = a_file((2, "20.00", "A")).replace(b"00123456", b"00999999")
    with pytest.raises(FaultyStatementError) as refusal:
        read_in(upload=upload, bank_account=bank, by=SYSTEM)
    assert refusal.value.faults[0].sentence == "This file is of another account."


def test_a_file_that_tells_no_balances_is_asked_for_the_last_one(bank: BankAccount) -> None:
    upload = sample("barclays.csv")
    with time_machine.travel(dt.datetime(2026, 4, 2, 10, tzinfo=dt.UTC), tick=False):
        with pytest.raises(RuleError, match="tells no balances") as refusal:
            read_in(upload=upload, bank_account=bank, by=SYSTEM)
        assert refusal.value.field == "closing"
        statement = read_in(upload=upload, bank_account=bank, closing=pounds("5000.00"), by=SYSTEM)
    moved = sum(line.pence for line in statement.lines.all())
    assert (statement.opening_pence, statement.closing_pence) == (500_000 - moved, 500_000)


def test_a_balance_that_is_told_twice_has_to_be_the_same(bank: BankAccount) -> None:
    upload = a_file((2, "20.00", "A"))
    with pytest.raises(RuleError, match=r"closes at £120\.00, which is £1\.00 more than £119\.00"):
        read_in(upload=upload, bank_account=bank, closing=pounds("119.00"), by=SYSTEM)
    assert read_in(upload=upload, bank_account=bank, closing=pounds("120.00"), by=SYSTEM)


def test_another_bank_s_columns_are_chosen(bank: BankAccount) -> None:
    upload = b"Booked;Text;Sum;After\n02.02.2026;J SMITH;20,000.00;20,100.00\n"
    columns = {"date": "Booked", "description": "Text", "amount": "Sum", "balance": "After"}
    statement = read_in(
        upload=upload, bank_account=bank, profile="general", columns=columns, by=SYSTEM
    )
    assert (statement.profile, statement.lines.get().pence) == ("general", 2_000_000)


def test_the_same_file_again_is_the_same_preview(bank: BankAccount, read: Read) -> None:
    assert read((2, "20.00", "A"), take=False) == read((2, "20.00", "A"), take=False)
    assert BankLine.objects.count() == 1


def test_the_same_file_read_another_way_takes_the_place_of_its_preview(bank: BankAccount) -> None:
    upload = b"Booked;Text;Sum;After;Also\n02.02.2026;J SMITH;20.00;120.00;-20.00\n"
    columns = {"date": "Booked", "description": "Text", "amount": "Also"}
    given: dict[str, Any] = {"upload": upload, "bank_account": bank, "profile": "general"}
    first = read_in(columns=columns, closing=pounds("80.00"), by=SYSTEM, **given)
    second = read_in(columns=columns | {"amount": "Sum", "balance": "After"}, by=SYSTEM, **given)
    first.refresh_from_db()
    assert (first.state, second.state) == ("discarded", "preview")
    assert BankLine.objects.get().pence == 20_00


def test_only_those_who_keep_payments_read_statements(
    bank: BankAccount, board_member: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        read_in(upload=b"", bank_account=bank, by=as_user(board_member))


def test_the_audit_trail_counts_lines_and_quotes_none(read: Read) -> None:
    statement = read((2, "20.00", "J SMITH"))
    line = AuditLine.objects.get(action="ledger.take_in")
    assert line.data == {"lines": 1, "left_out": 0}
    assert (line.object_type, line.object_id) == ("ledger.statementimport", str(statement.pk))


# --- What was read in before ----------------------------------------------------------------------

FIRST = ((2, "20.00", "A"), (5, "30.00", "B"), (5, "30.00", "B"))
SECOND = (*FIRST[1:], (5, "30.00", "B"), (9, "-6.50", "CHARGES"))


def test_of_statements_that_overlap_each_line_comes_in_once(read: Read) -> None:
    read(*FIRST)
    second = read(*SECOND, opening="120.00", take=False)
    assert (second.lines_read, second.lines_known) == (4, 2)
    assert len(look_over(second).known) == 2
    take_in(statement=second, by=SYSTEM)
    assert second.lines_known == 2
    assert states(second) == ["new", "new"]
    every = BankLine.objects.order_by("date", "pk").values_list("pence", flat=True)
    assert list(every) == [20_00, 30_00, 30_00, 30_00, -6_50]
    assert reconcile(second).missing == 0


def test_a_file_that_was_taken_in_is_not_read_again(read: Read) -> None:
    read(*FIRST)
    with pytest.raises(RuleError, match="All of this was read in before"):
        read(*FIRST)


def test_what_was_taken_in_while_somebody_looked_is_left_out(bank: BankAccount, read: Read) -> None:
    looked_at = read(*FIRST, take=False)
    longer = read(*FIRST, (9, "-6.50", "CHARGES"), take=False)
    take_in(statement=longer, by=SYSTEM)
    with pytest.raises(RuleError, match="All of this was read in before"):
        take_in(statement=looked_at, by=SYSTEM)
    looked_at.refresh_from_db()
    assert looked_at.state == "preview"
    assert BankLine.objects.filter(state="new").count() == 4


def test_lines_that_only_look_as_if_they_had_been_read_are_shown_and_can_be_left_out(
    bank: BankAccount, read: Read
) -> None:
    read((2, "20.00", "A"), (5, "30.00", "B"))
    # The same days told in another kind of file: other texts, so other lines.
    alike = read((2, "20.00", "A Faster Payment"), (9, "5.00", "C"), take=False)
    preview = look_over(alike)
    assert [line.text for line in preview.lines if line.pk in preview.alike] == ["A Faster Payment"]
    assert preview.known == frozenset()
    take_in(statement=alike, leave_out_alike=True, by=SYSTEM)
    assert [line.text for line in alike.lines.all()] == ["C"]
    assert alike.lines_known == 1


def test_equal_payments_of_two_people_on_one_day_are_no_look_alikes(read: Read) -> None:
    read((2, "20.00", "ANN"))
    later = read((2, "20.00", "ANN"), (2, "20.00", "BOB"), take=False)
    preview = look_over(later)
    assert (len(preview.known), preview.alike) == (1, frozenset())


# --- Throwing away and undoing --------------------------------------------------------------------


def test_what_is_thrown_away_leaves_no_lines(read: Read) -> None:
    statement = read(*FIRST, take=False)
    discard_import(statement=statement, by=SYSTEM)
    assert statement.state == "discarded"
    assert not BankLine.objects.exists()
    with pytest.raises(RuleError, match="was thrown away"):
        take_in(statement=statement, by=SYSTEM)
    assert read(*FIRST).state == "imported"


def test_a_statement_that_is_undone_can_be_read_in_again(read: Read) -> None:
    statement = read(*FIRST)
    undo_import(statement=statement, by=SYSTEM)
    assert (statement.state, set(states(statement))) == ("undone", {"undone"})
    with pytest.raises(RuleError, match="was undone"):
        undo_import(statement=statement, by=SYSTEM)
    again = read(*FIRST)
    assert (again.lines_known, states(again)) == (0, ["new", "new", "new"])


def test_a_statement_is_not_undone_while_a_line_is_explained(read: Read) -> None:
    journal = in_books("20.00")
    statement = read(*FIRST)
    line = statement.lines.get(row=1)
    match_line(line=line, parts=[InBooks(journal, 20_00)], by=SYSTEM)
    with pytest.raises(RuleError, match=r"1 of its lines is explained, £20\.00 together"):
        undo_import(statement=statement, by=SYSTEM)
    statement.refresh_from_db()
    assert statement.state == "imported"
    assert states(statement) == ["matched", "new", "new"]


@pytest.mark.parametrize("act", [take_in, discard_import])
def test_what_is_taken_in_is_neither_taken_in_nor_thrown_away_again(
    act: Callable[..., object], read: Read
) -> None:
    statement = read(*FIRST)
    with pytest.raises(RuleError, match="taken in already"):
        act(statement=statement, by=SYSTEM)
    with pytest.raises(RuleError, match="not been taken in yet"):
        undo_import(statement=read((20, "1.00", "D"), take=False), by=SYSTEM)


# --- The bank and the books -----------------------------------------------------------------------


def test_bank_and_books_side_by_side_with_what_explains_the_difference(read: Read) -> None:
    in_books("60.00", day=20, month=1)  # before the first statement: the bank began with £100
    seen, cheque_out = in_books("20.00"), in_books("-8.00", day=4)
    statement = read((2, "20.00", "A"), (5, "30.00", "B"))
    match_line(line=statement.lines.get(row=1), parts=[InBooks(seen, 20_00)], by=SYSTEM)
    found = reconcile(statement)
    assert (found.bank, found.books, found.difference) == (150_00, 72_00, 78_00)
    assert found.reasons == [
        ("Where the first statement began, bank and books differed", 40_00),
        ("Lines of the bank that are not explained", 30_00),
        ("In the books, but on no statement", 8_00),
    ]
    reverse(journal=cheque_out, date=dt.date(2026, 2, 4), why="Never paid in", by=SYSTEM)
    found = reconcile(statement)
    assert (found.difference, found.not_at_bank) == (70_00, 0)


def test_what_the_books_have_only_on_a_later_day_is_told(read: Read) -> None:
    late = in_books("20.00", day=1, month=3)
    statement = read((2, "20.00", "A"), opening="0.00")
    match_line(line=statement.lines.get(), parts=[InBooks(late, 20_00)], by=SYSTEM)
    found = reconcile(statement)
    assert (found.bank, found.books, found.booked_later) == (20_00, 0, 20_00)
    assert len(found.reasons) == 1


def test_what_was_paid_before_the_first_statement_and_reached_the_bank_in_it_is_no_difference(
    read: Read,
) -> None:
    in_books("100.00", day=1, month=1)
    cheque = in_books("-30.00", day=31, month=1)
    statement = read((2, "-30.00", "CHEQUE 12"))
    match_line(line=statement.lines.get(), parts=[InBooks(cheque, -30_00)], by=SYSTEM)
    assert (reconcile(statement).difference, reconcile(statement).reasons) == (0, [])


def test_a_statement_in_between_that_is_missing_shows_in_the_preview(read: Read) -> None:
    read(*FIRST)  # closes at £180
    later = read((20, "5.00", "D"), opening="300.00", take=False)
    found = reconcile(later, look_over(later))
    assert (found.bank, found.missing) == (305_00, 120_00)
    assert ("On no statement that was read in", 120_00) in found.reasons
    between = read((10, "120.00", "C"), opening="180.00")
    assert reconcile(between).missing == 0
    take_in(statement=later, by=SYSTEM)
    assert reconcile(later).missing == 0


def test_an_older_statement_read_in_later_becomes_the_beginning(read: Read) -> None:
    read((9, "5.00", "D"), opening="180.00")
    older = read(*FIRST, take=False)
    assert reconcile(older, look_over(older)).missing == 0
    take_in(statement=older, by=SYSTEM)
    latest = StatementImport.objects.order_by("-last_on").first()
    assert latest is not None
    found = reconcile(latest)
    assert (found.bank, found.at_the_start, found.missing) == (185_00, 100_00, 0)


def test_a_statement_made_at_noon_holds_though_more_came_that_day(read: Read) -> None:
    noon = read((2, "20.00", "A"))
    evening = read((2, "20.00", "A"), (2, "7.00", "E"), (3, "1.00", "F"))
    assert (reconcile(noon).missing, reconcile(evening).missing) == (0, 0)
