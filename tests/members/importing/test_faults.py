"""What stops an import: every row and field that is wrong is named, not only the first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.members.importing.files import ROW, csv_of, row, xlsx_of
from tests.members.importing.register import Register, faults


def plan(*rows: Any) -> Any:
    return Register().plan(*rows)


def test_a_good_row_has_no_fault() -> None:
    good = plan(ROW)
    assert good.faults == []
    assert good.counts() == {"rows": 1, "created": 1, "updated": 0, "unchanged": 0}


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"number": ""}, "number", "empty"),
        ({"number": "0"}, "number", "from 1"),
        ({"number": "-4"}, "number", "above nought"),
        ({"number": "12a"}, "number", "whole number"),
        ({"number": "1.5"}, "number", "whole number"),
        ({"number": "99999999999"}, "number", "whole number"),
        ({"number": "9999999999"}, "number", "too large"),
        ({"number": "٣"}, "number", "whole number"),
        ({"first_name": " \u00a0 "}, "first_name", "needs a first name"),
        ({"last_name": ""}, "last_name", "needs a last name"),
        ({"first_name": "R" * 61}, "first_name", "longer than 60"),
        ({"last_name": "W" * 61}, "last_name", "longer than 60"),
        ({"first_name": "Ro\x07sa"}, "first_name", "not text"),
        ({"last_name": "White\nley"}, "last_name", "line break"),
        ({"last_name": "White\u202eley"}, "last_name", "not text"),
        ({"email": "rosa@"}, "email", "not an e-mail address"),
        ({"email": "rosa@example.org, tom@example.org"}, "email", "not an e-mail address"),
        ({"email": f"{'r' * 250}@example.org"}, "email", "longer than 254"),
        ({"postcode": "QX7"}, "postcode", "full UK postcode"),
        ({"postcode": "QX7 2ABC DEF"}, "postcode", "full UK postcode"),
        ({"phone": "12345"}, "phone", "10 to 15 figures"),
        ({"phone": "call Rosa"}, "phone", "10 to 15 figures"),
        ({"address_line_1": "M" * 121}, "address_line_1", "longer than 120"),
        ({"address_line_2": "M" * 121}, "address_line_2", "longer than 120"),
        ({"town": "D" * 61}, "town", "longer than 60"),
        ({"format": "Braille"}, "format", "one of standard"),
        ({"klass": ""}, "class", "empty"),
        ({"klass": "friend"}, "class", "Use one of supported"),
        ({"joined": ""}, "joined", "empty"),
        ({"joined": "last year"}, "joined", "such as 2019-03-05"),
        ({"joined": "05/03/19"}, "joined", "such as 2019-03-05"),
        ({"joined": "03/25/2019"}, "joined", "no such day"),
        ({"joined": "2019-02-30"}, "joined", "no such day"),
        ({"joined": "2026-03-04"}, "joined", "still to come"),
        ({"joined": "0219-03-05"}, "joined", "before 1900"),
        ({"shares": ""}, "shares", "empty"),
        ({"shares": "0"}, "shares", "takes from 1 to 100,000"),
        ({"shares": "-5"}, "shares", "above nought"),
        ({"shares": "2.5"}, "shares", "whole number"),
        ({"shares": "£25"}, "shares", "whole number"),
        ({"shares": "1,00"}, "shares", "whole number"),
        ({"shares": "100001"}, "shares", "takes from 1 to 100,000"),
        ({"shares": "24", "klass": "investor"}, "shares", "takes from 25"),
        ({"ceased": "2019-03-04"}, "ceased", "before the day on which they joined"),
        ({"ceased": "2026-03-04"}, "ceased", "still to come"),
        ({"ceased_because": "Moved away"}, "ceased_because", "no date ceased"),
        ({"born": "2019-03-05"}, "born", "not before the day on which they joined"),
        ({"born": "yesterday"}, "born", "such as"),
        ({"organisation_name": "Weir Trust"}, "organisation_name", "class for people"),
        ({"registered_society": "perhaps"}, "registered_society", "yes or no"),
        ({"organisation_kind": "club", "klass": "organisation"}, "organisation_kind", "one of"),
        (
            {"klass": "organisation", "first_name": "", "last_name": ""},
            "last_name",
            "An organisation needs a name",
        ),
        (
            {"klass": "organisation", "first_name": "T" * 60, "last_name": "W" * 60},
            "last_name",
            "whole name is longer than 120",
        ),
    ],
)
def test_one_cell_that_is_wrong_is_one_fault(
    changes: dict[str, str], field: str, says: str
) -> None:
    found = plan(row(**changes))
    assert faults(found) == [(2, field)]
    assert says in found.faults[0].message
    assert found.counts() == {"rows": 1, "created": 0, "updated": 0, "unchanged": 0}


def test_every_fault_of_every_row_is_named_in_the_files_order() -> None:
    found = plan(
        row(),
        row(number="102", email="no", shares="none", joined="2030-01-01"),
        row(number="103", email="ann@example.org", first_name="Ann", klass="friend"),
        row(number="102", email="tom@example.org", first_name="Tom"),
    )
    assert faults(found) == [
        (3, "email"),
        (3, "joined"),
        (3, "shares"),
        (4, "class"),
        (5, "number"),
    ]


def test_a_fault_never_repeats_what_the_cell_says() -> None:
    secret = "Quillfeather"
    wrong = dict.fromkeys([*ROW, "phone", "born", "ceased", "format", "registered_society"], secret)
    found = plan(wrong)
    assert len(found.faults) >= 9
    assert all(secret not in fault.message for fault in found.faults)


@pytest.mark.parametrize("gone", ["number", "first_name", "last_name", "class", "joined", "shares"])
def test_a_column_that_is_missing_is_a_fault_of_the_headings(gone: str) -> None:
    cells = {name: value for name, value in ROW.items() if name != gone}
    found = Register().plan_of(xlsx_of(list(cells), [list(cells.values())]))
    assert faults(found) == [(1, gone)]


@pytest.mark.parametrize("gone", ["email", "address_line_1", "town", "postcode"])
def test_columns_for_reaching_people_may_be_missing(gone: str) -> None:
    cells = {name: value for name, value in ROW.items() if name != gone}
    assert Register().plan_of(xlsx_of(list(cells), [list(cells.values())])).is_good


def test_two_columns_with_one_heading_are_a_fault() -> None:
    found = Register().plan_of(xlsx_of([*ROW, "E-mail"], [[*ROW.values(), "rosa@example.org"]]))
    assert faults(found) == [(1, "email")]


def test_columns_in_any_order_and_more_than_ours_are_read() -> None:
    data = xlsx_of(["Notes", *reversed(list(ROW))], [["Likes wool", *reversed(ROW.values())]])
    found = Register().plan_of(data)
    assert found.is_good
    assert list(found.ignored) == ["Notes"]
    assert found.entries[0].row.contact["email"] == "rosa@example.org"


def test_a_file_without_rows_is_a_fault() -> None:
    assert faults(plan()) == [(0, "file")]


def test_a_row_with_more_cells_than_headings_is_a_fault() -> None:
    data = csv_of(ROW).rstrip() + b",surplus\r\n"
    assert faults(Register().plan_of(data)) == [(2, "file")]
    assert Register().plan_of(csv_of(ROW).rstrip() + b",,\r\n").is_good


def test_a_formula_or_an_error_in_a_cell_of_ours_is_a_fault() -> None:
    cells = ROW | {"shares": "=5*5", "town": "#REF!"}
    data = xlsx_of([*cells, "Notes"], [[*cells.values(), "=1"]])
    assert faults(Register().plan_of(data)) == [(2, "shares"), (2, "town")]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2019-03-05", dt.date(2019, 3, 5)),
        ("05/03/2019", dt.date(2019, 3, 5)),
        ("5/3/2019", dt.date(2019, 3, 5)),
        ("2026-03-03", dt.date(2026, 3, 3)),
    ],
)
def test_dates_are_written_in_either_way_and_may_be_today(cell: str, day: dt.date) -> None:
    found = plan(row(joined=cell))
    assert found.entries[0].row.joined == day


@pytest.mark.parametrize("cell", ["1000", "1,000", "1000.00", " 1000 "])
def test_whole_numbers_are_taken_as_programs_write_them(cell: str) -> None:
    assert plan(row(shares=cell)).entries[0].shares == 1000


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"phone": "1632960001"}, {"phone": "01632960001"}),
        ({"phone": "01632-960-001"}, {"phone": "01632 960 001"}),
        ({"phone": "'+44 1632 960001"}, {"phone": "+44 1632 960001"}),
        ({"postcode": "qx72ab"}, {"postcode": "QX7 2AB"}),
        ({"town": "  Dam  side "}, {"town": "Dam side"}),
        ({"format": "LARGE"}, {"format": "large"}),
    ],
)
def test_cells_are_brought_into_their_usual_form(
    told: dict[str, str], kept: dict[str, str]
) -> None:
    found = plan(row(**told))
    assert found.faults == []
    assert found.entries[0].holder.details.items() >= kept.items()


@pytest.mark.parametrize("cell", ["worker", "Worker", " WORKER ", "Care worker"])
def test_a_class_is_named_by_its_code_or_its_name(cell: str) -> None:
    assert plan(row(klass=cell)).entries[0].member_class.code == "worker"


def test_a_member_who_has_ceased_may_hold_none_or_fewer_than_the_class_asks() -> None:
    for shares in ("0", "10"):
        assert plan(row(ceased="2020-01-01", shares=shares, klass="investor")).is_good
    many = plan(row(ceased="2020-01-01", shares="100001"))
    assert faults(many) == [(2, "shares")]
