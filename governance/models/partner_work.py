"""What partners work for: the outcomes that citizens set, bids together, and the citizens' own
space."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.body import Body
from governance.models.partner_questions import PartnerQuestion
from governance.models.partnership import Delegate, Partner
from governance.partner_querysets import CitizenNoteQuerySet
from members.models import Person


class Outcome(models.Model):
    """What should get better, as a citizen group has set it. Only that group may reword it."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="outcomes")
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"outcome {self.pk}"

    @property
    def words(self) -> OutcomeVersion:
        """Those that hold now."""
        versions = list(self.versions.all())
        return max(versions, key=lambda version: version.number)


class OutcomeProposal(models.Model):
    """Other words for an outcome, proposed by a partner that does not own it."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting for the citizens"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="proposals")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("the words proposed")
    why = models.TextField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField("what the citizens say to it", blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "partner"],
                condition=Q(state="open"),
                name="one_proposal_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class OutcomeVersion(models.Model):
    """The words of an outcome, from a moment until the next. Never changed."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField("what should get better")
    since = models.DateTimeField()
    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="+")
    proposal = models.OneToOneField(
        OutcomeProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="version"
    )

    class Meta:
        ordering = ["outcome", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "number"], name="one_wording_of_an_outcome_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Bid(models.Model):
    """Partners ask a funder for money together, with one of them in the lead.

    Whether they go for it is a question to the partners like any other.
    """

    class State(models.TextChoices):
        PREPARING = "preparing", "Being prepared"
        VOTING = "voting", "Partners are voting"
        GO = "go", "Go"
        NO_GO = "no_go", "No go"
        SENT = "sent", "Sent"
        WON = "won", "Won"
        LOST = "lost", "Lost"
        DROPPED = "dropped", "Dropped"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="bids")
    title = models.CharField(max_length=120)
    funder = models.CharField(max_length=120)
    lead = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    pence = models.PositiveBigIntegerField("amount asked for")
    deadline = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARING)
    question = models.OneToOneField(
        PartnerQuestion, on_delete=models.PROTECT, null=True, blank=True, related_name="bid"
    )
    sent_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.TextField("what came of it", blank=True)

    class Meta:
        ordering = ["-deadline", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "dropped"]) | Q(question__isnull=False),
                name="partners_are_asked_before_a_bid_goes",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def amount(self) -> Decimal:
        """What is asked for, in pounds."""
        return Decimal(self.pence) / 100

    @property
    def may_change(self) -> bool:
        """Until the partners are asked."""
        return self.state == self.State.PREPARING

    @property
    def stage(self) -> str:
        """How far it is: partners vote only once the question has been put to them."""
        if self.state == self.State.VOTING and self.question and self.question.is_draft:
            return "The partners are to be asked"
        return self.get_state_display()

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.NO_GO, self.State.WON, self.State.LOST, self.State.DROPPED)

    def days_left_on(self, day: dt.date) -> int:
        return (self.deadline - day).days


class BidShare(models.Model):
    """What part of the money of a bid goes to a partner."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="shares")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    share = models.DecimalField("share, per cent", max_digits=5, decimal_places=2)

    class Meta:
        ordering = ["partner"]
        constraints = [
            models.UniqueConstraint(fields=["bid", "partner"], name="one_share_of_a_bid_each"),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=100), name="a_share_of_a_bid_is_of_a_hundred"
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"

    @property
    def exact(self) -> Fraction:
        return Fraction(self.share)


class CitizenNote(models.Model):
    """A word in the private space of a citizen group, for its own people only.

    Its words go for good when their author takes them back; that there was a note stays.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="citizen_notes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    written_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = CitizenNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) & ~Q(text="")
                | Q(taken_back_at__isnull=False, text=""),
                name="a_note_taken_back_has_no_words",
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"
