"""Who may vote at a meeting, who is there, who speaks for whom, and who stands aside."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.meeting import AgendaItem, Meeting, ToMemberOrSeat
from governance.querysets import (
    AttendanceQuerySet,
    ProxyQuerySet,
    RecusalQuerySet,
    VoterQuerySet,
)


class Voter(ToMemberOrSeat):
    """Somebody on the electoral roll of a meeting, as the register (or the body's seats) stood on
    its record date. One class each: that in which they were in the register.

    Later changes are never silent: each has its day and its reason (RollChange).
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="voters")
    member_class = models.SlugField("class of membership", max_length=20, blank=True)
    constituency = models.CharField(max_length=60, blank=True)
    struck_on = models.DateField(null=True, blank=True)
    struck_because = models.CharField(max_length=200, blank=True)

    objects = VoterQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False, person__isnull=True)
                | Q(member__isnull=True, person__isnull=False),
                name="a_voter_is_a_member_or_has_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(struck_on__isnull=True) | ~Q(struck_because=""),
                name="who_is_struck_off_the_roll_is_told_why",
            ),
            models.UniqueConstraint(fields=["meeting", "member"], name="a_member_votes_once"),
            models.UniqueConstraint(fields=["meeting", "person"], name="a_seat_votes_once"),
        ]

    def __str__(self) -> str:
        return f"voter {self.pk}"


class RollChange(models.Model):
    """Somebody was put on a roll, or off it, after it was taken: kept for good."""

    class What(models.TextChoices):
        ADDED = "added", "was put on it"
        STRUCK = "struck", "was taken off it"

    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=6, choices=What.choices)
    on = models.DateField()
    because = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(because=""), name="a_change_of_a_roll_says_why"),
        ]

    def __str__(self) -> str:
        return f"roll change {self.pk}"


class Attendance(models.Model):
    """Somebody came to a meeting, and perhaps left it again. Guests have a name and no vote."""

    class Way(models.TextChoices):
        ROOM = "room", "In the room"
        VIDEO = "video", "By video"
        PHONE = "phone", "By telephone"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    voter = models.ForeignKey(
        Voter, on_delete=models.PROTECT, null=True, blank=True, related_name="attendances"
    )
    guest = models.CharField("name of a guest", max_length=120, blank=True)
    way = models.CharField(max_length=5, choices=Way.choices)
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["came_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voter__isnull=False, guest="") | Q(voter__isnull=True) & ~Q(guest=""),
                name="who_comes_is_a_voter_or_a_guest",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=models.F("came_at")),
                name="who_leaves_came_first",
            ),
            models.UniqueConstraint(
                fields=["voter"],
                condition=Q(left_at__isnull=True),
                name="a_voter_is_there_once",
            ),
        ]

    def __str__(self) -> str:
        return f"attendance {self.pk}"


class Apology(models.Model):
    """Somebody has said that they cannot come."""

    voter = models.OneToOneField(Voter, on_delete=models.CASCADE, related_name="apology")
    noted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"apology {self.pk}"


class Proxy(models.Model):
    """One voter lets another speak and vote for them, while they are not there themselves.

    `directions` is motion id (as text) → "for", "against" or "abstain"; a motion without one is for
    the holder to decide where `discretion` is given, and else not voted on. That they count as
    present (`counts`) and that the holder may vote for them (`may_vote`) are two things: who gives
    it chooses either or both. It takes the holder's consent: before `accepted_at` it is an offer.
    """

    class Way(models.TextChoices):
        ONLINE = "online", "Given here"
        PAPER = "paper", "On paper"

    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="proxies_given")
    holder = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="proxies_held")
    way = models.CharField(max_length=6, choices=Way.choices)
    directions = models.JSONField(default=dict, blank=True)
    discretion = models.BooleanField("may decide what is not directed", default=True)
    counts = models.BooleanField("counts towards the quorum", default=True)
    may_vote = models.BooleanField("may vote", default=True)
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=60, blank=True)

    objects = ProxyQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "pk"]
        verbose_name_plural = "proxies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(voter=models.F("holder")), name="nobody_is_their_own_proxy"
            ),
            models.UniqueConstraint(
                fields=["voter"],
                condition=Q(ended_at__isnull=True),
                name="one_proxy_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"proxy {self.pk}"

    @property
    def purpose(self) -> str:
        """What it is given for, in words."""
        if not self.may_vote:
            return "To count as present, without a vote"
        return "To vote, and to count as present" if self.counts else "To vote only"

    def says(self, motion_id: int) -> str | None:
        """What is directed on a motion: None where the holder decides, "" where nobody votes."""
        directed = self.directions.get(str(motion_id))
        if directed:
            return str(directed)
        return None if self.discretion else ""


class Recusal(models.Model):
    """A voter has an interest in an item, and takes no part: not in its quorum nor in its vote."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="recusals")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="recusals")
    interest = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RecusalQuerySet.as_manager()

    class Meta:
        ordering = ["declared_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "voter"],
                condition=Q(withdrawn_at__isnull=True),
                name="an_interest_is_declared_once",
            ),
        ]

    def __str__(self) -> str:
        return f"recusal {self.pk}"


def deadline(meeting: Meeting) -> dt.datetime:
    """When a proxy must be here: so many hours before the meeting, by its rules."""
    return meeting.starts_at - dt.timedelta(hours=meeting.rules.proxy_hours)
