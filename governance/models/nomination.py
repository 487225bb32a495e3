"""Who is nominated for an election, who says so, and whether they agree to stand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.election import Election
from members.models import Member


class Nomination(models.Model):
    """A member is to stand. It takes their consent, and as many nominators as the rules ask."""

    class State(models.TextChoices):
        OPEN = "open", "Nominated"
        ACCEPTED = "accepted", "On the paper"
        REFUSED = "refused", "Not accepted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="nominations")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    consented_at = models.DateTimeField(null=True, blank=True)
    because = models.CharField("why it was not accepted", max_length=200, blank=True)

    class Meta:
        ordering = ["election", "made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["election", "member"], name="nominated_once"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(consented_at__isnull=False),
                name="nobody_stands_against_their_will",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(because=""), name="a_refusal_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"nomination {self.pk}"

    @property
    def missing(self) -> list[str]:
        """What it still needs before it can go on the paper, in sentences."""
        return self.missing_of(self.election.meeting.rules.nominators)

    def missing_of(self, needed: int) -> list[str]:
        """The same, where it is known how many nominators the rules ask for."""
        found = []
        if self.consented_at is None:
            found.append("They have not agreed to stand yet.")
        backers = len(self.backers.all())
        if backers < needed:
            found.append(f"{backers} have nominated them; the rules ask for {needed}.")
        return found


class Nominator(models.Model):
    """A member nominates another."""

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="backers")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "member"], name="one_nominates_once"),
        ]

    def __str__(self) -> str:
        return f"nominator {self.pk}"
