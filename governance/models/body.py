"""Who meets: bodies, the society's rules about them, and who sits on them for how long."""

from __future__ import annotations

import datetime as dt
from calendar import month_name
from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance import rules
from governance.querysets import BodyQuerySet, SeatQuerySet
from members.models import Office, Person


class Body(models.Model):
    """Those who meet. How they are called and decide is in their rules (RuleSet)."""

    class Kind(models.TextChoices):
        GENERAL = "general", "General meeting of members"
        BOARD = "board", "Board"
        COMMITTEE = "committee", "Committee"
        CITIZENS = "citizens", "Citizen group"
        PARTNERSHIP = "partnership", "Partnership of equals"

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.GENERAL)
    name = models.CharField(max_length=80, unique=True)
    purpose = models.TextField("what it is for", blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "bodies"
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="general", ended_on__isnull=True),
                name="one_general_meeting",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_members(self) -> bool:
        """Whether every member belongs to it; anybody else's body has seats."""
        return self.kind == self.Kind.GENERAL

    def rules_on(self, day: dt.date) -> RuleSet:
        """The rules in force on a day; the first there are, for a day before them."""
        sets = self.rule_sets.order_by("-since")
        found = sets.filter(since__lte=day).first() or sets.last()
        if found is None:  # made with the body, in the same transaction
            raise RuleSet.DoesNotExist(f"body {self.pk} has no rules")
        return found


class RuleSet(models.Model):
    """What the society's own rules say of one body, from a day on.

    What is written here at first is what model rules usually say; the society says where its own
    differ, and cites them: `sources` is field name → number of the rule.
    """

    class PostDays(models.TextChoices):
        ALL = "all", "All days count, also Sundays"
        WORKING = "working", "Only working days count"

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="rule_sets")
    since = models.DateField("in force from")
    sources = models.JSONField(default=dict, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    notice_days = models.PositiveSmallIntegerField(
        "clear days of notice",
        default=14,
        help_text="The day it is sent and the day of the meeting do not count.",
    )
    days_in_post = models.PositiveSmallIntegerField(
        "days that a letter takes", default=2, help_text="They do not count as notice either."
    )
    post_days = models.CharField(
        "how days in the post are counted",
        max_length=7,
        choices=PostDays.choices,
        default=PostDays.ALL,
    )
    short_notice_percent = models.PositiveSmallIntegerField(
        "members who must agree to shorter notice, per cent",
        default=0,
        help_text="0: notice is never shortened.",
    )
    quorum_least = models.PositiveSmallIntegerField("people for a quorum", default=5)
    quorum_percent = models.PositiveSmallIntegerField(
        "part of those entitled for a quorum, per cent", default=0, help_text="0: only the number."
    )
    quorum_smaller = models.BooleanField(
        "where there are both, the smaller is enough", default=False
    )
    quorum_of_class = models.JSONField(
        "people of each constituency for a quorum", default=dict, blank=True
    )
    proxies_in_quorum = models.BooleanField("proxies count towards the quorum", default=True)
    wait_minutes = models.PositiveSmallIntegerField(
        "minutes to wait for a quorum",
        default=30,
        help_text="Then the meeting is adjourned to the same time and place a week later.",
    )
    adjourned_needs_quorum = models.BooleanField(
        "an adjourned meeting needs the quorum too", default=False
    )
    threshold = models.CharField(
        "an ordinary motion needs",
        max_length=15,
        choices=rules.THRESHOLD_CHOICES,
        default=rules.MAJORITY.key,
    )
    threshold_of = models.CharField(
        "of whom that share is taken",
        max_length=10,
        choices=rules.BASE_CHOICES,
        default=rules.Base.CAST.value,
    )
    rule_change = models.CharField(
        "a change of the rules needs",
        max_length=15,
        choices=rules.THRESHOLD_CHOICES,
        default=rules.TWO_THIRDS.key,
    )
    mode = models.CharField(
        "how votes are counted",
        max_length=10,
        choices=rules.MODE_CHOICES,
        default=rules.Mode.CAPPED.value,
    )
    weights = models.JSONField("share of the vote of each constituency", default=dict, blank=True)
    must_agree = models.JSONField(
        "constituencies that must agree by themselves", default=list, blank=True
    )
    casting_vote = models.BooleanField("the chair has a casting vote", default=False)
    poll_demand = models.PositiveSmallIntegerField("people who can demand a poll", default=2)
    most_proxies = models.PositiveSmallIntegerField(
        "members for whom one person may be proxy", default=5, help_text="0: there are no proxies."
    )
    proxy_hours = models.PositiveSmallIntegerField(
        "hours before the meeting by which a proxy must be here", default=48
    )
    early_votes = models.BooleanField(
        "members can vote on motions before the meeting, by post or online", default=False
    )
    early_hours = models.PositiveSmallIntegerField(
        "hours before the meeting by which such a vote must be here", default=48
    )
    written_days = models.PositiveSmallIntegerField(
        "days after which a written resolution lapses",
        default=28,
        help_text="0: nothing is decided in writing.",
    )
    year_end_month = models.PositiveSmallIntegerField(
        "month with which the financial year ends",
        choices=[(number, month_name[number]) for number in range(1, 13)],
        default=3,
    )
    agm_months = models.PositiveSmallIntegerField(
        "months after the year’s end for the annual general meeting", default=6
    )
    requisition_percent = models.PositiveSmallIntegerField(
        "members who can ask for a meeting, per cent", default=10
    )
    requisition_most = models.PositiveSmallIntegerField(
        "members who can ask for a meeting, at most", default=100
    )
    requisition_days = models.PositiveSmallIntegerField(
        "days within which a meeting asked for must be called", default=28
    )
    requisition_held_days = models.PositiveSmallIntegerField(
        "days after that within which it must be held",
        default=28,
        help_text="Many rules say nothing of it; companies have 28 days.",
    )
    retire_one_in = models.PositiveSmallIntegerField(
        "one in how many retires each year", default=3, help_text="3: a third. 1: all."
    )
    nominators = models.PositiveSmallIntegerField(
        "members who must nominate a candidate", default=2, help_text="0: one stands by oneself."
    )
    seconders = models.PositiveSmallIntegerField(
        "members who must second a proposal before it goes on an agenda",
        default=2,
        help_text="Besides who proposes it. 0: none.",
    )
    seats = models.PositiveSmallIntegerField("seats", default=0, help_text="0: no limit.")
    seats_of_class = models.JSONField("most seats of each constituency", default=dict, blank=True)

    class Meta:
        ordering = ["body", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["body", "since"], name="one_set_of_rules_from_a_day"),
            models.CheckConstraint(
                condition=Q(quorum_percent__lte=100)
                & Q(short_notice_percent__lte=100)
                & Q(requisition_percent__lte=100),
                name="parts_of_a_hundred",
            ),
            models.CheckConstraint(
                condition=Q(retire_one_in__gte=1, quorum_least__gte=1),
                name="rules_ask_for_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.pk}"

    @property
    def post_rests(self) -> bool:
        """Whether a letter rests on days that are no working days."""
        return self.post_days == self.PostDays.WORKING

    @property
    def quorum(self) -> rules.QuorumRule:
        return rules.QuorumRule(
            least=self.quorum_least,
            percent=self.quorum_percent,
            smaller=self.quorum_smaller,
            of_class=self.quorum_of_class,
            proxies_count=self.proxies_in_quorum,
        )

    @property
    def retiring(self) -> Fraction:
        """The part of the board that retires each year."""
        return Fraction(1, self.retire_one_in)


class Seat(models.Model):
    """One person sits on a body from a day until a day (inclusive): a term of office.

    `constituency`: of which members the seat is, where seats are kept. `lot` is drawn once, when
    the seat is taken: the smaller goes first among those elected on the same day. On the board,
    `office` is the entry in the register of officers that goes with the seat.
    """

    class Role(models.TextChoices):
        CHAIR = "chair", "Chair"
        VICE = "vice", "Vice-chair"
        SECRETARY = "secretary", "Secretary"
        TREASURER = "treasurer", "Treasurer"
        MEMBER = "member", "Member"

    class Way(models.TextChoices):
        ELECTED = "elected", "Elected"
        CO_OPTED = "co_opted", "Co-opted until the next annual general meeting"
        APPOINTED = "appointed", "Appointed"
        INDEPENDENT = "independent", "Independent, reviewed each year"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    way = models.CharField("how they came to it", max_length=12, choices=Way.choices)
    constituency = models.CharField(max_length=60, blank=True)
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)
    minute = models.CharField(max_length=60, blank=True)
    end_minute = models.CharField("minute of the end", max_length=60, blank=True)
    review_on = models.DateField("to be reviewed on", null=True, blank=True)
    reviewed_on = models.DateField("last reviewed on", null=True, blank=True)
    review_minute = models.CharField("minute of the last review", max_length=60, blank=True)
    lot = models.PositiveIntegerField()
    office = models.OneToOneField(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="seat"
    )
    struck_on = models.DateField("struck out, as entered by mistake", null=True, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["body", "since", "lot"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="a_seat_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["body", "person"],
                condition=Q(until__isnull=True, struck_on__isnull=True),
                name="one_seat_each_on_a_body",
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"

    @property
    def until_agm(self) -> bool:
        return self.way == self.Way.CO_OPTED
