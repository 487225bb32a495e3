"""Rules about notice, papers, thresholds and what may be shown: pure, exact, no rows, no clock."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

#: Totals under this many votes, and groups under this many people, are never shown.
SMALLEST_CELL = 5
#: The papers themselves are published only if at least this many could have voted.
SMALLEST_ROLL_FOR_PAPERS = 20
#: A preference takes one byte of the sealed paper.
MOST_CANDIDATES = 255
TELLERS = 3
SHORTEST_PASSPHRASE = 14


# --- Notice ---------------------------------------------------------------------------------------


def clear_days(sent: dt.date, meeting: dt.date, *, in_post: int = 0) -> int:
    """Days of notice, leaving out the day it was sent, days in the post and the meeting's own."""
    return max(0, (meeting - sent).days - 1 - in_post)


def earliest_meeting(sent: dt.date, *, days: int, in_post: int = 0) -> dt.date:
    """The first day on which a meeting may be held if notice goes out on `sent`."""
    return sent + dt.timedelta(days=days + 1 + in_post)


def last_sending(meeting: dt.date, *, days: int, in_post: int = 0) -> dt.date:
    """The last day on which notice may go out for a meeting on `meeting`."""
    return meeting - dt.timedelta(days=days + 1 + in_post)


# --- Papers ---------------------------------------------------------------------------------------


def paper_fault(choices: Sequence[int], options: Mapping[int, str], *, ranked: bool) -> str:
    """What is wrong with a paper, in a sentence; empty if nothing is.

    `choices` are numbers of `options`, best first. A ranked paper may name as many as it likes
    (none: a blank paper); any other names exactly one.
    """
    if any(choice not in options for choice in choices):
        return "The paper names somebody or something that is not on it. Please fill it in again."
    if len(set(choices)) != len(choices):
        return "The paper names the same choice twice. Please fill it in again."
    if not ranked and len(choices) != 1:
        return "Choose one answer."
    return ""


# --- Thresholds -----------------------------------------------------------------------------------


class Base(Enum):
    """Of whom a share is taken."""

    CAST = "cast"
    PRESENT = "present"
    ENTITLED = "entitled"


BASE_CHOICES = [
    (Base.CAST.value, "of the votes for and against (abstentions do not count)"),
    (Base.PRESENT.value, "of everyone who voted, abstentions included"),
    (Base.ENTITLED.value, "of everyone who may vote"),
]


@dataclass(frozen=True)
class Threshold:
    """The share that a motion needs: more than `share`, or `share` itself if `reaching`."""

    key: str
    share: Fraction
    reaching: bool
    words: str

    def needed(self, base: int) -> int:
        """The fewest votes for that carry a motion out of `base`; never none."""
        exact = self.share * base
        return max(1, math.ceil(exact) if self.reaching else math.floor(exact) + 1)


MAJORITY = Threshold("majority", Fraction(1, 2), False, "more than half")
TWO_THIRDS = Threshold("two_thirds", Fraction(2, 3), True, "at least two thirds")
THREE_QUARTERS = Threshold("three_quarters", Fraction(3, 4), True, "at least three quarters")
THRESHOLDS = {each.key: each for each in (MAJORITY, TWO_THIRDS, THREE_QUARTERS)}
THRESHOLD_CHOICES = [(each.key, each.words.capitalize()) for each in THRESHOLDS.values()]


@dataclass(frozen=True)
class Verdict:
    """Whether a motion is carried, and the sum that says so."""

    carried: bool
    votes_for: int
    base: int
    needed: int
    words: str

    def as_dict(self) -> dict[str, object]:
        return {
            "carried": self.carried,
            "votes_for": self.votes_for,
            "base": self.base,
            "needed": self.needed,
            "words": self.words,
        }


def verdict(
    threshold: Threshold,
    base: Base,
    *,
    votes_for: int,
    votes_against: int,
    abstentions: int,
    entitled: int,
) -> Verdict:
    """Decide a motion by heads. As many for as against is lost: there is no casting vote."""
    out_of = {
        Base.CAST: votes_for + votes_against,
        Base.PRESENT: votes_for + votes_against + abstentions,
        Base.ENTITLED: entitled,
    }[base]
    needed = threshold.needed(out_of)
    carried = votes_for >= needed
    of_whom = {
        Base.CAST: "votes for and against",
        Base.PRESENT: "who voted",
        Base.ENTITLED: "who may vote",
    }[base]
    words = (
        f"{'Carried' if carried else 'Lost'}: {threshold.words} of the {out_of:,} {of_whom} had to "
        f"be for it, which is {needed:,}; {votes_for:,} {'was' if votes_for == 1 else 'were'}."
    )
    return Verdict(carried, votes_for, out_of, needed, words)


# --- What may be shown ----------------------------------------------------------------------------

Totals = Mapping[str, int]


def _gives_away(totals: Totals) -> bool:
    """Too few to hide among, or all of one mind: the total says how each of them voted."""
    return sum(totals.values()) < SMALLEST_CELL or sum(1 for n in totals.values() if n) < 2


def showable(by_group: Mapping[str, Totals]) -> list[str]:
    """The groups whose totals may be shown beside the grand total, in their order.

    Left out are totals under five and unanimous ones; then the smallest of the others, until the
    rest that anybody could work out by subtraction gives nothing away either.
    """
    shown = [group for group, totals in by_group.items() if group and not _gives_away(totals)]
    while shown:
        hidden = [totals for group, totals in by_group.items() if group not in shown]
        keys = {key for totals in hidden for key in totals}
        rest = {key: sum(totals.get(key, 0) for totals in hidden) for key in keys}
        if not sum(rest.values()) or not _gives_away(rest):
            break
        shown.remove(min(shown, key=lambda group: sum(by_group[group].values())))
    return shown
