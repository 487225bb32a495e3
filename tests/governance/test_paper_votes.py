"""Papers in envelopes: strike-off both ways, batches keyed by two people, one count for all."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from core.models import User
from governance import operations as ops
from governance.declaration import declaration_of
from governance.models import Election, PaperBatch, PaperKeying, RollEntry, SealedBallot
from members.models import Member
from tests.governance.conftest import AFTER, CLOSES_AT, NOW, WORDS, Society, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def voting(society: Society) -> Election:
    society.add_members(8)
    return society.open(society.election(society.meeting(), standing=3))


def receive(society: Society, election: Election, *members: Member) -> None:
    for member in members:
        ops.receive_paper(election=election, member=member, now=NOW, by=society.secretary)


def teller(election: Election, place: int = 0) -> Actor:
    return Actor("user", election.meeting.tellers.all()[place].user)


def key(
    batch: PaperBatch, by: Actor, *papers: tuple[tuple[int, ...], int], spoilt: int = 0
) -> None:
    for choices, number in papers:
        ops.key_papers(batch=batch, choices=choices, number=number, by=by)
    ops.finish_keying(batch=batch, spoilt=spoilt, by=by)


# --- One roll -------------------------------------------------------------------------------------


def test_whose_paper_is_here_does_not_vote_again(society: Society, voting: Election) -> None:
    receive(society, voting, society.members[0])
    with pytest.raises(RuleError, match="already been recorded"):
        society.vote(voting, society.members[0], 1)
    assert not SealedBallot.objects.exists()


def test_an_envelope_of_who_has_voted_is_set_aside(society: Society, voting: Election) -> None:
    society.vote(voting, society.members[0], 1)
    for _ in range(2):
        with pytest.raises(RuleError, match="Set the envelope aside"):
            receive(society, voting, society.members[0])
    assert RollEntry.objects.get(member=society.members[0]).state == "voted"


def test_an_envelope_noted_by_mistake_can_be_taken_back_while_voting_is_open(
    society: Society, voting: Election
) -> None:
    alice, bob = society.members[:2]
    receive(society, voting, alice, bob)
    ops.give_back_paper(election=voting, member=alice, now=NOW, by=society.secretary)
    society.vote(voting, alice, 1)
    with pytest.raises(RuleError, match="No voting paper"):
        ops.give_back_paper(election=voting, member=alice, now=NOW, by=society.secretary)
    society.close(voting)
    with pytest.raises(RuleError, match="closed"):
        ops.give_back_paper(election=voting, member=bob, now=AFTER, by=society.secretary)


def test_envelopes_are_noted_only_while_voting_is_open_and_by_the_secretary(
    society: Society, voting: Election
) -> None:
    with pytest.raises(PermissionDenied):
        ops.receive_paper(election=voting, member=society.members[0], now=NOW, by=teller(voting))
    society.close(voting)
    with pytest.raises(RuleError, match="Voting has closed"):
        receive(society, voting, society.members[0])


def test_the_database_takes_no_vote_back(society: Society, voting: Election) -> None:
    society.vote(voting, society.members[0], 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        RollEntry.objects.filter(state="voted").update(state="paper")
    with pytest.raises(IntegrityError), transaction.atomic():
        RollEntry.objects.filter(state="voted").update(state="not_voted")


# --- Batches --------------------------------------------------------------------------------------


@pytest.fixture
def closed(society: Society, voting: Election) -> Election:
    """Three voted here, four on paper, one not at all."""
    for member in society.members[:3]:
        society.vote(voting, member, 1, 2)
    receive(society, voting, *society.members[3:7])
    return society.close(voting)


def test_papers_and_the_box_are_counted_together(society: Society, closed: Election) -> None:
    batch = ops.make_batch(election=closed, size=4, by=society.secretary)
    key(batch, society.secretary, ((2,), 2), ((3, 1), 1), spoilt=1)
    key(batch, teller(closed), ((3, 1), 1), ((2,), 1), ((2,), 1), spoilt=1)
    batch = PaperBatch.objects.get()
    assert batch.agrees
    result = society.unseal(closed)
    assert (result.voted, result.ballots, result.on_paper, result.spoilt) == (7, 3, 4, 1)
    assert result.agrees
    first = result.count["stages"][0]["totals"]
    assert first == {
        "Member1 Example": "3.00000",
        "Member2 Example": "2.00000",
        "Member3 Example": "1.00000",
    }
    assert result.count["valid"] == 6
    ops.publish_result(election=closed, now=AFTER, by=society.secretary)


def test_nothing_is_opened_before_all_papers_are_keyed_twice_alike(
    society: Society, closed: Election
) -> None:
    for sentence in (
        "4 envelopes were noted, but 0 papers",
        "not keyed twice",
        "keyed differently",
    ):
        with pytest.raises(RuleError, match=sentence):
            society.unseal(closed)
        closed.refresh_from_db()
        assert closed.state == "closed"
        if not PaperBatch.objects.exists():
            batch = ops.make_batch(election=closed, size=4, by=society.secretary)
            key(batch, society.secretary, ((2,), 4))
        elif PaperKeying.objects.count() == 1:
            key(batch, teller(closed), ((2,), 3), ((3,), 1))
    ops.key_again(batch=batch, by=teller(closed))
    ops.unkey_papers(batch=batch, line=2, by=teller(closed))
    key(batch, teller(closed), ((2,), 1))
    assert society.unseal(closed).on_paper == 4


def test_one_person_does_not_key_a_batch_twice_nor_three_people(
    society: Society, closed: Election
) -> None:
    batch = ops.make_batch(election=closed, size=4, by=society.secretary)
    key(batch, society.secretary, ((2,), 4))
    with pytest.raises(RuleError, match="finished this batch"):
        ops.key_papers(batch=batch, choices=[2], by=society.secretary)
    key(batch, teller(closed), ((2,), 4))
    with pytest.raises(RuleError, match="Two others"):
        ops.key_papers(batch=batch, choices=[2], by=teller(closed, 1))
    user = society.secretary.user
    assert user
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperKeying.objects.filter(place=2).update(keyed_by=user)


@pytest.mark.parametrize(
    ("choices", "number", "sentence"),
    [
        ((9,), 1, "not on it"),
        ((1, 1), 1, "twice"),
        ((1,), 5, "holds 4 papers"),
        ((1,), 0, "holds 4 papers"),
        ((1,), -1, "holds 4 papers"),
    ],
)
def test_what_no_paper_says_is_not_keyed(
    society: Society, closed: Election, choices: tuple[int, ...], number: int, sentence: str
) -> None:
    batch = ops.make_batch(election=closed, size=4, by=society.secretary)
    with pytest.raises(RuleError, match=sentence):
        ops.key_papers(batch=batch, choices=choices, number=number, by=society.secretary)
    assert not any(keying.lines for keying in PaperKeying.objects.all())


def test_a_batch_is_finished_when_every_paper_in_it_is_accounted_for(
    society: Society, closed: Election
) -> None:
    batch = ops.make_batch(election=closed, size=4, by=society.secretary)
    ops.key_papers(batch=batch, choices=[1], number=3, by=society.secretary)
    for spoilt in (0, 2, -1):
        with pytest.raises(RuleError, match="the batch holds 4"):
            ops.finish_keying(batch=batch, spoilt=spoilt, by=society.secretary)
    ops.finish_keying(batch=batch, spoilt=1, by=society.secretary)


def test_batches_hold_no_more_papers_than_envelopes_came(
    society: Society, closed: Election
) -> None:
    ops.make_batch(election=closed, size=3, by=society.secretary)
    with pytest.raises(RuleError, match="4 envelopes were noted"):
        ops.make_batch(election=closed, size=2, by=society.secretary)
    second = ops.make_batch(election=closed, size=1, by=society.secretary)
    assert second.number == 2
    ops.remove_batch(batch=second, by=society.secretary)
    ops.make_batch(election=closed, size=1, by=teller(closed))


def test_papers_are_keyed_by_secretary_and_tellers_after_the_close_and_before_the_count(
    society: Society, closed: Election
) -> None:
    member = society.members[0]
    assert member.person
    with pytest.raises(PermissionDenied):
        ops.make_batch(election=closed, size=4, by=Actor("user", member.person.user))
    batch = ops.make_batch(election=closed, size=4, by=society.secretary)
    key(batch, society.secretary, ((2,), 4))
    key(batch, teller(closed), ((2,), 4))
    society.unseal(closed)
    for act in (ops.key_again, ops.remove_batch):
        with pytest.raises(RuleError, match="papers are keyed in after"):
            act(batch=batch, by=society.secretary)


def test_nobody_keys_while_voting_is_open(society: Society, voting: Election) -> None:
    receive(society, voting, society.members[0])
    with pytest.raises(RuleError, match="open for voting"):
        ops.make_batch(election=voting, size=1, by=society.secretary)


def rows_that_say(what: str) -> set[str]:
    """The kinds of rows, of all there are, in which this stands."""
    return {
        model._meta.label
        for model in apps.get_models()
        if any(what in json.dumps(row, default=str) for row in model._default_manager.values())
    }


def test_once_counted_no_row_says_what_a_paper_said(society: Society, voting: Election) -> None:
    """One envelope alone: the roll says whose it was, so nothing may say what was in it."""
    for member in society.members[:3]:
        society.vote(voting, member, 2)
    receive(society, voting, *society.members[3:5])
    election = society.close(voting)
    for _ in range(2):
        batch = ops.make_batch(election=election, size=1, by=society.secretary)
        spoilt = 1 if batch.number == 2 else 0
        for by in (society.secretary, teller(election)):
            key(batch, by, *[((3, 1), 1)] * (1 - spoilt), spoilt=spoilt)
    assert rows_that_say("[3, 1]") == {"governance.PaperKeying"}
    result = society.unseal(election)
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    assert (result.on_paper, result.spoilt) == (2, 1)
    assert rows_that_say("[3, 1]") == set()
    assert not PaperKeying.objects.filter(spoilt__gt=0).exists()
    assert all(batch.agrees for batch in PaperBatch.objects.all())


def test_what_was_keyed_stays_where_the_box_is_not_counted(
    society: Society, closed: Election
) -> None:
    batch = ops.make_batch(election=closed, size=4, by=society.secretary)
    key(batch, society.secretary, ((2,), 4))
    with pytest.raises(RuleError, match="not keyed twice"):
        society.unseal(closed)
    assert PaperKeying.objects.get().total == 4


def test_papers_that_say_a_class_are_counted_with_it(society: Society) -> None:
    society.add_members(12)
    society.add_members(12, constituency="Users")
    society.add_members(3, constituency="Few")
    society.add_members(2, constituency="Rare")
    meeting = society.meeting(motion="That the rules change.")
    election = society.open(society.motion_vote(meeting))
    for index, member in enumerate(society.members[:20]):
        society.vote(election, member, 1 + index % 2)
    receive(society, election, *society.members[20:24])
    society.close(election)
    with pytest.raises(RuleError, match="No paper of this vote says that"):
        ops.make_batch(election=election, size=4, constituency="Few", by=society.secretary)
    batch = ops.make_batch(election=election, size=4, constituency="Users", by=society.secretary)
    for by in (society.secretary, teller(election)):
        key(batch, by, ((1,), 3), ((2,), 1))
    result = society.unseal(election)
    assert (result.count["for"], result.count["against"]) == (13, 11)
    shown = {row["constituency"]: row["for"] for row in result.by_constituency}
    assert shown == {"Workers": 6, "Users": 7}


# --- Rules, seats, candidates ---------------------------------------------------------------------


def make(society: Society, **fields: Any) -> Election:
    return ops.make_election(
        meeting=society.meeting(),
        title="Board",
        closes_at=AFTER,
        by=society.secretary,
        **fields,
    )


def test_each_way_of_counting_gives_its_own_result(society: Society) -> None:
    """Three with most first choices behind one, who is nobody's second: one seat, four rules."""
    members = society.add_members(9)
    winners = {}
    for counting in Election.Counting.values:
        election = make(society, seats=1, counting=counting)
        for member in members[:3]:
            ops.add_candidate(election=election, member=member, by=society.secretary)
        society.open(election)
        papers = [(1,)] * 4 + [(2, 3)] * 3 + [(3, 2)] * 2
        for member, paper in zip(members, papers, strict=True):
            chosen = paper[:1] if counting == "block" else paper
            society.vote(election, member, *chosen)
        society.close(election)
        winners[counting] = society.unseal(election).count["elected"]
        assert election.result.count["rules"] == counting
    assert winners == {
        "scottish-stv": ["Member2 Example"],
        "meek": ["Member2 Example"],
        "av": ["Member2 Example"],
        "block": ["Member1 Example"],
    }


def test_block_votes_take_as_many_ticks_as_seats(society: Society) -> None:
    society.add_members(5)
    election = make(society, seats=2, counting="block")
    for member in society.members[:3]:
        ops.add_candidate(election=election, member=member, by=society.secretary)
    society.open(election)
    with pytest.raises(RuleError, match="2 at most"):
        society.vote(election, society.members[0], 1, 2, 3)
    society.vote(election, society.members[0], 1, 2)
    society.vote(election, society.members[1])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"seats": 2, "counting": "av"}, "one seat only"),
        ({"seats": 1, "counting": "roulette"}, "how the votes are counted"),
        ({"seats": 0}, "how many seats"),
    ],
)
def test_a_vote_that_cannot_be_counted_is_not_made(
    society: Society, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RuleError, match=sentence):
        make(society, **fields)
    assert not Election.objects.exists()


def test_a_seat_kept_for_some_is_voted_on_by_them_alone(society: Society) -> None:
    workers = society.add_members(3)
    users = society.add_members(3, constituency="Users")
    election = make(society, seats=1, constituency="Users")
    with pytest.raises(RuleError, match="kept for Users"):
        ops.add_candidate(election=election, member=workers[0], by=society.secretary)
    for member in users[:2]:
        ops.add_candidate(election=election, member=member, by=society.secretary)
    society.open(election)
    assert {entry.member for entry in election.rollentry_set.all()} == set(users)
    with pytest.raises(RuleError, match="not on the roll"):
        society.vote(election, workers[0], 1)


def test_who_stands_outside_a_class_keeps_the_seat_from_being_kept_for_it(
    society: Society,
) -> None:
    society.add_members(3)
    society.add_member(constituency="Users")
    election = society.election(society.meeting(), standing=2)
    with pytest.raises(RuleError, match="is not one of them"):
        ops.change_election(
            election=election,
            title="Board",
            closes_at=AFTER,
            seats=1,
            constituency="Users",
            by=society.secretary,
        )


def withdraw(society: Society, election: Election, place: int = 0, because: str = "ill") -> None:
    ops.withdraw_candidate(
        candidate=election.candidates.all()[place], because=because, now=NOW, by=society.secretary
    )


def test_who_withdraws_is_counted_as_never_there(society: Society, voting: Election) -> None:
    society.vote(voting, society.members[0], 1, 2)
    society.vote(voting, society.members[1], 1)
    withdraw(society, voting)
    with pytest.raises(RuleError, match="not on it"):
        society.vote(voting, society.members[2], 1)
    society.vote(voting, society.members[2], 3)
    society.close(voting)
    result = society.unseal(voting)
    assert result.count["withdrawn"] == ["Member1 Example"]
    assert result.count["stages"][0]["totals"] == {
        "Member2 Example": "1.00000",
        "Member3 Example": "1.00000",
    }
    assert result.ballots == 3
    assert result.only_withdrawn == 1
    assert "1 named only somebody who has withdrawn." in declaration_of(result)


def test_why_somebody_withdrew_is_not_in_the_published_record(
    society: Society, voting: Election
) -> None:
    withdraw(society, voting, because="Gravely ill")
    society.close(voting)
    society.unseal(voting)
    ops.publish_result(election=voting, now=AFTER, by=society.secretary)
    withdrew = voting.events.get(kind="withdrew")
    assert withdrew.facts == {"position": 1}
    assert rows_that_say("Gravely ill") == {"governance.Candidate"}
    with zipfile.ZipFile(io.BytesIO(bytes(voting.bundle.data))) as files:
        assert not any(b"Gravely ill" in files.read(name) for name in files.namelist())


def test_withdrawing_needs_an_open_vote_and_a_reason_and_happens_once(
    society: Society, voting: Election
) -> None:
    with pytest.raises(RuleError, match="Say why"):
        withdraw(society, voting, because=" ")
    withdraw(society, voting)
    with pytest.raises(RuleError, match="withdrawn already"):
        withdraw(society, voting)
    society.close(voting)
    with pytest.raises(RuleError, match="decline the seat"):
        withdraw(society, voting, place=1)


def test_before_voting_a_name_is_taken_off_the_paper_instead(society: Society) -> None:
    society.add_members(4)
    election = society.election(society.meeting(), standing=2)
    with pytest.raises(RuleError, match="take the name off"):
        withdraw(society, election)


# --- Pages ----------------------------------------------------------------------------------------


def test_two_people_key_a_batch_without_seeing_each_others_work(
    secretary_client: Client,
    society: Society,
    closed: Election,
    signed_in: Callable[[User], Client],
) -> None:
    urls = {name: reverse(f"governance:{name}", args=[closed.pk]) for name in ("batches", "unseal")}
    page = secretary_client.post(urls["batches"], {"size": "4"})
    batch = reverse("governance:batch", args=[closed.pk, PaperBatch.objects.get().pk])
    assert page["Location"] == batch
    wrong = secretary_client.post(batch, {"ranking_3": "2", "number": "1"})
    assert "There is a 2 but no 1" in text(wrong)
    secretary_client.post(batch, {"ranking_2": "1", "number": "3"})
    secretary_client.post(batch, {"ranking_3": "1", "ranking_1": "2", "number": "1"})
    assert "1. Member3 Example, 2. Member1 Example" in text(secretary_client.get(batch))
    secretary_client.post(batch, {"spoilt": "0"})
    user = closed.meeting.tellers.all()[0].user
    other = signed_in(user)
    assert "1. Member3" not in text(other.get(batch))
    other.post(batch, {"ranking_2": "1", "number": "4"})
    other.post(batch, {"spoilt": "0"})
    for client in (secretary_client, other):
        assert "read the papers differently" in text(client.get(batch))
    other.post(reverse("governance:batch_again", args=[closed.pk, PaperBatch.objects.get().pk]))
    unkey = reverse("governance:batch_unkey", args=[closed.pk, PaperBatch.objects.get().pk])
    other.post(unkey, {"line": "1"})
    assert text(other.post(unkey, {"line": "x"})).count("not there any more") == 1
    other.post(batch, {"ranking_2": "1", "number": "3"})
    other.post(batch, {"ranking_3": "1", "ranking_1": "2", "number": "1"})
    other.post(batch, {"spoilt": "0"})
    assert "Two people keyed in the same" in text(other.get(batch))
    assert "All papers are keyed in twice" in text(other.get(urls["batches"]))


@pytest.mark.parametrize(("papers", "shown"), [(4, False), (5, True)])
def test_subtotals_of_fewer_than_five_papers_are_not_shown(
    secretary_client: Client, society: Society, voting: Election, papers: int, shown: bool
) -> None:
    receive(society, voting, *society.members[:papers])
    election = society.close(voting)
    batch = ops.make_batch(election=election, size=papers, by=society.secretary)
    for place in (0, 1):
        key(batch, teller(election, place), ((2,), papers))
    page = text(secretary_client.get(reverse("governance:batch", args=[election.pk, batch.pk])))
    assert "Two people keyed in the same" in page
    assert ("Subtotals" in page) == shown


def test_a_batch_is_not_looked_at_once_it_is_counted(
    secretary_client: Client, society: Society, closed: Election
) -> None:
    batch = ops.make_batch(election=closed, size=4, by=society.secretary)
    for by in (society.secretary, teller(closed)):
        key(batch, by, ((2,), 4))
    society.unseal(closed)
    url = reverse("governance:batch", args=[closed.pk, batch.pk])
    assert "not kept" in text(secretary_client.get(url))
    whole = text(secretary_client.get(reverse("governance:batches", args=[closed.pk])))
    assert "Batch 1" in whole
    assert url not in whole


def test_envelopes_are_noted_by_number(
    secretary_client: Client, society: Society, voting: Election
) -> None:
    url = reverse("governance:envelopes", args=[voting.pk])
    number = society.members[0].number
    assert "Noted: the envelope" in text(
        secretary_client.post(url, {"member": str(number)}, follow=True)
    )
    assert "Set the envelope aside" in text(secretary_client.post(url, {"member": str(number)}))
    assert "Nobody in the register" in text(secretary_client.post(url, {"member": "999"}))
    back = reverse("governance:envelope_back", args=[voting.pk, society.members[0].pk])
    assert "can vote again" in text(secretary_client.post(back, follow=True))


def test_a_batch_holds_no_more_of_a_class_than_came(society: Society) -> None:
    society.body().rule_sets.update(mode="concurrent", must_agree=["Workers", "Users"])
    society.add_members(4)
    society.add_members(4, constituency="Users")
    election = society.open(society.motion_vote(society.meeting(motion="That we bake.")))
    for member in society.members[:2]:  # two workers, no user
        ops.receive_paper(election=election, member=member, now=NOW, by=society.secretary)
    society.close(election)
    with pytest.raises(RuleError, match="Papers of Users: 0 came") as refused:
        ops.make_batch(election=election, size=1, constituency="Users", by=society.secretary)
    assert refused.value.field == "constituency"
    assert ops.make_batch(election=election, size=2, constituency="Workers", by=society.secretary)


def test_voting_gets_no_more_time_once_its_hour_has_passed(
    society: Society, voting: Election, time_machine: Any
) -> None:
    time_machine.move_to(CLOSES_AT + dt.timedelta(minutes=1), tick=False)
    with pytest.raises(RuleError, match="hour has passed"):
        ops.change_election(
            election=voting,
            title=voting.title,
            closes_at=CLOSES_AT + dt.timedelta(days=2),
            seats=voting.seats,
            by=society.secretary,
        )


def test_the_result_of_a_block_vote_is_shown(society: Society, secretary_client: Client) -> None:
    society.add_members(5)
    election = society.election(society.meeting(), standing=3)
    Election.objects.filter(pk=election.pk).update(counting="block")
    election.refresh_from_db()
    society.open(election)
    for member in society.members:
        society.vote(election, member, 1, 2)
    society.close(election)
    society.unseal(election)
    page = secretary_client.get(reverse("governance:result", args=[election.pk]))
    assert page.status_code == 200
    assert "Votes for each candidate" in page.content.decode()


def test_the_papers_of_few_voters_are_not_published(society: Society) -> None:
    society.add_members(24)
    election = society.open(society.election(society.meeting(), standing=3))
    society.vote(election, society.members[0], 1, 2)
    society.close(election)
    assert society.unseal(election).blt == ""


def test_tellers_read_why_the_box_stays_closed(
    society: Society, voting: Election, signed_in: Any
) -> None:
    ops.receive_paper(election=voting, member=society.members[0], now=NOW, by=society.secretary)
    society.close(voting)
    first, second = voting.meeting.tellers.select_related("user")[:2]
    url = reverse("governance:unseal", args=[voting.pk])
    page = signed_in(first.user).post(
        url,
        {
            "first_passphrase": WORDS[0],
            "second": second.pk,
            "second_passphrase": WORDS[1],
        },
    )
    said = page.content.decode()
    assert "The box is opened once" not in said
    assert "Open the box and count" in said
    assert Election.objects.get(pk=voting.pk).state == "closed"
