"""Sample rows for the addresses of the registers, dues and interest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM, Actor
from ledger.operations import record_payment
from members import jobs
from members.models import Member, MemberClass, Person
from members.operations import (
    appoint_officer,
    approve_interest,
    draft_interest,
    end_office,
    log_inspection,
    pay_interest,
    prepare_interest,
    register_member,
    set_up_member_classes,
    waive_dues,
)
from members.operations.dues import charge_joining_fee


def _class(code: str) -> MemberClass:
    set_up_member_classes(by=SYSTEM)
    return MemberClass.objects.select_related("share_class").get(code=code)


def _member(cast: dict[str, Any], joined: dt.date) -> Member:
    """The cast's member, in the register."""
    return register_member(
        person=Person.objects.get(pk=cast["people"]["member"].pk),
        member_class=_class("community"),
        joined=joined,
        shares=1000,
        by=SYSTEM,
    )


def office(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """An office that the cast's member holds, or held."""
    today = timezone.localdate()
    held = appoint_officer(
        person=Person.objects.get(pk=cast["people"]["member"].pk),
        post="director",
        since=today,
        minute="2026/2",
        by=SYSTEM,
    )
    if state == "ended":
        end_office(office=held, until=today, minute="2026/3", by=SYSTEM)
    return {"pk": held.pk}


def inspection(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Somebody looks at the register, or gets a copy of it."""
    _member(cast, timezone.localdate())
    noted = log_inspection(
        who="Somebody from the bank",
        right="interested",
        as_at=timezone.localdate(),
        copy_given=state == "copy",
        by=SYSTEM,
    )
    return {"pk": noted.pk}


def dues_charge(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Last month's joining fee of the cast's member: owed, paid or waived."""
    community = _class("community")
    MemberClass.objects.filter(pk=community.pk).update(joining_fee=5)
    today = timezone.localdate()
    entry = _member(cast, today)
    charge = charge_joining_fee(member=entry, today=today, by=SYSTEM)
    assert charge is not None
    if state == "paid":
        record_payment(
            order=charge.order,
            method="transfer",
            amount=charge.order.amount,
            made_on=today,
            key="sample",
            by=SYSTEM,
        )
    elif state == "waived":
        waive_dues(charge=charge, because="Hardship", today=today, by=SYSTEM)
    return {"pk": charge.pk}


def interest_run(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Interest of last year for the cast's member: a draft, approved, prepared, or paid."""
    today = timezone.localdate()
    first = today.replace(year=today.year - 1, month=1, day=1)
    _member(cast, first)
    run = draft_interest(
        share_class=_class("community").share_class,
        first_on=first,
        last_on=first.replace(month=12, day=31),
        rate=Decimal("2"),
        by=SYSTEM,
    )
    assert run.job is not None
    jobs.run(run.job.pk)
    if state != "draft":
        run = approve_interest(run=run, minute="2026/1", on=today, by=SYSTEM)
    if state in ("prepared", "paid"):
        lines = list(run.lines.all())
        prepare_interest(lines=lines, by=Actor("user", user=cast["treasurer"]))
    if state == "paid":
        lines = list(run.lines.all())
        pay_interest(lines=lines, paid_on=today, by=Actor("user", user=cast["board"]))
    return {"pk": run.pk}
