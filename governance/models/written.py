"""Deciding in writing, without a meeting."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.body import Body, RuleSet
from governance.models.division import CHOICE_NAMES
from governance.models.meeting import ToMemberOrSeat
from governance.querysets import WrittenResolutionQuerySet, WrittenVoiceQuerySet


class WrittenResolution(models.Model):
    """A motion that a body decides in writing. It is carried once enough of all who may vote agree,
    whoever has not answered counting against it; it lapses after the days of the rules.

    `facts` is how it is counted, as of the day it went round (see Division); `verdict` is how it
    stood when it was decided. A change of the rules, and what the Act asks a meeting for, is not
    decided in writing.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CARRIED = "carried", "Carried"
        LOST = "lost", "Lost"
        LAPSED = "lapsed", "Lapsed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="written")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=150)
    text = models.TextField("words of the resolution")
    background = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    facts = models.JSONField(default=dict)
    verdict = models.JSONField(default=dict)
    sent_round_at = models.DateTimeField()
    sent_round_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    lapses_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    objects = WrittenResolutionQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_round_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="an_open_resolution_has_not_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_because__gt=""),
                name="a_withdrawn_resolution_says_why",
            ),
            models.CheckConstraint(
                condition=Q(lapses_at__gt=models.F("sent_round_at")),
                name="a_resolution_lapses_later",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self) -> dt.date:
        """The last day on which one can answer."""
        return timezone.localdate(self.lapses_at - dt.timedelta(minutes=1))

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class WrittenVoice(ToMemberOrSeat):
    """Somebody who may decide a written resolution, as of the day it went round, and what they
    answered; by name. Who has an interest in it stands aside: they answer nothing, and it is
    counted without them.
    """

    class Way(models.TextChoices):
        ONLINE = "online", "Here"
        PAPER = "paper", "On paper"

    resolution = models.ForeignKey(
        WrittenResolution, on_delete=models.CASCADE, related_name="voices"
    )
    member_class = models.SlugField("class of membership", max_length=20, blank=True)
    constituency = models.CharField(max_length=60, blank=True)
    choice = models.CharField(max_length=7, choices=CHOICE_NAMES, blank=True)
    way = models.CharField(max_length=6, choices=Way.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    interest = models.CharField(max_length=200, blank=True)
    aside_at = models.DateTimeField(null=True)

    objects = WrittenVoiceQuerySet.as_manager()

    class Meta:
        ordering = ["resolution", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "member"], name="a_member_decides_once_in_writing"
            ),
            models.UniqueConstraint(
                fields=["resolution", "person"], name="a_seat_decides_once_in_writing"
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, person__isnull=True)
                | Q(member__isnull=True, person__isnull=False),
                name="a_voice_of_a_member_or_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(choice="", answered_at__isnull=True)
                | Q(choice__gt="", answered_at__isnull=False),
                name="an_answer_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(aside_at__isnull=True, interest="")
                | Q(aside_at__isnull=False, interest__gt="", choice=""),
                name="who_stands_aside_says_why_and_answers_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"voice {self.pk}"
