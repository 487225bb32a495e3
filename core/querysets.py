"""Questions over core's rows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Q, When

if TYPE_CHECKING:
    from core.models import OutboxMessage, RoleGrant


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def active_on(self, date: dt.date) -> RoleGrantQuerySet:
        """Roles that hold on `date`; one that was ended that day no longer does."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=date),
            Q(ended_at__isnull=True) | Q(ended_at__date__gt=date),
            since__lte=date,
        )

    def not_over_on(self, date: dt.date) -> RoleGrantQuerySet:
        """Roles that hold on `date` or will later."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), ended_at__isnull=True)


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def not_sent(self) -> OutboxQuerySet:
        """Waiting, on their way or given up; those given up first, then the oldest."""
        return self.exclude(state="sent").order_by(
            Case(When(state="failed", then=0), default=1), "pk"
        )

    def due(self, now: dt.datetime) -> OutboxQuerySet:
        """Messages waiting to go, and those whose sender seems to have died ten minutes ago."""
        stale = now - dt.timedelta(minutes=10)
        return self.filter(
            Q(state="waiting", not_before__lte=now) | Q(state="sending", claimed_at__lt=stale)
        )
