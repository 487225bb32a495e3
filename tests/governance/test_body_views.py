"""Bodies on the screen: added, their rules made the society's own, their seats taken and ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from governance import operations as ops
from governance.forms import RuleSetForm
from governance.models import Body, Seat
from tests.governance.conftest import TODAY, Society, text


@pytest.fixture
def board(society: Society) -> Body:
    society.member_class("Workers")
    return ops.make_body(
        name="Board", kind="board", since=dt.date(2025, 1, 1), by=society.secretary
    )


def test_a_body_is_added_with_its_usual_rules(secretary_client: Client) -> None:
    assert "Begin with the general meeting" in text(
        secretary_client.get(reverse("governance:bodies"))
    )
    typed = {"kind": "committee", "name": "Rota committee", "since": "1 March 2026"}
    secretary_client.post(reverse("governance:body_new"), typed)
    body = Body.objects.get()
    assert (body.kind, body.rules_on(TODAY).most_proxies) == ("committee", 0)
    again = secretary_client.post(reverse("governance:body_new"), typed)
    assert "There is already one of this name." in text(again)
    assert "Rota committee" in text(secretary_client.get(reverse("governance:bodies")))


def answers(body: Body, **changed: Any) -> dict[str, Any]:
    """What the form of the rules sends as it stands, with some answers changed."""
    form = RuleSetForm(rule_set=body.rules_on(TODAY), initial={"since": TODAY})
    sent: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, dict):
            sent |= {f"{bound.name}_{key}": number for key, number in value.items()}
        elif value is not None and value is not False:
            sent[bound.name] = value
    return sent | {"since": "3 March 2026"} | changed


def test_rules_are_changed_and_cited(secretary_client: Client, board: Body) -> None:
    url = reverse("governance:rules", args=[board.pk])
    assert "clear days of notice" in text(secretary_client.get(url)).lower()
    sent = answers(
        board, notice_days="10", notice_days_source="rule 61", seats_of_class_Workers="2"
    )
    secretary_client.post(url, sent)
    rules = board.rules_on(TODAY)
    assert (rules.notice_days, rules.sources["notice_days"]) == (10, "rule 61")
    assert rules.seats_of_class == {"Workers": 2}
    page = text(secretary_client.get(reverse("governance:body", args=[board.pk])))
    assert "rule 61" in page
    assert "Workers: 2" in page
    first = board.rule_sets.get(since=dt.date(2025, 1, 1))
    before = reverse("governance:rules_then", args=[board.pk, first.pk])
    assert before in page
    then = text(secretary_client.get(before))
    assert "7 days" in then
    assert "rule 61" not in then


def test_a_rule_that_makes_no_sense_is_said_beside_it(
    secretary_client: Client, board: Body
) -> None:
    url = reverse("governance:rules", args=[board.pk])
    page = text(secretary_client.post(url, answers(board, notice_days="900")))
    assert "Notice is 1 to 90 days." in page
    assert board.rule_sets.count() == 1


def test_the_rules_of_another_body_are_not_shown_under_this_one(
    society: Society, secretary_client: Client, board: Body
) -> None:
    other = society.body().rule_sets.get()
    url = reverse("governance:rules_then", args=[board.pk, other.pk])
    assert secretary_client.get(url).status_code == 404


def test_a_seat_is_taken_ended_and_struck_out(
    society: Society, secretary_client: Client, board: Body
) -> None:
    member = society.add_member("Ola")
    new = reverse("governance:seat_new", args=[board.pk])
    typed = {
        "person": member.number,
        "role": "member",
        "way": "elected",
        "since": "1 March 2026",
        "minute": "AGM 2026/7",
    }
    assert "Nobody has this number." in text(secretary_client.post(new, typed | {"person": "999"}))
    secretary_client.post(new, typed)
    seat = Seat.objects.get()
    page = reverse("governance:body", args=[board.pk])
    assert "Ola Example" in text(secretary_client.get(page))
    assert "Who retires at the next annual general meeting" in text(secretary_client.get(page))
    assert "sit on it already" in text(secretary_client.post(new, typed))
    end = reverse("governance:seat_end", args=[board.pk, seat.pk])
    early = secretary_client.post(end, {"until": "1 February 2026", "minute": "2"})
    assert "before they took it up" in text(early)
    secretary_client.post(end, {"until": "2 March 2026", "minute": "Board 3"})
    assert "Who sat on it before" in text(secretary_client.get(page))
    secretary_client.post(reverse("governance:seat_strike", args=[board.pk, seat.pk]))
    assert "Struck out" in text(secretary_client.get(page))


def test_a_body_gets_another_name_and_ends(secretary_client: Client, board: Body) -> None:
    edit = reverse("governance:body_edit", args=[board.pk])
    secretary_client.post(edit, {"name": "Board of directors", "purpose": "Leads."})
    board.refresh_from_db()
    assert (board.name, board.purpose) == ("Board of directors", "Leads.")
    secretary_client.post(reverse("governance:body_end", args=[board.pk]))
    board.refresh_from_db()
    assert board.ended_on == TODAY
    assert "Those that meet no more" in text(secretary_client.get(reverse("governance:bodies")))


def test_the_list_and_the_page_ask_the_database_as_often_for_many(
    society: Society, secretary_client: Client, board: Body, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        person = society.add_member().person
        assert person
        ops.take_seat(
            body=board, person=person, way="elected", since=TODAY, minute="1", by=society.secretary
        )
    page = reverse("governance:body", args=[board.pk])
    for url, most in ((reverse("governance:bodies"), 12), (page, 20)):
        secretary_client.get(url)
        with django_assert_max_num_queries(most):
            secretary_client.get(url)
