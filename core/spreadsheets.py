"""Files that people take away: tables for a spreadsheet, and packs of several files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"-\d+(\.\d+)?")


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula: those get an apostrophe. A plain
    number below zero can do nothing and stays one, to be added up."""
    text = "" if value is None else str(value)
    is_formula = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def csv_file(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8, with the mark that Excel looks for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def csv_response(
    filename: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """A CSV file to download; never stored."""
    response = HttpResponse(csv_file(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response


def zip_file(files: Mapping[str, bytes]) -> bytes:
    """A pack of files as one zip. `files`: name in the pack → content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return packed.getvalue()


def zip_response(filename: str, files: Mapping[str, bytes]) -> HttpResponse:
    """A pack of files to download as one zip; never stored. `files` as in `zip_file`."""
    response = HttpResponse(zip_file(files), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response
