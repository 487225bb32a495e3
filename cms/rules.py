"""Rules of the public site and of launching a local co-op, without rows or clocks."""

from __future__ import annotations

import re
from dataclasses import dataclass

# --- Interest ---------------------------------------------------------------------------------

#: What somebody may be interested in: the field's name → the words on the form.
INTERESTS = {
    "need_care": "I need care, or somebody close to me does",
    "work": "I would like to work as a carer",
    "volunteer": "I would like to volunteer",
    "invest": "I might invest when shares are offered",
    "partner": "My organisation might work with you",
}
#: The same, counted: the words beside a figure.
INTEREST_COUNTS = {
    "need_care": "looking for care",
    "work": "would like to work as carers",
    "volunteer": "would volunteer",
    "invest": "might invest",
    "partner": "organisations that might work together",
}
#: The same in a word, for lists.
INTEREST_NAMES = {
    "need_care": "Need care",
    "work": "Work",
    "volunteer": "Volunteer",
    "invest": "Invest",
    "partner": "Partner",
}

#: What a person agrees to when they register. A wording is never changed: a new one is added, and
#: each registration says which it was given under.
CONSENT_WORDINGS = {
    "2026-1": (
        "You may keep what I have written here and write to me about starting a care co-op in "
        "this area. I can take my name off at any time with the link in your e-mails."
    ),
}
CONSENT_VERSION = "2026-1"

#: Somebody who does not answer the e-mail within this many days is forgotten.
DAYS_TO_CONFIRM = 14

#: A count below this is not shown, so that nobody can be picked out.
SMALLEST_COUNT = 5

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9])(?:[A-Z]{2})?")


UNREADABLE_POSTCODE = (
    "Enter a postcode such as QX7 2AB. The first part and one figure, QX7 2, will do."
)


def postcode_sector(postcode: str) -> str:
    """The sector of a UK postcode, "QX7 2" from "qx7 2ab"; a sector alone is taken as it is.

    A sector holds some thousands of homes, so it says where interest is without saying who. Raises
    ValueError for anything else.
    """
    text = " ".join(postcode.upper().split())
    match = _POSTCODE.fullmatch(text)
    if match is None:
        raise ValueError(postcode)
    return f"{match[1]} {match[2]}"


def shown_count(count: int) -> str:
    """A count as the public may see it: "<5" stands for none to four."""
    return f"{count:,}" if count >= SMALLEST_COUNT else f"<{SMALLEST_COUNT}"


def spreadsheet_cell(value: object) -> str:
    """Text that a spreadsheet will not run as a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# --- Stages of a local co-op ---------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One step on the way from an idea to a co-op that gives care."""

    code: str
    name: str
    means: str


STAGES = (
    Stage("idea", "An idea", "A few neighbours are talking about it."),
    Stage("finding", "Finding others", "We are finding out who would use it, work in it, back it."),
    Stage("feasibility", "Working it out", "We are checking that the sums and the people add up."),
    Stage("formed", "Formed", "The society is registered and has its first board."),
    Stage("pledge", "Pledges", "People are saying how much they might put in."),
    Stage("share_offer", "Share offer", "Shares are on offer to raise the money to begin."),
    Stage(
        "registration", "Registering to give care", "The regulator is looking at our application."
    ),
    Stage("operating", "Giving care", "Care is being given."),
)
#: Off the road: nothing moves for now, or no more.
OTHER_STAGES = (
    Stage("paused", "Paused", "Nothing is happening for now. Names are kept safe."),
    Stage("closed", "Closed", "This group has ended."),
)
STAGE_NAMES = {stage.code: stage.name for stage in (*STAGES, *OTHER_STAGES)}


@dataclass(frozen=True)
class Rung:
    """A stage as seen from where a group is: behind it ("done"), here ("current") or "ahead"."""

    stage: Stage
    place: str


def ladder(code: str) -> list[Rung]:
    """Every stage in order, as seen from `code`. Nothing is done or current off the road."""
    codes = [stage.code for stage in STAGES]
    here = codes.index(code) if code in codes else -1
    return [
        Rung(stage, "current" if n == here else "done" if n < here else "ahead")
        for n, stage in enumerate(STAGES)
    ]


def takes_interest(code: str) -> bool:
    """True while a group wants to hear from people."""
    return code not in ("paused", "closed")
