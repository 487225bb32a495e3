"""What stays after a meeting: its minutes, the register of decisions, and what is to be done."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.body import Body
from governance.models.meeting import AgendaItem, Meeting
from governance.querysets import ActionQuerySet, DecisionQuerySet, MinutesQuerySet
from members.models import Person


class Minutes(models.Model):
    """The minutes of one meeting: drafted from the record, sent round, approved, signed.

    Until they are approved the words can be put right; what had been sent round stays on record
    (MinutesVersion). Approved minutes do not change any more.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        CIRCULATED = "circulated", "Sent round, not approved yet"
        APPROVED = "approved", "Approved"
        SIGNED = "signed", "Approved and signed"

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    approved_at = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="minutes_approved"
    )
    approved_on = models.DateField(null=True, blank=True)
    corrections = models.TextField("corrections that the meeting made", blank=True)
    signed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_on = models.DateField(null=True, blank=True)
    public_since = models.DateField("on the public site since", null=True, blank=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at"]
        verbose_name_plural = "minutes"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "circulated"], approved_on__isnull=True)
                | Q(state__in=["approved", "signed"], approved_on__isnull=False),
                name="approved_minutes_say_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_on__isnull=False, signed_by__isnull=False),
                name="signed_minutes_say_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(public_since__isnull=True) | Q(state__in=["approved", "signed"]),
                name="only_approved_minutes_are_public",
            ),
        ]

    def __str__(self) -> str:
        return f"minutes {self.pk}"

    @property
    def may_change(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.CIRCULATED)


class MinuteEntry(models.Model):
    """What the minutes say of one item. `private` is left out of the public version."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="entries")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    text = models.TextField(blank=True)
    private = models.TextField("for members only", blank=True)

    class Meta:
        ordering = ["minutes", "position"]
        verbose_name_plural = "minute entries"
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "position"], name="one_minute_for_each_place"
            ),
        ]

    def __str__(self) -> str:
        return f"minute {self.pk}"


class MinutesVersion(models.Model):
    """The words as they were sent round, or changed after that. Never changed itself."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="versions")
    at = models.DateTimeField(default=timezone.now)
    entries = models.JSONField()

    class Meta:
        ordering = ["minutes", "pk"]

    def __str__(self) -> str:
        return f"version {self.pk} of minutes {self.minutes_id}"


class Decision(models.Model):
    """What was decided, and how the people whom it affects were involved. Reviewed on its day."""

    class State(models.TextChoices):
        STANDS = "stands", "Stands"
        CHANGED = "changed", "Changed since"
        ENDED = "ended", "Ended"
        MISTAKEN = "mistaken", "Entered by mistake"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    text = models.TextField("what was decided")
    people_affected = models.TextField("how the people affected were involved")
    decided_on = models.DateField()
    review_on = models.DateField("to be looked at again on", null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    review = models.TextField("what the review found", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDS)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number"], name="decisions_are_numbered_by_year"
            ),
            models.CheckConstraint(
                condition=~Q(people_affected=""), name="a_decision_says_who_was_involved"
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.reference}"

    @property
    def reference(self) -> str:
        return f"{self.year}/{self.number}"

    def is_due(self, day: dt.date) -> bool:
        return self.state == self.State.STANDS and bool(self.review_on and self.review_on <= day)


class Action(models.Model):
    """Somebody is to do something by a day."""

    class State(models.TextChoices):
        OPEN = "open", "To do"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="actions")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    text = models.CharField("what is to be done", max_length=300)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField("by")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True)
                | ~Q(state="open") & Q(ended_on__isnull=False),
                name="an_action_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"action {self.pk}"

    def is_late(self, day: dt.date) -> bool:
        return self.state == self.State.OPEN and self.due_on < day
