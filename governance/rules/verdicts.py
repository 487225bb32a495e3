"""Whether a motion is carried: by heads, or with its classes counted as the rules say.

A quorum is always of heads, however votes are counted (governance.rules.quorum).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from governance.rules.thresholds import Base, Threshold, Votes, all_votes
from members.rules.votes import ClassVotes, weight_of_a_vote


class Mode(Enum):
    """How the votes of the classes are put together."""

    HEADS = "heads"
    CAPPED = "capped"
    BLOCKS = "blocks"
    CONCURRENT = "concurrent"


MODE_CHOICES = [
    (Mode.HEADS.value, "One member, one vote"),
    (Mode.CAPPED.value, "One member, one vote, but limited classes never count for more"),
    (Mode.BLOCKS.value, "Each class has its share of the vote, however many it is"),
    (Mode.CONCURRENT.value, "All together and also each of the named classes by itself"),
]


@dataclass(frozen=True)
class ClassOutcome:
    """How one class voted, and what the rules say of it.

    `most_percent` and `may_control` limit a class where votes are capped (members.rules.votes).
    `weight` is its share of the vote where classes vote in blocks. `must_agree` names it where each
    class must pass by itself; `quorum` is then how many of it must be present.
    """

    code: str
    name: str
    votes: Votes
    most_percent: int | None = None
    may_control: bool = True
    weight: int = 0
    must_agree: bool = False
    quorum: int = 0


@dataclass(frozen=True)
class Sum:
    """One sum that a motion must pass: `votes_for` of `base`, by heads or by weight."""

    of_whom: str
    votes_for: Fraction
    base: Fraction
    threshold: Threshold
    words: str

    @property
    def passes(self) -> bool:
        return self.threshold.met(self.votes_for, self.base)

    def as_dict(self) -> dict[str, object]:
        """Fractions as text ("100/3"), which JSON can hold without loss."""
        return {
            "of_whom": self.of_whom,
            "votes_for": str(self.votes_for),
            "base": str(self.base),
            "threshold": self.threshold.key,
            "passes": self.passes,
            "words": self.words,
        }


@dataclass(frozen=True)
class Verdict:
    """Carried if every sum passes and nothing else (`faults`) stands in the way."""

    sums: tuple[Sum, ...]
    faults: tuple[str, ...] = ()

    @property
    def carried(self) -> bool:
        return not self.faults and all(one.passes for one in self.sums)

    @property
    def words(self) -> str:
        return " ".join(
            [
                "Carried:" if self.carried else "Lost:",
                *(one.words for one in self.sums),
                *self.faults,
            ]
        )

    def as_dict(self) -> dict[str, object]:
        return {
            "carried": self.carried,
            "sums": [one.as_dict() for one in self.sums],
            "faults": list(self.faults),
            "words": self.words,
        }


def verdict(
    threshold: Threshold, base: Base, classes: Sequence[ClassOutcome], *, mode: Mode = Mode.HEADS
) -> Verdict:
    """Decide a motion. As many for as against is lost: there is no casting vote.

    By blocks, the weights of classes of which nobody counts drop out, and the others keep theirs.
    With concurrent majorities a named class of which nobody voted, or too few came, has not agreed.
    """
    if mode is Mode.HEADS:
        return Verdict((_by_heads(threshold, base, all_votes([one.votes for one in classes])),))
    if mode is Mode.CONCURRENT:
        return _each_agrees(threshold, base, classes)
    weights = _capped(base, classes) if mode is Mode.CAPPED else _blocks(base, classes)
    return Verdict((_weighted(threshold, base, classes, weights),))


def _by_heads(threshold: Threshold, base: Base, votes: Votes, of_whom: str = "") -> Sum:
    out_of = votes.out_of(base)
    needed = threshold.needed(out_of)
    among = f"Among {of_whom}, " if of_whom else ""
    words = (
        f"{among}{threshold.words} of the {out_of:,} {base.words} "
        f"had to be for it, which is {needed:,}; {votes.votes_for:,} "
        f"{'was' if votes.votes_for == 1 else 'were'}."
    )
    return Sum(of_whom, Fraction(votes.votes_for), Fraction(out_of), threshold, words)


def _each_agrees(threshold: Threshold, base: Base, classes: Sequence[ClassOutcome]) -> Verdict:
    named = [one for one in classes if one.must_agree]
    sums = [_by_heads(threshold, base, all_votes([one.votes for one in classes]))]
    sums += [_by_heads(threshold, base, one.votes, one.name) for one in named]
    return Verdict(
        tuple(sums),
        tuple(
            f"{one.quorum} of {one.name} had to be present, and {one.votes.present} were."
            for one in named
            if one.votes.present < one.quorum
        ),
    )


def _capped(base: Base, classes: Sequence[ClassOutcome]) -> Mapping[str, Fraction]:
    return weight_of_a_vote(
        ClassVotes(one.code, one.votes.out_of(base), one.most_percent, one.may_control)
        for one in classes
    )


def _blocks(base: Base, classes: Sequence[ClassOutcome]) -> Mapping[str, Fraction]:
    counts = {one.code: one.votes.out_of(base) for one in classes}
    return {
        one.code: Fraction(one.weight, counts[one.code]) if counts[one.code] else Fraction(0)
        for one in classes
    }


def _weighted(
    threshold: Threshold,
    base: Base,
    classes: Sequence[ClassOutcome],
    weights: Mapping[str, Fraction],
) -> Sum:
    votes_for = sum((weights[one.code] * one.votes.votes_for for one in classes), Fraction(0))
    out_of = sum((weights[one.code] * one.votes.out_of(base) for one in classes), Fraction(0))
    changed = [
        f"each vote of {one.name} counts for {said(weights[one.code])}"
        for one in classes
        if weights[one.code] != 1 and one.votes.out_of(base)
    ]
    words = (
        f"{'; '.join(changed)}{'; ' if changed else ''}{threshold.words} of {said(out_of)} "
        f"({base.words}) had to be for it; {said(votes_for)} were."
    )
    return Sum("", votes_for, out_of, threshold, words)


def said(number: Fraction) -> str:
    """An exact number as people write it: "12", "4/9", "12 4/9"."""
    whole, rest = divmod(number, 1)
    if not rest:
        return f"{whole:,}"
    return f"{whole:,} {rest}" if whole else str(rest)
