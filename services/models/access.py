"""Who may see whose care record: the one table that decides."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models import Person
from services.querysets import AccessLinkQuerySet
from services.rules import Ground, Group, groups_for


class AccessLink(models.Model):
    """`user` may see the care record of `person`, on a ground, from an instant until an instant.

    It holds from `since` on and before `until`. A link is never changed except to end it, and an
    ended one stays, so that it can be told later who could see what. `source` says what wrote it
    (the rota of a week, say), so that the same writer can replace its own.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_links")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_links"
    )
    ground = models.CharField("because they are", max_length=10, choices=Ground.choices)
    since = models.DateTimeField("from")
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Empty: the system.",
    )

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "until"]),
            models.Index(fields=["source"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="access_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["person", "user", "ground"],
                condition=Q(until__isnull=True),
                name="one_open_link_per_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ground} link {self.pk}"

    def holds_at(self, now: dt.datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)

    @property
    def groups(self) -> frozenset[Group]:
        return groups_for({Ground(self.ground)})
