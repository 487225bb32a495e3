"""Questions over the register, people and applications."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from members.models import Application, Member, Person, Qualification, Representative


class PersonQuerySet(models.QuerySet["Person"]):
    pass


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def active_on(self, date: dt.date) -> RepresentativeQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class MemberQuerySet(models.QuerySet["Member"]):
    def active_on(self, date: dt.date) -> MemberQuerySet:
        """Everyone in the register on `date`: entered by then and not yet ceased."""
        return self.filter(Q(ceased__isnull=True) | Q(ceased__gt=date), joined__lte=date)


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def active_on(self, date: dt.date) -> QualificationQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def waiting(self) -> ApplicationQuerySet:
        """Handed in and not yet decided, oldest first."""
        return self.filter(state="submitted").order_by("submitted_at")
