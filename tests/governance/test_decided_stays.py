"""What was decided stays, whoever asks the database: hands, named votes, answers in writing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from governance import operations as ops
from governance.models import Division, NamedVote, WrittenResolution, WrittenVoice
from tests.governance.conftest import NOW, Society
from tests.governance.test_divisions import Room

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any], why: str) -> None:
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        act()


def by_name(society: Society) -> tuple[Room, Division]:
    society.add_members(4)
    room = Room(society).open()
    division = room.begin("named")
    for voter in room.voters:
        room.enter(division, voter, "for")
    return room, division


def test_a_decided_vote_stays_as_it_was(society: Society) -> None:
    room, division = by_name(society)
    room.close(division)
    rows = Division.objects.filter(pk=division.pk)
    refused(lambda: rows.update(verdict={"carried": False}), "stays as it was")
    refused(lambda: rows.update(counts={"": [0, 9, 0]}), "stays as it was")
    refused(lambda: rows.update(state="open"), "stays as it was")
    refused(rows.delete, "is kept|while the vote")
    rows.update(taken_by=None)  # who took it may leave the co-op's users


def test_named_votes_come_and_go_only_while_it_is_taken(society: Society) -> None:
    room, division = by_name(society)
    room.enter(division, room.voters[0], "")
    room.enter(division, room.voters[1], "against")
    room.close(division)
    votes = NamedVote.objects.filter(division=division)
    assert votes.count() == 3
    refused(lambda: votes.update(choice="against"), "while the vote is being taken")
    refused(votes.delete, "while the vote is being taken")
    refused(
        lambda: NamedVote.objects.create(division=division, voter=room.voters[0], choice="against"),
        "while the vote is being taken",
    )


def test_a_poll_still_sets_hands_aside(society: Society) -> None:
    society.add_members(6)
    room = Room(society).open()
    division = room.hands(4, 1, 0)
    poll = ops.demand_poll(division=division, demanders=room.voters[:2], now=NOW, by=room.by)
    division.refresh_from_db()
    assert (division.state, poll.state) == ("set_aside", "open")
    refused(
        lambda: Division.objects.filter(pk=division.pk).update(state="decided"), "stays as it was"
    )


def test_answers_in_writing_stay(society: Society) -> None:
    society.add_members(3)
    society.body().rule_sets.update(mode="heads")
    resolution = ops.send_round(
        body=society.body(), title="Bus", text="Sell it.", now=NOW, by=society.secretary
    )
    voices = WrittenVoice.objects.filter(resolution=resolution)
    for voice in voices[:2]:
        ops.answer_in_writing(voice=voice, choice="for", now=NOW, by=society.secretary)
    assert WrittenResolution.objects.get().state == "carried"
    refused(lambda: voices.update(choice="against"), "stays once")
    refused(voices.delete, "is kept")
