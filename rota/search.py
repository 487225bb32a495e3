"""One search in the background, from claim to result. It holds no transaction while it runs.

Progress is written to the job's row as it comes, not by an operation: it changes nothing that
anybody decided, and it must be seen while the search goes on.
"""

from __future__ import annotations

import os

from django.conf import settings
from django.utils import timezone

from core.actors import SYSTEM
from core.models import Job
from rota import problem_builder
from rota.operations import Claim, accept_solution, claim_search, fail_search
from rota.solver import (
    ProblemError,
    Progress,
    SolverFailed,
    greedy,
    quality,
    solve_in_child,
)

#: Points kept of the curve of progress: enough for a drawing.
CURVE_POINTS = 120


def run(job_id: int) -> None:
    """Work out the rota that a job is for. Does nothing if another worker has the job."""
    claim = claim_search(job_id=job_id, by=SYSTEM)
    if claim is None:
        return
    try:
        _work(claim)
    except (SolverFailed, ProblemError) as error:
        fail_search(claim=claim, note=f"The search failed. {error}", by=SYSTEM)
    except Exception:
        fail_search(claim=claim, note="The search failed; the log says why.", by=SYSTEM)
        raise


def _work(claim: Claim) -> None:
    week = problem_builder.load(claim.rota, claim.since)
    meter = _Meter(claim)
    solution = solve_in_child(
        week.problem,
        seconds=settings.ROTA_SOLVE_SECONDS,
        cores=max(1, (os.cpu_count() or 1) - 1),
        on_progress=meter.note,
        should_stop=meter.is_stopped,
    )
    statement = quality(week.problem, solution, greedy(week.problem)).to_dict()
    accept_solution(claim=claim, week=week, solution=solution, statement=statement, by=SYSTEM)


class _Meter:
    """Writes progress to the job and hears whether to stop."""

    def __init__(self, claim: Claim) -> None:
        self._jobs = Job.objects.filter(
            pk=claim.job_id, state=Job.State.RUNNING, started_at=claim.since
        )
        self._curve: list[list[float]] = []
        self._stop = False

    def note(self, progress: Progress) -> None:
        """Stops when somebody asked for it, or when the claim has passed to another worker."""
        self._curve.append([round(progress.elapsed, 1), round(progress.best_cost)])
        if len(self._curve) > CURVE_POINTS:
            self._curve = self._curve[::2]
        still_mine = self._jobs.update(
            done=round(progress.progress * 100),
            curve=self._curve,
            note=f"{progress.unfilled} places not filled so far.",
            beat_at=timezone.now(),
        )
        self._stop = not still_mine or self._jobs.filter(stop_asked=True).exists()

    def is_stopped(self) -> bool:
        return self._stop
