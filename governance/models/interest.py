"""The register of interests: what those who sit on bodies have to do with, beside the co-op."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.querysets import DeclaredInterestQuerySet
from members.models import Person


class Interest(models.Model):
    """Something that somebody who sits on a body has to do with, from a day until a day
    (inclusive), in their own words. It is ended, never changed: what was declared stays.
    """

    class Kind(models.TextChoices):
        MONEY = "money", "Money: shares, property, a contract"
        WORK = "work", "Work: a job"
        OFFICE = "office", "Another organisation: an office, or membership"
        FAMILY = "family", "Family or a close friend"
        OTHER = "other", "Something else"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    text = models.CharField("what it is", max_length=300)
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = DeclaredInterestQuerySet.as_manager()

    class Meta:
        ordering = ["person", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="an_interest_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="an_interest_says_what_it_is"),
        ]

    def __str__(self) -> str:
        return f"interest {self.pk}"


class InterestsConfirmed(models.Model):
    """Somebody has said on a day that what the register holds of them is right and whole, or that
    they have none.
    """

    #: After how long they are asked again.
    HOLDS = dt.timedelta(days=365)
    #: How long somebody new on a body has for it.
    AT_FIRST = dt.timedelta(days=28)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="interests_confirmed")
    on = models.DateField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["person", "on", "pk"]
        verbose_name_plural = "interests confirmed"

    def __str__(self) -> str:
        return f"interests confirmed on {self.on}"
