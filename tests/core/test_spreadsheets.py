"""Cells that a spreadsheet would take for a formula."""

from __future__ import annotations

import io
import zipfile

import pytest

from core.spreadsheets import csv_response, safe_cell, zip_response


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "-1e", "-a", "-1\n", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
)
def test_a_cell_that_could_be_run_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_other_cells_stay_as_they_are() -> None:
    assert [safe_cell(value) for value in ("a=b", 5, None, "")] == ["a=b", "5", "", ""]


def test_a_number_below_zero_stays_a_number() -> None:
    assert [safe_cell(value) for value in (-3, "-10.00")] == ["-3", "-10.00"]


def test_a_file_to_download_is_never_stored() -> None:
    response = csv_response("people.csv", ["name"], [['Łukasz, "Luke"']])
    assert response["Cache-Control"] == "no-store"
    assert response.content.decode("utf-8-sig").splitlines() == ["name", '"Łukasz, ""Luke"""']


def test_a_pack_holds_its_files_and_is_never_stored() -> None:
    files = {"people.json": b"{}", "letters/Łukasz.pdf": b"%PDF-1.7"}
    response = zip_response("pack.zip", files)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="pack.zip"'
    assert response["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(response.content)) as pack:
        assert {name: pack.read(name) for name in pack.namelist()} == files
