"""Money, dates and text as banks write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.statements.values import (
    in_pounds,
    parse_date,
    parse_ofx_date,
    parse_pence,
    tidy,
    tidy_account,
)


@pytest.mark.parametrize(
    ("written", "pence"),
    [
        ("12.34", 12_34),
        ("£1,234.50", 1_234_50),
        ("1,234,567.89", 1_234_567_89),
        ("702", 702_00),
        ("-70.0", -70_00),
        ("1010.0", 1_010_00),
        (".50", 50),
        ("-£5", -5_00),
        ("£-5", -5_00),
        ("−5.00", -5_00),
        ("+5.00", 5_00),
        ("(12.00)", -12_00),
        ("12.00-", -12_00),
        ("12.00 DR", -12_00),
        ("12.00 OD", -12_00),
        ("12.00 CR", 12_00),
        ("GBP 3.10", 3_10),
        ("12.5000", 12_50),
        ("0.00", 0),
    ],
)
def test_amounts_are_read_as_banks_write_them(written: str, pence: int) -> None:
    assert parse_pence(written) == pence


@pytest.mark.parametrize(
    "written",
    [
        "",
        ".",
        "-",
        "£",
        "12.345",
        "1,23",
        "12,34.00",
        "1.234,56",
        "--5",
        "(-5)",
        "-5-",
        "1e5",
        "five",
        "5 pounds",
        "12.34.56",
        "####",
        "١٢",
        "12345678901",
        "NaN",
        "C",
        "-DR",
    ],
)
def test_what_is_no_amount_in_whole_pence_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        parse_pence(written)


@given(st.integers(-(10**12) + 1, 10**12 - 1))
def test_every_amount_we_write_is_read_back_in_every_style(pence: int) -> None:
    written = in_pounds(abs(pence))
    styles = ["-{}", "{}-", "({})", "{} DR"] if pence < 0 else ["{}", "+{}", "{} CR"]
    for style in styles:
        assert parse_pence(style.format(written)) == pence
        assert parse_pence(style.format(written.replace(",", ""))) == pence


@pytest.mark.parametrize(
    "written",
    [
        "05/03/2026",
        "5/3/2026",
        "05/03/26",
        "05-03-2026",
        "05.03.2026",
        "05 Mar 2026",
        "5 March 2026",
        "05-MAR-2026",
        "2026-03-05",
        "5  mar  26",
    ],
)
def test_dates_are_read_day_first(written: str) -> None:
    assert parse_date(written) == dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "31/02/2026",
        "03/13/2026",
        "1/1/1066",
        "2026/03/05",
        "5 Mai 2026",
        "Mar 2026",
        "05/03",
        "20260305",
        "00/01/2026",
        "05/03/202",
    ],
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        parse_date(written)


@pytest.mark.parametrize(
    "written",
    ["20260305", "20260305120000", "20260305235959.123[0:GMT]", "20260305000000[-5:EST]"],
)
def test_an_ofx_date_is_the_day_that_the_bank_wrote(written: str) -> None:
    assert parse_ofx_date(written) == dt.date(2026, 3, 5)


@pytest.mark.parametrize("written", ["", "2026", "20260231", "2026-03-05", "20260305x"])
def test_what_is_no_ofx_date_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        parse_ofx_date(written)


def test_text_loses_padding_control_characters_and_the_spreadsheets_apostrophe() -> None:
    assert tidy("'A MORGAN   \t SH-KQAP9\r\n\x07") == "A MORGAN SH-KQAP9"
    assert tidy("O'NEILL") == "O'NEILL"


def test_an_account_is_written_one_way() -> None:
    written = ["12-34-56 00123456", "'123456-00123456", "12345600123456", "123456-00123456 GBP"]
    assert {tidy_account(text) for text in written} == {"123456-00123456"}
    assert tidy_account("gb29 nwbk 6016") == "GB29NWBK6016"


def test_pounds_are_written_with_thousands_and_a_sign() -> None:
    assert [in_pounds(pence) for pence in (0, 5, -5, 123_456_789)] == [
        "£0.00",
        "£0.05",
        "-£0.05",
        "£1,234,567.89",
    ]
