"""What a motion needs, in exact fractions, and the sum that says whether it got it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Base(Enum):
    """Of whom a share is taken. Abstentions count with all but `CAST`."""

    CAST = "cast"
    VOTED = "voted"
    PRESENT = "present"
    ENTITLED = "entitled"

    @property
    def words(self) -> str:
        return {
            Base.CAST: "votes for and against",
            Base.VOTED: "who voted",
            Base.PRESENT: "who were present",
            Base.ENTITLED: "who may vote",
        }[self]


BASE_CHOICES = [
    (Base.CAST.value, "of the votes for and against (abstentions do not count)"),
    (Base.VOTED.value, "of everyone who voted, abstentions included"),
    (Base.PRESENT.value, "of everyone present, whether they voted or not"),
    (Base.ENTITLED.value, "of everyone who may vote"),
]


@dataclass(frozen=True)
class Votes:
    """Heads: so many for, against and abstaining, of those present and of all who may vote.

    Raises ValueError where no meeting can have had such numbers.
    """

    votes_for: int
    against: int
    abstain: int = 0
    present: int = 0
    entitled: int = 0

    def __post_init__(self) -> None:
        if min(self.votes_for, self.against, self.abstain, self.present, self.entitled) < 0:
            raise ValueError("There are no fewer votes than none.")

    @property
    def voted(self) -> int:
        return self.votes_for + self.against + self.abstain

    def out_of(self, base: Base) -> int:
        """The number that the share is taken of."""
        return {
            Base.CAST: self.votes_for + self.against,
            Base.VOTED: self.voted,
            Base.PRESENT: max(self.present, self.voted),
            Base.ENTITLED: self.entitled,
        }[base]

    def __add__(self, other: Votes) -> Votes:
        return Votes(
            self.votes_for + other.votes_for,
            self.against + other.against,
            self.abstain + other.abstain,
            self.present + other.present,
            self.entitled + other.entitled,
        )


def all_votes(several: Sequence[Votes]) -> Votes:
    """The votes of all classes together."""
    return sum(several, Votes(0, 0))


@dataclass(frozen=True)
class Threshold:
    """The share that a motion needs: more than `share`, or `share` itself if `reaching`."""

    key: str
    share: Fraction
    reaching: bool
    words: str

    def met(self, votes_for: Fraction | int, base: Fraction | int) -> bool:
        """Whether so many for are enough out of `base`. Nobody for it is never enough."""
        exact = self.share * base
        return votes_for > 0 and (votes_for >= exact if self.reaching else votes_for > exact)

    def needed(self, base: int) -> int:
        """The fewest votes for, by heads, that carry a motion out of `base`; never none."""
        exact = self.share * base
        return max(1, math.ceil(exact) if self.reaching else math.floor(exact) + 1)


MAJORITY = Threshold("majority", Fraction(1, 2), False, "more than half")
TWO_THIRDS = Threshold("two_thirds", Fraction(2, 3), True, "at least two thirds")
THREE_QUARTERS = Threshold("three_quarters", Fraction(3, 4), True, "at least three quarters")
THRESHOLDS = {each.key: each for each in (MAJORITY, TWO_THIRDS, THREE_QUARTERS)}
THRESHOLD_CHOICES = [(each.key, each.words.capitalize()) for each in THRESHOLDS.values()]
