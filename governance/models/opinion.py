"""What members think of something, asked between meetings. Nothing is decided by it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.proposal import Proposal
from governance.models.signing import Way
from governance.querysets import OpinionPollQuerySet
from members.models import Member


class OpinionPoll(models.Model):
    """A question to all members, with answers to choose from. It advises and decides nothing, and
    says so before anybody answers. Totals are shown once it is over, and only of FEWEST or more.
    """

    FEWEST = 5
    MOST_CHOICES = 8

    question = models.CharField(max_length=200)
    background = models.TextField("what one needs to know to answer", blank=True)
    choices = models.JSONField("answers to choose from")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="polls"
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    last_day = models.DateField()
    told_at = models.DateTimeField("everybody was written to", null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.CharField(max_length=200, blank=True)

    objects = OpinionPollQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(stopped_because__gt=""),
                name="a_stopped_poll_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def is_open_on(self, day: dt.date) -> bool:
        return self.stopped_at is None and day <= self.last_day

    @property
    def is_open(self) -> bool:
        return self.is_open_on(timezone.localdate())


class OpinionAnswer(models.Model):
    """What a member answered; theirs to change until the last day. `choice`: which of the poll's
    choices, from 0.
    """

    poll = models.ForeignKey(OpinionPoll, on_delete=models.CASCADE, related_name="answers")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    choice = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=6, choices=Way.choices)
    answered_at = models.DateTimeField()
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "member"], name="a_member_answers_once"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
