"""What the treasurer's screens call the rows and people of members/, and where their pages are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse

from ledger import owners
from ledger.owners import Owner
from members.models import Application, Member, Organisation, Person, SharePurchase
from members.operations import PURCHASE_OWNER


def purchases(ids: Iterable[int]) -> Mapping[int, Owner]:
    """The application or the member that each purchase is of."""
    rows = SharePurchase.objects.filter(pk__in=ids).select_related("application", "member")
    return {row.pk: _page_of(row) for row in rows}


def _page_of(purchase: SharePurchase) -> Owner:
    if purchase.member:
        number = purchase.member.number
        return Owner(f"Shares of member {number}", reverse("members:shares", args=[number]))
    application = purchase.application
    assert application is not None
    url = reverse("members:application", args=[application.pk])
    return Owner(f"Shares of application {application.reference}", url)


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
            known[purchase.order.party_id] = _applicant(purchase.application)
    return known


def _applicant(application: Application) -> Owner:
    url = reverse("members:application", args=[application.pk])
    return Owner(f"{application.name or application.reference}, applicant", url)


owners.PAGES[PURCHASE_OWNER] = purchases
owners.PARTIES.append(parties)
