"""People supported, and the times when their visits rest."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import User
from members.models import Person
from services.querysets import PauseQuerySet, PersonSupportedQuerySet
from services.rules import Ground, Group, groups_for


class PersonSupported(models.Model):
    """Somebody whom the co-op supports: a members.Person, and where their home is.

    Name, address and e-mail stay with the person; latitude and longitude (degrees, WGS 84) say
    where carers travel to.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Supported"
        ENDED = "ended", "Support ended"

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="supported")
    latitude = models.FloatField()
    longitude = models.FloatField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    since = models.DateField("supported from")
    ended_on = models.DateField("last day of support", null=True, blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    objects = PersonSupportedQuerySet.as_manager()

    class Meta:
        ordering = ["person__last_name", "person__first_name", "pk"]
        verbose_name = "person supported"
        verbose_name_plural = "people supported"
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90)
                & Q(longitude__gte=-180, longitude__lte=180),
                name="home_is_on_the_globe",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_on__isnull=True)
                | Q(state="ended", ended_on__gte=models.F("since")),
                name="support_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"person supported {self.pk}"

    def groups_seen_by(self, user: User, now: dt.datetime) -> frozenset[Group]:
        """The groups of fields of this record that `user` may see now."""
        links = self.person.access_links.active_at(now).filter(user=user)
        return groups_for({Ground(ground) for ground in links.values_list("ground", flat=True)})


class Pause(models.Model):
    """Visits rest from a day to a day (both inclusive; no last day: until it is ended)."""

    class Why(models.TextChoices):
        HOSPITAL = "hospital", "In hospital"
        AWAY = "away", "Away from home"
        OTHER = "other", "Another reason"

    person_supported = models.ForeignKey(
        PersonSupported, on_delete=models.CASCADE, related_name="pauses"
    )
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    why = models.CharField("reason", max_length=10, choices=Why.choices)
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")),
                name="pause_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"pause {self.pk}"

    def covers(self, date: dt.date) -> bool:
        return self.first_day <= date and (self.last_day is None or date <= self.last_day)
