"""Opinion polls: who is asked and answers, what is shown, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from governance import operations as ops
from governance import tasks
from governance.models import OpinionAnswer, OpinionPoll
from members.models import Letter, Member
from tests.governance.conftest import NOW, TODAY, Society, as_member, text, user_of

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def members(society: Society) -> list[Member]:
    society.body()
    return society.add_members(6)


def ask(society: Society, **said: Any) -> OpinionPoll:
    said = {
        "question": "Shall the café open on Sundays?",
        "choices": ["Yes", "No"],
        "last_day": TODAY + 7 * DAY,
        "by": society.secretary,
    } | said
    return ops.open_poll(now=NOW, **said)


def answer(
    poll: OpinionPoll, member: Member, choice: int, by: Actor | None = None
) -> OpinionAnswer:
    return ops.answer_poll(
        poll=poll, member=member, choice=choice, now=NOW, by=by or as_member(member)
    )


def over(poll: OpinionPoll) -> None:
    OpinionPoll.objects.filter(pk=poll.pk).update(last_day=TODAY - DAY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": " "}, "question"),
        ({"choices": ["Yes", " "]}, "choices"),
        ({"choices": ["Yes", "yes "]}, "choices"),
        ({"choices": [str(n) for n in range(9)]}, "choices"),
        ({"choices": ["Yes", "N" + "o" * 100]}, "choices"),
        ({"last_day": TODAY}, "last_day"),
        ({"last_day": TODAY + 91 * DAY}, "last_day"),
    ],
)
def test_what_makes_no_sense_is_not_asked(
    society: Society, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        ask(society, **change)
    assert refused.value.field == field
    assert not OpinionPoll.objects.exists()


def test_everybody_is_written_to_once(society: Society, members: list[Member]) -> None:
    society.add_member(user=False, email="")
    poll = ask(society)
    tasks.tell_of_poll(poll.pk)
    tasks.tell_of_poll(poll.pk)
    tasks.sweep_notices()
    mails = OutboxMessage.objects.filter(kind="governance.poll")
    assert mails.count() == 6
    assert "This advises and decides nothing." in mails[0].text
    assert "Mark your answer" in Letter.objects.get().text
    poll.refresh_from_db()
    assert poll.told_at


def test_one_that_is_over_is_told_to_nobody(society: Society, members: list[Member]) -> None:
    poll = ask(society)
    ops.stop_poll(poll=poll, because="A wrong word.", now=NOW, by=society.secretary)
    assert not ops.tell_of_poll(poll=poll, now=NOW, by=SYSTEM)
    assert not OutboxMessage.objects.exists()


def test_an_answer_can_be_changed_and_counts_once(society: Society, members: list[Member]) -> None:
    poll = ask(society)
    answer(poll, members[0], 0)
    answer(poll, members[0], 1)
    assert [one.choice for one in poll.answers.all()] == [1]
    for wrong in (-1, 2):
        with pytest.raises(RuleError):
            answer(poll, members[0], wrong)


def test_nobody_answers_for_another_and_staff_key_paper(
    society: Society, members: list[Member]
) -> None:
    poll = ask(society)
    with pytest.raises(PermissionDenied):
        answer(poll, members[0], 0, by=as_member(members[1]))
    assert answer(poll, members[0], 0, by=society.secretary).way == "paper"
    answer(poll, members[1], 0)
    with pytest.raises(RuleError, match="answered here themselves"):
        answer(poll, members[1], 1, by=society.secretary)
    left = society.add_member(ceased=TODAY - DAY)
    with pytest.raises(RuleError, match="Only members"):
        answer(poll, left, 0, by=society.secretary)


def test_once_it_is_over_nobody_answers(society: Society, members: list[Member]) -> None:
    poll = ask(society)
    over(poll)
    with pytest.raises(RuleError, match="over"):
        answer(poll, members[0], 0)
    other = ask(society)
    with pytest.raises(RuleError, match="Say why"):
        ops.stop_poll(poll=other, because=" ", now=NOW, by=society.secretary)
    ops.stop_poll(poll=other, because="A wrong word.", now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="over"):
        answer(other, members[0], 0)


def test_what_one_answered_is_not_in_the_audit_trail(
    society: Society, members: list[Member]
) -> None:
    answer(ask(society, choices=["Tea", "Coffee"]), members[0], 1)
    line = AuditLine.objects.get(action="governance.answer_poll")
    assert "choice" not in line.data
    assert "Coffee" not in str(line.data)


def test_results_come_when_it_is_over_and_not_of_few(
    society: Society, members: list[Member], signed_in: SignIn, secretary_client: Client
) -> None:
    poll = ask(society, choices=["Tea", "Coffee"])
    page = reverse("governance:opinion_poll", args=[poll.pk])
    member = signed_in(user_of(members[0]))
    for number, one in enumerate(members[:4]):
        answer(poll, one, number % 2)
    for client in (member, secretary_client):
        assert "What members answered" not in text(client.get(page))
        assert "It decides nothing" in text(client.get(page))
    answer(poll, members[4], 0)
    over(poll)
    shown = text(member.get(page))
    assert "What members answered" in shown
    OpinionAnswer.objects.filter(member=members[4]).delete()
    assert "Fewer than five answered" in text(secretary_client.get(page))


def test_on_its_pages(
    society: Society, members: list[Member], signed_in: SignIn, secretary_client: Client
) -> None:
    new = reverse("governance:opinion_new")
    member = signed_in(user_of(members[0]))
    assert member.get(new).status_code == 403
    said = {"question": "Tea?", "choices": "Yes\n\nNo", "last_day": "10/3/2026"}
    assert secretary_client.post(new, said | {"choices": "Yes"}).status_code == 400
    assert "It is open" in text(secretary_client.post(new, said, follow=True))
    poll = OpinionPoll.objects.get()
    assert poll.choices == ["Yes", "No"]
    prefix = f"{members[0].pk}-choice"
    mine = reverse("governance:opinion_answer", args=[poll.pk, members[0].pk])
    assert member.post(mine, {prefix: "7"}).status_code == 400
    assert "answered" in text(member.post(mine, {prefix: "1"}, follow=True))
    others = reverse("governance:opinion_answer", args=[poll.pk, members[1].pk])
    assert member.post(others, {prefix: "1"}).status_code == 403
    paper = reverse("governance:opinion_paper", args=[poll.pk])
    assert secretary_client.post(paper, {"paper-choice": "0"}).status_code == 400
    keyed = {"paper-choice": "0", "paper-member": members[1].number}
    assert "Noted for" in text(secretary_client.post(paper, keyed, follow=True))
    stop = reverse("governance:opinion_stop", args=[poll.pk])
    assert secretary_client.post(stop, {"because": ""}).status_code == 400
    ended = text(secretary_client.post(stop, {"because": "A wrong word."}, follow=True))
    assert "It ended early" in ended
    assert "A wrong word." in text(member.get(reverse("governance:opinion_poll", args=[poll.pk])))
