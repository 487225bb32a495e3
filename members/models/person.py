"""Humans and organisations that the co-op knows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.querysets import PersonQuerySet, RepresentativeQuerySet


class Postal(models.Model):
    """A postal address in the United Kingdom."""

    address_line_1 = models.CharField("address", max_length=120, blank=True)
    address_line_2 = models.CharField("address, second line", max_length=120, blank=True)
    town = models.CharField(max_length=60, blank=True)
    postcode = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True

    @property
    def postal_address(self) -> str:
        parts = [self.address_line_1, self.address_line_2, self.town, self.postcode]
        return ", ".join(part for part in parts if part)


class Person(Postal):
    """One human, once, whatever they are to the co-op: member, carer, supported, family.

    `user` is set when they can sign in. A person without e-mail gets letters.
    """

    class Format(models.TextChoices):
        STANDARD = "standard", "Standard print"
        LARGE = "large", "Large print"
        EASY_READ = "easy", "Easy Read"
        AUDIO = "audio", "Audio"

    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    born = models.DateField("date of birth", null=True, blank=True)
    email = models.EmailField("e-mail address", blank=True)
    phone = models.CharField(max_length=20, blank=True)
    format = models.CharField(
        "how we should write", max_length=10, choices=Format.choices, default=Format.STANDARD
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}"


class Organisation(Postal):
    """A body that may be a member, acting through its representative."""

    name = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=20,
        choices=[
            ("council", "Council"),
            ("charity", "Charity"),
            ("co-op", "Co-operative"),
            ("business", "Business"),
            ("nhs", "NHS body"),
        ],
    )
    email = models.EmailField("e-mail address", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Representative(models.Model):
    """The person who acts for an organisation, from a day until a day (inclusive)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="representatives"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="represents")
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(until__isnull=True),
                name="one_representative_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="representative_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"representative {self.pk}"
