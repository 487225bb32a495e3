"""What a class of membership asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

OLDEST = 120


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


def born_refusal(born: dt.date | None, today: dt.date) -> str:
    """Why nobody can have been born on this day; empty when somebody can, or when it is not known.

    Nobody in the United Kingdom has lived to 120: it is a slip of the keys.
    """
    if born is None:
        return ""
    if born > today:
        return "The date of birth is in the future."
    if age_on(born, today) > OLDEST:
        return f"The date of birth is more than {OLDEST} years ago."
    return ""


def age_refusal(age: int | None, wanted: ClassRules) -> str:
    """Why somebody of this age cannot be in the class, in a sentence; empty when they can, or when
    it is not known. Organisations have no age."""
    if wanted.for_organisations or age is None or age >= wanted.minimum_age:
        return ""
    return f"{wanted.name} is for people aged {wanted.minimum_age} or over."


def shares_refusal(shares: int, wanted: ClassRules) -> str:
    """Why this class cannot have so many shares, in a sentence; empty when it can."""
    if wanted.minimum_shares <= shares <= wanted.maximum_shares:
        return ""
    return (
        f"{wanted.name} takes from {wanted.minimum_shares:,} to {wanted.maximum_shares:,} shares."
    )
