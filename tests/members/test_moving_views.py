"""Another kind of member: what each asks for is shown, and what was seen is noted with the move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from core.actors import SYSTEM
from core.models import User
from members import support
from members.models import Eligibility, Member, MemberClass
from members.operations import end_ground, note_evidence
from members.rules.grounds import Period
from tests.members.conftest import TODAY
from tests.members.leaving import classes, enter

pytestmark = pytest.mark.django_db

MOVE = {
    "date": "2 March 2026",
    "because": "Has support from us now",
    "minute": "2026/2.1",
    "seen": "Agreement of 1 January",
    "seen_on": "3 March 2026",
}


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


def text(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


@pytest.fixture
def worker() -> Member:
    """Joan Dyson works here; a supported member has had 2 months of 2 hours a week."""
    member = enter(code="worker")
    MemberClass.objects.filter(code="supported").update(
        ground_months=2, ground_hours_a_week=Decimal(2), on_lapse="board"
    )
    return member


def move(sita: Client, member: Member, **changes: str) -> object:
    typed = MOVE | {"entered": classes()["supported"].pk} | changes
    return sita.post(f"/members/register/{member.number}/class/", typed, follow=True)


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (None, "We have no agreement"),
        (dt.date(2026, 1, 1), "Since 1 March 2026."),
        (dt.date(2026, 2, 1), "That will be on 1 April 2026."),
    ],
)
def test_what_the_class_asks_for_and_how_it_stands_are_shown_first(
    since: dt.date | None,
    words: str,
    worker: Member,
    sita: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    periods = {worker.person_id: [Period(since, None, Decimal(3))]} if since else {}
    monkeypatch.setattr(support, "ASK", [lambda people: periods])
    page = text(sita.get(f"/members/register/{worker.number}/class/"))
    assert "A few words about the support" in page
    assert "Supported for 2 months, 2 hours a week or more" in page
    assert words in page


def test_what_was_seen_is_noted_with_the_move(worker: Member, sita: Client) -> None:
    refused = move(sita, worker, seen="")
    assert "Say what was seen. Supported member" in text(refused)
    assert Member.objects.get().member_class.code == "worker"
    assert "Agreement of 1 January, seen" in text(move(sita, worker))
    noted = Eligibility.objects.get()
    assert (noted.member_class.code, noted.seen_on) == ("supported", TODAY)


def test_a_class_that_asks_for_nothing_is_entered_without(worker: Member, sita: Client) -> None:
    investor = str(classes()["investor"].pk)
    move(sita, worker, entered=investor, seen="", seen_on="")
    assert Member.objects.get().member_class.code == "investor"
    assert not Eligibility.objects.exists()


@pytest.mark.parametrize(
    ("day", "words"),
    [("4 March 2026", "still to come"), ("1 January 2020", "The member joined on")],
)
def test_a_day_that_cannot_be_is_said_as_it_is(
    day: str, words: str, worker: Member, sita: Client
) -> None:
    assert words in text(move(sita, worker, date=day))


# --- The card on the member's page ----------------------------------------------------------------


def test_the_card_says_why_nothing_counts(sita: Client) -> None:
    member = enter(code="supported")
    MemberClass.objects.filter(code="supported").update(on_lapse="board")
    url = f"/members/register/{member.number}/"
    assert "Nothing has been seen yet." in text(sita.get(url))
    until = dt.date(2026, 3, 2)
    note_evidence(
        member=member, what="A letter", seen_on=dt.date(2026, 2, 1), until=until, by=SYSTEM
    )
    ran_out = text(sita.get(url))
    assert "A letter, seen Sunday 1 February 2026, ran out on Monday 2 March 2026." in ran_out
    assert "Waits for the board" not in ran_out
    end_ground(member=member, on=TODAY, why="Support has ended", by=SYSTEM)
    ended = text(sita.get(url))
    assert "Waits for the board" in ended
    assert "The ground ended: Support has ended. Its last day was Monday 2 March 2026." in ended
