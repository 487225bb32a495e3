"""The one place where numbers of shares change: transactions and their journal, together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from ledger.models import Journal, Party
from ledger.money import pence_of
from ledger.operations import Line, new_party, post, reverse
from members.models import (
    Estate,
    Member,
    Organisation,
    Person,
    ShareClass,
    ShareTransaction,
    SocietyRules,
)
from members.querysets import AT_PAR


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


def keep_party(*, holder: Person | Organisation, party: Party, by: Actor) -> None:
    """Somebody new to the ledger is the party under which they have paid; who is known there
    stays who they are. Called inside operations."""
    if type(holder)._default_manager.filter(pk=holder.pk, party=None).update(party=party):
        audit.record(by, "members.keep_party", holder, party=party.pk)
    holder.refresh_from_db(fields=["party"])


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
    day or any later one. The same `key` again gives the first transaction back; a key that was
    used for something else is refused.
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
    hold_still([change.member for change in changes])
    if earlier := list(ShareTransaction.objects.filter(journal__key=key)):
        return _the_same(earlier, changes, share_class)
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
    made = ShareTransaction.objects.bulk_create(
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
    _refuse_over_cap(changes, share_class)
    _settle_estates(changes, date, by)
    return made


def _the_same(
    earlier: list[ShareTransaction], changes: Sequence[Change], share_class: ShareClass
) -> list[ShareTransaction]:
    """A repeat is harmless only if it says the same."""
    written = {(one.member_id, one.share_class_id, one.quantity) for one in earlier}
    if written != {(one.member.pk, share_class.pk, one.quantity) for one in changes}:
        raise ValueError(f"Journal {earlier[0].journal_id} has this key and says something else.")
    return earlier


def reverse_holdings(
    *,
    journal: Journal,
    date: dt.date,
    why: str,
    because: str = "",
    minute: str = "",
    by: Actor,
) -> list[ShareTransaction]:
    """Undo all share transactions of one journal by ones that say the opposite. Both stay.

    What happened together is undone together: both sides of a transfer, a whole write-down. `why`
    is for the journal, which holds no names; `because` is kept with the shares, as it was typed.
    """
    first = list(journal.share_transactions.select_related("member", "share_class"))
    changes = [Change(one.member, -one.quantity) for one in first]
    hold_still([one.member for one in first])
    if ShareTransaction.objects.filter(reverses__in=first).exists():
        raise RuleError("This has been put right already.")
    for change in changes:
        _check_day(change.member, date)
    _refuse_below_zero(changes, first[0].share_class, date)
    reversing = reverse(journal=journal, date=date, why=why, by=by)
    made = ShareTransaction.objects.bulk_create(
        ShareTransaction(
            member=one.member,
            share_class=one.share_class,
            kind=ShareTransaction.Kind.CORRECTION,
            quantity=-one.quantity,
            date=date,
            journal=reversing,
            minute=minute,
            reverses=one,
            because=because,
        )
        for one in first
    )
    _refuse_over_cap(changes, first[0].share_class)
    _settle_estates(changes, date, by)
    return made


def _settle_estates(changes: Sequence[Change], date: dt.date, by: Actor) -> None:
    """An estate is settled while nothing is held, however the shares went, and open else."""
    estates = Estate.objects.filter(member__in=[change.member.pk for change in changes])
    for estate in estates.select_related("member"):
        held = estate.member.share_transactions.shares()
        if bool(held) != bool(estate.settled_on):
            continue
        estate.settled_on = None if held else max(date, estate.told_on)
        estate.save(update_fields=["settled_on"])
        what = "members.reopen_estate" if held else "members.settle_estate"
        audit.record(by, what, estate, member=estate.member_id)


def hold_still(members: Sequence[Member]) -> None:
    """One change of a holding at a time; in one sequence, so that two do not wait in a ring."""
    wanted = Member.objects.filter(pk__in=[member.pk for member in members])
    list(wanted.order_by("pk").select_for_update().values_list("pk"))


def _check_day(member: Member, date: dt.date) -> None:
    refuse_day_to_come(date, "date")
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
                f"Member {change.member.number} has only {lowest[pk]:,} that can be taken.",
                field="quantity",
            )


def _refuse_over_cap(changes: Sequence[Change], share_class: ShareClass) -> None:
    """Nobody has more in withdrawable shares than the limit, in all memberships together, but a
    member that is itself a society. 2014 Act, section 24."""
    more = [change.member for change in changes if change.quantity > 0]
    if not more or not share_class.withdrawable:
        return
    held = ShareTransaction.objects.filter(share_class__withdrawable=True).order_by()
    people = held.filter(member__person__in=[one.person_id for one in more if one.person_id])
    bodies = held.filter(
        member__organisation__in=[one.organisation_id for one in more if one.organisation_id],
        member__organisation__is_society=False,
    )
    most = SocietyRules.current().most_shares_value
    for rows in (people.values("member__person"), bodies.values("member__organisation")):
        if rows.annotate(pounds=Sum(AT_PAR)).filter(pounds__gt=most.amount).exists():
            raise RuleError(f"Nobody may hold more than {most} in withdrawable shares.")
