"""How many shares a member may have, and how losses are shared out. Shares are whole, money pence.

Sources: Co-operative and Community Benefit Societies Act 2014, section 24 (the limit on
withdrawable shares, which does not hold for a member that is itself a society); the co-op's rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ledger.money import in_words, split
from members.rules.classes import ClassRules, age_refusal, shares_refusal


@dataclass(frozen=True)
class Buying:
    """Everything that decides whether somebody may have so many shares more.

    `held` are theirs in this membership and class of shares, `asked` those that they have asked
    for and that are not issued yet. `withdrawable_pence` is what all their withdrawable shares
    come to, whatever the membership, with those asked for. `par` is a share's price in pence.
    """

    wanted: ClassRules
    quantity: int
    par: int
    withdrawable: bool
    most_pence: int
    held: int = 0
    asked: int = 0
    withdrawable_pence: int = 0
    is_society: bool = False
    has_ceased: bool = False
    has_died: bool = False
    age: int | None = None
    evidence_ran_out: bool = False

    @property
    def most(self) -> int:
        """The most shares that they may ask for now, as far as numbers decide it."""
        room = self.wanted.maximum_shares - self.held - self.asked
        if self.withdrawable and not self.is_society:
            room = min(room, (self.most_pence - self.withdrawable_pence) // self.par)
        return max(room, 0)


def buying_refusals(buying: Buying) -> list[str]:
    """Why somebody cannot have so many shares more, each reason in a sentence; none if they can."""
    if buying.has_ceased:
        return ["This membership has ended."]
    if buying.has_died:
        return ["Nobody can hold shares after their death."]
    if buying.quantity < 1:
        return ["Ask for one share or more."]
    reasons = [_number(buying), cap_refusal(buying), _age(buying), _evidence(buying)]
    return [reason for reason in reasons if reason]


def _number(buying: Buying) -> str:
    """The class's own limits, on all that they would hold."""
    refusal = shares_refusal(buying.held + buying.asked + buying.quantity, buying.wanted)
    if not refusal:
        return ""
    have = f"{buying.held:,} held"
    if buying.asked:
        have += f" and {buying.asked:,} asked for"
    return f"{refusal} There are {have} already."


def cap_refusal(buying: Buying) -> str:
    """The limit on the withdrawable shares of one person, across all their memberships."""
    if not buying.withdrawable or buying.is_society:
        return ""
    if buying.withdrawable_pence + buying.quantity * buying.par <= buying.most_pence:
        return ""
    return (
        f"Nobody may hold more than £{buying.most_pence / 100:,.0f} in withdrawable shares. "
        f"Up to {buying.most:,} more can be had."
    )


def _age(buying: Buying) -> str:
    """No law sets a lowest age for holding shares; the class may."""
    return age_refusal(buying.age, buying.wanted)


def _evidence(buying: Buying) -> str:
    if not buying.evidence_ran_out:
        return ""
    return (
        f"What shows that they may be in the class “{buying.wanted.name}” has run out. "
        "The secretary has to see it again first."
    )


@dataclass(frozen=True)
class Paying:
    """How much was asked for the shares of an application, came, and is on its way, in pence.

    `first`: the rules of the co-op want all of it before the board admits.
    """

    asked: int
    came: int = 0
    coming: int = 0
    first: bool = True

    @property
    def lets_admit(self) -> bool:
        return not self.first or 0 < self.asked <= self.came

    @property
    def found(self) -> str:
        """How it stands, in sentences."""
        said = self._said
        if not self.first and self.came < self.asked:
            said += " The rules let the board admit all the same."
        return said

    @property
    def _said(self) -> str:
        asked, came = in_words(self.asked), in_words(self.came)
        if not self.asked:
            return "Nobody has been asked to pay yet: put the application right."
        if self.came > self.asked:
            return f"{came} has come, more than the {asked} asked for."
        if self.came == self.asked:
            return f"{came} has come."
        said = f"{came} of {asked} has come." if self.came else f"Nothing of {asked} has come."
        if self.coming:
            said = f"{said[:-1]}; {in_words(self.coming)} is on its way, which can take a week."
        return said


@dataclass(frozen=True)
class Giving:
    """What decides how many shares a member may transfer. `free`: paid for, and asked back by
    no open request. `minimum` is what they keep while they stay a member, 0 after that."""

    transferable: bool
    quantity: int
    left: int
    free: int
    minimum: int


def giving_refusal(giving: Giving) -> str:
    """Why so many shares cannot be transferred, in a sentence; empty when they can."""
    if not giving.transferable:
        return "The rules do not let shares of this class be transferred."
    if giving.quantity < 1:
        return "Transfer one share or more."
    if giving.quantity > giving.free:
        return (
            f"Only {giving.free:,} can be transferred: not those that are unpaid, nor those for "
            "which a request to withdraw is open."
        )
    if giving.left - giving.quantity < giving.minimum:
        return (
            f"A member keeps at least {giving.minimum:,}. To transfer all, first note that the "
            "membership has ended."
        )
    return ""


def lost_shares(holdings: Sequence[int], percent: Decimal) -> list[int]:
    """How many shares each holder loses when so many per cent are written down.

    All together lose that part of all shares (a half is rounded up), shared out by what each
    holds in whole shares (largest remainder): nobody loses more than they hold. Raises ValueError
    for a percentage that is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise ValueError(percent)
    lost = int((sum(holdings) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
    return split(lost, holdings) if any(holdings) else [0 for _ in holdings]
