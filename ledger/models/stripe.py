"""What we know of Stripe's own objects: customers, events, disputes and payouts."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ledger.models.journal import Journal, Party
from ledger.models.payment import Payment, pounds_field


class StripeCustomer(models.Model):
    """The customer at Stripe that stands for a party there."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="stripe_customer")
    customer = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return f"Stripe customer {self.pk}"


class StripeEvent(models.Model):
    """Something that Stripe told us: kept by its unique id, applied later by a task.

    Nothing of its content is believed but which object to fetch again.
    """

    event = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=80)
    subject = models.CharField("object", max_length=100)
    received_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["applied_at", "not_before"])]

    def __str__(self) -> str:
        return f"Stripe event {self.pk}"


class Dispute(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """A payer had their bank take money back, perhaps months later."""

    class State(models.TextChoices):
        OPEN = "open", "Taken back"
        LOST = "lost", "Lost"
        WON = "won", "Won: the money came back to us"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    stripe_dispute = models.CharField(max_length=100, unique=True)
    amount = pounds_field()
    state = models.CharField(max_length=5, choices=State.choices, default=State.OPEN)
    opened_on = models.DateField()
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, related_name="dispute")
    won_journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="dispute_won"
    )

    def __str__(self) -> str:
        return f"dispute {self.pk}"


class StripePayout(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """What Stripe paid into our bank account; in the books from the day on which it says so."""

    class State(models.TextChoices):
        ON_ITS_WAY = "pending", "On its way"
        PAID = "paid", "Paid into the bank"
        FAILED = "failed", "Failed"

    payout = models.CharField(max_length=100, unique=True)
    amount = pounds_field()
    state = models.CharField(max_length=10, choices=State.choices)
    arrives_on = models.DateField()
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="stripe_payout"
    )

    class Meta:
        ordering = ["-arrives_on", "-pk"]

    def __str__(self) -> str:
        return f"payout {self.pk}"
