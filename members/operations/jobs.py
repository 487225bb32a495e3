"""Long work in the background: asked for, claimed by one worker, ended.

What is done is in members/jobs.py; it holds no transaction while it runs. A claim is the time at
which it was taken, so that a worker that was given up for dead is heard no more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import Job
from core.registry import operation
from members.signals import work_asked

#: What every kind of job of ours begins with: "members:dues:2026-04".
PREFIX = "members"
#: A worker that has shown no sign of life for so long is given up, and the work taken up again.
STALE_AFTER = dt.timedelta(minutes=5)

_OPEN = (Job.State.WAITING, Job.State.RUNNING)


def kind_of(work: str, argument: object) -> str:
    return f"{PREFIX}:{work}:{argument}"


def ask_for(*, work: str, argument: object, total: int, by: Actor) -> Job:
    """Have long work done; refused while the same is being done. Called inside operations."""
    if is_being_done(work, argument):
        raise RuleError("This is being done already.")
    job = Job.objects.create(
        kind=kind_of(work, argument),
        total=total,
        started_by=by.user,
        note="Waiting for a worker to begin.",
    )
    transaction.on_commit(lambda: work_asked.send(Job, job_id=job.pk))
    return job


def is_being_done(work: str, argument: object) -> bool:
    return Job.objects.filter(kind=kind_of(work, argument), state__in=_OPEN).exists()


def left_behind(now: dt.datetime) -> QuerySet[Job]:
    """What has waited too long, or whose worker has gone silent."""
    waiting = Q(state=Job.State.WAITING, created_at__lt=now - dt.timedelta(minutes=1))
    return Job.objects.filter(waiting | _silent(now), kind__startswith=f"{PREFIX}:")


def _silent(now: dt.datetime) -> Q:
    return Q(state=Job.State.RUNNING, beat_at__lt=now - STALE_AFTER)


@dataclass(frozen=True)
class WorkClaim:
    """The right to do one job, held by one worker until it is given up for dead."""

    job: Job
    since: dt.datetime

    @property
    def work(self) -> str:
        return self.job.kind.split(":")[1]

    @property
    def argument(self) -> str:
        return self.job.kind.split(":", 2)[2]

    @property
    def actor(self) -> Actor:
        """Whoever asked for it: what is done is done in their name, with their rights."""
        return Actor("user", user=self.job.started_by) if self.job.started_by else Actor("system")

    def mine(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, started_at=self.since)

    def note(self, done: int, note: str) -> bool:
        """Say how far it is; False when the claim has passed to another worker."""
        return bool(self.mine().update(done=done, note=note[:200], beat_at=timezone.now()))


@operation(needs=None)
def claim_work(*, job_id: int, by: Actor) -> WorkClaim | None:
    """Take up work that waits, or whose worker has gone silent. Of two workers, one does.

    None when there is nothing left to do: a task that is delivered twice works once.
    """
    now = timezone.now()
    free = Job.objects.filter(Q(state=Job.State.WAITING) | _silent(now), pk=job_id)
    claimed = free.update(
        state=Job.State.RUNNING, started_at=now, beat_at=now, done=0, note="Begun."
    )
    if claimed != 1:
        return None
    job = Job.objects.select_related("started_by").get(pk=job_id)
    audit.record(by, "members.claim_work", job, kind=job.kind)
    return WorkClaim(job=job, since=now)


@operation(needs=None)
def end_work(*, claim: WorkClaim, note: str, failed: bool = False, by: Actor) -> bool:
    """Say how the work ended; a worker whose claim has passed on is not heard."""
    fields = {"state": Job.State.FAILED if failed else Job.State.DONE, "note": note[:200]}
    done = {} if failed else {"done": F("total")}
    if claim.mine().update(finished_at=timezone.now(), **fields, **done) != 1:
        return False
    audit.record(by, "members.end_work", claim.job, kind=claim.job.kind, failed=failed)
    return True
