"""The end of a membership, however it comes: the entry, the role, and what had been begun."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.operations import end_member_role
from core.registry import operation
from ledger.models import Mandate, TreasurerTask
from ledger.money import in_words, pence_of
from ledger.operations import ask_treasurer, cancel_order, end_mandate
from members.models import DuesCharge, Member, Organisation, Person, SharePurchase
from members.operations.issuing import held_purchase
from members.querysets import PURCHASE_OWNER
from members.writing import call_off


@operation(needs="members.keep_register")
def cease_member(*, member: Member, ceased: dt.date, because: str, by: Actor) -> Member:
    """Bring over that a membership ended, for the reason that an earlier register gives. Of one
    that ends now, `end_membership` asks more.

    `ceased` is the first day on which they are no longer a member.
    """
    return end_entry(member=member, ceased=ceased, because=because, by=by)


def end_entry(*, member: Member, ceased: dt.date, because: str, by: Actor) -> Member:
    """End an entry, for operations that have checked the right.

    Shares that were asked for are asked for no more, and the Direct Debit ends once nothing is
    owed. Raises RuleError for a day that cannot be, or where the entry has ended.
    """
    if not because.strip():
        raise RuleError("Say why the membership ended.", field="because")
    if ceased < member.joined:
        raise RuleError("That is before the member joined.", field="ceased")
    if ceased > timezone.localdate():
        raise RuleError("That day is still to come.", field="ceased")
    stop_buying(member, by)  # first: whoever pays holds the order, and then the member
    entry = Member.objects.filter(pk=member.pk, ceased__isnull=True)
    if entry.update(ceased=ceased, ceased_because=because.strip()) != 1:
        raise RuleError("This membership has already ended.")
    member.refresh_from_db()
    for user in users_of(member):
        end_role_without_membership(user, by)
    if not _owes_or_belongs(member):
        stop_collecting_from(member.holder, by)
    audit.record(by, "members.cease_member", member, ceased=ceased.isoformat())
    return member


def users_of(member: Member) -> list[User]:
    """The users who act as this member: the person, or the organisation's representative."""
    if member.person is not None:
        return [member.person.user] if member.person.user else []
    assert member.organisation is not None
    acting = member.organisation.representatives.active_on(timezone.localdate())
    return list(User.objects.filter(person__represents__in=acting))


def end_role_without_membership(user: User, by: Actor) -> None:
    """End the member role, unless a membership of today still gives it."""
    today = timezone.localdate()
    if not Member.objects.active_on(today).of_user(user, today).exists():
        end_member_role(user=user, by=by)


def stop_buying(member: Member, by: Actor) -> list[int]:
    """Ask no more for shares that are not issued; the treasurer is asked to pay back what came.

    Money that is still on its way is put before the treasurer when it comes. Returns which.
    """
    stopped = []
    for purchase in hold_buying(member):
        order = cancel_order(order=purchase.order, paying_back=True, by=by)
        call_off(key=f"members.shares-asked:{purchase.pk}", by=by)
        if order.paid_so_far:
            came = in_words(pence_of(order.paid_so_far))
            ask_treasurer(
                kind=TreasurerTask.Kind.PAY_BACK,
                key=f"{PURCHASE_OWNER}-back:{order.pk}",
                sentence=f"{came} came for {order.reference}, and the membership has ended. "
                "Pay it back.",
                order=order,
                by=by,
            )
        stopped.append(purchase.pk)
    return stopped


def hold_buying(member: Member) -> list[SharePurchase]:
    """What is asked for and not issued, held until the end of the transaction: before the member,
    by whoever may end a membership."""
    asked = [held_purchase(one) for one in member.purchases.not_issued().order_by("order")]
    return [one for one in asked if not one.issued and not one.order.is_cancelled]  # by now


def stop_collecting_from(holder: Person | Organisation, by: Actor) -> list[int]:
    """End the Direct Debit or card by which we collect, and what was announced. Returns which."""
    if holder.party_id is None:
        return []
    live = Mandate.objects.filter(party=holder.party_id).exclude(state=Mandate.State.ENDED)
    return [end_mandate(mandate=mandate, by=by).pk for mandate in live]


def _owes_or_belongs(member: Member) -> bool:
    """Whether there is something left to collect by the same mandate, or soon will be."""
    today = timezone.localdate()
    entries = Member.objects.filter(person=member.person, organisation=member.organisation)
    owed = DuesCharge.objects.unpaid().filter(member__in=entries)
    return owed.exists() or entries.active_on(today).exists()
