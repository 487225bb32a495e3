"""How shares or dues stand and how they can be paid, for the pages that show it."""

from __future__ import annotations

from dataclasses import dataclass

from djmoney.money import Money

from ledger import gateway
from ledger.models import BankAccount, Order, Payment
from ledger.money import GBP
from members.models import DuesCharge, SharePurchase

#: Payments that say something to whoever pays: not those that were begun and left.
TOLD = ("processing", "succeeded", "failed", "taken_back")


@dataclass(frozen=True)
class Ways:
    """What has come for an order, what is on its way, and the ways in which the rest can be paid.

    `bank` is our account for transfers, where one is kept; `online` says that cards and Direct
    Debits can be taken.
    """

    order: Order
    payments: list[Payment]
    coming: Money
    bank: BankAccount | None
    online: bool

    @property
    def to_pay(self) -> Money:
        """What nobody has paid and nothing on its way will."""
        return max(self.order.still_to_pay - self.coming, Money(0, GBP))

    @property
    def bank_number(self) -> list[tuple[str, str]]:
        """Our account as people write it: sort code in pairs, then the number."""
        kept = self.bank.number if self.bank else ""
        code, dash, number = kept.partition("-")  # 309871-02872656
        if not dash:
            return [("Account", kept)] if kept else []
        pairs = "-".join(code[at : at + 2] for at in range(0, len(code), 2))
        return [("Sort code", pairs), ("Account number", number)]

    @property
    def only_bank(self) -> bool:
        """Nothing can be paid online: a transfer is the first way."""
        return self.bank is not None and not self.online

    @property
    def failed(self) -> Payment | None:
        """The last payment, where it did not come or was taken back."""
        last = self.payments[0] if self.payments else None
        return last if last and last.state in ("failed", "taken_back") else None


def ways_to_pay(asked: SharePurchase | DuesCharge) -> Ways:
    """The ways for one purchase or charge, as things stand now."""
    order = Order.objects.with_paid().get(pk=asked.order_id)
    payments = list(order.payments.filter(state__in=TOLD))
    coming = [one.amount for one in payments if one.state == Payment.State.PROCESSING]
    return Ways(
        order=order,
        payments=payments,
        coming=sum(coming, Money(0, GBP)),
        bank=BankAccount.objects.order_by("pk").first(),
        online=gateway.is_set_up(),
    )
