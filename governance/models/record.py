"""What is kept of a vote for whoever wants to check it: events, checkpoints, and the bundle."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from governance.models.election import Election

#: How a page says the facts of an event.
FACTS = {
    "title": "Title",
    "name": "Name",
    "position": "Place on the paper",
    "public_key": "Public key",
    "tellers": "Tellers",
    "entitled": "On the roll",
    "lot_order": "Lot for ties, by place on the paper",
    "closes_at": "Voting closes",
    "ballots": "Papers in the box",
    "on_paper": "Voting papers received",
}


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


class ElectionEvent(models.Model):
    """Something happened to a vote; never that somebody voted.

    Each event holds the hash of the one before it (governance.bundle.hashing), so that none can be
    changed, left out or put in later without a trace. `facts` are published: they name no voter.
    """

    class Kind(models.TextChoices):
        PREPARED = "prepared", "The vote was prepared"
        CHANGED = "changed", "The paper was changed"
        STANDS = "stands", "Somebody was put on the paper"
        OFF_PAPER = "off_paper", "Somebody was taken off the paper"
        WITHDREW = "withdrew", "Somebody withdrew"
        KEY_MADE = "key_made", "A key was made and shared among the tellers"
        REHEARSED = "rehearsed", "Two tellers rehearsed"
        ROLL_FROZEN = "roll_frozen", "The roll was frozen"
        OPENED = "opened", "Voting opened"
        MORE_TIME = "more_time", "More time was given"
        CALLED_OFF = "called_off", "The vote was called off"
        CLOSED = "closed", "Voting closed"
        UNSEALED = "unsealed", "Two tellers opened the box, and it was counted"
        DECLARED = "declared", "The result was declared"

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    facts = models.JSONField(default=dict)
    before = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["election", "number"]
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="events_follow_each_other"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"

    @property
    def facts_in_words(self) -> list[str]:
        """What is worth reading of the facts: "Papers in the box: 84"."""
        said = [(words, self.facts.get(name)) for name, words in FACTS.items()]
        return [f"{words}: {_said(value)}" for words, value in said if value not in (None, "")]

    def as_dict(self) -> dict[str, Any]:
        """As it is hashed and published."""
        return {
            "number": self.number,
            "at": self.at.isoformat(timespec="seconds"),
            "kind": self.kind,
            "facts": self.facts,
        }


class Checkpoint(models.Model):
    """How many papers were in the box, and a fingerprint of all their receipts together.

    `root` is the Merkle root over the sorted hashes: it says nothing of their order, and it cannot
    be had again once a paper has been taken out or exchanged. Mailed to the tellers as it is taken.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="checkpoints")
    ballots = models.PositiveIntegerField("papers in the box")
    root = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["election", "ballots"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "ballots"], name="one_checkpoint_for_a_number_of_papers"
            ),
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.pk}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "ballots": self.ballots,
            "root": self.root,
            "at": self.at.isoformat(timespec="seconds"),
        }


class Bundle(models.Model):
    """The audit bundle as it was declared, to the byte: later versions of Weft do not touch it."""

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="bundle")
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"bundle {self.pk}"
