"""Bytes into tables: what kinds of files are read, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook

from members.importing import (
    MAX_BYTES,
    FileFaultError,
    Table,
    guessed,
    headings_of,
    missing,
    named,
    read_table,
)
from members.importing import tables as tables_module
from members.importing import xlsx as xlsx_module
from tests.members.importing.files import HEADINGS, ROW, csv_of, row, typed, xlsx_of

CELLS = [str(ROW[name]) for name in HEADINGS]


def refusal(data: bytes) -> str:
    with pytest.raises(FileFaultError) as refused:
        read_table(data)
    return refused.value.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_file_is_read_however_a_spreadsheet_wrote_it(delimiter: str, encoding: str) -> None:
    data = csv_of(row(last_name="Müller"), delimiter=delimiter, encoding=encoding)
    table = read_table(data)
    assert table.headings == HEADINGS
    assert table.rows == [(2, [*CELLS[:2], "Müller", *CELLS[3:]])]


def test_cells_may_hold_the_delimiter_and_line_breaks_in_quotation_marks() -> None:
    data = csv_of(row(address_line_1="Flat 3, 1 Mill Row", town="Dam\nside"), row(number="102"))
    table = read_table(data)
    assert table.rows[0][1][4:6] == ["Flat 3, 1 Mill Row", "Dam\nside"]
    assert table.rows[1][0] == 3


def test_empty_rows_are_left_out_and_still_counted() -> None:
    data = csv_of(ROW) + b"\r\n,,,\r\n" + csv_of(row(number="102")).split(b"\r\n", 1)[1]
    assert [number for number, _cells in read_table(data).rows] == [2, 5]


def test_a_row_with_an_open_quotation_mark_is_named_and_the_rows_above_are_read() -> None:
    data = csv_of(ROW) + b'102,"Ann,Shaw,,,,,community,2019-03-05,5\r\n'
    table = read_table(data)
    assert len(table.rows) == 1
    assert [(fault.row, fault.field) for fault in table.faults] == [(3, "file")]


def test_rows_below_one_that_cannot_be_read_are_read_all_the_same() -> None:
    good = csv_of(row(number="103")).split(b"\r\n", 1)[1]
    table = read_table(csv_of(ROW) + b'102,"Ann"x,Shaw\r\n' + good)
    assert [number for number, _cells in table.rows] == [2, 4]
    assert [fault.row for fault in table.faults] == [3]


def test_the_first_sheet_of_an_xlsx_is_read_with_its_dates_and_numbers() -> None:
    cells = typed(ROW)
    cells[0], cells[-1] = 101, 25.0
    table = read_table(xlsx_of(HEADINGS, [cells, [], cells]))
    assert table.headings == HEADINGS
    assert table.rows == [(2, CELLS), (4, CELLS)]


def test_only_the_first_sheet_counts() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(HEADINGS)
    book.active.append(CELLS)
    other = book.create_sheet("Notes")
    other.append(["something", "else"])
    packed = io.BytesIO()
    book.save(packed)
    assert len(read_table(packed.getvalue()).rows) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2019, 3, 5, 12, 30), "2019-03-05"),  # noqa: DTZ001  (cells have no zone)
        (True, "yes"),
        (25.0, "25"),
        (25.5, "25.5"),
        (None, ""),
        (dt.time(12, 30), str(xlsx_module.NOT_A_DAY)),
        ("=1+1", str(xlsx_module.FORMULA)),
        ("#N/A", str(xlsx_module.ERROR)),
    ],
)
def test_what_a_cell_of_a_spreadsheet_comes_to(value: object, text: str) -> None:
    table = read_table(xlsx_of(["a", "b"], [["x", value]]))
    cells = table.rows[0][1]
    assert (cells[1] if len(cells) > 1 else "") == text


def test_a_formula_is_never_worked_out_nor_is_its_last_result_taken() -> None:
    cells = typed(ROW)
    cells[-1] = "=5*5"
    table = read_table(xlsx_of(HEADINGS, [cells]))
    assert table.rows[0][1][-1] is xlsx_module.FORMULA


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xff\xfe\x00", b"\x81\x8d", b"a\x00b"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refusal(data).endswith(".")


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert "larger than 20 MB" in refusal(b"x" * (MAX_BYTES + 1))


def test_more_rows_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "MAX_ROWS", 2)
    assert len(read_table(csv_of(ROW, ROW)).rows) == 2
    assert "more than 2 rows" in refusal(csv_of(ROW, ROW, ROW))
    assert "more than 2 rows" in refusal(xlsx_of(HEADINGS, [CELLS] * 3))
    assert "more than 2 rows" in refusal(csv_of(ROW) + b'"a"b\r\n' * 2)


def test_a_sheet_of_a_million_empty_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "MAX_EMPTY_ROWS", 3)
    assert "too many empty rows" in refusal(csv_of(ROW) + b"\r\n" * 5)


def test_an_empty_first_row_is_refused() -> None:
    assert "first row" in refusal(b"\r\n" + csv_of(ROW))


def test_a_pack_that_unpacks_to_too_much_is_refused_unread() -> None:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack,
        pack.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(b"0" * 1024 * 1024)
    assert len(packed.getvalue()) < 1024 * 1024
    assert "unpacks to too much" in refusal(packed.getvalue())


def test_a_pack_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_module, "MAX_PARTS", 3)
    assert "unpacks to too much" in refusal(xlsx_of(HEADINGS, [CELLS]))


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """An XLSX with one part put in the place of its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return packed.getvalue()


def test_entities_in_a_spreadsheets_xml_are_not_expanded() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
        b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    )
    data = with_part(xlsx_of(HEADINGS, [CELLS]), "xl/worksheets/sheet1.xml", bomb)
    assert "cannot be read as XLSX" in refusal(data)


@pytest.mark.parametrize("keep", [10, 100, 2000])
def test_half_a_spreadsheet_is_refused(keep: int) -> None:
    assert refusal(xlsx_of(HEADINGS, [CELLS])[:keep]).endswith(".")


def test_a_zip_that_is_no_spreadsheet_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("content.xml", "<office/>")
    assert "cannot be read as XLSX" in refusal(packed.getvalue())


def test_headings_are_ours_however_they_are_written() -> None:
    headings = ["NUMBER", "First Name", "last-name", "Address_Line 1", "Notes"]
    assert named(headings) == {
        "number": "NUMBER",
        "first_name": "First Name",
        "last_name": "last-name",
        "address_line_1": "Address_Line 1",
    }


def test_other_words_for_a_column_are_guessed_only_where_somebody_looks() -> None:
    headings = ["Member No.", "Surname", "Forename", "Holding", "Date joined", "Type", "E-mail"]
    assert named(headings) == {"email": "E-mail"}
    assert guessed(headings) == {
        "number": "Member No.",
        "last_name": "Surname",
        "first_name": "Forename",
        "shares": "Holding",
        "joined": "Date joined",
        "email": "E-mail",
    }
    assert [column.name for column in missing(guessed(headings))] == ["class"]


def test_our_own_name_goes_before_another_word_for_the_same() -> None:
    assert guessed(["Surname", "last_name"])["last_name"] == "last_name"


def test_headings_alone_are_read_without_the_rows() -> None:
    assert headings_of(csv_of(ROW)) == HEADINGS
    assert headings_of(xlsx_of(HEADINGS, [CELLS])) == HEADINGS


def test_progress_is_told_every_few_hundred_rows() -> None:
    told: list[tuple[int, int, str]] = []
    data = csv_of(*[ROW] * 1200)
    table: Table = read_table(data, lambda *args: told.append(args))
    assert len(table.rows) == 1200
    assert [done for done, _total, _what in told] == [500, 1000]
    assert all(total >= 1000 for _done, total, _what in told)
