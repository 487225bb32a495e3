"""Share classes, and every change of who holds how many: append-only, holdings are derived."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from djmoney.money import Money

from core.models import Job
from ledger.models import Journal, Order
from ledger.models.payment import pounds_field
from members.models.member import Member, ShareClass
from members.querysets import (
    DuesChargeQuerySet,
    InterestLineQuerySet,
    InterestRunQuerySet,
    SharePurchaseQuerySet,
    ShareTransactionQuerySet,
    WithdrawalQuerySet,
)


class ShareTransaction(models.Model):
    """So many shares more or fewer for one membership, on a day. Never changed or deleted.

    Each has a journal that moves the same number at par in the ledger's share capital, so that
    the register and the books agree on every date. What was wrong is put right by a transaction
    that reverses it.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", "Brought over"
        ISSUE = "issue", "Issued"
        TRANSFER = "transfer", "Transferred"
        WITHDRAWAL = "withdrawal", "Withdrawn"
        GIFT = "gift", "Given to the co-op"
        CANCELLED = "cancelled", "Cancelled, not paid for"
        WRITE_DOWN = "write_down", "Written down"
        CORRECTION = "correction", "Corrected"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="share_transactions")
    share_class = models.ForeignKey(
        ShareClass, on_delete=models.PROTECT, related_name="transactions"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quantity = models.IntegerField(help_text="Negative when there are fewer.")
    date = models.DateField()
    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, related_name="share_transactions"
    )
    minute = models.CharField("board minute", max_length=60, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    because = models.CharField("what was wrong", max_length=120, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    objects = ShareTransactionQuerySet.as_manager()

    class Meta:
        ordering = ["date", "pk"]
        indexes = [models.Index(fields=["member", "date"]), models.Index(fields=["date"])]
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="a_transaction_moves_shares"),
            # Two sides of one transfer share a journal; nothing else does.
            models.UniqueConstraint(
                fields=["journal", "member"], name="one_transaction_a_journal_and_member"
            ),
        ]

    def __str__(self) -> str:
        return f"share transaction {self.pk}"


class SharePurchase(models.Model):
    """Somebody asks for shares and is asked to pay: with an application, or as a member.

    The shares are issued once: on admission, or when the money has come.
    """

    application = models.OneToOneField(
        "members.Application", on_delete=models.PROTECT, null=True, related_name="purchase"
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="purchases"
    )
    share_class = models.ForeignKey(ShareClass, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="+")
    issued = models.OneToOneField(
        ShareTransaction, on_delete=models.PROTECT, null=True, related_name="purchase"
    )
    asked_at = models.DateTimeField(default=timezone.now)

    objects = SharePurchaseQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_purchase_is_of_shares"),
            models.CheckConstraint(
                condition=Q(application__isnull=False) | Q(member__isnull=False),
                name="a_purchase_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return f"share purchase {self.pk}"


class Certificate(models.Model):
    """A certificate that was made out: what it says can be checked by its code.

    The code shows whether it is still true: the shares held now may be others.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=32, unique=True)
    quantity = models.PositiveIntegerField()
    as_at = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="no_certificate_for_nothing"),
        ]

    def __str__(self) -> str:
        return f"certificate {self.pk}"


class Withdrawal(models.Model):
    """A member asks for the value of shares back. Until it is paid they are still a holder.

    asked → (notice runs) → the board agrees or refuses → queue against the cash there is → a
    pay-out prepared by one person and paid by another → repaid. A gift to the co-op needs no cash:
    the shares are withdrawn and their value is given, since a society cannot hold its own shares.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Notice is running"
        AGREED = "agreed", "In the queue to be paid"
        PAYING = "paying", "Being paid"
        REPAID = "repaid", "Repaid"
        REFUSED = "refused", "Refused by the board"
        TAKEN_BACK = "taken_back", "Taken back by the member"

    class Why(models.TextChoices):
        REQUEST = "request", "The member asked"
        GIFT = "gift", "Gift to the co-op"
        LEFT = "left", "Left the co-op"
        DEATH = "death", "Died"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="withdrawals")
    share_class = models.ForeignKey(ShareClass, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    why = models.CharField(max_length=10, choices=Why.choices, default=Why.REQUEST)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_on = models.DateField()
    notice_ends_on = models.DateField(help_text="The first day on which it may be paid.")
    decided_on = models.DateField(null=True, blank=True)
    minute = models.CharField("board minute", max_length=60, blank=True)
    refusal_reason = models.CharField(max_length=300, blank=True)
    payee = models.CharField(
        max_length=120, blank=True, help_text="Where it is not paid to the member: nominee, estate."
    )
    pay_out = models.OneToOneField(
        "ledger.PayOut", on_delete=models.PROTECT, null=True, related_name="+"
    )
    transaction = models.OneToOneField(
        ShareTransaction, on_delete=models.PROTECT, null=True, related_name="withdrawal"
    )
    noted_at = models.DateTimeField(default=timezone.now)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_withdrawal_is_of_shares"),
            models.CheckConstraint(
                condition=Q(notice_ends_on__gte=F("asked_on")), name="notice_ends_after_asking"
            ),
            models.CheckConstraint(
                condition=~Q(state="repaid") | Q(transaction__isnull=False),
                name="what_was_repaid_was_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "paying", "repaid"]) | ~Q(minute=""),
                name="a_withdrawal_has_a_minute",
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"

    @property
    def value(self) -> Money:
        """What the shares come to at par."""
        value: Money = self.share_class.par * self.quantity
        return value

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.ASKED, self.State.AGREED, self.State.PAYING)


class InterestRun(models.Model):
    """Interest on shares for a period, at a rate never above the highest in the rules."""

    class State(models.TextChoices):
        DRAFT = "draft", "To be approved"
        APPROVED = "approved", "In the books"

    share_class = models.ForeignKey(ShareClass, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    rate = models.DecimalField("per cent a year", max_digits=5, decimal_places=2)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    minute = models.CharField("minute of the general meeting", max_length=60, blank=True)
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="interest_run"
    )
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = InterestRunQuerySet.as_manager()

    class Meta:
        ordering = ["-last_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="interest_is_for_a_period"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0), name="interest_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(journal__isnull=False) & ~Q(minute=""),
                name="approved_interest_is_in_the_books",
            ),
        ]

    def __str__(self) -> str:
        return f"interest run {self.pk}"


class InterestLine(models.Model):
    """One member's interest of one run. `share_days` is the sum over the days of shares held."""

    run = models.ForeignKey(InterestRun, on_delete=models.CASCADE, related_name="lines")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="interest")
    share_days = models.PositiveBigIntegerField()
    amount = pounds_field()
    pay_out = models.OneToOneField(
        "ledger.PayOut", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = InterestLineQuerySet.as_manager()

    class Meta:
        ordering = ["member__number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "member"], name="one_interest_line_a_member"),
        ]

    def __str__(self) -> str:
        return f"interest line {self.pk}"


class DuesCharge(models.Model):
    """What one member is asked to pay for one period: dues, or the joining fee.

    Owed from the day it is charged. Not paying it never ends a membership by itself.
    """

    class Kind(models.TextChoices):
        YEARLY = "yearly", "Dues"
        JOINING = "joining", "Joining fee"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="dues")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    period_start = models.DateField()
    period_end = models.DateField()
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="+")
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, related_name="dues_charge")
    waived_because = models.CharField(max_length=120, blank=True)
    waiver = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="dues_waived"
    )
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True, blank=True)

    objects = DuesChargeQuerySet.as_manager()

    class Meta:
        ordering = ["-period_start", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "period_start"], name="dues_are_charged_once"
            ),
        ]

    def __str__(self) -> str:
        return f"dues {self.pk}"
