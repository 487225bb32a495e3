"""What members decided, for everybody to read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.models import ResultsPage
from governance.counting_room import result_of
from governance.models import (
    AgendaItem,
    Body,
    Candidate,
    Election,
    Meeting,
    Motion,
    Result,
)
from members.models import Member, MemberClass, Person

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def meeting(db: None) -> Meeting:
    return Meeting.objects.create(
        body=Body.objects.create(name="General meeting"),
        kind="agm",
        title="Annual general meeting 2026",
        starts_at=NOON,
        place="The Weaving Shed",
        record_date=NOON.date(),
        state="closed",
        called_on=NOON.date(),
    )


def _vote(meeting: Meeting, title: str, **fields: Any) -> Election:
    return Election.objects.create(
        meeting=meeting,
        title=title,
        state="counted",
        closes_at=NOON,
        opened_at=NOON,
        closed_at=NOON,
        public_key=b"k" * 32,
        **fields,
    )


@pytest.fixture
def board(meeting: Meeting) -> Result:
    """Ann and Bob are elected; Cy is not."""
    kind = MemberClass.objects.create(code="worker", name="Workers", who="", constituency="w")
    election = _vote(meeting, "Two seats on the board", kind="stv", seats=2, lot_order=[1, 2, 3])
    for number, name in enumerate(("Ann Dyson", "Bob Reid", "Cy Shah"), 1):
        person = Person.objects.create(first_name=name.split()[0], last_name=name.split()[1])
        member = Member.objects.create(
            number=number, person=person, member_class=kind, joined=NOON.date()
        )
        Candidate.objects.create(election=election, member=member, name=name, position=number)
    papers = Counter({("w", (1, 2)): 9, ("w", (2,)): 4, ("w", (3,)): 2})
    result = result_of(election, papers, entitled=20, voted=15, at=NOON)
    result.save()
    return result


@pytest.fixture
def wage(meeting: Meeting) -> Result:
    """A motion that was carried."""
    item = AgendaItem.objects.create(meeting=meeting, position=1, title="Wages")
    motion = Motion.objects.create(item=item, text="That every hour is paid.")
    election = _vote(meeting, "A living wage", kind="motion", motion=motion)
    papers = Counter({("w", (1,)): 12, ("w", (2,)): 2, ("w", (3,)): 1})
    result = result_of(election, papers, entitled=20, voted=15, at=NOON)
    result.save()
    return result


@pytest.fixture
def results_page(lay: Callable[..., Any]) -> ResultsPage:
    return lay("Results", ResultsPage)  # type: ignore[no-any-return]


def publish(*results: Result) -> None:
    Result.objects.filter(pk__in=[r.pk for r in results]).update(published_at=NOON)


def test_a_result_that_is_not_published_is_nowhere(
    results_page: ResultsPage, board: Result, wage: Result, client: Client
) -> None:
    publish(wage)
    listed = client.get("/results/").content.decode()
    assert "A living wage" in listed
    assert "Two seats on the board" not in listed
    assert "Ann Dyson" not in listed
    assert client.get(f"/results/{board.pk}/").status_code == 404


def test_a_published_election_shows_who_won_why_and_every_stage(
    results_page: ResultsPage, board: Result, client: Client
) -> None:
    publish(board)
    told = client.get(f"/results/{board.pk}/").content.decode()
    assert "Elected: Ann Dyson and Bob Reid." in told
    assert "Tuesday 3 March 2026" in told
    assert "Surplus of Ann Dyson" in told
    assert "elected at stage 1" in told
    for stage in board.count["stages"]:
        for total in stage["totals"].values():
            assert total in told
    assert "<svg" in told
    assert "Elected: Ann Dyson and Bob Reid." in client.get("/results/").content.decode()


def test_a_published_motion_shows_its_tally(
    results_page: ResultsPage, wage: Result, client: Client
) -> None:
    publish(wage)
    told = client.get(f"/results/{wage.pk}/").content.decode()
    assert "12 for, 2 against. 1 abstained." in told
    assert "Carried" in told
    assert "Stage by stage" not in told


@pytest.mark.parametrize("address", ["999999", "-1", "x", "1/2", "99999999999999999999999"])
def test_an_address_of_no_result_is_not_found(
    results_page: ResultsPage, client: Client, address: str
) -> None:
    assert client.get(f"/results/{address}/").status_code == 404


def test_an_unpublished_results_page_hides_its_results(
    results_page: ResultsPage, wage: Result, client: Client
) -> None:
    publish(wage)
    results_page.unpublish()
    assert client.get("/results/").status_code == 404
    assert client.get(f"/results/{wage.pk}/").status_code == 404


def test_no_results_yet_is_said_in_words(results_page: ResultsPage, client: Client) -> None:
    assert "No vote has been declared yet" in client.get("/results/").content.decode()


def test_results_ask_little_of_the_database(
    results_page: ResultsPage, board: Result, wage: Result, client: Client
) -> None:
    publish(board, wage)
    for url in ("/results/", f"/results/{board.pk}/"):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        assert len(asked) <= 12, url
