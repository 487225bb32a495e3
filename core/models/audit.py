"""The append-only record of what was done and what was read, and the chain that seals it."""

from __future__ import annotations

import datetime as dt

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone


class ReadWhy(models.TextChoices):
    """How a record was read."""

    PAGE = "page", "Page"
    LIST = "list", "List"
    SEARCH = "search", "Search"
    PDF = "pdf", "PDF"
    EXPORT = "export", "Export"
    FILE = "file", "File"
    FEED = "feed", "Calendar feed"


class Line(models.Model):
    """What both logs share. Ids only, never names or care text: disposal breaks no chain."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_kind = models.CharField(max_length=10)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    acting_for = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def sealed_fields(self) -> dict[str, object]:
        """Everything the chain protects, in a form that does not depend on the database."""
        return {
            "id": self.pk,
            "at": self.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "actor": self.actor_kind,
            "user": self.user_id,
            "for": self.acting_for,
            "data": self.data,
        }


class AuditLine(Line):
    """One thing that was done: who, acting for whom, what, on what, when."""

    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"])]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"

    @property
    def sentence(self) -> str:
        """The act in words: "members.admit_applicant" reads "Admit applicant"."""
        return self.action.partition(".")[2].replace("_", " ").capitalize()

    @property
    def object_name(self) -> str:
        """What it was done to: the kind of row in words, and its number."""
        try:
            kind = apps.get_model(self.object_type)._meta.verbose_name
        except (LookupError, ValueError):
            return ""
        return f"{kind} {self.object_id[:8]}"

    def sealed_fields(self) -> dict[str, object]:
        return super().sealed_fields() | {
            "action": self.action,
            "on": [self.object_type, self.object_id],
        }


class ReadLine(Line):
    """One reading of a person's record: who looked, whose record, which group of fields, why."""

    subject_id = models.BigIntegerField(help_text="The members.Person whose record was read.")
    group = models.CharField(max_length=20, help_text="The group of fields that was shown.")
    why = models.CharField(max_length=10, choices=ReadWhy.choices)

    class Meta:
        indexes = [models.Index(fields=["subject_id", "at"])]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"person {self.subject_id} {self.group}"

    def sealed_fields(self) -> dict[str, object]:
        return super().sealed_fields() | {
            "subject": self.subject_id,
            "group": self.group,
            "why": self.why,
        }


class ChainBlock(models.Model):
    """A batch of lines sealed together. Its hash covers the batch and the block before it."""

    stream = models.CharField(max_length=10, choices=[("audit", "Audit"), ("read", "Reads")])
    number = models.PositiveBigIntegerField()
    lines = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # Two workers chaining at once: the second is refused and tries again a minute later.
            models.UniqueConstraint(fields=["stream", "number"], name="one_block_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} block {self.number}"


class ChainLink(models.Model):
    """Says which block a line is sealed in. A line without one is still unchained."""

    block = models.ForeignKey(ChainBlock, on_delete=models.PROTECT, related_name="links")
    stream = models.CharField(max_length=10)
    line_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "line_id"], name="a_line_is_sealed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.line_id}"
