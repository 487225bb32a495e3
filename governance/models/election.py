"""Secret votes: the question, who stands, who counts, and what came out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Job
from governance import rules
from governance.counting import Contest
from governance.counting.tally import CHOICES
from governance.models.meeting import Meeting, Motion, classes_on
from governance.querysets import ElectionQuerySet, ResultQuerySet
from members.models import Member

if TYPE_CHECKING:
    from core.models import User

#: What a voter may say to a motion: number on the paper → label.
ANSWERS = {number: choice.capitalize() for number, choice in enumerate(CHOICES, 1)}


class Election(models.Model):
    """One secret ballot: an election of people (STV), or a yes-or-no vote on a motion.

    draft → rolled (who may vote is frozen) → open → closed → counted → published.
    `lot_order` holds candidates' numbers, the favoured first: drawn and shown when voting opens,
    so that a tie can be settled without a second lot. `public_key` seals the papers.
    `constituency`: where a seat is kept for some members, only they vote and stand; else empty.
    `threshold`, `threshold_of`, `mode` and `classes`: what the motion needed and how its classes
    counted by the rules or the Act when voting opened; before that they say nothing
    (governance.classes.needs_of_vote).
    Members can stand and be nominated between `nominations_from` and `nominations_until`, if set.
    `code_job`: the e-mails with voting codes, where they have been asked for.
    """

    class Kind(models.TextChoices):
        STV = "stv", "Election of people"
        MOTION = "motion", "Vote on a motion"

    class Counting(models.TextChoices):
        STV = "scottish-stv", "Single transferable vote (Scottish rules)"
        MEEK = "meek", "Single transferable vote (Meek’s rules)"
        AV = "av", "Alternative vote, for one seat"
        BLOCK = "block", "As many ticks as seats (block vote)"

    class State(models.TextChoices):
        DRAFT = "draft", "Being prepared"
        ROLLED = "rolled", "Roll frozen"
        OPEN = "open", "Open for voting"
        CLOSED = "closed", "Closed, not counted"
        COUNTED = "counted", "Counted, not published"
        PUBLISHED = "published", "Published"
        CALLED_OFF = "called_off", "Called off"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="elections")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120)
    explanation = models.TextField(blank=True)
    motion = models.OneToOneField(
        Motion, on_delete=models.PROTECT, null=True, blank=True, related_name="election"
    )
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    counting = models.CharField(max_length=15, choices=Counting.choices, default=Counting.STV)
    constituency = models.CharField("kept for", max_length=60, blank=True)
    threshold = models.CharField(
        max_length=15, choices=rules.THRESHOLD_CHOICES, default=rules.MAJORITY.key
    )
    threshold_of = models.CharField(
        max_length=10, choices=rules.BASE_CHOICES, default=rules.Base.CAST.value
    )
    mode = models.CharField(
        max_length=10, choices=rules.MODE_CHOICES, default=rules.Mode.HEADS.value
    )
    classes = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    closes_at = models.DateTimeField()
    nominations_from = models.DateTimeField(null=True, blank=True)
    nominations_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    called_off_because = models.CharField(max_length=200, blank=True)
    public_key = models.BinaryField(max_length=32, null=True)
    lot_order = models.JSONField(default=list)
    code_job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ElectionQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="stv", motion__isnull=True, seats__gte=1)
                | Q(kind="motion", motion__isnull=False, seats__isnull=True)
                | Q(kind="motion", state="called_off", seats__isnull=True),
                name="an_election_has_seats_or_a_motion",
            ),
            models.CheckConstraint(
                condition=Q(nominations_from__isnull=True, nominations_until__isnull=True)
                | Q(nominations_until__gt=models.F("nominations_from")),
                name="nominations_begin_and_end",
            ),
            models.CheckConstraint(
                condition=~Q(counting="av") | Q(seats=1), name="av_fills_one_seat"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "rolled", "called_off"])
                | Q(public_key__isnull=False, opened_at__isnull=False),
                name="an_open_vote_has_a_key",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "rolled", "open", "called_off"], closed_at__isnull=True
                )
                | ~Q(state__in=["draft", "rolled", "open", "called_off"])
                & Q(closed_at__isnull=False),
                name="a_closed_vote_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_stv(self) -> bool:
        return self.kind == self.Kind.STV

    @property
    def may_change(self) -> bool:
        """The paper may change until somebody can have voted on it."""
        return self.state in (self.State.DRAFT, self.State.ROLLED)

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.CLOSED, self.State.COUNTED, self.State.PUBLISHED)

    def takes_nominations(self, now: dt.datetime) -> bool:
        """Whether members can stand and nominate at this moment."""
        return (
            self.may_change
            and not self.meeting.is_over
            and self.nominations_from is not None
            and self.nominations_until is not None
            and self.nominations_from <= now < self.nominations_until
        )

    def takes_votes(self, now: dt.datetime) -> bool:
        return self.state == self.State.OPEN and now < self.closes_at

    @property
    def lock(self) -> bytes:
        """The public key that papers are sealed to; empty before the tellers have made it."""
        return bytes(self.public_key or b"")

    @property
    def is_ranked(self) -> bool:
        """Whether voters number the candidates; else they tick, or answer."""
        return self.is_stv and self.counting != self.Counting.BLOCK

    @property
    def practice_kind(self) -> str:
        """Which practice paper looks like the paper of this vote."""
        if not self.is_stv:
            return "answer"
        return "ranking" if self.is_ranked else "ticks"

    def fault_of(self, choices: Sequence[int], options: Mapping[int, str]) -> str:
        """What is wrong with a paper on which `options` can be chosen; empty if nothing is."""
        most = len(options) if self.is_ranked else self.seats or 1
        return rules.paper_fault(choices, options, most=most, may_be_blank=self.is_stv)

    @property
    def needs(self) -> rules.Needs:
        """What the motion needs, once voting has opened. The Act stands above the rules."""
        assert self.motion
        if self.motion.statute:
            return self.motion.statute.needs(self.motion.step)
        return rules.Needs(
            rules.THRESHOLDS[self.threshold],
            rules.Base(self.threshold_of),
            rules.Mode(self.mode),
        )

    @property
    def paper_size(self) -> int:
        """Bytes of a paper before it is sealed: one for each preference that it has room for."""
        return self.candidates.count() if self.is_stv else 1

    def options(self) -> dict[int, str]:
        """What can be chosen on the paper: number → label, in the order of the paper."""
        if self.is_stv:
            return {candidate.position: candidate.name for candidate in self.candidates.all()}
        return ANSWERS

    def choosable(self) -> dict[int, str]:
        """What may be chosen now: a paper cast before a candidate withdrew stays as it is."""
        if not self.is_stv:
            return ANSWERS
        standing = self.candidates.filter(withdrawn_at__isnull=True)
        return {candidate.position: candidate.name for candidate in standing}

    def candidates_outside(self, constituency: str) -> bool:
        """Whether somebody who stands is not of the members that a seat is kept for."""
        if not constituency or self.pk is None:
            return False
        standing = Member.objects.filter(candidacies__election=self)
        classes = classes_on(standing, self.meeting.record_date).values()
        return any(one.constituency != constituency for one in classes)

    def contest(self, ballots: tuple[Any, ...]) -> Contest:
        """The election as the count knows it: who has withdrawn is counted as never there."""
        withdrawn = self.candidates.filter(withdrawn_at__isnull=False)
        return Contest(
            title=self.title,
            candidates=tuple(self.options().values()),
            seats=self.seats or 1,
            ballots=ballots,
            withdrawn=frozenset(withdrawn.values_list("position", flat=True)),
        )


class Candidate(models.Model):
    """Somebody who stands. `position` is the place on the paper, from 1 without a gap.

    Who withdraws (or dies) once voting has opened keeps the place: papers that name them are read
    as if they had not been there.
    """

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="candidates")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="candidacies")
    name = models.CharField("name on the paper", max_length=80)
    statement = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_because=""),
                name="who_withdraws_says_why",
            ),
            models.UniqueConstraint(fields=["election", "member"], name="one_candidacy_each"),
            models.UniqueConstraint(fields=["election", "position"], name="one_place_on_the_paper"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=rules.MOST_CANDIDATES),
                name="places_on_the_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"candidate {self.pk}"


class Teller(models.Model):
    """One of the three who keep the key to a meeting's secret votes.

    Their passphrase is kept nowhere. From it, `salt` and the two costs (Argon2id) their key pair is
    worked out anew each time; only the public half is kept.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="tellers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    salt = models.BinaryField(max_length=16, null=True)
    passes = models.PositiveIntegerField(null=True)
    memory = models.PositiveBigIntegerField(null=True, help_text="In bytes.")
    public_key = models.BinaryField(max_length=32, null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="a_teller_is_named_once"),
            models.CheckConstraint(
                condition=Q(
                    salt__isnull=True,
                    passes__isnull=True,
                    memory__isnull=True,
                    public_key__isnull=True,
                )
                | Q(
                    salt__isnull=False,
                    passes__isnull=False,
                    memory__isnull=False,
                    public_key__isnull=False,
                ),
                name="a_tellers_key_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"teller {self.pk}"

    @property
    def has_key(self) -> bool:
        return self.public_key is not None

    @property
    def lock(self) -> bytes:
        """The public half of the teller's key; empty before they have set a passphrase."""
        return bytes(self.public_key or b"")

    def is_user(self, user: User) -> bool:
        return self.user_id == user.pk


class KeyBox(models.Model):
    """An election's private key, sealed to one teller and then to another: it takes both.

    There is one for every pair of the three tellers, so that any two can open the ballot box.
    """

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="boxes")
    outer = models.ForeignKey(Teller, on_delete=models.PROTECT, related_name="+")
    inner = models.ForeignKey(Teller, on_delete=models.PROTECT, related_name="+")
    box = models.BinaryField()
    rehearsed = models.BooleanField(default=False)

    class Meta:
        ordering = ["outer_id", "inner_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "outer", "inner"], name="one_box_per_pair_of_tellers"
            ),
            models.CheckConstraint(
                condition=Q(outer__lt=models.F("inner")), name="a_box_takes_two_tellers"
            ),
        ]

    def __str__(self) -> str:
        return f"key box {self.pk}"


class Result(models.Model):
    """What came out: seen by tellers and secretary when counted, by members when published.

    `voted` are all who are marked on the roll; `ballots` the papers in the box of sealed papers,
    `on_paper` those keyed in from voting papers, and `spoilt` how many of these said nothing that
    could be counted.

    `count` is governance.counting's Count.as_dict() for an election; for a motion the tally with
    its verdict. `blt` holds the papers, sorted, where the roll is large enough to publish them.
    """

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="result")
    counted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    entitled = models.PositiveIntegerField("on the roll")
    voted = models.PositiveIntegerField("marked as voted on the roll")
    ballots = models.PositiveIntegerField("papers in the ballot box")
    on_paper = models.PositiveIntegerField("papers keyed in", default=0)
    spoilt = models.PositiveIntegerField("papers that could not be counted", default=0)
    blank = models.PositiveIntegerField("blank papers")
    count = models.JSONField()
    words = models.JSONField(help_text="The result in sentences.")
    by_constituency = models.JSONField(default=list)
    sheet = models.TextField("stage sheet as CSV", blank=True)
    blt = models.TextField(blank=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return f"result {self.pk}"

    @property
    def only_withdrawn(self) -> int:
        """Papers that named nobody but who has withdrawn, and so are neither blank nor valid."""
        if not self.election.is_stv:
            return 0
        papers = self.ballots + self.on_paper - self.spoilt
        return papers - self.blank - int(self.count["valid"])

    @property
    def agrees(self) -> bool:
        """As many papers, sealed and keyed in, as people marked on the roll."""
        return self.voted == self.ballots + self.on_paper
