"""Who owes dues on a day, and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F
from djmoney.money import Money

from ledger.money import GBP, in_words, pence_of
from members.models import DuesCharge, Member, MemberClass
from members.rules.dues import AGE_NAMES, age_column, dues_year, next_dues_on

#: Under this kind the ledger knows orders that are for dues.
DUES_OWNER = "members.dues"


@dataclass(frozen=True)
class Arrears:
    """What one member owes: pence by age, in the columns of AGE_NAMES."""

    member_id: int
    columns: tuple[int, ...]
    reminders: int

    @property
    def total(self) -> int:
        return sum(self.columns)

    @property
    def labelled(self) -> list[tuple[str, int]]:
        return list(zip(AGE_NAMES, self.columns, strict=True))


@dataclass(frozen=True)
class ToCharge:
    """How many of one class would be charged, and how much in all."""

    member_class: MemberClass
    members: int

    @property
    def amount(self) -> Money:
        amount: Money = self.member_class.yearly_dues * self.members
        return amount


def to_charge(year: int, month: int, today: dt.date) -> list[ToCharge]:
    """What charging the dues of a month would do now, by class. Two queries."""
    first, _last = dues_year(year, month)
    members = Member.objects.owing_dues(first, today).by_class_then()
    return [
        ToCharge(one, members[one.pk]) for one in MemberClass.objects.all() if one.pk in members
    ]


def arrears_on(today: dt.date) -> list[Arrears]:
    """Everybody who owes dues, whoever has ceased too; the largest sum first. One query."""
    owed: dict[int, list[int]] = {}
    reminders: dict[int, int] = {}
    rows = DuesCharge.objects.unpaid().with_rest().order_by()
    for member, due_on, rest, sent in rows.values_list(
        "member", "order__due_on", F("rest"), "reminders"
    ):
        columns = owed.setdefault(member, [0] * len(AGE_NAMES))
        columns[age_column(due_on or today, today)] += round(rest * 100)
        reminders[member] = max(reminders.get(member, 0), sent)
    found = [Arrears(pk, tuple(columns), reminders[pk]) for pk, columns in owed.items()]
    return sorted(found, key=lambda one: (-one.total, one.member_id))


def owed_by(members: Iterable[Member]) -> dict[int, Money]:
    """Id of the member → what they owe in dues, for those of these who do. One query."""
    rows = DuesCharge.objects.unpaid().with_rest().filter(member__in=members).order_by()
    owed: dict[int, Money] = {}
    for member, rest in rows.values_list("member", F("rest")):
        owed[member] = owed.get(member, Money(0, GBP)) + Money(rest, GBP)
    return owed


def dues_to_come(members: Sequence[Member], today: dt.date) -> list[str]:
    """When the next yearly dues of each of these fall due, and how much: a sentence each. Dues that
    nobody pays any more, or never did, are left out. One query."""
    charged: dict[int, list[tuple[dt.date, dt.date]]] = {}
    yearly = DuesCharge.objects.filter(member__in=members, kind=DuesCharge.Kind.YEARLY)
    for member_id, *period in yearly.order_by().values_list("member", "period_start", "period_end"):
        charged.setdefault(member_id, []).append((period[0], period[1]))
    found = []
    for member in members:
        wanted = member.member_class
        if member.is_active_on(today) and wanted.yearly_dues:
            first = next_dues_on(
                wanted.dues_month, charged.get(member.pk, []), member.joined, today
            )
            whose = f" of {member.name}" if len(members) > 1 else ""
            amount = in_words(pence_of(wanted.yearly_dues))
            found.append(f"The next dues{whose}, {amount}, fall due in {first:%B %Y}.")
    return found


def totals_of(found: list[Arrears]) -> list[tuple[str, str]]:
    """Each column with what it comes to, in words."""
    sums = [sum(one.columns[place] for one in found) for place in range(len(AGE_NAMES))]
    return [(name, in_words(pence)) for name, pence in zip(AGE_NAMES, sums, strict=True)]
