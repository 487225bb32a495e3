"""A week's rota: the plan being worked on, and what carers have been told of it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.models import Job
from rota.models.carer import Carer
from rota.querysets import (
    AssignmentQuerySet,
    PublishedVisitQuerySet,
    RotaChangeQuerySet,
    RotaQuerySet,
)
from rota.rules import WEEK, start_of_day
from services.models import Visit


class Rota(models.Model):
    """Who does which visit in one week, from Monday.

    `quality` is the statement that came with the last automatic rota (solver.quality);
    `revision` rises with every change, so that two changes at once are made one after the other.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SOLVING = "solving", "Being worked out"
        PROPOSED = "proposed", "Proposed"
        PUBLISHED = "published", "Published"

    week_start = models.DateField("week from Monday", unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    quality = models.JSONField(null=True)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    solved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    objects = RotaQuerySet.as_manager()

    class Meta:
        ordering = ["-week_start"]

    def __str__(self) -> str:
        return f"rota {self.week_start}"

    @property
    def last_day(self) -> dt.date:
        return self.week_start + dt.timedelta(days=6)

    @property
    def days(self) -> list[dt.date]:
        return [self.week_start + dt.timedelta(days=number) for number in range(7)]

    @property
    def starts_at(self) -> dt.datetime:
        """The midnight in London that begins the week, in UTC."""
        return start_of_day(self.week_start)

    @property
    def ends_at(self) -> dt.datetime:
        return start_of_day(self.week_start + WEEK)


class Assignment(models.Model):
    """A carer on a visit in the rota being worked on, at a start within the visit's window.

    `slot` is 0, or 1 for the second carer of a visit for two. `pinned`: the search keeps carer and
    start. A carer is never in two places at once: an exclusion constraint on PostgreSQL, a
    trigger on SQLite.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="assignments")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="assignments")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, related_name="assignments")
    slot = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    pinned = models.BooleanField(default=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "slot"]
        indexes = [models.Index(fields=["carer", "starts_at"])]
        constraints = [
            models.UniqueConstraint(fields=["visit", "slot"], name="one_carer_per_place"),
            models.UniqueConstraint(fields=["visit", "carer"], name="two_different_carers"),
            models.CheckConstraint(condition=Q(slot__lte=1), name="at_most_two_carers"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="assignment_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class RotaChange(models.Model):
    """One change made by hand to who does a visit, so that it can be undone.

    `before` and `after` are crews: lists of {carer, starts_at, pinned} in order of place.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="changes")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    objects = RotaChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"change {self.pk}"


class PublishedVisit(models.Model):
    """What a carer has been told: this visit, at this time.

    Carers, their calendars and the people they visit see only these rows, so a draft stays
    unseen. `sequence` rises with each published change; a row that is taken back keeps its
    identity, so that calendars can say so.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="published")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, related_name="published")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sequence = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = PublishedVisitQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["carer", "starts_at"])]
        constraints = [
            models.UniqueConstraint(fields=["visit", "carer"], name="told_once_per_visit"),
        ]

    def __str__(self) -> str:
        return f"published visit {self.pk}"
