"""Which kind of file it is, and its table."""

from __future__ import annotations

from members.importing.faults import FileFaultError
from members.importing.tables import MAX_BYTES, Progress, Table, quiet, read_csv
from members.importing.xlsx import looks_like_xlsx, read_xlsx


def read_table(data: bytes, progress: Progress = quiet) -> Table:
    """The headings and rows of a CSV or XLSX file. Raises FileFaultError."""
    return _read(data, progress, only_headings=False)


def headings_of(data: bytes) -> list[str]:
    """Only the headings, to choose the columns from. Raises FileFaultError."""
    return [one for one in _read(data, quiet, only_headings=True).headings if one]


def _read(data: bytes, progress: Progress, only_headings: bool) -> Table:
    if len(data) > MAX_BYTES:
        raise FileFaultError(f"The file is larger than {MAX_BYTES // 1024**2} MB.")
    if not data.strip():
        raise FileFaultError("The file is empty.")
    reader = read_xlsx if looks_like_xlsx(data) else read_csv
    return reader(data, progress, only_headings)
