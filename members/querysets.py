"""Questions over the register, people and applications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Lower

if TYPE_CHECKING:
    from core.models import User
    from members.models import (
        Application,
        Authority,
        Member,
        Person,
        Qualification,
        Representative,
        SharePurchase,
        ShareTransaction,
    )


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


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def active_on(self, date: dt.date) -> AuthorityQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class ShareTransactionQuerySet(models.QuerySet["ShareTransaction"]):
    def up_to(self, date: dt.date) -> ShareTransactionQuerySet:
        """What counts at the end of a day."""
        return self.filter(date__lte=date)

    def shares(self) -> int:
        """How many shares these come to."""
        return int(self.aggregate(total=Sum("quantity"))["total"] or 0)


class SharePurchaseQuerySet(models.QuerySet["SharePurchase"]):
    def not_issued(self) -> SharePurchaseQuerySet:
        return self.filter(issued__isnull=True, order__cancelled_at__isnull=True)


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

    def with_shares(self, date: dt.date) -> MemberQuerySet:
        """Adds `shares`: how many each held at the end of a day."""
        held = (
            self.model._meta.get_field("share_transactions")
            .related_model.objects.filter(member=OuterRef("pk"), date__lte=date)
            .order_by()
            .values("member")
            .annotate(total=Sum("quantity"))
            .values("total")
        )
        return self.annotate(shares=Coalesce(Subquery(held), 0))

    def totals(self, date: dt.date) -> dict[int, tuple[int, int]]:
        """Id of the class → (members, shares at the end of a day)."""
        members = dict(self.order_by().values_list("member_class").annotate(Count("pk")))
        held = dict(
            self.order_by()
            .filter(share_transactions__date__lte=date)
            .values_list("member_class")
            .annotate(Sum("share_transactions__quantity"))
        )
        return {class_id: (number, held.get(class_id, 0)) for class_id, number in members.items()}

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
