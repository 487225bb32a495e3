"""What follows the call of a meeting: letters, e-mails that come back, shorter notice, news."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage
from governance import operations as ops
from governance import tasks
from governance.models import Announcement, Meeting, Notice, Requisition, ShorterNotice
from members.models import Letter, Person
from members.operations import post_letters, print_letters
from tests.governance.conftest import LONDON, MEETING_AT, NOW, Society

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def said(response: Any) -> str:
    return unescape(response.content.decode())


def called(society: Society) -> Meeting:
    """By e-mail to one member and by post to another, both written."""
    society.add_member()
    society.add_member(email="")
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    tasks.send_notices(meeting.pk)
    return meeting


# --- Letters --------------------------------------------------------------------------------------


def test_whom_e_mail_does_not_reach_gets_a_letter_in_the_print_queue(society: Society) -> None:
    meeting = called(society)
    letter = Letter.objects.get()
    assert letter.person == society.members[1].person
    assert "Annual general meeting 2026" in letter.text
    assert "Saturday 28 March 2026" in letter.text
    notice = meeting.notices.get(way="post")
    assert notice.letter == letter
    assert notice.went_on is None
    assert list(meeting.notices.to_post()) == [notice]


def test_a_notice_by_post_went_on_the_day_its_letter_was_posted(society: Society) -> None:
    meeting = called(society)
    letters = print_letters(letters=Letter.objects.all(), by=society.secretary)
    post_letters(letters=letters, posted_on=TODAY, by=society.secretary)
    assert meeting.notices.get(way="post").went_on == TODAY
    assert not meeting.notices.to_post().exists()


def test_who_has_died_gets_no_notice(society: Society) -> None:
    gone = society.add_member().person
    assert gone
    society.add_member()
    Person.objects.filter(pk=gone.pk).update(died_on=TODAY)
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    assert meeting.notices.count() == 1


# --- E-mails that come back -----------------------------------------------------------------------


def test_an_e_mail_that_came_back_is_followed_by_one_letter(society: Society) -> None:
    meeting = called(society)
    notice = meeting.notices.get(way="email")
    ops.note_came_back(notice=notice, now=NOW, by=society.secretary)
    assert Letter.objects.filter(person=society.members[0].person).count() == 1
    assert meeting.notices.to_post().count() == 2
    assert not meeting.notices.by_email().exists()
    with pytest.raises(RuleError, match="follows it already"):
        ops.note_came_back(notice=notice, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="No e-mail went to them"):
        ops.note_came_back(notice=meeting.notices.get(way="post"), now=NOW, by=society.secretary)


def test_a_letter_follows_by_itself_where_no_server_takes_the_e_mail(society: Society) -> None:
    called(society)
    OutboxMessage.objects.filter(kind="governance.notice").update(state="failed")
    tasks.sweep_notices()
    tasks.sweep_notices()
    assert Letter.objects.filter(person=society.members[0].person).count() == 1
    assert AuditLine.objects.filter(action="governance.note_came_back").count() == 1


def test_nothing_follows_once_the_meeting_has_begun(society: Society) -> None:
    meeting = called(society)
    ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    OutboxMessage.objects.filter(kind="governance.notice").update(state="failed")
    assert ops.follow_up_lost_notices(now=NOW, by=SYSTEM) == 0
    with pytest.raises(RuleError, match="in progress"):
        ops.note_came_back(notice=meeting.notices.get(way="email"), now=NOW, by=society.secretary)


def test_the_page_of_notices(
    society: Society, secretary_client: Client, django_assert_max_num_queries: Any
) -> None:
    meeting = called(society)
    url = reverse("governance:notices", args=[meeting.pk])
    page = said(secretary_client.get(url))
    assert "1 letter waits to be printed and posted by" in page
    back = reverse(
        "governance:notice_came_back", args=[meeting.pk, meeting.notices.get(way="email").pk]
    )
    assert "A letter to" in said(secretary_client.post(back, follow=True))
    page = said(secretary_client.get(url, {"which": "back"}))
    assert "a letter follows" in page
    assert society.members[1].name not in page
    table = secretary_client.get(reverse("governance:notices_csv", args=[meeting.pk]))
    assert "By e-mail,2026-03-03," in table.content.decode()
    for _ in range(20):
        Notice.objects.create(meeting=meeting, member=society.add_member(), way="post")
    with django_assert_max_num_queries(30):
        secretary_client.get(url)


# --- Shorter notice -------------------------------------------------------------------------------


def too_late(society: Society, percent: int = 90) -> Meeting:
    """Of ten members nine must agree; the meeting is in four days."""
    society.add_members(10)
    meeting = society.meeting(called=False)
    meeting.body.rule_sets.update(short_notice_percent=percent)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=NOW + dt.timedelta(days=4))
    return Meeting.objects.get(pk=meeting.pk)


def agree(society: Society, meeting: Meeting, n: int) -> ShorterNotice:
    return ops.note_shorter_notice(
        meeting=meeting, member=society.members[n], way="said", by=society.secretary
    )


def test_a_meeting_is_called_late_once_enough_agree(society: Society) -> None:
    meeting = too_late(society)
    for n in range(8):
        agree(society, meeting, n)
    with pytest.raises(RuleError, match="too short"):
        ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    agree(society, meeting, 8)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    assert meeting.state == "called"
    with pytest.raises(RuleError, match="had notice"):
        agree(society, meeting, 9)


def test_who_leaves_or_changes_their_mind_does_not_count(society: Society) -> None:
    meeting = too_late(society)
    rows = [agree(society, meeting, n) for n in range(9)]
    ops.take_back_shorter_notice(agreed=rows[0], now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="already"):
        ops.take_back_shorter_notice(agreed=rows[0], now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="too short"):
        ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    agree(society, meeting, 0)
    member = society.members[1]
    member.ceased = TODAY - dt.timedelta(days=1)
    member.save()
    with pytest.raises(RuleError, match="too short"):  # eight of nine: nine tenths are nine
        ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)


def test_notice_is_not_shortened_where_the_rules_do_not_say_so(society: Society) -> None:
    meeting = too_late(society, percent=0)
    with pytest.raises(RuleError, match="do not let"):
        agree(society, meeting, 0)
    with pytest.raises(RuleError, match="too short"):
        ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)


def test_nobody_agrees_twice_or_who_is_no_member(society: Society) -> None:
    meeting = too_late(society)
    agree(society, meeting, 0)
    with pytest.raises(RuleError, match="agreed already"):
        agree(society, meeting, 0)
    with pytest.raises(RuleError, match="Only members"):
        ops.note_shorter_notice(meeting=meeting, way="said", by=society.secretary)
    with pytest.raises(RuleError, match="how they agreed"):
        ops.note_shorter_notice(
            meeting=meeting, member=society.members[1], way="?", by=society.secretary
        )
    assert meeting.shorter_notice.count() == 1


def test_on_a_board_who_sits_on_it_agrees(society: Society) -> None:
    board = ops.make_body(
        name="Board", kind="board", since=dt.date(2025, 1, 1), by=society.secretary
    )
    board.rule_sets.update(short_notice_percent=100, notice_days=7)
    people = [Person.objects.create(first_name=name, last_name="Ash") for name in ("Ann", "Bo")]
    for person in people:
        ops.take_seat(
            body=board,
            person=person,
            way="appointed",
            since=TODAY,
            minute="1",
            by=society.secretary,
        )
    meeting = ops.make_meeting(
        body=board,
        kind="board",
        title="Board",
        starts_at=NOW + dt.timedelta(days=1),
        place="Office",
        record_date=TODAY,
        by=society.secretary,
    )
    ops.add_item(meeting=meeting, title="Rent", by=society.secretary)
    stranger = Person.objects.create(first_name="Cy", last_name="Ash")
    with pytest.raises(RuleError, match="who sits on it"):
        ops.note_shorter_notice(meeting=meeting, person=stranger, way="said", by=society.secretary)
    for person in people:
        with pytest.raises(RuleError, match="too short"):
            ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
        ops.note_shorter_notice(meeting=meeting, person=person, way="email", by=society.secretary)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    assert meeting.state == "called"


def test_shorter_notice_in_the_browser(society: Society, secretary_client: Client) -> None:
    meeting = too_late(society, percent=10)
    assert "0 of the 1 who must agree" in said(
        secretary_client.get(reverse("governance:call", args=[meeting.pk]))
    )
    url = reverse("governance:shorter_notice", args=[meeting.pk])
    page = secretary_client.post(url, {"member": "999", "way": "said"})
    assert "Nobody in the register has the number 999" in said(page)
    answers = {"member": str(society.members[0].number), "way": "paper"}
    assert society.members[0].name in said(secretary_client.post(url, answers, follow=True))
    row = meeting.shorter_notice.get()
    secretary_client.post(
        reverse("governance:shorter_notice_back", args=[meeting.pk, row.pk]), follow=True
    )
    assert not meeting.shorter_notice.standing().exists()


# --- Where it is held -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "place", "joining", "field"),
    [
        ("room", "", "", "place"),
        ("room", "Hall", "01632", "joining"),
        ("online", "Hall", "01632", "place"),
        ("online", "", "", "joining"),
        ("hybrid", "Hall", "", "joining"),
        ("hybrid", "", "01632", "place"),
        ("boat", "Hall", "", "held"),
    ],
)
def test_how_where_and_the_way_in_fit_together(
    society: Society, held: str, place: str, joining: str, field: str
) -> None:
    meeting = called(society)
    with pytest.raises(RuleError) as refused:
        ops.change_place(
            meeting=meeting,
            held=held,
            place=place,
            joining=joining,
            now=NOW,
            by=society.secretary,
        )
    assert refused.value.field == field
    meeting.refresh_from_db()
    assert (meeting.held, meeting.place) == ("room", "Weavers Hall")
    assert not Announcement.objects.exists()


def test_everybody_is_told_of_another_place(society: Society) -> None:
    meeting = called(society)
    values = {"held": "online", "place": "", "joining": "01632 960 400"}
    ops.change_place(meeting=meeting, now=NOW, by=society.secretary, **values)
    with pytest.raises(RuleError, match="Nothing is changed"):
        ops.change_place(meeting=meeting, now=NOW, by=society.secretary, **values)
    tasks.sweep_notices()
    mail = OutboxMessage.objects.get(kind="governance.announcement")
    letter = Letter.objects.get(kind="governance.announcement")
    for text in (mail.text, letter.text):
        assert "From home only" in text
        assert "01632 960 400" in text


def test_a_draft_or_a_meeting_in_progress_does_not_move(society: Society) -> None:
    meeting = society.meeting(called=False)
    values = {"held": "room", "place": "Elsewhere", "joining": ""}
    with pytest.raises(RuleError, match="called and has not begun"):
        ops.change_place(meeting=meeting, now=NOW, by=society.secretary, **values)


# --- Called off -----------------------------------------------------------------------------------


def call_off(society: Society, meeting: Meeting, because: str = "The hall is flooded.") -> Meeting:
    return ops.cancel_meeting(meeting=meeting, because=because, now=NOW, by=society.secretary)


def test_who_had_notice_hears_that_the_meeting_is_called_off(society: Society) -> None:
    meeting = called(society)
    with pytest.raises(RuleError, match="Say why"):
        call_off(society, meeting, " ")
    call_off(society, meeting)
    tasks.sweep_notices()
    assert "The hall is flooded." in OutboxMessage.objects.get(kind="governance.announcement").text
    assert "The hall is flooded." in Letter.objects.get(kind="governance.announcement").text
    with pytest.raises(RuleError, match="called off"):
        call_off(society, meeting)
    with pytest.raises(RuleError, match="called off"):
        ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    with pytest.raises(RuleError, match="called off"):
        ops.add_item(meeting=meeting, title="More", by=society.secretary)


def test_nobody_hears_of_a_draft_that_is_given_up(society: Society) -> None:
    society.add_member()
    meeting = society.meeting(called=False)
    call_off(society, meeting, "")
    tasks.sweep_notices()
    assert not OutboxMessage.objects.exists()
    member = society.members[0].person
    assert member
    assert member.user
    assert not Meeting.objects.visible_to(member.user).exists()


def test_a_meeting_with_an_open_vote_is_not_called_off(society: Society) -> None:
    society.add_members(3)
    meeting = society.meeting()
    election = society.open(society.election(meeting, standing=2))
    with pytest.raises(RuleError, match="vote is open"):
        call_off(society, meeting)
    society.close(election)
    call_off(society, meeting)
    assert meeting.state == "cancelled"


def test_what_members_asked_for_can_be_prepared_again(society: Society) -> None:
    society.add_members(10)
    society.body()
    asked = ops.start_requisition(
        member=society.members[0], title="Day centre", business="It.", now=NOW, by=society.secretary
    )
    assert asked.state == "valid"
    for _ in range(2):
        meeting = ops.call_requisitioned(
            requisition=asked,
            starts_at=NOW + dt.timedelta(days=20),
            place="Hall",
            record_date=TODAY,
            by=society.secretary,
        )
        ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
        assert Requisition.objects.get().state == "called"
        call_off(society, meeting)
        assert Requisition.objects.get().state == "valid"


def test_telling_goes_in_batches_and_after_a_crash(
    society: Society, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.operations.telling.BATCH", 2)
    society.add_members(5)
    meeting = society.meeting()
    call_off(society, meeting)
    news = Announcement.objects.get()
    assert ops.tell_of_announcement(announcement=news, now=NOW, by=SYSTEM)
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)  # between two batches
    tasks.sweep_notices()
    assert OutboxMessage.objects.filter(kind="governance.announcement").count() == 5
    assert AuditLine.objects.filter(action="governance.tell_of_announcement").count() == 1


def test_only_the_secretary_does_any_of_it(society: Society) -> None:
    meeting = called(society)
    person = society.members[0].person
    assert person
    member = Actor("user", person.user)
    with pytest.raises(PermissionDenied):
        ops.cancel_meeting(meeting=meeting, because="No", now=NOW, by=member)
    with pytest.raises(PermissionDenied):
        ops.change_place(meeting=meeting, held="room", place="X", joining="", now=NOW, by=member)
    with pytest.raises(PermissionDenied):
        ops.note_came_back(notice=meeting.notices.all()[0], now=NOW, by=member)
    with pytest.raises(PermissionDenied):
        ops.note_shorter_notice(meeting=meeting, way="said", by=member)


def test_called_off_and_moved_in_the_browser(society: Society, secretary_client: Client) -> None:
    meeting = called(society)
    place = reverse("governance:meeting_place", args=[meeting.pk])
    page = secretary_client.post(place, {"held": "hybrid", "place": "Hall", "joining": ""})
    assert "Say how to join from home" in said(page)
    page = secretary_client.post(
        place, {"held": "hybrid", "place": "Hall", "joining": "01632"}, follow=True
    )
    assert "In a room, and from home" in said(page)
    off = reverse("governance:meeting_cancel", args=[meeting.pk])
    assert "There is a problem" in said(secretary_client.post(off, {"because": ""}))
    assert not Announcement.objects.filter(what="called_off").exists()
    page = secretary_client.post(off, {"because": "Flood."}, follow=True)
    assert "The meeting is called off" in said(page)
    assert "Flood." in said(page)
    assert "Call it off" not in said(page)


def test_the_planner_shows_the_earliest_day(
    society: Society, secretary_client: Client, time_machine: Any
) -> None:
    time_machine.move_to(dt.datetime(2026, 3, 3, 12, tzinfo=LONDON), tick=False)
    society.body()
    page = said(secretary_client.get(reverse("governance:meeting_new")))
    assert "Wednesday 18 March 2026" in page
    assert "Friday 20 March 2026" in page


# --- Who has died ---------------------------------------------------------------------------------


def died(person: Person | None) -> None:
    assert person
    Person.objects.filter(pk=person.pk).update(died_on=TODAY)


def test_of_who_dies_after_the_call_the_notice_says_that_nobody_was_written_to(
    society: Society, secretary_client: Client
) -> None:
    by_email, by_post = society.add_member(), society.add_member(email="")
    society.add_member("Living")
    meeting = society.meeting(called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    died(by_email.person)
    died(by_post.person)
    tasks.send_notices(meeting.pk)
    assert [one.to for one in OutboxMessage.objects.all()] == ["living@example.org"]
    assert not Letter.objects.exists()
    assert set(meeting.notices.filter(sent_on=None).values_list("way", flat=True)) == {"none"}
    assert not meeting.notices.waiting().exists()
    meeting.refresh_from_db()
    assert meeting.notice_job
    assert meeting.notice_job.is_over
    page = said(secretary_client.get(reverse("governance:notices", args=[meeting.pk])))
    assert "Nobody: they have died" in page


def test_no_letter_follows_to_who_has_died(society: Society) -> None:
    meeting = called(society)
    notice = meeting.notices.get(way="email")
    died(society.members[0].person)
    notice.refresh_from_db()
    with pytest.raises(RuleError, match="They have died"):
        ops.note_came_back(notice=notice, now=NOW, by=society.secretary)
    OutboxMessage.objects.filter(pk=notice.message_id).update(state="failed")
    assert ops.follow_up_lost_notices(now=NOW, by=SYSTEM) == 0
    assert Letter.objects.count() == 1


def test_who_has_died_sits_on_nothing_that_is_called_voted_on_or_written_to(
    society: Society,
) -> None:
    society.member_class("Workers")
    day = dt.date(2026, 2, 1)
    board = ops.make_body(name="Board", kind="board", since=day, by=society.secretary)
    ann, bo = (one.person for one in society.add_members(2))
    for person in (ann, bo):
        assert person
        ops.take_seat(
            body=board, person=person, way="elected", since=day, minute="1", by=society.secretary
        )
    meeting = ops.make_meeting(
        body=board,
        kind="board",
        title="Board",
        starts_at=MEETING_AT,
        place="Hall",
        record_date=TODAY,
        by=society.secretary,
    )
    ops.add_item(meeting=meeting, title="Welcome", by=society.secretary)
    died(ann)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    assert [notice.person for notice in meeting.notices.all()] == [bo]
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    assert [voter.person for voter in meeting.voters.all()] == [bo]
