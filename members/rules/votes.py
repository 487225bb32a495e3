"""How much the votes of each class count together, where the rules limit a class. Exact fractions.

Everybody has one vote. But investor members never have more than a tenth of all the votes, and a
class that may not control (a council's, say) never has a majority, however many they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

#: A majority is more than half: who may not control has at most this.
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class ClassVotes:
    """So many votes of one class. `most_percent` is None where the class has no limit."""

    code: str
    votes: int
    most_percent: int | None = None
    may_control: bool = True

    @property
    def most(self) -> Fraction | None:
        """The largest part of all the votes that the class may have; None: no limit."""
        limits = [] if self.may_control else [HALF]
        if self.most_percent is not None:
            limits.append(Fraction(self.most_percent, 100))
        return min(limits, default=None)


def votes_of_class(classes: Iterable[ClassVotes]) -> dict[str, Fraction]:
    """Code of the class → what its votes count for together, none above its limit of the total.

    Limits are a part of what counts in the end, not of the votes as given: 50 investors beside 90
    others count for 10, which is a tenth of 100. Classes without a limit keep all their votes, and
    no class is cut further than its limit asks. A limited class with nobody beside it counts for
    nothing.
    """
    given = _by_code(classes)
    # The one furthest over its limit first: cutting it lowers the total that others are held to.
    limited = sorted(
        ((one, most) for one in given.values() if one.votes and (most := one.most) is not None),
        key=lambda pair: (pair[0].votes / pair[1] if pair[1] else float("inf"), pair[0].code),
        reverse=True,
    )
    others, parts = Fraction(sum(one.votes for one in given.values())), Fraction(0)
    cut: dict[str, Fraction] = {}
    for one, most in limited:
        if one.votes <= most * (others / (1 - parts)):
            break
        others, parts = others - one.votes, parts + most
        cut[one.code] = most
    total = others / (1 - parts)
    return {code: Fraction(one.votes) for code, one in given.items()} | {
        code: most * total for code, most in cut.items()
    }


def _by_code(classes: Iterable[ClassVotes]) -> dict[str, ClassVotes]:
    """Each class once; the same code twice is a mistake."""
    found: dict[str, ClassVotes] = {}
    for one in classes:
        if one.code in found or one.votes < 0:
            raise ValueError(f"Class {one.code} twice, or with fewer votes than none.")
        found[one.code] = one
    return found


def weight_of_a_vote(classes: Iterable[ClassVotes]) -> Mapping[str, Fraction]:
    """Code of the class → what one vote of it counts for; 1 where no limit bites."""
    given = list(classes)
    together = votes_of_class(given)
    return {one.code: together[one.code] / one.votes if one.votes else Fraction(1) for one in given}
