"""A secret vote on a motion needs what hands would: by the rules, by the Act, and by the day."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from core.errors import RuleError
from governance import operations as ops
from governance.bundle import faults_of
from governance.classes import needs_of_vote
from governance.models import Bundle, Election, Meeting, Motion, Result
from members.models import MemberClass
from tests.governance.bundle.test_bundle import recounted
from tests.governance.conftest import AFTER, CLOSES_AT, MEETING_AT, NOW, Society
from tests.governance.test_ballots import fresh, one_within_the_other
from tests.governance.test_divisions import Room, move

pytestmark = pytest.mark.django_db


def motion_of(society: Society, kind: str, **rule: Any) -> Motion:
    society.body().rule_sets.update(**rule)
    motion = Motion.objects.get(item__meeting=society.meeting(motion="That it be so."))
    Motion.objects.filter(pk=motion.pk).update(kind=kind)
    motion.refresh_from_db()
    return motion


def put(society: Society, motion: Motion) -> Election:
    return society.motion_vote(motion.item.meeting)


def answered(society: Society, election: Election, *counts: int) -> Result:
    """So many for, against and abstaining; counted and declared."""
    voters = iter(society.members)
    for choice, number in enumerate(counts, 1):
        for _ in range(number):
            society.vote(election, next(voters), choice)
    society.close(election)
    society.unseal(election)
    return ops.publish_result(election=election, now=AFTER, by=society.secretary)


def stated(election: Election) -> dict[str, Any]:
    """What the bundle says of the vote."""
    data = bytes(Bundle.objects.get(election=election).data)
    return dict(json.loads(zipfile.ZipFile(BytesIO(data)).read("election.json")))


@pytest.mark.parametrize(
    ("kind", "members", "counts", "state"),
    [
        ("ordinary", 6, (4, 2, 0), "carried"),
        ("rules", 6, (4, 2, 0), "awaiting"),
        ("rules", 7, (4, 3, 0), "lost"),
        ("s111", 6, (4, 2, 0), "to_confirm"),
        ("s111", 7, (4, 3, 0), "lost"),
        ("s113", 8, (3, 1, 0), "to_confirm"),
        ("s113", 9, (4, 0, 5), "lost"),
        ("s113", 8, (5, 2, 0), "lost"),
    ],
)
def test_a_motion_needs_in_secret_what_it_needs_by_hands(
    society: Society, kind: str, members: int, counts: tuple[int, ...], state: str
) -> None:
    society.add_members(members)
    motion = motion_of(society, kind, rule_change="two_thirds", threshold="majority")
    answered(society, society.open(put(society, motion)), *counts)
    motion.refresh_from_db()
    assert motion.state == state


def test_an_ordinary_motion_needs_what_the_rules_say(society: Society) -> None:
    society.add_members(6)
    motion = motion_of(society, "ordinary", threshold="three_quarters", threshold_of="entitled")
    election = society.open(put(society, motion))
    assert (election.threshold, election.threshold_of) == ("three_quarters", "entitled")
    assert not answered(society, election, 4, 1, 0).count["verdict"]["carried"]


def test_what_it_needs_is_shown_before_and_stays_as_it_was_when_voting_opened(
    society: Society,
) -> None:
    society.add_members(6)
    election = put(society, motion_of(society, "rules", rule_change="two_thirds"))
    needs = needs_of_vote(election)
    assert needs
    assert needs.words.startswith("at least two thirds of the votes for and against")
    society.body().rule_sets.update(rule_change="three_quarters")
    assert needs_of_vote(fresh(election)).threshold.key == "three_quarters"  # type: ignore[union-attr]
    society.open(election)
    society.body().rule_sets.update(rule_change="majority")
    assert needs_of_vote(fresh(election)).threshold.key == "three_quarters"  # type: ignore[union-attr]


def test_a_statutory_resolution_is_counted_by_heads_and_says_no_class(society: Society) -> None:
    society.add_members(4, constituency="Workers")
    society.add_members(8, constituency="Investors")
    MemberClass.objects.filter(constituency="Investors").update(most_votes_percent=10)
    election = society.open(put(society, motion_of(society, "s111", mode="capped")))
    assert election.mode == "heads"
    result = answered(society, election, 4, 0, 4)
    assert result.count["verdict"]["carried"]
    assert "by_class" not in result.count
    assert {paper.constituency for paper in election.archivedballot_set.all()} == {""}


def test_the_bundle_of_a_conversion_says_what_the_act_asks_and_counts_the_same(
    society: Society, tmp_path: Path
) -> None:
    society.add_members(9)
    election = society.open(put(society, motion_of(society, "s113")))
    result = answered(society, election, 4, 0, 5)
    assert "1/2 of the 9 who may vote had to vote" in result.count["verdict"]["words"]
    says = stated(election)
    assert (says["threshold"], says["turnout"]) == ("three_quarters", "1/2")
    assert "section 113" in says["source"]
    data = bytes(Bundle.objects.get().data)
    assert faults_of(data) == []
    assert recounted(data, tmp_path).returncode == 0


def test_the_bundle_of_any_other_motion_says_no_turnout(society: Society) -> None:
    society.add_members(6)
    election = society.open(put(society, motion_of(society, "rules")))
    answered(society, election, 5, 1, 0)
    asked = {"threshold", "threshold_of", "mode", "classes"}
    assert asked <= stated(election).keys()
    assert not {"turnout", "source"} & stated(election).keys()


# --- The second meeting ---------------------------------------------------------------------------


def confirming(society: Society) -> Election:
    """A vote at the second meeting, twenty days after the first, on what that has passed."""
    first = motion_of(society, "s113")
    Motion.objects.filter(pk=first.pk).update(state="to_confirm")
    first.refresh_from_db()
    meeting = ops.make_meeting(
        body=society.body(),
        kind="general",
        title="Second meeting",
        starts_at=MEETING_AT + dt.timedelta(days=20),
        place="Weavers Hall",
        record_date=NOW.date(),
        by=society.secretary,
    )
    ops.add_item(meeting=meeting, title="Confirm", confirms=first, by=society.secretary)
    ops.record_notice(meeting=meeting, sent_on=NOW.date(), by=society.secretary)
    return society.motion_vote(meeting)


def test_a_second_meeting_confirms_by_more_than_half_and_without_a_turnout(
    society: Society,
) -> None:
    society.add_members(9)
    election = society.open(confirming(society))
    answered(society, election, 2, 1, 0)
    assert election.motion
    election.motion.refresh_from_db()
    assert election.motion.state == "awaiting"


def test_a_vote_does_not_open_for_a_second_meeting_on_a_day_that_the_act_does_not_allow(
    society: Society,
) -> None:
    society.add_members(5)
    election = confirming(society)
    Meeting.objects.filter(pk=election.meeting_id).update(
        starts_at=MEETING_AT + dt.timedelta(days=40)
    )
    with pytest.raises(RuleError, match="must be held from 11 April 2026 to 28 April 2026"):
        society.open(fresh(election))
    assert fresh(election).state == Election.State.ROLLED


# --- Nothing else happens to the motion -----------------------------------------------------------


@pytest.fixture
def room(society: Society) -> Room:
    society.add_members(6)
    return Room(society)


def withdraw(room: Room) -> None:
    ops.withdraw_motion(motion=Motion.objects.get(pk=room.motion.pk), by=room.by)


def test_a_motion_is_not_withdrawn_from_the_opening_of_its_secret_vote_on(
    society: Society, room: Room
) -> None:
    election = society.open(put(society, room.motion))
    room.open()
    with pytest.raises(RuleError, match="secret vote on it has opened"):
        withdraw(room)
    society.vote(election, society.members[0], 1)
    society.close(election)
    with pytest.raises(RuleError, match="secret vote on it has opened"):
        withdraw(room)
    society.unseal(election)
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    with pytest.raises(RuleError, match="no longer open"):
        withdraw(room)
    room.motion.refresh_from_db()
    assert room.motion.state == "carried"


def test_a_motion_withdrawn_before_is_not_voted_on(society: Society, room: Room) -> None:
    election = put(society, room.motion)
    society.make_ready(election)
    room.open()
    withdraw(room)
    with pytest.raises(RuleError, match="no longer open: withdrawn"):
        ops.open_vote(election=election, now=NOW, by=society.secretary)


def test_a_motion_with_a_secret_vote_is_not_amended(society: Society, room: Room) -> None:
    put(society, room.motion)
    room.open()
    with pytest.raises(RuleError, match="in these words"):
        move(room, "Otherwise")


def test_an_amendment_comes_before_a_secret_vote(society: Society, room: Room) -> None:
    room.open()
    amendment = move(room, "Otherwise")
    with pytest.raises(RuleError, match="amendment of this motion comes first"):
        put(society, room.motion)
    ops.withdraw_amendment(amendment=amendment, by=room.by)
    assert put(society, room.motion).motion == room.motion


def test_a_result_leaves_alone_what_was_withdrawn(society: Society, room: Room) -> None:
    election = society.open(put(society, room.motion))
    Motion.objects.update(state="withdrawn")
    answered(society, election, 4, 1, 0)
    room.motion.refresh_from_db()
    assert room.motion.state == "withdrawn"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("withdrawn_first", [True, False])
def test_of_withdrawing_and_opening_at_once_one_is_refused(
    society: Society, room: Room, withdrawn_first: bool
) -> None:
    election = put(society, room.motion)
    society.make_ready(election)
    room.open()

    def open_it() -> None:
        ops.open_vote(election=fresh(election), now=NOW, by=society.secretary)

    acts = [lambda: withdraw(room), open_it]
    ends = one_within_the_other(*(acts if withdrawn_first else reversed(acts)))
    assert ends[0] == "done"
    assert "no longer open" in ends[1] or "has opened" in ends[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("made_first", [True, False])
def test_of_amending_and_a_secret_vote_at_once_one_is_refused(
    society: Society, room: Room, made_first: bool
) -> None:
    room.open()
    acts = [
        lambda: ops.make_election(
            meeting=Meeting.objects.get(pk=room.meeting.pk),
            title="In secret",
            closes_at=CLOSES_AT,
            motion=Motion.objects.get(pk=room.motion.pk),
            by=room.by,
        ),
        lambda: ops.move_amendment(
            motion=Motion.objects.get(pk=room.motion.pk), text="Otherwise", by=room.by
        ),
    ]
    ends = one_within_the_other(*(acts if made_first else reversed(acts)))
    assert ends[0] == "done"
    assert "in these words" in ends[1] or "comes first" in ends[1]
