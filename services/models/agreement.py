"""Agreements: what was agreed, in versions that never change, line by line."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models import Person, Skill
from services import recurrence
from services.models.person import PersonSupported
from services.querysets import AgreementVersionQuerySet
from services.rules import Fact, Group, LineTerms, Span, spell


class Agreement(models.Model):
    """What the co-op and a person supported have agreed, from a day until a day or until ended.

    What it says is in its versions. A person has at most one agreement that has not ended.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "In force"
        ENDED = "ended", "Ended"

    person_supported = models.ForeignKey(
        PersonSupported, on_delete=models.PROTECT, related_name="agreements"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    ended_because = models.CharField("why it ended", max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")),
                name="agreement_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(last_day__isnull=False),
                name="ended_agreement_has_last_day",
            ),
            models.UniqueConstraint(
                fields=["person_supported"],
                condition=~Q(state="ended"),
                name="one_current_agreement_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class AgreementVersion(models.Model):
    """One version of an agreement: a draft until it is agreed, and from then on unchangeable.

    An agreed version counts from `since` to the day before the next version, which sets `until`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        AGREED = "agreed", "Agreed"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    since = models.DateField("counts from")
    until = models.DateField("counts until", null=True, blank=True)
    reason = models.CharField("reason for the change", max_length=300, blank=True)
    agreed_with = models.CharField(max_length=120, blank=True)
    agreed_as = models.CharField("in what role", max_length=60, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(state="draft"), name="one_draft_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state="agreed", until__isnull=True),
                name="one_open_version",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(agreed_with="") & Q(agreed_on__isnull=False),
                name="agreed_version_says_with_whom",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="a_change_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.agreement_id} version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it counts, as far as is known."""
        known = [day for day in (self.until, self.agreement.last_day) if day is not None]
        return min(known) if known else None

    @property
    def span(self) -> Span:
        return Span(self.agreement.first_day, self.since, self.last_day)

    def is_in_force_on(self, date: dt.date) -> bool:
        last = self.last_day
        return not self.is_draft and self.since <= date and (last is None or date <= last)


class AgreementLine(models.Model):
    """One thing agreed: what happens on which days, when, for how long and with whom.

    `rrule` is the pattern of days (RFC 5545, days only) counted from `first_day`. Times are on
    the clock in the United Kingdom; a visit may begin `window_before` minutes earlier to
    `window_after` minutes later. A line copied into a new version keeps its `series`, so that a
    visit knows itself again when other lines change.
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="lines")
    series = models.UUIDField(default=uuid.uuid4, editable=False)
    what = models.CharField("what happens", max_length=80)
    rrule = models.CharField("days", max_length=120)
    not_on = models.JSONField("left out on", default=list, blank=True)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    start_time = models.TimeField("starts at")
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(recurrence.MAX_MINUTES)]
    )
    short_reason = models.CharField("why a short visit is right", max_length=200, blank=True)
    window_before = models.PositiveSmallIntegerField("may start earlier by", default=0)
    window_after = models.PositiveSmallIntegerField("may start later by", default=0)
    time_critical = models.BooleanField(default=False)
    carers_needed = models.PositiveSmallIntegerField(default=1)
    must_read = models.TextField("what carers must know", blank=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    preferred_carers = models.ManyToManyField(Person, blank=True, related_name="+")

    class Meta:
        ordering = ["start_time", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "series"], name="one_line_per_series_and_version"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=recurrence.MAX_MINUTES),
                name="a_line_lasts_up_to_a_day",
            ),
            models.CheckConstraint(condition=Q(carers_needed__in=[1, 2]), name="one_or_two_carers"),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")),
                name="line_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.pk}"

    def terms(self) -> LineTerms:
        """What this line says, as the rules know it. Prefetch `skills` and `preferred_carers`."""
        return LineTerms(
            what=self.what,
            rrule=self.rrule,
            first_day=self.first_day,
            start_time=self.start_time,
            minutes=self.minutes,
            last_day=self.last_day,
            not_on=frozenset(dt.date.fromisoformat(day) for day in self.not_on),
            short_reason=self.short_reason,
            window_before=self.window_before,
            window_after=self.window_after,
            time_critical=self.time_critical,
            carers_needed=self.carers_needed,
            must_read=self.must_read,
            skills=frozenset(skill.pk for skill in self.skills.all()),
            preferred_carers=frozenset(person.pk for person in self.preferred_carers.all()),
        )

    def pattern(self) -> recurrence.Pattern:
        """This line's days and time, as the recurrence module knows them."""
        return recurrence.Pattern(
            rrule=self.rrule,
            start=self.start_time,
            minutes=self.minutes,
            first_day=self.first_day,
            last_day=self.last_day,
            not_on=frozenset(dt.date.fromisoformat(day) for day in self.not_on),
        )

    @property
    def days_in_words(self) -> str:
        return recurrence.in_words(self.rrule)

    @property
    def window_in_words(self) -> str:
        """How exact the start is: "at 08:00 exactly", "between 07:45 and 08:30"."""
        if not (self.window_before or self.window_after):
            return f"at {self.start_time:%H:%M} exactly"
        day = dt.datetime.combine(self.first_day, self.start_time)
        early = day - dt.timedelta(minutes=self.window_before)
        late = day + dt.timedelta(minutes=self.window_after)
        return f"between {early:%H:%M} and {late:%H:%M}"

    def facts(self) -> list[Fact]:
        """Everything the line says, in words, each with its group of fields."""
        skills = ", ".join(skill.name for skill in self.skills.all())
        carers = " or ".join(str(person) for person in self.preferred_carers.all())
        left_out = ", ".join(spell(dt.date.fromisoformat(day)) for day in sorted(self.not_on))
        facts = [
            Fact("What happens", self.what, Group.VISITS),
            Fact(
                "When",
                f"{self.days_in_words} at {self.start_time:%H:%M} for {self.minutes} minutes",
                Group.VISITS,
            ),
            Fact("Start", self.window_in_words, Group.VISITS),
            Fact("Time-critical", "yes" if self.time_critical else "", Group.VISITS),
            Fact("Carers", "two at once" if self.carers_needed == 2 else "one", Group.VISITS),
            Fact("Last day", spell(self.last_day) if self.last_day else "", Group.VISITS),
            Fact("Left out on", left_out, Group.VISITS),
            Fact("Preferred carers", carers, Group.VISITS),
            Fact("Why short", self.short_reason, Group.HEALTH),
            Fact("Skills needed", skills, Group.HEALTH),
            Fact("Carers must know", self.must_read, Group.HEALTH),
        ]
        return [fact for fact in facts if fact.words]
