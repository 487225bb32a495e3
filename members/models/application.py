"""Applications to join, from the first saved step to the board's decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models.member import Member, MemberClass
from members.models.person import Person, Postal
from members.querysets import ApplicationQuerySet


class Application(Postal):
    """Somebody asks to become a member.

    It can be left and taken up again with a code sent by e-mail. A person is made only when the
    board admits, so that the register never holds somebody who merely asked.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Being filled in"
        SUBMITTED = "submitted", "Waiting for the board"
        ADMITTED = "admitted", "Admitted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Channel(models.TextChoices):
        WEB = "web", "On the website"
        PAPER = "paper", "On paper"

    reference = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.WEB)
    email = models.EmailField("e-mail address", blank=True)
    first_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    born = models.DateField("date of birth", null=True, blank=True)
    format = models.CharField(
        max_length=10, choices=Person.Format.choices, default=Person.Format.STANDARD
    )
    organisation_name = models.CharField(max_length=120, blank=True)
    organisation_kind = models.CharField(max_length=20, blank=True)
    member_class = models.ForeignKey(
        MemberClass, on_delete=models.PROTECT, null=True, blank=True, related_name="applications"
    )
    evidence = models.TextField("how you know us", blank=True)
    known_person = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The secretary says that the applicant is this person, whom we know already.",
    )
    somebody_new = models.BooleanField(
        default=False, help_text="The secretary says that nobody we know is the applicant."
    )
    shares = models.PositiveIntegerField(default=1)
    agreed_to_rules_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    board_meeting = models.DateField(null=True)
    minute = models.CharField(max_length=60, blank=True)
    refusal_reason = models.CharField(max_length=300, blank=True)
    member = models.OneToOneField(
        Member, on_delete=models.PROTECT, null=True, related_name="application"
    )
    resume_digest = models.CharField(max_length=64, blank=True)
    resume_expires_at = models.DateTimeField(null=True)
    resume_tries = models.PositiveSmallIntegerField(default=0)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        indexes = [models.Index(fields=["state", "submitted_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="admitted") | Q(member__isnull=False) & ~Q(minute=""),
                name="admission_has_member_and_minute",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal_reason=""),
                name="refusal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(known_person__isnull=True) | Q(somebody_new=False),
                name="applicant_is_known_or_new",
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.reference}"

    @property
    def is_open(self) -> bool:
        """Not yet decided or taken back."""
        return self.state in (self.State.DRAFT, self.State.SUBMITTED)

    @property
    def for_organisation(self) -> bool:
        return self.member_class is not None and self.member_class.for_organisations

    @property
    def needs(self) -> list[str]:
        """What whoever writes to the applicant must know, in plain words."""
        return [] if self.format == Person.Format.STANDARD else [self.get_format_display()]

    @property
    def reads_email(self) -> bool:
        """An e-mail will do: they gave an address and did not ask for another format."""
        return bool(self.email) and self.format == Person.Format.STANDARD

    @property
    def person_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def name(self) -> str:
        """Who would become the member; empty while nobody has said."""
        return self.organisation_name if self.for_organisation else self.person_name
