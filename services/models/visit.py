"""Visits: what is due to happen at a person's home, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from services.models.agreement import AgreementLine
from services.models.person import PersonSupported
from services.querysets import VisitQuerySet


class Visit(models.Model):
    """One visit, made from one line of an agreed version for one date.

    `date` is the day on which it starts; instants are UTC, and `minutes` is the time that really
    passes between them. `clock_moved` says that its time does not exist on that date because the
    clocks go forward, so that it starts at the next time that does.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        CANCELLED = "cancelled", "Cancelled"
        DELIVERED = "delivered", "Delivered"

    class Why(models.TextChoices):
        """Why a visit was cancelled. `REVERSIBLE` ones come back when the cause goes."""

        PERSON = "person", "Asked for by the person or their family"
        COOP = "coop", "We could not come"
        PAUSE = "pause", "Visits are paused"
        PLAN = "plan", "The agreement changed"

    REVERSIBLE = (Why.PAUSE, Why.PLAN)

    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, related_name="visits")
    series = models.UUIDField(editable=False)
    person_supported = models.ForeignKey(
        PersonSupported, on_delete=models.PROTECT, related_name="visits"
    )
    date = models.DateField()
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    earliest_start = models.DateTimeField()
    latest_start = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    carers_needed = models.PositiveSmallIntegerField(default=1)
    clock_moved = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    cancelled_why = models.CharField(max_length=10, choices=Why.choices, blank=True)
    cancelled_note = models.CharField(max_length=200, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["person_supported", "starts_at"])]
        constraints = [
            models.UniqueConstraint(fields=["line", "date"], name="one_visit_per_line_and_date"),
            # Also across versions: a visit that was cancelled is not made again by a new version.
            models.UniqueConstraint(
                fields=["series", "date"], name="one_visit_per_series_and_date"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at"))
                & Q(earliest_start__lte=models.F("starts_at"))
                & Q(latest_start__gte=models.F("starts_at")),
                name="visit_times_are_in_order",
            ),
            models.CheckConstraint(
                condition=Q(carers_needed__in=[1, 2]), name="visit_has_one_or_two_carers"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_why=""),
                name="cancelled_visit_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"
