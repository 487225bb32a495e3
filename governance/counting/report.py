"""Counting BLT files and telling the outcome: what `manage.py count_votes` prints."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from governance.counting import Contest, Count, CountError, count, read_blt


@dataclass(frozen=True)
class Report:
    """One file: either its count or, in a sentence, why there is none."""

    file: str
    count: Count | None = None
    error: str = ""

    def as_json(self) -> str:
        """One line: the count with its file, or {"file", "error"}."""
        if self.count is None:
            return json.dumps({"file": self.file, "error": self.error})
        return json.dumps({"file": self.file} | self.count.as_dict())

    def as_text(self) -> str:
        """For people: the outcome in words, then the stage sheet as a table."""
        if self.count is None:
            return f"{self.file}: {self.error}\n"
        title = f"{self.file}: {self.count.contest.title}".rstrip(": ")
        parts = [title, "=" * len(title), *self.count.summary(), ""]
        parts += [_table(self.count), ""]
        for stage in self.count.stages:
            parts += [f"Stage {stage.n}", *(f"  {line}" for line in self.count.explain(stage))]
        return "\n".join(parts) + "\n"


def count_files(files: Iterable[str], rules: str) -> Iterator[Report]:
    """Count each file in turn. A bad file becomes a report of its error and stops nothing."""
    for file in files:
        try:
            yield Report(file, count=count(read_file(file), rules=rules))
        except CountError as error:
            yield Report(file, error=str(error))


def read_file(file: str) -> Contest:
    """Read a BLT file, in UTF-8. Raises CountError, with a sentence, if that cannot be done."""
    path = Path(file)
    try:
        if path.is_dir():
            raise CountError("This is a folder, not a BLT file.")
        if path.exists() and not path.is_file():
            raise CountError("This is not an ordinary file.")
        return read_blt(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CountError("There is no such file.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CountError(f"Line {line}: this is not text in UTF-8.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, CountError):
            raise
        reason = error.strerror if isinstance(error, OSError) else None
        raise CountError(f"The file cannot be read: {reason or 'its name is not valid'}.") from None


def _table(counted: Count) -> str:
    """The totals at the end of each stage, in columns; "*" marks the stage of an election."""
    names = counted.contest.labels()
    rows = [["", *(f"Stage {stage.n}" for stage in counted.stages)]]
    for candidate in counted.contest.standing:
        cells = [names[candidate]]
        for stage in counted.stages:
            star = "*" if candidate in [each.candidate for each in stage.elected] else " "
            cells.append(counted.show(stage.totals[candidate]) + star)
        rows.append(cells)
    rows.append(
        ["Non-transferable", *(counted.show(s.non_transferable) + " " for s in counted.stages)]
    )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "* elected at this stage"])
