"""Casting: once, only while open, only by those on the roll, and leaving no trace."""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, ReadLine
from governance import operations as ops
from governance import sealing
from governance.models import (
    ArchivedBallot,
    ArchivedRollEntry,
    Candidate,
    Election,
    RollEntry,
    SealedBallot,
    Teller,
)
from governance.operations import elections
from members.models import Member
from tests.governance.conftest import AFTER, CLOSES_AT, NOW, WORDS, Society

pytestmark = pytest.mark.django_db


@pytest.fixture
def voting(society: Society) -> Election:
    society.add_members(6)
    return society.open(society.election(society.meeting(), standing=3))


def state() -> tuple[Any, ...]:
    """Roll and box as they are."""
    return (
        sorted(RollEntry.objects.values_list("pk", "state")),
        sorted(SealedBallot.objects.values_list("pk", "receipt")),
    )


def test_a_vote_marks_the_roll_and_fills_the_box(society: Society, voting: Election) -> None:
    code = society.vote(voting, society.members[0], 2, 3)
    assert RollEntry.objects.get(member=society.members[0]).has_voted
    paper = SealedBallot.objects.get()
    assert paper.receipt == sealing.receipt_hash(code)
    assert RollEntry.objects.voted().count() == 1


def test_a_second_vote_is_refused_and_changes_nothing(society: Society, voting: Election) -> None:
    society.vote(voting, society.members[0], 2)
    before = state()
    with pytest.raises(RuleError, match="already been recorded"):
        society.vote(voting, society.members[0], 1)
    assert state() == before


@pytest.mark.parametrize("choices", [(4,), (0,), (1, 1), (1, 2, 3, 1), (300,), (-1,)])
def test_a_paper_that_says_what_no_paper_can_say_is_refused(
    society: Society, voting: Election, choices: tuple[int, ...]
) -> None:
    before = state()
    with pytest.raises(RuleError, match=r"not on it|twice"):
        society.vote(voting, society.members[0], *choices)
    assert state() == before


def test_a_motion_takes_exactly_one_answer(society: Society) -> None:
    society.add_members(3)
    meeting = society.meeting(motion="That the rules change.")
    election = society.open(society.motion_vote(meeting))
    for choices in ((), (1, 2), (4,)):
        with pytest.raises(RuleError):
            society.vote(election, society.members[0], *choices)
    society.vote(election, society.members[0], 3)
    assert SealedBallot.objects.count() == 1


def test_somebody_who_is_not_on_the_roll_does_not_vote(society: Society, voting: Election) -> None:
    newcomer = society.add_member(joined=NOW.date())
    before = state()
    with pytest.raises(RuleError, match="not on the roll"):
        society.vote(voting, newcomer, 1)
    assert state() == before


def test_nobody_votes_for_somebody_else(society: Society, voting: Election) -> None:
    alice, bob = society.members[:2]
    assert bob.person
    for by in (Actor("user", bob.person.user), society.secretary):
        with pytest.raises(PermissionDenied):
            ops.cast_ballot(election=voting, member=alice, choices=[1], now=NOW, by=by)
    assert not SealedBallot.objects.exists()


def test_an_organisation_votes_through_its_representative_of_the_day(society: Society) -> None:
    members = society.add_members(3)
    trust = society.add_organisation("Damside Trust", members[0])
    election = society.open(society.election(society.meeting(), standing=2))
    assert members[0].person
    actor = Actor("user", members[0].person.user)
    ops.cast_ballot(election=election, member=trust, choices=[1], now=NOW, by=actor)
    ops.cast_ballot(election=election, member=members[0], choices=[2], now=NOW, by=actor)
    assert RollEntry.objects.voted().count() == 2
    assert trust.organisation
    assert members[1].person
    assert not Member.objects.of_user(members[1].person.user, NOW.date()).filter(pk=trust.pk)


def test_a_vote_after_the_close_is_refused(society: Society, voting: Election) -> None:
    society.vote(voting, society.members[0], 1)
    society.close(voting)
    before = sorted(ArchivedRollEntry.objects.values_list("pk", "state"))
    with pytest.raises(RuleError, match="Voting has closed"):
        society.vote(voting, society.members[1], 1)
    assert sorted(ArchivedRollEntry.objects.values_list("pk", "state")) == before
    assert ArchivedBallot.objects.count() == 1


def test_the_hour_of_closing_counts_before_anybody_has_pressed_the_button(
    society: Society, voting: Election
) -> None:
    member = society.members[0]
    assert member.person
    with pytest.raises(RuleError, match="Voting has closed"):
        ops.cast_ballot(
            election=voting,
            member=member,
            choices=[1],
            now=CLOSES_AT,
            by=Actor("user", member.person.user),
        )
    assert not SealedBallot.objects.exists()


def test_a_vote_before_the_opening_is_refused(society: Society) -> None:
    society.add_members(3)
    election = society.election(society.meeting(), standing=2)
    society.make_ready(election)
    with pytest.raises(RuleError, match="not opened yet"):
        society.vote(election, society.members[0], 1)


# --- Secrecy --------------------------------------------------------------------------------------


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"SELECT * FROM {table}")
                found[model._meta.db_table] = sorted(map(repr, cursor.fetchall()))
    return found


def test_a_vote_touches_two_tables_and_nothing_else(
    society: Society, voting: Election, caplog: pytest.LogCaptureFixture
) -> None:
    before = tables()
    with caplog.at_level(logging.DEBUG):
        society.vote(voting, society.members[0], 1, 2)
    after = tables()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"governance_rollentry", "governance_sealedballot"}
    said = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert said == []


def test_neither_audit_nor_mail_nor_reading_knows_of_a_vote(
    society: Society, voting: Election
) -> None:
    lines = AuditLine.objects.count(), ReadLine.objects.count(), OutboxMessage.objects.count()
    for member in society.members:
        society.vote(voting, member, 1)
    assert lines == (
        AuditLine.objects.count(),
        ReadLine.objects.count(),
        OutboxMessage.objects.count(),
    )


def columns(model: Any) -> dict[str, str]:
    return {field.column: field.get_internal_type() for field in model._meta.fields}


def test_roll_and_box_share_no_column_that_could_join_them() -> None:
    for roll, box in ((RollEntry, SealedBallot), (ArchivedRollEntry, ArchivedBallot)):
        shared = set(columns(roll)) & set(columns(box))
        assert shared == {"id", "election_id", "constituency"}  # both ids are random
        kinds = set(columns(roll).values()) | set(columns(box).values())
        assert not kinds & {"DateTimeField", "DateField", "TimeField"}
        pointers = {
            field.related_model
            for m in (roll, box)
            for field in m._meta.fields
            if field.is_relation
        }
        assert pointers == {Election, Member}


def votes_in_order(society: Society, election: Election) -> list[str]:
    """Everybody votes, in the order of their numbers; the hashes of the receipts in that order."""
    return [sealing.receipt_hash(society.vote(election, member, 1)) for member in society.members]


def test_the_order_of_voting_is_nowhere_in_the_archive(society: Society) -> None:
    society.add_members(12)
    election = society.open(society.election(society.meeting(), standing=3))
    in_order = votes_in_order(society, election)
    society.close(election)
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, receipt FROM governance_archivedballot ORDER BY {place}")
        papers = cursor.fetchall()
        cursor.execute(f"SELECT id FROM governance_archivedrollentry ORDER BY {place}")
        entries = [row[0] for row in cursor.fetchall()]
    # The place of a row follows its random id, which nobody's turn had a part in.
    assert [pk for pk, _ in papers] == sorted(pk for pk, _ in papers)
    assert entries == sorted(entries)
    assert [receipt for _, receipt in papers] != in_order


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="rowids are SQLite's")
def test_the_hidden_rowid_is_the_random_id(society: Society, voting: Election) -> None:
    votes_in_order(society, voting)
    with connection.cursor() as cursor:
        for table in ("sealedballot", "rollentry"):
            cursor.execute(f"SELECT COUNT(*) FROM governance_{table} WHERE rowid <> id")
            assert cursor.fetchone()[0] == 0
        # Nor is there a table that counts up.
        cursor.execute("SELECT name FROM sqlite_sequence WHERE name LIKE 'governance_%ballot'")
        assert cursor.fetchall() == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="xmin is PostgreSQL's")
@pytest.mark.django_db(transaction=True)
def test_after_the_close_no_transaction_mark_joins_voter_and_paper(society: Society) -> None:
    society.add_members(6)
    election = society.open(society.election(society.meeting(), standing=3))
    votes_in_order(society, election)
    join = (
        "SELECT COUNT(*) FROM governance_{0}rollentry r "
        "JOIN governance_{1}ballot b ON r.xmin::text = b.xmin::text"
    )
    with connection.cursor() as cursor:
        cursor.execute(join.format("", "sealed"))
        assert (
            cursor.fetchone()[0] == 6
        )  # while voting is open the mark is there: see docs/voting.md
    society.close(election)
    with connection.cursor() as cursor:
        cursor.execute(join.format("archived", "archived"))
        assert cursor.fetchone()[0] == 36  # everything with everything: it says nothing
        cursor.execute("SELECT COUNT(DISTINCT xmin::text) FROM governance_archivedballot")
        assert cursor.fetchone()[0] == 1


def test_papers_of_an_election_are_all_of_one_length(society: Society, voting: Election) -> None:
    for member, choices in zip(society.members, [(), (1,), (2, 1), (3, 2, 1)], strict=False):
        society.vote(voting, member, *choices)
    sizes = {len(bytes(ballot.ciphertext)) for ballot in SealedBallot.objects.all()}
    assert sizes == {3 + 48}


def test_a_receipt_is_found_however_it_is_typed() -> None:
    code = sealing.new_receipt()
    assert sealing.receipt_hash(code.lower().replace("-", " ")) == sealing.receipt_hash(code)
    assert sealing.receipt_hash(code.replace("0", "O").replace("1", "l")) == sealing.receipt_hash(
        code
    )
    assert len(code.replace("-", "")) == 16


# --- Races ----------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run each on a connection of its own, all starting together; how each ended."""
    barrier, ends = threading.Barrier(len(acts)), ["" for _ in acts]

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            act()
            ends[index] = "done"
        except RuleError as error:
            ends[index] = error.message
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.django_db(transaction=True)
def test_of_many_votes_of_one_member_at_once_exactly_one_counts(society: Society) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))

    def vote() -> None:
        society.vote(Election.objects.get(pk=election.pk), society.members[0], 1)

    ends = at_once(*[vote] * 5)
    assert ends.count("done") == 1
    assert sum("already been recorded" in end for end in ends) == 4
    assert SealedBallot.objects.count() == RollEntry.objects.voted().count() == 1


@pytest.mark.django_db(transaction=True)
def test_different_members_vote_at_once_without_loss(society: Society) -> None:
    society.add_members(5)
    election = society.open(society.election(society.meeting(), standing=2))

    def vote_of(member: Member) -> Callable[[], Any]:
        return lambda: society.vote(Election.objects.get(pk=election.pk), member, 1)

    assert at_once(*map(vote_of, society.members)) == ["done"] * 5
    assert SealedBallot.objects.count() == RollEntry.objects.voted().count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_vote_racing_the_close_is_counted_or_refused_never_half(society: Society) -> None:
    society.add_members(5)
    election = society.open(society.election(society.meeting(), standing=2))

    def vote_of(member: Member) -> Callable[[], Any]:
        return lambda: society.vote(Election.objects.get(pk=election.pk), member, 1)

    def close() -> None:
        ops.close_vote(
            election=Election.objects.get(pk=election.pk), now=AFTER, by=society.secretary
        )

    voters = list(map(vote_of, society.members))
    ends = at_once(*voters[:3], close, *voters[3:])
    assert ends[3] == "done"
    counted = [end for index, end in enumerate(ends) if index != 3].count("done")
    refused = sum("Voting has closed" in end for end in ends)
    assert counted + refused == 5
    assert not SealedBallot.objects.exists()
    assert not RollEntry.objects.exists()
    assert ArchivedBallot.objects.count() == ArchivedRollEntry.objects.voted().count() == counted
    assert ArchivedRollEntry.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_closes_at_once_move_everything_once(society: Society) -> None:
    society.add_members(4)
    election = society.open(society.election(society.meeting(), standing=2))
    for member in society.members:
        society.vote(election, member, 1)

    def close() -> None:
        ops.close_vote(
            election=Election.objects.get(pk=election.pk), now=AFTER, by=society.secretary
        )

    ends = at_once(close, close)
    assert sorted(end == "done" for end in ends) == [False, True]
    assert ArchivedBallot.objects.count() == 4


# --- Opening beside every change of the paper and the keys ----------------------------------------


def one_within_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """`second` begins when `first` has done its work but not committed it; how each ended."""
    done, over = threading.Event(), threading.Event()

    def hold_open() -> None:
        with transaction.atomic():
            first()
            done.set()
            over.wait(0.5)

    def come_late() -> None:
        done.wait(20)
        second()
        over.set()

    return at_once(hold_open, come_late)


@pytest.fixture
def ready(society: Society) -> Election:
    """An election that can be opened at once."""
    society.add_members(5)
    election = society.election(society.meeting(), standing=3)
    society.make_ready(election)
    return election


def fresh(election: Election) -> Election:
    return Election.objects.get(pk=election.pk)


def opening(society: Society, election: Election) -> Callable[[], Any]:
    return lambda: ops.open_vote(election=fresh(election), now=NOW, by=society.secretary)


def changes(society: Society, election: Election) -> dict[str, Callable[[], Any]]:
    """Whatever changes the paper or its keys before voting opens."""
    meeting, by = election.meeting, society.secretary
    begins, ends = NOW, NOW + dt.timedelta(days=2)

    def last() -> Candidate:
        return Candidate.objects.get(election=election, position=3)

    def new_passphrase() -> None:
        teller = Teller.objects.filter(meeting=meeting).first()
        assert teller
        ops.set_passphrase(
            teller=teller, passphrase="another set of words", by=Actor("user", teller.user)
        )

    return {
        "change": lambda: ops.change_election(
            election=fresh(election), title="Other", seats=1, closes_at=CLOSES_AT, by=by
        ),
        "add": lambda: ops.add_candidate(
            election=fresh(election), member=society.members[4], by=by
        ),
        "rename": lambda: ops.change_candidate(candidate=last(), name="Other", by=by),
        "remove": lambda: ops.remove_candidate(candidate=last(), by=by),
        "nominations": lambda: ops.call_for_nominations(
            election=fresh(election), begins=begins, ends=ends, by=by
        ),
        "passphrase": new_passphrase,
        "tellers": lambda: society.tellers(meeting),
    }


CHANGES = ("change", "add", "rename", "remove", "nominations", "passphrase", "tellers")


def paper_and_keys(election: Election) -> tuple[Any, ...]:
    found = fresh(election)
    return (
        (found.state, found.title, found.seats, found.lot_order, found.opened_at),
        (found.nominations_from, found.lock),
        list(found.candidates.values_list("position", "name")),
        sorted((box.pk, bytes(box.box), box.rehearsed) for box in found.boxes.all()),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", CHANGES)
def test_what_comes_while_voting_opens_changes_neither_paper_nor_keys(
    society: Society, ready: Election, name: str
) -> None:
    change = changes(society, ready)[name]
    opened: list[Any] = []

    def open_it() -> None:
        opening(society, ready)()
        opened.append(paper_and_keys(ready))

    ends = one_within_the_other(open_it, change)
    assert ends[0] == "done"
    assert any(why in ends[1] for why in ("has opened", "has begun", "Voting is open"))
    assert [paper_and_keys(ready)] == opened


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", CHANGES)
def test_a_vote_opens_with_what_was_changed_just_before_or_not_at_all(
    society: Society, ready: Election, name: str
) -> None:
    ends = one_within_the_other(changes(society, ready)[name], opening(society, ready))
    assert ends[0] == "done"
    found = fresh(ready)
    if name == "nominations":
        assert "Nominations are open" in ends[1]
    elif name in ("passphrase", "tellers"):
        assert "passphrase" in ends[1] or "not rehearsed" in ends[1]
        assert found.state == Election.State.ROLLED
    else:
        assert (ends[1], found.state) == ("done", Election.State.OPEN)
        assert sorted(found.lot_order) == sorted(found.options())


@pytest.mark.django_db(transaction=True)
def test_a_vote_made_while_a_passphrase_changes_has_keys_that_fit(
    society: Society, ready: Election
) -> None:
    made = one_within_the_other(
        changes(society, ready)["passphrase"],
        lambda: ops.make_election(
            meeting=ready.meeting, title="Chair", closes_at=CLOSES_AT, seats=1, by=society.secretary
        ),
    )
    assert made == ["done", "done"]
    first, second = Teller.objects.filter(meeting=ready.meeting)[:2]
    assert (
        ops.rehearse(
            first=first,
            first_passphrase="another set of words",
            second=second,
            second_passphrase=WORDS[1],
            by=Actor("user", first.user),
        )
        == 2
    )


@pytest.mark.django_db(transaction=True)
def test_boxes_made_anew_while_a_pair_rehearses_are_not_rehearsed(
    society: Society, ready: Election
) -> None:
    tellers = list(ready.meeting.tellers.all())
    ends = one_within_the_other(
        changes(society, ready)["passphrase"], lambda: society.rehearse(tellers)
    )
    assert ends[0] == "done"
    assert "has just been set again" in ends[1]
    assert not ready.boxes.filter(rehearsed=True).exists()


# --- Envelopes beside the close -------------------------------------------------------------------


@pytest.fixture
def with_a_paper(society: Society, voting: Election) -> Election:
    """One voting paper is here already."""
    ops.receive_paper(election=voting, member=society.members[1], now=NOW, by=society.secretary)
    return voting


def notes(society: Society, election: Election) -> dict[str, Callable[[], Any]]:
    """What is noted on the roll while voting is open."""
    by, members = society.secretary, society.members
    return {
        "receive": lambda: ops.receive_paper(
            election=fresh(election), member=members[0], now=NOW, by=by
        ),
        "give back": lambda: ops.give_back_paper(
            election=fresh(election), member=members[1], now=NOW, by=by
        ),
        "call": lambda: ops.take_phone_vote(
            election=fresh(election), member=members[0], known_by="voice", now=NOW, by=by
        ),
    }


NOTES = {"receive": 2, "give back": 0, "call": 1}


def closing(society: Society, election: Election) -> Callable[[], Any]:
    return lambda: society.close(fresh(election))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NOTES)
def test_the_close_waits_for_what_is_being_noted(
    society: Society, with_a_paper: Election, name: str
) -> None:
    note = notes(society, with_a_paper)[name]
    assert one_within_the_other(note, closing(society, with_a_paper)) == ["done", "done"]
    assert ArchivedRollEntry.objects.on_paper().count() == NOTES[name]
    assert ArchivedRollEntry.objects.count() == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NOTES)
def test_what_is_noted_within_the_close_comes_too_late(
    society: Society, with_a_paper: Election, name: str
) -> None:
    note = notes(society, with_a_paper)[name]
    ends = one_within_the_other(closing(society, with_a_paper), note)
    assert ends == ["done", "Voting has closed."]
    assert ArchivedRollEntry.objects.on_paper().count() == 1


def test_a_vote_that_cannot_be_closed_keeps_no_other_open(
    society: Society, voting: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = society.open_another(voting.meeting)
    archive = elections._archive

    def fails(election: Election) -> None:
        if election == voting:
            raise IntegrityError("something is wrong with its rows")
        archive(election)

    monkeypatch.setattr(elections, "_archive", fails)
    with pytest.raises(ExceptionGroup, match="could not be closed"):
        ops.close_due_votes(now=CLOSES_AT, by=SYSTEM)
    assert [fresh(each).state for each in (voting, other)] == ["open", "closed"]
    monkeypatch.undo()
    assert ops.close_due_votes(now=CLOSES_AT, by=SYSTEM) == 1


def test_a_vote_given_more_time_just_now_stays_open(society: Society, voting: Election) -> None:
    with pytest.raises(RuleError, match="more time"):
        ops.close_due_vote(election=voting, now=NOW, by=SYSTEM)
