"""Turns the register into the plain facts that an import is held against, and a plan into rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Sum

from ledger.models import Party
from ledger.money import pence_of
from members.checklist import class_rules
from members.importing.plan import (
    Holder,
    HolderKey,
    Known,
    KnownClass,
    KnownHolder,
    KnownMember,
)
from members.importing.rows import CONTACT
from members.models import (
    Member,
    MemberClass,
    Organisation,
    Person,
    ShareClass,
    ShareTransaction,
    SocietyRules,
)
from members.querysets import AT_PAR

_ORGANISATION = ("email", "address_line_1", "address_line_2", "town", "postcode")


def known(today: dt.date, starting: Sequence[Mapping[str, Any]]) -> Known:
    """Everybody and everything, in the same few queries whatever the number.

    `starting` are the classes that a co-op starts with: those missing are made when asked for.
    """
    holders = {one.key: one for one in [*_people(), *_organisations()]}
    return Known(
        today=today,
        classes=_classes(starting),
        most_pence=pence_of(SocietyRules.current().most_shares_value),
        members=_members(today),
        holders=holders,
        withdrawable_pence=_withdrawable(today),
    )


def _classes(starting: Sequence[Mapping[str, Any]]) -> dict[str, KnownClass]:
    """The co-op's classes, and of the starting ones those that are still to be made."""
    there = list(MemberClass.objects.select_related("share_class"))
    codes = {one.code for one in there}
    ordinary = ShareClass.objects.filter(code="ordinary").first() or ShareClass(code="ordinary")
    to_be = [
        MemberClass(**fields, share_class=ordinary)
        for fields in starting
        if fields["code"] not in codes
    ]
    return {
        one.code: KnownClass(
            code=one.code,
            rules=class_rules(one),
            par=pence_of(one.share_class.par),
            withdrawable=one.share_class.withdrawable,
        )
        for one in [*there, *to_be]
    }


def _members(today: dt.date) -> dict[int, KnownMember]:
    shares = dict(
        ShareTransaction.objects.up_to(today)
        .order_by()
        .values_list("member")
        .annotate(Sum("quantity"))
    )
    rows = Member.objects.order_by().values_list(
        "pk",
        "number",
        "person",
        "organisation",
        "member_class__code",
        "joined",
        "ceased",
        "ceased_because",
    )
    return {
        number: KnownMember(
            number=number,
            holder=HolderKey(person is not None, person or organisation),
            class_code=code,
            joined=joined,
            ceased=ceased,
            ceased_because=because,
            shares=shares.get(pk, 0),
        )
        for pk, number, person, organisation, code, joined, ceased, because in rows.iterator()
    }


def _withdrawable(today: dt.date) -> dict[HolderKey, int]:
    """What the withdrawable shares of each holder come to, in pence."""
    held = ShareTransaction.objects.up_to(today).filter(share_class__withdrawable=True).order_by()
    rows = held.values_list("member__person", "member__organisation").annotate(pounds=Sum(AT_PAR))
    return {
        HolderKey(person is not None, person or organisation): int(pounds * 100)
        for person, organisation, pounds in rows
    }


def _people() -> list[KnownHolder]:
    rows = Person.objects.order_by("pk").values_list(
        "pk", "first_name", "last_name", "born", "died_on", *CONTACT
    )
    return [
        KnownHolder(
            key=HolderKey(True, pk),
            first_name=first,
            last_name=last,
            born=born,
            has_died=died is not None,
            details=dict(zip(CONTACT, details, strict=True)),
        )
        for pk, first, last, born, died, *details in rows.iterator()
    ]


def _organisations() -> list[KnownHolder]:
    names = (*_ORGANISATION, "kind", "is_society")
    rows = Organisation.objects.order_by("pk").values_list("pk", "name", *names)
    return [
        KnownHolder(
            key=HolderKey(False, pk),
            first_name="",
            last_name=name,
            born=None,
            has_died=False,
            details=dict(zip(names, details, strict=True)),
        )
        for pk, name, *details in rows.iterator()
    ]


def person_of(holder: Holder, party: Party | None) -> Person:
    """A person to be, not saved yet."""
    return Person(
        first_name=holder.first_name,
        last_name=holder.last_name,
        born=holder.born,
        party=party,
        **holder.details,
    )


def organisation_of(holder: Holder, party: Party | None) -> Organisation:
    """An organisation to be, not saved yet."""
    return Organisation(name=holder.last_name, party=party, **holder.details)
