"""What the treasurer's screens call the rows and people of members/, and where their pages are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.urls import reverse
from djmoney.money import Money

from core.actors import Actor
from ledger import owners
from ledger.models import Order, Party, PayOut
from ledger.money import pence_of, pounds_of
from ledger.owners import Owner
from members.arrears import DUES_OWNER
from members.loans import LOAN_OWNER
from members.models import (
    DuesCharge,
    InterestLine,
    Member,
    Organisation,
    Person,
    SharePurchase,
    ShareTransaction,
    Withdrawal,
)
from members.operations import party_for
from members.operations.paying_withdrawals import why_not_on
from members.querysets import PURCHASE_OWNER
from members.share_interest import INTEREST_OWNER
from members.shareholding import source_of, unpaid_by_purchase
from members.withdrawal_queue import WITHDRAWAL_OWNER


def purchases(ids: Iterable[int]) -> Mapping[int, Owner]:
    """The application or the member that each purchase is of."""
    rows = SharePurchase.objects.filter(pk__in=ids).select_related("application", "member")
    return {row.pk: _page_of(row) for row in rows}


def _page_of(purchase: SharePurchase) -> Owner:
    url = reverse("members:purchase", args=[purchase.pk])
    if purchase.member:
        return Owner(f"Shares of member {purchase.member.number}", url)
    assert purchase.application is not None
    return Owner(f"Shares of application {purchase.application.reference}", url)


def became_shares(order: Order) -> Money:
    """How much of what came for a purchase is in shares that were issued for it."""
    purchase = SharePurchase.objects.select_related("share_class").filter(order=order).first()
    if purchase is None or purchase.issued_id is None:
        return pounds_of(0)
    issued = ShareTransaction.objects.filter(journal__source=source_of(purchase)).shares()
    unpaid = unpaid_by_purchase([purchase]).get(purchase.pk, 0)
    return pounds_of(issued * pence_of(purchase.share_class.par) - unpaid)


def withdrawals(ids: Iterable[int]) -> Mapping[int, Owner]:
    """Whose shares each withdrawal pays for, and to whom, where that is somebody else."""
    rows = Withdrawal.objects.filter(pk__in=ids).select_related("member")
    return {
        row.pk: Owner(
            f"Withdrawal of member {row.member.number}"
            + (f", to {row.payee}" if row.payee else ""),
            reverse("members:withdrawal", args=[row.pk]),
        )
        for row in rows
    }


def parties(ids: Iterable[int]) -> Mapping[int, Owner]:
    """Who each party is: a member by name and number, somebody we know, or an applicant."""
    wanted = set(ids)
    known = {
        holder.party_id: Owner(str(holder))
        for model in (Person, Organisation)
        for holder in model._default_manager.filter(party__in=wanted)
        if holder.party_id
    }
    entries = Member.objects.select_related("person", "organisation").order_by("number")
    for field in ("person", "organisation"):
        for member in entries.filter(**{f"{field}__party__in": wanted}):
            party = member.holder.party_id
            assert party is not None
            url = reverse("members:shares", args=[member.number])
            known[party] = Owner(f"{member.name}, member {member.number}", url)
    left = SharePurchase.objects.filter(order__party__in=wanted - known.keys())
    for purchase in left.select_related("application__member_class", "order"):
        if purchase.application:
            who = purchase.application.name or purchase.application.reference
            known[purchase.order.party_id] = Owner(f"{who}, applicant", _page_of(purchase).url)
    return known


def party_of_number(number: int, by: Actor) -> Party | None:
    """Who a member is in the ledger; made with their first money."""
    rows = Member.objects.select_related("person__party", "organisation__party")
    member = rows.filter(number=number).first()
    return party_for(holder=member.holder, by=by) if member else None


def dues(ids: Iterable[int]) -> Mapping[int, Owner]:
    """The member whose dues each charge is."""
    rows = DuesCharge.objects.filter(pk__in=ids).values_list("pk", "kind", "member__number")
    labels = {DuesCharge.Kind.YEARLY: "Dues", DuesCharge.Kind.JOINING: "Joining fee"}
    return {
        pk: Owner(
            f"{labels[DuesCharge.Kind(kind)]} of member {number}",
            reverse("members:member_dues", args=[number]),
        )
        for pk, kind, number in rows
    }


def interest(ids: Iterable[int]) -> Mapping[int, Owner]:
    """Whose share interest each line is, and its run; of one who has died, the estate."""
    rows = InterestLine.objects.filter(pk__in=ids).select_related("member__estate")
    return {row.pk: _owed_to(row) for row in rows}


def _owed_to(line: InterestLine) -> Owner:
    member, label = line.member, f"Share interest of member {line.member.number}"
    if estate := getattr(member, "estate", None):
        return Owner(
            f"{label}, to {estate.representative}",
            reverse("members:estate", args=[member.number]),
        )
    return Owner(label, reverse("members:interest_run", args=[line.run_id]))


def interest_not_on(pay_out: PayOut, paid_on: dt.date) -> str:
    """Interest is owed from the day on which a meeting approved it."""
    line = InterestLine.objects.select_related("run__journal").filter(pay_out=pay_out).first()
    approved = line.run.journal if line else None
    if approved and paid_on < approved.date:
        return "The interest had not been approved by that day."
    return ""


def loans(ids: Iterable[int]) -> Mapping[int, Owner]:
    """The member whose loan each repayment is of."""
    rows = Member.objects.filter(pk__in=ids).values_list("pk", "number")
    return {
        pk: Owner(f"Loan of member {number}", reverse("members:loans", args=[number]))
        for pk, number in rows
    }


owners.PAGES[PURCHASE_OWNER] = purchases
owners.USED[PURCHASE_OWNER] = became_shares
owners.PAGES[DUES_OWNER] = dues
owners.PAGES[LOAN_OWNER] = loans
owners.PAGES[INTEREST_OWNER] = interest
owners.PARTIES.append(parties)
owners.NUMBERS.append(party_of_number)
owners.PAGES[WITHDRAWAL_OWNER] = withdrawals
owners.STOPS[WITHDRAWAL_OWNER] = why_not_on
owners.STOPS[INTEREST_OWNER] = interest_not_on
