"""Helpers for tests about dues: charging, paying, and what was written and is owed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from djmoney.money import Money

from core.actors import SYSTEM
from core.models import OutboxMessage
from ledger import chart
from ledger.models import Mandate, Payment, Posting
from ledger.operations import record_payment
from members.models import DuesCharge, Member, MemberClass, Person
from members.operations import charge_dues, register_member
from tests.members.conftest import TODAY

BEGAN = dt.date(2025, 1, 10)
MARCH = dt.date(2026, 3, 1)
DUE = dt.date(2026, 3, 31)


def another(family: MemberClass, name: str, **contact: Any) -> Member:
    person = Person.objects.create(first_name=name, last_name="Dyson", **contact)
    return register_member(person=person, member_class=family, joined=BEGAN, by=SYSTEM)


def charge_all(today: dt.date = TODAY) -> int:
    members = Member.objects.owing_dues(MARCH, today).select_related("person", "organisation")
    return charge_dues(members=members, year=2026, month=3, today=today, by=SYSTEM)


def pay(charge: DuesCharge, pounds: int | str, on: dt.date = TODAY) -> Payment:
    return record_payment(
        order=charge.order,
        method=Payment.Method.TRANSFER,
        amount=Money(pounds, "GBP"),
        made_on=on,
        key=f"test:{charge.order.payments.count()}",
        by=SYSTEM,
    )


def mandate(member: Member) -> Mandate:
    member.holder.refresh_from_db()
    return Mandate.objects.create(
        party=member.holder.party,
        kind="bacs",
        state="active",
        stripe_session=f"seti_{member.pk}",
        last_four="4321",
    )


def mails(kind: str) -> list[str]:
    found = OutboxMessage.objects.filter(kind=f"members.dues-{kind}").order_by("pk")
    return list(found.values_list("text", flat=True))


def owed(member: Member, on: dt.date = TODAY) -> int:
    return (
        Posting.objects.up_to(on)
        .filter(account=chart.RECEIVABLE, party=member.holder.party_id)
        .pence_total()
    )
