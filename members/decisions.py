"""What an application's page tells of a decision that was noted: what goes back, what was put
right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from djmoney.money import Money

from core import audit
from ledger.models import PayOut, Refund
from ledger.money import pounds_of
from members.models import Application, SharePurchase


@dataclass(frozen=True)
class GoingBack:
    """Money that came for shares nobody gets: by pay-outs, and by refunds through Stripe."""

    came: Money
    pay_outs: list[PayOut]
    refunds: list[Refund]

    @property
    def is_asked(self) -> bool:
        """Nothing is prepared yet: it stands on the treasurer's list."""
        return not self.pay_outs and not self.refunds


def money_going_back(purchase: SharePurchase) -> GoingBack | None:
    """What came for a cancelled order, and how it goes back; None where nothing came."""
    order = purchase.order
    if not order.is_cancelled:
        return None
    came = sum((one.amount for one in order.payments.settled()), pounds_of(0))
    if not came:
        return None
    pay_outs = PayOut.objects.giving_back(order)
    refunds = Refund.objects.filter(payment__order=order).select_related("payment")
    return GoingBack(came, list(pay_outs), list(refunds))


@dataclass(frozen=True)
class Correction:
    """By what a decision was noted before it was put right."""

    board_meeting: dt.date | None
    minute: str
    at: dt.datetime


def decision_corrections(application: Application) -> list[Correction]:
    """Every day and minute that a decision was noted with before, from the audit trail."""
    lines = audit.lines_of("members.correct_decision", application).order_by("pk")
    return [
        Correction(dt.date.fromisoformat(day) if day else None, minute, line.at)
        for line in lines
        for day, minute in [line.data["was"]]
    ]
