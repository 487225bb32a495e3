"""Calling a meeting: notice in clear days, by e-mail and by post."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import Job
from core.registry import operation
from governance import rules
from governance.models import AgendaItem, Meeting, Notice, Requisition, RuleSet
from governance.operations.early_votes import early_until
from governance.operations.meetings import LONGEST_AHEAD, hold_meeting
from governance.operations.rolls import entitled
from governance.operations.shorter_notice import agreed_to_less
from governance.operations.telling import (
    BATCH,
    has_died,
    members_to_tell,
    seats_to_tell,
    who,
    write_about,
)
from governance.signals import meeting_called
from members.models import Letter


@operation(needs="governance.arrange_meeting")
def call_meeting(*, meeting: Meeting, now: dt.datetime, by: Actor) -> Meeting:
    """Give notice to every member, or of any other body to everybody who sits on it: in the
    background, by e-mail or by a letter in the print queue.

    Refused if anybody would have less notice than the body's rules ask for, with the first day
    on which the meeting could be held; unless enough have agreed to less (shorter_notice). Whom an
    e-mail does not reach, or who asks for post, large print, Easy Read or audio, gets a letter.
    """
    _hold_draft(meeting)
    today = timezone.localdate(now)
    notices = _to_members(meeting, today) if meeting.body.is_of_members else _to_seats(meeting)
    by_post = any(notice.way == Notice.Way.POST for notice in notices)
    _refuse_call(meeting, today, by_post=by_post)
    if not notices:
        raise RuleError("There is nobody to give notice to.")
    _call(meeting, today)
    Notice.objects.bulk_create(notices)
    meeting.notice_job = Job.objects.create(
        kind="governance.notices", total=len(notices), started_by=by.user
    )
    meeting.save(update_fields=["notice_job"])
    letters = sum(notice.way == Notice.Way.POST for notice in notices)
    emails = len(notices) - letters
    audit.record(by, "governance.call_meeting", meeting, emails=emails, letters=letters)
    transaction.on_commit(lambda: meeting_called.send(Meeting, meeting_id=meeting.pk))
    return meeting


@operation(needs="governance.arrange_meeting")
def record_notice(*, meeting: Meeting, sent_on: dt.date, by: Actor) -> Meeting:
    """Note that notice of a meeting was given outside Weft, on a day: nothing is sent from here."""
    if sent_on > timezone.localdate():
        raise RuleError("That day is still to come.", field="sent_on")
    if sent_on < meeting.day - LONGEST_AHEAD:
        raise RuleError("That is more than a year before the meeting.", field="sent_on")
    _hold_draft(meeting)
    _refuse_call(meeting, sent_on, by_post=False)
    _call(meeting, sent_on)
    audit.record(by, "governance.record_notice", meeting, sent_on=sent_on.isoformat())
    return meeting


def _hold_draft(meeting: Meeting) -> None:
    """Nobody changes it while it is called: what people have notice of is what was looked over."""
    hold_meeting(meeting)
    if not meeting.is_draft:
        raise RuleError("This meeting has been called already, or called off.")


def _to_members(meeting: Meeting, today: dt.date) -> list[Notice]:
    """Of those who have died, nobody: their representatives have no vote."""
    return [_addressed(Notice(meeting=meeting, member=one)) for one in members_to_tell(today)]


def _to_seats(meeting: Meeting) -> list[Notice]:
    return [_addressed(Notice(meeting=meeting, person=one)) for one in seats_to_tell(meeting)]


def _addressed(notice: Notice) -> Notice:
    """By e-mail where that will do for them, else by post."""
    by_email = notice.holder.notices_by_email
    notice.way = Notice.Way.EMAIL if by_email else Notice.Way.POST
    return notice


def _refuse_call(meeting: Meeting, sent_on: dt.date, *, by_post: bool) -> None:
    """Unless the agenda, those who vote and the notice are in order."""
    if not meeting.items.exists():
        raise RuleError("Put something on the agenda first: notice says what will be dealt with.")
    _refuse_if_nobody_sits(meeting)
    _refuse_short_notice(meeting, meeting.rules, sent_on, by_post)


def _call(meeting: Meeting, sent_on: dt.date) -> None:
    """draft → called, by the rules of its day."""
    meeting.rule_set = meeting.body.rules_on(meeting.day)
    meeting.state, meeting.called_on = Meeting.State.CALLED, sent_on
    meeting.save(update_fields=["state", "called_on", "rule_set"])
    Requisition.objects.filter(meeting=meeting).update(state=Requisition.State.CALLED)


def _refuse_if_nobody_sits(meeting: Meeting) -> None:
    """A meeting at which nobody could vote is not called: its roll could never be taken."""
    body, day = meeting.body, meeting.record_date
    if not body.is_of_members and not entitled(body, day):
        raise RuleError(
            f"Nobody sits on {body.name} on {_long(day)}, the record date, so nobody could vote. "
            "Note first who sits on it."
        )


def _refuse_short_notice(meeting: Meeting, its: RuleSet, sent_on: dt.date, by_post: bool) -> None:
    in_post, working = (its.days_in_post, its.post_rests) if by_post else (0, False)
    given = rules.clear_days(sent_on, meeting.day, in_post=in_post, working=working)
    if given >= its.notice_days or agreed_to_less(meeting, its, sent_on):
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
    """Put the next batch in the outbox and the print queue; True while there are more.

    Safe to run twice, or by two workers at once: outbox and print queue take each key once.
    """
    job = meeting.notice_job
    if job is None or job.is_over:
        return False
    waiting = meeting.notices.waiting().with_names().order_by("pk")
    items = list(meeting.items.select_related("motion"))
    for notice in waiting[:BATCH]:
        _send(meeting, notice, items, now, by)
    left = meeting.notices.waiting().count()
    done, over = meeting.notices.count() - left, not left
    state = Job.State.DONE if over else Job.State.RUNNING
    unfinished = Job.objects.filter(pk=job.pk, finished_at__isnull=True)
    noted = unfinished.update(
        state=state, done=done, beat_at=now, finished_at=now if over else None
    )
    if over and noted:
        audit.record(by, "governance.send_notices", meeting, job=job.pk)
    return not over


def _send(
    meeting: Meeting, notice: Notice, items: list[AgendaItem], now: dt.datetime, by: Actor
) -> None:
    """Queue one e-mail, or one letter. Its subject names the meeting and no person. Where somebody
    has died since the call, the notice says that nobody was written to.
    """
    letter = notice.way == Notice.Way.POST or notice.came_back_at is not None
    key = f"governance.notice:{meeting.pk}:{who(notice)}"
    written = write_about(
        notice.holder,
        key=f"{key}:letter" if letter else key,
        kind="governance.notice",
        subject=f"{meeting.title}: notice of meeting",
        template="governance/mail/notice.txt",
        context={
            "meeting": meeting,
            "name": notice.name,
            "items": items,
            "on_paper": letter,
            "early_until": early_until(meeting),
        },
        post=letter,
        by=by,
    )
    if written is None:
        notice.way = Notice.Way.NONE
    elif isinstance(written, Letter):
        notice.letter = written
    else:
        notice.message, notice.sent_on = written, timezone.localdate(now)
    notice.save(update_fields=["way", "letter", "message", "sent_on"])


@operation(needs="governance.arrange_meeting")
def note_came_back(*, notice: Notice, now: dt.datetime, by: Actor) -> Notice:
    """The e-mail of a notice came back: a letter follows."""
    _follow_by_letter(notice, now, by)
    audit.record(by, "governance.note_came_back", notice, meeting=notice.meeting_id)
    return notice


@operation(needs=None)
def follow_up_lost_notices(*, now: dt.datetime, by: Actor) -> int:
    """Letters to those whose e-mails no mail server took, after all tries; returns how many."""
    lost = list(
        Notice.objects.given_up()
        .to_the_living()
        .filter(meeting__state=Meeting.State.CALLED)
        .with_names()
        .select_related("meeting")[:BATCH]
    )
    for notice in lost:
        _follow_by_letter(notice, now, by)
        audit.record(by, "governance.note_came_back", notice, meeting=notice.meeting_id)
    return len(lost)


def _follow_by_letter(notice: Notice, now: dt.datetime, by: Actor) -> None:
    meeting = notice.meeting
    if meeting.state != Meeting.State.CALLED:
        raise RuleError(f"The meeting is {meeting.get_state_display().lower()}.")
    if has_died(notice.holder):
        raise RuleError("They have died: nobody is written to.")
    gone = Notice.objects.by_email().filter(pk=notice.pk, sent_on__isnull=False)
    if gone.update(came_back_at=now) != 1:
        raise RuleError("No e-mail went to them, or a letter follows it already.")
    notice.came_back_at = now
    _send(meeting, notice, list(meeting.items.select_related("motion")), now, by)
