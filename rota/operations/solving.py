"""Changes of state of a week's rota: made, worked out in the background, proposed.

The search itself is `rota.search`; it holds no transaction while it runs. A claim on the job is
its start time, so that a worker that was given up for dead can no longer hand in a result.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import Job
from core.registry import operation
from rota import problem_builder
from rota.models import Assignment, Carer, Rota
from rota.problem_builder import Week
from rota.rules import monday_of
from rota.signals import search_asked
from rota.solver import Breach, Problem, Solution, greedy, quality, verify
from services.models import Visit

JOB_KIND = "rota.solve"
#: A worker that has shown no sign of life for so long is given up, and the search begun again.
STALE_AFTER = dt.timedelta(minutes=3)


@operation(needs="rota.build_rota")
def make_rota(*, week_start: dt.date, by: Actor) -> Rota:
    """Begin a week's rota as a draft, which carers do not see. One rota a week, from Monday."""
    if week_start != monday_of(week_start):
        raise RuleError("A rota begins on a Monday.", field="week_start")
    rota, created = Rota.objects.get_or_create(week_start=week_start)
    if not created:
        raise RuleError("There is a rota for this week already.", field="week_start")
    audit.record(by, "rota.make_rota", rota)
    return rota


@operation(needs="rota.build_rota")
def start_search(*, rota: Rota, by: Actor) -> Job:
    """Ask for the week to be worked out in the background, keeping what is pinned.

    Refused while it is being worked out already and once it is published: carers have been told,
    so from then on it changes visit by visit.
    """
    if not Visit.objects.between(rota.starts_at, rota.ends_at).planned().exists():
        raise RuleError("No visits are planned in this week, so there is nothing to work out.")
    if not Carer.objects.active_between(rota.week_start, rota.last_day).exists():
        raise RuleError("No carers work in this week. Add carers first.")
    job = Job.objects.create(
        kind=JOB_KIND, total=100, started_by=by.user, note="Waiting for a worker to begin."
    )
    open_states = [Rota.State.DRAFT, Rota.State.PROPOSED]
    taken = Rota.objects.filter(pk=rota.pk, state__in=open_states).update(
        state=Rota.State.SOLVING, job=job, revision=F("revision") + 1
    )
    if taken != 1:
        rota.refresh_from_db()
        raise RuleError(
            f"This rota is {rota.get_state_display().lower()}, so it cannot be worked out now."
        )
    rota.refresh_from_db()
    audit.record(by, "rota.start_search", rota, job=job.pk)
    transaction.on_commit(lambda: search_asked.send(Rota, job_id=job.pk))
    return job


@operation(needs="rota.build_rota")
def stop_search(*, rota: Rota, by: Actor) -> None:
    """Stop a running search and take the best so far; one that has not begun is dropped."""
    jobs = Job.objects.filter(kind=JOB_KIND, pk__in=[rota.job_id])
    dropped = jobs.filter(state=Job.State.WAITING).update(
        state=Job.State.STOPPED, note="Stopped before it began.", finished_at=timezone.now()
    )
    if dropped:
        _back_to_hand(rota)
    elif jobs.filter(state=Job.State.RUNNING).update(stop_asked=True) != 1:
        raise RuleError("Nothing is being worked out now.")
    audit.record(by, "rota.stop_search", rota, job=rota.job_id)


# --- What the background worker does --------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """The right to work on one search, held by one worker until it is given up for dead."""

    job_id: int
    rota: Rota
    since: dt.datetime


@operation(needs=None)
def claim_search(*, job_id: int, by: Actor) -> Claim | None:
    """Take up a search that waits, or one whose worker has gone silent. Of two workers, one does.

    Returns None when there is nothing (left) to do: a task that is delivered twice works once.
    """
    now = timezone.now()
    abandoned = Q(state=Job.State.RUNNING, beat_at__lt=now - STALE_AFTER)
    claimed = Job.objects.filter(Q(state=Job.State.WAITING) | abandoned, pk=job_id).update(
        state=Job.State.RUNNING,
        started_at=now,
        beat_at=now,
        done=0,
        curve=[],
        note="Getting ready. The first search after an update takes up to half a minute more.",
    )
    rota = Rota.objects.filter(job=job_id, state=Rota.State.SOLVING).first()
    if claimed != 1:
        return None
    if rota is None:
        _close_job(Job.objects.filter(pk=job_id), Job.State.FAILED, "The rota was withdrawn.")
        return None
    audit.record(by, "rota.claim_search", rota, job=job_id)
    return Claim(job_id=job_id, rota=rota, since=now)


@operation(needs=None)
def accept_solution(
    *, claim: Claim, week: Week, solution: Solution, statement: dict[str, Any], by: Actor
) -> bool:
    """Put what the search found in place of the old plan, if it keeps every hard rule.

    `week` is what the search was given, `statement` says how good its answer is (solver.quality).
    It is checked by the solver's independent verifier against the rows as they are now, which may
    have changed during the search. A rota that breaks a rule is refused as a whole, and the job
    says so. Returns whether it was taken; a worker whose claim has passed to another is not heard.
    """
    rota = claim.rota
    fresh = problem_builder.load(rota, claim.since)
    posed = {visit.id for visit in fresh.problem.visits}
    kept = Solution(tuple(one for one in solution.placements if one.visit_id in posed))
    breaches = new_breaches(fresh.problem, fixed_part(fresh), kept)
    if breaches:
        changed = fresh.problem != week.problem
        return _refuse(claim, _refusal(breaches, changed), by)
    mine = _claimed(claim)
    stopped = Job.objects.filter(pk=claim.job_id, stop_asked=True).exists()
    state = Job.State.STOPPED if stopped else Job.State.DONE
    if not _close_job(mine, state, "Stopped: the best so far was taken." if stopped else "Done."):
        return False
    try:
        with transaction.atomic():
            _replace_plan(fresh, kept)
    except IntegrityError:
        return _refuse(claim, "The plan changed at the same moment. Please try again.", by)
    Rota.objects.filter(pk=rota.pk, state=Rota.State.SOLVING, job=claim.job_id).update(
        state=Rota.State.PROPOSED,
        quality=statement,
        solved_at=timezone.now(),
        revision=F("revision") + 1,
    )
    audit.record(by, "rota.accept_solution", rota, job=claim.job_id, visits=len(kept.placements))
    return True


@operation(needs=None)
def fail_search(*, claim: Claim, note: str, by: Actor) -> None:
    """The search ended without a rota: say so on the job and give the rota back to hands."""
    _refuse(claim, note, by)


@operation(needs="rota.build_rota")
def fill_greedily(*, rota: Rota, now: dt.datetime | None = None, by: Actor) -> Rota:
    """Fill the week visit by visit, each with the cheapest carer who can: quick, not clever.

    For when no search can run. What is pinned or has begun at `now` stays. Refused like a search.
    """
    now = now or timezone.now()
    open_states = [Rota.State.DRAFT, Rota.State.PROPOSED]
    taken = Rota.objects.filter(pk=rota.pk, state__in=open_states)
    if taken.update(revision=F("revision") + 1) != 1:
        raise RuleError("This rota cannot be filled now: it is being worked out or published.")
    week = problem_builder.load(rota, now)
    solution = greedy(week.problem)
    breaches = new_breaches(week.problem, fixed_part(week), solution)
    if breaches:
        raise RuleError(_refusal(breaches, changed=False))
    _replace_plan(week, solution)
    rota.refresh_from_db()
    rota.state, rota.solved_at = Rota.State.PROPOSED, now
    rota.quality = quality(week.problem, solution, solution).to_dict()
    rota.save(update_fields=["state", "solved_at", "quality"])
    audit.record(by, "rota.fill_greedily", rota, visits=len(solution.placements))
    return rota


def fixed_part(week: Week) -> Solution:
    """The visits that nobody may move: pinned by hand, or already begun."""
    kept = {visit.id for visit in week.problem.visits if visit.pinned}
    return Solution(tuple(one for one in week.solution.placements if one.visit_id in kept))


def new_breaches(problem: Problem, before: Solution, after: Solution) -> list[Breach]:
    """Hard rules that `after` breaks and `before` did not.

    A rule that a pinned visit broke already (somebody decided so, or a skill has run out since)
    stays broken whoever works out the rest; it is shown, not held against the new plan.
    """
    old = {(one.rule, one.carer_id) for one in verify(problem, before)}
    return [one for one in verify(problem, after) if (one.rule, one.carer_id) not in old]


def _refusal(breaches: list[Breach], changed: bool) -> str:
    if changed:
        return "Visits changed during the search, and what was found no longer fits. Try again."
    rules = ", ".join(sorted({one.rule.replace("_", " ") for one in breaches}))
    count = f"{len(breaches)} hard rule{'s' * (len(breaches) != 1)}"
    return f"What came back breaks {count} ({rules}), so it was not used."


def _replace_plan(week: Week, solution: Solution) -> None:
    week.rota.assignments.all().delete()
    Assignment.objects.bulk_create(problem_builder.assignments_of(week, solution))


def _claimed(claim: Claim) -> Any:
    return Job.objects.filter(pk=claim.job_id, state=Job.State.RUNNING, started_at=claim.since)


def _close_job(jobs: Any, state: str, note: str) -> bool:
    now = timezone.now()
    fields: dict[str, Any] = {"state": state, "note": note[:200], "finished_at": now}
    if state != Job.State.FAILED:
        fields["done"] = F("total")
    return bool(jobs.update(**fields))


def _refuse(claim: Claim, note: str, by: Actor) -> bool:
    if _close_job(_claimed(claim), Job.State.FAILED, note):
        _back_to_hand(claim.rota)
        audit.record(by, "rota.fail_search", claim.rota, job=claim.job_id)
    return False


def _back_to_hand(rota: Rota) -> None:
    """From "being worked out" to what it was before."""
    state = Rota.State.PROPOSED if rota.solved_at else Rota.State.DRAFT
    Rota.objects.filter(pk=rota.pk, state=Rota.State.SOLVING).update(
        state=state, revision=F("revision") + 1
    )
