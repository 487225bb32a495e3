"""Withdrawing shares: how many, from when, and whom the cash that there is reaches.

Pure functions over plain facts. Shares are whole; money is whole pence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

#: Nobody younger can give a receipt for money: 2014 Act, section 31.
AGE_OF_RECEIPT = 16


@dataclass(frozen=True)
class Holding:
    """What decides how many shares of one class a member may ask back.

    `asked` are in requests that are still open; `minimum` is what a member keeps while a member,
    0 once the membership has ended. `age` is None for organisations and where no date is known.
    """

    held: int
    unpaid: int = 0
    asked: int = 0
    minimum: int = 0
    age: int | None = None
    withdrawable: bool = True

    @property
    def left(self) -> int:
        """Shares that no open request asks for."""
        return max(self.held - self.asked, 0)

    @property
    def free(self) -> int:
        """Of those, shares that are paid for."""
        return max(self.left - self.unpaid, 0)

    @property
    def most(self) -> int:
        """The most that can be asked for by somebody who stays a member."""
        if not self.withdrawable or _too_young(self.age):
            return 0
        return max(min(self.free, self.left - self.minimum), 0)


def _too_young(age: int | None) -> bool:
    return age is not None and age < AGE_OF_RECEIPT


def withdrawal_refusal(quantity: int, holding: Holding, *, leaves: bool) -> str:
    """Why so many shares cannot be asked for, in a sentence; empty when they can.

    `leaves`: the membership ends with the last share, so all that is left is asked for.
    """
    if not holding.withdrawable:
        return "Shares of this class cannot be withdrawn."
    if _too_young(holding.age):
        return f"Nobody under {AGE_OF_RECEIPT} can give a receipt for money, so not yet."
    if quantity < 1:
        return "Ask for one share or more."
    if quantity > holding.free:
        return f"There are {_shares(holding.free)} to ask for{_because(holding)}."
    if leaves and quantity < holding.left:
        return f"Whoever leaves asks for all that is left: {_shares(holding.left)}."
    if not leaves and holding.left - quantity < holding.minimum:
        return (
            f"A member keeps at least {_shares(holding.minimum)}: ask for up to "
            f"{holding.most:,}, or leave the co-op and ask for all."
        )
    return ""


def _because(holding: Holding) -> str:
    """Why the number is lower than what is held."""
    reasons = []
    if holding.asked:
        reasons.append(f"{holding.asked:,} are asked for already")
    if holding.unpaid:
        reasons.append(f"{holding.unpaid:,} are not paid for")
    return f" ({' and '.join(reasons)})" if reasons else ""


def _shares(number: int) -> str:
    return f"{number:,} share{'' if number == 1 else 's'}"


def payable_from(asked_on: dt.date, notice_days: int) -> dt.date:
    """The first day after the notice: asked for on 1 March with 90 days, paid from 30 May."""
    return asked_on + dt.timedelta(days=notice_days)


class Stand(StrEnum):
    """How one request in the queue stands."""

    NOW = "now"
    PART = "part"
    CASH = "cash"
    BEHIND = "behind"
    NOTICE = "notice"


@dataclass(frozen=True)
class Waiting:
    """One request that the board agreed to. `par` is the price of a share in pence."""

    id: int
    shares: int
    par: int
    payable_from: dt.date

    @property
    def pence(self) -> int:
        return self.shares * self.par


@dataclass(frozen=True)
class Turn:
    """What can be paid of one request now, in whole shares."""

    waiting: Waiting
    shares_now: int
    stand: Stand

    @property
    def pence_now(self) -> int:
        return self.shares_now * self.waiting.par


def queue(waiting: Iterable[Waiting], cash: int, today: dt.date) -> list[Turn]:
    """Who can be paid what from the cash that there is; `waiting` comes in order of agreement.

    Nobody is paid out of turn. Where the cash does not reach for the next in turn, they can be
    paid the whole shares that it does reach for, and all behind them wait, however little they
    ask for: otherwise large requests would be overtaken for ever. Whose notice still runs is
    passed over, and takes their earlier place again on the day on which it ends. The sum is never
    more than the cash.
    """
    turns = []
    left, blocked = max(cash, 0), False
    for one in waiting:
        shares_now, stand = _turn(one, left, blocked, today)
        left -= shares_now * one.par
        blocked = blocked or stand in (Stand.PART, Stand.CASH)
        turns.append(Turn(one, shares_now, stand))
    return turns


def _turn(one: Waiting, left: int, blocked: bool, today: dt.date) -> tuple[int, Stand]:
    if one.payable_from > today:
        return 0, Stand.NOTICE
    if blocked:
        return 0, Stand.BEHIND
    affordable = min(left // one.par, one.shares)
    if affordable == one.shares:
        return affordable, Stand.NOW
    return affordable, Stand.PART if affordable else Stand.CASH
