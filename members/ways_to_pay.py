"""How shares or dues stand and how they can be paid, for the pages that show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from djmoney.money import Money

from ledger import gateway
from ledger.models import BankAccount, Order, Payment
from ledger.money import GBP, in_words, pence_of
from members.models import Application, DuesCharge, SharePurchase

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
        return _as_written(self.bank.number) if self.bank else []

    @property
    def only_bank(self) -> bool:
        """Nothing can be paid online: a transfer is the first way."""
        return self.bank is not None and not self.online

    @property
    def failed(self) -> Payment | None:
        """The last payment, where it did not come or was taken back."""
        last = self.payments[0] if self.payments else None
        return last if last and last.state in ("failed", "taken_back") else None


@dataclass(frozen=True)
class MoneyBack:
    """What goes back of what came for shares that nobody wants any more: through Stripe, and by
    hand; `coming` is on its way to us and goes back when it has come."""

    through_stripe: Money
    by_hand: Money
    coming: Money

    @property
    def sentences(self) -> list[str]:
        """For whoever paid."""
        came, said = self.through_stripe + self.by_hand, []
        if came:
            said.append(f"You get back what you paid for your shares, {_words(came)}.")
        said += way_back(self.through_stripe, self.by_hand)
        if self.coming:
            said.append(
                f"{_words(self.coming)} is on its way to us: it goes back when it has come."
            )
        return said or ["You have paid nothing, and need pay nothing."]


def way_back(through_stripe: Money, by_hand: Money) -> list[str]:
    """Where money that goes back goes, for whoever paid it."""
    said = []
    if through_stripe:
        said.append("By card or Direct Debit it goes back the way it came, in about ten days.")
    if by_hand:
        said.append("The treasurer will write to you to ask for your bank details.")
    return said


def money_back(application: Application) -> MoneyBack:
    """What goes back to an applicant who was refused or has taken the application back."""
    asked = SharePurchase.objects.filter(application=application)
    payments = Payment.objects.filter(order__in=asked.values("order"))
    settled = list(payments.filter(state=Payment.State.SUCCEEDED))
    coming = payments.filter(state=Payment.State.PROCESSING)
    return MoneyBack(
        through_stripe=_sum(one for one in settled if one.is_through_stripe),
        by_hand=_sum(one for one in settled if not one.is_through_stripe),
        coming=_sum(coming),
    )


def _sum(payments: Iterable[Payment]) -> Money:
    return sum((one.amount for one in payments), Money(0, GBP))


def _words(money: Money) -> str:
    return in_words(pence_of(money))


def our_bank() -> list[tuple[str, str]]:
    """Our account for transfers, as people write it; nothing where none is kept."""
    bank = BankAccount.objects.order_by("pk").first()
    return _as_written(bank.number) if bank else []


def _as_written(kept: str) -> list[tuple[str, str]]:
    """Sort code in pairs, then the number."""
    code, dash, number = kept.partition("-")  # 309871-02872656
    if not dash:
        return [("Account", kept)] if kept else []
    pairs = "-".join(code[at : at + 2] for at in range(0, len(code), 2))
    return [("Sort code", pairs), ("Account number", number)]


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
