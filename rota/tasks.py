"""The rota's background work. Each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from core.models import Job
from rota import search
from rota.operations.solving import JOB_KIND, STALE_AFTER


@shared_task(name="rota.solve")
def solve(job_id: int) -> None:
    search.run(job_id)


@shared_task(name="rota.take_up_searches")
def take_up_searches() -> None:
    """Begin again what waits too long or whose worker has died."""
    silent_since = timezone.now() - STALE_AFTER
    mine = Job.objects.filter(kind=JOB_KIND)
    waiting = mine.filter(state=Job.State.WAITING, created_at__lt=silent_since)
    silent = mine.filter(state=Job.State.RUNNING, beat_at__lt=silent_since)
    for job_id in (waiting | silent).values_list("pk", flat=True):
        solve.delay(job_id)
