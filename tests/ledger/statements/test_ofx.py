"""OFX in both its versions, read by name and never trusted."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from ledger.statements import MAX_BYTES, read_statement
from tests.ledger.statements.files import faults, sample
from tests.ledger.statements.test_csv import MARCH


def ofx(*lines: str, ends: str = "20260331", as_of: str = "20260331", money: str = "GBP") -> bytes:
    return (
        f"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{money}"
        "<BANKACCTFROM><BANKID>123456<ACCTID>00123456</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260301<DTEND>{ends}{''.join(lines)}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>100.00<DTASOF>{as_of}</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def line(amount: str = "5.00", kind: str = "CREDIT", rest: str = "<NAME>A MORGAN") -> str:
    return f"\n<STMTTRN><TRNTYPE>{kind}<DTPOSTED>20260305<TRNAMT>{amount}<FITID>F1{rest}</STMTTRN>"


@pytest.mark.parametrize("name", ["version_1.ofx", "version_2.ofx"])
def test_both_versions_tell_the_same(name: str) -> None:
    statement = read_statement(sample(name))
    assert (statement.profile, statement.account) == ("ofx", "123456-00123456")
    assert [(line.date.day, line.amount_pence) for line in statement.lines] == MARCH
    assert (statement.opening_pence, statement.closing_pence) == (1042_18, 4111_56)
    assert [line.fitid for line in statement.lines[:2]] == ["2026030000", "2026030001"]
    assert statement.lines[3].description == "BRACKENDALE CC IN-79LGP IN-RH7HV IN-ETNJ7"
    assert statement.lines[4].description == "R PATEL"  # its memo is empty


def test_both_versions_have_the_same_checksums() -> None:
    first, second = (read_statement(sample(f"version_{n}.ofx")).lines for n in (1, 2))
    assert [line.checksum for line in first] == [line.checksum for line in second]


def test_a_line_knows_its_row_in_the_file() -> None:
    assert read_statement(ofx(line(), line("6.00"))).lines[1].row == 3


def test_name_and_memo_make_the_description_once() -> None:
    def read(rest: str) -> str:
        return read_statement(ofx(line(rest=rest))).lines[0].description

    assert read("<NAME>A MORGAN<MEMO>SH-KQAP9") == "A MORGAN SH-KQAP9"
    assert read("<NAME>A MORGAN<MEMO>A MORGAN") == "A MORGAN"
    assert read("<PAYEE><NAME>B REID<ADDR1>1 High Street</PAYEE><MEMO>rent") == "B REID rent"
    assert read("<MEMO>\n<NAME>\n") == ""
    assert read("<NAME>M&amp;S &#163;5 &pound; <3 R&D") == "M&S £5 &pound; <3 R&D"
    assert read("<NAME>&#xD800; &#1114112;") == "&#xD800; &#1114112;"


def test_the_check_number_is_the_reference() -> None:
    read = read_statement(ofx(line("-5.00", "CHECK", "<CHECKNUM>000184<NAME>A MORGAN")))
    assert read.lines[0].reference == "000184"


@pytest.mark.parametrize(
    ("ends", "as_of", "closing"),
    [
        ("20260331", "20260331", 100_00),
        ("20260331", "20260305", 100_00),
        ("20260331", "20260401", None),  # today's balance under last month's lines
        ("20260331", "20260304", None),  # a balance from before the last line
    ],
)
def test_the_ledger_balance_closes_the_statement_only_on_its_own_days(
    ends: str, as_of: str, closing: int | None
) -> None:
    statement = read_statement(ofx(line(), ends=ends, as_of=as_of))
    assert statement.closing_pence == closing
    assert statement.opening_pence == (None if closing is None else closing - 5_00)


def test_a_card_account_is_read_too() -> None:
    data = ofx(line("-5.00", "DEBIT")).replace(b"STMTRS", b"CCSTMTRS")
    data = data.replace(b"BANKACCTFROM", b"CCACCTFROM")
    assert read_statement(data).account == "123456-00123456"


def test_a_file_may_be_xml_with_or_without_a_header() -> None:
    statement = read_statement(sample("version_2.ofx").split(b"-->")[1])
    assert statement.lines[0].date == dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (ofx(), (None, "file", "There are no payments in this file.")),
        (ofx(line("five")), (2, "amount", "“five” is not an amount.")),
        (ofx(line("")), (2, "amount", "TRNAMT is missing.")),
        (ofx(line()).replace(b"<DTPOSTED>20260305", b""), (2, "date", "DTPOSTED is missing.")),
        (ofx(line(), money="USD"), (1, "currency", "The account is not in pounds (GBP).")),
        (
            ofx(line("5.00", "DEBIT")),
            (
                2,
                "amount",
                "The type says money out and the amount money in, or the other way about.",
            ),
        ),
        (
            ofx(line()).removesuffix(b"</OFX>"),
            (None, "file", "The file breaks off before its end. Download it again."),
        ),
        (
            ofx(line()).replace(b"</BANKTRANLIST>", b"</BANKTRANLISTS>"),
            (2, "file", "The tag BANKTRANLISTS closes without having opened."),
        ),
        (b"<OFX></OFX>", (None, "file", "The file holds no statement. Download it again.")),
        (
            b"OFXHEADER:100\n",
            (None, "file", "The file holds no statement. Download it again."),
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_row(
    data: bytes, fault: tuple[int | None, str, str]
) -> None:
    assert faults(data) == [fault]


def test_two_statements_in_one_file_are_refused() -> None:
    one = ofx(line()).decode()
    inner = one.removeprefix("<OFX>").removesuffix("</OFX>")
    assert faults(f"<OFX>{inner}{inner}</OFX>".encode())[0][1] == "account"


def test_a_file_that_defines_entities_is_refused_and_none_is_expanded() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE OFX [<!ENTITY a "aaaaaaaaaa">'
        b'<!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    # Above the first tag nothing is read at all, so an entity is only text.
    read = read_statement(bomb + ofx(line(rest="<NAME>&b; &f;")))
    assert read.lines[0].description == "&b; &f;"
    inside = ofx('<!ENTITY a "a">', line())
    assert faults(inside) == [
        (1, "file", "The file defines things of its own. A statement never does.")
    ]


@pytest.mark.parametrize(
    "hostile", ["<a>", "<", "<a/>", "<!-- -->", "<![CDATA[", "</a>", "&#65;", "<!--"]
)
def test_a_hostile_file_is_refused_soon(hostile: str) -> None:
    room = MAX_BYTES - 1000
    data = ofx(hostile * (room // len(hostile)), line())
    begun = time.process_time()
    found = faults(data)
    assert found or hostile == "<!-- -->"  # harmless, only many
    assert time.process_time() - begun < 20
