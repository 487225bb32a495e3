"""What members propose: from an idea to an agenda, and what is said about it on the way."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from governance import operations as ops
from governance.models import Meeting, Proposal, Remark, Seconder
from members.models import Letter, Member, Person
from tests.governance.conftest import (
    MEETING_AT,
    NOW,
    RECORD_DATE,
    TODAY,
    Society,
    as_member,
    text,
    user_of,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
DAY = dt.timedelta(days=1)
MOTION = "That we ask for a later bus."


@pytest.fixture
def members(society: Society) -> list[Member]:
    society.body()
    return society.add_members(4)


def idea(member: Member, **said: Any) -> Proposal:
    said = {"title": "Buses", "text": "The last one is at six."} | said
    if "by" not in said:
        said["by"] = as_member(member)
    return ops.start_proposal(member=member, now=NOW, **said)


def forward(proposal: Proposal, **said: Any) -> Proposal:
    said = {"motion": MOTION, "kind": "ordinary"} | said
    if "by" not in said:
        said["by"] = as_member(proposal.member)
    return ops.put_forward(proposal=proposal, now=NOW, **said)


def second(proposal: Proposal, *members: Member, by: Actor | None = None) -> list[Seconder]:
    return [
        ops.second_proposal(proposal=proposal, member=member, now=NOW, by=by or as_member(member))
        for member in members
    ]


def draft(society: Society) -> Meeting:
    return ops.make_meeting(
        body=society.body(),
        kind="general",
        title="Spring meeting",
        starts_at=MEETING_AT,
        place="Hall",
        record_date=RECORD_DATE,
        by=society.secretary,
    )


# --- From an idea to an agenda --------------------------------------------------------------------


def test_an_idea_is_put_forward_seconded_and_put_on_an_agenda(
    society: Society, members: list[Member]
) -> None:
    proposal = idea(members[0])
    forward(proposal)
    second(proposal, members[1])
    assert proposal.is_proposed
    assert not OutboxMessage.objects.exists()
    second(proposal, members[2])
    assert proposal.waits_for_agenda
    told = OutboxMessage.objects.get()
    assert "waits for the agenda" in told.text
    assert "Buses" not in told.subject
    meeting = draft(society)
    item = ops.put_on_agenda(proposal=proposal, meeting=meeting, now=NOW, by=society.secretary)
    motion = item.motion
    assert (item.title, motion.text, motion.kind) == ("Buses", MOTION, "ordinary")
    assert (motion.proposer, motion.seconder) == (members[0], members[1])
    assert "on the agenda of Spring meeting" in OutboxMessage.objects.latest("pk").text
    with pytest.raises(RuleError, match="already"):
        ops.put_on_agenda(proposal=proposal, meeting=meeting, now=NOW, by=society.secretary)
    assert meeting.items.count() == 1


def test_taken_off_the_agenda_it_waits_again(society: Society, members: list[Member]) -> None:
    proposal = idea(members[0])
    forward(proposal)
    second(proposal, *members[1:3])
    meeting = draft(society)
    item = ops.put_on_agenda(proposal=proposal, meeting=meeting, now=NOW, by=society.secretary)
    ops.remove_item(item=item, by=society.secretary)
    proposal.refresh_from_db()
    assert proposal.waits_for_agenda
    ops.put_on_agenda(proposal=proposal, meeting=meeting, now=NOW, by=society.secretary)
    assert OutboxMessage.objects.filter(kind="governance.proposal_on_agenda").count() == 2


def test_the_rules_say_how_many_must_second_it(society: Society, members: list[Member]) -> None:
    society.body().rule_sets.update(seconders=0)
    proposal = forward(idea(members[0]))
    assert proposal.waits_for_agenda


def test_what_is_put_forward_keeps_its_words(members: list[Member]) -> None:
    proposal = idea(members[0])
    ops.change_proposal(
        proposal=proposal, title="Late buses", text="All.", now=NOW, by=as_member(members[0])
    )
    assert proposal.title == "Late buses"
    before = AuditLine.objects.get(action="governance.change_proposal").data["before"]
    assert before["title"] == "Buses"
    forward(proposal)
    with pytest.raises(RuleError, match="Not now"):
        ops.change_proposal(
            proposal=proposal, title="Trams", text="All.", now=NOW, by=as_member(members[0])
        )
    second(proposal, members[1])
    ops.rework_proposal(proposal=proposal, now=NOW, by=as_member(members[0]))
    assert proposal.is_idea
    assert not proposal.seconders.standing().exists()


def test_a_name_can_be_taken_off_until_there_are_enough(members: list[Member]) -> None:
    proposal = forward(idea(members[0]))
    (first,) = second(proposal, members[1])
    with pytest.raises(PermissionDenied):
        ops.withdraw_seconding(seconder=first, now=NOW, by=as_member(members[2]))
    ops.withdraw_seconding(seconder=first, now=NOW, by=as_member(members[1]))
    with pytest.raises(RuleError, match="already"):
        ops.withdraw_seconding(seconder=first, now=NOW, by=as_member(members[1]))
    again, _ = second(proposal, members[1], members[2])
    with pytest.raises(RuleError, match="Not now: seconded"):
        ops.withdraw_seconding(seconder=again, now=NOW, by=as_member(members[1]))


def test_staff_take_off_the_last_name_that_they_keyed_by_mistake(
    society: Society, members: list[Member]
) -> None:
    proposal = forward(idea(members[0]))
    second(proposal, members[1])
    (keyed,) = second(proposal, members[2], by=society.secretary)
    assert proposal.waits_for_agenda
    ops.withdraw_seconding(seconder=keyed, now=NOW, by=society.secretary)
    proposal.refresh_from_db()
    assert proposal.is_proposed
    own = proposal.seconders.get(member=members[1])
    with pytest.raises(RuleError, match="Only they"):
        ops.withdraw_seconding(seconder=own, now=NOW, by=society.secretary)


def test_its_words_stay_on_the_agenda_and_it_outlives_the_meeting(
    society: Society, members: list[Member]
) -> None:
    proposal = forward(idea(members[0]))
    second(proposal, *members[1:3])
    meeting = draft(society)
    item = ops.put_on_agenda(proposal=proposal, meeting=meeting, now=NOW, by=society.secretary)
    kept = {"motion": MOTION, "proposer": members[0], "seconder": members[2]}
    ops.change_item(item=item, title="Later buses", by=society.secretary, **kept)
    for change in ({"motion": "That we buy a tractor."}, {"proposer": members[3]}):
        with pytest.raises(RuleError, match="these words") as refused:
            ops.change_item(item=item, title="Buses", by=society.secretary, **(kept | change))
        assert refused.value.field == "motion"
    ops.cancel_meeting(meeting=meeting, because="", now=NOW, by=society.secretary)
    proposal.refresh_from_db()
    assert proposal.waits_for_agenda
    assert OutboxMessage.objects.filter(kind="governance.proposal_off_agenda").count() == 1
    with pytest.raises(RuleError, match="called off"):
        ops.put_on_agenda(proposal=proposal, meeting=meeting, now=NOW, by=society.secretary)


def test_who_leaves_does_not_count(members: list[Member]) -> None:
    proposal = forward(idea(members[0]))
    second(proposal, members[1])
    Member.objects.filter(pk=members[1].pk).update(ceased=TODAY)
    second(proposal, members[2])
    assert proposal.is_proposed


def test_who_left_does_not_propose_at_a_meeting(society: Society, members: list[Member]) -> None:
    proposal = forward(idea(members[0]))
    second(proposal, *members[1:3])
    Member.objects.filter(pk=members[0].pk).update(ceased=TODAY)
    with pytest.raises(RuleError, match="not a member any more"):
        ops.put_on_agenda(proposal=proposal, meeting=draft(society), now=NOW, by=society.secretary)


def test_given_up_it_ends(society: Society, members: list[Member]) -> None:
    proposal = forward(idea(members[0]))
    with pytest.raises(PermissionDenied):
        ops.give_up_proposal(proposal=proposal, now=NOW, by=as_member(members[1]))
    ops.give_up_proposal(proposal=proposal, now=NOW, by=as_member(members[0]))
    with pytest.raises(RuleError, match="given up"):
        second(proposal, members[1])
    with pytest.raises(RuleError, match="over"):
        ops.say_of_proposal(proposal=proposal, text="Oh.", now=NOW, by=as_member(members[1]))


def test_on_an_agenda_it_is_not_given_up(society: Society, members: list[Member]) -> None:
    proposal = forward(idea(members[0]))
    second(proposal, *members[1:3])
    ops.put_on_agenda(proposal=proposal, meeting=draft(society), now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="on an agenda"):
        ops.give_up_proposal(proposal=proposal, now=NOW, by=as_member(members[0]))


# --- Who, and what makes no sense -----------------------------------------------------------------


def test_nobody_proposes_or_seconds_for_another(members: list[Member]) -> None:
    with pytest.raises(PermissionDenied):
        idea(members[0], by=as_member(members[1]))
    proposal = forward(idea(members[0]))
    with pytest.raises(PermissionDenied):
        second(proposal, members[1], by=as_member(members[2]))
    with pytest.raises(PermissionDenied):
        forward(idea(members[0]), by=as_member(members[1]))
    with pytest.raises(RuleError, match="Somebody else"):
        second(proposal, members[0])
    second(proposal, members[1])
    with pytest.raises(RuleError, match="already"):
        second(proposal, members[1])


def test_staff_key_what_came_on_paper(society: Society, members: list[Member]) -> None:
    with pytest.raises(RuleError, match="only they go on with it"):
        forward(idea(members[0], by=society.secretary), by=society.secretary)
    proposal = idea(society.add_member(user=False), by=society.secretary)
    forward(proposal, by=society.secretary)
    (row,) = second(proposal, members[1], by=society.secretary)
    assert row.way == Seconder.Way.PAPER
    assert second(proposal, members[2])[0].way == Seconder.Way.ONLINE


@pytest.mark.parametrize(("change", "field"), [({"title": " "}, "title"), ({"text": ""}, "text")])
def test_an_idea_says_what_and_why(
    members: list[Member], change: dict[str, str], field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        idea(members[0], **change)
    assert refused.value.field == field
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"), [({"motion": " "}, "motion"), ({"kind": "s113"}, "kind")]
)
def test_what_is_put_forward_makes_sense(
    members: list[Member], change: dict[str, str], field: str
) -> None:
    proposal = idea(members[0])
    with pytest.raises(RuleError) as refused:
        forward(proposal, **change)
    assert refused.value.field == field
    assert Proposal.objects.get().is_idea


def test_only_members_propose(society: Society, members: list[Member]) -> None:
    left = society.add_member(ceased=TODAY - DAY)
    with pytest.raises(RuleError, match="Only members"):
        idea(left, by=society.secretary)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_second_at_once_the_second_counts_the_first(
    society: Society, members: list[Member]
) -> None:
    proposal = forward(idea(members[0]))
    start = threading.Barrier(2)
    faults: list[Exception] = []

    def run(member: Member) -> None:
        try:
            start.wait()
            ops.second_proposal(
                proposal=Proposal.objects.get(), member=member, now=NOW, by=as_member(member)
            )
        except (RuleError, IntegrityError, OperationalError) as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(member,)) for member in members[1:3]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    proposal.refresh_from_db()
    assert proposal.waits_for_agenda
    assert OutboxMessage.objects.count() == 1


# --- What is said about it ------------------------------------------------------------------------


def test_what_is_said_moves_with_it_to_the_agenda(society: Society, members: list[Member]) -> None:
    proposal = forward(idea(members[0]))
    ops.say_of_proposal(proposal=proposal, text=" I walk. ", now=NOW, by=as_member(members[1]))
    second(proposal, *members[1:3])
    meeting = draft(society)
    item = ops.put_on_agenda(proposal=proposal, meeting=meeting, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="from the notice"):
        ops.say_of_item(item=item, text="Me too.", now=NOW, by=as_member(members[2]))
    ops.record_notice(meeting=meeting, sent_on=TODAY, by=society.secretary)
    ops.say_of_item(item=item, text="Me too.", now=NOW, by=as_member(members[2]))
    assert {one.text for one in Remark.objects.about_item(item)} == {"I walk.", "Me too."}
    assert Remark.objects.about_proposal(proposal).count() == 2
    assert Remark.objects.counted_by_item(meeting) == {item.pk: 2}
    Meeting.objects.filter(pk=meeting.pk).update(state="closed")
    with pytest.raises(RuleError, match="until it is over"):
        ops.say_of_item(item=item, text="Late.", now=NOW, by=as_member(members[2]))
    proposal.refresh_from_db()
    with pytest.raises(RuleError, match="over"):
        ops.say_of_proposal(proposal=proposal, text="Late.", now=NOW, by=as_member(members[2]))


def test_one_says_something_in_ones_own_name(society: Society, members: list[Member]) -> None:
    proposal = idea(members[0])
    stranger = society.make_user("stranger")
    with pytest.raises(RuleError, match="nobody in the register"):
        ops.say_of_proposal(proposal=proposal, text="Hm.", now=NOW, by=Actor("user", stranger))
    Person.objects.create(first_name="Sal", last_name="Ash", user=stranger)
    with pytest.raises(PermissionDenied):
        ops.say_of_proposal(proposal=proposal, text="Hm.", now=NOW, by=Actor("user", stranger))
    for words in (" ", "x" * (Remark.LONGEST + 1)):
        with pytest.raises(RuleError) as refused:
            ops.say_of_proposal(proposal=proposal, text=words, now=NOW, by=as_member(members[1]))
        assert refused.value.field == "text"
    assert not Remark.objects.exists()


def test_a_teller_alone_does_not_discuss(society: Society, members: list[Member]) -> None:
    meeting = society.meeting()
    tellers = society.tellers(meeting)
    Person.objects.create(first_name="Tia", last_name="Ash", user=tellers[0].user)
    assert Meeting.objects.visible_to(tellers[0].user).exists()
    with pytest.raises(PermissionDenied):
        ops.say_of_item(
            item=meeting.items.all()[0], text="Hm.", now=NOW, by=Actor("user", tellers[0].user)
        )


def test_what_was_said_is_taken_back_or_down_and_its_words_go(
    society: Society, members: list[Member]
) -> None:
    proposal = idea(members[0])
    mine, theirs = (
        ops.say_of_proposal(proposal=proposal, text=f"By {n}.", now=NOW, by=as_member(members[n]))
        for n in (1, 2)
    )
    with pytest.raises(PermissionDenied):
        ops.take_down_remark(remark=theirs, now=NOW, by=as_member(members[1]))
    ops.take_down_remark(remark=mine, now=NOW, by=as_member(members[1]))
    with pytest.raises(RuleError, match="Say why"):
        ops.take_down_remark(remark=theirs, now=NOW, by=society.secretary)
    ops.take_down_remark(remark=theirs, because="Names a neighbour.", now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="already"):
        ops.take_down_remark(remark=theirs, because="Again.", now=NOW, by=society.secretary)
    assert {(one.text, one.because) for one in Remark.objects.all()} == {
        ("", ""),
        ("", "Names a neighbour."),
    }


# --- On the pages ---------------------------------------------------------------------------------


def test_a_member_walks_it_through(
    society: Society, members: list[Member], signed_in: SignIn, secretary_client: Client
) -> None:
    author, other = signed_in(user_of(members[0])), signed_in(user_of(members[1]))
    new = reverse("governance:proposal_new")
    assert author.post(new, {"member": members[0].pk, "title": "", "text": "x"}).status_code == 400
    made = author.post(
        new, {"member": members[0].pk, "title": "Buses", "text": "Late."}, follow=True
    )
    assert "All members can read it now" in text(made)
    proposal = Proposal.objects.get()
    page = reverse("governance:proposal", args=[proposal.pk])
    assert "Put it forward" not in text(other.get(page))
    go = reverse("governance:proposal_forward", args=[proposal.pk])
    assert other.get(go).status_code == 403
    assert author.post(go, {"motion": "", "kind": "ordinary"}).status_code == 400
    author.post(go, {"motion": MOTION, "kind": "ordinary"})
    assert MOTION in text(other.get(page))
    say = reverse("governance:proposal_say", args=[proposal.pk])
    assert "Write" in text(other.post(say, {"text": " "})) or Remark.objects.count() == 0
    other.post(say, {"text": "The school needs it too."})
    assert "The school needs it too." in text(author.get(page))
    down = reverse("governance:remark_down", args=[Remark.objects.get().pk])
    assert author.post(down).status_code == 403
    assert "needs it too" in text(other.get(down))
    other.post(down)
    assert "Taken back." in text(author.get(page))
    other.post(reverse("governance:proposal_second", args=[proposal.pk, members[1].pk]))
    paper = reverse("governance:proposal_paper", args=[proposal.pk])
    assert secretary_client.post(paper, {"member": "999"}).status_code == 400
    secretary_client.post(paper, {"member": members[2].number})
    proposal.refresh_from_db()
    assert proposal.waits_for_agenda
    meeting = draft(society)
    to = reverse("governance:proposal_agenda", args=[proposal.pk])
    assert "Buses" in text(secretary_client.post(to, {"meeting": meeting.pk}, follow=True))
    assert "You will have notice of it" in text(author.get(page))


def test_the_agenda_says_how_much_is_said(
    society: Society, members: list[Member], signed_in: SignIn
) -> None:
    meeting = society.meeting()
    item = meeting.items.all()[0]
    client = signed_in(user_of(members[0]))
    address = reverse("governance:item_discussion", args=[meeting.pk, item.pk])
    assert client.post(address, {"text": ""}).status_code == 400
    assert "Who brings tea?" in text(client.post(address, {"text": "Who brings tea?"}, follow=True))
    shown = text(client.get(reverse("governance:meeting", args=[meeting.pk])))
    assert "What is said about it (1)" in shown
    assert signed_in(society.make_user("stranger")).get(address).status_code == 404


def test_lists_ask_little_of_the_database(
    society: Society,
    members: list[Member],
    signed_in: SignIn,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(8):
        proposal = idea(members[number % 4], title=f"Idea {number}")
        ops.say_of_proposal(proposal=proposal, text="Yes.", now=NOW, by=as_member(members[0]))
    client = signed_in(user_of(members[0]))
    with django_assert_max_num_queries(20):
        client.get(reverse("governance:proposals"))
    for member in members:
        ops.say_of_proposal(proposal=proposal, text="No.", now=NOW, by=as_member(member))
    with django_assert_max_num_queries(30):
        client.get(reverse("governance:proposal", args=[proposal.pk]))


def test_who_reads_letters_is_told_by_letter(society: Society, members: list[Member]) -> None:
    silent = society.add_member(user=False, email="")
    proposal = idea(silent, by=society.secretary)
    forward(proposal, by=society.secretary)
    second(proposal, *members[:2])
    ops.put_on_agenda(proposal=proposal, meeting=draft(society), now=NOW, by=society.secretary)
    assert Letter.objects.get().kind == "governance.proposal_on_agenda"
