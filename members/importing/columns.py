"""The columns of a file of members and holdings: what each is called, and what may stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column. A file must have the `required` ones; `also` are other headings for the same."""

    name: str
    label: str
    allowed: str
    example: str = ""
    required: bool = False
    longest: int = 0
    also: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column(
        "number",
        "Member number",
        "A whole number from 1. Each stands once in the file: it is the member, for good. A number "
        "of the register is that member again.",
        "101",
        required=True,
        also=("member number", "membership number", "member no", "no", "member id"),
    ),
    Column(
        "first_name",
        "First name",
        "Needed for a person, up to 60 letters.",
        "Rosa",
        required=True,
        longest=60,
        also=("forename", "forenames", "given name", "first names"),
    ),
    Column(
        "last_name",
        "Last name",
        "Needed for a person, up to 60 letters. An organisation may have its name here, up to 120.",
        "Whiteley",
        required=True,
        longest=120,
        also=("surname", "family name"),
    ),
    Column(
        "organisation_name",
        "Name of the organisation",
        "For a member that is an organisation, up to 120 letters. Without it, the first and the "
        "last name together are its name.",
        longest=120,
        also=("organisation", "organization name", "organization", "company"),
    ),
    Column(
        "organisation_kind",
        "Kind of organisation",
        "council, charity, co-op, business or nhs. Left empty, its name decides: the word council, "
        "NHS, co-operative, limited or the like; otherwise charity.",
        longest=20,
        also=("organisation type", "organization kind"),
    ),
    Column(
        "registered_society",
        "Is itself a registered society",
        "yes or no; empty means no. The £100,000 limit on shares does not hold for a member that "
        "is itself a registered society.",
        longest=5,
        also=("society", "is society"),
    ),
    Column(
        "email",
        "E-mail address",
        "One address, or empty. Several people may share one.",
        "rosa@example.org",
        longest=254,
        also=("e-mail", "email address", "e-mail address", "mail"),
    ),
    Column(
        "phone",
        "Phone number",
        "10 to 15 figures, or empty. A spreadsheet may have dropped the first 0: it is put back.",
        "01632 960 001",
        longest=20,
        also=("telephone", "phone number", "mobile", "tel"),
    ),
    Column(
        "address_line_1",
        "Address",
        "Up to 120 letters. May be empty; the register should have one for everybody.",
        "1 Mill Row",
        longest=120,
        also=("address", "address 1", "address1", "street"),
    ),
    Column(
        "address_line_2",
        "Address, second line",
        "Up to 120 letters, or empty.",
        longest=120,
        also=("address 2", "address2"),
    ),
    Column(
        "town",
        "Town",
        "Up to 60 letters, or empty.",
        "Damside",
        longest=60,
        also=("city", "town or city", "post town"),
    ),
    Column(
        "postcode",
        "Postcode",
        "A full UK postcode, or empty.",
        "QX7 2AB",
        longest=10,
        also=("post code", "postal code", "zip"),
    ),
    Column(
        "born",
        "Date of birth",
        "A date before the day of joining, or empty.",
        "27/03/1961",
        also=("date of birth", "dob", "birth date"),
    ),
    Column(
        "format",
        "How we should write",
        "standard, large, easy or audio; empty means standard.",
        "standard",
        longest=10,
        also=("print", "accessible format"),
    ),
    Column(
        "class",
        "Class of membership",
        "The code of a class, or its name: supported, family, worker, community, organisation or "
        "investor where a co-op has not changed them.",
        "community",
        required=True,
        longest=60,
        also=("class code", "member class", "membership class", "membership type"),
    ),
    Column(
        "joined",
        "Date entered in the register",
        "A date that is not still to come, such as 2019-03-05 or 05/03/2019.",
        "05/03/2019",
        required=True,
        also=("date joined", "join date", "date entered", "joined on", "member since"),
    ),
    Column(
        "shares",
        "Shares held now",
        "A whole number, as many as the class allows; 0 only for a member who has ceased.",
        "25",
        required=True,
        also=("shares held", "number of shares", "share holding", "holding"),
    ),
    Column(
        "ceased",
        "Date ceased",
        "The first day on which they were no longer a member: not before they joined and not still "
        "to come. Empty for a member.",
        also=("date ceased", "ceased on", "left", "date left"),
    ),
    Column(
        "ceased_because",
        "Why ceased",
        "Up to 120 letters, only with a date ceased.",
        longest=120,
        also=("reason ceased", "why ceased", "reason for leaving"),
    ),
)

BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
REQUIRED: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.required)


def plain_heading(text: str) -> str:
    """A heading without its case, blanks, underscores, hyphens and full stops."""
    return re.sub(r"[\s_.\-]+", "", text).casefold()


_KNOWN: Mapping[str, str] = {
    plain_heading(heading): column.name
    for column in COLUMNS
    for heading in (column.name, column.label, *column.also)
}


def named(headings: Sequence[str]) -> dict[str, str]:
    """Our column → the file's heading for it, where that is our own name however it is written."""
    exact = {plain_heading(name): name for name in BY_NAME}
    found: dict[str, str] = {}
    for heading in headings:
        if name := exact.get(plain_heading(heading)):
            found.setdefault(name, heading)
    return found


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """As `named`, and what other headings likely mean: for somebody to look at."""
    found = named(headings)
    for heading in headings:
        if (name := _KNOWN.get(plain_heading(heading))) and heading not in found.values():
            found.setdefault(name, heading)
    return found


def places(headings: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Our column → where it stands in the file, by the headings chosen for them."""
    at = {heading: place for place, heading in reversed(list(enumerate(headings)))}
    return {name: at[heading] for name, heading in columns.items() if heading in at}


def missing(columns: Iterable[str]) -> list[Column]:
    """The required columns that are not among these."""
    have = set(columns)
    return [BY_NAME[name] for name in REQUIRED if name not in have]
