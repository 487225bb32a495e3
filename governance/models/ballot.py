"""The roll and the ballot box, kept apart: nothing in either leads to the other.

While voting is open the rows live in RollEntry and SealedBallot. The close moves them, in the
order of their random ids, to the archive tables: rows of one transaction carry the same mark in
PostgreSQL (xmin), and the pages of the open tables show the order of voting; afterwards every row
of an election was written by one and the same transaction. Triggers (governance/apps.py) refuse
everything else.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from governance.models.election import Election
from governance.querysets import RollQuerySet
from members.models import Member


def random_id() -> int:
    """A random number of 63 bits, from 1."""
    return secrets.randbelow(2**63 - 1) + 1


class RandomIdField(models.BigIntegerField):
    """A primary key that tells nothing.

    In SQLite it is an INTEGER PRIMARY KEY, which takes the place of the hidden rowid: any other
    column type would leave a rowid that counts up in the order of voting.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"primary_key": True, "default": random_id, "editable": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for key in ("primary_key", "default", "editable"):
            kwargs.pop(key, None)
        return name, path, list(args), kwargs

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "integer" if connection.vendor == "sqlite" else "bigint"


class Roll(models.Model):
    """One member who may vote in one election, and whether they have. No time, no way to a ballot.

    `constituency` is copied from the register as it stood on the record date: with whom the member
    is counted (governance.classes). Whoever has a voting
    paper at the office (`PAPER`) does not vote here, and the other way round. `helped`: the voter
    said that somebody helped them to fill in the paper.
    """

    class State(models.TextChoices):
        NOT_VOTED = "not_voted", "Has not voted"
        VOTED = "voted", "Has voted"
        PAPER = "paper", "Has voted on paper"

    id = RandomIdField()
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="%(class)s_set")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NOT_VOTED)
    helped = models.BooleanField(default=False)

    objects = RollQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["election", "member"], name="%(class)s_a_member_is_on_the_roll_once"
            ),
        ]

    def __str__(self) -> str:
        return f"roll entry {self.pk}"

    @property
    def has_voted(self) -> bool:
        return self.state != self.State.NOT_VOTED


class RollEntry(Roll):
    """The roll of an election that has not closed.

    `code_hash`: the keyed hash of the code with which this member can vote without signing in
    (governance.codes); empty when they have none. It stays here: no code outlives the close.
    """

    code_hash = models.CharField(max_length=64, blank=True)

    class Meta(Roll.Meta):
        constraints = [
            *Roll.Meta.constraints,
            models.UniqueConstraint(
                fields=["code_hash"], condition=~Q(code_hash=""), name="a_code_is_one_voters"
            ),
        ]


class ArchivedRollEntry(Roll):
    """The roll of a closed election."""


class Paper(models.Model):
    """One sealed paper. No voter, time, sequence, address or channel.

    `ciphertext` is as long as every other of the election; `receipt` is the SHA-256 of the code
    that the voter was shown once.
    """

    id = RandomIdField()
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="%(class)s_set")
    constituency = models.CharField(max_length=60)
    ciphertext = models.BinaryField()
    receipt = models.CharField(max_length=64, unique=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return "sealed ballot"


class SealedBallot(Paper):
    """The ballot box of an election that has not closed."""


class ArchivedBallot(Paper):
    """The ballot box of a closed election."""


class PhoneVote(models.Model):
    """Somebody asked by telephone to vote, and who took the call.

    Noted before the paper is filled in, on its own: nothing here leads to a paper, and whether a
    vote came of the call is on the roll alone.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="phone_votes")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    known_by = models.CharField("how we knew who it was", max_length=120)
    called_on = models.DateField()

    class Meta:
        ordering = ["election", "member__number"]
        constraints = [
            models.UniqueConstraint(fields=["election", "member"], name="one_call_for_a_vote"),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"


def roll_of(election: Election) -> RollQuerySet[Any]:
    """Who may vote, or might have voted, wherever the rows are now."""
    return (
        election.archivedrollentry_set.all() if election.is_over else election.rollentry_set.all()
    )
