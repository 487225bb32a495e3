"""Deciding a motion at a meeting: its amendments, the words it has had, and each vote on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.attending import Voter
from governance.models.meeting import Motion
from members.models import Member

CHOICE_NAMES = [("for", "For"), ("against", "Against"), ("abstain", "Abstain")]


class Amendment(models.Model):
    """A change to a motion, moved before the motion itself is voted on. `text` is the whole motion
    as it would then read.
    """

    class State(models.TextChoices):
        MOVED = "moved", "To be decided"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CARRIED = "carried", "Carried"
        LOST = "lost", "Lost"

    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    text = models.TextField("the motion as it would read")
    proposer = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seconder = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.MOVED)

    class Meta:
        ordering = ["motion", "number"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "number"], name="amendments_in_order"),
            models.CheckConstraint(
                condition=Q(seconder__isnull=True) | ~Q(seconder=models.F("proposer")),
                name="who_amends_does_not_second",
            ),
        ]

    def __str__(self) -> str:
        return f"amendment {self.pk}"


class MotionText(models.Model):
    """Words that a motion had until it was amended."""

    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="earlier_texts")
    text = models.TextField()
    until = models.DateTimeField()
    amendment = models.OneToOneField(Amendment, on_delete=models.PROTECT, related_name="replaced")

    class Meta:
        ordering = ["motion", "pk"]

    def __str__(self) -> str:
        return f"earlier words of motion {self.motion_id}"


class Division(models.Model):
    """One vote at a meeting, on a motion or on an amendment to it.

    `facts` is what decided how it is counted, as it was when the vote began: threshold,
    threshold_of, mode and classes (governance.classes). `counts` is constituency → [for, against,
    abstain] in heads. A vote that was overtaken by a poll, or begun or counted by mistake
    (`mistaken`: why), stays, set aside.
    """

    class Way(models.TextChoices):
        HANDS = "hands", "Show of hands"
        POLL = "poll", "Poll, proxies included"
        NAMED = "named", "Vote by name, proxies included"

    class State(models.TextChoices):
        OPEN = "open", "Being taken"
        DECIDED = "decided", "Decided"
        SET_ASIDE = "set_aside", "Set aside"

    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="divisions")
    amendment = models.ForeignKey(
        Amendment, on_delete=models.CASCADE, null=True, blank=True, related_name="divisions"
    )
    way = models.CharField(max_length=6, choices=Way.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    facts = models.JSONField(default=dict)
    quorum = models.JSONField(default=dict)
    demanded_by = models.ManyToManyField(Voter, related_name="+", blank=True)
    counts = models.JSONField(default=dict)
    casting = models.CharField("casting vote of the chair", max_length=7, blank=True)
    verdict = models.JSONField(default=dict)
    begun_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    mistaken = models.CharField("why it was a mistake", max_length=200, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["motion", "begun_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["motion"], condition=Q(state="open"), name="one_vote_on_a_motion_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | ~Q(state="open"),
                name="an_open_vote_is_not_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"division {self.pk}"

    @property
    def by_name(self) -> bool:
        """Whether each voter is entered: in a poll and a vote by name; hands are only counted."""
        return self.way != self.Way.HANDS

    @property
    def carried(self) -> bool:
        return bool(self.verdict.get("carried"))

    @property
    def totals(self) -> dict[str, int]:
        """For, against and abstaining, of all constituencies together."""
        sums = [sum(column) for column in zip(*self.counts.values(), strict=True)] or [0, 0, 0]
        return dict(zip(("for", "against", "abstain"), sums, strict=True))


class EarlyVote(models.Model):
    """How a voter votes on a motion if they are not at the meeting: given before it, by name, here
    or on paper. Theirs to change until the rules want it to be here. No secret vote.
    """

    class Way(models.TextChoices):
        ONLINE = "online", "Here"
        PAPER = "paper", "On paper"

    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="early_votes")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="early_votes")
    choice = models.CharField(max_length=7, choices=CHOICE_NAMES)
    way = models.CharField(max_length=6, choices=Way.choices)
    given_at = models.DateTimeField()
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["motion", "voter"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "voter"], name="one_early_vote_each"),
        ]

    def __str__(self) -> str:
        return f"early vote {self.pk}"


class NamedVote(models.Model):
    """How one voter voted in a poll or a vote by name; by their proxy where `holder` is set, or
    before the meeting (`early`).
    """

    division = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="named_votes")
    holder = models.ForeignKey(
        Voter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    early = models.BooleanField("given before the meeting", default=False)
    choice = models.CharField(max_length=7, choices=CHOICE_NAMES)

    class Meta:
        ordering = ["division", "voter"]
        constraints = [
            models.UniqueConstraint(fields=["division", "voter"], name="one_named_vote_each"),
            models.CheckConstraint(
                condition=Q(early=False) | Q(holder__isnull=True),
                name="an_early_vote_needs_no_proxy",
            ),
        ]

    def __str__(self) -> str:
        return f"named vote {self.pk}"


class Signature(models.Model):
    """A member has signed the instrument by which the society is to end (section 119)."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="signatures")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["motion", "member__number"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "member"], name="a_member_signs_once"),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"
