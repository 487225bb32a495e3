"""Two rows that are one human become one row. It cannot be undone.

Every foreign key to the row given up, in whatever app, is turned to the row kept; the row is then
deleted, and MergedPerson says whose its id is now, so that lines of the audit trail and the read
log still find them. Consents are append-only: the database lets their owner change along a merge
that was noted, and nothing else of them (members.triggers). The journal is append-only too: where
both rows were somebody in the ledger, a journal moves the balances.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.operations import end_member_role, grant_member_role, stop_sign_in
from core.permissions import Role
from core.registry import operation
from core.relations import CannotMove, Relation, move, relations_to
from ledger.models import Party
from ledger.operations import put_parties_together
from members.models import (
    Authority,
    DataRequest,
    Member,
    MergedPerson,
    Office,
    Person,
    Qualification,
    SetApart,
)

ADDRESS = ("address_line_1", "address_line_2", "town", "postcode")
#: Filled from the row given up where the row kept says nothing.
GAPS = ("email", "phone", "born", "language", "other_needs", "prefers", "died_on")

#: Why two rows cannot be put together, by the rows of which there can be only one.
CLASHES = {
    Member: "Both are in the register today. End one of the memberships first.",
    Authority: "One of them acts for the other, or did: those are two people.",
    DataRequest: "Both have an open request for their data. Close one of them first.",
    Office: "Both hold the same office. End one of them first.",
    Qualification: "Both have the same skill noted from the same day.",
}


@operation(needs="members.merge_people")
def set_apart(*, first: Person, second: Person, by: Actor) -> SetApart:
    """Note that two people who look alike are two: they are not asked about again."""
    if first.pk == second.pk:
        raise RuleError("That is one and the same person.")
    low, high = sorted((first, second), key=lambda person: person.pk)
    noted, made = SetApart.objects.get_or_create(first=low, second=high)
    if made:
        audit.record(by, "members.set_apart", low, other=high.pk)
    return noted


@operation(needs="members.merge_people")
def merge_people(*, kept: Person, gone: Person, number: int, by: Actor) -> Person:
    """Put two rows of one human together: `kept` stays, `gone` is given up for good.

    `number` is the number of the row to be given up, typed once more. What only `gone` says of
    how to reach somebody is taken over. Refused where both have what there can be only one of.
    """
    if kept.pk == gone.pk:
        raise RuleError("That is one and the same person.")
    if number != gone.pk:
        raise RuleError("Type the number of the row that is to go.", field="number")
    rows = Person.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) != 2:
        raise RuleError("One of the two has been merged already.")
    kept, gone = found[kept.pk], found[gone.pk]
    _refuse_two_people(kept, gone)
    old_party = _put_money_together(kept, gone, by)
    _put_sign_ins_together(kept, gone, by)
    MergedPerson.objects.create(gone=gone.pk, kept=kept, party=old_party)
    SetApart.objects.filter(Q(first=gone) | Q(second=gone)).delete()
    moved = {str(relation): _move(relation, gone, kept) for relation in relations_to(Person)}
    _take_over(kept, gone)
    gone.delete()
    _give_member_role(kept, by)
    audit.record(
        by,
        "members.merge_people",
        kept,
        gone=number,
        moved={name: rows for name, rows in moved.items() if rows},
    )
    return kept


def _refuse_two_people(kept: Person, gone: Person) -> None:
    between = Q(person=kept, by=gone) | Q(person=gone, by=kept)
    if Authority.objects.filter(between).exists():
        raise RuleError(CLASHES[Authority])


def _move(relation: Relation, gone: Person, kept: Person) -> int:
    try:
        return move(relation, gone, kept)
    except CannotMove:
        name = relation.model._meta.verbose_name
        usual = f"Both have what only one can have ({name}). Settle that first."
        raise RuleError(CLASHES.get(relation.model, usual)) from None


def _put_money_together(kept: Person, gone: Person, by: Actor) -> Party | None:
    """The party that nobody is any more, if both rows had one."""
    old = gone.party
    if old is None:
        return None
    gone.party = None
    gone.save(update_fields=["party"])
    if kept.party is None:
        kept.party = old
        kept.save(update_fields=["party"])
        return None
    put_parties_together(gone=old, kept=kept.party, date=timezone.localdate(), by=by)
    return old


def _put_sign_ins_together(kept: Person, gone: Person, by: Actor) -> None:
    """One sign-in stays: that of the row kept, if it has one. The other opens nothing any more."""
    user = gone.user
    if user is None:
        return
    gone.user = None
    gone.save(update_fields=["user"])
    if kept.user is None:
        kept.user = user
        kept.save(update_fields=["user"])
        return
    held = user.role_grants.not_over_on(timezone.localdate()).exclude(role=Role.MEMBER).first()
    if held:
        raise RuleError(
            f"Person {gone.pk} signs in as {held.get_role_display().lower()}. "
            "Keep that row, or end that role first."
        )
    end_member_role(user=user, by=by)
    stop_sign_in(user=user, by=by)


def _take_over(kept: Person, gone: Person) -> None:
    """What only the row given up says of how to reach and speak to them."""
    fields = [name for name in GAPS if getattr(gone, name) and not getattr(kept, name)]
    if not kept.postal_address:
        fields += ADDRESS
    if kept.format == Person.Format.STANDARD:
        fields.append("format")
    fields += [name for name in ("signs", "interpreter") if getattr(gone, name)]
    if not kept.not_by:
        fields.append("not_by")
    for name in fields:
        setattr(kept, name, getattr(gone, name))
    kept.created_at = min(kept.created_at, gone.created_at)
    kept.save(update_fields=[*fields, "created_at"])


def _give_member_role(kept: Person, by: Actor) -> None:
    """A membership that came with the other row gives its rights to the sign-in that stays."""
    today = timezone.localdate()
    if kept.user and Member.objects.active_on(today).filter(person=kept).exists():
        grant_member_role(user=kept.user, since=today, by=by)
