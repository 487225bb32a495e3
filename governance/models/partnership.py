"""Partnerships of equals: the partners, who speaks for them, and what they have agreed.

A citizen group is a partner in its own right: a body with its own members, officers and private
space, not a guest of the others.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.body import Body
from governance.partner_querysets import AskedQuerySet, DelegateQuerySet, PartnerQuerySet
from governance.rules.partners import minutes_left, quarter_of
from members.models import Organisation, Person


class Partner(models.Model):
    """An organisation or a citizen group in a partnership, from a day until it leaves."""

    class Role(models.TextChoices):
        COUNCIL = "council", "Council"
        PROVIDER = "provider", "Provider of care"
        CITIZENS = "citizens", "Citizen group"
        FUNDER = "funder", "Funder"
        OTHER = "other", "Other"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="partners")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="partnerships"
    )
    citizens = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="partnerships"
    )
    role = models.CharField("as", max_length=10, choices=Role.choices)
    lead = models.BooleanField("is the lead partner", default=False)
    joined = models.DateField()
    left = models.DateField(null=True, blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["joined", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, citizens__isnull=True) & ~Q(role="citizens")
                | Q(organisation__isnull=True, citizens__isnull=False, role="citizens"),
                name="a_partner_is_an_organisation_or_a_citizen_group",
            ),
            models.CheckConstraint(
                condition=Q(left__isnull=True) | Q(left__gte=models.F("joined")),
                name="a_partner_leaves_after_it_joined",
            ),
            models.UniqueConstraint(
                fields=["body", "organisation"],
                condition=Q(left__isnull=True, organisation__isnull=False),
                name="an_organisation_is_one_partner",
            ),
            models.UniqueConstraint(
                fields=["body", "citizens"],
                condition=Q(left__isnull=True, citizens__isnull=False),
                name="a_citizen_group_is_one_partner",
            ),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(left__isnull=True, lead=True),
                name="one_lead_partner",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.citizens)

    @property
    def is_citizens(self) -> bool:
        return self.role == self.Role.CITIZENS


class Delegate(models.Model):
    """A person who speaks for a partner, from a day until a day (inclusive).

    `hours`: how much of their time in a quarter of the year a citizen group gives to the
    partnership. Nobody may ask for more; others come in their paid time and have none.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="delegates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegacies")
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)
    hours = models.PositiveSmallIntegerField("hours in a quarter", null=True, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    objects = DelegateQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="a_delegate_ends_after_they_begin",
            ),
            models.UniqueConstraint(
                fields=["partner", "person"],
                condition=Q(until__isnull=True),
                name="a_delegate_once_for_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"delegate {self.pk}"

    def minutes_left(self, day: dt.date) -> int:
        """How much of their time is left in the quarter that a day is in.

        What was asked of this person for this group counts, also where they were named twice.
        """
        asked = Asked.objects.between(*quarter_of(day)).filter(
            delegate__person=self.person_id,
            delegate__partner__body=self.partner.body_id,
            delegate__partner__citizens=self.partner.citizens_id,
        )
        spent = dict(asked.values_list("question", "minutes"))
        return minutes_left(self.hours or 0, list(spent.values()))


class FormationStep(models.Model):
    """One thing that partners settle before they vote for the first time: when, and what shows it.

    A step without a row is not done.
    """

    class Kind(models.TextChoices):
        TERMS = "terms", "What we are here for, and the words we work by"
        CHAIR = "chair", "Who is in the chair, and how that changes"
        NOTICE = "notice", "How long before a meeting or a vote everybody knows of it"
        QUORUM = "quorum", "How many partners must take part"
        TRAINING = "training", "Training that all the delegates have had together"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="formation_steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    done_on = models.DateField()
    evidence = models.CharField("what shows it", max_length=300)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["body", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["body", "kind"], name="a_step_of_formation_once"),
            models.CheckConstraint(condition=~Q(evidence=""), name="a_step_has_its_evidence"),
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"


class PartnerAgreement(models.Model):
    """One version of what the partners agree. It is in force when every partner has signed it.

    From the day it is offered its words are fixed: who signed, signed these.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Being written"
        OFFERED = "offered", "Waiting for signatures"
        LIVE = "live", "In force"
        ENDED = "ended", "Replaced"
        WITHDRAWN = "withdrawn", "Withdrawn"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    text = models.TextField("what we agree")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    offered_on = models.DateField(null=True, blank=True)
    live_since = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["body", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["body", "version"], name="one_agreement_of_a_version"),
            models.UniqueConstraint(
                fields=["body"], condition=Q(state="live"), name="one_agreement_in_force"
            ),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(state__in=["draft", "offered"]),
                name="one_agreement_in_the_making",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    def covers(self, partners: set[int]) -> bool:
        """Whether these are the partners that it is between."""
        return {part.partner_id for part in self.parts.all()} == partners


class AgreementPart(models.Model):
    """What one partner does by an agreement, and its share of what all contribute."""

    agreement = models.ForeignKey(PartnerAgreement, on_delete=models.CASCADE, related_name="parts")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    does = models.CharField("what it does", max_length=300)
    share = models.DecimalField("share of contributions, per cent", max_digits=5, decimal_places=2)

    class Meta:
        ordering = ["partner"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "partner"], name="one_part_of_an_agreement_each"
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=100), name="a_part_is_of_a_hundred"
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"

    @property
    def exact(self) -> Fraction:
        return Fraction(self.share)


class PartnerSignature(models.Model):
    """One partner has signed an agreement, by a delegate; `keyed_by` noted it from a paper."""

    agreement = models.ForeignKey(
        PartnerAgreement, on_delete=models.PROTECT, related_name="signatures"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="signatures")
    signed_on = models.DateField()
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["signed_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "partner"], name="a_partner_signs_once"),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"


class Asked(models.Model):
    """Part of a citizen delegate's time was taken up by a question."""

    question = models.ForeignKey(
        "governance.PartnerQuestion", on_delete=models.PROTECT, related_name="asked"
    )
    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="asked")
    minutes = models.PositiveSmallIntegerField()
    on = models.DateField()

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        verbose_name_plural = "asked"
        constraints = [
            models.UniqueConstraint(fields=["question", "delegate"], name="asked_once"),
        ]

    def __str__(self) -> str:
        return f"asked {self.pk}"
