"""The journal: double entry in whole pence, which the database itself keeps from being changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.querysets import JournalQuerySet, PostingQuerySet


class Party(models.Model):
    """Whom money is from or for. Says nothing of who that is: members' rows point here."""

    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return f"party {self.pk}"


class Account(models.Model):
    """One account of the chart. Its code is its key, so that a posting says "bank"."""

    class Kind(models.TextChoices):
        ASSET = "asset", "What we have"
        LIABILITY = "liability", "What we owe"
        EQUITY = "equity", "Shares and reserves"
        INCOME = "income", "Income"
        EXPENSE = "expense", "Costs"

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def grows_by_debit(self) -> bool:
        return self.kind in (self.Kind.ASSET, self.Kind.EXPENSE)


class Journal(models.Model):
    """One event in money: two postings or more whose sum is zero.

    Written, then sealed in the same transaction; once sealed it never changes, and what was wrong
    is put right by a journal that reverses it. `memo` and `source` hold references and ids, never
    names. `key` makes a repeat harmless: the same event is never written twice.
    """

    kind = models.CharField(max_length=30)
    date = models.DateField()
    key = models.CharField(max_length=100, unique=True)
    source = models.CharField(max_length=60, blank=True)
    memo = models.CharField(max_length=120, blank=True)
    sealed = models.BooleanField(default=False)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    written_at = models.DateTimeField(default=timezone.now)

    objects = JournalQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["date", "id"])]

    def __str__(self) -> str:
        return f"journal {self.pk}"

    @property
    def title(self) -> str:
        """The kind in words: "shares-issued" reads "Shares issued"."""
        return self.kind.replace("-", " ").capitalize()


class Posting(models.Model):
    """One line of a journal: whole pence, positive for a debit, negative for a credit."""

    class Vat(models.TextChoices):
        NONE = "", "No supply"
        OUTSIDE = "outside", "Outside the scope of VAT"
        EXEMPT = "exempt", "Exempt: welfare"
        STANDARD = "standard", "Standard rate"

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="postings"
    )
    pence = models.BigIntegerField()
    vat = models.CharField(max_length=10, choices=Vat.choices, default=Vat.NONE, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["party", "account"])]
        constraints = [
            models.CheckConstraint(condition=~Q(pence=0), name="a_posting_moves_money"),
        ]

    def __str__(self) -> str:
        return f"posting {self.pk}"

    @property
    def opposite(self) -> int:
        """The pence of a credit as people read them."""
        return -self.pence
