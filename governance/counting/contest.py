"""What is counted: a contest, its candidates and its ballots."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class CountError(ValueError):
    """A contest that cannot be counted. The message is a sentence that a person can read."""


class Ballot(NamedTuple):
    """Candidate numbers in order of preference, and how many papers say exactly this."""

    preferences: tuple[int, ...]
    weight: int = 1


# Papers that say the same are handled together: (preferences, how many).
Paper = tuple[tuple[int, ...], int]


@dataclass(frozen=True)
class Contest:
    """One election as it stood when voting closed.

    Candidates are numbered from 1 in the order of the ballot paper: candidate `n` is
    `candidates[n - 1]`. A withdrawn candidate is counted as if never there. A ballot may be empty;
    it is then not valid and is left out of the count. More seats than candidates is allowed: all
    are elected.

    Line breaks and other control characters in names become single spaces.
    Raises CountError if the contest makes no sense.
    """

    candidates: tuple[str, ...]
    seats: int
    ballots: tuple[Ballot, ...]
    title: str = ""
    withdrawn: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "candidates", tuple(tidy(name) for name in self.candidates))
        object.__setattr__(self, "title", tidy(self.title))
        object.__setattr__(self, "ballots", tuple(self.ballots))
        object.__setattr__(self, "withdrawn", frozenset(self.withdrawn))
        if not self.candidates:
            raise CountError("There are no candidates.")
        if self.seats < 1:
            raise CountError("There must be at least one seat to fill.")
        for number, name in enumerate(self.candidates, 1):
            if not name:
                raise CountError(f"Candidate {number} has no name.")
        numbers = frozenset(range(1, len(self.candidates) + 1))
        for number in self.withdrawn - numbers:
            raise CountError(f"Candidate {number} is withdrawn, but there is no such candidate.")
        for preferences, weight in self.ballots:
            if weight < 1:
                raise CountError("A ballot must stand for at least one paper.")
            chosen = frozenset(preferences)
            if len(chosen) != len(preferences):
                raise CountError("A ballot gives the same candidate two preferences.")
            if not chosen <= numbers:
                raise CountError("A ballot gives a preference to a candidate who does not exist.")

    @property
    def standing(self) -> tuple[int, ...]:
        """Numbers of the candidates who did not withdraw, in order of the ballot paper."""
        numbers = range(1, len(self.candidates) + 1)
        return tuple(number for number in numbers if number not in self.withdrawn)

    def labels(self) -> dict[int, str]:
        """What to call each candidate, by number. No two are the same.

        The name itself; but if two candidates share a name, all are shown with their number on
        the ballot paper ("2. Ann Dyson"), so that a result never says one and means another.
        """
        if len(set(self.candidates)) == len(self.candidates):
            return dict(enumerate(self.candidates, 1))
        return {number: f"{number}. {name}" for number, name in enumerate(self.candidates, 1)}

    def papers(self) -> list[Paper]:
        """The valid papers, equal ones together, with withdrawn candidates struck out.

        A paper left with no preference is not valid: nobody could be credited with it.
        """
        grouped: dict[tuple[int, ...], int] = {}
        withdrawn = self.withdrawn
        for preferences, weight in self.ballots:
            if withdrawn:
                preferences = tuple(c for c in preferences if c not in withdrawn)
            grouped[preferences] = grouped.get(preferences, 0) + weight
        grouped.pop((), None)
        return list(grouped.items())

    def lot(self, lot_order: Sequence[int] | None) -> tuple[int, ...]:
        """The lot order to settle ties with: as given, or else the order of the ballot paper.

        It must name every standing candidate once; whoever comes first in it is favoured.
        """
        order = self.standing if lot_order is None else tuple(lot_order)
        drawn = [number for number in order if number not in self.withdrawn]
        if sorted(drawn) != list(self.standing):
            raise CountError("The lot order must name every standing candidate exactly once.")
        return tuple(drawn)


def tidy(text: str) -> str:
    """One line of text: control characters and runs of spaces become one space."""
    plain = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join(plain.split())


def deal(papers: Sequence[Paper], continuing: set[int]) -> dict[int, list[Paper]]:
    """Sort papers by the first preference among `continuing`; 0 holds those that name none of them.

    The first continuing candidate is always the *next* one: everybody whom the paper ranks above
    its present holder had left the count before the paper came to that holder, and nobody returns.
    """
    piles: dict[int, list[Paper]] = {candidate: [] for candidate in continuing}
    piles[0] = []
    for paper in papers:
        for candidate in paper[0]:
            if candidate in continuing:
                piles[candidate].append(paper)
                break
        else:
            piles[0].append(paper)
    return piles


def size(papers: Sequence[Paper]) -> int:
    """How many papers there are."""
    return sum([paper[1] for paper in papers])
