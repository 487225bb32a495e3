"""Holding the rows of a file against the register: what each would do, and what stops it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from members.importing.faults import Fault, Note
from members.importing.people import BY_NAME, Because, People
from members.importing.plan import (
    Change,
    Entry,
    Holder,
    Known,
    KnownClass,
    KnownMember,
    Plan,
    Spell,
)
from members.importing.rows import CONTACT, Row, Rows
from members.importing.tables import STEP, Progress, quiet
from members.rules.classes import age_on, shares_refusal
from members.rules.contact import LONGEST_NAME
from members.rules.duplicates import plain_name

ADDRESS = ("address_line_1", "address_line_2", "town", "postcode")
LONGEST_ORGANISATION = 120
#: Details that an organisation has no room for in the register.
NOT_OF_ORGANISATIONS = ("phone", "format")

_KINDS = (
    (r"\b(council|borough|authority)\b", "council"),
    (r"\bnhs\b", "nhs"),
    (r"\b(co-?op|co-?operative)\b", "co-op"),
    (r"\b(ltd|limited|plc|llp)\b", "business"),
)


def check(rows: Rows, known: Known, progress: Progress = quiet) -> Plan:
    """What the rows would do to the register as it is. The plan names every fault."""
    plan = Plan(rows=rows.total, faults=list(rows.faults), ignored=rows.ignored)
    checker = _Checker(known, plan)
    for done, row in enumerate(rows.rows):
        checker.take(row)
        if done % STEP == 0:
            progress(done, len(rows.rows), "Comparing with the register")
    checker.finish()
    plan.faults.sort()
    plan.notes.sort(key=lambda note: note[:3])
    return plan


class _Checker:
    def __init__(self, known: Known, plan: Plan) -> None:
        self._known, self._plan = known, plan
        self._people = People(known)
        self._numbers: dict[int, int] = {}
        self._classes = _by_any_name(known.classes.values())
        self._because: dict[int, Because] = {}
        self._new: dict[int, list[Entry]] = {}
        self._existing: set[int] = set()

    def take(self, row: Row) -> None:
        """One row: an entry that is there already, or one to be."""
        self._check_number(row)
        wanted = self._class_of(row)
        there = self._known.members.get(row.number) if row.number else None
        if there is not None:
            self._existing.add(row.row)
            self._compare(row, there, wanted)
        elif wanted is not None:
            self._enter(row, wanted)

    def finish(self) -> None:
        """What only all rows of one holder show together."""
        for holder in self._people.with_rows():
            self._check_spells(holder)
            self._settle_details(holder)
            self._check_cap(holder)
        self._plan.unchanged = len(self._existing) - self._plan.updated

    def _fault(self, row: Row, field: str, message: str) -> None:
        self._plan.faults.append(Fault(row.row, field, message))

    def _note(self, row: Row, field: str, message: str, member: int | None = None) -> None:
        self._plan.notes.append(Note(row.row, field, message, member))

    def _check_number(self, row: Row) -> None:
        if row.number is None:
            return
        first = self._numbers.setdefault(row.number, row.row)
        if first != row.row:
            self._fault(row, "number", f"Row {first} has this number already.")

    def _class_of(self, row: Row) -> KnownClass | None:
        if not row.class_code:
            return None
        wanted = self._classes.get(plain_name(row.class_code))
        if wanted is None:
            codes = ", ".join(self._known.classes)
            self._fault(row, "class", f"There is no class of this code. Use one of {codes}.")
        return wanted

    # --- Entries that are there already -------------------------------------------------------

    def _compare(self, row: Row, there: KnownMember, wanted: KnownClass | None) -> None:
        """The register says who, since when, in which class and how many shares, not a file."""
        holder = self._people.of(there.holder)
        if not self._is_named(row, holder):
            self._fault(
                row,
                "number",
                "The register has somebody of another name under this number. A name is put right "
                "on the member’s own page, and a number is never used again.",
            )
            return
        holder.rows.append(row)
        for spell in holder.spells:
            if spell.number == there.number:
                spell.row = row.row
        if wanted and wanted.code != there.class_code:
            self._differs(row, "class", "in another class", "by a move, on the member’s page")
        if row.joined and row.joined != there.joined:
            self._differs(row, "joined", f"entered on {_in_words(there.joined)}", "never")
        if row.shares is not None and row.shares != there.shares:
            holds = f"with {there.shares:,} shares"
            self._differs(row, "shares", holds, "by share transactions, not by an import")
        if row.ceased and row.ceased != there.ceased:
            self._differs(row, "ceased", "with another end", "on the member’s page")
        if row.ceased_because and row.ceased_because != there.ceased_because:
            self._differs(row, "ceased_because", "with another reason", "not by an import")
        if row.born and holder.born and row.born != holder.born:
            self._differs(row, "born", "born on another day", "on the person’s own page")
        holder.born = holder.born or row.born

    def _differs(self, row: Row, field: str, says: str, changes: str) -> None:
        how = "and that does not change" if changes == "never" else f"which changes {changes}"
        self._fault(row, field, f"The register has this member {says}, {how}.")

    def _is_named(self, row: Row, holder: Holder) -> bool:
        if row.bad & {"first_name", "last_name", "organisation_name"}:
            return True  # the row says what is wrong already
        if not holder.is_person:
            return plain_name(row.name_of_organisation) == plain_name(holder.last_name)
        names = (row.first_name, holder.first_name), (row.last_name, holder.last_name)
        return all(plain_name(told) == plain_name(known) for told, known in names)

    # --- Entries to be --------------------------------------------------------------------------

    def _enter(self, row: Row, wanted: KnownClass) -> None:
        is_person = not wanted.rules.for_organisations
        self._check_shares(row, wanted)
        if not self._has_name(row, wanted):
            return
        holder, because = self._people.find(row, is_person)
        if because:
            self._because[row.row] = because
        holder.rows.append(row)
        if row.joined:
            holder.spells.append(Spell(row.joined, row.ceased, row.number or 0, row.row))
        entry = Entry(row, holder, wanted)
        self._plan.entries.append(entry)
        self._new.setdefault(id(holder), []).append(entry)
        self._plan.notes += self._people.lookalikes(holder, row)
        self._look_at(row, holder, wanted)

    def _check_shares(self, row: Row, wanted: KnownClass) -> None:
        if row.shares is None:
            return
        rules = replace(wanted.rules, minimum_shares=0) if row.ceased else wanted.rules
        if refusal := shares_refusal(row.shares, rules):
            self._fault(row, "shares", refusal)

    def _has_name(self, row: Row, wanted: KnownClass) -> bool:
        if wanted.rules.for_organisations:
            if not row.name_of_organisation and not row.bad & {"organisation_name", "last_name"}:
                self._fault(row, "last_name", "An organisation needs a name.")
            if len(row.name_of_organisation) > LONGEST_ORGANISATION:
                message = f"The whole name is longer than {LONGEST_ORGANISATION} letters."
                self._fault(row, "last_name", message)
            return bool(row.name_of_organisation)
        if row.organisation_name:
            message = f"{wanted.rules.name} is a class for people: no organisation can be in it."
            self._fault(row, "organisation_name", message)
        if len(row.last_name) > LONGEST_NAME:
            self._fault(row, "last_name", f"This is longer than {LONGEST_NAME} letters.")
        for field, words in (("first_name", "a first name"), ("last_name", "a last name")):
            if not getattr(row, field) and field not in row.bad:
                self._fault(row, field, f"A person needs {words}.")
        return bool(row.first_name and row.last_name)

    def _look_at(self, row: Row, holder: Holder, wanted: KnownClass) -> None:
        """What stops nothing: an import records members as they are."""
        if holder.is_person:
            if holder.known and holder.known.has_died and not row.ceased:
                self._fault(row, "ceased", "We have noted that this person has died.")
            least = wanted.rules.minimum_age
            if row.born and row.joined and age_on(row.born, row.joined) < least:
                self._note(row, "born", f"They joined when they were younger than {least}.")
        else:
            if any(row.contact.get(name) for name in NOT_OF_ORGANISATIONS):
                message = "The register keeps no phone number and no format for an organisation."
                self._note(row, "phone", message)
            if row.organisation_name and row.first_name + row.last_name:
                message = "The person named is not taken in: appoint them as its representative."
                self._note(row, "last_name", message)
        if holder.known:
            self._note_known(row, holder)

    def _note_known(self, row: Row, holder: Holder) -> None:
        number = next((spell.number for spell in holder.spells if not spell.row), None)
        said = f"member {number}" if number else "known to us"
        self._note(row, self._because[row.row][0], f"This is somebody who is {said}.", number)

    # --- All rows of one holder -----------------------------------------------------------------

    def _check_spells(self, holder: Holder) -> None:
        """One person is a member once at a time; somebody who came back has a second number."""
        spells = sorted(holder.spells, key=lambda one: (one.joined, one.ceased or dt.date.max))
        longest: Spell | None = None
        clash = False
        for spell in spells:
            if longest and (longest.ceased is None or longest.ceased > spell.joined):
                clash = True
                self._clash(holder, longest, spell)
            if longest is None or _end(spell) > _end(longest):
                longest = spell
        if not clash and holder.known is None:
            self._note_return(holder)

    def _note_return(self, holder: Holder) -> None:
        for row in holder.rows[1:]:
            field, what = self._because[row.row]
            first = holder.rows[0].row
            self._note(row, field, f"The same {what} as row {first}: one member, who came back.")

    def _clash(self, holder: Holder, one: Spell, other: Spell) -> None:
        rows = {row.row: row for row in holder.rows if row.row not in self._existing}
        last = max((spell for spell in (one, other) if spell.row in rows), key=_row, default=None)
        if last is None:
            return  # both are in the register: not for an import to judge
        first = other if last is one else one
        row = rows[last.row]
        if first.row:
            field, what = self._because.get(row.row) or self._because.get(first.row, BY_NAME)
            message = f"The same {what} as row {first.row}: somebody is a member once at a time."
            self._fault(row, field, message)
        else:
            message = f"This is member {first.number} of the register, under another number."
            self._fault(row, "number", message)

    def _check_cap(self, holder: Holder) -> None:
        """2014 Act, section 24: nobody has more in withdrawable shares, but a member that is
        itself a society."""
        new = [one for one in self._new.get(id(holder), ()) if one.member_class.withdrawable]
        if not new or holder.details.get("is_society"):
            return
        held = self._known.withdrawable_pence.get(holder.known.key, 0) if holder.known else 0
        for entry in new:
            held += entry.shares * entry.member_class.par
            too_many = entry.shares > entry.member_class.rules.maximum_shares
            if held > self._known.most_pence and not too_many:  # said already
                most = f"£{self._known.most_pence / 100:,.0f}"
                message = f"Nobody may hold more than {most} in withdrawable shares."
                self._fault(entry.row, "shares", message)

    def _settle_details(self, holder: Holder) -> None:
        """Details come from the rows in the order in which the memberships began, unless the
        register knows of a later one than the file."""
        before = dict(holder.details)
        rows = sorted(holder.rows, key=lambda row: (row.joined or dt.date.min, row.row))
        last_spell = max(holder.spells, key=lambda one: one.joined, default=None)
        if last_spell is not None and not last_spell.row:
            return
        for row in rows:
            _take_details(holder, row)
        if holder.known is None:
            return
        changed: dict[str, str | bool | dt.date] = {
            name: value for name, value in holder.details.items() if value != before.get(name)
        }
        if holder.born and holder.born != holder.known.born and holder.known.born is None:
            changed["born"] = holder.born
        if changed:
            self._plan.changes.append(Change(holder.known.key, changed))
            self._plan.updated += rows[-1].row in self._existing


def _take_details(holder: Holder, row: Row) -> None:
    """What the row says of how to reach them; an empty cell says nothing.

    Somebody who moved has a whole new address: nothing of the old one stays.
    """
    details = holder.details
    told: dict[str, str | bool] = {name: value for name, value in row.contact.items() if value}
    both = {"address_line_1", "postcode"} <= told.keys()
    if both and any(told[name] != details.get(name) for name in ("address_line_1", "postcode")):
        told |= {name: row.contact.get(name, "") for name in ADDRESS}
    names: Iterable[str] = CONTACT
    if not holder.is_person:
        names = [name for name in CONTACT if name not in NOT_OF_ORGANISATIONS]
        told |= _told_of_organisation(holder, row)
        names = [*names, "kind", "is_society"]
    details.update({name: told[name] for name in names if name in told})


def _told_of_organisation(holder: Holder, row: Row) -> Mapping[str, str | bool]:
    told: dict[str, str | bool] = {}
    if row.organisation_kind:
        told["kind"] = row.organisation_kind
    elif "kind" not in holder.details:
        told["kind"] = _likely_kind(holder.last_name)
    if row.registered_society is not None:
        told["is_society"] = row.registered_society
    return told


def _likely_kind(name: str) -> str:
    for pattern, kind in _KINDS:
        if re.search(pattern, name.casefold()):
            return kind
    return "charity"


def _by_any_name(classes: Iterable[KnownClass]) -> dict[str, KnownClass]:
    """Classes by their names and, before them, by their codes."""
    every = list(classes)
    found = {plain_name(one.rules.name): one for one in every}
    return found | {plain_name(one.code): one for one in every}


def _end(spell: Spell) -> dt.date:
    return spell.ceased or dt.date.max


def _row(spell: Spell) -> int:
    return spell.row


def _in_words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
