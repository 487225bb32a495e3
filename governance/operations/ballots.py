"""Casting a vote: the one operation that leaves no line in the audit trail.

Nor does it write mail, a log line or a time: only the roll says that somebody voted, and only the
box holds what was voted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules, sealing
from governance.models import Election, RollEntry, SealedBallot
from members.models import Member


@operation(needs="governance.vote")
def cast_ballot(
    *, election: Election, member: Member, choices: Sequence[int], now: dt.datetime, by: Actor
) -> str:
    """Mark the member as voted and put their sealed paper in the box: both or neither.

    `choices` are numbers on the paper, best first; none is a blank paper (elections of people
    only). Returns the receipt code, which is not kept. A second vote is refused however many are
    sent at once: the roll entry changes from not voted to voted only once.
    """
    _share(election)
    election.refresh_from_db()
    _refuse_unless_open(election, now)
    _refuse_unless_acting_for(member, by, now)
    options = election.options()
    fault = rules.paper_fault(choices, options, ranked=election.is_stv)
    if fault:
        raise RuleError(fault, field="choices")
    entry = RollEntry.objects.filter(election=election, member=member).first()
    if entry is None:
        raise RuleError(
            "You are not on the roll of this vote: it lists the members in the register on the "
            "record date."
        )
    not_voted = RollEntry.objects.filter(pk=entry.pk, state=RollEntry.State.NOT_VOTED)
    if not_voted.update(state=RollEntry.State.VOTED) != 1:
        raise RuleError("A vote has already been recorded for this member.")
    code = sealing.new_receipt()
    SealedBallot.objects.create(
        election=election,
        constituency=_constituency_on_paper(election, entry),
        ciphertext=sealing.seal_paper(
            choices,
            size=election.paper_size,
            public_key=election.lock,
        ),
        receipt=sealing.receipt_hash(code),
    )
    return code


def _share(election: Election) -> None:
    """Hold the close off until this vote is in; voters do not wait for each other.

    The counterpart of `_hold` in governance.operations.elections. On SQLite the
    IMMEDIATE transaction that is already open keeps every other writer out.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM governance_election WHERE id = %s FOR SHARE", [election.pk]
            )


def _refuse_unless_open(election: Election, now: dt.datetime) -> None:
    if election.takes_votes(now):
        return
    if election.may_change:
        raise RuleError("Voting has not opened yet.")
    raise RuleError("Voting has closed. Your vote has not been recorded.")


def _refuse_unless_acting_for(member: Member, by: Actor, now: dt.datetime) -> None:
    """People vote for themselves, and for the organisation that they represent today."""
    if by.user is None or not (
        Member.objects.of_user(by.user, timezone.localdate(now)).filter(pk=member.pk).exists()
    ):
        raise PermissionDenied("governance.cast_ballot")


def _constituency_on_paper(election: Election, entry: RollEntry) -> str:
    """The class, where totals by class could ever be shown; else nothing, lest it tell who it was.

    Only motions are also shown by class, only on a roll of 20 or more, and only for classes of
    five or more.
    """
    if election.is_stv:
        return ""
    roll = RollEntry.objects.filter(election=election)
    if roll.count() < rules.SMALLEST_ROLL_FOR_PAPERS:
        return ""
    alike = roll.filter(constituency=entry.constituency).count()
    return entry.constituency if alike >= rules.SMALLEST_CELL else ""
