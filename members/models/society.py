"""The society's own rules about shares, its officers, and who has inspected its register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.models.payment import pounds_field
from members.models.member import Member
from members.models.person import Organisation, Person, Postal
from members.querysets import LetterQuerySet, NominationQuerySet, OfficeQuerySet


class SocietyRules(models.Model):  # type: ignore[django-manager-missing]  # (djmoney wraps it)
    """What the co-op's own rules and today's law say about shares: one row, changed on a screen."""

    shares_paid_first = models.BooleanField(
        "shares must be paid for before the board admits", default=True
    )
    notice_days = models.PositiveSmallIntegerField(
        "days of notice before shares can be withdrawn", default=90
    )
    suspended_since = models.DateField("withdrawals suspended since", null=True, blank=True)
    suspended_because = models.CharField(max_length=200, blank=True)
    cash_for_withdrawals = pounds_field("cash available for withdrawals", default=0)
    highest_interest = models.DecimalField(
        "highest share interest, per cent a year", max_digits=5, decimal_places=2, default=5
    )
    most_shares_value = pounds_field("most withdrawable shares of one member", default=100_000)
    nomination_limit = pounds_field("most that a nomination can pass on", default=5_000)
    interest_report_from = pounds_field("interest to report from, a year", default=250)
    collection_notice_days = models.PositiveSmallIntegerField(
        "working days of notice before a Direct Debit", default=3
    )
    reminder_days = models.PositiveSmallIntegerField("days between reminders of dues", default=30)

    class Meta:
        verbose_name_plural = "society rules"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_set_of_rules"),
            models.CheckConstraint(
                condition=Q(suspended_since__isnull=True) | ~Q(suspended_because=""),
                name="a_suspension_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return "rules of the society"

    @property
    def are_suspended(self) -> bool:
        return self.suspended_since is not None

    @classmethod
    def current(cls) -> SocietyRules:
        """The rules as they stand; as they start, where nobody has changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class Office(models.Model):
    """One person holds one office from a day until a day (inclusive): the register of officers.

    What was entered by mistake is struck out: kept, and in the register of no day.
    """

    class Post(models.TextChoices):
        CHAIR = "chair", "Chair"
        SECRETARY = "secretary", "Secretary"
        TREASURER = "treasurer", "Treasurer"
        DIRECTOR = "director", "Director"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offices")
    post = models.CharField(max_length=10, choices=Post.choices)
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)
    minute = models.CharField(max_length=60, blank=True)
    end_minute = models.CharField("minute of the end", max_length=60, blank=True)
    struck_on = models.DateField("struck out, as entered by mistake", null=True, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["post", "-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="office_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["person", "post"],
                condition=Q(until__isnull=True, struck_on__isnull=True),
                name="an_office_is_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"office {self.pk}"


class Inspection(models.Model):
    """Somebody inspected the register, or was given a copy: who, when, by what right."""

    class Right(models.TextChoices):
        MEMBER = "member", "A member, without payment"
        INTERESTED = "interested", "Somebody with an interest in the funds"
        AUTHORITY = "authority", "The Financial Conduct Authority"
        OTHER = "other", "Another right, as noted"

    who = models.CharField(max_length=120)
    right = models.CharField(max_length=10, choices=Right.choices)
    note = models.CharField(max_length=200, blank=True)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="inspections"
    )
    on = models.DateField("day of the inspection")
    as_at = models.DateField("register as at")
    copy_given = models.BooleanField(default=False)
    shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(right="other") | ~Q(note=""), name="another_right_is_noted"
            ),
        ]

    def __str__(self) -> str:
        return f"inspection {self.pk}"


class Nomination(models.Model):
    """Whom a member names, in signed writing, to have their shares and money when they die.

    2014 Act, sections 37 to 40. A later one replaces it; revoking takes signed writing too.
    """

    class Relation(models.TextChoices):
        SPOUSE = "spouse", "Husband or wife"
        CIVIL_PARTNER = "civil", "Civil partner"
        PARENT = "parent", "Parent"
        CHILD = "child", "Child"
        SIBLING = "sibling", "Brother or sister"
        NEPHEW_NIECE = "nephew", "Nephew or niece"
        OTHER = "other", "Other relative, friend or organisation"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="nominations")
    nominee_name = models.CharField(max_length=120)
    nominee_address = models.CharField(max_length=240)
    nominee = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="nominated_by",
        help_text="Where the nominee is somebody we know.",
    )
    relation = models.CharField(max_length=8, choices=Relation.choices)
    is_officer_or_employee = models.BooleanField(default=False)
    is_namesake = models.BooleanField(
        "only has the name of an officer or employee",
        default=False,
        help_text="Said by whoever entered it.",
    )
    percent = models.PositiveSmallIntegerField(default=100)
    signed_on = models.DateField()
    received_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=120, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="a_nomination_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(received_on__gte=models.F("signed_on")),
                name="a_nomination_is_signed_first",
            ),
            models.CheckConstraint(
                condition=Q(is_officer_or_employee=False) | ~Q(relation="other"),
                name="staff_are_nominees_only_as_family",
            ),
            models.CheckConstraint(
                condition=Q(is_officer_or_employee=False) | Q(is_namesake=False),
                name="nobody_is_their_own_namesake",
            ),
        ]

    def __str__(self) -> str:
        return f"nomination {self.pk}"

    @property
    def declared(self) -> str:
        """What was said about section 37(3) when it was entered, in words."""
        if self.is_officer_or_employee:
            return "Officer or employee of the co-op"
        if self.is_namesake:
            return "Only has the name of an officer or employee"
        return "No officer or employee"


class Estate(models.Model):
    """A member has died and the shares are still there: who is to have their value."""

    member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="estate")
    told_on = models.DateField()
    evidence = models.CharField("what was seen", max_length=200)
    representative = models.CharField("executor or administrator", max_length=120, blank=True)
    representative_address = models.CharField(max_length=240, blank=True)
    grant_seen_on = models.DateField("probate or letters seen on", null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"estate {self.pk}"


class Letter(models.Model):
    """A letter in the print queue, for whom e-mail does not reach. The same key is one letter."""

    class State(models.TextChoices):
        WAITING = "waiting", "To be printed"
        PRINTED = "printed", "Printed, to be posted"
        POSTED = "posted", "Posted"
        CALLED_OFF = "called_off", "Called off"

    key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=60)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="letters"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="letters"
    )
    application = models.ForeignKey(
        "members.Application",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        help_text="An applicant is no person of ours before the board admits.",
    )
    subject = models.CharField(max_length=120)
    text = models.TextField(blank=True, help_text="Emptied some time after it was posted.")
    sent_to = models.TextField(
        "postal address before",
        blank=True,
        help_text="A line each: where it goes instead of to the address that we know now. Emptied "
        "with the text.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    queued_at = models.DateTimeField(default=timezone.now)
    printed_at = models.DateTimeField(null=True, blank=True)
    posted_on = models.DateField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["queued_at", "pk"]
        indexes = [models.Index(fields=["state", "queued_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    person__isnull=False, organisation__isnull=True, application__isnull=True
                )
                | Q(person__isnull=True, organisation__isnull=False, application__isnull=True)
                | Q(person__isnull=True, organisation__isnull=True, application__isnull=False),
                name="a_letter_is_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"

    @property
    def recipient(self) -> Postal:
        """The person, organisation or applicant it is to."""
        recipient = self.person or self.organisation or self.application
        assert recipient is not None  # the database holds this
        return recipient

    @property
    def name(self) -> str:
        return self.application.name if self.application else str(self.recipient)

    @property
    def address(self) -> str:
        """For the window of the envelope, a line each."""
        return "\n".join([self.name, *self._address_lines])

    @property
    def postal_address(self) -> str:
        """Where it goes, in one line; empty where we know no address."""
        return ", ".join(self._address_lines)

    @property
    def _address_lines(self) -> list[str]:
        return self.sent_to.splitlines() or self.recipient.address_lines

    @property
    def by_hand(self) -> list[str]:
        """What its reader needs that no sheet from the printer is: then somebody prepares it.

        Source: the Accessible Information Standard (DCB1605).
        """
        who = self.person
        if who is None:
            return []
        made = [who.get_format_display()] if who.format in ("easy", "audio") else []
        signed = ["British Sign Language"] if who.signs else []
        return [*made, *signed, who.language] if who.language else [*made, *signed]

    @property
    def large_print(self) -> bool:
        return getattr(self.recipient, "format", "") == Person.Format.LARGE
