"""Votes on motions before the meeting, by post or online."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from governance import operations as ops
from governance import tasks
from governance.models import EarlyVote, NamedVote, Voter
from members.models import Letter
from tests.governance.conftest import MEETING_AT, NOW, Society
from tests.governance.test_divisions import Room

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def room_with(society: Society, members: int = 6, absent: int = 3, **rule: Any) -> Room:
    society.add_members(members)
    return Room(society, absent=absent, early_votes=True, **rule)


def say(room: Room, voter: Voter, choice: str, now: dt.datetime = NOW) -> EarlyVote | None:
    return ops.vote_early(motion=room.motion, voter=voter, choice=choice, now=now, by=room.by)


def poll(room: Room, *choices: str) -> NamedVote:
    """Those who are there vote so, and the poll is closed."""
    division = room.begin("poll")
    for voter, choice in zip(room.voters, choices, strict=False):
        room.enter(division, voter, choice)
    return room.close(division)  # type: ignore[return-value]


def test_votes_given_before_decide_a_poll(society: Society) -> None:
    room = room_with(society)
    for voter in room.absent:
        say(room, voter, "against")
    room.open()
    division: Any = poll(room, "for", "for", "abstain")
    assert division.totals == {"for": 2, "against": 3, "abstain": 1}
    assert not division.carried
    assert division.votes.filter(early=True).count() == 3


def test_hands_would_leave_them_out(society: Society) -> None:
    room = room_with(society)
    say(room, room.absent[0], "for")
    room.open()
    with pytest.raises(RuleError, match="Take a poll"):
        room.begin("hands")


def test_who_comes_all_the_same_votes_in_the_room(society: Society) -> None:
    room = room_with(society)
    say(room, room.voters[0], "against")
    room.open()
    division: Any = poll(room, "for", "for")
    assert division.totals == {"for": 2, "against": 0, "abstain": 0}


def test_it_goes_before_what_a_proxy_would_say(society: Society) -> None:
    room = room_with(society)
    absent = room.absent[0]
    room.give_proxy(absent, room.voters[0], directions={str(room.motion.pk): "against"})
    say(room, absent, "for")
    room.open()
    division = room.begin("poll")
    with pytest.raises(RuleError, match="voted before the meeting"):
        room.enter(division, absent, "against")
    room.enter(division, room.voters[0], "for")
    room.close(division)
    assert division.totals == {"for": 2, "against": 0, "abstain": 0}


def test_it_does_not_count_for_other_words(society: Society) -> None:
    room = room_with(society)
    for voter in room.absent:
        say(room, voter, "against")
    room.open()
    amendment = ops.move_amendment(motion=room.motion, text="That it be blue.", by=room.by)
    division = room.begin("hands", amendment)
    room.hands(3, 0, 0)
    room.motion.refresh_from_db()
    assert room.motion.text == "That it be blue."
    division = room.begin("hands")  # nobody has voted on these words: hands will do
    room.hands(2, 1, 0)
    division.refresh_from_db()
    assert division.carried


def test_who_stands_aside_does_not_count(society: Society) -> None:
    room = room_with(society)
    say(room, room.absent[0], "against")
    say(room, room.absent[1], "against")
    room.open()
    ops.declare_interest(
        item=room.motion.item,
        voter=room.absent[0],
        interest="Sells paint.",
        now=NOW,
        by=room.by,
    )
    division: Any = poll(room, "for", "for")
    assert division.totals == {"for": 2, "against": 1, "abstain": 0}


def test_a_share_of_those_present_counts_them_as_present(society: Society) -> None:
    room = room_with(society, threshold_of="present")
    for voter in room.absent:
        say(room, voter, "abstain")
    room.open()
    division: Any = poll(room, "for", "for", "for")
    assert not division.carried  # three of six


def test_it_is_changed_and_taken_back_until_the_rules_want_it(society: Society) -> None:
    room = room_with(society)
    voter = room.voters[0]
    say(room, voter, "for")
    say(room, voter, "against")
    assert EarlyVote.objects.get().choice == "against"
    assert say(room, voter, "", MEETING_AT - 48 * HOUR) is None
    with pytest.raises(RuleError, match="no such vote"):
        say(room, voter, "")
    with pytest.raises(RuleError, match="had to be here by 26 March 2026 at 14:00"):
        say(room, voter, "for", MEETING_AT - 47 * HOUR)
    assert not EarlyVote.objects.exists()


def test_only_as_the_rules_and_the_state_allow(society: Society) -> None:
    room = room_with(society)
    with pytest.raises(RuleError, match="for, against or abstain"):
        say(room, room.voters[0], "perhaps")
    room.open()
    with pytest.raises(RuleError, match="in progress"):
        say(room, room.voters[0], "for")
    room.meeting.rule_set.early_votes = False
    room.motion.item.meeting.rule_set.early_votes = False
    with pytest.raises(RuleError, match="know no votes"):
        say(room, room.voters[0], "for")


def test_nobody_votes_for_somebody_else(society: Society) -> None:
    room = room_with(society)
    person = society.members[0].person
    assert person
    me = Actor("user", person.user)
    mine = ops.vote_early(motion=room.motion, voter=room.voters[0], choice="for", now=NOW, by=me)
    assert mine
    assert mine.way == "online"
    with pytest.raises(PermissionDenied):
        ops.vote_early(motion=room.motion, voter=room.voters[1], choice="for", now=NOW, by=me)
    struck = ops.strike_voter(voter=room.voters[2], because="Left", by=room.by)
    with pytest.raises(RuleError, match="on the roll"):
        say(room, struck, "for")


def test_a_letter_of_notice_is_a_voting_paper(society: Society) -> None:
    society.add_member(email="")
    society.body().rule_sets.update(early_votes=True)
    meeting = society.meeting(motion="That it be red.", called=False)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    tasks.send_notices(meeting.pk)
    letter = Letter.objects.get()
    assert "write for, against or abstain beside each motion" in letter.text
    assert "Thursday 26 March 2026 at 14:00" in letter.text


def test_a_member_votes_on_the_page_of_the_motion(
    society: Society, signed_in: Any, secretary_client: Client
) -> None:
    room = room_with(society)
    person = society.members[0].person
    assert person
    client = signed_in(person.user)
    args = [room.meeting.pk, room.motion.item_id]
    page = reverse("governance:motion", args=args)
    assert "You can vote on this motion now" in unescape(client.get(page).content.decode())
    url = reverse("governance:vote_early", args=[*args, room.voters[0].pk])
    after = client.post(url, {"choice": "for"}, follow=True)
    assert "has voted: for." in unescape(after.content.decode())
    other = reverse("governance:vote_early", args=[*args, room.voters[1].pk])
    assert client.post(other, {"choice": "for"}).status_code == 403
    assert client.get(reverse("governance:early_votes", args=args)).status_code == 403

    keyed = reverse("governance:early_votes", args=args)
    wrong = secretary_client.post(keyed, {"voter": "999", "choice": "for"})
    assert "Nobody on the roll has the number 999" in unescape(wrong.content.decode())
    number = society.members[1].number
    secretary_client.post(keyed, {"voter": number, "choice": "against"})
    assert EarlyVote.objects.get(voter=room.voters[1]).way == "paper"
    own = society.members[0].number
    refused = secretary_client.post(keyed, {"voter": own, "choice": "against"})
    assert "Only they can change it" in unescape(refused.content.decode())
    assert EarlyVote.objects.get(voter=room.voters[0]).choice == "for"
    listed = unescape(secretary_client.get(keyed).content.decode())
    assert society.members[1].name in listed
    secretary_client.post(other, {"choice": ""})
    assert EarlyVote.objects.count() == 1
