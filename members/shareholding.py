"""Turns members, their shares and what they have asked for into the plain facts of rules.shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from djmoney.money import Money

from ledger.models import Order, Payment
from ledger.money import pence_of, pounds_of
from members.checklist import class_rules
from members.models import (
    Certificate,
    Member,
    Organisation,
    Person,
    ShareClass,
    SharePurchase,
    ShareTransaction,
    SocietyRules,
)
from members.querysets import (
    PURCHASE_OWNER,
    SharePurchaseQuerySet,
    ShareTransactionQuerySet,
)
from members.rules import age_on
from members.rules.shares import Buying, Giving, lost_shares
from members.withdrawal_queue import holding_of

#: So many purchases stand on a member's page.
MOST_SHOWN = 20


def source_of(purchase: SharePurchase) -> str:
    """What the journals of a purchase name as their source."""
    return f"{PURCHASE_OWNER}:{purchase.pk}"


def shares_of(purchase: SharePurchase) -> ShareTransactionQuerySet:
    """The shares of a purchase: those issued, less what was cancelled or corrected since."""
    ours = ShareTransaction.objects.filter(member=purchase.member_id)
    return ours.filter(journal__source=source_of(purchase))


def number_of(shares: int) -> str:
    """So many shares, in words."""
    return f"{shares:,} share{'' if shares == 1 else 's'}"


def unpaid_by_purchase(purchases: Iterable[SharePurchase]) -> dict[int, int]:
    """Id of the purchase → pence of its issued shares that stand in "shares not paid for"."""
    lines = Member.objects.unpaid_lines(dt.date.max)
    ours = lines.filter(purchase__in=[one.pk for one in purchases]).order_by()
    return dict(ours.values_list("purchase").annotate(Sum("pence")))


@dataclass(frozen=True)
class Loss:
    """What a write-down takes from one holder."""

    member: Member
    held: int
    lost: int

    @property
    def kept(self) -> int:
        return self.held - self.lost


def losses(share_class: ShareClass, percent: Decimal, today: dt.date) -> list[Loss]:
    """What so many per cent take from every holder of a class, by register number. Those too who
    are members no more and still hold shares."""
    held = ShareTransaction.objects.up_to(today).filter(share_class=share_class).holdings()
    members = Member.objects.filter(pk__in=held).select_related("person", "organisation")
    holders = [(one, held[one.pk][share_class.pk]) for one in members.order_by("number")]
    holders = [(one, shares) for one, shares in holders if shares]
    lost = lost_shares([shares for _one, shares in holders], percent)
    return [Loss(one, shares, gone) for (one, shares), gone in zip(holders, lost, strict=True)]


def buying_of(
    member: Member,
    quantity: int,
    today: dt.date,
    *,
    except_for: SharePurchase | None = None,
    giver: Member | None = None,
) -> Buying:
    """What decides whether a member may have so many shares more of their class's own.

    `except_for` is the purchase that asks for them, where it is there already; `giver` the member
    whose shares they would be: from one membership to another of the same holder, none is more.
    """
    share_class = member.member_class.share_class
    par = pence_of(share_class.par)
    moved = quantity * par if giver and giver.holder == member.holder else 0
    others = SharePurchase.objects.not_issued().filter(member__isnull=False)
    if except_for:
        others = others.exclude(pk=except_for.pk)
    asked = others.filter(member=member, share_class=share_class).aggregate(n=Sum("quantity"))["n"]
    return Buying(
        wanted=class_rules(member.member_class),
        quantity=quantity,
        par=par,
        withdrawable=share_class.withdrawable,
        most_pence=pence_of(SocietyRules.current().most_shares_value),
        held=member.share_transactions.filter(share_class=share_class).up_to(today).shares(),
        asked=asked or 0,
        withdrawable_pence=_withdrawable_pence(member.holder, others, today) - moved,
        is_society=member.organisation is not None and member.organisation.is_society,
        has_ceased=not member.is_active_on(today),
        has_died=_has_died(member),
        age=_age(member, today),
        evidence_ran_out=_evidence_ran_out(member, today),
    )


def giving_of(member: Member, share_class: ShareClass, quantity: int, today: dt.date) -> Giving:
    """What decides whether a member may transfer so many shares of a class.

    With a death, shares pass on that nobody may transfer in life.
    """
    holding = holding_of(member, share_class, today)
    return Giving(
        transferable=share_class.transferable or _has_died(member),
        quantity=quantity,
        left=holding.left,
        free=holding.free,
        minimum=holding.minimum,
    )


def _withdrawable_pence(
    holder: Person | Organisation, asked: SharePurchaseQuerySet, today: dt.date
) -> int:
    """All withdrawable shares of one holder, whatever the membership, with those asked for."""
    memberships = holder.memberships.all()
    held = ShareTransaction.objects.up_to(today).filter(member__in=memberships)
    return held.withdrawable_pence() + asked.filter(member__in=memberships).withdrawable_pence()


def _evidence_ran_out(member: Member, today: dt.date) -> bool:
    """Something was seen, and nothing of it counts any more. An entry brought over without
    evidence is a task for the secretary and stops nobody."""
    if not member.member_class.evidence or member.member_class.on_lapse == "keeps":
        return False
    found: Any = Member.objects.with_evidence(today).get(pk=member.pk)
    return not found.has_evidence and (found.ran_out is not None or found.ground_ended)


def _has_died(member: Member) -> bool:
    return member.person is not None and member.person.died_on is not None


def _age(member: Member, today: dt.date) -> int | None:
    born = member.person.born if member.person else None
    return age_on(born, today) if born else None


def still_so(certificate: Certificate, today: dt.date) -> bool:
    """Whether what a certificate says holds today: as many shares, all of them paid for."""
    rows = Member.objects.with_shares(today).with_amount_paid(today)
    member: Any = rows.get(pk=certificate.member_id)
    return bool(member.shares == certificate.quantity and member.unpaid_pence <= 0)


@dataclass(frozen=True)
class Shown:
    """How a purchase stands, on every page that says so.

    `unpaid` is what of its issued shares is not paid for; `cancelled` and `corrected` are shares
    that were issued and then cancelled, or taken back by a correction; `held` is what its holder
    has of this class, from wherever. `comes`: money for it is on its way.
    """

    purchase: SharePurchase
    order: Order
    unpaid: Money
    cancelled: int = 0
    corrected: int = 0
    held: int = 0
    comes: bool = False

    @property
    def left(self) -> int:
        """Of the shares that were issued, those that were neither cancelled nor corrected."""
        return self.purchase.quantity - self.cancelled - self.corrected

    @property
    def shares(self) -> int:
        """What to call it by: as many as it is for now, else as many as were asked for."""
        return self.left or self.purchase.quantity

    @property
    def account(self) -> str:
        """What became of the shares that were issued, where they are not all there; else empty."""
        gone = [f"{self.cancelled:,} cancelled"] if self.cancelled else []
        if self.corrected:
            gone.append(f"{self.corrected:,} taken back by a correction")
        if not gone:
            return ""
        were = "was" if self.purchase.quantity == 1 else "were"
        return f"{number_of(self.purchase.quantity)} {were} issued and {' and '.join(gone)}."

    @property
    def paid_for(self) -> Money:
        """What the shares that are left are paid for with."""
        value: Money = self.purchase.share_class.par * self.left
        return value - self.unpaid

    @property
    def to_cancel(self) -> int:
        """How many shares can be cancelled because they are not paid for. One that is paid for in
        part is one of them; what nobody holds any more, after a write-down, is not."""
        par = pence_of(self.purchase.share_class.par)
        return min(-(-pence_of(self.unpaid) // par), self.held)

    @property
    def part_paid(self) -> Money:
        """What came for a part of a share that can be cancelled: it would go back."""
        value: Money = self.purchase.share_class.par * self.to_cancel
        return max(value - self.unpaid, pounds_of(0))

    @property
    def waits(self) -> bool:
        """Still to be issued, or issued and not paid for."""
        return not self.order.is_cancelled and (not self.purchase.issued_id or bool(self.unpaid))


def purchases_shown(member: Member) -> list[Shown]:
    """A member's newest purchases, those that wait for something first, in a fixed number of
    queries."""
    shown = _shown(list(member.purchases.select_related("share_class")))
    return sorted(shown, key=lambda one: not one.waits)[:MOST_SHOWN]


def purchase_shown(purchase: SharePurchase) -> Shown:
    """How one purchase stands now."""
    return _shown([purchase])[0]


def _shown(purchases: list[SharePurchase]) -> list[Shown]:
    """Of one member, or one purchase."""
    orders = Order.objects.with_paid().in_bulk([one.order_id for one in purchases])
    unpaid = unpaid_by_purchase(purchases)
    coming = Payment.objects.filter(order__in=orders, state=Payment.State.PROCESSING)
    comes = set(coming.values_list("order", flat=True))
    members = {one.member_id for one in purchases if one.member_id}
    theirs = ShareTransaction.objects.filter(member__in=members)
    held = theirs.holdings()
    gone = _gone(theirs, purchases)
    return [
        Shown(
            one,
            orders[one.order_id],
            pounds_of(unpaid.get(one.pk, 0)),
            cancelled=gone.get((source_of(one), ShareTransaction.Kind.CANCELLED), 0),
            corrected=gone.get((source_of(one), ShareTransaction.Kind.CORRECTION), 0),
            held=held.get(one.member_id or 0, {}).get(one.share_class_id, 0),
            comes=one.order_id in comes,
        )
        for one in purchases
    ]


def _gone(
    theirs: ShareTransactionQuerySet, purchases: Iterable[SharePurchase]
) -> dict[tuple[str, str], int]:
    """(source of a purchase's journals, kind) → how many shares of it went by that kind."""
    ours = theirs.filter(journal__source__in=[source_of(one) for one in purchases])
    rows = ours.order_by().values_list("journal__source", "kind").annotate(Sum("quantity"))
    return {(source, kind): -quantity for source, kind, quantity in rows}
