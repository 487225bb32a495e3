import datetime as dt
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from governance import operations as ops
from governance import tasks
from governance.models import (
    ArchivedBallot,
    ArchivedRollEntry,
    KeyBox,
    Motion,
    Result,
    RollEntry,
    SealedBallot,
    Teller,
)
from members.models import Member
from tests.governance.conftest import AFTER, CLOSES_AT, NOW, RECORD_DATE, WORDS, Society

pytestmark = pytest.mark.django_db


# --- The roll -------------------------------------------------------------------------------------


def test_the_roll_is_the_register_as_at_the_record_date(society: Society) -> None:
    there = society.add_member()
    joined_that_day = society.add_member(joined=RECORD_DATE)
    left_after = society.add_member(ceased=RECORD_DATE + dt.timedelta(days=1))
    society.add_member(joined=RECORD_DATE + dt.timedelta(days=1))
    society.add_member(ceased=RECORD_DATE)
    trust = society.add_organisation("Damside Trust", there)
    meeting = society.meeting()
    election = society.election(meeting, standing=1)
    ops.freeze_roll(election=election, now=NOW, by=society.secretary)
    on_roll = set(RollEntry.objects.filter(election=election).values_list("member", flat=True))
    assert on_roll == {there.pk, joined_that_day.pk, left_after.pk, trust.pk}


def test_later_changes_in_the_register_do_not_touch_the_roll(society: Society) -> None:
    member = society.add_member(constituency="Workers")
    election = society.election(society.meeting(), standing=1)
    ops.freeze_roll(election=election, now=NOW, by=society.secretary)
    member.member_class = society.member_class("Users")
    member.ceased = NOW.date()
    member.save()
    assert RollEntry.objects.get(member=member).constituency == "Workers"


def test_a_roll_is_not_frozen_before_the_record_date_nor_twice(society: Society) -> None:
    society.add_member()
    election = society.election(society.meeting(), standing=1)
    before = dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)
    with pytest.raises(RuleError, match="has not come"):
        ops.freeze_roll(election=election, now=before, by=society.secretary)
    ops.freeze_roll(election=election, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="frozen already"):
        ops.freeze_roll(election=election, now=NOW, by=society.secretary)
    assert RollEntry.objects.count() == 1


def test_a_member_who_left_before_the_record_date_gets_no_ballot(society: Society) -> None:
    society.add_members(2)
    gone = society.add_member(ceased=RECORD_DATE)
    election = society.open(society.election(society.meeting(), standing=2))
    with pytest.raises(RuleError, match="not on the roll"):
        society.vote(election, gone, 1)
    assert not SealedBallot.objects.exists()


# --- The paper ------------------------------------------------------------------------------------


def test_candidates_are_people_in_the_register_and_stand_once(society: Society) -> None:
    members = society.add_members(2)
    late = society.add_member(joined=RECORD_DATE + dt.timedelta(days=1))
    trust = society.add_organisation("Damside Trust", members[0])
    election = society.election(society.meeting(), standing=2)
    for member, why in ((members[0], "already"), (late, "register"), (trust, "people")):
        with pytest.raises(RuleError, match=why):
            ops.add_candidate(election=election, member=member, by=society.secretary)
    assert election.candidates.count() == 2


def test_the_paper_closes_up_when_a_name_goes(society: Society) -> None:
    society.add_members(4)
    election = society.election(society.meeting(), standing=4)
    ops.remove_candidate(candidate=election.candidates.get(position=2), by=society.secretary)
    assert list(election.candidates.values_list("position", flat=True)) == [1, 2, 3]


def test_the_paper_is_fixed_once_voting_opens(society: Society) -> None:
    society.add_members(5)
    election = society.open(society.election(society.meeting(), standing=3))
    candidate = election.candidates.first()
    assert candidate
    for change in (
        lambda: ops.remove_candidate(candidate=candidate, by=society.secretary),
        lambda: ops.change_candidate(candidate=candidate, name="X", by=society.secretary),
        lambda: ops.add_candidate(
            election=election, member=society.members[4], by=society.secretary
        ),
    ):
        with pytest.raises(RuleError, match="cannot change any more"):
            change()
    assert election.candidates.count() == 3


def test_an_open_vote_can_only_be_given_more_time(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    hour = dt.timedelta(hours=1)
    with pytest.raises(RuleError, match="more time"):
        ops.change_election(
            election=election,
            title="Other",
            seats=9,
            closes_at=CLOSES_AT - hour,
            by=society.secretary,
        )
    ops.change_election(
        election=election, title="Other", seats=9, closes_at=CLOSES_AT + hour, by=society.secretary
    )
    election.refresh_from_db()
    assert (election.title, election.seats, election.closes_at) == ("Board", 2, CLOSES_AT + hour)


def test_the_lot_is_drawn_when_voting_opens(society: Society) -> None:
    society.add_members(6)
    election = society.open(society.election(society.meeting(), standing=5))
    assert sorted(election.lot_order) == [1, 2, 3, 4, 5]


def test_what_is_missing_keeps_voting_shut(society: Society) -> None:
    society.add_members(3)
    meeting = society.meeting(called=False)
    election = ops.make_election(
        meeting=meeting, title="Board", closes_at=CLOSES_AT, seats=1, by=society.secretary
    )
    with pytest.raises(RuleError) as refused:
        ops.open_vote(election=election, now=AFTER, by=society.secretary)
    for sentence in ("notice", "Nobody stands", "roll", "passphrase", "passed already"):
        assert sentence in refused.value.message
    ops.record_notice(meeting=meeting, sent_on=NOW.date(), by=society.secretary)
    ops.add_candidate(election=election, member=society.members[0], by=society.secretary)
    society.make_ready(election)
    KeyBox.objects.filter(election=election).order_by("pk")[:1].get()
    box = KeyBox.objects.filter(election=election).first()
    assert box
    KeyBox.objects.filter(pk=box.pk).update(rehearsed=False)
    with pytest.raises(RuleError, match="every pair"):
        ops.open_vote(election=election, now=NOW, by=society.secretary)
    election.refresh_from_db()
    assert election.state == "rolled"


# --- Tellers --------------------------------------------------------------------------------------


def test_three_different_tellers_who_do_not_stand(society: Society) -> None:
    society.add_members(3)
    meeting = society.meeting()
    society.election(meeting, standing=2)
    with pytest.raises(RuleError, match="3 different"):
        ops.name_tellers(
            meeting=meeting,
            people=[("A", "a@example.org"), ("B", "b@example.org"), ("C", "A@example.org")],
            by=society.secretary,
        )
    with pytest.raises(RuleError, match="stands"):
        ops.name_tellers(
            meeting=meeting,
            people=[
                ("A", "a@example.org"),
                ("B", "b@example.org"),
                ("C", "member1@example.org"),
            ],
            by=society.secretary,
        )
    assert not Teller.objects.exists()
    society.tellers(meeting)
    assert Teller.objects.count() == 3


def test_a_teller_does_not_stand(society: Society) -> None:
    member = society.add_member()
    society.add_members(2)
    meeting = society.meeting()
    people = [
        ("A", "a@example.org"),
        ("B", "b@example.org"),
        ("C", "member1@example.org"),
    ]
    ops.name_tellers(meeting=meeting, people=people, by=society.secretary)
    election = ops.make_election(
        meeting=meeting, title="Board", closes_at=CLOSES_AT, seats=1, by=society.secretary
    )
    with pytest.raises(RuleError, match="cannot stand"):
        ops.add_candidate(election=election, member=member, by=society.secretary)


def test_a_teller_sets_their_own_passphrase_only(society: Society) -> None:
    tellers = society.tellers(society.meeting())
    for other in (Actor("user", tellers[1].user), society.secretary):
        with pytest.raises(PermissionDenied):
            ops.set_passphrase(teller=tellers[0], passphrase=WORDS[0], by=other)
    with pytest.raises(RuleError, match="at least 14"):
        ops.set_passphrase(teller=tellers[0], passphrase="short", by=Actor("user", tellers[0].user))
    tellers[0].refresh_from_db()
    assert not tellers[0].has_key


def test_the_passphrase_and_the_private_key_are_kept_nowhere(society: Society) -> None:
    society.add_members(2)
    election = society.election(society.meeting(), standing=1)
    tellers = society.make_ready(election)
    kept = b"".join(
        bytes(value)
        for row in [
            *Teller.objects.values_list("salt", "public_key"),
            *KeyBox.objects.values_list("box"),
        ]
        for value in row
    )
    for words in WORDS:
        assert words.encode() not in kept
    # 32 bytes of key, sealed twice: 48 bytes each time.
    assert {len(bytes(box.box)) for box in KeyBox.objects.all()} == {32 + 48 + 48}
    assert len(tellers) == 3


def test_every_pair_opens_and_no_teller_alone(society: Society) -> None:
    society.add_members(3)
    meeting = society.meeting()
    for a, b in ((0, 1), (1, 2), (2, 0)):
        if meeting.tellers.exists():
            election = society.open_another(meeting)
        else:
            election = society.open(society.election(meeting, seats=1, standing=2))
        society.vote(election, society.members[0], 2, 1)
        society.close(election)
        teller = list(meeting.tellers.all())[a]
        with pytest.raises(RuleError, match="two different"):
            ops.unseal(
                election=election,
                first=teller,
                first_passphrase=WORDS[a],
                second=teller,
                second_passphrase=WORDS[a],
                now=AFTER,
                by=Actor("user", teller.user),
            )
        assert society.unseal(election, a, b).ballots == 1


def test_a_wrong_passphrase_opens_nothing(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    society.close(election)
    tellers = list(election.meeting.tellers.all())
    with pytest.raises(RuleError, match="not the passphrase that Teller 2") as refused:
        ops.unseal(
            election=election,
            first=tellers[0],
            first_passphrase=WORDS[0],
            second=tellers[1],
            second_passphrase=WORDS[2],
            now=AFTER,
            by=Actor("user", tellers[0].user),
        )
    assert refused.value.field == "second_passphrase"
    election.refresh_from_db()
    assert election.state == "closed"
    assert not Result.objects.exists()


def test_only_one_of_the_two_tellers_may_ask(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    society.close(election)
    tellers = list(election.meeting.tellers.all())
    for user in (society.secretary.user, tellers[2].user):
        with pytest.raises(PermissionDenied):
            ops.unseal(
                election=election,
                first=tellers[0],
                first_passphrase=WORDS[0],
                second=tellers[1],
                second_passphrase=WORDS[1],
                now=AFTER,
                by=Actor("user", user),
            )


def test_a_new_passphrase_makes_all_keys_and_rehearsals_anew(society: Society) -> None:
    society.add_members(3)
    election = society.election(society.meeting(), standing=2)
    tellers = society.make_ready(election)
    election.refresh_from_db()
    before = bytes(election.public_key or b"")
    ops.set_passphrase(
        teller=tellers[0], passphrase="a different set of words", by=Actor("user", tellers[0].user)
    )
    election.refresh_from_db()
    assert bytes(election.public_key or b"") != before
    assert not KeyBox.objects.filter(rehearsed=True).exists()


def test_tellers_and_keys_stay_once_voting_has_begun(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    teller = election.meeting.tellers.get(user__email="teller1@example.org")
    with pytest.raises(RuleError, match="has begun"):
        ops.set_passphrase(
            teller=teller, passphrase="another set of words", by=Actor("user", teller.user)
        )
    with pytest.raises(RuleError, match="has begun"):
        society.tellers(election.meeting)


# --- Closing and counting -------------------------------------------------------------------------


def test_the_box_stays_shut_until_the_close(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    society.vote(election, society.members[0], 1)
    with pytest.raises(RuleError, match="open for voting"):
        society.unseal(election)
    assert not Result.objects.exists()


def test_voting_closes_by_itself_at_its_time(society: Society, time_machine: object) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    tasks.close_due_votes()
    election.refresh_from_db()
    assert election.state == "open"
    time_machine.move_to(CLOSES_AT)  # type: ignore[attr-defined]
    tasks.close_due_votes()
    tasks.close_due_votes()
    election.refresh_from_db()
    assert election.state == "closed"


def test_an_election_is_counted_by_scottish_stv(society: Society) -> None:
    members = society.add_members(9)
    election = society.open(society.election(society.meeting(), seats=2, standing=4))
    for member, choices in zip(
        members, [(1, 2), (1, 2), (1, 2), (1, 3), (2,), (3, 2), (4, 3), (3,), ()], strict=True
    ):
        society.vote(election, member, *choices)
    society.close(election)
    result = society.unseal(election)
    assert (result.entitled, result.voted, result.ballots, result.blank) == (9, 9, 9, 1)
    assert result.count["valid"] == 8
    assert result.count["quota"] == 3
    assert result.count["elected"] == ["Member1 Example", "Member3 Example"]
    assert result.words
    assert result.sheet.startswith("Candidate,")
    assert result.published_at is None


def test_a_motion_is_counted_with_its_threshold(society: Society) -> None:
    members = society.add_members(8)
    society.body().rule_sets.update(threshold="three_quarters")
    meeting = society.meeting(motion="That the rules change.")
    election = society.open(society.motion_vote(meeting))
    for member, choice in zip(members, [1, 1, 1, 1, 1, 2, 2, 3], strict=True):
        society.vote(election, member, choice)
    society.close(election)
    result = society.unseal(election, 1, 2)
    assert (result.count["for"], result.count["against"], result.count["abstain"]) == (5, 2, 1)
    assert result.count["verdict"]["carried"] is False
    assert "which is 6; 5 were" in result.count["verdict"]["words"]
    assert result.by_constituency == []  # the roll is small: aggregates only


def test_a_large_roll_publishes_papers_and_a_small_one_only_aggregates(society: Society) -> None:
    society.add_members(19)
    meeting = society.meeting()
    small = society.open(society.election(meeting, standing=3))
    society.vote(small, society.members[0], 3, 1)
    society.close(small)
    assert society.unseal(small).blt == ""
    ops.add_voter(
        meeting=meeting, member=society.add_member(), because="Left off", by=society.secretary
    )
    large = society.open_another(meeting, seats=2, standing=3)
    society.vote(large, society.members[0], 3, 1)
    society.vote(large, society.members[1], 3, 1)
    for member in society.members[2:5]:
        society.vote(large, member, 1)
    society.close(large)
    assert society.unseal(large).blt.splitlines()[:4] == ["3 2", "3 1 0", "2 3 1 0", "0"]


def test_class_totals_of_a_motion_hide_small_and_unanimous_classes(society: Society) -> None:
    workers = society.add_members(10, constituency="Workers")
    users = society.add_members(10, constituency="Users")
    society.add_members(3, constituency="Partners")
    society.add_members(2, constituency="Friends")
    meeting = society.meeting(motion="That the rules change.")
    election = society.open(society.motion_vote(meeting))
    for index, member in enumerate(workers + users):
        society.vote(election, member, 1 if index % 3 else 2)
    society.close(election)
    shown = society.unseal(election).by_constituency
    assert [row["constituency"] for row in shown] == ["Users", "Workers"]
    assert shown[0] == {"constituency": "Users", "for": 7, "against": 3, "abstain": 0}


def test_a_small_class_leaves_no_mark_on_its_papers(society: Society) -> None:
    society.add_members(20, constituency="Workers")
    society.add_members(6, constituency="Users")
    few = society.add_member(constituency="Partners")
    meeting = society.meeting(motion="That the rules change.")
    election = society.open(society.motion_vote(meeting))
    society.vote(election, few, 1)
    society.vote(election, society.members[0], 1)
    society.vote(election, society.members[20], 1)
    marks = Counter(SealedBallot.objects.values_list("constituency", flat=True))
    assert marks == {"": 2, "Workers": 1}  # a user names no class either: there is one partner


def test_a_forged_paper_stops_the_count_and_loses_nothing(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    society.vote(election, society.members[0], 1)
    SealedBallot.objects.create(
        election=election, constituency="", ciphertext=b"x" * 50, receipt="f" * 64
    )
    society.close(election)
    with pytest.raises(RuleError, match="cannot be read"):
        society.unseal(election)
    election.refresh_from_db()
    assert election.state == "closed"
    assert not Result.objects.exists()


def test_a_result_that_does_not_agree_with_the_roll_is_not_declared(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    society.vote(election, society.members[0], 1)
    society.close(election)
    result = society.unseal(election)
    Result.objects.filter(pk=result.pk).update(voted=2)
    with pytest.raises(RuleError, match="Find out why"):
        ops.publish_result(election=election, now=AFTER, by=society.secretary)
    Result.objects.filter(pk=result.pk).update(voted=1)
    assert not Result.objects.published().exists()
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    assert Result.objects.published().get().election == election


# --- The archive ----------------------------------------------------------------------------------


def test_the_close_moves_roll_and_papers_to_the_archive(society: Society) -> None:
    society.add_members(6)
    election = society.open(society.election(society.meeting(), standing=3))
    for member in society.members[:4]:
        society.vote(election, member, 1)
    papers = set(SealedBallot.objects.values_list("pk", "receipt"))
    society.close(election)
    assert not SealedBallot.objects.exists()
    assert not RollEntry.objects.exists()
    assert set(ArchivedBallot.objects.values_list("pk", "receipt")) == papers
    assert ArchivedRollEntry.objects.filter(state="voted").count() == 4


def refused(act: object) -> bool:
    try:
        with transaction.atomic():
            act()  # type: ignore[operator]
    except IntegrityError:
        return True
    return False


def test_the_database_itself_guards_roll_and_box(society: Society) -> None:
    society.add_members(4)
    election = society.open(society.election(society.meeting(), standing=3))
    society.vote(election, society.members[0], 1)
    voted = RollEntry.objects.filter(state="voted")
    assert refused(lambda: SealedBallot.objects.update(constituency="Other"))
    assert refused(lambda: SealedBallot.objects.all().delete())
    assert refused(lambda: voted.update(state="not_voted"))
    assert refused(lambda: RollEntry.objects.update(constituency="Other"))
    assert refused(lambda: RollEntry.objects.all().delete())
    newcomer = society.add_member()
    assert refused(
        lambda: RollEntry.objects.create(election=election, member=newcomer, constituency="x")
    )
    forged = {"election": election, "constituency": "", "ciphertext": b"x", "receipt": "f" * 64}
    assert refused(lambda: ArchivedBallot.objects.create(**forged))
    society.close(election)
    assert refused(lambda: SealedBallot.objects.create(**forged))
    assert refused(lambda: ArchivedBallot.objects.create(**forged))
    assert refused(lambda: ArchivedBallot.objects.update(constituency="Other"))
    assert refused(lambda: ArchivedBallot.objects.all().delete())
    assert refused(lambda: ArchivedRollEntry.objects.update(state="voted"))
    assert refused(lambda: ArchivedRollEntry.objects.all().delete())
    assert ArchivedBallot.objects.count() == 1
    assert Member.objects.count() == 5


def test_the_system_closes_and_nobody_without_the_right_does(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    member = society.members[0]
    assert member.person
    with pytest.raises(PermissionDenied):
        ops.close_vote(election=election, now=AFTER, by=Actor("user", member.person.user))
    ops.close_vote(election=election, now=AFTER, by=SYSTEM)
    with pytest.raises(RuleError, match="closed, not counted"):
        ops.close_vote(election=election, now=AFTER, by=SYSTEM)


def test_a_vote_prepared_by_mistake_is_called_off_before_it_opens(society: Society) -> None:
    society.add_members(6)
    meeting = society.meeting(motion="That we bake.")
    vote = society.motion_vote(meeting)
    motion = vote.motion
    with pytest.raises(RuleError, match="Say why"):
        ops.call_off_vote(election=vote, because=" ", by=society.secretary)
    ops.call_off_vote(election=vote, because="Hands will do.", by=society.secretary)
    assert vote.state == "called_off"
    with pytest.raises(RuleError):
        ops.open_vote(election=vote, now=NOW, by=society.secretary)
    assert motion
    motion = Motion.objects.get(pk=motion.pk)
    assert not hasattr(motion, "election")  # it can be decided in another way
    opened = society.open(society.motion_vote(meeting))
    with pytest.raises(RuleError):
        ops.call_off_vote(election=opened, because="No.", by=society.secretary)
