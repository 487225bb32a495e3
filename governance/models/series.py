"""Meetings that come round regularly."""

from __future__ import annotations

import datetime as dt
from itertools import takewhile

from django.db import models

from governance import rules
from governance.models.body import Body
from governance.models.meeting import Meeting
from governance.querysets import SeriesQuerySet


class Series(models.Model):
    """A body meets regularly. Each meeting is prepared by itself as a draft, some days ahead, with
    an agenda from what is open.

    The first day says on which weekday, and which of the month.
    """

    class Often(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        FORTNIGHTLY = "fortnightly", "Every two weeks"
        FOUR_WEEKS = "four_weeks", "Every four weeks"
        MONTHLY = "monthly", "Every month"
        TWO_MONTHS = "two_months", "Every two months"
        QUARTERLY = "quarterly", "Every three months"

    #: How long before the last day for notice a meeting is prepared.
    AHEAD = dt.timedelta(days=14)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="series")
    title = models.CharField(max_length=120)
    often = models.CharField("how often", max_length=12, choices=Often.choices)
    first_on = models.DateField("first meeting on")
    clock = models.TimeField("begins at")
    held = models.CharField(max_length=6, choices=Meeting.Held.choices, default=Meeting.Held.ROOM)
    place = models.CharField(max_length=200, blank=True)
    joining = models.CharField("how to join from home", max_length=300, blank=True)
    ended_on = models.DateField(null=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["body", "first_on"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.title

    @property
    def in_words(self) -> str:
        """ "Every month, on the second Tuesday of the month"."""
        return f"{self.get_often_display()}, {rules.series_in_words(self.first_on, self.often)}"

    def days_due(self, today: dt.date) -> list[dt.date]:
        """The days of meetings that should have been prepared by now, from the first for which
        notice by e-mail can still be given.
        """
        its = self.body.rules_on(today)
        until = today + dt.timedelta(days=its.notice_days + its.days_in_post) + self.AHEAD
        since = max(self.first_on, rules.earliest_meeting(today, days=its.notice_days))
        days = rules.meeting_days(self.first_on, self.often, since=since)
        return list(takewhile(lambda day: day <= until, days))


class SeriesMeeting(models.Model):
    """The meeting that was prepared for one day of a series, whatever day it was moved to."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="meetings")
    day = models.DateField()
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="in_series")

    class Meta:
        ordering = ["series", "day"]
        constraints = [
            models.UniqueConstraint(fields=["series", "day"], name="one_meeting_for_each_day"),
        ]

    def __str__(self) -> str:
        return f"meeting of series {self.series_id} on {self.day}"
