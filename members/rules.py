"""The rules of joining: pure functions over plain facts, no rows and no clocks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

#: What the applicant is asked, one topic a page: step → the fields of an application it fills.
STEPS: Mapping[str, tuple[str, ...]] = {
    "class": ("member_class",),
    "about": ("first_name", "last_name", "born", "organisation_name", "organisation_kind"),
    "contact": (
        "email",
        "phone",
        "address_line_1",
        "address_line_2",
        "town",
        "postcode",
        "format",
    ),
    "evidence": ("evidence",),
    "shares": ("shares", "agreed_to_rules_at"),
}

#: No letters or figures that look alike when read out or written by hand.
CODE_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXY346789"
CODE_LENGTH = 8
MAX_TRIES = 5
#: How long a code lasts that somebody asked for, and one that came with an invitation.
CODE_LASTS = dt.timedelta(hours=1)
INVITATION_LASTS = dt.timedelta(days=14)

#: As many letters as the register has room for in a first or a last name.
LONGEST_NAME = 60

UNREADABLE = {
    "phone": "Enter a phone number with 10 to 15 figures, such as 01632 960 001.",
    "postcode": "Enter a full UK postcode, such as QX7 1AB.",
}

_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")


@dataclass(frozen=True)
class Contact:
    """How to reach a person or an organisation. `tidied` raises ValueError naming the field."""

    email: str = ""
    phone: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    town: str = ""
    postcode: str = ""
    format: str = "standard"

    def tidied(self) -> Contact:
        tidy = {"phone": tidy_phone, "postcode": tidy_postcode}
        texts = {name: text.strip() for name, text in asdict(self).items()}
        for name, clean in tidy.items():
            try:
                texts[name] = clean(texts[name])
            except ValueError as error:
                raise ValueError(name) from error
        return Contact(**texts)


@dataclass(frozen=True)
class ClassRules:
    """What a class of membership asks. `evidence` is empty when it asks for none."""

    name: str
    evidence: str
    minimum_age: int
    minimum_shares: int
    maximum_shares: int
    for_organisations: bool


@dataclass(frozen=True)
class Match:
    """Somebody already known who may be the applicant; `member_number` if a member today."""

    person_id: int
    name: str
    member_number: int | None = None


@dataclass(frozen=True)
class Applicant:
    """Everything about an application that decides whether it can be admitted."""

    member_class: ClassRules | None
    first_name: str
    last_name: str
    organisation_name: str
    born: dt.date | None
    address_line_1: str
    town: str
    postcode: str
    evidence: str
    files: int
    shares: int
    agreed_to_rules: bool
    matches: tuple[Match, ...] = ()
    known_as: Match | None = None
    somebody_new: bool = False
    organisation_number: int | None = None

    @property
    def for_organisation(self) -> bool:
        return self.member_class is not None and self.member_class.for_organisations


@dataclass(frozen=True)
class Check:
    """One line of the secretary's checklist. `found` says in a sentence how it stands."""

    code: str
    title: str
    ok: bool
    found: str


def age_on(born: dt.date, day: dt.date) -> int:
    """Whole years. Someone born on 29 February has their birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def checklist(applicant: Applicant, today: dt.date) -> list[Check]:
    """Every condition of admission and whether it is met today."""
    checks = [
        _class(applicant),
        _name(applicant),
        _age(applicant, today),
        _address(applicant),
        _evidence(applicant),
        _shares(applicant),
        _rules(applicant),
        _same_person(applicant),
    ]
    return [check for check in checks if check is not None]


def stops(checks: Iterable[Check]) -> list[Check]:
    """What still stops admission; nothing means the board may decide."""
    return [check for check in checks if not check.ok]


def _class(applicant: Applicant) -> Check:
    if applicant.member_class is None:
        return Check("class", "Class of membership", False, "No class has been chosen.")
    return Check("class", "Class of membership", True, applicant.member_class.name)


def _name(applicant: Applicant) -> Check:
    person = applicant.first_name and applicant.last_name
    if applicant.for_organisation:
        title = "Name, and who acts for it"
        if not applicant.organisation_name:
            return Check("name", title, False, "The name of the organisation is missing.")
        if not person:
            return Check(
                "name", title, False, "The full name of the person who acts for it is missing."
            )
        return Check("name", title, True, "Both are given.")
    if not person:
        return Check("name", "Full name", False, "The first or the last name is missing.")
    return Check("name", "Full name", True, "Given.")


def _age(applicant: Applicant, today: dt.date) -> Check | None:
    """Organisations have no age."""
    wanted = applicant.member_class
    if wanted is None or wanted.for_organisations:
        return None
    title = f"Aged {wanted.minimum_age} or over"
    if applicant.born is None:
        return Check("age", title, False, "The date of birth is missing.")
    age = age_on(applicant.born, today)
    if age < wanted.minimum_age:
        return Check("age", title, False, f"The applicant is {age}.")
    return Check("age", title, True, "Yes.")


def _address(applicant: Applicant) -> Check:
    """The register must hold a postal address: 2014 Act, section 30."""
    parts = {
        "first line": applicant.address_line_1,
        "town": applicant.town,
        "postcode": applicant.postcode,
    }
    missing = [name for name, part in parts.items() if not part]
    if missing:
        return Check("address", "Postal address", False, f"Missing from it: {', '.join(missing)}.")
    return Check("address", "Postal address", True, "Complete.")


def _evidence(applicant: Applicant) -> Check | None:
    """Some classes ask for nothing."""
    wanted = applicant.member_class
    if wanted is None or not wanted.evidence:
        return None
    if applicant.evidence or applicant.files:
        return Check("evidence", "What shows it", True, "Given: please read it.")
    return Check("evidence", "What shows it", False, f"Nothing given. Needed: {wanted.evidence}")


def _shares(applicant: Applicant) -> Check:
    wanted = applicant.member_class
    asked = f"{applicant.shares:,} asked for."
    if wanted is not None:
        refusal = shares_refusal(applicant.shares, wanted)
        if refusal:
            return Check("shares", "Number of shares", False, f"{asked} {refusal}")
    return Check("shares", "Number of shares", applicant.shares > 0, asked)


def shares_refusal(shares: int, wanted: ClassRules) -> str:
    """Why this class cannot have so many shares, in a sentence; empty when it can."""
    if wanted.minimum_shares <= shares <= wanted.maximum_shares:
        return ""
    return (
        f"{wanted.name} takes from {wanted.minimum_shares:,} to {wanted.maximum_shares:,} shares."
    )


def _rules(applicant: Applicant) -> Check:
    if applicant.agreed_to_rules:
        return Check("rules", "Agrees to the rules", True, "Yes.")
    return Check("rules", "Agrees to the rules", False, "Has not agreed to the rules.")


def _same_person(applicant: Applicant) -> Check:
    """One row per human, and one membership at a time."""
    title = "Not in the register already"
    if applicant.organisation_number is not None:
        return Check(
            "duplicate", title, False, f"Already in it as member {applicant.organisation_number}."
        )
    if applicant.known_as is not None:
        number = applicant.known_as.member_number
        if number is not None and not applicant.for_organisation:
            return Check("duplicate", title, False, f"Already in it as member {number}.")
        return Check("duplicate", title, True, "Is somebody we know, who will be used again.")
    if applicant.matches and not applicant.somebody_new:
        return Check(
            "duplicate", title, False, "May be somebody we know already. Say who, or that not."
        )
    return Check("duplicate", title, True, "Nobody we know, as far as can be seen.")


def steps_missing(applicant: Applicant, email: str) -> list[str]:
    """The steps that an applicant on the website has yet to fill in, in their order.

    Stricter than the checklist in one thing only: on the website an e-mail address is needed.
    """
    step_of = {
        "class": "class",
        "name": "about",
        "age": "about",
        "address": "contact",
        "evidence": "evidence",
        "shares": "shares",
        "rules": "shares",
    }
    missing = {
        step_of[check.code]
        for check in stops(checklist(applicant, dt.date.max))
        if check.code in step_of
    }
    if not email:
        missing.add("contact")
    return [step for step in STEPS if step in missing]


def same_code(typed: str) -> str:
    """A code as typed → as it was made: case, blanks and dashes do not matter."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())


def tidy_postcode(text: str) -> str:
    """ "qx7 1ab" → "QX7 1AB". Raises ValueError for what no postcode looks like."""
    squeezed = re.sub(r"\s+", "", text.upper())
    if not squeezed:
        return ""
    if not _POSTCODE.fullmatch(squeezed):
        raise ValueError(text)
    return f"{squeezed[:-3]} {squeezed[-3:]}"


def tidy_phone(text: str) -> str:
    """Figures in groups as typed. Raises ValueError unless there are 10 to 15 figures."""
    squeezed = " ".join(text.replace("-", " ").split())
    if not squeezed:
        return ""
    if not re.fullmatch(r"\+?[0-9() ]+", squeezed):
        raise ValueError(text)
    if not 10 <= sum(char.isdigit() for char in squeezed) <= 15:
        raise ValueError(text)
    return squeezed


def split_name(name: str) -> tuple[str, str]:
    """ "Mary Ann Shaw" → ("Mary Ann", "Shaw"); a single word is taken as the first name.

    What is longer than LONGEST_NAME is cut: the applicant sees it and puts it right.
    """
    words = name.split()
    if len(words) < 2:
        return " ".join(words)[:LONGEST_NAME], ""
    return " ".join(words[:-1])[:LONGEST_NAME], words[-1][:LONGEST_NAME]
