"""What members propose between meetings, on its way to an agenda."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.body import Body
from governance.models.meeting import AgendaItem, Motion
from governance.models.signing import SignedByMember
from governance.querysets import ProposalQuerySet, SeconderQuerySet
from members.models import Member


class Proposal(models.Model):
    """A member has an idea, talks about it with the others, puts it forward in the words that would
    be voted on, and finds seconders; then the secretary puts it on the agenda of a general meeting.

    From the moment it is put forward its words stay: others second those. `item`: where it is on an
    agenda; once it is taken off it waits again.
    """

    class State(models.TextChoices):
        IDEA = "idea", "An idea"
        PROPOSED = "proposed", "Looking for seconders"
        SECONDED = "seconded", "Seconded"
        GIVEN_UP = "given_up", "Given up"

    #: What a member can propose. What the Act asks a meeting for begins with the board.
    KINDS = (Motion.Kind.ORDINARY, Motion.Kind.RULES)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="proposals")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField("what it is about", max_length=150)
    text = models.TextField("why")
    motion = models.TextField("words that would be voted on", blank=True)
    kind = models.CharField(
        max_length=8,
        choices=[(kind.value, kind.label) for kind in KINDS],
        default=Motion.Kind.ORDINARY,
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.IDEA)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField("last step at")
    item = models.OneToOneField(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposal"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["idea", "given_up"]) | ~Q(motion=""),
                name="what_is_put_forward_has_words",
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(state="seconded"),
                name="only_what_is_seconded_is_on_an_agenda",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_idea(self) -> bool:
        return self.state == self.State.IDEA

    @property
    def is_proposed(self) -> bool:
        return self.state == self.State.PROPOSED

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do or to say about it here."""
        return self.state != self.State.GIVEN_UP and self.item_id is None

    @property
    def is_discussed(self) -> bool:
        """Until it is given up, or the meeting on whose agenda it was is over."""
        if self.item:
            return not self.item.meeting.is_over
        return self.state != self.State.GIVEN_UP

    @property
    def waits_for_agenda(self) -> bool:
        return self.state == self.State.SECONDED and self.item_id is None

    @property
    def changed_on(self) -> dt.date:
        return timezone.localdate(self.changed_at)


class Seconder(SignedByMember):
    """A member who wants a proposal on an agenda. Not necessarily one who agrees with it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="seconders")

    objects = SeconderQuerySet.as_manager()

    class Meta(SignedByMember.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "member"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_member_seconds_once",
            ),
        ]

    def __str__(self) -> str:
        return f"seconder {self.pk}"
