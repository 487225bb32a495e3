"""The stage sheet in its forms, and the command that prints it."""

import csv
import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from governance.counting import Ballot, Contest, count, read_blt
from governance.counting.report import count_files

REPO = Path(__file__).resolve().parents[3]
WARDS = REPO / "tests" / "fixtures" / "wards"
DUMFRIES = WARDS / "dumgal_2017_ward6.blt"
SPEYSIDE = WARDS / "moray_2017_ward1.blt"


def small() -> Contest:
    """Ann is over the quota of 4, Cy last, and Bo fills the second seat."""
    ballots = (Ballot((1, 2), 6), Ballot((2,), 2), Ballot((3,), 2))
    return Contest(("Ann", "Bo", "Cy"), 2, ballots, title="Board")


def test_the_stage_sheet_as_plain_values() -> None:
    told = count(small()).as_dict()
    assert {key: told[key] for key in ("title", "rules", "seats", "quota", "valid", "elected")} == {
        "title": "Board",
        "rules": "scottish-stv",
        "seats": 2,
        "quota": 4,
        "valid": 10,
        "elected": ["Ann", "Bo"],
    }
    stage = told["stages"][1]
    del stage["words"]
    assert stage == {
        "n": 2,
        "action": "Surplus of Ann",
        "quota": 4,
        "totals": {"Ann": "4.00000", "Bo": "3.99998", "Cy": "2.00000"},
        "transfers": {"Ann": "-2.00000", "Bo": "1.99998", "Cy": "0.00000"},
        "non_transferable": "0.00002",
        "lost_to_rounding": "0.00002",
        "elected": [],
        "excluded": [],
    }
    assert json.loads(json.dumps(told)) == told


def test_the_count_in_words() -> None:
    assert count(small()).in_words() == [
        "10 valid papers, 3 candidates, 2 seats.",
        "The quota was 4.",
        "Elected: Ann and Bo.",
        "Each paper was counted for its first preference.",
        "Ann was elected at stage 1 because 6 votes passed the quota of 4.",
        "Ann had 6 votes, 2 more than the quota. All the papers went to their next preferences, "
        "each at 2 ÷ 6 of the value it had. Dropped fractions came to 0.00002 votes.",
        "Cy was excluded at stage 3, having the fewest votes (2). The papers went to their next "
        "preferences at the value they had. Papers with no further preference came to 2 votes.",
        "Bo was elected at stage 3 with 3.99998 votes, without needing the quota, because no more "
        "candidates were left than there were seats to fill.",
    ]


def test_ties_are_told_in_words() -> None:
    looked_back = Contest(
        ("Ann", "Bo", "Cy", "Dee"),
        1,
        (Ballot((1,), 7), Ballot((2,), 4), Ballot((3,), 3), Ballot((4, 3))),
    )
    words = count(looked_back).in_words()
    assert (
        "Bo and Cy had the same number of votes. Looking back, stage 1 is the last at which they "
        "can be told apart: Cy had the fewest votes then, so Cy was excluded."
    ) in words
    by_lot = Contest(("Ann", "Bo", "Cy"), 1, (Ballot((1,), 3), Ballot((2,)), Ballot((3,))))
    assert (
        "Bo and Cy had the same number of votes. Looking back at every stage does not tell Bo and "
        "Cy apart, so the lot order published before the count decided: Bo was excluded."
    ) in count(
        Contest(by_lot.candidates, 1, (Ballot((1,), 2), *by_lot.ballots[1:])), lot_order=(1, 3, 2)
    ).in_words()


def test_withdrawn_candidates_are_mentioned_once() -> None:
    contest = Contest(("Ann", "Bo", "Cy"), 1, (Ballot((2, 1)),), withdrawn=frozenset({2}))
    words = count(contest).in_words()
    assert [line for line in words if "Bo" in line] == [
        "Bo withdrew and was left out of the count; papers passed straight to the next preference."
    ]


def test_the_stage_sheet_as_csv() -> None:
    rows = list(csv.reader(io.StringIO(count(small()).as_csv())))
    assert rows[0][:4] == [
        "Candidate",
        "Stage 1: First preferences",
        "Stage 2: Surplus of Ann – transfer",
        "Stage 2: Surplus of Ann – total",
    ]
    assert rows[1] == [
        *("Ann", "6.00000", "-2.00000", "4.00000", "0.00000", "4.00000"),
        "Elected at stage 1",
    ]
    assert rows[3][-1] == "Excluded at stage 3"
    assert rows[4][0] == "Non-transferable"


def test_a_name_cannot_become_a_formula_in_a_spreadsheet() -> None:
    contest = Contest(('=HYPERLINK("x")', "Bo"), 1, (Ballot((1,)),))
    rows = list(csv.reader(io.StringIO(count(contest).as_csv())))
    assert rows[1][0] == '\'=HYPERLINK("x")'


def test_bad_files_are_reported_in_their_place_and_stop_nothing(tmp_path: Path) -> None:
    latin = tmp_path / "latin.blt"
    latin.write_bytes("1 1\n0\nSiân\n".encode("latin-1"))
    empty = tmp_path / "empty.blt"
    empty.touch()
    files = ["missing.blt", SPEYSIDE, tmp_path, latin, empty, "/dev/null", "a\0b", DUMFRIES]
    reports = list(count_files(map(str, files), "scottish-stv"))
    assert [report.file for report in reports] == [str(file) for file in files]
    assert [report.error for report in reports] == [
        "There is no such file.",
        "",
        "This is a folder, not a BLT file.",
        "Line 3: this is not text in UTF-8.",
        "Line 1: the file is empty.",
        "This is not an ordinary file.",
        "The file cannot be read: its name is not valid.",
        "",
    ]
    assert json.loads(reports[0].as_json()) == {
        "file": "missing.blt",
        "error": "There is no such file.",
    }
    assert reports[0].as_text() == "missing.blt: There is no such file.\n"


def test_a_file_that_may_not_be_read_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    (report,) = count_files([str(SPEYSIDE)], "scottish-stv")
    assert report.error == "The file cannot be read: Permission denied."


def test_rules_that_do_not_fit_are_reported() -> None:
    (report,) = count_files([str(SPEYSIDE)], "av")
    assert "fills one seat, but this contest has 3" in report.error


def test_the_table_shows_every_stage() -> None:
    (report,) = count_files([str(SPEYSIDE)], "scottish-stv")
    text = report.as_text()
    assert "Elected: Walter WILSON (C), Derek ROSS (Ind) and Louise Margaret LAING (SNP)." in text
    row = next(line for line in text.splitlines() if line.startswith("Derek ROSS"))
    assert row.split()[3:] == ["858.00000", "1106.45932*", "910.00000", "910.00000"]


def count_votes(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an officer would, with a database that does not exist."""
    return subprocess.run(
        [sys.executable, "manage.py", "count_votes", *arguments],
        cwd=REPO,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_prints_a_line_of_json_for_each_file_and_needs_no_database() -> None:
    done = count_votes(str(SPEYSIDE), "missing.blt", str(DUMFRIES), "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(SPEYSIDE), "missing.blt", str(DUMFRIES)]
    assert lines[0] == {"file": str(SPEYSIDE)} | count(read_blt(SPEYSIDE.read_text())).as_dict()
    assert lines[1] == {"file": "missing.blt", "error": "There is no such file."}
    assert done.returncode == 1
    assert "1 of 3 files could not be counted." in done.stderr


def test_the_command_succeeds_when_every_file_counts() -> None:
    done = count_votes(str(SPEYSIDE), "--rules", "meek")
    assert done.returncode == 0
    assert "Elected: Walter WILSON (C)" in done.stdout
    assert done.stderr == ""
