"""From the close to the declaration: record, checkpoints, and a bundle that anybody can check."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from governance import operations as ops
from governance.bundle import faults_of, merkle_root
from governance.models import Bundle, Checkpoint, Election, ElectionEvent, SealedBallot
from members.models import MemberClass
from tests.governance.conftest import AFTER, NOW, Society

pytestmark = pytest.mark.django_db


def declare(society: Society, election: Election) -> bytes:
    society.close(election)
    society.unseal(election)
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    return bytes(Bundle.objects.get(election=election).data)


def recount(data: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """recount.py of a bundle by Python alone, as somebody would run it in its folder."""
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return subprocess.run(
        [sys.executable, "-S", "-E", "recount.py"],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def election_of(society: Society, members: int) -> Election:
    society.add_members(members)
    election = society.open(society.election(society.meeting(), standing=4))
    for index, member in enumerate(society.members[: members - 2]):
        society.vote(election, member, 1 + index % 4, 1 + (index + 1) % 4)
    return election


def motion_of(society: Society, members: int) -> Election:
    society.add_members(members)
    election = society.open(society.motion_vote(society.meeting(motion="That we bake pies.")))
    for index, member in enumerate(society.members[: members - 1]):
        society.vote(election, member, 1 + (index % 5 == 0))
    return election


# --- The bundle -----------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [election_of, motion_of])
@pytest.mark.parametrize("members", [24, 12])
def test_a_declared_vote_can_be_counted_again_by_anybody(
    society: Society, tmp_path: Path, make: Callable[..., Election], members: int
) -> None:
    election = make(society, members)
    data = declare(society, election)
    bundle = Bundle.objects.get()
    assert faults_of(data, sha256_declared=bundle.sha256) == []
    again = recount(data, tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    assert (tmp_path / "ballots.blt").exists() == (members >= 20)
    assert ("the result is the same" in again.stdout) == (members >= 20)
    (tmp_path / "vote.zip").write_bytes(data)
    call_command("verify_election", str(tmp_path / "vote.zip"), sha256=bundle.sha256)


def test_one_changed_byte_anywhere_is_found(society: Society, tmp_path: Path) -> None:
    data = declare(society, election_of(society, 24))
    path = tmp_path / "vote.zip"
    for at in range(0, len(data), len(data) // 60):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(CommandError):
            call_command("verify_election", str(path))


def test_voting_papers_are_in_the_bundle_too(society: Society, tmp_path: Path) -> None:
    society.add_members(24)
    election = society.open(society.election(society.meeting(), standing=3))
    for member in society.members[:18]:
        society.vote(election, member, 1, 2)
    for member in society.members[18:22]:
        ops.receive_paper(election=election, member=member, now=NOW, by=society.secretary)
    society.close(election)
    batch = ops.make_batch(election=election, size=4, by=society.secretary)
    for by in (society.secretary, Actor("user", election.meeting.tellers.all()[0].user)):
        ops.key_papers(batch=batch, choices=[3], number=3, by=by)
        ops.finish_keying(batch=batch, spoilt=1, by=by)
    society.unseal(election)
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    data = bytes(Bundle.objects.get().data)
    assert faults_of(data) == []
    assert recount(data, tmp_path).returncode == 0
    assert "4 on paper" in (tmp_path / "declaration.txt").read_text()


def test_the_bundle_is_made_once_and_stays(society: Society) -> None:
    election = motion_of(society, 12)
    data = declare(society, election)
    with pytest.raises(RuleError):
        ops.publish_result(election=election, now=AFTER, by=society.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bundle.objects.update(sha256="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bundle.objects.all().delete()
    assert bytes(Bundle.objects.get().data) == data


def test_a_bundle_names_no_voter(society: Society) -> None:
    society.add_member(name="Quillfeather")
    data = declare(society, motion_of(society, 22))
    files = {i.filename: i for i in zipfile.ZipFile(io.BytesIO(data)).infolist()}
    assert b"Quillfeather" not in data
    for name in ("roll.json", "events.json", "election.json"):
        assert b"Member" not in zipfile.ZipFile(io.BytesIO(data)).read(files[name])


# --- The record -----------------------------------------------------------------------------------


def test_every_step_is_on_record_in_order_and_no_vote_is(society: Society) -> None:
    election = election_of(society, 8)
    before = election.events.count()
    society.vote(election, society.members[6], 1)
    assert election.events.count() == before
    declare(society, election)
    kinds = list(election.events.values_list("kind", flat=True))
    assert kinds[0] == "prepared"
    assert [k for k in kinds if k not in ("stands", "key_made", "rehearsed", "prepared")] == [
        *("roll_frozen", "opened", "closed", "unsealed", "declared")
    ]
    assert kinds.count("stands") == 4
    assert kinds.count("rehearsed") == 3
    assert [e.number for e in election.events.all()] == list(range(1, len(kinds) + 1))


def test_the_database_refuses_to_change_the_record(society: Society) -> None:
    election_of(society, 8)
    for rows in (ElectionEvent.objects.all(), Checkpoint.objects.all()):
        if not rows.exists():
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ElectionEvent.objects.update(facts={})


def test_a_record_that_was_changed_all_the_same_stops_the_declaration(society: Society) -> None:
    election = motion_of(society, 8)
    society.close(election)
    society.unseal(election)
    event = election.events.get(kind="closed")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER governance_electionevent_no_update" + _on(connection.vendor))
        cursor.execute(
            "UPDATE governance_electionevent SET kind = 'changed' WHERE id = %s", [event.pk]
        )
    with pytest.raises(RuleError, match="record of this vote has been changed"):
        ops.publish_result(election=election, now=AFTER, by=society.secretary)
    election.refresh_from_db()
    assert election.state == "counted"


def _on(vendor: str) -> str:
    return " ON governance_electionevent" if vendor == "postgresql" else ""


# --- Checkpoints ----------------------------------------------------------------------------------


def test_a_checkpoint_waits_for_five_new_papers_and_goes_to_the_tellers(society: Society) -> None:
    society.add_members(14)
    election = society.open(society.election(society.meeting(), standing=3))

    def after(number: int) -> list[int]:
        for member in society.members[SealedBallot.objects.count() : number]:
            society.vote(election, member, 1)
        ops.take_checkpoints(now=NOW, by=SYSTEM)
        return list(election.checkpoints.values_list("ballots", flat=True))

    assert after(4) == []
    assert after(5) == [5]
    assert after(9) == [5]
    assert after(12) == [5, 12]
    assert after(12) == [5, 12]
    receipts = SealedBallot.objects.values_list("receipt", flat=True)
    assert election.checkpoints.last().root == merkle_root(receipts)
    mails = OutboxMessage.objects.filter(kind="governance.checkpoint")
    assert mails.count() == 6
    assert str(election.checkpoints.last().root) in mails.order_by("pk").last().text
    society.vote(election, society.members[12], 1)
    society.close(election)
    assert list(election.checkpoints.values_list("ballots", flat=True)) == [5, 12, 13]


def test_a_checkpoint_tells_the_hour_and_no_more(society: Society) -> None:
    election = election_of(society, 9)
    ops.take_checkpoints(now=NOW.replace(minute=41, second=13), by=SYSTEM)
    at = election.checkpoints.get().at
    assert (at.minute, at.second) == (0, 0)


def test_an_empty_box_has_a_checkpoint_at_the_close(society: Society) -> None:
    society.add_members(4)
    election = society.open(society.election(society.meeting(), standing=2))
    data = declare(society, election)
    assert [c.ballots for c in election.checkpoints.all()] == [0]
    assert faults_of(data) == []


# --- Classes --------------------------------------------------------------------------------------


def by_classes(
    society: Society, mode: str, answers: dict[str, tuple[int, int, int]], **rule: Any
) -> Election:
    """A vote on a motion with so many for, against and abstaining in each constituency."""
    for name, said in answers.items():
        society.add_members(sum(said), constituency=name)
    body = society.body()
    body.rule_sets.update(mode=mode, **rule)
    election = society.open(society.motion_vote(society.meeting(motion="That we bake pies.")))
    voters = iter(society.members)
    for said in answers.values():
        for choice, number in enumerate(said, 1):
            for _ in range(number):
                society.vote(election, next(voters), choice)
    return election


def verdict_of(society: Society, election: Election) -> dict[str, Any]:
    data = declare(society, election)
    assert faults_of(data) == []
    return election.result.count


def test_a_capped_class_counts_for_no_more_than_its_part(society: Society) -> None:
    """20 investors for, of 40 others 15 for: by heads 40 of 65; capped at a tenth, they lose."""
    election_answers = {"Workers": (15, 25, 0), "Investors": (24, 1, 0)}
    society.member_class("Investors")
    MemberClass.objects.filter(constituency="Investors").update(most_votes_percent=10)
    count = verdict_of(society, by_classes(society, "capped", election_answers))
    assert (count["for"], count["against"]) == (39, 26)
    assert count["verdict"]["carried"] is False
    assert {row["code"]: row["for"] for row in count["by_class"]} == {
        "Workers": 15,
        "Investors": 24,
    }


def test_where_no_class_is_capped_heads_decide_and_papers_of_few_say_no_class(
    society: Society,
) -> None:
    answers = {"Workers": (12, 9, 0), "Users": (3, 2, 0), "Few": (2, 1, 0)}
    election = by_classes(society, "capped", answers)
    assert election.mode == "heads"
    assert set(SealedBallot.objects.values_list("constituency", flat=True)) == {"Workers", ""}
    count = verdict_of(society, election)
    assert count["verdict"]["carried"] is True
    assert "by_class" not in count


def test_each_named_class_must_agree(society: Society) -> None:
    answers = {"Workers": (14, 2, 0), "Users": (4, 4, 1)}
    election = by_classes(society, "concurrent", answers, must_agree=["Workers", "Users"])
    count = verdict_of(society, election)
    assert count["for"] > count["against"]
    assert count["verdict"]["carried"] is False
    assert "Among Users" in count["verdict"]["words"]


def test_a_named_class_of_which_nobody_votes_has_not_agreed(society: Society) -> None:
    society.add_members(5, constituency="Users")
    voters = society.members[:]
    society.members.clear()
    answers = {"Workers": (18, 2, 0)}
    election = by_classes(society, "concurrent", answers, must_agree=["Workers", "Users"])
    count = verdict_of(society, election)
    assert voters
    assert count["verdict"]["carried"] is False


def test_blocks_have_their_share_however_many_they_are(society: Society) -> None:
    """Nine tenths of one half and a tenth of the other are one half exactly, which is lost."""
    answers = {"Workers": (18, 2, 0), "Users": (1, 9, 0)}
    election = by_classes(society, "blocks", answers, weights={"Workers": 50, "Users": 50})
    count = verdict_of(society, election)
    assert count["for"] > count["against"]
    assert count["verdict"]["carried"] is False
    assert count["verdict"]["sums"][0]["votes_for"] == "50"


def test_figures_of_a_class_that_would_give_somebody_away_are_left_out(
    society: Society, tmp_path: Path
) -> None:
    answers = {"Workers": (12, 8, 0), "Users": (0, 3, 0)}
    election = by_classes(society, "concurrent", answers, must_agree=["Users"])
    count = verdict_of(society, election)
    assert count["verdict"]["carried"] is False
    assert "by_class" not in count
    assert "would show how somebody voted" in count["verdict"]["words"]
    data = bytes(Bundle.objects.get().data)
    assert b"Among Users" not in data
    again = recount(data, tmp_path)
    assert again.returncode == 0
    assert "counts the classes" in again.stdout or "count the classes" in again.stdout


def test_a_class_with_a_limit_is_counted_apart_from_its_constituency(society: Society) -> None:
    """Nine partners, of whom six are councils that may not control, beside ten workers."""
    society.add_members(10)
    society.add_members(9, constituency="Partners")
    councils = MemberClass.objects.create(
        code="council", name="Councils", who="x", constituency="Partners", may_control=False
    )
    for member in society.members[13:]:
        member.member_class = councils
        member.save()
    society.body().rule_sets.update(mode="capped")
    election = society.open(society.motion_vote(society.meeting(motion="That we bake pies.")))
    groups = set(election.rollentry_set.values_list("constituency", flat=True))
    assert groups == {"Workers", "Partners", "Councils"}
    assert [one["code"] for one in election.classes if not one["may_control"]] == ["Councils"]


# --- Pages ----------------------------------------------------------------------------------------


def test_members_download_what_was_declared_and_nothing_before(
    society: Society, signed_in: Callable[[User], Client], secretary_client: Client
) -> None:
    election = motion_of(society, 22)
    assert society.members[21].person
    assert society.members[21].person.user
    member = signed_in(society.members[21].person.user)
    url = reverse("governance:bundle", args=[election.pk])
    society.close(election)
    society.unseal(election)
    assert member.get(url).status_code == secretary_client.get(url).status_code == 404
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    got = member.get(url)
    assert got.content == bytes(Bundle.objects.get().data)
    page = member.get(reverse("governance:result", args=[election.pk])).content.decode()
    assert Bundle.objects.get().sha256 in page
    record = member.get(reverse("governance:record", args=[election.pk])).content.decode()
    assert "Voting opened" in record
    assert election.checkpoints.last().root in record
