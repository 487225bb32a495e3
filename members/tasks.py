"""Members' background work. Each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from core.actors import SYSTEM
from core.models import Job
from members import jobs, operations
from members.operations.data_requests import JOB_KIND, STALE_AFTER
from members.operations.jobs import left_behind
from members.subject_access.make import make


@shared_task(name="members.make_data_pack")
def make_data_pack(job_id: int) -> None:
    make(job_id)


@shared_task(name="members.take_up_data_packs")
def take_up_data_packs() -> None:
    """Begin again what waits too long or whose worker has died."""
    silent_since = timezone.now() - STALE_AFTER
    mine = Job.objects.filter(kind=JOB_KIND)
    waiting = mine.filter(state=Job.State.WAITING, created_at__lt=silent_since)
    silent = mine.filter(state=Job.State.RUNNING, beat_at__lt=silent_since)
    for job_id in (waiting | silent).values_list("pk", flat=True):
        make_data_pack.delay(job_id)


@shared_task(name="members.forget_posted_letters")
def forget_posted_letters() -> None:
    operations.forget_posted_letters(today=timezone.localdate(), by=SYSTEM)


@shared_task(name="members.remove_old_packs")
def remove_old_packs() -> None:
    operations.remove_old_packs(now=timezone.now(), by=SYSTEM)


@shared_task(name="members.forget_old_imports")
def forget_old_imports() -> None:
    operations.forget_old_imports(now=timezone.now(), by=SYSTEM)


@shared_task(name="members.tell_of_lapses")
def tell_of_lapses() -> None:
    operations.tell_of_lapses(today=timezone.localdate(), by=SYSTEM)


@shared_task(name="members.do_work")
def do_work(job_id: int) -> None:
    jobs.run(job_id)


@shared_task(name="members.take_up_work")
def take_up_work() -> None:
    """Begin again what waits too long or whose worker has died."""
    for job_id in left_behind(timezone.now()).values_list("pk", flat=True):
        do_work.delay(job_id)


@shared_task(name="members.remind_of_dues")
def remind_of_dues() -> None:
    """Some at a time, so that nobody else waits for all of them."""
    while operations.remind_of_dues(today=timezone.localdate(), by=SYSTEM):
        continue


@shared_task(name="members.collect_open_dues")
def collect_open_dues() -> None:
    while operations.collect_open_dues(today=timezone.localdate(), by=SYSTEM):
        continue
