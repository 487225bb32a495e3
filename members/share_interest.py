"""Turns share transactions and what is unpaid of them into the plain facts of rules.interest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, Sum

from ledger import chart
from ledger.models import PayOut, Posting
from ledger.money import pence_of
from members.models import InterestRun, Member, SharePurchase, ShareTransaction
from members.rules.interest import Change, interest, pence_days, tax_year

#: Under this kind the ledger knows pay-outs of interest.
INTEREST_OWNER = "members.interest"
#: How the journals of unpaid shares name the purchase that they are about.
_PURCHASE = "members.purchase:"


@dataclass(frozen=True)
class Earned:
    """What one member's shares earned over a period."""

    member_id: int
    share_days: int
    pence: int


def earned(run: InterestRun) -> list[Earned]:
    """Every member with a penny or more of interest, by id. Six queries, whoever many they are."""
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

    The journal names the purchase, and so the class and the member. What was written by hand is
    taken to be about this class, and about the newest entry of whoever it is.
    """
    rows = list(
        Posting.objects.up_to(run.last_on)
        .filter(account=chart.SHARES_UNPAID, party__isnull=False)
        .values_list("party", "journal__source", "journal__date")
        .annotate(Sum("pence"))
    )
    purchases = _purchases(source for _party, source, _date, _pence in rows)
    entries = _entries([party for party, *_rest in rows])
    for party, source, date, pence in rows:
        share_class, member = purchases.get(source, (run.share_class_id, None))
        member = member or entries.get(party)
        if member is not None and share_class == run.share_class_id:
            yield member, Change(date, -pence)


def _purchases(sources: Iterator[str]) -> dict[str, tuple[int, int | None]]:
    """Source of a journal → the class of the shares, and who bought them."""
    ids = {source.removeprefix(_PURCHASE) for source in sources if source.startswith(_PURCHASE)}
    found = SharePurchase.objects.filter(pk__in=[int(pk) for pk in ids if pk.isdecimal()])
    return {
        f"{_PURCHASE}{pk}": (share_class, member or applicant)
        for pk, share_class, member, applicant in found.values_list(
            "pk", "share_class", "member", "application__member"
        )
    }


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
