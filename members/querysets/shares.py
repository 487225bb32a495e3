"""Questions over share transactions, purchases, requests to have shares back, and nominations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import (
    DecimalField,
    ExpressionWrapper,
    F,
    Q,
    Sum,
)

if TYPE_CHECKING:
    from members.models import (
        Nomination,
        SharePurchase,
        ShareTransaction,
        Withdrawal,
    )

#: What the ledger calls the owner of orders that are for a purchase; their journals' source too.
PURCHASE_OWNER = "members.purchase"
#: What shares come to, in pounds: of transactions, purchases or requests.
AT_PAR: ExpressionWrapper = ExpressionWrapper(
    F("quantity") * F("share_class__par"),
    output_field=DecimalField(max_digits=14, decimal_places=2),
)


class ShareTransactionQuerySet(models.QuerySet["ShareTransaction"]):
    def up_to(self, date: dt.date) -> ShareTransactionQuerySet:
        """What counts at the end of a day."""
        return self.filter(date__lte=date)

    def shares(self) -> int:
        """How many shares these come to."""
        return int(self.aggregate(total=Sum("quantity"))["total"] or 0)

    def withdrawable_pence(self) -> int:
        """What those of withdrawable classes come to at par."""
        return _withdrawable_pence(self)

    def holdings(self) -> dict[int, dict[int, int]]:
        """Id of the member → id of the share class → how many shares these come to."""
        held: dict[int, dict[int, int]] = {}
        rows = self.order_by().values_list("member", "share_class").annotate(Sum("quantity"))
        for member, share_class, quantity in rows:
            held.setdefault(member, {})[share_class] = quantity
        return held


class SharePurchaseQuerySet(models.QuerySet["SharePurchase"]):
    def not_issued(self) -> SharePurchaseQuerySet:
        return self.filter(issued__isnull=True, order__cancelled_at__isnull=True)

    def withdrawable_pence(self) -> int:
        """What those of withdrawable classes come to at par."""
        return _withdrawable_pence(self)


def _withdrawable_pence(rows: models.QuerySet[Any]) -> int:
    pounds = rows.filter(share_class__withdrawable=True).aggregate(total=Sum(AT_PAR))["total"]
    return int((pounds or 0) * 100)


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def open(self) -> WithdrawalQuerySet:
        """Neither paid, refused nor taken back: their shares are spoken for."""
        return self.filter(state__in=["asked", "agreed", "paying"])

    def of_estates(self) -> WithdrawalQuerySet:
        """What the board decided on the shares of somebody who has died, and did not take back."""
        return self.filter(why="death").exclude(state="taken_back")

    def in_turn(self) -> WithdrawalQuerySet:
        """The queue: what the board agreed to, in order of agreement."""
        return self.filter(state="agreed").order_by("decided_on", "asked_on", "pk")

    def shares(self) -> int:
        """How many shares these ask for."""
        return int(self.aggregate(total=Sum("quantity"))["total"] or 0)


class NominationQuerySet(models.QuerySet["Nomination"]):
    def in_force(self, date: dt.date) -> NominationQuerySet:
        """Received by a day, and neither replaced nor revoked by then."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=date), received_on__lte=date)
