"""Questions over carers, rotas and who does which visit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from core.models import User
    from rota.models import (
        Absence,
        Assignment,
        AvailabilityPattern,
        Carer,
        PublishedVisit,
        Rota,
        RotaChange,
    )


class CarerQuerySet(models.QuerySet["Carer"]):
    def active_between(self, first: dt.date, last: dt.date) -> CarerQuerySet:
        """Carers who work here on at least one day from `first` to `last` (both included)."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=first), since__lte=last)


class AvailabilityQuerySet(models.QuerySet["AvailabilityPattern"]):
    def active_between(self, first: dt.date, last: dt.date) -> AvailabilityQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=first), since__lte=last)

    def clashing(
        self, other: AvailabilityPattern, *, besides: int | None = None
    ) -> AvailabilityQuerySet:
        """Hours of the same carer that overlap `other` on some day (touching is no overlap)."""
        same_day = self.filter(carer=other.carer_id, weekday=other.weekday).exclude(pk=besides)
        dated = same_day.filter(Q(until__isnull=True) | Q(until__gte=other.since))
        if other.until is not None:
            dated = dated.filter(since__lte=other.until)
        return dated.filter(start_minute__lt=other.end_minute, end_minute__gt=other.start_minute)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def between(self, start: dt.datetime, end: dt.datetime) -> AbsenceQuerySet:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class RotaQuerySet(models.QuerySet["Rota"]):
    def that_can_change(self) -> RotaQuerySet:
        """All but those that are being solved right now."""
        return self.exclude(state="solving")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def between(self, start: dt.datetime, end: dt.datetime) -> AssignmentQuerySet:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class RotaChangeQuerySet(models.QuerySet["RotaChange"]):
    def standing(self) -> RotaChangeQuerySet:
        """Changes that were not undone, newest first."""
        return self.filter(undone_at__isnull=True).order_by("-pk")


class PublishedVisitQuerySet(models.QuerySet["PublishedVisit"]):
    def standing(self) -> PublishedVisitQuerySet:
        """What carers have been told and nobody has taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def between(self, start: dt.datetime, end: dt.datetime) -> PublishedVisitQuerySet:
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def visible_to(self, user: User) -> PublishedVisitQuerySet:
        """The visits that this carer has been told of. Whom they are with is another question:
        services' `visible_to` opens a person's record for a time around the visits only."""
        return self.standing().filter(carer__person__user=user)
