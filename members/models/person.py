"""Humans and organisations that the co-op knows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.models import Party
from members.querysets import (
    AuthorityQuerySet,
    ConsentQuerySet,
    OrganisationQuerySet,
    PersonQuerySet,
    RepresentativeQuerySet,
)
from members.rules.needs import ALL_BY_EMAIL, MEETINGS_BY_EMAIL, ways_to_reach


class Postal(models.Model):
    """A postal address in the United Kingdom."""

    address_line_1 = models.CharField("address", max_length=120, blank=True)
    address_line_2 = models.CharField("address, second line", max_length=120, blank=True)
    town = models.CharField(max_length=60, blank=True)
    postcode = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True

    @property
    def address_lines(self) -> list[str]:
        parts = [self.address_line_1, self.address_line_2, self.town, self.postcode]
        return [part for part in parts if part]

    @property
    def postal_address(self) -> str:
        return ", ".join(self.address_lines)


class Holder(Postal):
    """Who may be a member and owe or be owed money: a person or an organisation."""

    party = models.OneToOneField(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)s",
        help_text="Who they are in the ledger; made with their first money.",
    )
    email_purposes = models.CharField(
        "purposes notified for the e-mail address",
        max_length=120,
        blank=True,
        default=ALL_BY_EMAIL,
    )

    class Meta:
        abstract = True


class Person(Holder):
    """One human, once, whatever they are to the co-op: member, carer, supported, family.

    `user` is set when they can sign in. A person without e-mail gets letters.
    """

    class Format(models.TextChoices):
        STANDARD = "standard", "Standard print"
        LARGE = "large", "Large print"
        EASY_READ = "easy", "Easy Read"
        AUDIO = "audio", "Audio"

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        POST = "post", "Post"
        PHONE = "phone", "Phone"
        TEXT = "text", "Text message"

    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    born = models.DateField("date of birth", null=True, blank=True)
    email = models.EmailField("e-mail address", blank=True)
    phone = models.CharField(max_length=20, blank=True)
    format = models.CharField(
        "how we should write", max_length=10, choices=Format.choices, default=Format.STANDARD
    )
    language = models.CharField(
        "language, if not English", max_length=40, blank=True, help_text="For example Urdu."
    )
    signs = models.BooleanField("uses British Sign Language", default=False)
    interpreter = models.BooleanField("needs an interpreter", default=False)
    other_needs = models.CharField("what else helps", max_length=200, blank=True)
    prefers = models.CharField(
        "how we should get in touch", max_length=5, choices=Channel.choices, blank=True
    )
    not_by = models.JSONField(
        "ways we should not use", default=list, blank=True, help_text="Channels, by their codes."
    )
    died_on = models.DateField(null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}"

    @property
    def needs(self) -> list[str]:
        """What whoever writes or speaks to them must know, in plain words; often nothing.

        Source: the Accessible Information Standard (DCB1605).
        """
        needs = [] if self.format == self.Format.STANDARD else [self.get_format_display()]
        if self.signs:
            needs.append("British Sign Language")
        if self.language:
            needs.append(f"Speaks {self.language}")
        if self.interpreter:
            needs.append("Needs an interpreter")
        return [*needs, self.other_needs] if self.other_needs else needs

    @property
    def ways(self) -> frozenset[str]:
        """The channels by which they can be reached at all."""
        return ways_to_reach(email=self.email, phone=self.phone, address=self.postal_address)

    @property
    def reached_by(self) -> list[str]:
        """How they like us to get in touch, and how not, in plain words."""
        said = [f"{self.get_prefers_display()} first"] if self.prefers else []
        if self.prefers and self.prefers not in self.ways:
            number = self.prefers in (self.Channel.PHONE, self.Channel.TEXT)
            said = [f"{said[0]} (no {'number' if number else 'address'})"]
        refused = [label for code, label in self.Channel.choices if code in self.not_by]
        if self.email_notified_for == MEETINGS_BY_EMAIL:
            said.append("By e-mail only notices of meetings")
        return [*said, f"Not by {' or '.join(refused).lower()}"] if refused else said

    @property
    def email_notified_for(self) -> str:
        """For what they let us use their e-mail address: what the register says; often nothing."""
        return self.email_purposes if self.email and self.Channel.EMAIL not in self.not_by else ""

    @property
    def notices_by_email(self) -> bool:
        """Notice of a meeting will do by e-mail: we may use it, they asked for nothing else.

        Large print, Easy Read and audio are sent on paper (or made by hand), but for those who
        ask for e-mail and can make its letters as large as they like.
        """
        chosen = self.prefers == self.Channel.EMAIL and self.format == self.Format.LARGE
        return (
            bool(self.email_notified_for)
            and self.prefers != self.Channel.POST
            and (self.format == self.Format.STANDARD or chosen)
        )

    @property
    def reads_email(self) -> bool:
        """Everything else will do by e-mail too."""
        return self.notices_by_email and self.email_purposes != MEETINGS_BY_EMAIL

    @property
    def acted_for_now(self) -> AuthorityQuerySet:
        """Who may act for them today, with their names."""
        return self.acted_for_by.active_on(timezone.localdate()).select_related("by")

    @property
    def ids(self) -> list[int]:
        """Every id under which they stand in the logs: their own and those of merged rows."""
        return [self.pk, *self.merged.values_list("gone", flat=True)]


class Organisation(Holder):
    """A body that may be a member, acting through its representative."""

    name = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=20,
        choices=[
            ("council", "Council"),
            ("charity", "Charity"),
            ("co-op", "Co-operative"),
            ("business", "Business"),
            ("nhs", "NHS body"),
        ],
    )
    email = models.EmailField("e-mail address", blank=True)
    is_society = models.BooleanField(
        "is itself a registered society",
        default=False,
        help_text="The £100,000 limit on withdrawable shares does not apply to it.",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def email_notified_for(self) -> str:
        """For what it lets us use its e-mail address: what the register says; often nothing."""
        return self.email_purposes if self.email else ""

    @property
    def notices_by_email(self) -> bool:
        return bool(self.email_notified_for)

    @property
    def reads_email(self) -> bool:
        return self.email_notified_for not in ("", MEETINGS_BY_EMAIL)


class Representative(models.Model):
    """The person who acts for an organisation, from a day until a day (inclusive)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="representatives"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="represents")
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(until__isnull=True),
                name="one_representative_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="representative_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"representative {self.pk}"


class Authority(models.Model):
    """One person acts for another: on what ground, for what, from when until when (inclusive).

    The evidence (a registered power, a court order) was seen by somebody on a day.
    """

    class Ground(models.TextChoices):
        ATTORNEY_MONEY = "attorney_money", "Attorney for money and property"
        ATTORNEY_HEALTH = "attorney_health", "Attorney for health and care"
        DEPUTY = "deputy", "Deputy of the Court of Protection"
        APPOINTEE = "appointee", "Appointee for benefits"
        PARENT = "parent", "Parent or guardian"
        HELPER = "helper", "Informal helper, with their agreement"

    class Scope(models.TextChoices):
        MEMBERSHIP = "membership", "Membership"
        MONEY = "money", "Shares and money"
        CARE = "care", "Health and care"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acted_for_by")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acts_for")
    ground = models.CharField(max_length=15, choices=Ground.choices)
    scope = models.JSONField(help_text="Scopes, by their codes.")
    since = models.DateField("from")
    until = models.DateField(null=True, blank=True)
    evidence = models.CharField("what was seen", max_length=200, blank=True)
    seen_on = models.DateField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_because = models.CharField(max_length=120, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name_plural = "authorities"
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=models.F("by")), name="nobody_acts_for_themselves"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="authority_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ground="helper") | ~Q(evidence="") & Q(seen_on__isnull=False),
                name="authority_was_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"authority {self.pk}"

    @property
    def scope_words(self) -> str:
        """For what they may act, in words."""
        words = ", ".join(label for code, label in self.Scope.choices if code in self.scope)
        return words.capitalize()


class Consent(models.Model):
    """Somebody gave or withdrew their consent, with the very words that they were shown.

    Never changed: the newest for a purpose is the one that counts. A statutory notice never
    depends on it.
    """

    class Purpose(models.TextChoices):
        NEWS = "news", "News and events"
        PHOTOS = "photos", "Photos"
        STORY = "story", "Telling my story"
        RESEARCH = "research", "Surveys and research"

    class How(models.TextChoices):
        WEB = "web", "On the website"
        PAPER = "paper", "On paper"
        PHONE = "phone", "By phone"
        PERSON = "person", "In person"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    given = models.BooleanField()
    wording = models.TextField()
    how = models.CharField(max_length=6, choices=How.choices)
    at = models.DateTimeField(default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["person", "purpose", "at"])]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class MergedPerson(models.Model):
    """Two rows were one human: which row was given up, so that old ids can still be followed."""

    gone = models.BigIntegerField(unique=True)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged")
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who the row given up was in the ledger, where both rows were somebody there.",
    )
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"person {self.gone} is person {self.kept_id}"


class SetApart(models.Model):
    """Somebody looked: two rows that look alike are two humans, and are not asked about again."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="set_apart_from")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="set_apart_by")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "set apart"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="two_are_set_apart_once"),
        ]

    def __str__(self) -> str:
        return f"set apart {self.pk}"
