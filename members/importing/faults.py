"""What is wrong with a file of members, and what is only worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

#: The headings are row 1; 0 is the file as a whole.
WHOLE_FILE = 0
HEADINGS = 1
#: The "field" of what is wrong with the file or with a whole row.
FILE = "file"


class Fault(NamedTuple):
    """One thing that stops an import, in a sentence. It never repeats what a cell says."""

    row: int
    field: str
    message: str


class Note(NamedTuple):
    """Something to look at that stops nothing. `member` is the number of the member it is about,
    where that is somebody in the register."""

    row: int
    field: str
    message: str
    member: int | None = None


@dataclass
class FileFaultError(Exception):
    """The file cannot be read at all."""

    message: str
    row: int = WHOLE_FILE
    field: str = FILE

    @property
    def fault(self) -> Fault:
        return Fault(self.row, self.field, self.message)
