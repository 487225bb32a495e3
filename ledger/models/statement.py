"""Bank statements: what the bank says came and went, line by line, and what each line is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.models.journal import Account, Journal, Party


class BankAccount(models.Model):
    """One of our accounts at a bank, and the account of the ledger that mirrors it."""

    name = models.CharField(max_length=60, unique=True)
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="bank_account")
    number = models.CharField("sort code and number", max_length=20, blank=True)
    profile = models.CharField("shape of its statements", max_length=20, blank=True)
    columns = models.JSONField(
        default=dict, blank=True, help_text="For a general CSV: what each column is called."
    )

    def __str__(self) -> str:
        return self.name


class StatementImport(models.Model):
    """One statement that was read in. Undone, its lines are as if they had never come."""

    class State(models.TextChoices):
        PREVIEW = "preview", "To be looked at"
        IMPORTED = "imported", "Read in"
        UNDONE = "undone", "Undone"
        DISCARDED = "discarded", "Thrown away"

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREVIEW)
    sha256 = models.CharField(max_length=64)
    profile = models.CharField(max_length=20)
    first_on = models.DateField()
    last_on = models.DateField()
    opening_pence = models.BigIntegerField(null=True)
    closing_pence = models.BigIntegerField(null=True)
    lines_read = models.PositiveIntegerField()
    lines_known = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-read_at", "-pk"]

    def __str__(self) -> str:
        return f"statement {self.pk}"


class BankLine(models.Model):
    """One line of a statement. `pence` is positive for money that came in."""

    class State(models.TextChoices):
        PREVIEW = "preview", "Not yet read in"
        NEW = "new", "To be explained"
        MATCHED = "matched", "Explained"
        UNDONE = "undone", "Undone"

    statement = models.ForeignKey(StatementImport, on_delete=models.PROTECT, related_name="lines")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    date = models.DateField()
    pence = models.BigIntegerField()
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=40, blank=True)
    balance_pence = models.BigIntegerField(null=True)
    checksum = models.CharField(max_length=64)
    row = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PREVIEW)
    why = models.CharField("what explained it", max_length=200, blank=True)
    matched_at = models.DateTimeField(null=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["date", "row", "pk"]
        indexes = [models.Index(fields=["bank_account", "state", "date"])]
        constraints = [
            models.UniqueConstraint(
                fields=["bank_account", "checksum"],
                condition=Q(state__in=["new", "matched"]),
                name="a_bank_line_is_read_in_once",
            ),
            models.CheckConstraint(condition=~Q(pence=0), name="a_bank_line_moves_money"),
        ]

    def __str__(self) -> str:
        return f"bank line {self.pk}"

    @property
    def came(self) -> int:
        """Pence that came in; nothing where money went out."""
        return max(self.pence, 0)

    @property
    def went(self) -> int:
        """Pence that went out, above zero; nothing where money came in."""
        return max(-self.pence, 0)


class BankMatch(models.Model):
    """A line of a statement is this journal. Undoing keeps the row and says when.

    `made` says that the journal was written for this match, so that undoing reverses it;
    otherwise it was in the books before (a payout, cash that was banked) and stays.
    """

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="matches")
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="bank_matches")
    pence = models.BigIntegerField()
    made = models.BooleanField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["journal"],
                condition=Q(undone_at__isnull=True),
                name="a_journal_is_on_one_bank_line",
            ),
        ]

    def __str__(self) -> str:
        return f"bank match {self.pk}"


class KnownPayer(models.Model):
    """Words with which a payer stood on earlier statements, and whom they paid for."""

    words = models.CharField(max_length=120)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="known_as")
    seen = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["words", "party"], name="a_payer_is_known_once"),
        ]

    def __str__(self) -> str:
        return f"known payer {self.pk}"
