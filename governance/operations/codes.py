"""Codes for voting without signing in: by e-mail, on a letter, or read out and texted.

A code is never kept: only its keyed hash (governance.codes). Whoever asks again gets another, and
the one before it is dead. Nobody gets one who has voted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from django.db import transaction
from django.db.models import F

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.models import Job
from core.registry import operation
from governance import codes
from governance.models import Election, RollEntry
from governance.signals import codes_wanted
from members.models import Member

BATCH = 50
#: As many letters as are printed at once: the PDF is made while the secretary waits.
MOST_LETTERS = 30
TAKES_CODES = (Election.State.ROLLED, Election.State.OPEN)


@operation(needs="governance.run_election")
def send_codes(*, election: Election, by: Actor) -> Job:
    """Have a code sent to everybody on the roll whom e-mail will do for and who has none yet."""
    _refuse_unless_codes(election)
    waiting = Election.objects.filter(pk=election.pk).exclude(
        code_job__state__in=[Job.State.WAITING, Job.State.RUNNING]
    )
    total = sum(1 for _ in entries_by_email(election))
    if not total:
        raise RuleError("Everybody who can have a code by e-mail has one.")
    job = Job.objects.create(kind="governance.codes", total=total, started_by=by.user)
    if waiting.update(code_job=job) != 1:
        raise RuleError("The e-mails are going out already.")
    audit.record(by, "governance.send_codes", election, emails=total)
    transaction.on_commit(lambda: codes_wanted.send(Election, election_id=election.pk))
    return job


@operation(needs=None)
def send_code_batch(*, election: Election, now: dt.datetime, by: Actor) -> bool:
    """Put the next batch of e-mails with codes in the outbox; True while there are more.

    Safe to run twice, or by two workers at once: each entry is claimed by a conditional update. The
    outbox forgets what a message said once it has gone.
    """
    election.refresh_from_db(fields=["state"])
    job = election.code_job
    if job is None or job.is_over:
        return False
    if election.state not in TAKES_CODES:
        Job.objects.filter(pk=job.pk).update(state=Job.State.STOPPED, finished_at=now)
        return False
    batch = list(islice(entries_by_email(election), BATCH))
    sent = sum(_send(election, entry) for entry in batch)
    over = len(batch) < BATCH
    state = Job.State.DONE if over else Job.State.RUNNING
    Job.objects.filter(pk=job.pk).update(
        state=state, done=F("done") + sent, beat_at=now, finished_at=now if over else None
    )
    if over:
        audit.record(by, "governance.send_code_batch", election, job=job.pk)
    return not over


def entries_by_email(election: Election) -> Iterator[RollEntry]:
    """Who has neither voted nor a code yet, and reads e-mail."""
    return (entry for entry in _without_code(election) if entry.member.holder.notices_by_email)


def entries_by_post(election: Election) -> Iterator[RollEntry]:
    """Who has neither voted nor a code yet, and gets a letter."""
    return (entry for entry in _without_code(election) if not entry.member.holder.notices_by_email)


def _without_code(election: Election) -> Iterator[RollEntry]:
    entries = RollEntry.objects.filter(
        election=election, state=RollEntry.State.NOT_VOTED, code_hash=""
    )
    names = ("member__person", "member__organisation")
    return entries.select_related(*names).order_by("member__number").iterator()


def _send(election: Election, entry: RollEntry) -> bool:
    code = codes.new_code()
    without = RollEntry.objects.filter(
        pk=entry.pk, state=RollEntry.State.NOT_VOTED, code_hash=entry.code_hash
    )
    if without.update(code_hash=codes.code_hash(code)) != 1:
        return False
    mail.queue(
        key=f"governance.code:{election.pk}:{entry.member_id}",
        kind="governance.code",
        to=entry.member.holder.email,
        subject=f"{election.meeting.title}: your vote",
        template="governance/mail/code.txt",
        context={
            "election": election,
            "meeting": election.meeting,
            "name": entry.member.name,
            "code": code,
        },
    )
    return True


@operation(needs="governance.run_election")
def print_codes(*, election: Election, by: Actor) -> list[tuple[RollEntry, str]]:
    """The next letters with codes, of those who have none yet: (roll entry, code), some at a time.

    The codes are shown this once. What did not come out of the printer gets another by `new_code`.
    """
    _refuse_unless_codes(election)
    waiting = list(islice(entries_by_post(election), MOST_LETTERS))
    letters = [(entry, _fresh(entry)) for entry in waiting]
    if not letters:
        raise RuleError("Everybody who gets a letter has a code.")
    members = [entry.member_id for entry, _ in letters]
    audit.record(by, "governance.print_codes", election, members=members)
    return letters


@operation(needs="governance.run_election")
def issue_code(*, election: Election, member: Member, by: Actor) -> tuple[RollEntry, str]:
    """A fresh code for one member, shown once, to read out, text or print; the old one is dead."""
    _refuse_unless_codes(election)
    entry = RollEntry.objects.filter(election=election, member=member).first()
    if entry is None:
        raise RuleError("This member is not on the roll of this vote.")
    code = _fresh(entry)
    audit.record(by, "governance.issue_code", election, member=member.pk)
    return entry, code


def _fresh(entry: RollEntry) -> str:
    code = codes.new_code()
    not_voted = RollEntry.objects.filter(pk=entry.pk, state=RollEntry.State.NOT_VOTED)
    if not_voted.update(code_hash=codes.code_hash(code)) != 1:
        raise RuleError(f"A vote has already been recorded for {entry.member.name}.")
    return code


def _refuse_unless_codes(election: Election) -> None:
    election.refresh_from_db(fields=["state"])
    if election.state not in TAKES_CODES:
        raise RuleError(
            f"This vote is {election.get_state_display().lower()}: codes are given out from the "
            "freezing of the roll until voting closes."
        )
