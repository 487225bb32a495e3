"""Files of members and holdings: read, every cell checked, compared with the register.

Knows no rows of the database and no clock: `members.import_builder` turns rows into its plain
facts and its plan back into rows. docs/import.md says the same for who has such a file.
"""

from members.importing.checking import check
from members.importing.columns import BY_NAME, COLUMNS, REQUIRED, Column, guessed, missing, named
from members.importing.faults import Fault, FileFaultError, Note
from members.importing.plan import Plan
from members.importing.reading import headings_of, read_table
from members.importing.rows import Rows, read_rows
from members.importing.tables import MAX_BYTES, MAX_ROWS, Progress, Table, quiet

__all__ = [
    "BY_NAME",
    "COLUMNS",
    "MAX_BYTES",
    "MAX_ROWS",
    "REQUIRED",
    "Column",
    "Fault",
    "FileFaultError",
    "Note",
    "Plan",
    "Progress",
    "Rows",
    "Table",
    "check",
    "guessed",
    "headings_of",
    "missing",
    "named",
    "quiet",
    "read_rows",
    "read_table",
]
