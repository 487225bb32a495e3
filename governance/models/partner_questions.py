"""What partners put to the vote, how each voted, what was decided, and what came of it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.body import Body
from governance.models.partnership import Delegate, Partner
from governance.partner_querysets import (
    PartnerActionQuerySet,
    PartnerQuestionQuerySet,
    PartnerVoteQuerySet,
)
from governance.rules.partners import PartnerAnswer, PartnersVerdict, partners_verdict


class PartnerQuestion(models.Model):
    """A question to the partners. Its words, and whether it binds, are fixed before the vote.

    Only what is strategic is put to the citizens, and takes up `minutes` of their time. What is
    operational stays with those who do the work: advice among them, which binds nobody.
    `owner` does what is decided, by `due_on`. `partners` are those to which it has been put, also
    where they have left since; a question being prepared has none yet.
    """

    class Matter(models.TextChoices):
        STRATEGIC = "strategic", "Strategic: where we go, and for whom"
        OPERATIONAL = "operational", "Operational: how the daily work is done"

    class Effect(models.TextChoices):
        BINDING = "binding", "Binding: what is carried is done"
        ADVISORY = "advisory", "Advisory: it is heard, and binds nobody"

    class State(models.TextChoices):
        DRAFT = "draft", "Being prepared"
        OPEN = "open", "Open"
        CLOSED = "closed", "Decided"
        DROPPED = "dropped", "Dropped"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="partner_questions")
    title = models.CharField(max_length=120)
    text = models.TextField("what is asked")
    matter = models.CharField("what kind of question", max_length=12, choices=Matter.choices)
    effect = models.CharField("what the vote does", max_length=10, choices=Effect.choices)
    minutes = models.PositiveSmallIntegerField("minutes of a citizen delegate’s time", default=0)
    owner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField("to be done by", null=True, blank=True)
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    partners = models.ManyToManyField(Partner, related_name="questions", blank=True)

    objects = PartnerQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(matter="strategic") | Q(effect="advisory"),
                name="what_is_operational_binds_nobody",
            ),
            models.CheckConstraint(
                condition=Q(effect="advisory")
                | Q(state__in=["draft", "dropped"])
                | Q(owner__isnull=False, due_on__isnull=False),
                name="a_binding_question_says_who_does_it_by_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_strategic(self) -> bool:
        return self.matter == self.Matter.STRATEGIC

    @property
    def is_binding(self) -> bool:
        return self.effect == self.Effect.BINDING

    def takes_votes(self, now: dt.datetime) -> bool:
        return self.state == self.State.OPEN and now < self.closes_at

    def voters(self) -> list[Partner]:
        """The partners that may vote: of operational questions, not the citizens.

        From the moment it is put these are the same, whoever joins or leaves after the vote.
        """
        if not self.is_draft:
            return list(self.partners.with_names())
        partners = list(self.body.partners.standing().with_names())
        return [one for one in partners if self.is_strategic or not one.is_citizens]

    def verdict(self, quorum: int) -> PartnersVerdict:
        """What the votes so far come to."""
        said = dict(self.votes.standing().values_list("partner", "answer"))
        answers = [
            PartnerAnswer(str(one), said.get(one.pk, ""), one.is_citizens) for one in self.voters()
        ]
        return partners_verdict(answers, quorum=quorum, citizens_decide=self.is_strategic)


class PartnerVote(models.Model):
    """How one partner voted: by a delegate online, or keyed from a letter or a call."""

    class Answer(models.TextChoices):
        FOR = "for", "For"
        AGAINST = "against", "Against"
        ABSTAIN = "abstain", "Abstain"

    class Way(models.TextChoices):
        ONLINE = "online", "Online"
        POST = "post", "By post"
        PHONE = "phone", "By telephone"

    question = models.ForeignKey(PartnerQuestion, on_delete=models.PROTECT, related_name="votes")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="votes")
    answer = models.CharField(max_length=7, choices=Answer.choices)
    way = models.CharField("how it came", max_length=6, choices=Way.choices)
    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="votes")
    cast_at = models.DateTimeField()
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_at = models.DateTimeField("struck out, as keyed by mistake", null=True, blank=True)

    objects = PartnerVoteQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "partner"],
                condition=Q(struck_at__isnull=True),
                name="one_partner_one_vote",
            ),
            models.CheckConstraint(
                condition=Q(way="online", keyed_by__isnull=True)
                | ~Q(way="online") & Q(keyed_by__isnull=False),
                name="who_keyed_a_vote_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"


class PartnerDecision(models.Model):
    """What a vote of the partners came to. Never changed."""

    question = models.OneToOneField(
        PartnerQuestion, on_delete=models.PROTECT, related_name="decision"
    )
    carried = models.BooleanField()
    words = models.TextField()
    votes_for = models.PositiveSmallIntegerField()
    against = models.PositiveSmallIntegerField()
    abstained = models.PositiveSmallIntegerField()
    absent = models.PositiveSmallIntegerField()
    quorum = models.PositiveSmallIntegerField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class PartnerAction(models.Model):
    """What a binding decision has to be done about: whose it is, by when, and how far it is.

    Shown on the public website from `public_since`.
    """

    class State(models.TextChoices):
        TO_DO = "to_do", "Not begun"
        UNDER_WAY = "under_way", "Under way"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    decision = models.OneToOneField(
        PartnerDecision, on_delete=models.PROTECT, related_name="action"
    )
    title = models.CharField(max_length=120)
    owner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.TO_DO)
    public_since = models.DateField(null=True, blank=True)

    objects = PartnerActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.STOPPED)

    @property
    def is_late(self) -> bool:
        return not self.is_over and self.due_on < timezone.localdate()


class PartnerProgress(models.Model):
    """A word on how an action goes, as everybody reads it. Never changed."""

    action = models.ForeignKey(PartnerAction, on_delete=models.PROTECT, related_name="progress")
    on = models.DateField()
    text = models.TextField("how it goes")
    state = models.CharField(max_length=9, choices=PartnerAction.State.choices)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name_plural = "progress"

    def __str__(self) -> str:
        return f"progress {self.pk}"
