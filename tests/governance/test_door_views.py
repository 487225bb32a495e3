"""The roll, the door and proxies on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import User
from governance import operations as ops
from governance.models import Attendance, Meeting, Proxy, Recusal, Voter
from governance.presence import room_of
from governance.views.attending import TICKET
from tests.governance.conftest import NOW, Society, text

SignIn = Callable[[User], Client]


@pytest.fixture
def meeting(society: Society) -> Meeting:
    for name in ("Ann", "Bo", "Cy"):
        society.add_member(name)
    meeting = society.meeting(motion="That we paint the hall.")
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    return meeting


def voter(name: str) -> Voter:
    return Voter.objects.get(member__person__first_name=name)


def user(name: str) -> User:
    return User.objects.get(person__first_name=name)


def at(view: str, meeting: Meeting, *args: object) -> str:
    return reverse(f"governance:{view}", args=[meeting.pk, *args])


def test_the_roll_is_taken_searched_and_corrected(
    society: Society, secretary_client: Client
) -> None:
    society.add_member("Ann")
    bo = society.add_member("Bo")
    meeting = society.meeting()
    page = at("roll", meeting)
    assert "has not been taken yet" in text(secretary_client.get(page))
    secretary_client.post(at("roll_take", meeting))
    assert "Ann Example" in text(secretary_client.get(page))
    found = text(secretary_client.post(page, {"q": "bo"}))
    assert "Bo Example" in found
    assert "Ann Example" not in found
    strike = at("voter_strike", meeting, voter("Bo").pk)
    secretary_client.post(strike, {"because": " "})
    assert meeting.voters.standing().count() == 2
    secretary_client.post(strike, {"because": "Moved away before"})
    assert "Moved away before" in text(secretary_client.get(page))
    add = at("voter_add", meeting)
    again = secretary_client.post(add, {"member": society.members[0].number, "because": "x"})
    assert "is on the roll" in text(again)
    secretary_client.post(add, {"member": bo.number, "because": "Was another Bo"})
    assert "Was another Bo" in text(secretary_client.get(page))


def test_people_are_checked_in_and_out(secretary_client: Client, meeting: Meeting) -> None:
    room = at("room", meeting)
    assert "There is no quorum" in text(secretary_client.get(room))
    found = text(secretary_client.post(room, {"q": "ann"}))
    assert at("come", meeting, voter("Ann").pk) in found
    secretary_client.post(at("come", meeting, voter("Ann").pk), {"way": "phone"})
    page = text(secretary_client.get(room))
    assert "By telephone" in page
    row = Attendance.objects.get()
    twice = secretary_client.post(
        at("come", meeting, voter("Ann").pk), {"way": "room"}, follow=True
    )
    assert "is here already" in text(twice)
    secretary_client.post(at("leave", meeting, row.pk))
    assert "Nobody is noted as here" in text(secretary_client.get(room))
    secretary_client.post(at("come", meeting, voter("Ann").pk), {"way": "room"})
    secretary_client.post(at("not_there", meeting, Attendance.objects.there().get().pk))
    assert Attendance.objects.count() == 1
    secretary_client.post(at("apologise", meeting, voter("Bo").pk))
    secretary_client.post(at("guest", meeting), {"name": "An auditor", "way": "room"})
    page = text(secretary_client.get(room))
    assert "Apologies" in page
    assert "Guest, no vote" in page


def test_the_quorum_answers_by_itself(
    society: Society, secretary_client: Client, meeting: Meeting
) -> None:
    rules = meeting.rules
    rules.quorum_least = 2
    rules.save()
    for name in ("Ann", "Bo"):
        ops.check_in(voter=voter(name), way="room", now=NOW, by=society.secretary)
    page = text(secretary_client.get(at("room_quorum", meeting)))
    assert "There is a quorum" in page
    assert "<html" not in page


def test_who_stands_aside_is_noted_and_taken_back(
    secretary_client: Client, meeting: Meeting
) -> None:
    item = meeting.items.get(title="Rules")
    url = at("interests", meeting, item.pk)
    ann = voter("Ann").member
    assert ann
    secretary_client.post(url, {"number": ann.number, "interest": "Her brother paints"})
    assert "Her brother paints" in text(secretary_client.get(url))
    recusal = Recusal.objects.get()
    secretary_client.post(at("interest_withdraw", meeting, item.pk, recusal.pk))
    assert "Nobody stands aside" in text(secretary_client.get(url))


def test_a_code_for_the_door_names_its_bearer_to_staff_alone(
    secretary_client: Client, signed_in: SignIn, meeting: Meeting
) -> None:
    ann = signed_in(user("Ann"))
    page = text(ann.get(at("ticket", meeting)))
    assert "<svg" in page
    assert "Ann Example" in page
    code = TICKET.sign(str(voter("Ann").pk)).replace(":", ".")
    shown = at("ticket_shown", meeting, code)
    assert ann.get(shown).status_code == 403
    assert "Ann Example" in text(secretary_client.get(shown))
    assert secretary_client.get(at("ticket_shown", meeting, code[:-1] + "!")).status_code == 404


def test_a_member_gives_a_proxy_and_another_agrees(
    society: Society, signed_in: SignIn, meeting: Meeting
) -> None:
    ann, bo, cy = (signed_in(user(name)) for name in ("Ann", "Bo", "Cy"))
    motion = meeting.items.get(title="Rules").motion
    assert "Nobody speaks for Ann" in text(ann.get(at("my_proxies", meeting)))
    give = at("proxy_give", meeting, voter("Ann").pk)
    typed = {
        "holder": voter("Bo").member.number,  # type: ignore[union-attr]
        "purpose": "both",
        "discretion": "no",
        f"motion_{motion.pk}": "for",
    }
    own = ann.post(give, typed | {"holder": voter("Ann").member.number})  # type: ignore[union-attr]
    assert "nobody is their own proxy" in text(own)
    assert cy.get(give).status_code == 404
    assert "not to vote" in text(ann.post(give, typed | {"purpose": "present"}))
    ann.post(give, typed)
    proxy = Proxy.objects.get()
    assert (proxy.directions, proxy.discretion) == ({str(motion.pk): "for"}, False)
    assert "once they have agreed" in text(ann.get(at("my_proxies", meeting)))
    assert "Yes, I will" in text(bo.get(at("my_proxies", meeting)))
    assert cy.post(at("proxy_accept", meeting, proxy.pk)).status_code == 403
    bo.post(at("proxy_accept", meeting, proxy.pk))
    ops.check_in(voter=voter("Bo"), way="room", now=NOW, by=society.secretary)
    assert room_of(meeting).represented == {voter("Ann").pk: voter("Bo").pk}
    ann.post(at("proxy_revoke", meeting, proxy.pk))
    assert room_of(meeting).represented == {}


def test_a_paper_proxy_is_keyed(secretary_client: Client, meeting: Meeting) -> None:
    url = at("proxies", meeting)
    assert "Nobody has given a proxy" in text(secretary_client.get(url))
    numbers = {name: voter(name).member.number for name in ("Ann", "Bo")}  # type: ignore[union-attr]
    typed = {
        "voter": numbers["Ann"],
        "holder": numbers["Bo"],
        "purpose": "both",
        "discretion": "yes",
    }
    assert "Nobody in the register" in text(secretary_client.post(url, typed | {"voter": 999}))
    secretary_client.post(url, typed)
    proxy = Proxy.objects.get()
    assert proxy.way == "paper"
    assert proxy.accepted_at
    assert "On paper" in text(secretary_client.get(url))
    refused = secretary_client.post(at("proxy_refuse", meeting, proxy.pk))
    assert refused.status_code == 302


@pytest.mark.parametrize(
    ("purpose", "counts", "may_vote", "words"),
    [
        ("both", True, True, "To vote, and to count as present"),
        ("vote", False, True, "To vote only"),
        ("present", True, False, "To count as present, without a vote"),
    ],
)
def test_who_gives_a_proxy_says_what_it_is_for(
    secretary_client: Client,
    signed_in: SignIn,
    meeting: Meeting,
    purpose: str,
    counts: bool,
    may_vote: bool,
    words: str,
) -> None:
    numbers = {name: voter(name).member.number for name in ("Ann", "Bo")}  # type: ignore[union-attr]
    answers = {"holder": numbers["Bo"], "purpose": purpose, "discretion": "yes"}
    ann, bo = signed_in(user("Ann")), signed_in(user("Bo"))
    ann.post(at("proxy_give", meeting, voter("Ann").pk), answers)
    for client in (ann, bo):
        assert words in text(client.get(at("my_proxies", meeting)))
    secretary_client.post(at("proxies", meeting), answers | {"voter": numbers["Ann"]})
    assert words in text(secretary_client.get(at("proxies", meeting)))
    given = Proxy.objects.values_list("way", "counts", "may_vote")
    assert set(given) == {("online", counts, may_vote), ("paper", counts, may_vote)}


def test_roll_and_door_ask_the_database_as_often_for_many(
    society: Society, secretary_client: Client, django_assert_max_num_queries: Any
) -> None:
    society.add_members(30)
    meeting = society.meeting()
    ops.take_roll(meeting=meeting, now=NOW, by=society.secretary)
    for one in meeting.voters.all()[:20]:
        ops.check_in(voter=one, way="room", now=NOW, by=society.secretary)
    for view, most in (("roll", 22), ("room", 29), ("room_quorum", 18), ("proxies", 16)):
        secretary_client.get(at(view, meeting))
        with django_assert_max_num_queries(most):
            secretary_client.get(at(view, meeting))
