"""Resolutions that an Act asks more of than the society's rules do. Always counted by heads.

Co-operative and Community Benefit Societies Act 2014: section 111 (amalgamation, transfer of
engagements), section 113 (conversion into a company) and section 119 (dissolution by an instrument
that members sign). They are kept apart from what the society's own rules ask three quarters for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from core.days import months_after
from governance.rules.needs import Needs
from governance.rules.thresholds import MAJORITY, THREE_QUARTERS, TWO_THIRDS, Base, Threshold


class Step(Enum):
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True)
class TwoMeetings:
    """A resolution that one meeting passes and another confirms.

    The second is held not before `from_days` and not later than `months` after the first.
    `turnout`: the part of all who may vote that has to have voted at the first.
    """

    key: str
    source: str
    words: str
    first: Threshold
    turnout: Fraction | None = None
    second: Threshold = MAJORITY
    from_days: int = 14
    months: int = 1

    def second_days(self, first: dt.date) -> tuple[dt.date, dt.date]:
        """The first and the last day on which the second meeting may be held."""
        return first + dt.timedelta(days=self.from_days), months_after(first, self.months)

    def day_fault(self, first: dt.date, second: dt.date) -> str:
        """Why the second meeting cannot be on that day; empty when it can."""
        earliest, latest = self.second_days(first)
        if earliest <= second <= latest:
            return ""
        return (
            f"The second meeting must be held from {earliest:%-d %B %Y} to {latest:%-d %B %Y} "
            f"({self.source})."
        )

    def needs(self, step: Step) -> Needs:
        """What it takes at that meeting; those voting are those for and against."""
        if step is Step.SECOND:
            return Needs(self.second, Base.CAST, source=self.source)
        return Needs(self.first, Base.CAST, turnout=self.turnout, source=self.source)


AMALGAMATION = TwoMeetings(
    key="s111",
    source="Co-operative and Community Benefit Societies Act 2014, section 111",
    words="Joining another society, or passing our engagements to one",
    first=TWO_THIRDS,
)
CONVERSION = TwoMeetings(
    key="s113",
    source="Co-operative and Community Benefit Societies Act 2014, section 113",
    words="Becoming a company",
    first=THREE_QUARTERS,
    turnout=Fraction(1, 2),
)
TWO_MEETINGS = {each.key: each for each in (AMALGAMATION, CONVERSION)}

#: Section 119: the instrument of dissolution takes the signatures of so many of all members.
DISSOLUTION = THREE_QUARTERS


def dissolution_signed(signed: int, members: int) -> bool:
    """Whether enough members have signed the instrument (section 119)."""
    return DISSOLUTION.met(signed, members)
