"""When partners have decided: one partner one vote, and no decision over the citizens' heads.

The dual majority: more of the partners that voted are for it than against it, and every citizen
group took part and none was against it. The other partners alone never carry anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from governance.rules.thresholds import MAJORITY

FOR, AGAINST, ABSTAIN, ABSENT = "for", "against", "abstain", ""
ANSWERS = (FOR, AGAINST, ABSTAIN)
#: Contributions and shares of a bid are in per cent.
WHOLE = Fraction(100)


@dataclass(frozen=True)
class PartnerAnswer:
    """What one partner said; ABSENT where it said nothing. `citizens`: it is a citizen group."""

    name: str
    answer: str
    citizens: bool = False

    def __post_init__(self) -> None:
        if self.answer not in (*ANSWERS, ABSENT):
            raise ValueError(f"{self.answer} is no answer.")

    @property
    def took_part(self) -> bool:
        """Who abstains takes part."""
        return self.answer != ABSENT


@dataclass(frozen=True)
class PartnersVerdict:
    """Carried where no sentence of `faults` stands against it."""

    votes_for: int
    against: int
    abstained: int
    absent: int
    faults: tuple[str, ...]

    @property
    def carried(self) -> bool:
        return not self.faults

    @property
    def words(self) -> str:
        tally = f"{self.votes_for} for, {self.against} against, {self.abstained} abstained."
        missing = f" {self.absent} did not vote." if self.absent else ""
        why = "".join(f" {fault}" for fault in self.faults)
        return f"{'Carried' if self.carried else 'Not carried'}: {tally}{missing}{why}"


def partners_verdict(
    answers: Sequence[PartnerAnswer], *, quorum: int = 1, citizens_decide: bool = True
) -> PartnersVerdict:
    """Decide a question. As many for as against is not carried: there is no casting vote.

    Abstentions count towards the quorum of partners, and neither for nor against. With several
    citizen groups each is a partner in its own right: each must take part, and none be against.
    `citizens_decide` is False only for operational advice, which binds nobody and is never put to
    citizens.
    """
    tally = {kind: sum(one.answer == kind for one in answers) for kind in (*ANSWERS, ABSENT)}
    faults: list[str] = []
    taking_part = len(answers) - tally[ABSENT]
    if taking_part < quorum:
        faults.append(f"{quorum} partners had to take part, and {taking_part} did.")
    if not MAJORITY.met(tally[FOR], tally[FOR] + tally[AGAINST]):
        faults.append("More partners had to be for it than against it.")
    if citizens_decide:
        faults += _faults_of_citizens([one for one in answers if one.citizens])
    return PartnersVerdict(tally[FOR], tally[AGAINST], tally[ABSTAIN], tally[ABSENT], tuple(faults))


def _faults_of_citizens(groups: Sequence[PartnerAnswer]) -> list[str]:
    if not groups:
        return ["There is no citizen group among the partners."]
    faults = [f"{one.name} did not take part." for one in groups if not one.took_part]
    return faults + [f"{one.name} was against it." for one in groups if one.answer == AGAINST]


def shares_fault(shares: Sequence[Fraction]) -> str:
    """Why these are no shares of a whole, in a sentence; nothing where they are."""
    if not shares:
        return "Give each partner its share."
    if any(share < 0 for share in shares):
        return "A share is 0 or more."
    total = sum(shares, Fraction(0))
    if total != WHOLE:
        return f"The shares must come to 100 % together. They come to {_said(total)} %."
    return ""


def _said(share: Fraction) -> str:
    """Hundredths as people write them: "99.99", "100"."""
    whole, hundredths = divmod(share * 100, 100)
    return f"{whole}.{int(hundredths):02}" if hundredths else f"{whole}"


def quarter_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of the quarter of the year that a day is in, and the first of the next."""
    month = (day.month - 1) // 3 * 3 + 1
    first = day.replace(month=month, day=1)
    if month == 10:
        return first, dt.date(day.year + 1, 1, 1)
    return first, day.replace(month=month + 3, day=1)


def minutes_left(hours: int, spent: Sequence[int]) -> int:
    """What is left of a quarter's time, in minutes; never less than nothing."""
    return max(0, hours * 60 - sum(spent))
