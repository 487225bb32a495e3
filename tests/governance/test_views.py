"""The screens: who gets in, what they say when refused, and that no result is seen too early."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import User
from governance import operations as ops
from governance.models import ArchivedBallot, Election, Meeting, Notice, RollEntry, SealedBallot
from members.models import Member
from tests.governance.conftest import NOW, WORDS, Society, text, user_of

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
ONE_DAY = dt.timedelta(days=1)


# --- Preparing ------------------------------------------------------------------------------------


def test_without_a_body_the_secretary_is_sent_to_make_one(secretary_client: Client) -> None:
    response = secretary_client.get(reverse("governance:meeting_new"))
    assert response["Location"] == reverse("governance:body_new")


MEETING = {
    "kind": "agm",
    "title": "AGM 2026",
    "day": "28 March 2026",
    "clock": "2pm",
    "held": "room",
    "place": "Weavers Hall",
    "record_date": "1 March 2026",
}


def test_a_meeting_is_made_and_changed(society: Society, secretary_client: Client) -> None:
    body = society.body()
    secretary_client.post(reverse("governance:meeting_new"), MEETING | {"body": body.pk})
    meeting = Meeting.objects.get()
    assert meeting.starts_at.isoformat() == "2026-03-28T14:00:00+00:00"
    url = reverse("governance:meeting_edit", args=[meeting.pk])
    assert "2026" in text(secretary_client.get(url))
    secretary_client.post(url, MEETING | {"place": "Old Dye Works"})
    meeting.refresh_from_db()
    assert meeting.place == "Old Dye Works"


def test_a_meeting_that_was_called_offers_no_form_to_change_it(
    society: Society, secretary_client: Client
) -> None:
    society.add_member()
    meeting = society.meeting()
    url = reverse("governance:meeting_edit", args=[meeting.pk])
    response = secretary_client.get(url, follow=True)
    assert response.redirect_chain == [(reverse("governance:meeting", args=[meeting.pk]), 302)]
    assert "it stays as it is" in text(response)
    refused = secretary_client.post(url, MEETING | {"body": meeting.body_id})
    assert "it cannot change any more" in text(refused)


def test_a_refusal_stands_beside_its_field(society: Society, secretary_client: Client) -> None:
    answers = MEETING | {"body": society.body().pk, "record_date": "29 March 2026"}
    response = secretary_client.post(reverse("governance:meeting_new"), answers)
    assert "The record date must not be after the meeting" in text(response)
    assert not Meeting.objects.exists()


def test_the_agenda_editor_adds_moves_and_removes(
    society: Society, secretary_client: Client
) -> None:
    member = society.add_member()
    meeting = society.meeting(called=False)
    url = reverse("governance:agenda", args=[meeting.pk])
    words = {"title": "Sign", "motion": "That we paint it.", "motion_kind": "ordinary"}
    words["proposer"] = str(member.number)
    secretary_client.post(url, words)
    item = meeting.items.get(title="Sign")
    assert item.motion.proposer == member
    secretary_client.post(
        reverse("governance:agenda_move", args=[meeting.pk, item.pk]), {"to": "up"}
    )
    assert [i.title for i in meeting.items.all()] == ["Welcome", "Sign", "Rules"]
    secretary_client.post(reverse("governance:agenda_remove", args=[meeting.pk, item.pk]))
    assert not meeting.items.filter(title="Sign").exists()
    response = secretary_client.post(url, {"title": "X", "motion": "Y", "proposer": "999"})
    assert "Nobody in the register has the number 999." in text(response)


def test_calling_too_late_says_when_it_could_be(
    society: Society, signed_in: SignIn, time_machine: Any
) -> None:
    society.add_member()
    meeting = society.meeting(called=False)
    time_machine.move_to("2026-03-20T12:00:00+00:00", tick=False)
    assert society.secretary.user
    client = signed_in(society.secretary.user)
    response = client.post(reverse("governance:call", args=[meeting.pk]))
    assert "Saturday 4 April 2026 at the earliest" in text(response)
    meeting.refresh_from_db()
    assert meeting.is_draft


def test_that_it_is_too_late_to_call_is_said_before_anybody_tries(
    society: Society, signed_in: SignIn, time_machine: Any
) -> None:
    meeting = society.meeting(called=False)
    assert society.secretary.user
    pages = [reverse(f"governance:{name}", args=[meeting.pk]) for name in ("meeting", "call")]
    for day, late in ((meeting.last_mailing, False), (meeting.last_mailing + ONE_DAY, True)):
        time_machine.move_to(f"{day}T12:00:00+00:00", tick=False)
        client = signed_in(society.secretary.user)
        for page in pages:
            assert ("no time left to give notice" in text(client.get(page))) is late


def test_a_vote_is_prepared_in_the_browser(society: Society, secretary_client: Client) -> None:
    members = society.add_members(3)
    meeting = society.meeting(motion="That the rules change.")
    answers = {"title": "Board", "seats": 2, "counting": "scottish-stv"}
    answers |= {"closing_day": "27 3 2026", "closing_clock": "17:00"}
    secretary_client.post(reverse("governance:election_new", args=[meeting.pk]), answers)
    board = Election.objects.get(kind="stv")
    url = reverse("governance:candidates", args=[board.pk])
    secretary_client.post(url, {"member": members[0].number, "statement": "Vote for me."})
    response = secretary_client.post(url, {"member": members[0].number})
    assert "on the paper already" in text(response)
    candidate = board.candidates.get()
    assert candidate.name == members[0].name
    secretary_client.post(
        reverse("governance:candidate", args=[board.pk, candidate.pk]), {"name": "M. One"}
    )
    assert board.candidates.get().name == "M. One"
    secretary_client.post(reverse("governance:roll_freeze", args=[board.pk]))
    assert RollEntry.objects.filter(election=board).count() == 3
    motion = meeting.items.get(motion__isnull=False).motion
    answers = {
        "title": "The motion",
        "motion": motion.pk,
        "closing_day": "27 3 2026",
        "closing_clock": "17:00",
    }
    form = reverse("governance:motion_vote_new", args=[meeting.pk])
    assert "it needs more than half of the votes for and against" in text(
        secretary_client.get(form)
    )
    secretary_client.post(form, answers)
    made = Election.objects.get(kind="motion")
    page = text(secretary_client.get(reverse("governance:election", args=[made.pk])))
    assert "More than half of the votes for and against" in page


# --- Voting ---------------------------------------------------------------------------------------


@pytest.fixture
def voting(society: Society) -> Election:
    society.add_members(4)
    return society.open(society.election(society.meeting(), standing=3))


def paper_url(election: Election, member: Member) -> str:
    return reverse("governance:paper", args=[election.pk, member.pk])


def test_a_member_fills_in_looks_over_and_casts(
    society: Society, voting: Election, signed_in: SignIn
) -> None:
    member = society.members[0]
    client, url = signed_in(user_of(member)), paper_url(voting, member)
    assert url in text(client.get(reverse("governance:votes")))
    filled = {"ranking_3": "1", "ranking_1": "2", "step": "review"}
    review = client.post(url, filled)
    assert "Cast my vote" in text(review)
    assert not SealedBallot.objects.exists()
    changed = client.post(url, filled | {"step": "change"})
    assert 'value="2"' in text(changed)
    done = client.post(url, filled | {"step": "cast"})
    assert "Your vote is recorded" in text(done)
    assert "no-store" in done["Cache-Control"]
    assert SealedBallot.objects.count() == 1
    again = client.post(url, filled | {"step": "cast"})
    assert again.status_code == 409
    assert "already been recorded" in text(again)
    assert "Your vote is recorded" in text(client.get(reverse("governance:votes")))


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"ranking_1": "1", "ranking_2": "1"}, "You gave 1 to"),
        ({"ranking_1": "1", "ranking_2": "3"}, "There is a 3 but no 2"),
        ({"ranking_1": "first"}, "Enter whole numbers only"),
        ({"ranking_1": "4"}, "Use the numbers 1 to 3"),
        ({}, "Put a 1 beside your first choice"),
        ({"ranking_1": "1", "blank": "on"}, "take this tick or the choice away"),
    ],
)
def test_a_paper_filled_in_wrongly_comes_back_with_what_was_typed(
    society: Society,
    voting: Election,
    signed_in: SignIn,
    answers: dict[str, str],
    sentence: str,
) -> None:
    member = society.members[0]
    client = signed_in(user_of(member))
    for step in ("review", "cast"):
        response = client.post(paper_url(voting, member), answers | {"step": step})
        assert response.status_code == 400
        assert sentence in text(response)
        for typed in answers.values():
            assert f'value="{typed}"' in text(response) or typed == "on"
    assert not SealedBallot.objects.exists()


def test_a_blank_paper_is_cast_on_purpose(
    society: Society, voting: Election, signed_in: SignIn
) -> None:
    member = society.members[0]
    client = signed_in(user_of(member))
    review = client.post(paper_url(voting, member), {"blank": "on", "step": "review"})
    assert "A blank paper" in text(review)
    client.post(paper_url(voting, member), {"blank": "on", "step": "cast"})
    society.close(voting)
    assert society.unseal(voting).blank == 1


def test_a_forged_candidate_is_not_even_read(
    society: Society, voting: Election, signed_in: SignIn
) -> None:
    member = society.members[0]
    client = signed_in(user_of(member))
    response = client.post(paper_url(voting, member), {"ranking_99": "1", "step": "cast"})
    assert response.status_code == 400
    assert not SealedBallot.objects.exists()


def test_after_the_close_the_paper_says_so(
    society: Society, voting: Election, signed_in: SignIn
) -> None:
    member = society.members[0]
    client = signed_in(user_of(member))
    society.close(voting)
    answers = {"ranking_1": "1", "step": "cast"}
    response = client.post(paper_url(voting, member), answers)
    assert response.status_code == 409
    assert "Voting has closed." in text(response)
    assert not ArchivedBallot.objects.exists()


def test_a_vote_closed_before_its_time_says_when_it_was(
    society: Society, voting: Election, secretary_client: Client
) -> None:
    url = reverse("governance:election", args=[voting.pk])
    assert "Voting closes" in text(secretary_client.get(url))
    society.close(voting)
    page = text(secretary_client.get(url))
    assert "Voting closed" in page
    assert "Saturday 28 March 2026 at 16:00" in page
    assert "Voting closes" not in page


def test_a_paper_opens_for_its_own_member_only(
    society: Society, voting: Election, signed_in: SignIn
) -> None:
    alice, bob = society.members[:2]
    client = signed_in(user_of(alice))
    assert client.get(paper_url(voting, bob)).status_code == 404
    answers = {"ranking_1": "1", "step": "cast"}
    assert client.post(paper_url(voting, bob), answers).status_code == 404
    assert not SealedBallot.objects.exists()


def test_neither_session_nor_address_knows_of_the_vote(
    society: Society, voting: Election, signed_in: SignIn
) -> None:
    member = society.members[0]
    client, url = signed_in(user_of(member)), paper_url(voting, member)
    answers = {"ranking_2": "1", "step": "review"}
    client.post(url, answers)
    done = client.post(url, answers | {"step": "cast"})
    receipt = done.context["receipt"]
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert kept
    assert all("ranking" not in str(data) and receipt not in str(data) for data in kept)
    assert not any(receipt in str(cookie) for cookie in client.cookies.values())
    assert done.request["PATH_INFO"] == url
    assert done.request["QUERY_STRING"] == ""


def test_a_receipt_is_found_after_the_close(
    society: Society, voting: Election, signed_in: SignIn
) -> None:
    member = society.members[0]
    code = society.vote(voting, member, 1)
    client = signed_in(user_of(member))
    url = reverse("governance:receipts", args=[voting.pk])
    assert client.get(url).status_code == 404
    society.close(voting)
    assert "Found" in text(client.post(url, {"code": code.lower()}))
    assert "Not found" in text(client.post(url, {"code": "0000-0000-0000-0000"}))


# --- Tellers and results --------------------------------------------------------------------------


def test_tellers_set_rehearse_and_open(
    society: Society, secretary_client: Client, signed_in: SignIn
) -> None:
    members = society.add_members(3)
    meeting = society.meeting()
    election = society.election(meeting, standing=2)
    url = reverse("governance:tellers_name", args=[meeting.pk])
    people = {f"name_{n}": f"Teller {n}" for n in (1, 2, 3)}
    people |= {f"email_{n}": f"teller{n}@example.org" for n in (1, 2, 3)}
    secretary_client.post(url, people)
    tellers = list(meeting.tellers.select_related("user"))
    clients = [signed_in(teller.user) for teller in tellers]
    for client, words in zip(clients, WORDS, strict=True):
        page = reverse("governance:passphrase", args=[meeting.pk])
        wrong = client.post(page, {"passphrase": words, "again": "something else"})
        assert "The two are not the same." in text(wrong)
        client.post(page, {"passphrase": words, "again": words})
    ops.freeze_roll(election=election, now=NOW, by=society.secretary)
    rehearsal = reverse("governance:rehearse", args=[meeting.pk])
    for a, b in ((0, 1), (1, 2), (2, 0)):
        answers = {
            "first_passphrase": WORDS[a],
            "second": tellers[b].pk,
            "second_passphrase": WORDS[b],
        }
        clients[a].post(rehearsal, answers)
    assert election.boxes.filter(rehearsed=True).count() == 3
    secretary_client.post(reverse("governance:vote_open", args=[election.pk]))
    election.refresh_from_db()
    assert election.state == "open"
    society.vote(election, members[2], 2)
    secretary_client.post(reverse("governance:vote_close", args=[election.pk]))
    page = reverse("governance:unseal", args=[election.pk])
    wrong = clients[0].post(page, answers | {"first_passphrase": "no", "second": tellers[2].pk})
    assert "not the passphrase" in text(wrong)
    assert WORDS[0] not in text(wrong)
    answers = {
        "first_passphrase": WORDS[0],
        "second": tellers[2].pk,
        "second_passphrase": WORDS[2],
    }
    response = clients[0].post(page, answers)
    assert response["Location"] == reverse("governance:result", args=[election.pk])
    secretary_client.post(reverse("governance:result_publish", args=[election.pk]))
    shown = text(signed_in(user_of(members[0])).get(response["Location"]))
    assert "Member2 Example" in shown
    assert "Agrees with the roll" in shown


def test_a_teller_does_not_try_the_passphrase_of_another_without_end(
    society: Society, signed_in: Callable[[User], Client]
) -> None:
    society.add_members(3)
    election = society.open(society.election(society.meeting(), standing=2))
    society.close(election)
    tellers = list(election.meeting.tellers.select_related("user"))
    client, page = signed_in(tellers[0].user), reverse("governance:unseal", args=[election.pk])
    answers = {"first_passphrase": WORDS[0], "second": tellers[1].pk}
    for number in range(20):
        tried = client.post(page, answers | {"second_passphrase": f"guess number {number}"})
        assert "not the passphrase" in text(tried)
    right = answers | {"second_passphrase": WORDS[1]}
    assert "wait ten minutes" in text(client.post(page, right))
    rehearsal = reverse("governance:rehearse", args=[election.meeting_id])
    assert "wait ten minutes" in text(client.post(rehearsal, right))
    election.refresh_from_db()
    assert election.state == "closed"
    other = {"first_passphrase": WORDS[1], "second": tellers[0].pk, "second_passphrase": WORDS[0]}
    signed_in(tellers[1].user).post(page, other)
    election.refresh_from_db()
    assert election.state == "counted"


def test_papers_are_offered_for_large_rolls_only(
    society: Society, voting: Election, secretary_client: Client
) -> None:
    society.vote(voting, society.members[0], 1)
    society.close(voting)
    society.unseal(voting)
    assert secretary_client.get(reverse("governance:papers", args=[voting.pk])).status_code == 404
    sheet = secretary_client.get(reverse("governance:stage_sheet", args=[voting.pk]))
    assert sheet["Content-Type"].startswith("text/csv")
    assert sheet.content.decode().startswith("Candidate,")


# --- Lists do not ask more often the longer they are ----------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_lists_ask_the_same_number_of_questions_however_long(
    society: Society, secretary_client: Client, signed_in: SignIn
) -> None:
    society.add_members(4)
    society.add_member(email="")
    first = society.meeting(motion="That the rules change.", called=False)
    ops.call_meeting(meeting=first, now=NOW, by=society.secretary)
    society.open(society.election(first, standing=2))
    other = society.election(first, standing=2)
    voter = signed_in(user_of(society.members[0]))
    pages = [
        (secretary_client, reverse("governance:meetings")),
        (secretary_client, reverse("governance:meeting", args=[first.pk])),
        (secretary_client, reverse("governance:notices", args=[first.pk])),
        (secretary_client, reverse("governance:candidates", args=[other.pk])),
        (voter, reverse("governance:votes")),
        (voter, reverse("governance:meetings")),
        (voter, reverse("governance:meeting", args=[first.pk])),
    ]
    for client, url in pages:
        client.get(url)
    before = [queries(client, url) for client, url in pages]
    for _ in range(3):
        society.meeting(motion="That they change again.")
    for member in society.members[2:]:
        ops.add_candidate(election=other, member=member, by=society.secretary)
    for _ in range(3):
        society.open_another(first, standing=2)
    for _ in range(3):
        Notice.objects.create(meeting=first, member=society.add_member(email=""), way="post")
    assert [queries(client, url) for client, url in pages] == before
