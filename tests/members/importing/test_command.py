"""`manage.py import_members`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.models import Member
from tests.members.importing.files import HEADINGS, ROW, csv_of, members, row, typed, xlsx_of
from tests.members.importing.tables import everything

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> tuple[int, str]:
    """What it exits with, and what it prints."""
    out = io.StringIO()
    try:
        call_command("import_members", str(path), *options, stdout=out)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue()
    return 0, out.getvalue()


def as_json(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code, printed = run(path, "--json", *options)
    return code, json.loads(printed)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_bytes(csv_of(*members(30)))
    return path


def test_with_json_it_prints_the_outcome_and_nothing_else(file: Path) -> None:
    good = {"rows": 30, "created": 30, "updated": 0, "unchanged": 0, "errors": []}
    assert as_json(file, "--dry-run") == (0, good)
    assert not Member.objects.exists()
    assert as_json(file) == (0, good)
    assert as_json(file) == (0, good | {"created": 0, "unchanged": 30})
    assert Member.objects.count() == 30


def test_a_dry_run_writes_nothing_at_all(file: Path) -> None:
    before = everything()
    run(file, "--dry-run")
    assert everything() == before


def test_faults_are_errors_by_row_and_field_and_it_exits_1(file: Path) -> None:
    file.write_bytes(csv_of(ROW, row(number="102", email="no", joined="2030-01-01"), ROW))
    before = everything()
    code, outcome = as_json(file)
    assert code == 1
    assert outcome["rows"] == 3
    assert (outcome["created"], outcome["updated"], outcome["unchanged"]) == (0, 0, 0)
    assert outcome["errors"][0] == {
        "row": 3,
        "field": "email",
        "message": "This is not an e-mail address.",
    }
    assert [(one["row"], one["field"]) for one in outcome["errors"]] == [
        (3, "email"),
        (3, "joined"),
        (4, "email"),
        (4, "number"),
    ]
    assert everything() == before


def test_a_file_that_is_no_table_is_an_error_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\x00\x81")
    code, outcome = as_json(path)
    assert code == 1
    assert [(one["row"], one["field"]) for one in outcome["errors"]] == [(0, "file")]


def test_an_xlsx_file_comes_in_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "members.xlsx"
    path.write_bytes(xlsx_of(HEADINGS, [typed(one) for one in members(30)]))
    assert as_json(path)[1]["created"] == 30


def test_without_json_it_says_in_words_how_it_went(file: Path) -> None:
    file.write_bytes(
        csv_of(row(), row(number="102", first_name="Tom", address_line_1="", notes="x"))
    )
    code, printed = run(file, "--dry-run")
    assert code == 0
    assert "2 rows: 2 members would be entered with 50 shares" in printed
    assert "2 of the new members have no evidence on file" in printed
    assert "1 of the new members have no postal address" in printed
    assert "Note, row 3, email: Row 2 has the same e-mail address" in printed
    assert "Columns that are not ours: notes." in printed


def test_without_json_faults_are_named_a_line_each(file: Path) -> None:
    file.write_bytes(csv_of(*[row(shares="x")] * 60))
    code, printed = run(file)
    assert code == 1
    assert "Row 2, shares: Enter a whole number, in figures." in printed
    assert "more; --json names them all." in printed
    assert printed.rstrip().endswith("60 rows: nothing was changed.")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "nowhere.csv")


def test_who_looks_on_sees_how_far_it_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.StringIO()
    monkeypatch.setattr("sys.stderr", errors)
    monkeypatch.setattr(errors, "isatty", lambda: True, raising=False)
    file.write_bytes(csv_of(*members(600)))
    out = io.StringIO()
    call_command("import_members", str(file), "--json", "--dry-run", stdout=out, stderr=errors)
    assert "Reading the file: 500 of" in errors.getvalue()
    assert json.loads(out.getvalue())["rows"] == 600
