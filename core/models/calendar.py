"""Secret addresses of calendar feeds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class CalendarToken(models.Model):
    """The right to read one calendar feed by its address. Only a hash of the secret is kept."""

    digest = models.CharField(max_length=64, unique=True)
    feed = models.CharField(max_length=40, help_text="Which feed, as registered by an app.")
    owner_id = models.BigIntegerField(help_text="Whose: the id that the feed is about.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    last_fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "owner_id", "user"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_live_address_per_feed_and_reader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.owner_id}"
