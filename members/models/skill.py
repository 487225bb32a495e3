"""What people are trained and cleared to do, and until when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from members.models.person import Person
from members.querysets import QualificationQuerySet


class Skill(models.Model):
    """Something that a task may need: a skill, a training or a check."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Qualification(models.Model):
    """A person has a skill from a day; `until` is the last day it counts (empty: no expiry)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="qualifications")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="qualifications")
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "skill", "since"], name="one_qualification_per_start"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="qualification_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"qualification {self.pk}"
