"""Voting with a code, by telephone, and with help: one roll, one vote each, and no trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, Job, OutboxMessage, User
from core.permissions import Role
from governance import codes, sealing, tasks
from governance import operations as ops
from governance.models import (
    ArchivedRollEntry,
    Election,
    PhoneVote,
    RollEntry,
    SealedBallot,
)
from members.models import Member
from tests.governance.conftest import NOW, Society, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def voting(society: Society) -> Election:
    society.add_members(6)
    return society.open(society.election(society.meeting(), standing=3))


def entry_of(election: Election, member: Member) -> RollEntry:
    return RollEntry.objects.get(election=election, member=member)


def code_for(society: Society, election: Election, member: Member) -> str:
    return ops.issue_code(election=election, member=member, by=society.secretary)[1]


def cast(election: Election, member: Member, code: str, *choices: int) -> str:
    return ops.cast_ballot(
        election=election, member=member, choices=choices, code=code, now=NOW, by=VISITOR
    )


# --- Codes ----------------------------------------------------------------------------------------


def test_a_code_is_read_as_it_was_meant_and_kept_as_a_keyed_hash(
    settings: Any, society: Society, voting: Election
) -> None:
    code = code_for(society, voting, society.members[0])
    kept = entry_of(voting, society.members[0]).code_hash
    assert kept == codes.code_hash(f" {code.lower().replace('-', ' ').replace('0', 'o')} ")
    settings.SECRET_KEY = "another key of another installation"
    assert codes.code_hash(code) != kept


@pytest.mark.parametrize("typed", ["", "-", "7KQ2", "7KQ2-M0XD-93TA-B6YF", "é" * 12])
def test_what_can_be_no_code_fits_nobody(society: Society, voting: Election, typed: str) -> None:
    assert not RollEntry.objects.filter(code_hash=codes.code_hash(typed)).exclude(code_hash="")
    with pytest.raises(PermissionDenied):
        cast(voting, society.members[0], typed, 1)
    assert not SealedBallot.objects.exists()


def test_who_holds_the_code_votes_once_without_signing_in(
    society: Society, voting: Election
) -> None:
    member = society.members[0]
    code = code_for(society, voting, member)
    receipt = cast(voting, member, code, 2, 1)
    assert SealedBallot.objects.get().receipt == sealing.receipt_hash(receipt)
    with pytest.raises(RuleError, match="already been recorded"):
        cast(voting, member, code, 1)
    with pytest.raises(RuleError, match="already been recorded"):
        society.vote(voting, member, 1)
    assert SealedBallot.objects.count() == 1


def test_a_code_is_for_one_member_and_one_vote(society: Society, voting: Election) -> None:
    alice, bob = society.members[:2]
    code = code_for(society, voting, alice)
    other = society.open_another(voting.meeting)
    for election, member in ((voting, bob), (other, alice)):
        with pytest.raises(PermissionDenied):
            cast(election, member, code, 1)
    assert not SealedBallot.objects.exists()


def test_another_code_kills_the_one_before_it(society: Society, voting: Election) -> None:
    member = society.members[0]
    first = code_for(society, voting, member)
    second = code_for(society, voting, member)
    with pytest.raises(PermissionDenied):
        cast(voting, member, first, 1)
    cast(voting, member, second, 1)


def test_nobody_gets_a_code_who_has_voted(society: Society, voting: Election) -> None:
    society.vote(voting, society.members[0], 1)
    with pytest.raises(RuleError, match="already been recorded"):
        code_for(society, voting, society.members[0])


def test_no_code_before_the_roll_nor_after_the_close(society: Society) -> None:
    society.add_members(6)
    election = society.election(society.meeting(), standing=3)
    with pytest.raises(RuleError, match="given out from"):
        code_for(society, election, society.members[0])
    society.open(election)
    code = code_for(society, election, society.members[0])
    society.close(election)
    with pytest.raises(RuleError, match="given out from"):
        code_for(society, election, society.members[1])
    with pytest.raises(RuleError, match="Voting has closed"):
        cast(election, society.members[0], code, 1)
    assert not hasattr(ArchivedRollEntry, "code_hash")


def test_only_the_secretary_gives_codes_out(society: Society, voting: Election) -> None:
    member = society.members[0]
    assert member.person
    by = Actor("user", member.person.user)
    for act in (ops.send_codes, ops.print_codes):
        with pytest.raises(PermissionDenied):
            act(election=voting, by=by)
    with pytest.raises(PermissionDenied):
        ops.issue_code(election=voting, member=member, by=by)


def by_post(*members: Member) -> None:
    for member in members:
        assert member.person
        member.person.prefers = "post"
        member.person.save()


def test_codes_go_out_by_email_once_each_and_work(
    society: Society, voting: Election, django_capture_on_commit_callbacks: Any
) -> None:
    by_post(*society.members[3:])
    society.vote(voting, society.members[2], 1)  # has voted already: needs none
    ops.send_codes(election=voting, by=society.secretary)
    with pytest.raises(RuleError, match="going out already"):
        ops.send_codes(election=voting, by=society.secretary)
    tasks.send_codes(voting.pk)
    tasks.send_codes(voting.pk)
    mails = OutboxMessage.objects.filter(kind="governance.code")
    assert {m.to for m in mails} == {m.person.email for m in society.members[:2] if m.person}
    assert all("Member" not in m.subject for m in mails)
    for mail, member in zip(mails.order_by("to"), society.members[:2], strict=True):
        code = re.findall(r"^([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})$", mail.text, re.M)[0]
        assert f"/meetings/votes/start/{code}/" in mail.text
        cast(voting, member, code, 1)
    voting.refresh_from_db()
    assert voting.code_job
    assert voting.code_job.state == Job.State.DONE
    with pytest.raises(RuleError, match="has one"):
        ops.send_codes(election=voting, by=society.secretary)


def test_a_close_stops_the_emails_that_have_not_gone(society: Society, voting: Election) -> None:
    ops.send_codes(election=voting, by=society.secretary)
    society.close(voting)
    voting.refresh_from_db()
    assert ops.send_code_batch(election=voting, now=NOW, by=SYSTEM) is False
    assert not OutboxMessage.objects.filter(kind="governance.code").exists()
    assert Job.objects.get(pk=voting.code_job_id).state == Job.State.STOPPED


def test_letters_are_for_those_whom_email_does_not_reach(
    society: Society, voting: Election
) -> None:
    by_post(*society.members[1:])
    letters = ops.print_codes(election=voting, by=society.secretary)
    assert [entry.member for entry, _ in letters] == society.members[1:]
    for entry, code in letters:
        cast(voting, entry.member, code, 1)
    with pytest.raises(RuleError, match="has a code"):
        ops.print_codes(election=voting, by=society.secretary)


def test_the_audit_trail_says_who_gave_a_code_to_whom_and_never_the_code(
    society: Society, voting: Election
) -> None:
    code = code_for(society, voting, society.members[0])
    line = AuditLine.objects.filter(action="governance.issue_code").get()
    assert line.data["member"] == society.members[0].pk
    assert code not in repr(AuditLine.objects.values_list())


def test_the_database_refuses_a_code_for_who_has_voted(society: Society, voting: Election) -> None:
    society.vote(voting, society.members[0], 1)
    entry = entry_of(voting, society.members[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        RollEntry.objects.filter(pk=entry.pk).update(code_hash="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        RollEntry.objects.filter(pk=entry.pk).update(state="not_voted")


# --- The pages of whoever has a code --------------------------------------------------------------


def test_a_link_does_nothing_until_somebody_presses_start(
    client: Client, society: Society, voting: Election
) -> None:
    code = code_for(society, voting, society.members[0])
    url = reverse("governance:start", args=[code])
    before = list(RollEntry.objects.order_by("pk").values_list("pk", "state", "code_hash"))
    for _ in range(3):
        page = client.get(url)
        assert page.status_code == 200
        assert "Member1" not in text(page)
    client.head(url)
    assert before == list(RollEntry.objects.order_by("pk").values_list("pk", "state", "code_hash"))
    assert not client.session.keys()


def test_from_the_code_to_the_receipt_without_a_session(
    client: Client, society: Society, voting: Election
) -> None:
    code = code_for(society, voting, society.members[0])
    typed = client.post(reverse("governance:start_by_code"), {"code": code.lower()})
    assert "Start" in text(typed)
    url = reverse("governance:with_code")
    assert "Put 1 beside" in text(client.post(url, {"code": code}))
    ranks = {"ranking_2": "1", "ranking_1": "2", "helped": "on"}
    review = client.post(url, {"code": code, "step": "review", **ranks})
    assert "Somebody helped" in text(review)
    done = client.post(url, {"code": code, "step": "cast", **ranks})
    receipt = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", text(done))[0]
    assert SealedBallot.objects.get().receipt == sealing.receipt_hash(receipt)
    assert "no-store" in done["Cache-Control"]
    entry = entry_of(voting, society.members[0])
    assert entry.state == "voted"
    assert entry.helped
    assert not client.session.keys()
    assert "Your vote is in" in text(client.get(reverse("governance:start", args=[code])))
    again = client.post(url, {"code": code, "step": "cast", **ranks})
    assert "already been recorded" in text(again)
    assert SealedBallot.objects.count() == 1


def test_who_withdraws_while_a_paper_is_looked_over_is_named(
    client: Client, society: Society, voting: Election
) -> None:
    code = code_for(society, voting, society.members[0])
    url = reverse("governance:with_code")
    ranks = {"code": code, "ranking_2": "1", "ranking_1": "2", "ranking_3": "3"}
    assert client.post(url, {"step": "review", **ranks}).status_code == 200
    ops.withdraw_candidate(
        candidate=voting.candidates.get(position=3), because="Ill", now=NOW, by=society.secretary
    )
    page = client.post(url, {"step": "cast", **ranks})
    assert page.status_code == 400
    assert f"{voting.candidates.get(position=3).name} stands no longer" in text(page)
    assert not SealedBallot.objects.exists()
    del ranks["ranking_3"]
    assert client.post(url, {"step": "cast", **ranks}).status_code == 200
    assert SealedBallot.objects.count() == 1


def test_once_declared_everybody_can_check_and_count_again(
    client: Client, society: Society, voting: Election
) -> None:
    """Who voted with a code has no sign-in, and looks for the receipt like anybody else."""
    receipt = society.vote(voting, society.members[0], 1, 2)
    society.vote(voting, society.members[1], 2, 1)
    names = ("result", "receipts", "record", "bundle")
    addresses = [reverse(f"governance:{name}", args=[voting.pk]) for name in names]
    society.close(voting)
    society.unseal(voting)
    assert [client.get(url).status_code for url in addresses] == [404] * 4
    ops.publish_result(election=voting, now=NOW, by=society.secretary)
    assert [client.get(url).status_code for url in addresses] == [200] * 4
    assert "Found" in text(client.post(addresses[1], {"code": receipt}))
    assert client.get("/meetings/").status_code == 302


@pytest.mark.parametrize("code", ["nonsense", "7KQ2-M0XD-93TA"])
def test_an_unknown_code_is_told_so_and_leads_nowhere(
    client: Client, voting: Election, code: str
) -> None:
    page = client.post(reverse("governance:start_by_code"), {"code": code})
    assert page.status_code == 400
    assert "not the code of a vote that is open" in text(page)
    assert client.get(reverse("governance:start", args=[code])).status_code == 404
    sent = client.post(reverse("governance:with_code"), {"code": code, "step": "cast"})
    assert sent.status_code == 302


def test_codes_can_be_tried_only_so_often(client: Client, voting: Election) -> None:
    url = reverse("governance:start_by_code")
    pages = [text(client.post(url, {"code": f"7KQ2-M0XD-93{n:02}"})) for n in range(31)]
    assert "a lot of tries" in pages[-1]
    assert "a lot of tries" not in pages[0]


def test_a_vote_that_has_not_opened_says_when_to_come_back(
    client: Client, society: Society
) -> None:
    society.add_members(4)
    election = society.election(society.meeting(), standing=2)
    society.make_ready(election)
    code = code_for(society, election, society.members[0])
    assert "not opened yet" in text(client.get(reverse("governance:start", args=[code])))
    page = client.post(reverse("governance:with_code"), {"code": code, "step": "cast"})
    assert "Not open yet" in text(page)


@pytest.mark.parametrize("kind", ["ranking", "ticks", "answer"])
def test_a_practice_paper_goes_all_the_way_and_leaves_nothing(client: Client, kind: str) -> None:
    url = reverse("governance:practice", args=[kind])
    filled: dict[str, Any] = {
        "ranking": {"ranking_1": "1"},
        "ticks": {"ticks": ["1", "2"]},
        "answer": {"answer": "1"},
    }[kind]
    assert client.get(url).status_code == 200
    assert client.post(url, {"step": "review"}).status_code == 400
    assert "Look over" in text(client.post(url, {"step": "review", **filled}))
    assert "nothing has been kept" in text(client.post(url, {"step": "cast", **filled}))
    assert not SealedBallot.objects.exists()


# --- By telephone ---------------------------------------------------------------------------------


def test_an_officer_fills_in_the_paper_of_who_telephones_having_noted_the_call(
    secretary_client: Client, society: Society, voting: Election
) -> None:
    member = society.members[0]
    paper = reverse("governance:phone_paper", args=[voting.pk, member.pk])
    assert secretary_client.get(paper).status_code == 404
    url = reverse("governance:phone_vote", args=[voting.pk, member.pk])
    secretary_client.post(url, {"known_by": "  "})
    assert not PhoneVote.objects.exists()
    secretary_client.post(url, {"known_by": "date of birth and address"})
    call = PhoneVote.objects.get()
    assert (call.member, call.taken_by) == (member, society.secretary.user)
    lines = AuditLine.objects.count()
    assert "as you are told" in text(secretary_client.get(paper))
    done = secretary_client.post(paper, {"step": "cast", "ranking_1": "1"})
    assert "Read it out" in text(done)
    assert entry_of(voting, member).state == "voted"
    assert AuditLine.objects.count() == lines


def test_a_call_gives_a_right_to_that_paper_to_that_officer_alone(
    society: Society, voting: Election, make_user: Callable[..., User]
) -> None:
    alice, bob = society.members[:2]
    ops.take_phone_vote(
        election=voting, member=alice, known_by="the voice", now=NOW, by=society.secretary
    )
    other = Actor("user", make_user("second secretary", Role.SECRETARY))
    for member, by in ((bob, society.secretary), (alice, other), (alice, VISITOR)):
        with pytest.raises(PermissionDenied):
            ops.cast_ballot(election=voting, member=member, choices=[1], now=NOW, by=by)
    ops.cast_ballot(election=voting, member=alice, choices=[1], now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="already been recorded"):
        ops.take_phone_vote(
            election=voting, member=alice, known_by="again", now=NOW, by=society.secretary
        )


def test_a_call_that_came_to_nothing_can_be_followed_by_another(
    society: Society, voting: Election
) -> None:
    for known_by in ("the voice", "called back"):
        ops.take_phone_vote(
            election=voting,
            member=society.members[0],
            known_by=known_by,
            now=NOW,
            by=society.secretary,
        )
    assert PhoneVote.objects.get().known_by == "called back"
    assert not entry_of(voting, society.members[0]).has_voted


def test_the_member_sees_that_a_call_was_taken_in_their_name(
    society: Society, voting: Election, signed_in: Callable[[User], Client]
) -> None:
    member = society.members[0]
    ops.take_phone_vote(
        election=voting, member=member, known_by="the voice", now=NOW, by=society.secretary
    )
    assert member.person
    assert member.person.user
    page = text(signed_in(member.person.user).get(reverse("governance:election", args=[voting.pk])))
    assert "rang on" in page
    assert society.members[1].person
    assert society.members[1].person.user
    other = signed_in(society.members[1].person.user)
    assert "rang on" not in text(other.get(reverse("governance:election", args=[voting.pk])))


def test_the_roll_of_a_vote_lists_with_a_steady_number_of_queries(
    secretary_client: Client, society: Society, django_assert_max_num_queries: Any
) -> None:
    society.add_members(40)
    voting = society.open(society.election(society.meeting(), standing=3))
    url = reverse("governance:vote_roll", args=[voting.pk])
    with django_assert_max_num_queries(24):
        page = text(secretary_client.get(url))
    assert "Member1" in page
    found = text(secretary_client.post(url, {"q": "member22"}))
    assert "Member22" in found
    assert "Member1<" not in found


def test_a_letter_shows_the_code_and_a_paper_once(
    secretary_client: Client, society: Society, voting: Election
) -> None:
    by_post(*society.members)
    page = secretary_client.post(reverse("governance:codes_print", args=[voting.pk]))
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert not RollEntry.objects.filter(code_hash="").exists()


def test_a_code_to_read_out_is_shown_in_answer_to_the_button_only(
    secretary_client: Client, society: Society, voting: Election
) -> None:
    member = society.members[0]
    url = reverse("governance:voter_code", args=[voting.pk, member.pk])
    assert not re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text(secretary_client.get(url)))
    assert entry_of(voting, member).code_hash == ""
    page = secretary_client.post(url)
    code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text(page))[0]
    assert "sms:" in text(page)
    assert "no-store" in page["Cache-Control"]
    cast(voting, member, code, 1)
