"""J9: an annual general meeting from the first draft to the declared result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from core import audit
from core.models import AuditLine, OutboxMessage, User
from core.permissions import Role
from governance import tasks
from governance.models import ArchivedBallot, Body, Election, Meeting, Result
from members.models import Letter, Member, MemberClass, Organisation, Person, Representative

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
WORDS = ("ferry lantern oat biscuit", "copper thistle green kite", "river marble seven owls")


@pytest.fixture
def register(make_user: Callable[..., User]) -> list[Member]:
    """24 people, the first of whom also acts for a trust; one joins after the record date."""
    classes = [
        MemberClass.objects.create(code=code, name=code.title(), constituency=code.title())
        for code in ("worker", "family", "partner")
    ]
    members = []
    for n in range(1, 25):
        person = Person.objects.create(
            first_name=f"Person{n}",
            last_name="Example",
            email=f"person{n}@example.org" if n > 2 else "",
            user=make_user(f"person{n}", Role.MEMBER),
        )
        joined = date(2026, 4, 20) if n == 24 else date(2025, 1, 7)
        members.append(
            Member.objects.create(
                number=n, person=person, member_class=classes[n % 2], joined=joined
            )
        )
    trust = Organisation.objects.create(name="Damside Trust", kind="charity")
    Representative.objects.create(
        organisation=trust, person=members[0].person, since=date(2025, 1, 7)
    )
    members.append(
        Member.objects.create(
            number=25, organisation=trust, member_class=classes[2], joined=date(2025, 1, 7)
        )
    )
    return members


def say(response: Any) -> str:
    return unescape(response.content.decode())


def test_an_annual_general_meeting(
    register: list[Member],
    secretary: User,
    signed_in: Callable[[User], Client],
    time_machine: Any,
) -> None:
    # The secretary prepares it: the day, the agenda with a motion, a vote on it, an election.
    time_machine.move_to(datetime(2026, 4, 20, 10, tzinfo=LONDON), tick=False)
    sita = signed_in(secretary)

    def post(view: str, /, *args: int, **answers: Any) -> Any:
        return sita.post(reverse(f"governance:{view}", args=args), answers)

    post("body_new", kind="general", name="General meeting", since="1 January 2026")
    post(
        "meeting_new",
        body=Body.objects.get().pk,
        kind="agm",
        title="Annual general meeting 2026",
        day="9 May 2026",
        clock="14:00",
        place="Weavers Hall",
        held="room",
        record_date="15 April 2026",
    )
    meeting = Meeting.objects.get()
    for title, motion in (
        ("Welcome", ""),
        ("A change of the rules", "That the rules be changed."),
        ("Election of directors", ""),
    ):
        post("agenda", meeting.pk, title=title, motion=motion, motion_kind="rules")
    ends = {"closing_day": "8 May 2026", "closing_clock": "20:00"}
    post(
        "motion_vote_new",
        meeting.pk,
        title="A change of the rules",
        motion=meeting.items.get(motion__isnull=False).motion.pk,
        **ends,
    )
    seats = {"seats": 2, "counting": "scottish-stv"}
    post("election_new", meeting.pk, title="Election of directors", **seats, **ends)
    change, board = Election.objects.get(kind="motion"), Election.objects.get(kind="stv")
    for number in (3, 4, 5, 6):
        post("candidates", board.pk, member=number, statement=f"I am number {number}.")

    # Members have notice in clear days, by e-mail or by post; a day later it would be too late.
    time_machine.move_to(datetime(2026, 4, 23, 10, tzinfo=LONDON), tick=False)
    sita = signed_in(secretary)
    late = say(post("call", meeting.pk))
    assert "Sunday 10 May 2026 at the earliest" in late
    time_machine.move_to(datetime(2026, 4, 22, 10, tzinfo=LONDON), tick=False)
    sita = signed_in(secretary)
    post("call", meeting.pk)
    tasks.send_notices(meeting.pk)
    notices = OutboxMessage.objects.filter(kind="governance.notice")
    assert notices.count() == 22
    letters = say(sita.get(reverse("governance:notices", args=[meeting.pk])))
    assert "Person1 Example" in letters
    assert "Damside Trust" in letters
    waiting = [str(one.pk) for one in Letter.objects.filter(kind="governance.notice")]
    assert waiting
    sita.post(reverse("members:letters_print"), {"letters": waiting})
    posted = {"letters": waiting, "posted_on": "22 April 2026"}
    sita.post(reverse("members:letters_posted"), posted)
    assert "still to post" not in say(sita.get(reverse("governance:notices", args=[meeting.pk])))
    assert not meeting.notices.to_post().exists()

    # Three tellers, each with a passphrase of their own; every pair rehearses; then voting opens.
    people = {f"name_{n}": f"Teller {n}" for n in (1, 2, 3)}
    people |= {f"email_{n}": f"t{n}@example.org" for n in (1, 2, 3)}
    post("tellers_name", meeting.pk, **people)
    tellers = list(meeting.tellers.select_related("user"))
    at_screen = [signed_in(teller.user) for teller in tellers]
    for client, words in zip(at_screen, WORDS, strict=True):
        url = reverse("governance:passphrase", args=[meeting.pk])
        client.post(url, {"passphrase": words, "again": words})
    for election in (change, board):
        post("roll_freeze", election.pk)
        assert "rehearsed with every pair" in say(post("vote_open", election.pk))
    for a, b in ((0, 1), (0, 2), (1, 2)):
        at_screen[a].post(reverse("governance:rehearse", args=[meeting.pk]), pair(tellers, a, b))
    for election in (change, board):
        post("vote_open", election.pk)
        election.refresh_from_db()
        assert election.state == "open"

    # Members vote; whoever joined after the record date has no paper; nobody votes twice.
    lines = AuditLine.objects.count()
    receipts = []
    for n, member in enumerate(register[:23]):
        client = signed_in(user_of(member))
        ranking = {"ranking_1": "1", "ranking_2": "2"} if n % 3 else {"ranking_4": "1"}
        receipts.append(cast(client, board, member, ranking))
        cast(client, change, member, {"answer": "1" if n < 17 else "2" if n < 22 else "3"})
    chair = signed_in(user_of(register[0]))
    cast(chair, change, register[24], {"answer": "1"})
    again = chair.post(paper(change, register[24]), {"answer": "2", "step": "cast"})
    assert "already been recorded" in say(again)
    late_comer = signed_in(user_of(register[23]))
    assert late_comer.get(paper(board, register[23])).status_code == 404
    assert "No vote is open for you." in say(late_comer.get(reverse("governance:votes")))
    assert AuditLine.objects.count() == lines

    # It closes by itself at its hour; two tellers open the box; the result is declared.
    time_machine.move_to(datetime(2026, 5, 8, 20, 1, tzinfo=LONDON), tick=False)
    tasks.close_due_votes()
    client = signed_in(user_of(register[1]))
    for election in (change, board):
        url = reverse("governance:result", args=[election.pk])
        assert client.get(url).status_code == 404
        teller = signed_in(tellers[2].user)
        teller.post(reverse("governance:unseal", args=[election.pk]), pair(tellers, 2, 0))
        assert client.get(url).status_code == 404
        sita = signed_in(secretary)
        post("result_publish", election.pk)
        assert client.get(url).status_code == 200
    counted = Result.objects.get(election=board)
    assert (counted.entitled, counted.voted, counted.ballots) == (24, 23, 23)
    assert len(counted.count["elected"]) == 2
    assert ArchivedBallot.objects.filter(election=board).count() == 23
    shown = say(client.get(reverse("governance:result", args=[change.pk])))
    assert "The motion is carried" in shown  # 18 of 23
    papers = client.get(reverse("governance:papers", args=[board.pk]))
    assert papers.content.decode().startswith("4 2\n")
    mine = client.post(reverse("governance:receipts", args=[board.pk]), {"code": receipts[1]})
    assert "Found" in say(mine)
    audit.seal("audit")
    assert audit.verify("audit").is_sound


def pair(tellers: list[Any], a: int, b: int) -> dict[str, Any]:
    return {
        "first_passphrase": WORDS[a],
        "second": tellers[b].pk,
        "second_passphrase": WORDS[b],
    }


def user_of(member: Member) -> User:
    assert member.person
    assert member.person.user
    return member.person.user


def paper(election: Election, member: Member) -> str:
    return reverse("governance:paper", args=[election.pk, member.pk])


def cast(client: Client, election: Election, member: Member, answers: dict[str, str]) -> str:
    """Look it over, then cast; the receipt."""
    url = paper(election, member)
    assert "Cast my vote" in say(client.post(url, answers | {"step": "review"}))
    done = client.post(url, answers | {"step": "cast"})
    assert "Your vote is recorded" in say(done)
    return str(done.context["receipt"])
