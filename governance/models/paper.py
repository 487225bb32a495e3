"""Voting papers that came in envelopes: counted by hand into batches, each keyed by two people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.election import Election

#: choices on the paper, best first → how many papers say exactly this
Lines = Mapping[tuple[int, ...], int]


class PaperBatch(models.Model):
    """So many papers, opened and counted after voting has closed.

    `constituency` is what stands on the papers of the batch, where papers say it at all.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField()
    constituency = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField("papers in it")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["election", "number"]
        verbose_name_plural = "paper batches"
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="one_batch_of_a_number"),
            models.CheckConstraint(condition=Q(size__gte=1), name="a_batch_holds_papers"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"

    def finished(self) -> list[PaperKeying]:
        """The keyings that are complete: none, one or two."""
        return [keying for keying in self.keyings.all() if keying.finished]

    @property
    def agrees(self) -> bool:
        """Whether two people have keyed the same."""
        done = self.finished()
        return len(done) == 2 and done[0].says_same_as(done[1])

    @property
    def differs(self) -> bool:
        done = self.finished()
        return len(done) == 2 and not done[0].says_same_as(done[1])


class PaperKeying(models.Model):
    """What one person read on the papers of a batch, not knowing what the other read.

    `lines` is a list of [choices, number of papers]; `spoilt` papers say nothing that counts. Both
    are emptied as the papers are counted: beside the roll, which says whose paper came, they would
    say how somebody voted.
    """

    batch = models.ForeignKey(PaperBatch, on_delete=models.CASCADE, related_name="keyings")
    place = models.PositiveSmallIntegerField(choices=[(1, "First"), (2, "Second")])
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lines = models.JSONField(default=list)
    spoilt = models.PositiveIntegerField(default=0)
    finished = models.BooleanField(default=False)

    class Meta:
        ordering = ["batch", "place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="a_batch_is_keyed_twice"),
            models.UniqueConstraint(
                fields=["batch", "keyed_by"], name="a_batch_is_keyed_by_two_people"
            ),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="first_or_second_keying"),
        ]

    def __str__(self) -> str:
        return f"keying {self.pk}"

    def papers(self) -> Lines:
        """What was read, the same together."""
        read: Counter[tuple[int, ...]] = Counter()
        for choices, number in self.lines:
            read[tuple(choices)] += number
        return read

    @property
    def total(self) -> int:
        """Papers keyed so far, spoilt ones included."""
        return sum(self.papers().values()) + self.spoilt

    def says_same_as(self, other: PaperKeying) -> bool:
        return self.papers() == other.papers() and self.spoilt == other.spoilt
