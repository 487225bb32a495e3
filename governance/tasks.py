"""Governance's background work. Each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from core.actors import SYSTEM
from governance import operations
from governance.models import Announcement, Election, Meeting, OpinionPoll, WrittenResolution


@shared_task(name="governance.send_notices")
def send_notices(meeting_id: int) -> None:
    meeting = Meeting.objects.select_related("notice_job").get(pk=meeting_id)
    while operations.send_notices(meeting=meeting, now=timezone.now(), by=SYSTEM):
        pass


@shared_task(name="governance.sweep_notices")
def sweep_notices() -> None:
    """Take up what a crash or an absent broker left: notices, codes, announcements, resolutions and
    polls.
    """
    for pk in Meeting.objects.with_notices_waiting().values_list("pk", flat=True):
        send_notices(pk)
    for pk in Election.objects.with_codes_waiting().values_list("pk", flat=True):
        send_codes(pk)
    for pk in Announcement.objects.filter(told_at__isnull=True).values_list("pk", flat=True):
        tell_of_announcement(pk)
    for pk in WrittenResolution.objects.filter(told_at__isnull=True).values_list("pk", flat=True):
        tell_of_resolution(pk)
    for pk in OpinionPoll.objects.filter(told_at__isnull=True).values_list("pk", flat=True):
        tell_of_poll(pk)
    operations.follow_up_lost_notices(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.send_codes")
def send_codes(election_id: int) -> None:
    election = Election.objects.select_related("code_job", "meeting").get(pk=election_id)
    while operations.send_code_batch(election=election, now=timezone.now(), by=SYSTEM):
        pass


@shared_task(name="governance.close_due_votes")
def close_due_votes() -> None:
    operations.close_due_votes(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.take_due_rolls")
def take_due_rolls() -> None:
    operations.take_due_rolls(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.take_checkpoints")
def take_checkpoints() -> None:
    operations.take_checkpoints(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.tell_of_announcement")
def tell_of_announcement(announcement_id: int) -> None:
    names = ("meeting__body", "adjournment")
    announcement = Announcement.objects.select_related(*names).get(pk=announcement_id)
    while operations.tell_of_announcement(announcement=announcement, now=timezone.now(), by=SYSTEM):
        pass


@shared_task(name="governance.settle_requisitions")
def settle_requisitions() -> None:
    operations.settle_requisitions(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.tell_of_resolution")
def tell_of_resolution(resolution_id: int) -> None:
    resolution = WrittenResolution.objects.select_related("body").get(pk=resolution_id)
    while operations.tell_of_resolution(resolution=resolution, now=timezone.now(), by=SYSTEM):
        pass


@shared_task(name="governance.tell_of_poll")
def tell_of_poll(poll_id: int) -> None:
    poll = OpinionPoll.objects.get(pk=poll_id)
    while operations.tell_of_poll(poll=poll, now=timezone.now(), by=SYSTEM):
        pass


@shared_task(name="governance.lapse_resolutions")
def lapse_resolutions() -> None:
    operations.lapse_resolutions(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.prepare_due_meetings")
def prepare_due_meetings() -> None:
    operations.prepare_due_meetings(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.remind_of_actions")
def remind_of_actions() -> None:
    operations.remind_of_actions(today=timezone.localdate(), by=SYSTEM)


@shared_task(name="governance.close_due_partner_questions")
def close_due_partner_questions() -> None:
    operations.close_due_partner_questions(now=timezone.now(), by=SYSTEM)


@shared_task(name="governance.remind_of_diary")
def remind_of_diary() -> None:
    operations.remind_of_diary(today=timezone.localdate(), by=SYSTEM)
