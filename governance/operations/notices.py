"""Calling a meeting: notice in clear days, by e-mail and by post."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateformat import format as format_date

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.models import Job
from core.registry import operation
from governance import rules
from governance.models import Meeting, Notice, Requisition, RuleSet
from governance.signals import meeting_called
from members.models import Member

BATCH = 50


@operation(needs="governance.arrange_meeting")
def call_meeting(*, meeting: Meeting, now: dt.datetime, by: Actor) -> Meeting:
    """Give notice to every member, or of any other body to everybody who sits on it: e-mails go out
    in the background, letters are for us to post.

    Refused if anybody would have less notice than the body's rules ask for, with the first day
    on which the meeting could be held. Whom an e-mail does not reach, or who asks for post, large
    print, Easy Read or audio, gets a letter.
    """
    today = timezone.localdate(now)
    notices = _to_members(meeting, today) if meeting.body.is_of_members else _to_seats(meeting)
    by_post = any(notice.way == Notice.Way.POST for notice in notices)
    _call(meeting, today, by_post=by_post)
    if not notices:
        raise RuleError("There is nobody to give notice to.")
    Notice.objects.bulk_create(notices)
    emails = sum(notice.way == Notice.Way.EMAIL for notice in notices)
    meeting.notice_job = Job.objects.create(
        kind="governance.notices", total=emails, started_by=by.user
    )
    meeting.save(update_fields=["notice_job"])
    letters = len(notices) - emails
    audit.record(by, "governance.call_meeting", meeting, emails=emails, letters=letters)
    transaction.on_commit(lambda: meeting_called.send(Meeting, meeting_id=meeting.pk))
    return meeting


@operation(needs="governance.arrange_meeting")
def record_notice(*, meeting: Meeting, sent_on: dt.date, by: Actor) -> Meeting:
    """Note that notice of a meeting was given outside Weft, on a day: nothing is sent from here."""
    if sent_on > timezone.localdate():
        raise RuleError("That day is still to come.", field="sent_on")
    _call(meeting, sent_on, by_post=False)
    audit.record(by, "governance.record_notice", meeting, sent_on=sent_on.isoformat())
    return meeting


def _to_members(meeting: Meeting, today: dt.date) -> list[Notice]:
    members = Member.objects.active_on(today).select_related("person", "organisation")
    return [_addressed(Notice(meeting=meeting, member=member)) for member in members]


def _to_seats(meeting: Meeting) -> list[Notice]:
    """Everybody who sits on the body on the day of the meeting, once."""
    seats = meeting.body.seats.held_on(meeting.day).select_related("person")
    return [
        _addressed(Notice(meeting=meeting, person=person))
        for person in dict.fromkeys(seat.person for seat in seats)
    ]


def _addressed(notice: Notice) -> Notice:
    """By e-mail where that will do for them, else by post."""
    by_email = notice.holder.notices_by_email
    notice.way = Notice.Way.EMAIL if by_email else Notice.Way.POST
    return notice


def _call(meeting: Meeting, sent_on: dt.date, *, by_post: bool) -> None:
    """draft → called, by the rules of its day, if the agenda and the notice are in order."""
    if not meeting.items.exists():
        raise RuleError("Put something on the agenda first: notice says what will be dealt with.")
    its = meeting.body.rules_on(meeting.day)
    _refuse_short_notice(meeting, its, sent_on, by_post)
    called = Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.DRAFT).update(
        state=Meeting.State.CALLED, called_on=sent_on, rule_set=its
    )
    if called != 1:
        raise RuleError("This meeting has been called already.")
    Requisition.objects.filter(meeting=meeting).update(state=Requisition.State.CALLED)
    meeting.refresh_from_db()


def _refuse_short_notice(meeting: Meeting, its: RuleSet, sent_on: dt.date, by_post: bool) -> None:
    in_post, working = (its.days_in_post, its.post_rests) if by_post else (0, False)
    given = rules.clear_days(sent_on, meeting.day, in_post=in_post, working=working)
    if given >= its.notice_days:
        return
    earliest = rules.earliest_meeting(
        sent_on, days=its.notice_days, in_post=in_post, working=working
    )
    letters = f", and letters take {its.days_in_post} days" if by_post else ""
    raise RuleError(
        f"That is too short: the rules ask for {its.notice_days} clear days{letters}. If notice "
        f"goes out on {_long(sent_on)}, the meeting can be held on {_long(earliest)} at the "
        "earliest.",
        field="sent_on",
    )


def _long(day: dt.date) -> str:
    return format_date(day, "l j F Y")


@operation(needs=None)
def send_notices(*, meeting: Meeting, now: dt.datetime, by: Actor) -> bool:
    """Put the next batch of e-mails in the outbox; True while there are more.

    Safe to run twice, or by two workers at once: each notice is claimed by a conditional update,
    and the outbox takes each key once.
    """
    job = meeting.notice_job
    if job is None or job.is_over:
        return False
    names = ("member__person", "member__organisation", "person")
    waiting = meeting.notices.waiting_for_email().select_related(*names)
    batch = list(islice(waiting.order_by("pk"), BATCH))
    sent = sum(_send(meeting, notice, now) for notice in batch)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, done=F("done") + sent, beat_at=now
    )
    more = meeting.notices.waiting_for_email().exists()
    if not more:
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, finished_at=now)
        audit.record(by, "governance.send_notices", meeting, job=job.pk)
    return more


def _send(meeting: Meeting, notice: Notice, now: dt.datetime) -> bool:
    """Queue one e-mail, if nobody else has. Its subject names the meeting and no person."""
    waiting = Notice.objects.filter(pk=notice.pk, sent_on__isnull=True)
    if waiting.update(sent_on=timezone.localdate(now)) != 1:
        return False
    mail.queue(
        key=f"governance.notice:{meeting.pk}:{notice.member_id or f'seat-{notice.person_id}'}",
        kind="governance.notice",
        to=notice.holder.email,
        subject=f"{meeting.title}: notice of meeting",
        template="governance/mail/notice.txt",
        context={"meeting": meeting, "name": notice.name, "items": meeting.items.all()},
    )
    return True


@operation(needs="governance.arrange_meeting")
def mark_posted(*, meeting: Meeting, posted_on: dt.date, by: Actor) -> int:
    """Note the day on which the letters went to the post; returns how many."""
    if meeting.called_on is None:
        raise RuleError("The meeting has not been called yet.")
    if not meeting.called_on <= posted_on <= timezone.localdate():
        raise RuleError(
            "Letters are posted from the day of the call until today.", field="posted_on"
        )
    letters = meeting.notices.by_post().filter(sent_on__isnull=True)
    posted = letters.update(sent_on=posted_on, sent_by=by.user)
    if not posted:
        raise RuleError("All letters have been posted already.")
    audit.record(by, "governance.mark_posted", meeting, letters=posted)
    return posted
