"""The one place where numbers of shares change: transactions and their journal, together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.models import Journal, Party
from ledger.money import pence_of
from ledger.operations import Line, new_party, post, reverse
from members.models import Member, Organisation, Person, ShareClass, ShareTransaction


@dataclass(frozen=True)
class Change:
    """So many shares more (or fewer, below zero) for one membership."""

    member: Member
    quantity: int


@operation(needs=None)
def party_for(*, holder: Person | Organisation, by: Actor) -> Party:
    """Who somebody is in the ledger; made with their first money. One party a holder, ever."""
    if holder.party is not None:
        return holder.party
    found = type(holder)._default_manager.select_for_update().get(pk=holder.pk)
    if found.party is None:  # else another made it just now
        found.party = new_party(by=by)
        found.save(update_fields=["party"])
        audit.record(by, "members.party_for", holder, party=found.party.pk)
    holder.party = found.party
    return holder.party


def change_holding(
    *,
    member: Member,
    share_class: ShareClass,
    kind: ShareTransaction.Kind,
    quantity: int,
    date: dt.date,
    against: str,
    against_party: Party | None = None,
    key: str,
    minute: str = "",
    source: str = "",
    by: Actor,
) -> ShareTransaction:
    """Note that a member holds so many shares more (or fewer), with its journal.

    Their value at par moves between the capital of the class and the account `against` (for
    `against_party`, or else the holder). Called inside operations, which have checked the right.
    Refuses a day before the member entered or still to come, and a holding below zero on that
    day or any later one. The same `key` again gives the first transaction back.
    """
    party = against_party or party_for(holder=member.holder, by=by)
    [transaction] = change_holdings(
        changes=[Change(member, quantity)],
        share_class=share_class,
        kind=kind,
        date=date,
        against=[Line(against, quantity * pence_of(share_class.par), party)],
        key=key,
        minute=minute,
        source=source or f"members.member:{member.pk}",
        by=by,
    )
    return transaction


def change_holdings(
    *,
    changes: Sequence[Change],
    share_class: ShareClass,
    kind: ShareTransaction.Kind,
    date: dt.date,
    against: Sequence[Line] = (),
    key: str,
    minute: str = "",
    source: str = "",
    by: Actor,
) -> list[ShareTransaction]:
    """Change several holdings of one class by one journal: all of them or none.

    `against` are the other lines of the journal; a transfer has none, since one member has more
    by what another has less. Otherwise as `change_holding`.
    """
    _hold_still([change.member for change in changes])
    journals = Journal.objects.filter(key=key)
    if earlier := list(ShareTransaction.objects.filter(journal__in=journals)):
        return earlier
    for change in changes:
        _check_day(change.member, date)
    _refuse_below_zero(changes, share_class, date)
    par = pence_of(share_class.par)
    lines = [
        Line(
            share_class.capital_id,
            -change.quantity * par,
            party_for(holder=change.member.holder, by=by),
        )
        for change in changes
    ]
    journal = post(
        kind=f"shares-{kind.value}",
        date=date,
        key=key,
        lines=[*against, *lines],
        source=source,
        memo=_memo(changes),
        by=by,
    )
    return ShareTransaction.objects.bulk_create(
        ShareTransaction(
            member=change.member,
            share_class=share_class,
            kind=kind,
            quantity=change.quantity,
            date=date,
            journal=journal,
            minute=minute,
        )
        for change in changes
    )


def reverse_holdings(
    *, journal: Journal, date: dt.date, why: str, minute: str = "", by: Actor
) -> list[ShareTransaction]:
    """Undo all share transactions of one journal by ones that say the opposite. Both stay.

    What happened together is undone together: both sides of a transfer, a whole write-down.
    """
    first = list(journal.share_transactions.select_related("member", "share_class"))
    changes = [Change(one.member, -one.quantity) for one in first]
    _hold_still([one.member for one in first])
    for change in changes:
        _check_day(change.member, date)
    _refuse_below_zero(changes, first[0].share_class, date)
    reversing = reverse(journal=journal, date=date, why=why, by=by)
    return ShareTransaction.objects.bulk_create(
        ShareTransaction(
            member=one.member,
            share_class=one.share_class,
            kind=ShareTransaction.Kind.CORRECTION,
            quantity=-one.quantity,
            date=date,
            journal=reversing,
            minute=minute,
            reverses=one,
        )
        for one in first
    )


def _hold_still(members: Sequence[Member]) -> None:
    """One change of a holding at a time; in one sequence, so that two do not wait in a ring."""
    wanted = Member.objects.filter(pk__in=[member.pk for member in members])
    list(wanted.order_by("pk").select_for_update().values_list("pk"))


def _check_day(member: Member, date: dt.date) -> None:
    if date > timezone.localdate():
        raise RuleError("That day is still to come.", field="date")
    if date < member.joined:
        raise RuleError("That is before the member was entered in the register.", field="date")


def _memo(changes: Sequence[Change]) -> str:
    if len(changes) > 2:
        return f"{sum(change.quantity for change in changes):+,} shares, {len(changes):,} members"
    return ", ".join(
        f"{change.quantity:+,} shares, member {change.member.number}" for change in changes
    )


def _refuse_below_zero(changes: Sequence[Change], share_class: ShareClass, date: dt.date) -> None:
    """A holding is never negative: not on the day of a change, and not on a later day."""
    fewer = {change.member.pk: change for change in changes if change.quantity < 0}
    of_class = ShareTransaction.objects.filter(share_class=share_class, member__in=fewer)
    lowest = dict.fromkeys(fewer, 0) | {
        pk: held.get(share_class.pk, 0) for pk, held in of_class.up_to(date).holdings().items()
    }
    now = dict(lowest)
    later = of_class.filter(date__gt=date).order_by("date").values("member", "date")
    for day in later.annotate(sum=Sum("quantity")):
        now[day["member"]] += day["sum"]
        lowest[day["member"]] = min(lowest[day["member"]], now[day["member"]])
    for pk, change in fewer.items():
        if lowest[pk] + change.quantity < 0:
            raise RuleError(
                f"Only {lowest[pk]:,} shares can be taken from the holding of member "
                f"{change.member.number}.",
                field="quantity",
            )
