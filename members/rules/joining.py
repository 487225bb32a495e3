"""The rules of joining."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from members.rules.classes import ClassRules, age_on, age_refusal, shares_refusal
from members.rules.grounds import Ground, Period, how_it_stands
from members.rules.shares import Buying, Paying, cap_refusal

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


@dataclass(frozen=True)
class Match:
    """Somebody already known who may be the applicant; `member_number` if a member today."""

    person_id: int
    name: str
    member_number: int | None = None


@dataclass(frozen=True)
class Applicant:
    """Everything about an application that decides whether it can be admitted. `twin` is the
    reference of an earlier one that waits too and may be of the same person."""

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
    twin: str = ""
    known_as: Match | None = None
    somebody_new: bool = False
    organisation_number: int | None = None
    paying: Paying | None = None
    buying: Buying | None = None
    ground: Ground | None = None
    support: tuple[Period, ...] = ()

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


def checklist(applicant: Applicant, today: dt.date) -> list[Check]:
    """Every condition of admission and whether it is met today."""
    checks = [
        _class(applicant),
        _name(applicant),
        _age(applicant, today),
        _address(applicant),
        _evidence(applicant),
        _ground(applicant, today),
        _shares(applicant),
        _paid(applicant),
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
    if age_refusal(age, wanted):
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


def _ground(applicant: Applicant, today: dt.date) -> Check | None:
    """Support for long enough, where the class asks for it and we have an agreement with them.

    Of somebody with whom we have none, the evidence has to show it.
    """
    if applicant.ground is None or not applicant.support:
        return None
    title = f"Supported for {applicant.ground.in_words}"
    return Check("ground", title, *how_it_stands(applicant.support, applicant.ground, today))


def _shares(applicant: Applicant) -> Check:
    wanted = applicant.member_class
    asked = f"{applicant.shares:,} asked for."
    if wanted is not None:
        refusal = shares_refusal(applicant.shares, wanted)
        if refusal:
            return Check("shares", "Number of shares", False, f"{asked} {refusal}")
    over = cap_refusal(applicant.buying) if applicant.buying else ""
    if over and applicant.for_organisation:
        over += " Of a registered society more is possible: say under Organisations that it is one."
    if over:
        return Check("shares", "Number of shares", False, f"{asked} {over}")
    return Check("shares", "Number of shares", applicant.shares > 0, asked)


def _paid(applicant: Applicant) -> Check | None:
    """Facts about money come with the application's order only."""
    if applicant.paying is None:
        return None
    paying = applicant.paying
    return Check("paid", "Shares paid for", paying.lets_admit, paying.found)


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
        if applicant.twin and not applicant.for_organisation:
            return Check("duplicate", title, False, f"{applicant.twin} waits for the same person.")
        return Check("duplicate", title, True, "Is somebody we know, who will be used again.")
    if applicant.twin and not applicant.somebody_new:
        found = f"May be the same person as {applicant.twin}, which waits too. If not, say so."
        return Check("duplicate", title, False, found)
    if applicant.matches and not applicant.somebody_new:
        return Check(
            "duplicate", title, False, "May be somebody we know already. Say who, or that not."
        )
    return Check("duplicate", title, True, "Nobody we know, as far as can be seen.")


def steps_missing(applicant: Applicant, email: str, today: dt.date) -> list[str]:
    """The steps that an applicant on the website has yet to fill in or put right, in their order.

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
        step_of[check.code] for check in stops(checklist(applicant, today)) if check.code in step_of
    }
    if not email:
        missing.add("contact")
    return [step for step in STEPS if step in missing]


def same_code(typed: str) -> str:
    """A code as typed → as it was made: case, blanks and dashes do not matter."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())
