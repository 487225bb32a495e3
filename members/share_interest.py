"""Turns share transactions and what is unpaid of them into the plain facts of rules.interest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, Sum

from ledger.models import PayOut
from ledger.money import pence_of
from members.models import InterestRun, Member, ShareTransaction
from members.rules.interest import Change, interest, pence_days, tax_year

#: Under this kind the ledger knows pay-outs of interest.
INTEREST_OWNER = "members.interest"


@dataclass(frozen=True)
class Earned:
    """What one member's shares earned over a period."""

    member_id: int
    share_days: int
    pence: int


def earned(run: InterestRun) -> list[Earned]:
    """Every member with a penny or more of interest, by id. A few queries, however many."""
    par = pence_of(run.share_class.par)
    changes: dict[int, list[Change]] = {}
    for member, change in (*_held(run, par), *_unpaid(run)):
        changes.setdefault(member, []).append(change)
    lines = []
    for member, moved in sorted(changes.items()):
        days = pence_days(moved, run.first_on, run.last_on)
        if pence := interest(days, run.rate):
            lines.append(Earned(member, days // par, pence))
    return lines


def _held(run: InterestRun, par: int) -> Iterator[tuple[int, Change]]:
    rows = ShareTransaction.objects.filter(share_class=run.share_class, date__lte=run.last_on)
    for member, date, quantity in rows.order_by().values_list("member", "date", "quantity"):
        yield member, Change(date, quantity * par)


def _unpaid(run: InterestRun) -> Iterator[tuple[int, Change]]:
    """Shares whose money was taken back earn nothing until it comes again.

    What names no purchase is taken to be about this class.
    """
    about = Q(bought=run.share_class_id) | Q(bought=None)
    rows = Member.objects.unpaid_lines(run.last_on).filter(about, entry__isnull=False)
    for member, date, pence in rows.values_list("entry", "journal__date", "pence"):
        yield member, Change(date, -pence)


def _entries(parties: list[int]) -> dict[int, int]:
    """Id of the party → id of its newest entry in the register."""
    found = Member.objects.filter(
        Q(person__party__in=parties) | Q(organisation__party__in=parties)
    ).order_by("number")
    rows = found.values_list("person__party", "organisation__party", "pk")
    return {person or organisation: pk for person, organisation, pk in rows}


@dataclass(frozen=True)
class PaidInterest:
    """What one holder was paid in a tax year, whatever the runs and the numbers."""

    member: Member
    pence: int


def paid_in_tax_year(begins: int, at_least: int) -> list[PaidInterest]:
    """Everybody paid so many pence of share interest or more in a tax year, by number.

    Counted by the holder: somebody who was entered again has one line, under the later number.
    """
    paid = PayOut.objects.filter(
        owner_kind=INTEREST_OWNER, state=PayOut.State.PAID, paid_on__range=tax_year(begins)
    )
    totals = paid.order_by().values_list("party").annotate(total=Sum("amount"))
    wanted = {party: round(pounds * 100) for party, pounds in totals}
    wanted = {party: pence for party, pence in wanted.items() if pence >= at_least}
    entries = _entries(list(wanted))
    members = Member.objects.select_related("person", "organisation").in_bulk(entries.values())
    lines = [PaidInterest(members[pk], wanted[party]) for party, pk in entries.items()]
    return sorted(lines, key=lambda line: line.member.number)
