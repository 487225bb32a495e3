"""The banks' CSV files, told by their headings; a general one by the treasurer's own choice."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger.statements import MAX_BYTES, MAX_LINES, MAX_TEXT, read_headings, read_statement
from ledger.statements.statement import MAX_FAULTS, StatementError
from tests.ledger.statements.files import BARCLAYS, HSBC, LLOYDS, faults, hsbc, sample

COLUMNS = {
    "date": "Booked",
    "description": "Details",
    "paid_out": "Money out (£)",
    "paid_in": "Money in (£)",
    "balance": "After (£)",
}
#: The month that every sample tells, oldest first.
MARCH = [
    (2, 5000),
    (2, -18642),
    (3, 10000),
    (5, 248650),
    (5, 2000),
    (5, 2000),
    (9, 1000),
    (12, -7500),
    (16, 3850),
    (20, 61230),
    (27, -650),
]


@pytest.mark.parametrize(
    ("name", "profile", "account", "has_balances"),
    [
        ("lloyds.csv", "lloyds", "123456-00123456", True),
        ("lloyds_commercial.csv", "lloyds", "123456-00123456", True),
        ("natwest.csv", "natwest", "123456-00123456", True),
        ("barclays.csv", "barclays", "123456-00123456", False),
        ("hsbc_paid_in_paid_out.csv", "hsbc", "", True),
        ("hsbc_signed.csv", "hsbc", "", True),
    ],
)
def test_each_banks_file_is_known_by_its_headings(
    name: str, profile: str, account: str, has_balances: bool
) -> None:
    statement = read_statement(sample(name))
    assert (statement.profile, statement.account) == (profile, account)
    assert [(line.date.day, line.amount_pence) for line in statement.lines] == MARCH
    assert (statement.starts, statement.ends) == (dt.date(2026, 3, 2), dt.date(2026, 3, 27))
    if has_balances:
        assert (statement.opening_pence, statement.closing_pence) == (1042_18, 4111_56)
        assert all(line.balance_pence is not None for line in statement.lines)
    else:
        assert statement.opening_pence is statement.closing_pence is None


def test_a_banks_text_comes_without_its_padding_and_marks() -> None:
    lloyds, natwest, barclays = (
        read_statement(sample(f"{bank}.csv")).lines[0] for bank in ("lloyds", "natwest", "barclays")
    )
    assert lloyds.description == "A MORGAN SH-KQAP9"
    assert natwest.description == "A , MORGAN SH-KQAP9 , FP 02/03/26 0915"
    assert barclays.description == "A MORGAN SH-KQAP9 BGC"
    assert (lloyds.kind, natwest.kind, barclays.kind) == ("FPI", "BAC", "COUNTER CREDIT")


def test_a_line_knows_its_row_as_a_spreadsheet_counts() -> None:
    assert read_statement(sample("lloyds.csv")).lines[-1].row == 2
    assert read_statement(sample("natwest.csv")).lines[-1].row == 3
    assert read_statement(sample("hsbc_paid_in_paid_out.csv")).lines[0].row == 3


def test_barclays_number_is_a_reference_unless_it_is_nought() -> None:
    lines = read_statement(sample("barclays.csv")).lines
    assert [line.reference for line in lines if line.reference] == ["000184"]


def test_a_file_without_headings_is_read_only_when_the_treasurer_says_it_is_hsbcs() -> None:
    data = sample("hsbc_without_headings.csv")
    assert faults(data) == [
        (
            None,
            "headings",
            "We do not know these headings. Choose the bank, or the columns by hand.",
        )
    ]
    statement = read_statement(data, "hsbc")
    assert [(line.date.day, line.amount_pence) for line in statement.lines] == MARCH


def test_the_treasurer_may_choose_the_columns_of_any_other_bank() -> None:
    data = sample("another_bank.csv")
    assert read_headings(data) == ("Booked", "Details", *list(COLUMNS.values())[2:])
    statement = read_statement(data, "general", columns=COLUMNS, account="12-34-56 00123456")
    assert (statement.profile, statement.account) == ("general", "123456-00123456")
    assert (statement.opening_pence, statement.closing_pence) == (1042_18, 4111_56)
    assert [(line.date.day, line.amount_pence) for line in statement.lines] == MARCH


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        (None, "date"),
        ({"date": "Booked", "paid_in": "Money in", "paid_out": "Money out"}, "description"),
        ({"date": "Booked", "description": "Details"}, "amount"),
        ({"date": "Booked", "description": "Details", "paid_in": "Money in"}, "amount"),
        ({**COLUMNS, "amount": "After"}, "amount"),
        ({**COLUMNS, "colour": "Details"}, "colour"),
        ({**COLUMNS, "kind": "Details"}, "kind"),
        ({**COLUMNS, "kind": "Sort"}, "kind"),
    ],
)
def test_a_choice_of_columns_that_cannot_be_read_is_refused(
    columns: dict[str, str] | None, field: str
) -> None:
    found = faults(sample("another_bank.csv"), "general", columns=columns)
    assert field in [fault[1] for fault in found]
    assert all(fault[0] is None for fault in found)


def test_the_wrong_bank_is_refused_and_named() -> None:
    assert faults(sample("natwest.csv"), "barclays") == [
        (None, "headings", "These are not the headings of a file from Barclays.")
    ]
    assert faults(b"Date,Amount\n", "monzo")[0][1] == "profile"


def test_headings_of_other_cards_are_not_taken_for_hsbcs() -> None:
    # American Express writes charges above zero under these.
    assert faults(b"Date,Description,Amount\n05/03/2026,SHOP,9.99\n")[0][1] == "headings"
    other = b"Date,Description,Amount,Balance,Category\n05/03/2026,SHOP,9.99,5.00,x\n"
    assert faults(other)[0][1] == "headings"


def test_a_file_of_another_account_than_expected_is_refused() -> None:
    assert read_statement(sample("lloyds.csv"), account="12-34-56 00123456").lines
    refused = faults(sample("lloyds.csv"), account="12-34-56 00999999")
    assert refused == [(None, "account", "This file is of another account.")]


def test_a_file_of_two_accounts_is_refused_at_the_first_row_of_the_second() -> None:
    data = sample("natwest.csv").replace(b"123456-00123456", b"123456-00999999", 1)
    sentence = "This row is of another account. Download one account at a time."
    assert faults(data) == [(4, "account", sentence)]


def test_a_spreadsheet_may_have_dropped_the_noughts_of_an_account() -> None:
    data = sample("lloyds.csv").replace(b"00123456", b"123456")
    assert read_statement(data).account == "123456-00123456"


def test_every_fault_is_told_with_its_row_and_field() -> None:
    data = hsbc(
        "31/02/2026,CR,A,5.00,",
        "01/03/2026,CR,B,five,",
        "01/03/2026,CR,C,,",
        "01/03/2026,CR,D,5.005,x",
        ",CR,E,5.00,",
        "02/03/2026,CR,F,5.00,,extra",
        "02/03/2026,CR",
        f"02/03/2026,CR,{'long ' * 101},5.00,",
    )
    assert faults(data) == [
        (2, "date", "“31/02/2026” is not a real date."),
        (3, "amount", "“five” is not an amount."),
        (4, "amount", "This cell is empty."),
        (5, "balance", "“x” is not an amount."),
        (5, "amount", "“5.005” has a part of a penny."),
        (6, "date", "This cell is empty."),
        (7, "file", "This row has more cells than there are headings."),
        (8, "amount", "This cell is empty."),
        (9, "description", f"This text is longer than {MAX_TEXT} letters."),
    ]


def test_a_row_with_money_both_in_and_out_or_in_neither_is_a_fault() -> None:
    def row(out: str, into: str) -> str:
        return f"05/03/2026,FPI,123456,00123456,SOMEBODY,{out},{into},"

    data = "\n".join([LLOYDS, row("5.00", "5.00"), row("", ""), row("-5.00", "0.00")]).encode()
    assert faults(data) == [
        (2, "amount", "This row has both money in and money out."),
        (3, "amount", "This row has no amount."),
        (4, "paid_out", "An amount in this column must not be below zero."),
    ]


def test_a_file_of_too_many_faults_is_given_up() -> None:
    found = faults(hsbc(*["x,CR,A,5.00,"] * 500))
    assert len(found) == MAX_FAULTS + 1
    assert found[-1][:2] == (None, "file")


def test_rows_of_no_money_are_left_out() -> None:
    data = hsbc("01/03/2026,,Opening balance,,100.00", "", "01/03/2026,,RATE 2%,0.00,100.00")
    data += b"\n , , , , \n02/03/2026,CR,A,5.00,105.00\n"
    statement = read_statement(data)
    assert [line.description for line in statement.lines] == ["A"]
    assert statement.opening_pence == 100_00


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "headings"),
        (b"\n\n\n", "headings"),
        (b"PK\x03\x04\x00\x00", "file"),
        (b"\x81\x8d", "file"),
        (HSBC.encode("utf-16"), "file"),
        (HSBC.encode(), "file"),
        (f'{HSBC}\n01/03/2026,CR,"A,5.00,\n'.encode(), "file"),
        (b"x" * (MAX_BYTES + 1), "file"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(data: bytes, field: str) -> None:
    found = faults(data)
    assert [fault[1] for fault in found] == [field]
    assert all(fault[2].endswith(".") for fault in found)


def test_an_open_quotation_mark_is_told_with_its_row() -> None:
    assert faults(f'{HSBC}\n01/03/2026,CR,A,5.00,\n02/03/2026,CR,"B,5.00,\n'.encode()) == [
        (3, "file", "This row cannot be read. A quotation mark may be missing.")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_names_survive_in_each_encoding(encoding: str) -> None:
    data = hsbc("01/03/2026,CR,ZOË O’BRIEN,£5.00,").decode().encode(encoding)
    line = read_statement(data).lines[0]
    assert (line.description, line.amount_pence) == ("ZOË O’BRIEN", 5_00)


def test_as_many_lines_as_a_statement_may_have_and_one_more() -> None:
    rows = [f"0,02/03/2026,1,0.01,CR,PAYER {number}" for number in range(MAX_LINES + 1)]
    most = "\n".join([BARCLAYS, *rows[:-1]]).encode()
    assert len(read_statement(most).lines) == MAX_LINES
    more = faults(most + b"\n" + rows[-1].encode())
    assert more == [(MAX_LINES + 2, "file", "The file has more than 20,000 lines. Split it.")]


def test_the_error_itself_quotes_nothing_from_the_file() -> None:
    with pytest.raises(StatementError) as raised:
        read_statement(hsbc("J SMITH,CR,A,5.00,"))
    assert str(raised.value) == "The statement has 1 faults."
