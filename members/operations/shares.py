"""What staff do with shares that are there: transfer, put right, write down, cancel the unpaid.

Nothing is changed or deleted: each is a transaction of its own, with its journal.
"""

from __future__ import annotations

import datetime as dt
import secrets
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.money import pence_of
from ledger.operations import GivenBack, Line, cancel_order, give_back, lower_order
from members.models import Certificate, Member, ShareClass, SharePurchase, ShareTransaction
from members.operations.holdings import (
    Change,
    change_holding,
    change_holdings,
    hold_still,
    reverse_holdings,
)
from members.operations.issuing import (
    held_purchase,
    note_unpaid,
    purchase_of,
    settle_purchase,
)
from members.rules.shares import buying_refusals, giving_refusal
from members.shareholding import (
    buying_of,
    giving_of,
    losses,
    number_of,
    purchase_shown,
    shares_of,
    source_of,
)
from members.speaking_for import MONEY, speaks_for
from members.ways_to_pay import way_back
from members.writing import write_to

Kind = ShareTransaction.Kind
#: What is not undone by reversal, and what to do instead.
NOT_REVERSED: dict[str, str] = {
    Kind.WITHDRAWAL: "The money for these shares has been paid out. They would have to be bought "
    "again.",
    Kind.CANCELLED: "These shares were cancelled because nobody paid for them. They would have to "
    "be bought again.",
}


@operation(needs="members.keep_shares")
def transfer_shares(
    *,
    giver: Member,
    receiver: Member,
    quantity: int,
    share_class: ShareClass | None = None,
    date: dt.date,
    minute: str,
    once: str,
    by: Actor,
) -> list[ShareTransaction]:
    """Note that the board agreed to a transfer from one member to another, on a day.

    The giver keeps their class's minimum while they stay a member, and gives no shares that are
    unpaid or asked back; the receiver has to be allowed to have so many. `once` is a key of the
    form that was shown: sent twice, it is done once.
    """
    _needs_minute(minute)
    if giver == receiver:
        raise RuleError("Choose another member.", field="receiver")
    hold_still([giver, receiver])
    share_class = share_class or giver.member_class.share_class
    key = f"shares-transfer:{once}"
    if earlier := list(ShareTransaction.objects.filter(journal__key=key)):
        return earlier
    today = timezone.localdate()
    if refusal := giving_refusal(giving_of(giver, share_class, quantity, today)):
        raise RuleError(refusal, field="quantity")
    if share_class != receiver.member_class.share_class:
        raise RuleError("The class of this member holds other shares.", field="receiver")
    if refusals := buying_refusals(buying_of(receiver, quantity, today, giver=giver)):
        raise RuleError(f"Member {receiver.number}: {' '.join(refusals)}", field="receiver")
    transactions = change_holdings(
        changes=[Change(giver, -quantity), Change(receiver, quantity)],
        share_class=share_class,
        kind=Kind.TRANSFER,
        date=date,
        key=key,
        minute=minute.strip(),
        source=f"members.member:{giver.pk}",
        by=by,
    )
    audit.record(
        by, "members.transfer_shares", giver, to=receiver.pk, shares=quantity, minute=minute.strip()
    )
    return transactions


@operation(needs="members.keep_shares")
def correct_shares(
    *, transaction: ShareTransaction, why: str, minute: str = "", by: Actor
) -> list[ShareTransaction]:
    """Undo a share transaction that was wrong, by one that says the opposite. Both stay.

    What happened together is undone together: both sides of a transfer, a whole write-down. The
    money for shares that were issued is then in "applications received", to be paid back. The
    reason may name somebody: it is kept with the shares, and not in the audit trail.
    """
    if not why.strip():
        raise RuleError("Say what was wrong.", field="why")
    if refusal := NOT_REVERSED.get(transaction.kind):
        raise RuleError(refusal)
    journal = transaction.journal
    if purchase := purchase_of(journal):
        purchase = held_purchase(purchase)
        if shares_of(purchase).filter(kind=Kind.CANCELLED).exists():
            raise RuleError("Some of these shares were cancelled, because nobody paid for them.")
    hold_still([one.member for one in journal.share_transactions.select_related("member")])
    corrections = reverse_holdings(
        journal=journal,
        date=timezone.localdate(),
        why=f"share transaction {transaction.pk} corrected",
        because=why.strip()[:120],
        minute=minute.strip(),
        by=by,
    )
    audit.record(by, "members.correct_shares", transaction)
    if purchase:
        settle_purchase(purchase=purchase, by=by)
    return corrections


@operation(needs="members.keep_shares")
def write_down(
    *,
    share_class: ShareClass,
    percent: Decimal,
    minute: str,
    seen: int,
    once: str,
    by: Actor,
) -> list[ShareTransaction]:
    """Write all shares of a class down by so many per cent, as a meeting decided: every holder
    loses their part in whole shares, and the society's reserves gain their value.

    `seen` is the number of shares of the class that the preview showed: refused if that has
    changed. `once` is a key of the preview: sent twice, it is done once.
    """
    _needs_minute(minute)
    if not 0 < percent <= 100:
        raise RuleError("Enter a percentage above 0, up to 100.", field="percent")
    key = f"write-down:{share_class.code}:{once}"
    if earlier := list(ShareTransaction.objects.filter(journal__key=key)):
        return earlier
    today = timezone.localdate()
    hold_still([loss.member for loss in losses(share_class, percent, today)])
    plan = losses(share_class, percent, today)  # as it is now that nobody else changes it
    if sum(loss.held for loss in plan) != seen:
        raise RuleError("The shares of this class have changed meanwhile. Please look again.")
    changes = [Change(loss.member, -loss.lost) for loss in plan if loss.lost]
    if not changes:
        raise RuleError("That is less than one share of all.", field="percent")
    lost = -sum(change.quantity for change in changes)
    transactions = change_holdings(
        changes=changes,
        share_class=share_class,
        kind=Kind.WRITE_DOWN,
        date=today,
        against=[Line(chart.RESERVES, -lost * pence_of(share_class.par))],
        key=key,
        minute=minute.strip(),
        source=f"members.shareclass:{share_class.pk}",
        by=by,
    )
    audit.record(
        by,
        "members.write_down",
        share_class,
        percent=str(percent),
        shares=lost,
        members=len(changes),
        minute=minute.strip(),
    )
    return transactions


@operation(needs="members.keep_shares")
def cancel_unpaid_shares(*, purchase: SharePurchase, minute: str, by: Actor) -> ShareTransaction:
    """Cancel the shares of a purchase that are not paid for, as the board decided.

    What was paid for stays. A share is cancelled whole: what came for a part of one goes back.
    They are asked for no more, and the member is told. Should more money go later, what is unpaid
    then is cancelled in the same way.
    """
    _needs_minute(minute)
    purchase = held_purchase(purchase)
    if purchase.issued is None or purchase.member is None:
        raise RuleError("These shares have not been issued.")
    shown = purchase_shown(purchase)
    if not shown.unpaid:
        raise RuleError("None of these shares is unpaid.")
    number = shown.to_cancel
    if number < 1:
        raise RuleError("None of these shares is held any more: there is nothing to cancel.")
    if purchase.order.payments.filter(state="processing").exists():
        raise RuleError("Money is on its way for these shares. Wait until it has come, or failed.")
    member = purchase.member
    before = shares_of(purchase).filter(kind=Kind.CANCELLED).count()
    cancelled = change_holding(
        member=member,
        share_class=purchase.share_class,
        kind=Kind.CANCELLED,
        quantity=-number,
        date=timezone.localdate(),
        against=chart.SHARES_UNPAID,
        key=f"shares-cancelled:{purchase.pk}:{before + 1}",
        minute=minute.strip(),
        source=source_of(purchase),
        by=by,
    )
    note_unpaid(purchase, by)
    back = _ask_for_the_rest(purchase, by)
    audit.record(by, "members.cancel_unpaid_shares", purchase, shares=number, minute=minute.strip())
    write_to(
        member.holder,
        key=f"members.shares-cancelled:{cancelled.pk}",
        kind="members.shares-cancelled",
        subject="Shares that were not paid for are cancelled",
        template="members/mail/shares_cancelled.txt",
        context={
            "member": member,
            "number": number,
            "minute": minute.strip(),
            "shown": purchase_shown(purchase),
            "back": back.through_stripe + back.by_hand,
            "way_back": way_back(back.through_stripe, back.by_hand),
        },
        by=by,
    )
    return cancelled


def _ask_for_the_rest(purchase: SharePurchase, by: Actor) -> GivenBack:
    """Of an order whose shares were cancelled, ask for those that are left, if any, and give back
    what came for a part of one."""
    left, order = shares_of(purchase).shares(), purchase.order
    if left and not order.is_cancelled:
        lower_order(
            order=order,
            amount=purchase.share_class.par * left,
            description=number_of(left),
            paying_back=True,
            by=by,
        )
    elif not order.is_cancelled:
        cancel_order(order=order, paying_back=True, by=by)
    return give_back(order=order, why="for a part of a share", by=by)


@operation(needs=None)
def make_certificate(*, member: Member, by: Actor) -> Certificate:
    """Make out a certificate of the shares that are held today, for the member, for who acts for
    them in money, or by staff. The same holding on the same day has one certificate.

    None at no shares, and none while some are not paid for.
    """
    today = timezone.localdate()
    if not by.may("members.keep_shares") and not speaks_for(member, by, MONEY, today):
        raise PermissionDenied("members.make_certificate")
    hold_still([member])
    found = Member.objects.with_shares(today).with_amount_paid(today).get(pk=member.pk)
    shares, unpaid = found.shares, found.unpaid_pence  # type: ignore[attr-defined]
    if not shares:
        raise RuleError("A certificate is of one share or more.")
    if unpaid > 0:
        raise RuleError("A certificate is made out once all shares are paid for.")
    certificate, made = Certificate.objects.get_or_create(
        member=member,
        as_at=today,
        quantity=shares,
        defaults={"code": secrets.token_urlsafe(16)},
    )
    if made:
        audit.record(by, "members.make_certificate", certificate, member=member.pk)
    return certificate


def _needs_minute(minute: str) -> None:
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
