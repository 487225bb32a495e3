"""Interest in a local co-op."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Left, Lower, Right
from django.db.models.lookups import Exact
from django.utils import timezone

from cms.models.group import LocalGroup
from cms.querysets import InterestQuerySet
from cms.rules import INTEREST_NAMES, INTERESTS
from members.models import Application, Person


class InterestRegistration(models.Model):
    """Somebody would like to hear from a local group, and why.

    It counts once they have answered an e-mail, so nobody can be put on the list by another. Of
    the postcode only the sector is kept. Taking one's name off wipes everything personal; the row
    stays to show that it was asked for and done.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "E-mail not answered yet"
        CONFIRMED = "confirmed", "On the list"
        WITHDRAWN = "withdrawn", "Withdrawn"

    group = models.ForeignKey(LocalGroup, on_delete=models.PROTECT, related_name="registrations")
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField("e-mail address", blank=True)
    sector = models.CharField("postcode sector", max_length=6, blank=True)
    need_care = models.BooleanField(default=False)
    work = models.BooleanField(default=False)
    volunteer = models.BooleanField(default=False)
    invest = models.BooleanField(default=False)
    partner = models.BooleanField(default=False)
    format = models.CharField(
        max_length=10, choices=Person.Format.choices, default=Person.Format.STANDARD
    )
    consent_version = models.CharField(max_length=12)
    digest = models.CharField(  # noqa: DJ001  (empty has to be unique too)
        max_length=64, unique=True, null=True, help_text="Hash of the secret in the e-mailed links."
    )
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    application = models.ForeignKey(
        Application, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["group", "state"])]
        constraints = [
            models.UniqueConstraint(
                F("group"),
                Lower("email"),
                F("state"),
                condition=~Q(state="withdrawn"),
                name="one_interest_per_address_and_state",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn")
                | Q(*[(i, True) for i in INTERESTS], _connector="OR"),
                name="interest_in_something",
            ),
            # A sector ends in a space and one digit; a full postcode does not fit.
            models.CheckConstraint(
                condition=Q(state="withdrawn", sector="")
                | Q(Exact(Left(Right("sector", 2), 1), Value(" "))),
                name="interest_keeps_the_sector_only",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(name="", email="", digest__isnull=True),
                name="withdrawn_interest_is_wiped",
            ),
        ]

    def __str__(self) -> str:
        return f"interest {self.pk}"

    @property
    def interests(self) -> list[str]:
        """What they are interested in, a word or two each."""
        return [words for name, words in INTEREST_NAMES.items() if getattr(self, name)]

    @property
    def may_be_invited(self) -> bool:
        return self.state == self.State.CONFIRMED and self.invited_at is None
