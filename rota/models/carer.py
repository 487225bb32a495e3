"""Those who visit: where they start from, their hours, and when they are away."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from members.models import Person
from rota.querysets import AbsenceQuerySet, AvailabilityQuerySet, CarerQuerySet
from rota.rules import WEEKDAYS, clock_of


class Carer(models.Model):
    """Somebody who works visits. Extends a Person, whose skills and checks the register keeps.

    `contract_minutes` and `weekly_cap_minutes` are for a week and count care and the travel
    between visits. Hours worked elsewhere are taken off the cap by whoever enters it.
    """

    class Mode(models.TextChoices):
        CAR = "car", "By car"
        CYCLE = "cycle", "By bicycle"
        WALK = "walk", "On foot"

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="carer")
    latitude = models.FloatField(
        "home latitude", validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        "home longitude", validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    mode = models.CharField("gets about", max_length=5, choices=Mode.choices, default=Mode.CAR)
    contract_minutes = models.PositiveIntegerField()
    weekly_cap_minutes = models.PositiveIntegerField()
    since = models.DateField("works here from")
    until = models.DateField("last day", null=True, blank=True)

    objects = CarerQuerySet.as_manager()

    class Meta:
        ordering = ["person__last_name", "person__first_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="carer_leaves_after_starting",
            ),
            models.CheckConstraint(
                condition=Q(weekly_cap_minutes__gte=F("contract_minutes")),
                name="cap_is_at_least_the_contract",
            ),
        ]

    def __str__(self) -> str:
        return f"carer {self.pk}"

    def is_active_on(self, date: dt.date) -> bool:
        return self.since <= date and (self.until is None or date <= self.until)


class AvailabilityPattern(models.Model):
    """Hours on one day of the week in which a carer can work, from a day until a day (inclusive).

    Minutes count from midnight in London; 1440 is the midnight that ends the day. A night is two
    rows that meet at midnight. Two rows of one carer never overlap: an exclusion constraint on
    PostgreSQL, a trigger on SQLite.
    """

    carer = models.ForeignKey(Carer, on_delete=models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField(choices=list(enumerate(WEEKDAYS)))
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "start_minute", "since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_minute__gt=F("start_minute"), end_minute__lte=1440),
                name="availability_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="availability_weekday"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="availability_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"availability {self.pk}"

    @property
    def hours(self) -> str:
        """ "07:00 to 15:00" """
        return f"{clock_of(self.start_minute)} to {clock_of(self.end_minute)}"


class Absence(models.Model):
    """A time in which a carer does not work, whatever their usual hours."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "Holiday"
        SICKNESS = "sickness", "Sickness"
        TRAINING = "training", "Training"
        OTHER = "other", "Other"

    carer = models.ForeignKey(Carer, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"
