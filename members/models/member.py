"""Classes of membership and the register."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db import models
from django.db.models import Q
from django.utils import timezone
from djmoney.models.fields import MoneyField
from djmoney.money import Money

from members.models.person import Organisation, Person
from members.querysets import MemberQuerySet


class MemberClass(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """A class of membership, as the co-op's rules define it. Data, so that rules can differ."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    who = models.CharField("who may join", max_length=200)
    evidence = models.CharField("what shows it", max_length=200, blank=True)
    constituency = models.CharField(max_length=60, help_text="Whose votes are counted together.")
    minimum_age = models.PositiveSmallIntegerField(default=16)
    minimum_shares = models.PositiveIntegerField(default=1)
    maximum_shares = models.PositiveIntegerField(default=100_000)
    share_price = MoneyField(max_digits=10, decimal_places=2, default=1, default_currency="GBP")
    for_organisations = models.BooleanField(default=False)
    is_user_class = models.BooleanField(
        "people who use the service", default=False, help_text="Counts as users of the service."
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name_plural = "member classes"

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """One entry in the register of members: one row per membership ever registered.

    Source: Co-operative and Community Benefit Societies Act 2014, section 30. A number is never
    used again. A member is a person or an organisation, never both. `ceased` is the first day on
    which they are no longer a member.
    """

    number = models.PositiveIntegerField(unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    member_class = models.ForeignKey(MemberClass, on_delete=models.PROTECT, related_name="members")
    joined = models.DateField("date entered")
    ceased = models.DateField("date ceased", null=True, blank=True)
    ceased_because = models.CharField(max_length=120, blank=True)
    shares = models.PositiveIntegerField(default=1)
    meeting_minute = models.CharField("board minute", max_length=60, blank=True)
    registered_at = models.DateTimeField(default=timezone.now)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
                name="member_is_person_or_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ceased__isnull=True) | Q(ceased__gte=models.F("joined")),
                name="member_ceases_after_joining",
            ),
            models.CheckConstraint(condition=Q(shares__gte=1), name="a_member_holds_a_share"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ceased__isnull=True),
                name="one_membership_per_person",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(ceased__isnull=True),
                name="one_membership_per_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.number}"

    @property
    def holder(self) -> Person | Organisation:
        """The person or the organisation that is the member."""
        holder = self.person or self.organisation
        assert holder is not None  # the database holds this
        return holder

    @property
    def value_at_par(self) -> Money:
        """The shares at their price; what was paid for them is the ledger's to say."""
        return cast(Money, self.shares * self.member_class.share_price)

    @property
    def name(self) -> str:
        return str(self.holder)

    def is_active_on(self, date: dt.date) -> bool:
        return self.joined <= date and (self.ceased is None or date < self.ceased)
