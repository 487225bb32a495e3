"""Meetings: who meets, when, what about, and who was told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from core.models import Job
from governance import rules
from governance.models.body import Body, RuleSet
from governance.querysets import MeetingQuerySet
from members.models import Member, MemberClass, Organisation, Person


def classes_on(members: QuerySet[Member], day: dt.date) -> dict[int, MemberClass]:
    """Member id → the class in which each was on a day: a vote goes by the class of the record
    date, whatever they moved to since.
    """
    classes = MemberClass.objects.in_bulk()
    then: Any = members.with_class(day)  # type: ignore[attr-defined]
    return {pk: classes[code] for pk, code in then.values_list("pk", "class_then")}


class Meeting(models.Model):
    """One meeting. Members see it from the day it is called.

    `record_date`: whoever is in the register on that day has a vote. `rule_set`: the rules by which
    it was called; later ones do not touch it.
    """

    class Kind(models.TextChoices):
        AGM = "agm", "Annual general meeting"
        GENERAL = "general", "General meeting"
        BOARD = "board", "Board meeting"
        COMMITTEE = "committee", "Committee meeting"
        PARTNERSHIP = "partnership", "Partnership meeting"

    #: Which kinds of meeting each kind of body holds.
    KINDS = {
        Body.Kind.GENERAL: (Kind.AGM, Kind.GENERAL),
        Body.Kind.BOARD: (Kind.BOARD,),
        Body.Kind.COMMITTEE: (Kind.COMMITTEE,),
        Body.Kind.CITIZENS: (Kind.COMMITTEE,),
        Body.Kind.PARTNERSHIP: (Kind.PARTNERSHIP,),
    }

    class Held(models.TextChoices):
        ROOM = "room", "In a room"
        ONLINE = "online", "From home only: by video or telephone"
        HYBRID = "hybrid", "In a room, and from home"

    class State(models.TextChoices):
        DRAFT = "draft", "Being prepared"
        CALLED = "called", "Called"
        OPEN = "open", "In progress"
        CLOSED = "closed", "Closed"
        CANCELLED = "cancelled", "Called off"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    rule_set = models.ForeignKey(
        RuleSet, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    held = models.CharField("how it is held", max_length=6, choices=Held.choices, default=Held.ROOM)
    place = models.CharField(max_length=200, blank=True)
    joining = models.CharField(
        "how to join from home", max_length=300, blank=True, help_text="A telephone number or link."
    )
    record_date = models.DateField()
    notice_text = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    called_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    notice_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", called_on__isnull=True)
                | Q(state="cancelled")
                | Q(state__in=["called", "open", "closed"], called_on__isnull=False),
                name="a_called_meeting_has_its_day_of_notice",
            ),
            models.CheckConstraint(
                condition=Q(held="room", place__gt="")
                | Q(held="online", joining__gt="")
                | Q(held="hybrid", place__gt="", joining__gt=""),
                name="a_meeting_says_how_one_comes_to_it",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def day(self) -> dt.date:
        """The day of the meeting, in the society's own time."""
        return timezone.localdate(self.starts_at)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_over(self) -> bool:
        """Closed, or called off: nothing more happens at it."""
        return self.state in (self.State.CLOSED, self.State.CANCELLED)

    @property
    def had_notice(self) -> bool:
        """Whether people have been told of it: they see it from then on."""
        return self.called_on is not None

    @cached_property
    def was_short(self) -> bool:
        """Whether it was put off for want of a quorum before it began."""
        return self.adjournments.filter(why="no_quorum").exists()

    @property
    def rules(self) -> RuleSet:
        """Those by which it was called; of a draft, those in force on its day."""
        return self.rule_set or self.body.rules_on(self.day)

    def class_of(self, member: Member) -> MemberClass:
        """The class in which a member votes at it, stands and nominates."""
        return classes_on(Member.objects.filter(pk=member.pk), self.record_date)[member.pk]

    @property
    def last_posting(self) -> dt.date:
        """The last day to post a letter that still gives notice in full."""
        its = self.rules
        return rules.last_sending(
            self.day, days=its.notice_days, in_post=its.days_in_post, working=its.post_rests
        )

    @property
    def last_mailing(self) -> dt.date:
        """The last day to send notice by e-mail."""
        return rules.last_sending(self.day, days=self.rules.notice_days)


class AgendaItem(models.Model):
    """One thing the meeting will deal with."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="one_agenda_item_per_position"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def motion_or_none(self) -> Motion | None:
        return getattr(self, "motion", None)


class Motion(models.Model):
    """A proposal in the words that will be voted on. Without a proposer it comes from the board.

    What it needs depends on its kind: the rules ask more for a change of themselves, and the Act
    asks two meetings for some. `confirms`: at the second meeting, the motion that the first passed.
    A change of the rules has no effect before it is registered.
    """

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", "An ordinary motion"
        RULES = "rules", "A change of our rules"
        AMALGAMATION = "s111", "Joining another society, or passing our engagements to one"
        CONVERSION = "s113", "Becoming a company"
        DISSOLUTION = "s119", "Ending the society, by an instrument that members sign"

    class State(models.TextChoices):
        MOVED = "moved", "To be decided"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CARRIED = "carried", "Carried"
        LOST = "lost", "Lost"
        TO_CONFIRM = "to_confirm", "Passed, to be confirmed at a second meeting"
        AWAITING = "awaiting", "Passed, awaiting registration"
        REGISTERED = "registered", "Passed and registered"

    item = models.OneToOneField(AgendaItem, on_delete=models.CASCADE, related_name="motion")
    text = models.TextField()
    proposer = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seconder = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ORDINARY)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MOVED)
    confirms = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="confirmed_by"
    )
    registered_on = models.DateField(null=True, blank=True)
    registered_as = models.CharField("reference of the registration", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seconder__isnull=True) | ~Q(seconder=models.F("proposer")),
                name="a_proposer_does_not_second",
            ),
            models.CheckConstraint(
                condition=Q(registered_on__isnull=True) | Q(state="registered"),
                name="what_is_registered_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"motion {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.MOVED

    @property
    def is_signed_for(self) -> bool:
        """Whether members sign it instead of voting (section 119 of the Act)."""
        return self.kind == self.Kind.DISSOLUTION

    @property
    def statute(self) -> rules.TwoMeetings | None:
        """What the Act asks of it, where it asks two meetings; always counted by heads."""
        return rules.TWO_MEETINGS.get(self.kind)

    @property
    def passed_on(self) -> dt.date:
        """The day of the meeting that decided it: of that sitting, if it was put off since."""
        vote = self.divisions.filter(state="decided", amendment__isnull=True)
        last = vote.order_by("decided_at").last()
        meeting = self.item.meeting
        since = last and meeting.adjournments.filter(decided_at__gte=last.decided_at).first()
        return timezone.localdate(since.was_for) if since else meeting.day

    @property
    def step(self) -> rules.Step:
        """Which of the two meetings it is before."""
        return rules.Step.SECOND if self.confirms_id else rules.Step.FIRST

    @property
    def day_fault(self) -> str:
        """Why the second meeting cannot be on the day of this one; empty where it can."""
        if self.statute is None or self.confirms is None:
            return ""
        return self.statute.day_fault(self.confirms.passed_on, self.item.meeting.day)


class ToMemberOrSeat(models.Model):
    """A line about a member, or about somebody who sits on the body that meets."""

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        return self.member.name if self.member else str(self.person)

    @property
    def holder(self) -> Person | Organisation:
        """Whom it is about, and written to."""
        found = self.member.holder if self.member else self.person
        assert found
        return found
