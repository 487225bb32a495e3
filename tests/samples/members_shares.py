"""Sample rows for the addresses of shares."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from ledger import chart
from ledger.models import Account
from ledger.operations import undo_payment
from members.models import Application, Member, SharePurchase, ShareTransaction
from members.operations import (
    buy_shares,
    cancel_purchase,
    key_paper_application,
    make_certificate,
    record_loan,
    register_member,
    set_up_member_classes,
)
from tests.members.conftest import pay


def _entry(cast: dict[str, Any]) -> Member:
    """The cast's member, entered today with one share."""
    community = next(one for one in set_up_member_classes(by=SYSTEM) if one.code == "community")
    return register_member(
        person=cast["people"]["member"],
        member_class=community,
        joined=timezone.localdate(),
        by=SYSTEM,
    )


def purchase(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Three shares more for the cast's member, or those of an applicant."""
    today = timezone.localdate()
    entry = _entry(cast)
    if state == "application":
        return {"pk": _applicant(entry).purchase.pk}
    asked = buy_shares(member=entry, quantity=3, by=SYSTEM)
    if state in ("issued", "unpaid"):
        payment = pay(asked, on=today)
        if state == "unpaid":
            undo_payment(payment=payment, on=today, why="The cheque bounced", by=SYSTEM)
    elif state == "cancelled":
        cancel_purchase(purchase=asked, by=SYSTEM)
    return {"pk": SharePurchase.objects.get(pk=asked.pk).pk}


def _applicant(entry: Member) -> Application:
    return key_paper_application(
        answers={
            "member_class": entry.member_class,
            "first_name": "Rosa",
            "last_name": "Whiteley",
            "shares": 5,
        },
        received=timezone.localdate(),
        by=SYSTEM,
    )


def certificate(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"code": make_certificate(member=_entry(cast), by=SYSTEM).code}


def share_class(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    _entry(cast)
    return {"code": "ordinary"}


def share_transaction(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": ShareTransaction.objects.get(member=_entry(cast)).pk}


def loan(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    cast["people"]["member"].refresh_from_db()  # what an earlier row gave them is rolled back
    entry = _entry(cast)
    made = record_loan(
        member=entry,
        amount=Money(500, "GBP"),
        received_on=timezone.localdate(),
        into=Account.objects.get(pk=chart.BANK),
        reference="LA-1",
        once="sample",
        by=SYSTEM,
    )
    return {"number": entry.number, "pk": made.pk}
