"""Members ask for a general meeting."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.body import Body
from governance.models.meeting import Meeting
from governance.models.signing import SignedByMember
from governance.querysets import AskingSignatureQuerySet, RequisitionQuerySet
from members.models import Member


class Requisition(models.Model):
    """Members ask for a general meeting about stated business, and about nothing else.

    Enough of them, and it must be called. `needed` is written down at the moment it became valid;
    until then it is asked of the register as it stands. Rules seldom say how long signatures hold:
    these lapse after LASTS, as the register that signed is another one by then.
    """

    #: How long signatures are collected.
    LASTS = dt.timedelta(days=182)

    class State(models.TextChoices):
        COLLECTING = "collecting", "Collecting signatures"
        VALID = "valid", "Enough have signed"
        CALLED = "called", "The meeting is called"
        LAPSED = "lapsed", "Lapsed"
        WITHDRAWN = "withdrawn", "Given up"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="requisitions")
    title = models.CharField("what the meeting is to be about", max_length=150)
    business = models.TextField("the business, in full")
    motion = models.TextField("words of a motion", blank=True)
    started_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.COLLECTING)
    valid_at = models.DateTimeField(null=True, blank=True)
    needed = models.PositiveIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="requisition"
    )

    objects = RequisitionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["valid", "called"], valid_at__isnull=False, needed__gte=1)
                | Q(state__in=["collecting", "lapsed", "withdrawn"], valid_at__isnull=True),
                name="a_valid_requisition_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=True) | Q(state__in=["valid", "called"]),
                name="only_a_valid_requisition_has_a_meeting",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_collecting(self) -> bool:
        return self.state == self.State.COLLECTING

    @property
    def call_by(self) -> dt.date | None:
        """The day by which a valid one must be called, as the rules say."""
        if self.valid_at is None:
            return None
        valid_on = timezone.localdate(self.valid_at)
        return valid_on + dt.timedelta(days=self.body.rules_on(valid_on).requisition_days)

    @property
    def hold_by(self) -> dt.date | None:
        """The day by which the meeting of a valid one must be held."""
        if self.call_by is None:
            return None
        its = self.body.rules_on(self.call_by)
        return self.call_by + dt.timedelta(days=its.requisition_held_days)

    @property
    def lapses_at(self) -> dt.datetime:
        return self.started_at + self.LASTS


class AskingSignature(SignedByMember):
    """A member signs a requisition. Theirs to take back until there are enough."""

    requisition = models.ForeignKey(
        Requisition, on_delete=models.CASCADE, related_name="signatures"
    )

    objects = AskingSignatureQuerySet.as_manager()

    class Meta(SignedByMember.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["requisition", "member"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_member_asks_once",
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"
