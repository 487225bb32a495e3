"""The electoral roll: as at the record date, one class each, no silent change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM
from core.errors import RuleError
from core.models import AuditLine
from governance import operations as ops
from governance.models import Meeting, RollChange, Voter
from members import operations as members
from members.models import Member, MemberClass
from tests.governance.conftest import CLOSES_AT, MEETING_AT, NOW, RECORD_DATE, TODAY, Society

DAY = dt.timedelta(days=1)


def roll(meeting: Meeting) -> set[str]:
    return {voter.name for voter in meeting.voters.standing().with_names()}


def test_late_joiners_and_leavers(society: Society) -> None:
    society.add_member("Ann")
    society.add_member("Joined", joined=RECORD_DATE)
    society.add_member("Late", joined=RECORD_DATE + DAY)
    society.add_member("Gone", ceased=RECORD_DATE)
    society.add_member("Going", ceased=RECORD_DATE + DAY)
    meeting = society.meeting()
    assert ops.take_roll(meeting=meeting, now=NOW, by=society.secretary) == 3
    assert roll(meeting) == {"Ann Example", "Joined Example", "Going Example"}


def test_everybody_is_on_it_once_in_the_class_of_that_day(society: Society) -> None:
    member = society.add_member("Ann", "Workers")
    family = society.member_class("Families")
    MemberClass.objects.filter(pk=family.pk).update(minimum_shares=0)
    family.refresh_from_db()
    meeting = society.meeting()
    members.move_class(
        member=member,
        entered=family,
        date=RECORD_DATE + DAY,
        because="Left the rota",
        minute="B 1",
        by=society.secretary,
    )
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    (voter,) = meeting.voters.all()
    assert (voter.member_class, voter.constituency) == ("workers", "Workers")


def moved_since(society: Society, meeting: Meeting) -> Member:
    """Somebody who was of the Workers on the record date, and is of the Families now."""
    member = society.add_member(constituency="Workers")
    family = society.member_class("Families")
    MemberClass.objects.filter(pk=family.pk).update(minimum_shares=0)
    family.refresh_from_db()
    members.move_class(
        member=member,
        entered=family,
        date=meeting.record_date + DAY,
        because="Left the rota",
        minute="B 1",
        by=society.secretary,
    )
    member.refresh_from_db()
    return member


def test_who_is_put_on_it_later_votes_in_the_class_of_that_day(society: Society) -> None:
    society.add_member()
    meeting = society.meeting()
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    member = moved_since(society, meeting)
    said = {"meeting": meeting, "member": member, "because": "Left off"}
    voter = ops.add_voter(by=society.secretary, **said)
    assert (voter.member_class, voter.constituency) == ("workers", "Workers")


def test_who_stands_and_nominates_goes_by_the_class_of_that_day(society: Society) -> None:
    other = society.add_member(constituency="Families")
    meeting = society.meeting()
    member = moved_since(society, meeting)
    election = society.election(meeting, seats=1, standing=0)
    kept = {"title": "Board", "closes_at": CLOSES_AT, "seats": 1}
    ops.change_election(election=election, constituency="Families", by=society.secretary, **kept)
    with pytest.raises(RuleError, match="kept for Families"):
        ops.add_candidate(election=election, member=member, by=society.secretary)
    begins, ends = NOW, NOW + DAY
    ops.call_for_nominations(election=election, begins=begins, ends=ends, by=society.secretary)
    with pytest.raises(RuleError, match="they nominate for it"):
        ops.nominate(
            election=election, member=other, nominator=member, now=NOW, by=society.secretary
        )
    ops.change_election(election=election, constituency="Workers", by=society.secretary, **kept)
    ops.add_candidate(election=election, member=member, by=society.secretary)
    with pytest.raises(RuleError, match="is not one of them"):
        ops.change_election(
            election=election, constituency="Families", by=society.secretary, **kept
        )


def test_an_organisation_votes_beside_the_person_who_represents_it(society: Society) -> None:
    ann = society.add_member("Ann")
    society.add_organisation("Chapel Trust", ann)
    meeting = society.meeting()
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    assert roll(meeting) == {"Ann Example", "Chapel Trust"}
    assert ann.person
    assert ann.person.user
    assert meeting.voters.of_user(ann.person.user, TODAY).count() == 2


def test_the_roll_of_a_board_is_who_sat_on_it(society: Society) -> None:
    society.member_class("Workers")
    board = ops.make_body(name="Board", kind="board", since=RECORD_DATE, by=society.secretary)
    for name, since in (("Ann", RECORD_DATE), ("Bo", RECORD_DATE + DAY)):
        person = society.add_member(name).person
        assert person
        ops.take_seat(
            body=board, person=person, way="elected", since=since, minute="1", by=society.secretary
        )
    meeting = ops.make_meeting(
        body=board,
        kind="board",
        title="Board",
        starts_at=MEETING_AT,
        place="Hall",
        record_date=RECORD_DATE,
        by=society.secretary,
    )
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    assert roll(meeting) == {"Ann Example"}


def test_the_record_date_must_have_come_and_the_roll_is_taken_once(society: Society) -> None:
    society.add_member()
    meeting = society.meeting()
    early = NOW - 3 * DAY
    with pytest.raises(RuleError, match="has not come yet"):
        ops.take_roll(meeting=meeting, now=early, by=society.secretary)
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="taken already"):
        ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    assert meeting.voters.count() == 1


def test_a_called_meeting_gets_its_roll_by_itself_on_the_day(society: Society) -> None:
    society.add_member()
    meeting = society.meeting()
    assert ops.take_due_rolls(now=NOW - 3 * DAY, by=SYSTEM) == 0
    assert ops.take_due_rolls(now=NOW, by=SYSTEM) == 1
    assert ops.take_due_rolls(now=NOW, by=SYSTEM) == 0
    assert meeting.voters.count() == 1


def committee_meeting(society: Society, name: str = "Rota", **said: Any) -> Meeting:
    """A meeting of a committee on which Ann has sat since the record date."""
    body = ops.make_body(name=name, kind="committee", since=RECORD_DATE, by=society.secretary)
    ann = society.add_member("Ann").person
    assert ann
    ops.take_seat(
        body=body, person=ann, way="elected", since=RECORD_DATE, minute="1", by=society.secretary
    )
    values = {"record_date": RECORD_DATE, "starts_at": MEETING_AT, "place": "Hall"} | said
    meeting = ops.make_meeting(
        body=body, kind="committee", title=name, by=society.secretary, **values
    )
    ops.add_item(meeting=meeting, title="Rota", by=society.secretary)
    return meeting


def test_a_meeting_without_voters_keeps_back_no_other_roll(society: Society) -> None:
    empty = committee_meeting(society, record_date=RECORD_DATE + DAY)
    ops.record_notice(meeting=empty, sent_on=TODAY, by=society.secretary)
    ops.end_seat(seat=empty.body.seats.get(), until=RECORD_DATE, minute="2", by=society.secretary)
    other = society.meeting()
    assert ops.take_due_rolls(now=NOW, by=SYSTEM) == 1
    assert other.voters.exists()
    assert not empty.voters.exists()


def test_a_body_on_which_nobody_sits_calls_no_meeting(society: Society) -> None:
    meeting = committee_meeting(society)
    ops.strike_seat(seat=meeting.body.seats.get(), by=society.secretary)
    for call in (
        lambda: ops.record_notice(meeting=meeting, sent_on=TODAY, by=society.secretary),
        lambda: ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary),
    ):
        with pytest.raises(RuleError, match="Nobody sits on Rota on Sunday 1 March 2026"):
            call()
    meeting.refresh_from_db()
    assert meeting.is_draft


def test_nobody_comes_on_or_off_it_in_silence(society: Society) -> None:
    member = society.add_member()
    meeting = society.meeting()
    with pytest.raises(RuleError, match="not been taken"):
        ops.add_voter(meeting=meeting, member=member, because="x", by=society.secretary)
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    voter = meeting.voters.get()
    with pytest.raises(RuleError, match="Say why"):
        ops.strike_voter(voter=voter, because=" ", by=society.secretary)
    ops.strike_voter(voter=voter, because="Died", by=society.secretary)
    with pytest.raises(RuleError, match="off the roll already"):
        ops.strike_voter(voter=voter, because="Died", by=society.secretary)
    assert not meeting.voters.standing().exists()
    ops.add_voter(meeting=meeting, member=member, because="Was another", by=society.secretary)
    assert meeting.voters.standing().count() == 1
    said = AuditLine.objects.filter(action__in=["governance.add_voter", "governance.strike_voter"])
    assert said.count() == 2


def test_each_change_of_a_roll_stays_with_its_day_and_reason(
    society: Society, secretary_client: Client
) -> None:
    member = society.add_member("Ann")
    meeting = society.meeting()
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    ops.strike_voter(voter=meeting.voters.get(), because="Died", by=society.secretary)
    ops.add_voter(meeting=meeting, member=member, because="Was another", by=society.secretary)
    changes = RollChange.objects.filter(voter__meeting=meeting)
    assert list(changes.values_list("what", "on", "because")) == [
        ("struck", TODAY, "Died"),
        ("added", TODAY, "Was another"),
    ]
    page = secretary_client.get(reverse("governance:roll", args=[meeting.pk])).content.decode()
    assert "Ann Example was taken off it on Tuesday 3 March 2026: Died" in page
    assert "Ann Example was put on it on Tuesday 3 March 2026: Was another" in page
    for change in (changes.delete, lambda: changes.update(because="x")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_who_sits_on_it_and_was_struck_by_mistake_is_put_back(
    society: Society, secretary_client: Client
) -> None:
    meeting = committee_meeting(society)
    ops.record_notice(meeting=meeting, sent_on=TODAY, by=society.secretary)
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    voter = meeting.voters.get()
    ops.strike_voter(voter=voter, because="Took her for another", by=society.secretary)
    address = reverse("governance:voter_add", args=[meeting.pk])
    secretary_client.post(address, {"person": voter.person_id, "because": "It was she"})
    assert meeting.voters.standing().get() == voter


def test_who_sat_on_it_and_was_noted_late_is_put_on_it(society: Society) -> None:
    meeting = committee_meeting(society)
    ops.record_notice(meeting=meeting, sent_on=TODAY, by=society.secretary)
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    late, never = society.add_member("Bo").person, society.add_member("Cy").person
    for person, since in ((late, RECORD_DATE), (never, RECORD_DATE + DAY)):
        assert person
        ops.take_seat(
            body=meeting.body,
            person=person,
            way="elected",
            since=since,
            minute="2",
            by=society.secretary,
        )
    said = {"meeting": meeting, "because": "Left off", "by": society.secretary}
    assert ops.add_voter(person=late, **said).person == late
    with pytest.raises(RuleError, match="did not sit on it"):
        ops.add_voter(person=never, **said)
    with pytest.raises(RuleError, match="Say who"):
        ops.add_voter(member=society.members[0], **said)


def test_who_was_not_in_the_register_that_day_cannot_be_put_on_it(society: Society) -> None:
    society.add_member()
    late = society.add_member(joined=RECORD_DATE + DAY)
    meeting = society.meeting()
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="not in the register"):
        ops.add_voter(meeting=meeting, member=late, because="Please", by=society.secretary)
    assert Voter.objects.count() == 1


def test_taking_the_roll_asks_as_often_for_many(
    society: Society, django_assert_max_num_queries: Any
) -> None:
    society.add_members(30)
    meeting = society.meeting()
    with django_assert_max_num_queries(16):
        ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
