"""Casting a vote: the one operation that leaves no line in the audit trail.

Nor does it write mail, a log line or a time: only the roll says that somebody voted, and only the
box holds what was voted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import codes, sealing
from governance.models import Election, PhoneVote, RollEntry, SealedBallot
from governance.operations.elections import share
from governance.showing_classes import constituencies_on_papers
from members.models import Member


@operation(needs=None)
def cast_ballot(
    *,
    election: Election,
    member: Member,
    choices: Sequence[int],
    code: str = "",
    helped: bool = False,
    now: dt.datetime,
    by: Actor,
) -> str:
    """Mark the member as voted and put their sealed paper in the box: both or neither.

    By the member (or who represents it), by whoever has the member's code for this vote, or by who
    took the member's call. `choices` are numbers on the paper, best first; none is a blank paper
    (elections of people only). `helped`: somebody helped the voter to fill it in. Returns the
    receipt code, which is not kept. A second vote is refused however many are sent at once: the
    roll entry changes from not voted to voted only once.
    """
    share(election)
    _refuse_unless_open(election, now)
    entry = RollEntry.objects.filter(election=election, member=member).first()
    _refuse_without_right(election, member, entry, code, by, now)
    if entry is None:
        raise RuleError(
            "You are not on the roll of this vote: it lists the members in the register on the "
            "record date."
        )
    fault = election.fault_of(choices, election.choosable())
    if fault:
        raise RuleError(fault, field="choices")
    not_voted = RollEntry.objects.filter(
        pk=entry.pk, state=RollEntry.State.NOT_VOTED, code_hash=entry.code_hash
    )
    if not_voted.update(state=RollEntry.State.VOTED, helped=helped) != 1:
        raise RuleError("A vote has already been recorded for this member.")
    receipt = sealing.new_receipt()
    SealedBallot.objects.create(
        election=election,
        constituency=entry.constituency if _says_class(election, entry) else "",
        ciphertext=sealing.seal_paper(
            choices,
            size=election.paper_size,
            public_key=election.lock,
        ),
        receipt=sealing.receipt_hash(receipt),
    )
    return receipt


def _refuse_unless_open(election: Election, now: dt.datetime) -> None:
    if election.takes_votes(now):
        return
    if election.may_change:
        raise RuleError("Voting has not opened yet.")
    raise RuleError("Voting has closed. Your vote has not been recorded.")


def _refuse_without_right(
    election: Election,
    member: Member,
    entry: RollEntry | None,
    code: str,
    by: Actor,
    now: dt.datetime,
) -> None:
    if code:
        allowed = entry is not None and entry.code_hash == codes.code_hash(code) != ""
    else:
        allowed = _acts_for(member, by, now) or _took_the_call(election, member, by)
    if not allowed:
        raise PermissionDenied("governance.cast_ballot")


def _acts_for(member: Member, by: Actor, now: dt.datetime) -> bool:
    """People vote for themselves, and for the organisation that they represent today."""
    if by.user is None or not by.may("governance.vote"):
        return False
    mine = Member.objects.of_user(by.user, timezone.localdate(now))
    return mine.filter(pk=member.pk).exists()


def _took_the_call(election: Election, member: Member, by: Actor) -> bool:
    """An officer fills in the paper of a member whose call they have noted before."""
    if not by.may("governance.run_election"):
        return False
    calls = PhoneVote.objects.filter(election=election, member=member)
    return calls.filter(taken_by=by.user).exists()


def _says_class(election: Election, entry: RollEntry) -> bool:
    return entry.constituency in constituencies_on_papers(election)
