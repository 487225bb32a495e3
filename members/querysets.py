"""Questions over the register, people and applications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from core.models import User
    from members.models import Application, Member, Person, Qualification, Representative


class PersonQuerySet(models.QuerySet["Person"]):
    def maybe(self, applications: Iterable[Application]) -> PersonQuerySet:
        """Everyone who could be one of the applicants: the same e-mail, or name and birthday."""
        emails, names = set(), Q(pk__in=[])
        for application in applications:
            if application.email:
                emails.add(application.email.lower())
            if application.born and application.last_name:
                names |= Q(
                    first_name__iexact=application.first_name,
                    last_name__iexact=application.last_name,
                    born=application.born,
                )
        return self.annotate(email_lower=Lower("email")).filter(Q(email_lower__in=emails) | names)


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def active_on(self, date: dt.date) -> RepresentativeQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class MemberQuerySet(models.QuerySet["Member"]):
    def active_on(self, date: dt.date) -> MemberQuerySet:
        """Everyone in the register on `date`: entered by then and not yet ceased."""
        return self.filter(Q(ceased__isnull=True) | Q(ceased__gt=date), joined__lte=date)

    def next_number(self) -> int:
        """The number after the highest ever given: gaps are never filled."""
        return (self.aggregate(highest=Max("number"))["highest"] or 0) + 1

    def found_by(self, text: str) -> MemberQuerySet:
        """By register number, or by every word of the text in the member's name."""
        found = self
        for word in text.split():
            if word.isdecimal():
                found = found.filter(number=int(word)) if len(word) < 10 else found.none()
            else:
                found = found.filter(
                    Q(person__first_name__icontains=word)
                    | Q(person__last_name__icontains=word)
                    | Q(organisation__name__icontains=word)
                )
        return found

    def totals(self) -> dict[int, tuple[int, int]]:
        """Id of the class → (members, shares)."""
        rows = self.order_by().values_list("member_class").annotate(Count("pk"), Sum("shares"))
        return {class_id: (members, shares) for class_id, members, shares in rows}

    def of_user(self, user: User, date: dt.date) -> MemberQuerySet:
        """The user's own memberships, and those of organisations they act for on `date`."""
        acts = Q(organisation__representatives__since__lte=date) & (
            Q(organisation__representatives__until__isnull=True)
            | Q(organisation__representatives__until__gte=date)
        )
        return self.filter(
            Q(person__user=user) | Q(organisation__representatives__person__user=user) & acts
        ).distinct()


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def active_on(self, date: dt.date) -> QualificationQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def waiting(self) -> ApplicationQuerySet:
        """Handed in and not yet decided, oldest first."""
        return self.filter(state="submitted").order_by("submitted_at", "pk")

    def open_for(self, email: str) -> ApplicationQuerySet:
        """Not yet decided, under this e-mail address, newest first."""
        return self.filter(email__iexact=email, state__in=["draft", "submitted"]).order_by("-pk")
