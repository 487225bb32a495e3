"""Classes of membership and the register."""

from __future__ import annotations

import datetime as dt
from calendar import month_name

from django.db import models
from django.db.models import Q
from django.utils import timezone
from djmoney.money import Money

from ledger.models import Account
from ledger.models.payment import pounds_field
from ledger.money import GBP, in_words, pence_of, pounds_of
from members.models.person import Organisation, Person
from members.querysets import EligibilityQuerySet, MemberQuerySet


class ShareClass(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """A class of shares, at par: £1 as a rule. Its capital is an account of the ledger.

    Withdrawable shares of one person are worth no more than £100,000, unless the member is itself
    a registered society: Co-operative and Community Benefit Societies Act 2014, section 24.
    """

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    par = pounds_field("price of one share", default=1)
    withdrawable = models.BooleanField(default=True)
    transferable = models.BooleanField(default=False)
    capital = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="share_class")

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "share classes"
        constraints = [
            models.CheckConstraint(condition=Q(par__gt=0), name="a_share_has_a_price"),
        ]

    def __str__(self) -> str:
        return self.name


class MemberClass(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """A class of membership, as the co-op's rules define it. Data, so that rules can differ."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    who = models.CharField("who may join", max_length=200)
    evidence = models.CharField("what shows it", max_length=200, blank=True)
    constituency = models.CharField(max_length=60, help_text="Whose votes are counted together.")
    minimum_age = models.PositiveSmallIntegerField(default=16)
    minimum_shares = models.PositiveIntegerField(default=1)
    maximum_shares = models.PositiveIntegerField(default=100_000)
    share_class = models.ForeignKey(
        ShareClass,
        to_field="code",
        on_delete=models.PROTECT,
        default="ordinary",
        related_name="member_classes",
    )
    joining_fee = pounds_field("joining fee", default=0)
    yearly_dues = pounds_field("dues a year", default=0)
    dues_month = models.PositiveSmallIntegerField(
        "month in which dues fall due", default=4, help_text="1 is January."
    )
    for_organisations = models.BooleanField(default=False)
    ground_months = models.PositiveSmallIntegerField(
        "months of the ground before joining",
        default=0,
        help_text="For example 2: only after two months of support.",
    )
    ground_hours_a_week = models.DecimalField(
        "hours a week that the ground asks for", max_digits=4, decimal_places=1, default=0
    )
    evidence_lasts_months = models.PositiveSmallIntegerField(
        "months for which evidence counts", default=0, help_text="0: it does not lapse."
    )
    on_lapse = models.CharField(
        "when the ground ends",
        max_length=6,
        choices=[
            ("keeps", "Stays in the class"),
            ("board", "The board decides"),
            ("ends", "The membership in this class ends"),
        ],
        default="board",
    )
    most_votes_percent = models.PositiveSmallIntegerField(
        "highest share of the votes, per cent",
        null=True,
        blank=True,
        help_text="Empty: no limit. The class together never has more of the votes than this.",
    )
    may_control = models.BooleanField(
        "may have the majority of a vote",
        default=True,
        help_text="No: whatever its number, this class can never decide a vote by itself.",
    )
    entry_needs_consent = models.BooleanField(
        "moving into it needs the board’s consent", default=True
    )
    is_user_class = models.BooleanField(
        "people who use the service", default=False, help_text="Counts as users of the service."
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name_plural = "member classes"
        constraints = [
            models.CheckConstraint(
                condition=Q(dues_month__gte=1, dues_month__lte=12), name="dues_fall_due_in_a_month"
            ),
            models.CheckConstraint(
                condition=Q(most_votes_percent__isnull=True) | Q(most_votes_percent__lte=100),
                name="votes_are_a_share_of_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def costs(self) -> str:
        """What a member pays beside the shares, in words; empty where that is nothing."""
        fee = f"joining fee {in_words(pence_of(self.joining_fee))}" if self.joining_fee else ""
        each = f"{in_words(pence_of(self.yearly_dues))} a year, each {month_name[self.dues_month]}"
        said = "; ".join(part for part in (fee, f"dues {each}" if self.yearly_dues else "") if part)
        return said[:1].upper() + said[1:]


class ClassMove(models.Model):
    """A member moved from one class to another on a day, with the board's consent if asked for.

    `Member.member_class` is the class now; the one of any day follows from the moves.
    """

    member = models.ForeignKey("Member", on_delete=models.PROTECT, related_name="class_moves")
    left = models.ForeignKey(MemberClass, on_delete=models.PROTECT, related_name="+")
    entered = models.ForeignKey(MemberClass, on_delete=models.PROTECT, related_name="+")
    date = models.DateField("first day in the new class")
    because = models.CharField(max_length=120)
    minute = models.CharField("board minute", max_length=60, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "date"], name="one_class_move_a_day"),
        ]

    def __str__(self) -> str:
        return f"class move {self.pk}"


class Eligibility(models.Model):
    """Somebody saw what shows that a member may be in their class; it may count until a day."""

    member = models.ForeignKey("Member", on_delete=models.PROTECT, related_name="eligibility")
    member_class = models.ForeignKey(MemberClass, on_delete=models.PROTECT, related_name="+")
    what = models.CharField("what was seen", max_length=200)
    seen_on = models.DateField()
    until = models.DateField("counts until", null=True, blank=True)
    ended_because = models.CharField(
        max_length=120, blank=True, help_text="The ground ended before: why."
    )
    noted_at = models.DateTimeField(default=timezone.now)

    objects = EligibilityQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_on", "-pk"]
        verbose_name_plural = "eligibility"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("seen_on")),
                name="evidence_counts_from_when_it_is_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class Member(models.Model):
    """One entry in the register of members: one row per membership ever registered.

    Source: Co-operative and Community Benefit Societies Act 2014, section 30. A number is never
    used again. A member is a person or an organisation, never both. `ceased` is the first day on
    which they are no longer a member.
    """

    number = models.PositiveIntegerField(unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    member_class = models.ForeignKey(MemberClass, on_delete=models.PROTECT, related_name="members")
    joined = models.DateField("date entered")
    ceased = models.DateField("date ceased", null=True, blank=True)
    ceased_because = models.CharField(max_length=120, blank=True)
    meeting_minute = models.CharField("board minute", max_length=60, blank=True)
    registered_at = models.DateTimeField(default=timezone.now)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
                name="member_is_person_or_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ceased__isnull=True) | Q(ceased__gte=models.F("joined")),
                name="member_ceases_after_joining",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ceased__isnull=True),
                name="one_membership_per_person",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(ceased__isnull=True),
                name="one_membership_per_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.number}"

    @property
    def holder(self) -> Person | Organisation:
        """The person or the organisation that is the member."""
        holder = self.person or self.organisation
        assert holder is not None  # the database holds this
        return holder

    def shares_on(self, date: dt.date) -> int:
        """How many shares were held at the end of a day, from the transactions."""
        return self.share_transactions.up_to(date).shares()

    @property
    def amount_paid(self) -> Money:
        """Pounds paid for the shares: `with_amount_paid` gives the day. 2014 Act, section 30."""
        annotated = vars(self)
        paid = Money(annotated["at_par"], GBP) - pounds_of(annotated["unpaid_pence"])
        return max(paid, Money(0, GBP))

    def amount_paid_on(self, date: dt.date) -> Money:
        """Shares at par at the end of a day, less what of it had not been paid."""
        return Member.objects.with_amount_paid(date).get(pk=self.pk).amount_paid

    @property
    def name(self) -> str:
        return str(self.holder)

    def ceased_by(self, date: dt.date) -> dt.date | None:
        """The day of ceasing, if it had come by then."""
        return self.ceased if self.ceased and self.ceased <= date else None

    def is_active_on(self, date: dt.date) -> bool:
        return self.joined <= date and (self.ceased is None or date < self.ceased)
