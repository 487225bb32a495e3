"""A register as plain facts, for the checks that need no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from members.importing import Plan, check, named, read_rows, read_table
from members.importing.plan import HolderKey, Known, KnownClass, KnownHolder, KnownMember
from members.rules import ClassRules
from tests.members.importing.files import CODES, Cells, csv_of

TODAY = dt.date(2026, 3, 3)
NAMES = {
    "supported": "Supported member",
    "family": "Family carer",
    "worker": "Care worker",
    "community": "Community supporter",
    "organisation": "Partner organisation",
    "investor": "Investor member",
}


def _class(code: str) -> KnownClass:
    return KnownClass(
        code=code,
        rules=ClassRules(
            name=NAMES[code],
            evidence="" if code == "investor" else "Some words.",
            minimum_age=18 if code == "investor" else 16,
            minimum_shares=25 if code == "investor" else 1,
            maximum_shares=100_000,
            for_organisations=code == "organisation",
        ),
        par=100,
        withdrawable=True,
    )


@dataclass
class Register:
    """Who is known and who is a member, put together row by row."""

    holders: dict[HolderKey, KnownHolder] = field(default_factory=dict)
    members: dict[int, KnownMember] = field(default_factory=dict)
    withdrawable: dict[HolderKey, int] = field(default_factory=dict)

    def person(
        self,
        first_name: str = "Rosa",
        last_name: str = "Whiteley",
        born: dt.date | None = None,
        has_died: bool = False,
        **details: str,
    ) -> HolderKey:
        return self._add(True, first_name, last_name, born, has_died, details)

    def organisation(self, name: str, **details: Any) -> HolderKey:
        return self._add(
            False, "", name, None, False, {"kind": "charity", "is_society": False} | details
        )

    def _add(
        self,
        is_person: bool,
        first: str,
        last: str,
        born: dt.date | None,
        has_died: bool,
        details: dict[str, Any],
    ) -> HolderKey:
        key = HolderKey(is_person, len(self.holders) + 1)
        empty = dict.fromkeys(("email", "address_line_1", "address_line_2", "town", "postcode"), "")
        if is_person:
            empty |= {"phone": "", "format": "standard"}
        self.holders[key] = KnownHolder(key, first, last, born, has_died, empty | details)
        return key

    def member(
        self,
        number: int,
        holder: HolderKey,
        code: str = "community",
        joined: dt.date = dt.date(2019, 3, 5),
        ceased: dt.date | None = None,
        shares: int = 25,
        ceased_because: str = "",
    ) -> None:
        self.members[number] = KnownMember(
            number, holder, code, joined, ceased, ceased_because, shares
        )
        self.withdrawable[holder] = self.withdrawable.get(holder, 0) + shares * 100

    def known(self) -> Known:
        return Known(
            today=TODAY,
            classes={code: _class(code) for code in CODES},
            most_pence=100_000_00,
            members=self.members,
            holders=self.holders,
            withdrawable_pence=self.withdrawable,
        )

    def plan(self, *rows: Cells) -> Plan:
        """What a file of these rows would do to this register."""
        return self.plan_of(csv_of(*rows))

    def plan_of(self, data: bytes) -> Plan:
        table = read_table(data)
        rows = read_rows(table, named(table.headings), TODAY)
        return check(rows, self.known())


def faults(plan: Plan) -> list[tuple[int, str]]:
    """Where the faults are: row and field."""
    return [(fault.row, fault.field) for fault in plan.faults]
