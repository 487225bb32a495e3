"""Somebody asks for everything that we hold about them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import Job, PrivateFile
from members.models.person import Person
from members.querysets import DataRequestQuerySet


class DataRequest(models.Model):
    """One request for a copy of one's data, and the pack that answers it.

    UK GDPR, articles 12 and 15: within one month. `left_out` are the names of other people that
    whoever checked it left out, by what the collection calls them. The pack is removed some time
    after it was made; the request stays.
    """

    class State(models.TextChoices):
        ASKED = "asked", "To be checked"
        MAKING = "making", "Being made"
        READY = "ready", "Ready to give"
        GIVEN = "given", "Given"
        CALLED_OFF = "called_off", "Called off"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="data_requests")
    received_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    left_out = models.JSONField(default=list, blank=True)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    file = models.OneToOneField(PrivateFile, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    given_on = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(default=timezone.now)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="given") | Q(given_on__isnull=False),
                name="what_was_given_has_a_day",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["asked", "making", "ready"]),
                name="one_open_data_request",
            ),
        ]

    def __str__(self) -> str:
        return f"data request {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.ASKED, self.State.MAKING, self.State.READY)
