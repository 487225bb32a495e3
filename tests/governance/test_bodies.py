"""Bodies and their rules: versioned, cited, refused where they make no sense."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.errors import RuleError
from core.models import AuditLine
from governance import operations as ops
from governance.models import Body
from tests.governance.conftest import TODAY, Society

SINCE = dt.date(2025, 1, 1)


@pytest.fixture
def board(society: Society) -> Body:
    return ops.make_body(name="Board", kind="board", since=SINCE, by=society.secretary)


def change(body: Body, society: Society, since: dt.date, **values: Any) -> None:
    ops.set_rules(
        body=body, since=since, values=values, sources={"seats": "rule 60"}, by=society.secretary
    )


def test_a_body_begins_with_the_rules_that_are_usual_for_one(society: Society, board: Body) -> None:
    general = society.body()
    assert general.rules_on(TODAY).most_proxies == 5
    assert general.rules_on(TODAY).notice_days == 14
    assert board.rules_on(TODAY).most_proxies == 0
    assert board.rules_on(TODAY).notice_days == 7


def test_there_is_one_general_meeting(society: Society) -> None:
    society.body()
    with pytest.raises(RuleError, match="there already"):
        ops.make_body(name="Another", kind="general", since=SINCE, by=society.secretary)


def test_no_two_bodies_share_a_name(society: Society, board: Body) -> None:
    with pytest.raises(RuleError, match="already one of this name"):
        ops.make_body(name=" board ", kind="committee", since=SINCE, by=society.secretary)
    with pytest.raises(RuleError, match="Give it a name"):
        ops.change_body(body=board, name=" ", by=society.secretary)


def test_rules_hold_from_their_day_and_earlier_ones_are_kept(society: Society, board: Body) -> None:
    change(board, society, dt.date(2026, 3, 1), seats=9)
    assert board.rules_on(dt.date(2026, 2, 28)).seats == 0
    assert board.rules_on(dt.date(2026, 3, 1)).seats == 9
    assert board.rules_on(dt.date(2026, 3, 1)).sources == {"seats": "rule 60"}
    assert board.rules_on(dt.date(1999, 1, 1)).since == SINCE  # the first there are
    line = AuditLine.objects.filter(action="governance.set_rules").latest("pk")
    assert line.data["after"]["seats"] == 9


def test_the_same_day_again_puts_right_what_was_noted(society: Society, board: Body) -> None:
    change(board, society, TODAY, seats=9)
    change(board, society, TODAY, seats=7)
    assert board.rules_on(TODAY).seats == 7
    assert board.rule_sets.count() == 2


def test_a_meeting_keeps_the_rules_by_which_it_was_called(society: Society) -> None:
    society.add_member()
    meeting = society.meeting()
    body, rule_set = meeting.body, meeting.rule_set
    assert rule_set is not None
    with pytest.raises(RuleError, match="has been called by the rules of that day"):
        change(body, society, rule_set.since, notice_days=21)
    change(body, society, TODAY, notice_days=21)
    meeting.refresh_from_db()
    assert meeting.rules.notice_days == 14
    assert body.rules_on(TODAY).notice_days == 21


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"notice_days": 0}, "notice_days"),
        ({"notice_days": 91}, "notice_days"),
        ({"days_in_post": 11}, "days_in_post"),
        ({"quorum_percent": 101}, "quorum_percent"),
        ({"quorum_least": 0}, "quorum_least"),
        ({"retire_one_in": 0}, "retire_one_in"),
        ({"threshold": "nine tenths"}, "threshold"),
        ({"mode": "shouting"}, "mode"),
        ({"post_days": "moon"}, "post_days"),
        ({"quorum_of_class": {"Martians": 2}}, "quorum_of_class"),
        ({"must_agree": ["Martians"]}, "must_agree"),
        ({"mode": "blocks", "weights": {"Workers": 60}}, "weights"),
        ({"mode": "blocks"}, "weights"),
    ],
)
def test_rules_that_make_no_sense_are_refused_beside_their_field(
    society: Society, board: Body, values: dict[str, Any], field: str
) -> None:
    society.member_class("Workers")
    with pytest.raises(RuleError) as refused:
        change(board, society, TODAY, **values)
    assert refused.value.field == field
    assert board.rule_sets.count() == 1


def test_concurrent_majorities_name_who_must_agree(society: Society) -> None:
    society.member_class("Workers")
    body = society.body()
    with pytest.raises(RuleError, match="must agree by themselves"):
        change(body, society, TODAY, mode="concurrent")
    change(body, society, TODAY, mode="concurrent", must_agree=["Workers"])
    assert body.rules_on(TODAY).must_agree == ["Workers"]


def test_a_body_ends_when_nobody_sits_on_it(society: Society, board: Body) -> None:
    person = society.add_member().person
    assert person
    seat = ops.take_seat(
        body=board, person=person, way="elected", since=TODAY, minute="1", by=society.secretary
    )
    with pytest.raises(RuleError, match="still sit"):
        ops.end_body(body=board, on=TODAY, by=society.secretary)
    ops.strike_seat(seat=seat, by=society.secretary)
    ops.end_body(body=board, on=TODAY, by=society.secretary)
    with pytest.raises(RuleError, match="ended already"):
        ops.end_body(body=board, on=TODAY, by=society.secretary)
    with pytest.raises(RuleError, match="meets no more"):
        ops.take_seat(
            body=board, person=person, way="elected", since=TODAY, minute="2", by=society.secretary
        )


def test_a_called_meeting_keeps_its_body(society: Society) -> None:
    society.add_member()
    meeting = society.meeting()
    with pytest.raises(RuleError, match="has been called"):
        ops.end_body(body=meeting.body, on=TODAY, by=society.secretary)
