"""Seats: taken, ended, struck out; on the board always with the register of officers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.errors import RuleError
from core.models import AuditLine
from governance import operations as ops
from governance.diary import diary_on
from governance.models import Body, Meeting, Seat
from governance.retiring import retiring_from
from members import operations as members
from members.models import Office, Person
from tests.governance.conftest import TODAY, Society
from tests.governance.test_ballots import at_once

SINCE = dt.date(2025, 1, 1)


@pytest.fixture
def board(society: Society) -> Body:
    society.member_class("Workers")
    return ops.make_body(
        name="Board",
        kind="board",
        since=SINCE,
        values={"seats": 4, "seats_of_class": {"Workers": 1}},
        by=society.secretary,
    )


def sit(body: Body, society: Society, **said: Any) -> Seat:
    values: dict[str, Any] = {"way": "elected", "since": TODAY, "minute": "AGM 2026/7"}
    if "person" not in said:
        said["person"] = society.add_member().person
    return ops.take_seat(body=body, by=society.secretary, **(values | said))


def test_a_seat_on_the_board_is_an_office_in_the_register(society: Society, board: Body) -> None:
    seat = sit(board, society, role="chair")
    assert seat.office is not None
    assert (seat.office.post, seat.office.since) == ("chair", TODAY)
    ops.end_seat(seat=seat, until=TODAY, minute="Board 9", by=society.secretary)
    seat.office.refresh_from_db()
    assert (seat.office.until, seat.office.end_minute) == (TODAY, "Board 9")


def test_an_office_that_is_noted_already_is_not_noted_twice(society: Society, board: Body) -> None:
    person = society.add_member().person
    assert person
    office = members.appoint_officer(
        person=person, post="director", since=SINCE, minute="AGM 2025", by=society.secretary
    )
    assert sit(board, society, person=person).office == office
    assert Office.objects.count() == 1


def test_a_committee_has_no_officers(society: Society) -> None:
    body = ops.make_body(name="Rota", kind="committee", since=SINCE, by=society.secretary)
    assert sit(body, society, role="chair").office is None
    assert not Office.objects.exists()


def test_an_office_ended_in_the_register_ends_its_seat(society: Society, board: Body) -> None:
    ended, struck = sit(board, society), sit(board, society)
    assert ended.office
    assert struck.office
    members.end_office(office=ended.office, until=TODAY, minute="B 3", by=society.secretary)
    members.strike_office(office=struck.office, by=society.secretary)
    ended.refresh_from_db()
    struck.refresh_from_db()
    assert (ended.until, ended.end_minute) == (TODAY, "B 3")
    assert struck.struck_on is not None


def test_a_seat_struck_out_takes_its_office_along(society: Society, board: Body) -> None:
    seat = sit(board, society)
    ops.strike_seat(seat=seat, by=society.secretary)
    assert not Office.objects.standing().exists()
    with pytest.raises(RuleError, match="struck out already"):
        ops.strike_seat(seat=seat, by=society.secretary)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_seat_at_once_one_is_refused(
    society: Society, board: Body
) -> None:
    people = [one.person for one in society.add_members(3)]

    def sit_of(person: Any) -> Any:
        said = {"person": person, "constituency": "Workers"}
        return lambda: sit(Body.objects.get(pk=board.pk), society, **said)

    ends = at_once(*map(sit_of, people))
    assert ends.count("done") == 1
    assert board.seats.count() == 1


def test_refused_half_way_nothing_is_left(society: Society, board: Body) -> None:
    """The office is noted first: a refusal of the seat takes it back."""
    person = society.add_member().person
    assert person
    sit(board, society, person=person)
    with pytest.raises(RuleError, match="sit on it already"):
        sit(board, society, person=person, role="treasurer")
    assert Office.objects.filter(person=person).count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"since": TODAY + dt.timedelta(days=1)}, "still to come"),
        ({"role": "king"}, "Choose a role"),
        ({"way": "divine right"}, "how they came to it"),
        ({"minute": " "}, "number of the minute"),
    ],
)
def test_bad_input_is_refused(
    society: Society, board: Body, said: dict[str, Any], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        sit(board, society, **said)
    assert not Seat.objects.exists()
    assert not Office.objects.exists()


def test_nobody_who_has_died_takes_a_seat(society: Society, board: Body) -> None:
    person = Person.objects.create(first_name="Noor", last_name="Aziz", died_on=TODAY)
    with pytest.raises(RuleError, match="had died"):
        sit(board, society, person=person)


def test_seats_run_out(society: Society, board: Body) -> None:
    sit(board, society, constituency="Workers")
    with pytest.raises(RuleError, match="Workers has 1 seat, all of them taken"):
        sit(board, society, constituency="Workers")
    for _ in range(3):
        sit(board, society)
    with pytest.raises(RuleError, match="All 4 seats are taken"):
        sit(board, society)


def test_the_general_meeting_has_no_seats(society: Society) -> None:
    with pytest.raises(RuleError, match="Every member"):
        sit(society.body(), society)


def test_a_seat_ends_once_and_not_before_it_began(society: Society, board: Body) -> None:
    seat = sit(board, society)
    with pytest.raises(RuleError, match="before they took it up"):
        ops.end_seat(
            seat=seat, until=TODAY - dt.timedelta(days=1), minute="x", by=society.secretary
        )
    ops.end_seat(seat=seat, until=TODAY, minute="x", by=society.secretary)
    with pytest.raises(RuleError, match="ended already"):
        ops.end_seat(seat=seat, until=TODAY, minute="x", by=society.secretary)


def test_the_seat_of_an_independent_is_reviewed_each_year(society: Society, board: Body) -> None:
    seat = sit(board, society, way="independent", since=SINCE)
    assert seat.review_on == dt.date(2026, 1, 1)
    (due,) = [one for one in diary_on(TODAY).late if one.key.startswith("seat:")]
    assert due.address == reverse("governance:seat_review", args=[board.pk, seat.pk])
    ops.review_seat(seat=seat, on=TODAY, minute=" Board 7 ", by=society.secretary)
    assert (seat.reviewed_on, seat.review_minute) == (TODAY, "Board 7")
    assert seat.review_on == dt.date(2027, 3, 3)
    assert not [one for one in diary_on(TODAY).late if one.key.startswith("seat:")]
    line = AuditLine.objects.get(action="governance.review_seat")
    assert line.data["minute"] == "Board 7"


def test_any_other_seat_is_reviewed_where_a_day_is_given(society: Society, board: Body) -> None:
    seat = sit(board, society, way="appointed", since=SINCE)
    assert seat.review_on is None
    again = dt.date(2026, 9, 1)
    ops.review_seat(seat=seat, on=TODAY, minute="7", next_on=again, by=society.secretary)
    assert seat.review_on == again
    ops.review_seat(seat=seat, on=TODAY, minute="8", by=society.secretary)
    assert seat.review_on is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"on": TODAY + dt.timedelta(days=1)}, "on"),
        ({"on": SINCE - dt.timedelta(days=1)}, "on"),
        ({"minute": " "}, "minute"),
        ({"next_on": TODAY}, "next_on"),
    ],
)
def test_a_review_that_makes_no_sense_is_refused(
    society: Society, board: Body, said: dict[str, Any], field: str
) -> None:
    seat = sit(board, society, way="independent", since=SINCE)
    values: dict[str, Any] = {"on": TODAY, "minute": "7"} | said
    with pytest.raises(RuleError) as refused:
        ops.review_seat(seat=seat, by=society.secretary, **values)
    assert refused.value.field == field


def test_a_seat_that_has_ended_is_not_reviewed(society: Society, board: Body) -> None:
    seat = sit(board, society, way="independent")
    ops.end_seat(seat=seat, until=TODAY, minute="8", by=society.secretary)
    with pytest.raises(RuleError, match="has ended"):
        ops.review_seat(seat=seat, on=TODAY, minute="9", by=society.secretary)


def test_the_secretary_notes_a_review_on_a_page(
    society: Society, board: Body, secretary_client: Client
) -> None:
    seat = sit(board, society, way="independent", since=SINCE)
    address = reverse("governance:seat_review", args=[board.pk, seat.pk])
    body = reverse("governance:body", args=[board.pk])
    assert address in secretary_client.get(body).content.decode()
    secretary_client.post(address, {"on": "3 March 2026", "minute": "Board 7"})
    assert "reviewed on Tuesday 3 March 2026, minute Board 7" in " ".join(
        secretary_client.get(body).content.decode().split()
    )


def test_the_database_lets_nobody_sit_twice(society: Society, board: Body) -> None:
    seat = sit(board, society)
    seat.pk = None
    seat.office = None
    with pytest.raises(IntegrityError), transaction.atomic():
        seat.save()


def test_before_the_first_annual_meeting_the_whole_board_retires_at_it(
    society: Society, board: Body
) -> None:
    society.add_member()
    seats = [sit(board, society) for _ in range(3)]
    rules = board.rules_on(TODAY)
    assert {seat.pk for seat in retiring_from(board, seats, rules)} == {seat.pk for seat in seats}
    Meeting.objects.filter(pk=society.meeting().pk).update(state="closed")
    (going,) = retiring_from(board, seats, rules)
    assert going.lot == min(seat.lot for seat in seats)


def test_only_the_elected_and_co_opted_retire(society: Society, board: Body) -> None:
    society.add_member()
    Meeting.objects.filter(pk=society.meeting().pk).update(state="closed")
    independent = sit(board, society, way="independent", review_on=dt.date(2027, 3, 3))
    co_opted = sit(board, society, way="co_opted")
    assert retiring_from(board, [independent, co_opted], board.rules_on(TODAY)) == [co_opted]


def test_the_chair_changes_and_the_seat_goes_on(society: Society, board: Body) -> None:
    seat = sit(board, society, since=SINCE)
    first = seat.office
    assert first
    ops.give_role(seat=seat, role="chair", since=TODAY, minute="Board 4", by=society.secretary)
    seat.refresh_from_db()
    assert (seat.role, seat.since, seat.until) == ("chair", SINCE, None)
    assert seat.office
    assert (seat.office.post, seat.office.since) == ("chair", TODAY)
    first.refresh_from_db()
    assert first.until == TODAY - dt.timedelta(days=1)
    with pytest.raises(RuleError, match="another role"):
        ops.give_role(seat=seat, role="chair", since=TODAY, minute="B", by=society.secretary)
    ops.end_seat(seat=seat, until=TODAY, minute="B 9", by=society.secretary)
    with pytest.raises(RuleError, match="changed or ended"):
        ops.give_role(seat=seat, role="member", since=TODAY, minute="B", by=society.secretary)
    assert not Office.objects.standing().filter(until=None).exists()


def test_two_chairs_are_refused_and_the_seat_stays_as_it_was(society: Society, board: Body) -> None:
    sit(board, society, role="chair")
    other = sit(board, society)
    with pytest.raises(RuleError, match="holds this office"):
        ops.give_role(seat=other, role="chair", since=TODAY, minute="B", by=society.secretary)
    other.refresh_from_db()
    assert (other.role, other.office.post if other.office else "") == ("member", "director")
