"""Whose names a page shows stands in the read log; long lists come in pages."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import ReadLine
from governance import operations as ops
from governance.models import Election, Interest, Meeting, Voter
from members.models import Member, Person
from tests.governance.conftest import NOW, TODAY, Society
from tests.governance.test_divisions import Room
from tests.governance.test_nominations import ENDS, nominate, stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(society: Society) -> Room:
    """Four who have come, and two who have not."""
    society.add_members(6)
    return Room(society, absent=2)


@pytest.fixture
def called_for(society: Society) -> Election:
    """An election at a meeting that has not been called: its rules are looked up by its day."""
    society.add_members(6)
    election = society.election(society.meeting(called=False), seats=1, standing=0)
    begins = NOW - dt.timedelta(days=1)
    return ops.call_for_nominations(
        election=election, begins=begins, ends=ENDS, by=society.secretary
    )


def ids(*voters: Voter) -> set[int]:
    return {voter.member.person_id for voter in voters if voter.member and voter.member.person_id}


def read_on(client: Client, view: str, *args: object, **query: Any) -> set[int]:
    """Whose reading one page adds to the log."""
    before = ReadLine.objects.count()
    page = client.get(reverse(f"governance:{view}", args=args), query)
    assert page.status_code == 200
    return {line.subject_id for line in ReadLine.objects.order_by("pk")[before:]}


def test_the_list_of_proxies(room: Room, secretary_client: Client) -> None:
    room.give_proxy(room.absent[0], room.voters[0])
    read = read_on(secretary_client, "proxies", room.meeting.pk)
    assert read == ids(room.absent[0], room.voters[0])


def test_who_stands_aside_and_what_the_register_says(room: Room, secretary_client: Client) -> None:
    aside, declares = room.voters[:2]
    room.open()
    item = room.motion.item
    ops.declare_interest(item=item, voter=aside, interest="Bakes", now=NOW, by=room.by)
    assert declares.member
    assert declares.member.person
    Interest.objects.create(
        person=declares.member.person, kind="work", text="The bakery", since=TODAY
    )
    read = read_on(secretary_client, "interests", room.meeting.pk, item.pk)
    assert read == ids(aside, declares)


def test_who_sends_apologies(room: Room, secretary_client: Client) -> None:
    ops.note_apology(voter=room.absent[0], by=room.by)
    assert read_on(secretary_client, "room", room.meeting.pk) == ids(room.absent[0])


def test_who_votes_in_a_poll(room: Room, secretary_client: Client) -> None:
    room.give_proxy(room.absent[0], room.voters[0])
    room.open()
    division = room.begin(way="poll")
    args = room.meeting.pk, room.motion.item_id, division.pk
    read = read_on(secretary_client, "poll", *args)
    assert read == ids(*room.voters[:4], room.absent[0])


def test_who_was_struck_off_the_roll(room: Room, secretary_client: Client) -> None:
    ops.strike_voter(voter=room.voters[0], because="Twice", by=room.by)
    assert read_on(secretary_client, "roll", room.meeting.pk) >= ids(room.voters[0])


def test_who_is_nominated_and_by_whom(
    society: Society, called_for: Election, secretary_client: Client
) -> None:
    ann, bo, cy, *_ = society.members
    nominate(called_for, ann, bo)
    stand(called_for, cy)
    read = read_on(secretary_client, "nominations", called_for.pk)
    assert read == {member.person_id for member in (ann, bo, cy)}


def test_a_page_of_nominations_asks_the_database_as_often_for_many(
    society: Society,
    called_for: Election,
    secretary_client: Client,
    django_assert_max_num_queries: Any,
) -> None:
    url = reverse("governance:nominations", args=[called_for.pk])

    def queries() -> int:
        with django_assert_max_num_queries(60) as counted:
            secretary_client.get(url)
        return len(counted)

    stand(called_for, society.members[0])
    secretary_client.get(url)
    few = queries()
    for member in society.members[1:]:
        stand(called_for, member)
    assert queries() == few


def test_long_lists_come_in_pages(society: Society, secretary_client: Client) -> None:
    body = society.body()
    body.rule_sets.update(most_proxies=60)
    holder = society.add_member("Holder")
    voters = society.add_members(51)
    meeting = society.meeting()
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    person = Person.objects.create(first_name="Ann", last_name="Ash")
    for number, member in enumerate(voters):
        _give(meeting, member, holder, society)
        ops.add_action(
            body=body,
            text=f"Paint {number:02}",
            owner=person,
            due_on=TODAY + dt.timedelta(days=200),
            by=society.secretary,
        )
    last = f"{voters[-1].name}"
    url = reverse("governance:proxies", args=[meeting.pk])
    assert last not in _text(secretary_client, url)
    assert last in _text(secretary_client, url, page="2")
    diary = reverse("governance:diary")
    assert "Paint 50" not in _text(secretary_client, diary)
    assert "Paint 50" in _text(secretary_client, diary, later="2")
    for voter in meeting.voters.exclude(member=holder):
        ops.strike_voter(voter=voter, because="Twice", by=society.secretary)
    roll = reverse("governance:roll", args=[meeting.pk])
    assert last not in _text(secretary_client, roll)
    assert last in _text(secretary_client, roll, changes="2")


def _give(meeting: Meeting, member: Member, holder: Member, society: Society) -> None:
    ops.give_proxy(
        voter=meeting.voters.get(member=member),
        holder=meeting.voters.get(member=holder),
        way="paper",
        now=NOW,
        by=society.secretary,
    )


def _text(client: Client, url: str, **query: str) -> str:
    return unescape(client.get(url, query).content.decode())
