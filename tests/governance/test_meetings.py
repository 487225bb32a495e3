import datetime as dt
import threading
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, Job, OutboxMessage
from governance import operations as ops
from governance import tasks
from governance.models import AgendaItem, Meeting, Notice
from governance.operations import agenda, meetings
from members.models import Letter
from tests.governance.conftest import CLOSES_AT, LONDON, MEETING_AT, NOW, RECORD_DATE, Society
from tests.governance.test_ballots import at_once

pytestmark = pytest.mark.django_db


def fields(**changes: object) -> dict[str, object]:
    return {
        "kind": "agm",
        "title": "AGM",
        "starts_at": MEETING_AT,
        "place": "Hall",
        "record_date": RECORD_DATE,
    } | changes


def test_only_the_secretary_arranges_meetings(society: Society) -> None:
    member = society.add_member()
    assert member.person
    with pytest.raises(PermissionDenied):
        ops.make_meeting(
            body=society.body(),
            by=Actor("user", member.person.user),
            **fields(),  # type: ignore[arg-type]
        )
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"place": ""}, "place"),
        ({"kind": "party"}, "kind"),
        ({"record_date": dt.date(2026, 3, 29)}, "record_date"),
    ],
)
def test_a_meeting_that_makes_no_sense_is_refused(
    society: Society, change: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        ops.make_meeting(body=society.body(), by=society.secretary, **fields(**change))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not Meeting.objects.exists()


def test_the_agenda_keeps_its_order_through_moves_and_removals(society: Society) -> None:
    meeting = society.meeting(called=False)
    for title in ("Accounts", "Board", "Close"):
        ops.add_item(meeting=meeting, title=title, by=society.secretary)

    def order() -> list[str]:
        return list(meeting.items.values_list("title", flat=True))

    ops.move_item(item=meeting.items.get(title="Board"), up=True, by=society.secretary)
    assert order() == ["Welcome", "Rules", "Board", "Accounts", "Close"]
    ops.remove_item(item=meeting.items.get(title="Rules"), by=society.secretary)
    ops.move_item(item=meeting.items.get(title="Welcome"), up=False, by=society.secretary)
    assert order() == ["Board", "Welcome", "Accounts", "Close"]
    with pytest.raises(RuleError, match="already the first"):
        ops.move_item(item=meeting.items.get(title="Board"), up=True, by=society.secretary)
    with pytest.raises(RuleError, match="already the last"):
        ops.move_item(item=meeting.items.get(title="Close"), up=False, by=society.secretary)


def test_a_motion_with_a_vote_cannot_be_taken_off_the_agenda(society: Society) -> None:
    society.add_member()
    meeting = society.meeting(motion="That the rules change.", called=False)
    society.motion_vote(meeting)
    item = meeting.items.get(title="Rules")
    with pytest.raises(RuleError, match="must stay"):
        ops.remove_item(item=item, by=society.secretary)
    with pytest.raises(RuleError, match="must stay"):
        ops.change_item(item=item, title="Rules", motion="", by=society.secretary)
    assert AgendaItem.objects.get(pk=item.pk).motion.text == "That the rules change."


def test_nobody_seconds_their_own_motion(society: Society) -> None:
    member = society.add_member()
    meeting = society.meeting(called=False)
    with pytest.raises(RuleError, match="Somebody else"):
        ops.add_item(
            meeting=meeting,
            title="Sign",
            motion="That we paint it.",
            proposer=member,
            seconder=member,
            by=society.secretary,
        )
    assert not meeting.items.filter(title="Sign").exists()


def test_what_members_had_notice_of_does_not_change(society: Society) -> None:
    meeting = society.meeting()
    with pytest.raises(RuleError, match="had notice"):
        ops.add_item(meeting=meeting, title="One more thing", by=society.secretary)
    with pytest.raises(RuleError, match="had notice"):
        ops.change_meeting(meeting=meeting, by=society.secretary, **fields(place="Elsewhere"))  # type: ignore[arg-type]
    assert meeting.items.count() == 2


def at(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=LONDON)


def test_notice_that_is_too_short_is_refused_with_the_earliest_lawful_day(
    society: Society,
) -> None:
    society.add_member()
    meeting = society.meeting(called=False)
    with pytest.raises(RuleError) as refused:
        ops.call_meeting(meeting=meeting, now=at(14, 0), by=society.secretary)
    assert refused.value.message == (
        "That is too short: the rules ask for 14 clear days. If notice goes out on Saturday "
        "14 March 2026, the meeting can be held on Sunday 29 March 2026 at the earliest."
    )
    meeting.refresh_from_db()
    assert meeting.state == "draft"
    assert not Notice.objects.exists()
    assert not Job.objects.exists()


def test_the_last_lawful_day_is_late_in_the_evening_too(society: Society) -> None:
    society.add_member()
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=at(13, 23), by=society.secretary)
    assert meeting.state == "called"
    assert meeting.called_on == dt.date(2026, 3, 13)


def test_days_in_the_post_count_once_somebody_needs_a_letter(society: Society) -> None:
    society.add_member(email="")
    meeting = society.meeting(called=False)
    with pytest.raises(RuleError, match=r"letters take 2 days.* Monday 30 March 2026"):
        ops.call_meeting(meeting=meeting, now=at(13), by=society.secretary)
    ops.call_meeting(meeting=meeting, now=at(11), by=society.secretary)
    assert meeting.last_posting == dt.date(2026, 3, 11)


def test_an_empty_agenda_is_not_sent(society: Society) -> None:
    meeting = ops.make_meeting(body=society.body(), by=society.secretary, **fields())  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="agenda"):
        ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)


def test_each_member_of_that_day_gets_notice_by_the_right_way(society: Society) -> None:
    society.add_members(3)
    large = society.add_member()
    assert large.person
    large.person.format = "large"
    large.person.save()
    society.add_member(email="")
    society.add_member(ceased=dt.date(2026, 3, 3))
    society.add_organisation("Damside Trust", society.members[0])
    meeting = society.meeting(motion="That the rules change.", called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    ways = [notice.way for notice in meeting.notices.order_by("member__number")]
    assert ways == ["email", "email", "email", "post", "post", "email"]
    tasks.send_notices(meeting.pk)
    assert OutboxMessage.objects.filter(kind="governance.notice").count() == 4
    text = OutboxMessage.objects.filter(kind="governance.notice").last()
    assert text is not None
    assert "Saturday 28 March 2026" in text.text
    assert "That the rules change." in text.text
    meeting.refresh_from_db()
    assert meeting.notice_job
    assert (meeting.notice_job.state, meeting.notice_job.done) == ("done", 6)
    assert Letter.objects.filter(kind="governance.notice").count() == 2


def test_notices_go_out_once_however_often_the_task_runs(society: Society) -> None:
    society.add_members(3)
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    tasks.sweep_notices()
    tasks.send_notices(meeting.pk)
    tasks.sweep_notices()
    assert OutboxMessage.objects.filter(kind="governance.notice").count() == 3
    assert AuditLine.objects.filter(action="governance.send_notices").count() == 1


def test_notices_go_in_batches_with_their_progress(
    society: Society, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.operations.notices.BATCH", 2)
    society.add_members(5)
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    seen = []
    more = True
    while more:
        meeting = Meeting.objects.select_related("notice_job").get(pk=meeting.pk)
        more = ops.send_notices(meeting=meeting, now=NOW, by=SYSTEM)
        assert meeting.notice_job
        meeting.notice_job.refresh_from_db()
        seen.append(meeting.notice_job.done)
    assert seen == [2, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_the_commit_of_the_call_sends_the_mail(society: Society) -> None:
    society.add_members(2)
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    assert len(django_mail.outbox) == 2
    assert {message.subject for message in django_mail.outbox} == {
        "Annual general meeting 2026: notice of meeting"
    }


def test_a_meeting_is_called_once(society: Society) -> None:
    society.add_member()
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="already"):
        ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    assert meeting.notices.count() == 1


def test_notice_given_elsewhere_is_noted_and_sends_nothing(society: Society) -> None:
    society.add_member()
    meeting = society.meeting(called=False)
    with pytest.raises(RuleError, match="still to come"):
        ops.record_notice(meeting=meeting, sent_on=dt.date(2026, 3, 4), by=society.secretary)
    ops.record_notice(meeting=meeting, sent_on=dt.date(2026, 2, 27), by=society.secretary)
    assert meeting.state == "called"
    assert not OutboxMessage.objects.exists()


def test_a_meeting_opens_and_closes_in_order(society: Society) -> None:
    society.add_members(3)
    meeting = society.meeting(called=False)
    with pytest.raises(RuleError, match="being prepared"):
        ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    ops.record_notice(meeting=meeting, sent_on=NOW.date(), by=society.secretary)
    election = society.open(society.election(meeting, standing=2))
    with pytest.raises(RuleError, match="It does not begin before"):
        ops.open_meeting(
            meeting=meeting, now=MEETING_AT - dt.timedelta(days=1), by=society.secretary
        )
    ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    with pytest.raises(RuleError, match="still open"):
        ops.close_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    society.close(election)
    ops.close_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    assert meeting.state == "closed"
    with pytest.raises(RuleError, match="over"):
        ops.make_election(
            meeting=meeting, title="Late", closes_at=CLOSES_AT, seats=1, by=society.secretary
        )


# --- What people had notice of --------------------------------------------------------------------


def test_once_the_roll_is_taken_the_record_date_stays_of_a_draft_too(society: Society) -> None:
    society.add_member()
    meeting = society.meeting(called=False)
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    later = fields(record_date=RECORD_DATE + dt.timedelta(days=1))
    with pytest.raises(RuleError, match="roll has been taken") as refused:
        ops.change_meeting(meeting=meeting, by=society.secretary, **later)  # type: ignore[arg-type]
    assert refused.value.field == "record_date"
    ops.change_meeting(meeting=meeting, by=society.secretary, **fields(title="Ours"))  # type: ignore[arg-type]
    meeting.refresh_from_db()
    assert (meeting.title, meeting.record_date) == ("Ours", RECORD_DATE)


def test_an_item_that_moved_meanwhile_keeps_its_new_place(society: Society) -> None:
    meeting = society.meeting(called=False)
    stale, moved = meeting.items.get(title="Rules"), meeting.items.get(title="Rules")
    ops.move_item(item=moved, up=True, by=society.secretary)
    ops.change_item(item=stale, title="Our rules", by=society.secretary)
    assert list(meeting.items.values_list("title", flat=True)) == ["Our rules", "Welcome"]


@pytest.mark.parametrize(
    ("module", "step", "change"),
    [
        (
            meetings,
            "place_meeting",
            lambda meeting, by: ops.change_meeting(meeting=meeting, by=by, **fields(title="Other")),  # type: ignore[arg-type]
        ),
        (
            agenda,
            "_fill_in",
            lambda meeting, by: ops.add_item(meeting=meeting, title="Other", by=by),
        ),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_nobody_changes_a_meeting_while_it_is_called(
    society: Society, monkeypatch: pytest.MonkeyPatch, module: Any, step: str, change: Any
) -> None:
    """Somebody else calls it just as it changes: they wait, and give notice of what it is then."""
    society.add_member()
    draft = society.meeting(called=False)
    halfway, called, original = threading.Event(), threading.Event(), getattr(module, step)
    of_call: list[bool] = []

    def slowly(*args: Any) -> Any:
        halfway.set()
        of_call.append(called.wait(1))
        return original(*args)

    monkeypatch.setattr(module, step, slowly)

    def call() -> None:
        halfway.wait(5)
        meeting = Meeting.objects.get(pk=draft.pk)
        ops.record_notice(meeting=meeting, sent_on=NOW.date(), by=society.secretary)
        called.set()

    def edit() -> None:
        change(Meeting.objects.get(pk=draft.pk), society.secretary)

    assert at_once(edit, call) == ["done", "done"]
    assert of_call == [False]
    draft.refresh_from_db()
    assert draft.state == Meeting.State.CALLED
    assert draft.called_on == NOW.date()
