"""What somebody is asked to pay, and every way in which money comes, goes back or goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from djmoney.models.fields import MoneyField
from djmoney.money import Money

from ledger.models.journal import Account, Journal, Party
from ledger.money import GBP
from ledger.querysets import OrderQuerySet, PaymentQuerySet, PayOutQuerySet, TaskQuerySet

if TYPE_CHECKING:
    from decimal import Decimal


def pounds_field(verbose_name: str = "", **options: object) -> MoneyField:
    """Pounds and whole pence, up to £9,999,999,999.99."""
    return MoneyField(
        verbose_name or None, max_digits=12, decimal_places=2, default_currency=GBP, **options
    )


class Order(models.Model):
    """Something that somebody is asked to pay: shares, dues, an invoice.

    When money comes, `account` is credited for `party`. `owner_kind` and `owner_id` name the row
    of an upper app that it is for. There is no "paid" flag: what was paid is the sum of payments.
    `description` is read by whoever pays, and says nothing of people or care.
    """

    class Kind(models.TextChoices):
        SHARES = "shares", "Shares"
        DUES = "dues", "Dues"
        INVOICE = "invoice", "Invoice"
        DONATION = "donation", "Donation"

    reference = models.CharField(max_length=20, unique=True)
    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="orders")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = pounds_field()
    description = models.CharField(max_length=120)
    due_on = models.DateField(null=True, blank=True)
    owner_kind = models.CharField(max_length=30)
    owner_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["owner_kind", "owner_id"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="an_order_asks_for_money"),
        ]

    def __str__(self) -> str:
        return f"order {self.reference}"

    @property
    def paid_so_far(self) -> Money:
        """What came, less what was paid back or taken back: as annotated, else asked for."""
        annotated: Decimal | None = self.__dict__.get("paid")
        if annotated is None:
            with_paid: Any = Order.objects.with_paid()
            annotated = with_paid.values_list("paid", flat=True).get(pk=self.pk)
        return Money(annotated, GBP)

    @property
    def still_to_pay(self) -> Money:
        """Never below zero: what was paid too much is for the treasurer."""
        left: Money = max(self.amount - self.paid_so_far, Money(0, GBP))
        return left

    @property
    def is_paid(self) -> bool:
        return bool(self.paid_so_far >= self.amount)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class Mandate(models.Model):
    """Somebody lets us collect what they owe by direct debit or from a card, until they end it."""

    class Kind(models.TextChoices):
        BACS = "bacs", "Direct Debit"
        CARD = "card", "Card"

    class State(models.TextChoices):
        ASKED = "asked", "Being set up"
        ACTIVE = "active", "In use"
        ENDED = "ended", "Ended"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ASKED)
    stripe_session = models.CharField(max_length=100, unique=True)
    stripe_method = models.CharField(max_length=100, blank=True)
    stripe_mandate = models.CharField(max_length=100, blank=True)
    last_four = models.CharField(max_length=4, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    active_from = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(state="active"), name="one_active_mandate"
            ),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"


class Payment(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """Money on its way to us for one order, by one method. Never deleted.

    `made_on` is the day on which the money counts as ours. Who paid may be somebody else than
    who is credited: `payer` says so.
    """

    class Method(models.TextChoices):
        CARD = "card", "Card"
        BACS = "bacs", "Direct Debit"
        TRANSFER = "transfer", "Bank transfer"
        STANDING_ORDER = "standing", "Standing order"
        CHEQUE = "cheque", "Cheque"
        CASH = "cash", "Cash"
        PAYROLL = "payroll", "Taken from pay"
        REMITTANCE = "remittance", "Council’s remittance"

    class State(models.TextChoices):
        STARTED = "started", "Not finished"
        SCHEDULED = "scheduled", "To be collected"
        PROCESSING = "processing", "On its way"
        SUCCEEDED = "succeeded", "Received"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Called off"
        TAKEN_BACK = "taken_back", "Taken back"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=10, choices=Method.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    amount = pounds_field()
    refunded = pounds_field(default=0)
    made_on = models.DateField(null=True, blank=True)
    payer = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="payments_made"
    )
    note = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=60, unique=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The second person who counted the cash.",
    )
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="payment"
    )
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    collect_on = models.DateField(null=True, blank=True)
    noticed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the payer was told what we collect, and when."
    )
    stripe_session = models.CharField(max_length=100, unique=True, null=True, blank=True)
    stripe_intent = models.CharField(max_length=100, unique=True, null=True, blank=True)
    stripe_charge = models.CharField(max_length=100, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "collect_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_payment_is_of_money"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")),
                name="no_more_paid_back_than_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["succeeded", "taken_back"])
                | Q(journal__isnull=False, made_on__isnull=False),
                name="money_received_is_in_the_journal",
            ),
            models.CheckConstraint(
                condition=~Q(method="cash")
                | Q(counted_by__isnull=False) & ~Q(counted_by=F("recorded_by")),
                name="cash_is_counted_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"

    @property
    def is_through_stripe(self) -> bool:
        return self.method in (self.Method.CARD, self.Method.BACS)

    @property
    def is_here(self) -> bool:
        """It came, and was not taken back."""
        return self.state == self.State.SUCCEEDED

    @property
    def refundable(self) -> Money:
        """What could still be paid back."""
        if self.state != self.State.SUCCEEDED:
            return Money(0, GBP)
        left: Money = self.amount - self.refunded
        return left


class Refund(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """Part or all of a payment through Stripe goes back the way it came."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        PROCESSING = "processing", "On its way"
        SUCCEEDED = "succeeded", "Paid back"
        FAILED = "failed", "Failed"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = pounds_field()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    reason = models.CharField(max_length=120)
    stripe_refund = models.CharField(max_length=100, unique=True, null=True, blank=True)
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="refund"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_refund_is_of_money"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"


class PayOut(models.Model):
    """Money that leaves our bank account: prepared by one person, paid by another.

    `account` is debited for `party`: a share withdrawal, interest, an application that was refused.
    """

    #: The owner of one that gives back what came for an order.
    FOR_ORDER = "ledger.order"
    #: Stands between why it was prepared and why it was undone.
    UNDONE = " (undone: "

    class State(models.TextChoices):
        PREPARED = "prepared", "Waits for a second person"
        PAID = "paid", "Paid"
        CALLED_OFF = "called_off", "Called off"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="pay_outs")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = pounds_field()
    reference = models.CharField(max_length=20, unique=True)
    key = models.CharField(max_length=60, unique=True)
    why = models.CharField(max_length=120)
    owner_kind = models.CharField(max_length=30)
    owner_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARED)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    prepared_at = models.DateTimeField(default=timezone.now)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    paid_on = models.DateField(null=True, blank=True)
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="pay_out"
    )

    objects = PayOutQuerySet.as_manager()

    class Meta:
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_pay_out_is_of_money"),
            models.CheckConstraint(
                condition=~Q(state="paid")
                | Q(
                    prepared_by__isnull=False,
                    paid_by__isnull=False,
                    paid_on__isnull=False,
                    journal__isnull=False,
                )
                & ~Q(prepared_by=F("paid_by")),
                name="two_people_pay_out",
            ),
        ]

    def __str__(self) -> str:
        return f"pay-out {self.reference}"

    @property
    def why_prepared(self) -> str:
        return self.why.partition(self.UNDONE)[0]

    @property
    def why_undone(self) -> str:
        """Why it was undone after it was paid; else empty."""
        return self.why.partition(self.UNDONE)[2].removesuffix(")")


class TreasurerTask(models.Model):
    """Something about money that a person has to look at, until they say that it is done."""

    class Kind(models.TextChoices):
        TAKEN_BACK = "taken_back", "Money was taken back"
        FAILED = "failed", "A collection failed"
        TOO_MUCH = "too_much", "More came than was asked for"
        NOT_ISSUED = "not_issued", "Paid, but the shares cannot be issued"
        REFUND_FAILED = "refund_failed", "A refund failed"
        PAY_BACK = "pay_back", "To be paid back"
        DIFFERENT = "different", "Stripe and our books differ"
        UNKNOWN = "unknown", "Money that we cannot place"

    kind = models.CharField(max_length=15, choices=Kind.choices)
    key = models.CharField(max_length=80, unique=True)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    sentence = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=200, blank=True)

    objects = TaskQuerySet.as_manager()

    #: What the key begins with of a task that asks whose some money is; then Stripe's id of it.
    UNPLACED = "unknown:"

    class Meta:
        ordering = ["done_at", "created_at", "pk"]

    def __str__(self) -> str:
        return f"treasurer's task {self.pk}"

    @property
    def unplaced_intent(self) -> str:
        """Stripe's id of the money of which this asks whose it is; else empty."""
        return self.key.removeprefix(self.UNPLACED) if self.key.startswith(self.UNPLACED) else ""
