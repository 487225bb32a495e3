"""What a class of membership asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ClassRules:
    """What a class of membership asks. `evidence` is empty when it asks for none."""

    name: str
    evidence: str
    minimum_age: int
    minimum_shares: int
    maximum_shares: int
    for_organisations: bool


def age_on(born: dt.date, day: dt.date) -> int:
    """Whole years. Someone born on 29 February has their birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def shares_refusal(shares: int, wanted: ClassRules) -> str:
    """Why this class cannot have so many shares, in a sentence; empty when it can."""
    if wanted.minimum_shares <= shares <= wanted.maximum_shares:
        return ""
    return (
        f"{wanted.name} takes from {wanted.minimum_shares:,} to {wanted.maximum_shares:,} shares."
    )
