"""The book of nominations, and what a nomination passes on: 2014 Act, sections 37 to 40."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.money import split

#: Whom an officer or employee of the society must be to the member (section 37(3)).
FAMILY = frozenset({"spouse", "civil", "parent", "child", "sibling", "nephew"})
AGE_OF_NOMINATION = 16


@dataclass(frozen=True)
class Nominee:
    """Somebody named to have a part of what a member has in the society when they die.

    `namesake`: they only have the name of somebody who is an officer or employee.
    """

    name: str
    address: str
    relation: str
    percent: int
    works_here: bool = False
    namesake: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why a nomination cannot be entered. `number` is the nominee's (0: about them all)."""

    sentence: str
    number: int = 0
    field: str = ""


def nomination_refusal(nominees: Sequence[Nominee]) -> Refusal | None:
    """What is wrong with the nominees, the first thing found; None when they can be entered."""
    if not nominees:
        return Refusal("Name at least one person.")
    for number, nominee in enumerate(nominees, start=1):
        if not nominee.name.strip():
            return Refusal("Enter the nominee’s name.", number, "name")
        if not nominee.address.strip():
            return Refusal("Enter the nominee’s address.", number, "address")
        if not 1 <= nominee.percent <= 100:
            return Refusal("Enter a share from 1 to 100 per cent.", number, "percent")
        if nominee.works_here and nominee.relation not in FAMILY:
            return Refusal(
                "An officer or employee can be named only where they are the member’s husband, "
                "wife, civil partner, parent, child, brother, sister, nephew or niece.",
                number,
                "relation",
            )
    total = sum(nominee.percent for nominee in nominees)
    if total != 100:
        return Refusal(f"The shares come to {total} per cent: they must come to 100.")
    return None


def lives_there(typed: str, *, line: str, town: str, postcode: str, email: str) -> bool:
    """Whether an address as typed is somebody's: their house in their town or postcode, or e-mail.

    Commas, spaces and capitals make no difference.
    """
    text = _letters(typed)
    if email and email.lower() in typed.lower():
        return True
    places = [_letters(place) for place in (town, postcode) if place]
    return bool(line) and _letters(line) in text and any(place in text for place in places)


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def nominator_refusal(
    *, age: int | None, signed_on: dt.date, received_on: dt.date, died_on: dt.date | None
) -> str:
    """Why this member cannot nominate, or not with this paper; empty when they can.

    Signed writing, delivered to the registered office in the member's lifetime (section 37(2)).
    """
    if age is not None and age < AGE_OF_NOMINATION:
        return f"Only a member of {AGE_OF_NOMINATION} or over can nominate."
    if received_on < signed_on:
        return "It cannot have come before it was signed."
    if died_on and received_on > died_on:
        return "It came after the member’s death, so it does not count."
    return ""


@dataclass(frozen=True)
class SharedOut:
    """Whole shares for each nominee, in their order, and the rest for the estate."""

    nominees: tuple[int, ...]
    estate: int


def share_out(*, shares: int, par: int, limit: int, percents: Sequence[int]) -> SharedOut:
    """Who gets the value of how many shares when a member has died.

    Nominations pass on no more than `limit` pence together (section 37(4)); what is above it, and
    the part of a nominee who is no longer one, is for the estate. Parts are whole shares and sum
    to all of them; the largest remainder takes what is left over.
    """
    if not percents:
        return SharedOut((), shares)
    passing = min(shares, limit // par)
    *parts, nobody = split(passing, [*percents, 100 - sum(percents)])
    return SharedOut(tuple(parts), shares - passing + nobody)


def needs_grant(*, value: int, limit: int) -> bool:
    """Whether the estate's part waits for probate or letters of administration.

    `value` is what the member had when they died. Up to the limit the board may pay whoever it is
    satisfied is entitled, without either (section 40).
    """
    return value > limit
