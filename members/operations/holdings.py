"""The one place where a number of shares changes: a transaction and its journal, together."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.models import Party
from ledger.money import pence_of
from ledger.operations import Line, new_party, post
from members.models import Member, Organisation, Person, ShareClass, ShareTransaction


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
    reverses: ShareTransaction | None = None,
    by: Actor,
) -> ShareTransaction:
    """Note that a member holds so many shares more (or fewer), with its journal.

    Their value at par moves between the capital of the class and the account `against` (for
    `against_party`, or else the holder). Called inside operations, which have checked the right.
    Refuses a day before the member entered or still to come, and a holding below zero on that
    day or any later one. The same `key` again gives the first transaction back.
    """
    if date > timezone.localdate():
        raise RuleError("That day is still to come.", field="date")
    if date < member.joined:
        raise RuleError("That is before the member was entered in the register.", field="date")
    Member.objects.select_for_update().get(pk=member.pk)  # one change of a holding at a time
    if earlier := ShareTransaction.objects.filter(journal__key=key, member=member).first():
        return earlier
    if quantity < 0:
        _refuse_below_zero(member, share_class, quantity, date)
    party = party_for(holder=member.holder, by=by)
    pence = quantity * pence_of(share_class.par)
    journal = post(
        kind=f"shares-{kind.value}",
        date=date,
        key=key,
        lines=[
            Line(against, pence, against_party or party),
            Line(share_class.capital_id, -pence, party),
        ],
        source=f"members.member:{member.pk}",
        memo=f"{quantity:+,} shares, member {member.number}",
        by=by,
    )
    return ShareTransaction.objects.create(
        member=member,
        share_class=share_class,
        kind=kind,
        quantity=quantity,
        date=date,
        journal=journal,
        minute=minute,
        reverses=reverses,
    )


def _refuse_below_zero(
    member: Member, share_class: ShareClass, quantity: int, date: dt.date
) -> None:
    """A holding is never negative: not on the day of a change, and not on a later day."""
    changes = member.share_transactions.filter(share_class=share_class).order_by()
    held = changes.up_to(date).shares()
    later = changes.filter(date__gt=date).values("date").annotate(sum=Sum("quantity"))
    lowest = held
    for day in later.order_by("date"):
        held += day["sum"]
        lowest = min(lowest, held)
    if lowest + quantity < 0:
        raise RuleError(f"Only {lowest:,} shares can be taken from this holding.", field="quantity")
