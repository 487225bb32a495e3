"""Whatever bytes arrive: a plan, or faults in sentences, and nothing else."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from members.importing import FileFaultError, Table, guessed, headings_of, read_rows, read_table
from members.importing.checking import check
from tests.members.importing.files import HEADINGS, ROW, csv_of, members, typed, xlsx_of
from tests.members.importing.register import TODAY, Register

CSV = csv_of(*members(3))
XLSX = xlsx_of(HEADINGS, [typed(one) for one in members(3)])
MARKS = [b'"', b",", b";", b"\t", b"\n", b"\r", b"'", b"=", b"\x00", b"\x85", b"\xff\xfe", b"PK"]
pieces = st.one_of(st.binary(max_size=8), st.sampled_from([*MARKS, b"9" * 5000, b"\xef\xbb\xbf"]))
REGISTER = Register()
REGISTER.member(1, REGISTER.person("Ann", "Shaw", email="member1@example.org"))


def read(data: bytes) -> Table | str:
    try:
        headings_of(data)
        return read_table(data)
    except FileFaultError as error:
        return error.message


def holds(data: bytes) -> None:
    """The file is understood or refused; a plan adds up."""
    table = read(data)
    if isinstance(table, str):
        assert table.endswith(".")
        return
    rows = read_rows(table, guessed(table.headings), TODAY)
    plan = check(rows, REGISTER.known())
    assert plan.rows == len(table.rows) + len(table.faults)
    assert all(fault.field and fault.message.endswith(".") for fault in plan.faults)
    if plan.is_good:
        counts = plan.counts()
        assert counts["rows"] == counts["created"] + counts["updated"] + counts["unchanged"] > 0
        numbers = [entry.row.number for entry in plan.entries]
        assert len(set(numbers)) == len(numbers)
        assert all(entry.row.joined and entry.row.joined <= TODAY for entry in plan.entries)


@given(st.binary(max_size=400))
@example(b"\r")
@example(b"PK\x03\x04")
@example(b"\xff\xfe\n")
def test_any_bytes_at_all(data: bytes) -> None:
    holds(data)


@given(st.dictionaries(st.sampled_from(HEADINGS), st.text(max_size=40)), st.sampled_from(",;\t"))
def test_any_text_in_any_cell(cells: dict[str, str], delimiter: str) -> None:
    holds(csv_of(ROW | cells, ROW | {"number": "5"}, delimiter=delimiter, encoding="utf-8"))


@settings(deadline=None)
@given(st.data())
def test_a_good_file_with_bytes_taken_out_put_in_and_altered(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([CSV, XLSX]))
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(good)))
        last = data.draw(st.integers(first, min(len(good), first + 60)))
        good = good[:first] + data.draw(pieces) + good[last:]
    holds(good)


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.text(st.characters(exclude_categories=["C"]), max_size=20),
    st.sampled_from(["=1+1", "#REF!", "=A1:A5"]),
)


@settings(deadline=None)
@given(st.lists(st.lists(cells, max_size=12), max_size=4))
def test_any_values_in_a_spreadsheet(rows: list[list[object]]) -> None:
    holds(xlsx_of(HEADINGS, rows))
