"""BLT, the usual file format for ranked ballots.

    4 2                 four candidates, two seats
    -3                  candidate 3 has withdrawn (there may be several, on a line or on many)
    12 1 4 2 0          twelve papers with the preferences 1, 4, 2
    0                   end of the ballots
    "Ann Dyson"         the names, one to a line, with or without quotation marks
    …
    "Election title"    may be left out

Blank lines are skipped. In the numbers, and on a line of its own, `#` starts a comment. Inside a
name in quotation marks, two quotation marks together stand for one.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from governance.counting.contest import Ballot, Contest, CountError, tidy

MOST_CANDIDATES = 1_000
MOST_PAPERS = 1_000_000_000
PLAIN_NUMBERS = re.compile(r"[0-9]{1,9}(?: +[0-9]{1,9})*")


class BltError(CountError):
    """A BLT text that cannot be read; the message starts with the line number."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"Line {line}: {problem}")
        self.line = line


@dataclass
class _Lines:
    """The lines that say something, with their numbers, taken one by one."""

    lines: list[tuple[int, str]]
    last: int  # the number of the last line of the file
    position: int = 0

    def next(self) -> tuple[int, str] | None:
        if self.position == len(self.lines):
            return None
        self.position += 1
        return self.lines[self.position - 1]


def read_blt(text: str, name: str = "") -> Contest:
    """Read a contest. `name` is its title where the text has none.

    Raises BltError, with the line and a sentence, for anything that is not a sound BLT.
    """
    lines = _lines(text)
    count, seats = _header(lines)
    withdrawn: set[int] = set()
    ballots: list[Ballot] = []
    seen: dict[str, Ballot] = {}
    while True:
        line = lines.next()
        if line is None:
            raise BltError(
                lines.last,
                "the file ends before the line “0” that closes the list of ballots.",
            )
        number, content = line
        ballot = seen.get(content)
        if ballot is None:
            if content[0] not in "-0123456789":
                raise BltError(
                    number,
                    f"“{_short(content)}” is neither a ballot nor the line “0” that closes the "
                    "list of ballots.",
                )
            numbers = _numbers(number, content)
            if numbers == [0]:
                break
            if max(numbers) < 0:
                _withdraw(number, numbers, count, withdrawn, too_late=bool(ballots))
                continue
            ballot = seen[content] = _ballot(number, numbers, count)
        ballots.append(ballot)
    names = _names(lines, count)
    return Contest(
        candidates=tuple(names[:count]),
        seats=seats,
        ballots=tuple(ballots),
        title=(names[count] if len(names) > count else "") or name,
        withdrawn=frozenset(withdrawn),
    )


def write_blt(contest: Contest) -> str:
    """Write a contest so that `read_blt` gives back the same one, ballots in the same order."""
    out = [f"{len(contest.candidates)} {contest.seats}"]
    out += [f"-{candidate}" for candidate in sorted(contest.withdrawn)]
    for preferences, weight in contest.ballots:
        out.append(" ".join(map(str, (weight, *preferences, 0))))
    out.append("0")
    for name in (*contest.candidates, contest.title):
        out.append('"' + name.replace('"', '""') + '"')
    return "\n".join(out) + "\n"


def _lines(text: str) -> _Lines:
    raw = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    lines = []
    for number, line in enumerate(raw, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if not line.isprintable() and re.search(r"[\x00-\x08\x0e-\x1f\x7f]", line):
            raise BltError(number, "this is not text, so the file cannot be a BLT.")
        lines.append((number, line))
    if not lines:
        raise BltError(1, "the file is empty.")
    return _Lines(lines, lines[-1][0])


def _numbers(number: int, content: str) -> list[int]:
    """The whole numbers on a line, without the comment after them."""
    if PLAIN_NUMBERS.fullmatch(content):
        return list(map(int, content.split()))
    content = content.partition("#")[0].strip()
    if "," in content:
        raise BltError(number, "numbers in a BLT are separated by spaces, not commas.")
    numbers = []
    for word in content.split():
        if not re.fullmatch(r"-?[0-9]+", word):
            raise BltError(number, _not_a_number(word))
        if len(word) > 12:
            raise BltError(number, f"the number {_short(word)} is too large to be right.")
        numbers.append(int(word))
    return numbers


def _not_a_number(word: str) -> str:
    if re.fullmatch(r"[0-9]+(=[0-9]+)+", word):
        return f"“{_short(word)}” ranks candidates equally, which these rules do not allow."
    if word == "-":
        return "a preference is skipped with “-”, which these rules do not allow."
    return f"“{_short(word)}” is not a whole number."


def _short(word: str) -> str:
    return word if len(word) <= 20 else word[:20] + "…"


def _header(lines: _Lines) -> tuple[int, int]:
    number, content = lines.next() or (1, "")
    numbers = _numbers(number, content)
    if len(numbers) != 2:
        raise BltError(
            number,
            "the first line must hold two numbers: how many candidates and how many seats.",
        )
    count, seats = numbers
    if count < 1:
        raise BltError(number, "there must be at least one candidate.")
    if count > MOST_CANDIDATES:
        raise BltError(number, f"more than {MOST_CANDIDATES:,} candidates cannot be right.")
    if seats < 1:
        raise BltError(number, "there must be at least one seat to fill.")
    return count, seats


def _withdraw(
    number: int, numbers: list[int], count: int, withdrawn: set[int], *, too_late: bool
) -> None:
    if too_late:
        raise BltError(number, "withdrawn candidates must be listed before the first ballot.")
    for candidate in (-n for n in numbers):
        _check_candidate(number, candidate, count)
        if candidate in withdrawn:
            raise BltError(number, f"candidate {candidate} is listed as withdrawn twice.")
        withdrawn.add(candidate)


def _ballot(number: int, numbers: list[int], count: int) -> Ballot:
    weight, *preferences = numbers
    if weight < 1:
        raise BltError(
            number,
            f"a ballot line must stand for at least 1 paper, but this one says {weight}.",
        )
    if weight > MOST_PAPERS:
        raise BltError(number, f"more than {MOST_PAPERS:,} papers on one line cannot be right.")
    if not preferences or preferences[-1] != 0:
        raise BltError(number, "a ballot line must end with 0.")
    preferences.pop()
    if len(set(preferences)) < len(preferences) or not all(0 < c <= count for c in preferences):
        _refuse_preferences(number, preferences, count)
    return Ballot(tuple(preferences), weight)


def _refuse_preferences(number: int, preferences: list[int], count: int) -> NoReturn:
    """Say which preference is wrong."""
    if 0 in preferences:
        raise BltError(number, "there is a 0 before the end of the ballot line.")
    for candidate in preferences:
        _check_candidate(number, candidate, count)
    twice = next(c for c in preferences if preferences.count(c) > 1)
    raise BltError(number, f"candidate {twice} is given two preferences.")


def _check_candidate(number: int, candidate: int, count: int) -> None:
    if not 1 <= candidate <= count:
        raise BltError(
            number,
            f"there is no candidate {candidate}; candidates are numbered 1 to {count}.",
        )


def _names(lines: _Lines, count: int) -> list[str]:
    names: list[str] = []
    while line := lines.next():
        number, content = line
        name = tidy(_name(number, content))
        if len(names) > count:
            raise BltError(
                number,
                f"there is more text after the names of {count} candidates and the title.",
            )
        if not name and len(names) < count:
            raise BltError(number, f"candidate {len(names) + 1} has an empty name.")
        names.append(name)
    if len(names) < count:
        raise BltError(
            lines.last,
            f"the file ends after {len(names)} of the {count} candidates’ names.",
        )
    return names


def _name(number: int, content: str) -> str:
    """A name as written, without the quotation marks around it and a comment after those."""
    quoted = re.fullmatch(r'"((?:[^"]|"")*)"\s*(#.*)?', content)
    if quoted:
        return quoted[1].replace('""', '"')
    if not content.startswith('"'):
        return content
    if re.search(r'"\s*,\s*("|$)', content):
        raise BltError(number, "a name must not be followed by a comma.")
    if re.search(r'[^"]"\s+"[^"]', content):
        raise BltError(number, "each name must be on a line of its own.")
    if content.count('"') % 2:
        raise BltError(number, "a quotation mark is opened but never closed.")
    # An unquoted name that begins with a nickname, or one with plain quotation marks inside.
    return content[1:-1] if content.endswith('"') else content
