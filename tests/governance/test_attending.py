"""Who is there: heads by class, proxies of the absent, those who stand aside; the live quorum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from core.models import OutboxMessage
from governance import operations as ops
from governance.models import Attendance, Election, Meeting, Motion, Proxy, Voter
from governance.presence import room_of, voting_proxies
from tests.governance.conftest import MEETING_AT, NOW, TODAY, Society
from tests.governance.test_ballots import at_once

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def meeting(society: Society) -> Meeting:
    """Six on the roll, two of them workers; a quorum of three, one of them a worker."""
    society.add_members(4, constituency="People")
    society.add_members(2, constituency="Workers")
    ops.set_rules(
        body=society.body(),
        since=dt.date(2025, 6, 1),
        values={"quorum_least": 3, "quorum_of_class": {"Workers": 1}, "most_proxies": 2},
        sources={},
        by=society.secretary,
    )
    meeting = society.meeting(motion="That we paint the hall.")
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    return meeting


@pytest.fixture
def voters(meeting: Meeting) -> list[Voter]:
    return list(meeting.voters.order_by("member__number"))


def come(society: Society, *voters: Voter, way: str = "room") -> None:
    for voter in voters:
        ops.check_in(voter=voter, way=way, now=NOW, by=society.secretary)


def as_voter(voter: Voter) -> Actor:
    assert voter.member
    assert voter.member.person
    return Actor("user", user=voter.member.person.user)


def give(voter: Voter, holder: Voter, **said: Any) -> Proxy:
    said.setdefault("by", as_voter(voter))
    return ops.give_proxy(voter=voter, holder=holder, now=said.pop("now", NOW), **said)


def proxy(voter: Voter, holder: Voter, **said: Any) -> Proxy:
    return ops.accept_proxy(proxy=give(voter, holder, **said), now=NOW, by=as_voter(holder))


# --- Coming and going -----------------------------------------------------------------------------


def test_the_quorum_is_of_heads_and_of_each_class(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    come(society, *voters[:3])
    assert room_of(meeting).quorum.present == 3
    assert room_of(meeting).quorum.short == {"Workers": (0, 1)}
    come(society, voters[4], way="phone")
    assert room_of(meeting).quorum.holds


def test_a_quorum_is_lost_when_people_leave_and_found_when_they_come_back(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    come(society, *voters[:2], voters[4])
    assert room_of(meeting).quorum.holds
    leaving = Attendance.objects.get(voter=voters[0])
    ops.check_out(attendance=leaving, now=LATER, by=society.secretary)
    assert not room_of(meeting).quorum.holds
    with pytest.raises(RuleError, match="left already"):
        ops.check_out(attendance=leaving, now=LATER, by=society.secretary)
    come(society, voters[0])
    assert room_of(meeting).quorum.holds


def test_nobody_is_there_twice_and_guests_do_not_count(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    come(society, voters[0])
    with pytest.raises(RuleError, match="is here already"):
        come(society, voters[0], way="video")
    ops.note_guest(meeting=meeting, name="An auditor", way="room", now=NOW, by=society.secretary)
    assert room_of(meeting).quorum.present == 1
    with pytest.raises(RuleError, match="guest’s name"):
        ops.note_guest(meeting=meeting, name=" ", way="room", now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="how they are there"):
        come(society, voters[1], way="horse")


def test_who_is_off_the_roll_does_not_come_in(society: Society, voters: list[Voter]) -> None:
    ops.strike_voter(voter=voters[0], because="Died", by=society.secretary)
    voters[0].refresh_from_db()
    with pytest.raises(RuleError, match="off the roll"):
        come(society, voters[0])
    come(society, voters[1])
    with pytest.raises(RuleError, match="present"):
        ops.strike_voter(voter=voters[1], because="Died", by=society.secretary)


def test_a_coming_noted_by_mistake_is_taken_back(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    come(society, voters[0])
    ops.was_not_there(attendance=Attendance.objects.get(), by=society.secretary)
    assert room_of(meeting).quorum.present == 0


def test_an_apology_goes_when_they_come_after_all(society: Society, voters: list[Voter]) -> None:
    ops.note_apology(voter=voters[0], by=society.secretary)
    ops.note_apology(voter=voters[0], by=society.secretary)
    come(society, voters[0])
    assert not hasattr(Voter.objects.get(pk=voters[0].pk), "apology")
    with pytest.raises(RuleError, match="is here"):
        ops.note_apology(voter=voters[0], by=society.secretary)


def test_nobody_comes_before_the_call_or_after_the_end(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    ops.close_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    with pytest.raises(RuleError, match="closed"):
        come(society, voters[0])


def test_only_staff_keep_the_door(voters: list[Voter]) -> None:
    with pytest.raises(PermissionDenied):
        ops.check_in(voter=voters[0], way="room", now=NOW, by=as_voter(voters[0]))


# --- Standing aside -------------------------------------------------------------------------------


def test_an_interest_takes_somebody_out_of_quorum_and_vote_on_that_item(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    come(society, *voters[:2], voters[4])
    item = meeting.items.get(title="Rules")
    declared = ops.declare_interest(
        item=item, voter=voters[4], interest="My brother paints", now=NOW, by=society.secretary
    )
    room = room_of(meeting, item)
    assert (room.quorum.present, room.quorum.holds) == (2, False)
    assert voters[4].pk not in room.entitled
    assert room_of(meeting).quorum.holds  # only on that item
    with pytest.raises(RuleError, match="already"):
        ops.declare_interest(
            item=item, voter=voters[4], interest="Again", now=NOW, by=society.secretary
        )
    ops.withdraw_interest(recusal=declared, now=NOW, by=society.secretary)
    assert room_of(meeting, item).quorum.holds


# --- Proxies --------------------------------------------------------------------------------------


def secret(society: Society) -> tuple[Meeting, Election]:
    """A meeting with its roll, and a secret vote on its motion."""
    society.add_members(3)
    meeting = society.meeting(motion="That we sell the minibus.")
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    return meeting, society.motion_vote(meeting)


def test_who_stands_aside_is_not_on_the_roll_of_the_secret_vote(society: Society) -> None:
    meeting, vote = secret(society)
    item = meeting.items.get(motion__isnull=False)
    aside, back, stays = meeting.voters.order_by("pk")
    said = {"item": item, "interest": "Hers", "now": NOW, "by": society.secretary}
    ops.declare_interest(voter=aside, **said)
    recusal = ops.declare_interest(voter=back, **said)
    ops.withdraw_interest(recusal=recusal, now=NOW, by=society.secretary)
    ops.freeze_roll(election=vote, now=NOW, by=society.secretary)
    on_roll = set(vote.rollentry_set.values_list("member", flat=True))
    assert on_roll == {back.member_id, stays.member_id}
    with pytest.raises(RuleError, match="secret vote on this item is frozen"):
        ops.declare_interest(voter=stays, **said)
    with pytest.raises(RuleError, match="secret vote on this item is frozen"):
        ops.withdraw_interest(recusal=aside.recusals.get(), now=NOW, by=society.secretary)


def test_an_interest_in_an_election_of_people_takes_nobody_off_its_roll(society: Society) -> None:
    meeting, _ = secret(society)
    item = meeting.items.get(motion__isnull=False)
    voter = meeting.voters.order_by("pk")[0]
    ops.declare_interest(item=item, voter=voter, interest="x", now=NOW, by=society.secretary)
    board = society.election(meeting, standing=2)
    ops.freeze_roll(election=board, now=NOW, by=society.secretary)
    assert board.rollentry_set.count() == 3


def test_after_the_meeting_nobody_takes_an_interest_back(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    item = meeting.items.all()[0]
    said = {"item": item, "interest": "Hers", "now": NOW, "by": society.secretary}
    recusal = ops.declare_interest(voter=voters[0], **said)
    Meeting.objects.filter(pk=meeting.pk).update(state="closed", closed_at=NOW)
    with pytest.raises(RuleError, match="meeting is over"):
        ops.withdraw_interest(recusal=recusal, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="meeting is over"):
        ops.declare_interest(voter=voters[1], **said)


def test_an_interest_is_noted_of_somebody_who_is_not_there(
    society: Society, secretary_client: Client
) -> None:
    meeting, vote = secret(society)
    item = meeting.items.get(motion__isnull=False)
    address = reverse("governance:interests", args=[meeting.pk, item.pk])
    assert (
        "A secret vote on it leaves them out too" in secretary_client.get(address).content.decode()
    )
    number = society.members[0].number
    unknown = secretary_client.post(address, {"number": 99, "interest": "His"})
    assert "Nobody with the number 99 is on the roll" in unknown.content.decode()
    secretary_client.post(address, {"number": number, "interest": "His"})
    assert meeting.voters.get(recusals__isnull=False).member == society.members[0]
    ops.freeze_roll(election=vote, now=NOW, by=society.secretary)
    assert "can no longer be noted here" in secretary_client.get(address).content.decode()


def test_a_proxy_counts_while_its_giver_is_away_and_its_holder_there(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    away, holder = voters[0], voters[1]
    proxy(away, holder)
    assert room_of(meeting).quorum.present == 0  # the holder is not there
    come(society, holder)
    assert room_of(meeting).represented == {away.pk: holder.pk}
    assert room_of(meeting).quorum.present == 2
    come(society, away)
    assert room_of(meeting).represented == {}
    assert room_of(meeting).quorum.present == 2
    ops.check_out(attendance=Attendance.objects.get(voter=away), now=LATER, by=society.secretary)
    assert room_of(meeting).represented == {away.pk: holder.pk}


def test_a_proxy_takes_the_holders_consent(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    offered = give(voters[0], voters[1])
    come(society, voters[1])
    assert room_of(meeting).represented == {}
    with pytest.raises(PermissionDenied):
        ops.accept_proxy(proxy=offered, now=NOW, by=as_voter(voters[2]))
    ops.refuse_proxy(proxy=offered, now=NOW, by=as_voter(voters[1]))
    with pytest.raises(RuleError, match="answered already"):
        ops.accept_proxy(proxy=offered, now=NOW, by=as_voter(voters[1]))
    assert room_of(meeting).represented == {}


def test_a_signed_paper_is_accepted_with_it(society: Society, voters: list[Voter]) -> None:
    given = give(voters[0], voters[1], way="paper", by=society.secretary)
    assert given.accepted_at == NOW


def test_a_proxy_is_taken_back(society: Society, meeting: Meeting, voters: list[Voter]) -> None:
    given = proxy(voters[0], voters[1])
    come(society, voters[1])
    with pytest.raises(PermissionDenied):
        ops.revoke_proxy(proxy=given, now=NOW, by=as_voter(voters[2]))
    ops.revoke_proxy(proxy=given, now=NOW, by=as_voter(voters[0]))
    assert room_of(meeting).represented == {}
    with pytest.raises(RuleError, match="ended already"):
        ops.revoke_proxy(proxy=given, now=NOW, by=as_voter(voters[0]))


def test_a_later_proxy_takes_the_place_of_an_earlier(voters: list[Voter]) -> None:
    first = give(voters[0], voters[1])
    second = give(voters[0], voters[2])
    first.refresh_from_db()
    assert first.ended_because == "Another was given"
    assert list(Proxy.objects.standing()) == [second]


def test_nobody_holds_more_than_the_rules_let_them(voters: list[Voter]) -> None:
    holder = voters[5]
    first = give(voters[0], holder)
    give(voters[1], holder)
    with pytest.raises(RuleError, match="speaks for 2 members already"):
        give(voters[2], holder)
    give(voters[0], holder, discretion=False)  # instead of the first, not beside it
    first.refresh_from_db()
    assert first.ended_at is not None
    assert Proxy.objects.standing().filter(holder=holder).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_one_holder_at_once_no_more_than_the_rules_say_succeed(
    voters: list[Voter],
) -> None:
    holder, *givers = voters
    fresh = Voter.objects.select_related("meeting__rule_set", "member__person__user")

    def give_of(pk: int) -> Callable[[], Proxy]:
        return lambda: give(fresh.get(pk=pk), fresh.get(pk=holder.pk))

    ends = at_once(*[give_of(one.pk) for one in givers])
    assert ends.count("done") == 2
    assert Proxy.objects.standing().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_gives_one_proxy(voters: list[Voter]) -> None:
    fresh = Voter.objects.select_related("meeting__rule_set", "member__person__user")

    def act() -> Proxy:
        return give(fresh.get(pk=voters[0].pk), fresh.get(pk=voters[1].pk))

    ends = at_once(act, act)
    assert sorted(ends) == ["This proxy has been given to " + voters[1].name + " already.", "done"]
    assert Proxy.objects.count() == 1


def test_nobody_but_staff_says_that_a_proxy_came_on_paper(voters: list[Voter]) -> None:
    """On paper the holder has signed too, and is not asked."""
    with pytest.raises(PermissionDenied):
        give(voters[0], voters[1], way="paper")
    assert not Proxy.objects.exists()


def test_a_refused_proxy_leaves_the_earlier_one_in_place(voters: list[Voter]) -> None:
    kept = give(voters[0], voters[1])
    give(voters[2], voters[5])
    give(voters[3], voters[5])
    with pytest.raises(RuleError, match="already"):
        give(voters[0], voters[5])
    kept.refresh_from_db()
    assert kept.ended_at is None


@pytest.mark.parametrize(
    ("counts", "may_vote", "present", "votes"),
    [(True, True, 2, True), (True, False, 2, False), (False, True, 1, True)],
)
def test_to_count_as_present_and_to_vote_are_two_things(
    society: Society,
    meeting: Meeting,
    voters: list[Voter],
    counts: bool,
    may_vote: bool,
    present: int,
    votes: bool,
) -> None:
    society.body().rule_sets.update(proxies_in_quorum=True)
    meeting.refresh_from_db()
    given = proxy(voters[0], voters[1], counts=counts, may_vote=may_vote)
    come(society, voters[1])
    room = room_of(meeting)
    assert room.quorum.present == present
    assert (voters[0].pk in room.represented) == counts
    assert voting_proxies(room) == ({voters[0].pk: given} if votes else {})


def test_a_proxy_is_for_something(meeting: Meeting, voters: list[Voter]) -> None:
    motion = meeting.items.get(title="Rules").motion
    with pytest.raises(RuleError, match="what the proxy is for"):
        give(voters[0], voters[1], counts=False, may_vote=False)
    with pytest.raises(RuleError, match="not to vote"):
        give(voters[0], voters[1], may_vote=False, directions={str(motion.pk): "for"})
    give(voters[0], voters[1], may_vote=False, directions={str(motion.pk): ""})


def test_what_a_proxy_is_for_can_be_changed_by_giving_it_again(voters: list[Voter]) -> None:
    give(voters[0], voters[1])
    give(voters[0], voters[1], may_vote=False)
    assert [one.may_vote for one in Proxy.objects.standing()] == [False]


def test_proxies_have_a_deadline(society: Society, voters: list[Voter]) -> None:
    last = MEETING_AT - dt.timedelta(hours=48)
    give(voters[0], voters[1], now=last)
    with pytest.raises(RuleError, match="had to be here by 26 March 2026 at 14:00"):
        give(voters[2], voters[1], now=last + dt.timedelta(seconds=1))


@pytest.mark.parametrize(
    ("directions", "fine"),
    [
        ({}, True),
        ({"motion": "for"}, True),
        ({"motion": ""}, True),
        ({"motion": "loudly"}, False),
        ({"999999": "for"}, False),
    ],
)
def test_directions_answer_motions_of_the_meeting(
    meeting: Meeting, voters: list[Voter], directions: dict[str, str], fine: bool
) -> None:
    motion = meeting.items.get(title="Rules").motion
    wanted = {str(motion.pk) if key == "motion" else key: said for key, said in directions.items()}
    if fine:
        given = give(voters[0], voters[1], directions=wanted, discretion=False)
        assert given.says(motion.pk) == directions.get("motion", "")
    else:
        with pytest.raises(RuleError, match="for, against or abstain"):
            give(voters[0], voters[1], directions=wanted)


def test_nobody_gives_somebody_elses_vote_away_or_their_own_to_themselves(
    voters: list[Voter],
) -> None:
    with pytest.raises(PermissionDenied):
        give(voters[0], voters[1], by=as_voter(voters[2]))
    with pytest.raises(RuleError, match="their own proxy"):
        give(voters[0], voters[0])


def test_a_body_without_proxies_knows_none(society: Society, voters: list[Voter]) -> None:
    meeting = voters[0].meeting
    assert meeting.rule_set
    meeting.rule_set.most_proxies = 0
    meeting.rule_set.save()
    voters[0].meeting.refresh_from_db()
    with pytest.raises(RuleError, match="know no proxies"):
        give(voters[0], voters[1])


def test_the_giver_is_still_on_the_roll(
    society: Society, meeting: Meeting, voters: list[Voter]
) -> None:
    proxy(voters[0], voters[1])
    come(society, voters[1])
    ops.strike_voter(voter=voters[0], because="Died", by=society.secretary)
    assert room_of(meeting).represented == {}
    assert TODAY


def test_who_is_asked_to_be_a_proxy_is_told_and_sees_what_is_directed(
    society: Society, signed_in: Any
) -> None:
    society.add_members(4)
    meeting = society.meeting(motion="That we bake.")
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    giver, holder = meeting.voters.order_by("member__number")[:2]
    motion = Motion.objects.get(item__meeting=meeting)
    person = society.members[0].person
    assert person
    ops.give_proxy(
        voter=giver,
        holder=holder,
        directions={str(motion.pk): "against"},
        now=NOW,
        by=Actor("user", person.user),
    )
    told = OutboxMessage.objects.get(kind="governance.proxy_asked")
    assert giver.name in told.text
    assert giver.name not in told.subject
    other = society.members[1].person
    assert other
    page = signed_in(other.user).get(reverse("governance:my_proxies", args=[meeting.pk]))
    assert "Rules: against" in page.content.decode()
