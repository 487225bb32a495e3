"""What the register says before an import, and what the import would make of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from members.importing.faults import Fault, Note
from members.importing.rows import Row
from members.rules.classes import ClassRules


@dataclass(frozen=True)
class KnownClass:
    """A class of membership. `par` is the price of one of its shares in pence."""

    code: str
    rules: ClassRules
    par: int
    withdrawable: bool


@dataclass(frozen=True, slots=True)
class HolderKey:
    """Which person or which organisation."""

    is_person: bool
    id: int


@dataclass(frozen=True, slots=True)
class KnownMember:
    """One entry in the register, with the shares of today."""

    number: int
    holder: HolderKey
    class_code: str
    joined: dt.date
    ceased: dt.date | None
    ceased_because: str
    shares: int


@dataclass(frozen=True, slots=True)
class KnownHolder:
    """A person or an organisation that the co-op knows. An organisation has its name in
    `last_name`. `details` are what an import may change: how to reach them, and for an
    organisation its kind and whether it is itself a society."""

    key: HolderKey
    first_name: str
    last_name: str
    born: dt.date | None
    has_died: bool
    details: Mapping[str, str | bool]


@dataclass(frozen=True)
class Known:
    """Everything that an import is held against. `withdrawable_pence` is what each holder's
    withdrawable shares come to today, whatever the membership."""

    today: dt.date
    classes: Mapping[str, KnownClass]
    most_pence: int
    members: Mapping[int, KnownMember]
    holders: Mapping[HolderKey, KnownHolder]
    withdrawable_pence: Mapping[HolderKey, int]


@dataclass(slots=True)
class Spell:
    """One membership from a day until a day: of the register, or of a row that would be new."""

    joined: dt.date
    ceased: dt.date | None
    number: int
    row: int = 0


@dataclass(eq=False, slots=True)
class Holder:
    """Somebody whom rows are about: known, or to be made from them."""

    is_person: bool
    first_name: str
    last_name: str
    born: dt.date | None
    known: KnownHolder | None = None
    rows: list[Row] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    #: What their details come to when the import is done.
    details: dict[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A membership to be entered, with its shares."""

    row: Row
    holder: Holder
    member_class: KnownClass

    @property
    def shares(self) -> int:
        return self.row.shares or 0


@dataclass(frozen=True, slots=True)
class Change:
    """Details of somebody we know that the file gives otherwise."""

    key: HolderKey
    fields: Mapping[str, str | bool | dt.date]


@dataclass
class Plan:
    """What a file would do. With any fault it does nothing."""

    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    updated: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    ignored: Sequence[str] = ()

    @property
    def is_good(self) -> bool:
        return not self.faults

    def counts(self) -> dict[str, int]:
        """The numbers of the outcome: all but the rows are 0 where there are faults."""
        return {
            "rows": self.rows,
            "created": len(self.entries) if self.is_good else 0,
            "updated": self.updated if self.is_good else 0,
            "unchanged": self.unchanged if self.is_good else 0,
        }

    @property
    def current(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.row.ceased is None]

    def worth_knowing(self) -> dict[str, int]:
        """What is missing, and what comes in, of the memberships that would be new."""
        people = {id(one.holder) for one in self.entries if one.holder.known is None}
        return {
            "shares": sum(one.shares for one in self.entries),
            "pence": sum(one.shares * one.member_class.par for one in self.entries),
            "ceased": len(self.entries) - len(self.current),
            "new_holders": len(people),
            "without_evidence": sum(bool(one.member_class.rules.evidence) for one in self.current),
            "without_address": sum(
                not one.holder.details.get("address_line_1") for one in self.current
            ),
            "without_email": sum(not one.holder.details.get("email") for one in self.current),
        }
