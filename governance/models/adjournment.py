"""A meeting that goes on another day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.meeting import Meeting


class Adjournment(models.Model):
    """A meeting was put off to another time, with its roll, its agenda and its proxies."""

    class Why(models.TextChoices):
        NO_QUORUM = "no_quorum", "Too few came in time"
        QUORUM_LOST = "quorum_lost", "Too few were left"
        DECIDED = "decided", "The meeting decided so"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="adjournments")
    was_for = models.DateTimeField()
    now_for = models.DateTimeField()
    why = models.CharField(max_length=12, choices=Why.choices)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["meeting", "decided_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(now_for__gt=models.F("decided_at")),
                name="a_meeting_is_put_off_to_a_later_time",
            ),
            models.UniqueConstraint(
                fields=["meeting", "was_for"], name="put_off_once_from_each_time"
            ),
        ]

    def __str__(self) -> str:
        return f"adjournment {self.pk}"
