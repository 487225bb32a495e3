"""Requests for one's data: noted, checked, made into a pack in the background, given, removed.

The pack is made by `members.subject_access.make`, which holds no transaction meanwhile. A claim on
the job is its start time, so that a worker that was given up for dead hands in nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.models import Job
from core.operations import keep_made_file, remove_file
from core.registry import operation
from members.models import DataRequest, Person
from members.rules.data_requests import due_on
from members.signals import data_pack_asked
from members.writing import reads_email, write_to

State = DataRequest.State
JOB_KIND = "members.data_pack"
FILE_OWNER = "members.datarequest"
#: A worker that has shown no sign of life for so long is given up, and the pack begun again.
STALE_AFTER = dt.timedelta(minutes=20)


@operation(needs="members.answer_data_requests")
def note_data_request(*, person: Person, received_on: dt.date, by: Actor) -> DataRequest:
    """Note that somebody asked, on a day, for a copy of all that we hold about them."""
    return _note(person, received_on, by)


@operation(needs=None)
def ask_for_own_data(*, person: Person, by: Actor) -> DataRequest:
    """Ask for a copy of all that we hold about oneself; nobody asks so for somebody else. The
    person hears by when they get it."""
    if by.user is None or by.acting_for is not None or person.user_id != by.user.pk:
        raise PermissionDenied("members.ask_for_own_data")
    asked = _note(person, timezone.localdate(), by)
    write_to(
        person,
        key=f"members.data-asked:{asked.pk}",
        kind="members.data-asked",
        subject="You have asked for your data",
        template="members/mail/data_asked.txt",
        context={"asked": asked},
        by=by,
    )
    audit.record(by, "members.ask_for_own_data", asked)
    return asked


def _note(person: Person, received_on: dt.date, by: Actor) -> DataRequest:
    refuse_day_to_come(received_on, "received_on")
    try:
        with transaction.atomic():
            asked = DataRequest.objects.create(
                person=person,
                received_on=received_on,
                due_on=due_on(received_on),
                noted_by=by.user,
            )
    except IntegrityError:
        raise RuleError("There is an open request already.", field="received_on") from None
    audit.record(by, "members.note_data_request", asked, person=person.pk)
    return asked


@operation(needs="members.answer_data_requests")
def ask_data_pack(*, asked: DataRequest, left_out: Collection[str], by: Actor) -> Job:
    """Have the pack made in the background, without the names that were ticked.

    A pack that is there already is removed: it was not right.
    """
    waiting = DataRequest.objects.filter(pk=asked.pk, state__in=[State.ASKED, State.READY])
    job = Job.objects.create(
        kind=JOB_KIND, total=100, started_by=by.user, note="Waiting for a worker to begin."
    )
    if waiting.update(state=State.MAKING, job=job, left_out=sorted(left_out)) != 1:
        raise RuleError("This pack is being made, or the request is closed.")
    asked.refresh_from_db()
    _remove_pack(asked, by)
    audit.record(by, "members.ask_data_pack", asked, job=job.pk, left_out=len(left_out))
    transaction.on_commit(lambda: data_pack_asked.send(DataRequest, job_id=job.pk))
    return job


@dataclass(frozen=True)
class PackClaim:
    """The right to make one pack, held by one worker until it is given up for dead."""

    asked: DataRequest
    job_id: int
    since: dt.datetime

    @property
    def job(self) -> Q:
        return Q(pk=self.job_id, state=Job.State.RUNNING, started_at=self.since)


@operation(needs=None)
def claim_data_pack(*, job_id: int, by: Actor) -> PackClaim | None:
    """Take up a pack that waits, or one whose worker has gone silent. Of two workers, one does."""
    now = timezone.now()
    asked = DataRequest.objects.filter(job=job_id, state=State.MAKING).first()
    if asked is None:
        return None
    abandoned = Q(state=Job.State.RUNNING, beat_at__lt=now - STALE_AFTER)
    claimed = Job.objects.filter(Q(state=Job.State.WAITING) | abandoned, pk=job_id).update(
        state=Job.State.RUNNING, started_at=now, beat_at=now, done=10, note="Collecting."
    )
    if claimed != 1:
        return None
    audit.record(by, "members.claim_data_pack", asked, job=job_id)
    return PackClaim(asked, job_id, now)


@operation(needs=None)
def keep_data_pack(*, claim: PackClaim, content: bytes, by: Actor) -> bool:
    """Keep the pack that was made; False if the claim has passed to another worker."""
    if not _close(claim, Job.State.DONE, "The pack is ready."):
        return False
    kept = keep_made_file(
        content=content,
        name="your-data.zip",
        content_type="application/zip",
        owner_kind=FILE_OWNER,
        owner_id=claim.asked.pk,
        by=by,
    )
    DataRequest.objects.filter(pk=claim.asked.pk, state=State.MAKING).update(
        state=State.READY, file=kept, made_at=timezone.now()
    )
    audit.record(by, "members.keep_data_pack", claim.asked, file=str(kept.pk))
    return True


@operation(needs=None)
def fail_data_pack(*, claim: PackClaim, note: str, by: Actor) -> None:
    """The pack could not be made: say so on the job; it can be asked for again."""
    if _close(claim, Job.State.FAILED, note):
        DataRequest.objects.filter(pk=claim.asked.pk, state=State.MAKING).update(state=State.ASKED)
        audit.record(by, "members.fail_data_pack", claim.asked, job=claim.job_id)


def _close(claim: PackClaim, state: Job.State, note: str) -> bool:
    mine = Job.objects.filter(claim.job)
    done = {"done": 100} if state == Job.State.DONE else {}
    return mine.update(state=state, note=note, finished_at=timezone.now(), **done) == 1


@operation(needs="members.answer_data_requests")
def give_data_pack(*, asked: DataRequest, given_on: dt.date, by: Actor) -> DataRequest:
    """Note that the person has the pack. Who can sign in finds it on their own page from now on,
    and is told so; nobody else is written to, who has it in their hands."""
    if not asked.received_on <= given_on <= timezone.localdate():
        raise RuleError("Give a day from the request until today.", field="given_on")
    ready = DataRequest.objects.filter(pk=asked.pk, state=State.READY, file__isnull=False)
    if ready.update(state=State.GIVEN, given_on=given_on) != 1:
        raise RuleError("There is no pack to give yet.")
    asked.refresh_from_db()
    audit.record(by, "members.give_data_pack", asked, given_on=given_on.isoformat())
    if asked.person.user_id and reads_email(asked.person):
        write_to(
            asked.person,
            key=f"members.data_ready:{asked.pk}",
            kind="members.data_ready",
            subject="The copy of your data is ready",
            template="members/mail/data_ready.txt",
            context={},
            by=by,
        )
    return asked


@operation(needs="members.answer_data_requests")
def call_off_data_request(*, asked: DataRequest, by: Actor) -> DataRequest:
    """The person wants it no more, or it was noted by mistake. A pack that was made is removed."""
    waiting = DataRequest.objects.filter(pk=asked.pk, state__in=[State.ASKED, State.READY])
    if waiting.update(state=State.CALLED_OFF) != 1:
        raise RuleError("This request is closed, or its pack is being made.")
    asked.refresh_from_db()
    _remove_pack(asked, by)
    audit.record(by, "members.call_off_data_request", asked)
    return asked


@operation(needs=None)
def remove_old_packs(*, now: dt.datetime, by: Actor) -> int:
    """Remove packs made DATA_PACK_DAYS ago or earlier; returns how many.

    One that was never given is to be made again.
    """
    old = now - dt.timedelta(days=settings.DATA_PACK_DAYS)
    removed = 0
    for asked in DataRequest.objects.filter(made_at__lte=old, file__isnull=False):
        DataRequest.objects.filter(pk=asked.pk, state=State.READY).update(state=State.ASKED)
        _remove_pack(asked, by)
        removed += 1
    if removed:
        audit.record(by, "members.remove_old_packs", packs=removed)
    return removed


def _remove_pack(asked: DataRequest, by: Actor) -> None:
    if asked.file is not None:
        remove_file(file=asked.file, by=by)
        asked.file = None
