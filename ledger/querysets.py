"""Questions over the journal, orders and payments. Only sealed journals count."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round

from ledger.statements import find_references

if TYPE_CHECKING:
    from ledger.models import Journal, Order, Party, Payment, PayOut, Posting, TreasurerTask


class JournalQuerySet(models.QuerySet["Journal"]):
    def sealed(self) -> JournalQuerySet:
        return self.filter(sealed=True)


class PostingQuerySet(models.QuerySet["Posting"]):
    def up_to(self, date: dt.date) -> PostingQuerySet:
        """What counts at the end of a day."""
        return self.filter(journal__sealed=True, journal__date__lte=date)

    def pence_total(self) -> int:
        """The sum: debits less credits, in pence."""
        return int(self.aggregate(total=Sum("pence"))["total"] or 0)

    def by_account(self) -> dict[str, int]:
        """Code of the account → debits less credits, in pence."""
        rows = self.order_by().values_list("account").annotate(Sum("pence"))
        return dict(rows)

    def by_party(self) -> dict[int, int]:
        """Id of the party → debits less credits, in pence; postings without a party left out."""
        rows = self.filter(party__isnull=False).order_by().values_list("party")
        return dict(rows.annotate(Sum("pence")))


class PaymentQuerySet(models.QuerySet["Payment"]):
    def settled(self) -> PaymentQuerySet:
        """Money that came and was not taken back."""
        return self.filter(state="succeeded")

    def of_party(self, party_ids: Any) -> PaymentQuerySet:
        return self.filter(order__party__in=party_ids)

    def on_pages_not_wanted(self) -> PaymentQuerySet:
        """Begun on a page of Stripe's, for what is asked for no more, or not as much as there."""
        orders: Any = self.model._meta.get_field("order").related_model
        asked = orders.objects.open().filter(
            pk=OuterRef("order"), paid__lte=Round(F("amount") - OuterRef("amount"), precision=2)
        )
        return self.filter(~Exists(asked), state="started", stripe_session__isnull=False)


class OrderQuerySet(models.QuerySet["Order"]):
    def with_reference(self, typed: str) -> Order | None:
        """The order whose reference was typed, or stands in a pasted text."""
        return self.filter(reference__in=[typed.strip().upper(), *find_references(typed)]).first()

    def with_paid(self) -> OrderQuerySet:
        """Adds `paid`: pounds that came, less what was paid back or taken back."""
        payments: Any = self.model._meta.get_field("payments").related_model
        paid = (
            payments.objects.filter(order=OuterRef("pk"), state="succeeded")
            .order_by()
            .values("order")
            .annotate(total=Sum(F("amount") - F("refunded")))
            .values("total")
        )
        zero = Value(0, output_field=models.DecimalField(max_digits=12, decimal_places=2))
        # SQLite adds decimals as floats: rounded, £10.10 and £20.20 make £30.30 there too.
        return self.annotate(paid=Round(Coalesce(Subquery(paid), zero), precision=2))

    def of_party(self, party: Party) -> OrderQuerySet:
        return self.filter(party=party)

    def open(self) -> OrderQuerySet:
        """Still to be paid, in whole or in part."""
        with_paid: Any = self.with_paid()  # the type checker does not see annotations
        found: OrderQuerySet = with_paid.filter(paid__lt=F("amount"), cancelled_at__isnull=True)
        return found

    def paid(self) -> OrderQuerySet:
        """Paid in full."""
        with_paid: Any = self.with_paid()
        found: OrderQuerySet = with_paid.filter(paid__gte=F("amount"), cancelled_at__isnull=True)
        return found

    def cancelled(self) -> OrderQuerySet:
        return self.with_paid().filter(cancelled_at__isnull=False)


class PayOutQuerySet(models.QuerySet["PayOut"]):
    def giving_back(self, order: Order) -> PayOutQuerySet:
        """Those that give back what came for an order."""
        return self.filter(owner_kind=self.model.FOR_ORDER, owner_id=order.pk)

    def waiting(self) -> PayOutQuerySet:
        """Prepared, and to be paid by a second person; who has waited longest comes first."""
        return self.filter(state="prepared").order_by("prepared_at", "pk")


class TaskQuerySet(models.QuerySet["TreasurerTask"]):
    def open(self) -> TaskQuerySet:
        """Not done yet, oldest first."""
        return self.filter(done_at__isnull=True).order_by("created_at", "pk")
