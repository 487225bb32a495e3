"""Motions at a meeting: amendments, hands, polls, proxies' votes, two meetings, registration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from core.models import AuditLine, User
from governance import operations as ops
from governance.models import AgendaItem, Amendment, Division, Motion, NamedVote, Voter
from members.models import MemberClass
from tests.governance.conftest import AFTER, NOW, Society, text

pytestmark = pytest.mark.django_db

WORDS = "That the co-op bakes pies."


class Room:
    """A meeting in progress, with everybody on the roll there but those told to stay away."""

    def __init__(self, society: Society, absent: int = 0, motion: str = WORDS, **rule: Any) -> None:
        self.society, self.by = society, society.secretary
        rule = {"quorum_least": 2, "mode": "heads"} | rule
        society.body().rule_sets.update(**rule)
        self.meeting = society.meeting(motion=motion)
        ops.take_roll(meeting=self.meeting, now=NOW, by=self.by)
        self.voters = list(self.meeting.voters.order_by("member__number"))
        self.absent = self.voters[len(self.voters) - absent :]
        self.motion = Motion.objects.get(item__meeting=self.meeting)

    def open(self) -> Room:
        for voter in self.voters[: len(self.voters) - len(self.absent)]:
            ops.check_in(voter=voter, way="room", now=NOW, by=self.by)
        ops.open_meeting(meeting=self.meeting, now=self.meeting.starts_at, by=self.by)
        self.motion.item.meeting.refresh_from_db()
        return self

    def give_proxy(self, voter: Voter, holder: Voter, **fields: Any) -> None:
        ops.give_proxy(voter=voter, holder=holder, way="paper", now=NOW, by=self.by, **fields)

    def begin(self, way: str = "hands", amendment: Amendment | None = None) -> Division:
        return ops.begin_division(
            motion=self.motion, amendment=amendment, way=way, now=NOW, by=self.by
        )

    def hands(self, *counts: int, casting: str = "", **by_class: tuple[int, int, int]) -> Division:
        division = Division.objects.filter(state="open").first() or self.begin()
        lines: Any = by_class or {"": counts}
        ops.count_hands(division=division, counts=lines, casting=casting, now=NOW, by=self.by)
        self.motion.refresh_from_db()
        return division

    def enter(self, division: Division, voter: Voter, choice: str) -> NamedVote | None:
        return ops.record_vote(division=division, voter=voter, choice=choice, now=NOW, by=self.by)

    def close(self, division: Division) -> Division:
        ops.close_poll(division=division, now=NOW, by=self.by)
        self.motion.refresh_from_db()
        return division


# --- Hands ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hands", "rule", "carried"),
    [
        ((4, 3, 1), {}, True),
        ((4, 4, 0), {}, False),  # equal is lost
        ((0, 0, 8), {}, False),
        ((1, 0, 7), {}, True),  # abstentions do not count
        ((4, 0, 4), {"threshold_of": "voted"}, False),
        ((4, 0, 0), {"threshold_of": "present"}, False),
        ((5, 0, 0), {"threshold_of": "present"}, True),
        ((5, 3, 0), {"threshold": "two_thirds"}, False),
        ((4, 2, 2), {"threshold": "two_thirds"}, True),
        ((6, 2, 0), {"threshold": "three_quarters", "threshold_of": "entitled"}, True),
    ],
)
def test_hands_carry_a_motion_as_the_rules_say(
    society: Society, hands: tuple[int, int, int], rule: dict[str, Any], carried: bool
) -> None:
    society.add_members(8)
    room = Room(society, **rule).open()
    division = room.hands(*hands)
    assert division.carried is carried
    assert room.motion.state == ("carried" if carried else "lost")


def test_more_hands_than_people_are_refused_and_nothing_is_decided(society: Society) -> None:
    society.add_members(5)
    room = Room(society, absent=1).open()
    for hands in ((5, 0, 0), (2, 2, 1), (-1, 0, 0)):
        with pytest.raises(RuleError, match=r"more than the 4|Write how many"):
            room.hands(*hands)
    assert Division.objects.get().state == "open"
    assert room.motion.is_open


def test_who_stands_aside_counts_neither_for_the_quorum_nor_as_a_hand(society: Society) -> None:
    society.add_members(4)
    room = Room(society, quorum_least=3).open()
    for voter in room.voters[:2]:
        ops.declare_interest(
            item=room.motion.item, voter=voter, interest="Bakes", now=NOW, by=room.by
        )
    with pytest.raises(RuleError, match="no quorum for this item: 2 are there, and 3"):
        room.begin()
    assert not Division.objects.exists()


def test_capped_hands_are_counted_class_by_class(society: Society) -> None:
    """Six of a class with at most a tenth of the votes are outvoted by four to three others."""
    society.add_members(7, constituency="Workers")
    society.add_members(6, constituency="Investors")
    MemberClass.objects.filter(constituency="Investors").update(most_votes_percent=10)
    room = Room(society, mode="capped").open()
    with pytest.raises(RuleError, match="every class"):
        room.hands(9, 4, 0)
    division = room.hands(Workers=(3, 4, 0), Investors=(6, 0, 0))
    assert not division.carried
    assert division.totals == {"for": 9, "against": 4, "abstain": 0}
    # 7 others are nine tenths: all count for 70/9, the six together for 7/9.
    assert division.verdict["sums"][0]["base"] == "70/9"
    assert division.verdict["sums"][0]["votes_for"] == "34/9"


def test_each_class_must_agree_and_its_quorum_hold(society: Society) -> None:
    society.add_members(6, constituency="Workers")
    society.add_members(3, constituency="Users")
    rule = {"mode": "concurrent", "must_agree": ["Users", "Workers"]}
    room = Room(society, **rule).open()
    assert not room.hands(Workers=(6, 0, 0), Users=(1, 2, 0)).carried


def test_a_casting_vote_is_only_for_equal_votes_and_only_by_the_rules(society: Society) -> None:
    society.add_members(4)
    room = Room(society).open()
    with pytest.raises(RuleError, match="no casting vote"):
        room.hands(2, 2, 0, casting="for")
    room.meeting.rule_set.__class__.objects.update(casting_vote=True)
    with pytest.raises(RuleError, match="equal votes only"):
        room.hands(3, 1, 0, casting="against")
    division = room.hands(2, 2, 0, casting="for")
    assert division.carried
    assert division.totals["for"] == 2


def test_nothing_is_voted_on_before_the_meeting_is_open_or_twice(society: Society) -> None:
    society.add_members(4)
    room = Room(society)
    with pytest.raises(RuleError, match="not opened the meeting"):
        room.begin()
    room.open()
    room.begin()
    with pytest.raises(RuleError, match="being taken already"):
        room.begin("named")
    with pytest.raises(RuleError, match="Finish it before"):
        ops.close_meeting(meeting=room.meeting, now=room.meeting.starts_at, by=room.by)
    room.hands(3, 1, 0)
    with pytest.raises(RuleError, match="no longer open: carried"):
        room.begin()
    with pytest.raises(IntegrityError), transaction.atomic():
        for _ in range(2):
            Division.objects.create(motion=room.motion, way="hands")


def test_only_the_secretary_takes_votes(society: Society) -> None:
    society.add_members(4)
    room = Room(society).open()
    assert society.members[0].person
    by = Actor("user", society.members[0].person.user)
    with pytest.raises(PermissionDenied):
        ops.begin_division(motion=room.motion, way="hands", now=NOW, by=by)


# --- Polls and proxies ----------------------------------------------------------------------------


def test_a_poll_takes_the_place_of_the_hands_and_counts_proxies(society: Society) -> None:
    society.add_members(6)
    room = Room(society, absent=3)
    motion = str(room.motion.pk)
    for absent in room.absent[:2]:
        room.give_proxy(absent, room.voters[0], directions={motion: "against"})
    room.give_proxy(room.absent[2], room.voters[1])
    room.open()
    hands = room.hands(2, 1, 0)
    assert room.motion.state == "carried"
    poll = ops.demand_poll(division=hands, demanders=room.voters[:2], now=NOW, by=room.by)
    hands.refresh_from_db()
    room.motion.refresh_from_db()
    assert (hands.state, room.motion.state) == ("set_aside", "moved")
    room.enter(poll, room.voters[0], "for")
    room.enter(poll, room.voters[1], "for")
    room.enter(poll, room.voters[2], "against")
    room.enter(poll, room.absent[2], "against")  # as the holder says
    with pytest.raises(RuleError, match="votes as directed"):
        room.enter(poll, room.absent[0], "for")
    room.close(poll)
    assert poll.totals == {"for": 2, "against": 4, "abstain": 0}
    assert room.motion.state == "lost"
    assert {vote.holder for vote in poll.votes.filter(voter__in=room.absent)} == {
        room.voters[0],
        room.voters[1],
    }


def test_a_proxy_without_discretion_says_nothing_on_what_is_not_directed(society: Society) -> None:
    society.add_members(4)
    room = Room(society, absent=1)
    room.give_proxy(room.absent[0], room.voters[0], discretion=False)
    room.open()
    poll = room.begin("named")
    with pytest.raises(RuleError, match="no vote on this"):
        room.enter(poll, room.absent[0], "for")
    room.enter(poll, room.voters[0], "for")
    assert room.close(poll).totals["for"] == 1


def test_a_proxy_that_is_not_to_vote_does_not(society: Society) -> None:
    society.add_members(5)
    room = Room(society, absent=1)
    room.give_proxy(room.absent[0], room.voters[0], may_vote=False)
    room.open()
    poll = room.begin("named")
    assert poll.quorum["present"] == 5
    with pytest.raises(RuleError, match="nobody who is here speaks for them"):
        room.enter(poll, room.absent[0], "for")
    room.enter(poll, room.voters[0], "for")
    assert room.close(poll).totals["for"] == 1


def test_who_votes_by_proxy_without_counting_as_present_is_no_vote_more_than_there_are(
    society: Society,
) -> None:
    """Two of four are for, which is not more than half of those present or voting."""
    society.add_members(4)
    room = Room(society, absent=1, threshold_of="present")
    directions = {str(room.motion.pk): "for"}
    room.give_proxy(room.absent[0], room.voters[0], counts=False, directions=directions)
    room.open()
    poll = room.begin("poll")
    assert poll.quorum["present"] == 3
    room.enter(poll, room.voters[0], "for")
    room.close(poll)
    assert poll.totals["for"] == 2
    assert room.motion.state == "lost"


def test_nobody_speaks_for_the_absent_once_the_holder_has_left(society: Society) -> None:
    society.add_members(5)
    room = Room(society, absent=1)
    room.give_proxy(room.absent[0], room.voters[0], directions={str(room.motion.pk): "for"})
    room.open()
    poll = room.begin("named")
    attendance = room.voters[0].attendances.get()
    ops.check_out(attendance=attendance, now=NOW, by=room.by)
    with pytest.raises(RuleError, match="nobody who is here speaks for them"):
        room.enter(poll, room.absent[0], "for")
    room.enter(poll, room.voters[1], "against")
    assert room.close(poll).totals == {"for": 0, "against": 1, "abstain": 0}


def test_a_proxy_whose_holder_stands_aside_does_not_vote(society: Society) -> None:
    society.add_members(5)
    room = Room(society, absent=1)
    room.give_proxy(room.absent[0], room.voters[0], directions={str(room.motion.pk): "for"})
    room.open()
    ops.declare_interest(
        item=room.motion.item, voter=room.voters[0], interest="Bakes", now=NOW, by=room.by
    )
    poll = room.begin("poll")
    for voter in (room.voters[0], room.absent[0]):
        with pytest.raises(RuleError, match=r"does not vote|speaks for them"):
            room.enter(poll, voter, "for")
    room.enter(poll, room.voters[1], "against")
    assert room.close(poll).totals["for"] == 0


def test_a_vote_can_be_put_right_until_the_poll_is_closed(society: Society) -> None:
    society.add_members(3)
    room = Room(society).open()
    poll = room.begin("named")
    for choice in ("for", "against", "", "abstain"):
        room.enter(poll, room.voters[0], choice)
    assert [vote.choice for vote in poll.votes.all()] == ["abstain"]
    with pytest.raises(RuleError, match="Choose for"):
        room.enter(poll, room.voters[0], "perhaps")
    room.close(poll)
    with pytest.raises(RuleError, match="no longer open"):
        room.enter(poll, room.voters[0], "for")
    with pytest.raises(IntegrityError), transaction.atomic():
        NamedVote.objects.create(division=poll, voter=room.voters[0], choice="for")


def test_a_poll_takes_enough_people_who_are_there(society: Society) -> None:
    society.add_members(5)
    room = Room(society, absent=1).open()
    hands = room.hands(3, 1, 0)
    for demanders, sentence in (
        (room.voters[:1], "takes 2"),
        ([room.voters[0], room.absent[0]], "is here"),
        ([room.voters[0]] * 2, "takes 2"),
    ):
        with pytest.raises(RuleError, match=sentence):
            ops.demand_poll(division=hands, demanders=demanders, now=NOW, by=room.by)
    room.motion.refresh_from_db()
    assert room.motion.state == "carried"
    poll = ops.demand_poll(division=hands, demanders=room.voters[:2], now=NOW, by=room.by)
    with pytest.raises(RuleError, match="latest"):
        ops.demand_poll(division=hands, demanders=room.voters[:2], now=NOW, by=room.by)
    with pytest.raises(RuleError, match="latest"):
        ops.demand_poll(division=poll, demanders=room.voters[:2], now=NOW, by=room.by)


# --- Amendments -----------------------------------------------------------------------------------


def move(room: Room, text: str) -> Amendment:
    return ops.move_amendment(motion=room.motion, text=text, by=room.by)


def test_amendments_are_voted_on_first_and_in_order_and_change_the_words(
    society: Society,
) -> None:
    society.add_members(4)
    room = Room(society).open()
    first, second = move(room, "That it bakes cakes."), move(room, "That it bakes bread.")
    for amendment in (None, second):
        with pytest.raises(RuleError, match="Amendment 1 comes first"):
            room.begin(amendment=amendment)
    room.begin(amendment=first)
    room.hands(3, 1, 0)
    assert room.motion.text == "That it bakes cakes."
    assert room.motion.is_open
    room.begin(amendment=second)
    room.hands(1, 3, 0)
    assert room.motion.text == "That it bakes cakes."
    assert [text.text for text in room.motion.earlier_texts.all()] == [WORDS]
    room.begin()
    room.hands(4, 0, 0)
    assert room.motion.state == "carried"
    assert [a.state for a in room.motion.amendments.all()] == ["carried", "lost"]


def test_a_poll_on_an_amendment_puts_the_words_back_until_it_is_decided(society: Society) -> None:
    society.add_members(4)
    room = Room(society).open()
    amendment = move(room, "That it bakes cakes.")
    room.begin(amendment=amendment)
    hands = room.hands(3, 1, 0)
    poll = ops.demand_poll(division=hands, demanders=room.voters[:2], now=NOW, by=room.by)
    room.motion.refresh_from_db()
    assert room.motion.text == WORDS
    room.enter(poll, room.voters[0], "against")
    room.close(poll)
    assert room.motion.text == WORDS
    assert not room.motion.earlier_texts.exists()


def test_what_is_withdrawn_is_not_voted_on(society: Society) -> None:
    society.add_members(4)
    room = Room(society).open()
    amendment = move(room, "That it bakes cakes.")
    ops.withdraw_amendment(amendment=amendment, by=room.by)
    with pytest.raises(RuleError, match="decided or withdrawn"):
        room.begin(amendment=amendment)
    with pytest.raises(RuleError, match="decided or withdrawn"):
        ops.withdraw_amendment(amendment=amendment, by=room.by)
    ops.withdraw_motion(motion=room.motion, by=room.by)
    with pytest.raises(RuleError, match="no longer open: withdrawn"):
        room.begin()


def test_an_amendment_must_change_something(society: Society) -> None:
    society.add_members(4)
    room = Room(society).open()
    for words in ("", "  ", WORDS):
        with pytest.raises(RuleError, match="as it would then read"):
            move(room, words)


# --- Secret votes ---------------------------------------------------------------------------------


def test_a_secret_vote_settles_its_motion_and_keeps_hands_away(society: Society) -> None:
    society.add_members(6)
    room = Room(society)
    election = society.open(society.motion_vote(room.meeting))
    room.open()
    with pytest.raises(RuleError, match="secret vote on this motion"):
        room.begin()
    for member in society.members[:4]:
        society.vote(election, member, 1)
    society.close(election)
    society.unseal(election)
    ops.publish_result(election=election, now=AFTER, by=room.by)
    room.motion.refresh_from_db()
    assert room.motion.state == "carried"


def test_a_motion_voted_on_by_hands_gets_no_secret_vote(society: Society) -> None:
    society.add_members(4)
    room = Room(society).open()
    room.hands(3, 1, 0)
    with pytest.raises(RuleError, match="has been voted on"):
        society.motion_vote(room.meeting)


# --- Pages ----------------------------------------------------------------------------------------


def test_a_motion_is_amended_and_decided_in_the_browser(
    secretary_client: Client, society: Society
) -> None:
    society.add_members(5)
    room = Room(society).open()
    args = [room.meeting.pk, room.motion.item_id]

    def url(name: str, *more: int) -> str:
        return reverse(f"governance:{name}", args=[*args, *more])

    assert "Vote on the motion" in text(secretary_client.get(url("motion")))
    secretary_client.post(url("amendment_new"), {"text": "That it bakes bread."})
    assert "Vote on amendment 1" in text(secretary_client.get(url("motion")))
    secretary_client.post(url("division_begin"), {"way": "hands"})
    hands = url("division_hands", Division.objects.get().pk)
    wrong = secretary_client.post(hands, {"for_0": "9", "against_0": "0", "abstain_0": "0"})
    assert wrong.status_code == 400
    assert "9 hands are more than the 5" in text(wrong)
    secretary_client.post(hands, {"for_0": "3", "against_0": "2", "abstain_0": "0"})
    page = text(secretary_client.get(url("motion")))
    assert "That it bakes bread." in page
    assert "Earlier words" in page
    secretary_client.post(url("division_begin"), {"way": "named"})
    poll = Division.objects.get(way="named").pk
    for voter in room.voters[:3]:
        secretary_client.post(url("poll_vote", poll, voter.pk), {"choice": "for"})
    assert "Member1" in text(secretary_client.get(url("poll", poll)))
    secretary_client.post(url("poll_close", poll))
    page = text(secretary_client.get(url("motion")))
    assert "3 for, 0 against" in page
    assert "Who voted how" in page


def test_a_poll_is_demanded_by_number(secretary_client: Client, society: Society) -> None:
    society.add_members(4)
    room = Room(society).open()
    division = room.hands(3, 1, 0)
    url = reverse(
        "governance:division_demand", args=[room.meeting.pk, room.motion.item_id, division.pk]
    )
    for typed, sentence in (("1 99", "Not on the roll: 99"), ("1", "takes 2"), ("x", "numbers")):
        assert sentence in text(secretary_client.post(url, {"demanders": typed}))
    secretary_client.post(url, {"demanders": "1, 2"})
    assert Division.objects.filter(way="poll", state="open").exists()


def test_members_see_the_words_and_the_outcome_and_no_buttons(
    society: Society, signed_in: Callable[[User], Client]
) -> None:
    society.add_members(4)
    room = Room(society).open()
    room.hands(3, 1, 0)
    assert society.members[0].person
    assert society.members[0].person.user
    client = signed_in(society.members[0].person.user)
    page = text(
        client.get(reverse("governance:motion", args=[room.meeting.pk, room.motion.item_id]))
    )
    assert "3 for, 1 against" in page
    assert "demands a poll" not in page
    meeting = text(client.get(reverse("governance:meeting", args=[room.meeting.pk])))
    assert "Carried" in meeting


def test_the_page_of_a_poll_has_a_steady_number_of_queries(
    secretary_client: Client, society: Society, django_assert_max_num_queries: Any
) -> None:
    society.add_members(30)
    room = Room(society, absent=5)
    for absent in room.absent:
        room.give_proxy(absent, room.voters[0])
    room.open()
    poll = room.begin("poll")
    url = reverse("governance:poll", args=[room.meeting.pk, room.motion.item_id, poll.pk])
    with django_assert_max_num_queries(30):
        assert "by proxy" in text(secretary_client.get(url))


# --- Mistakes -------------------------------------------------------------------------------------


def test_a_vote_begun_by_mistake_is_set_aside_and_taken_anew(society: Society) -> None:
    room = voting_room(society)
    mistaken = room.begin("named")
    with pytest.raises(RuleError, match="No vote is entered"):
        room.close(mistaken)
    with pytest.raises(RuleError, match="what was wrong"):
        ops.set_aside(division=mistaken, because=" ", by=room.by)
    ops.set_aside(division=mistaken, because="Hands were meant.", by=room.by)
    with pytest.raises(RuleError, match="set aside already"):
        ops.set_aside(division=mistaken, because="Again.", by=room.by)
    with pytest.raises(RuleError, match="No hand is counted"):
        room.hands(0, 0, 0)
    counted = room.hands(1, 3, 0)
    assert room.motion.state == "lost"
    ops.set_aside(division=counted, because="Two were counted twice.", by=room.by)
    room.motion.refresh_from_db()
    assert room.motion.state == "moved"
    room.hands(3, 1, 0)
    assert room.motion.state == "carried"
    assert [one.mistaken for one in room.motion.divisions.all()] == [
        "Hands were meant.",
        "Two were counted twice.",
        "",
    ]


def test_only_the_latest_hands_are_counted_again(society: Society) -> None:
    room = voting_room(society)
    first = room.hands(3, 1, 0)
    motion = room.motion
    later = ops.begin_division(
        motion=another_motion(room), way="hands", amendment=None, now=NOW, by=room.by
    )
    for refused in (
        lambda: ops.set_aside(division=first, because="Wrong.", by=room.by),
        lambda: ops.demand_poll(division=first, demanders=room.voters[:2], now=NOW, by=room.by),
    ):
        with pytest.raises(RuleError, match="latest"):
            refused()
    motion.refresh_from_db()
    assert motion.state == "carried"
    ops.set_aside(division=later, because="Wrong one.", by=room.by)


def voting_room(society: Society) -> Room:
    society.add_members(5)
    return Room(society).open()


def another_motion(room: Room) -> Motion:
    item = AgendaItem.objects.create(meeting=room.meeting, position=9, title="Tea")
    return Motion.objects.create(item=item, text="That there be tea.")


def test_votes_that_nobody_may_have_given_are_taken_out_of_a_poll(society: Society) -> None:
    """Carried by three to two, had they counted."""
    room = voting_room(society)
    poll = room.begin("poll")
    said = ("for", "for", "for", "against", "against")
    voters = room.voters[:5]
    for voter, choice in zip(voters, said, strict=True):
        room.enter(poll, voter, choice)
    ops.was_not_there(attendance=voters[0].attendances.get(), by=room.by)
    ops.declare_interest(
        voter=voters[1], item=room.motion.item, interest="Sells tea.", now=NOW, by=room.by
    )
    ops.check_out(attendance=voters[2].attendances.get(), now=NOW, by=room.by)
    room.close(poll)
    assert room.motion.state == "lost"
    assert poll.totals == {"for": 1, "against": 2, "abstain": 0}
    line = AuditLine.objects.get(action="governance.close_poll")
    assert line.data["taken_out"] == sorted(voter.pk for voter in voters[:2])


def test_nothing_is_decided_once_the_quorum_is_lost(society: Society) -> None:
    society.add_members(4)
    room = Room(society, quorum_least=4).open()
    hands = room.begin()
    ops.declare_interest(
        voter=room.voters[0], item=room.motion.item, interest="Sells tea.", now=NOW, by=room.by
    )
    with pytest.raises(RuleError, match="quorum for this item is lost: 3 are there, and 4"):
        room.hands(3, 0, 0)
    ops.set_aside(division=hands, because="No quorum.", by=room.by)
    room.motion.refresh_from_db()
    assert room.motion.state == "moved"
