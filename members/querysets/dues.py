"""Questions over dues and share interest."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import DecimalField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Round

from ledger.models import Mandate, Order, Payment, PayOut
from members.querysets.people import living

if TYPE_CHECKING:
    from members.models import DuesCharge, Estate, InterestLine, InterestRun

#: Money that may still come by itself.
ON_ITS_WAY = (Payment.State.SCHEDULED, Payment.State.PROCESSING)


class DuesChargeQuerySet(models.QuerySet["DuesCharge"]):
    def unpaid(self) -> DuesChargeQuerySet:
        """Still owed in whole or in part, by whomever: of what was waived, nothing is asked."""
        return self.filter(order__in=Order.objects.open().values("pk"))

    def with_rest(self) -> DuesChargeQuerySet:
        """Adds `rest`: pounds still to be paid."""
        with_paid: Any = Order.objects.with_paid()  # the type checker sees no annotations
        paid = with_paid.filter(pk=OuterRef("order")).values("paid")
        pounds: DecimalField = DecimalField(max_digits=12, decimal_places=2)
        rest = F("order__amount") - Subquery(paid, output_field=pounds)
        return self.annotate(rest=Round(rest, precision=2, output_field=pounds))

    def owed(self, today: dt.date) -> DuesChargeQuerySet:
        """Unpaid, by living members of today, and no money for it on its way."""
        coming = Payment.objects.filter(order=OuterRef("order"), state__in=ON_ITS_WAY)
        active = Q(member__ceased__isnull=True) | Q(member__ceased__gt=today)
        return self.unpaid().filter(~Exists(coming), living("member__"), active)

    def reminded_before(self, date: dt.date) -> DuesChargeQuerySet:
        """The last reminder, or else the due day, was on a day or before it."""
        never = Q(reminded_on__isnull=True, order__due_on__lte=date)
        return self.filter(never | Q(reminded_on__lte=date))

    def collectable(self) -> DuesChargeQuerySet:
        """The member has given a mandate, by which no collection was tried yet."""
        active = Mandate.objects.filter(party=OuterRef("order__party"), state=Mandate.State.ACTIVE)
        tried = Payment.objects.filter(order=OuterRef("order"), mandate__isnull=False)
        return self.filter(Exists(active), ~Exists(tried))


class InterestRunQuerySet(models.QuerySet["InterestRun"]):
    def overlapping(self, first: dt.date, last: dt.date) -> InterestRunQuerySet:
        """Those whose period has a day in common with this one."""
        return self.filter(first_on__lte=last, last_on__gte=first)


class InterestLineQuerySet(models.QuerySet["InterestLine"]):
    def unprepared(self) -> InterestLineQuerySet:
        """For which no pay-out is prepared or made."""
        return self.filter(Q(pay_out__isnull=True) | Q(pay_out__state=PayOut.State.CALLED_OFF))

    def to_prepare(self) -> InterestLineQuerySet:
        """Unprepared, and owed to somebody living."""
        return self.unprepared().filter(living("member__"))

    def of_estate(self, estate: Estate) -> InterestLineQuerySet:
        """Approved, and owed to the one who has died, under whatever number."""
        return self.filter(member__person=estate.member.person_id, run__state="approved")

    def to_pay(self) -> InterestLineQuerySet:
        """Prepared, and waiting for a second person."""
        return self.filter(pay_out__state=PayOut.State.PREPARED)

    def paid(self) -> InterestLineQuerySet:
        return self.filter(pay_out__state=PayOut.State.PAID)
