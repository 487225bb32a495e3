"""Why not her? Every answer agrees with the verifier, and reads as a plain sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rota.solver import (
    Placement,
    Problem,
    ProblemError,
    Reason,
    Solution,
    explain,
    greedy,
    merits,
    rank_carers,
    sentence,
    verify,
)
from rota.solver.board import Board
from rota.solver.explain import hours
from tests.rota.solver.problems import DAY, FAR, NINE, carer, problem, problems, rota, visit


def clock(minute: int) -> str:
    day, rest = divmod(minute, DAY)
    return f"{('Monday', 'Tuesday', 'Wednesday', 'Thursday')[day]} {rest // 60:02}:{rest % 60:02}"


def without(solution: Solution, visit_id: str) -> Solution:
    return Solution(tuple(one for one in solution.placements if one.visit_id != visit_id))


def with_placement(solution: Solution, placement: Placement) -> Solution:
    return Solution((*without(solution, placement.visit_id).placements, placement))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(problems(), st.data())
def test_who_can_breaks_no_rule_and_who_cannot_breaks_one_at_every_start(
    one: Problem, data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(one.visits))
    solution = without(greedy(one), wanted.id)
    ranking = rank_carers(one, solution, wanted.id)
    able = {candidate.carer_id: candidate for candidate in ranking.able}
    assert {*able, *(reason.carer_id for reason in ranking.unable)} == {c.id for c in one.carers}
    assert len(able) + len(ranking.unable) == len(one.carers)
    if wanted.carers_needed == 2:
        for candidate in ranking.able:
            half = Placement(wanted.id, candidate.start, (candidate.carer_id,))
            second = rank_carers(one, with_placement(solution, half), wanted.id).able
            assert second
            both = replace(half, carer_ids=(candidate.carer_id, second[0].carer_id))
            assert verify(one, with_placement(solution, both)) == []
        return
    for candidate in ranking.able:
        forced = Placement(wanted.id, candidate.start, (candidate.carer_id,))
        assert verify(one, with_placement(solution, forced)) == []
    for reason in ranking.unable:
        for start in range(wanted.earliest, wanted.latest + 1):
            forced = Placement(wanted.id, start, (reason.carer_id,))
            assert verify(one, with_placement(solution, forced)) != []
        if reason.free_at is not None:
            moved = replace(
                wanted,
                earliest=reason.free_at,
                latest=reason.free_at,
                preferred_start=None,
            )
            other = replace(one, visits=tuple(moved if v.id == moved.id else v for v in one.visits))
            forced = Placement(wanted.id, reason.free_at, (reason.carer_id,))
            assert verify(other, with_placement(solution, forced)) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(problems(), st.data())
def test_the_added_cost_is_the_difference_it_makes(one: Problem, data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from([v for v in one.visits if v.carers_needed == 1] or [None]))
    if wanted is None:
        return
    solution = without(greedy(one), wanted.id)
    before = Board(one, solution.placements).costs()
    ranking = rank_carers(one, solution, wanted.id)
    for candidate in ranking.able:
        forced = Placement(wanted.id, candidate.start, (candidate.carer_id,))
        after = Board(one, with_placement(solution, forced).placements).costs()
        assert candidate.cost == pytest.approx(after.total - before.total)
    assert [c.cost for c in ranking.able] == sorted(c.cost for c in ranking.able)


BUSY = {"point": FAR, "person": "sam", "earliest": NINE, "latest": NINE}


@pytest.mark.parametrize(
    ("carer_has", "visit_has", "others", "said"),
    [
        ({}, {"skills": frozenset(["hoist"])}, {}, "has no hoist training"),
        (
            {},
            {"skills": frozenset(["hoist", "catheter"])},
            {},
            "has no catheter or hoist training",
        ),
        ({}, {"excluded": frozenset(["ann"])}, {}, "is not to be sent to this person"),
        ({"excludes": frozenset(["pat"])}, {}, {}, "has asked not to go to this person"),
        ({"available": ((DAY + 400, DAY + 900),)}, {}, {}, "is not available that day"),
        (
            {"available": ((14 * 60, 20 * 60),)},
            {},
            {},
            "is not available before Monday 14:00",
        ),
        (
            {"available": ((7 * 60, 9 * 60),)},
            {},
            {},
            "is not available after Monday 09:00 (free if the visit starts at Monday 08:30)",
        ),
        (
            {"available": ((7 * 60, 8 * 60), (10 * 60, 20 * 60))},
            {},
            {},
            "is not available between Monday 08:00 and Monday 10:00"
            " (free if the visit starts at Monday 10:00)",
        ),
        (
            {"last_end": -60},
            {},
            {},
            "would have less than 11 hours' rest after Sunday 23:00"
            " (free if the visit starts at Monday 10:00)",
        ),
        (
            {"next_start": 20 * 60},
            {},
            {},
            "would have less than 11 hours' rest before Monday 20:00"
            " (free if the visit starts at Monday 08:30)",
        ),
        (
            {},
            {},
            {"v2": (BUSY, NINE)},
            "is already with someone else at Monday 09:00 and cannot get there in time"
            " (free if the visit starts at Monday 08:16)",
        ),
        (
            {"cap_minutes": 40},
            {},
            {"v2": ({"earliest": 900, "latest": 900}, 900)},
            "would go over the weekly limit of 40 minutes",
        ),
        ({}, {"carers_needed": 2}, {}, "could come, but no second carer is free at the same start"),
        ({}, {"pinned": ("bob",)}, {}, "cannot be added: the place is kept for someone else"),
    ],
)
def test_each_rule_is_said_in_one_plain_sentence(
    carer_has: Any, visit_has: Any, others: Any, said: str
) -> None:
    visits = [visit(**visit_has), *(visit(name, **has) for name, (has, _) in others.items())]
    one = problem([carer(**carer_has), carer("bob", available=())], visits)
    solution = rota(**{name: (start, "ann") for name, (_, start) in others.items()})
    (reason,) = [r for r in explain(one, solution, "v1") if r.carer_id == "ann"]
    assert sentence(reason, lambda m: clock(m) if m >= 0 else f"Sunday {24 + m // 60}:00") == said


def test_a_skill_is_named_by_the_caller() -> None:
    reason = Reason("ann", "skill", {"missing": ("s1",)})
    assert sentence(reason, clock, {"s1": "hoist"}.__getitem__) == "has no hoist training"


def test_hours_are_said_as_people_say_them() -> None:
    assert hours(40 * 60) == "40 hours"
    assert hours(60) == "1 hour"
    assert hours(37 * 60 + 30) == "37 hours 30 minutes"
    assert hours(1) == "1 minute"
    assert hours(0) == "0 hours"


def test_the_second_of_two_must_come_at_the_start_of_the_first() -> None:
    one = problem(
        [carer(), carer("bob"), carer("cat", available=((420, NINE + 25),))],
        [visit("v1", carers_needed=2)],
    )
    ranking = rank_carers(one, rota(v1=(NINE, "ann")), "v1")
    assert [(c.carer_id, c.start) for c in ranking.able] == [("bob", NINE)]
    assert {r.carer_id: r.code for r in ranking.unable} == {
        "ann": "already_there",
        "cat": "unavailable",
    }


def test_a_filled_visit_is_ranked_as_if_it_were_empty() -> None:
    one = problem([carer(), carer("bob")], [visit()])
    ranking = rank_carers(one, rota(v1=(NINE, "ann")), "v1")
    assert {c.carer_id for c in ranking.able} == {"ann", "bob"}


def test_someone_can_be_found_in_place_of_one_of_two() -> None:
    one = problem([carer(), carer("bob"), carer("cat")], [visit("v1", carers_needed=2)])
    solution = rota(v1=(NINE + 5, "ann", "bob"))
    ranking = rank_carers(one, solution, "v1", instead_of="ann")
    assert {(c.carer_id, c.start) for c in ranking.able} == {("ann", NINE + 5), ("cat", NINE + 5)}
    with pytest.raises(ProblemError, match="cat is not on visit v1"):
        rank_carers(one, solution, "v1", instead_of="cat")


def test_a_known_face_near_by_comes_first_and_the_reasons_are_told() -> None:
    visits = [visit(), visit("v2", earliest=NINE + 60, latest=NINE + 60)]
    one = problem(
        [
            carer("far", home=FAR),
            carer("known", home=FAR, contract_minutes=60),
            carer("team", home=FAR),
        ],
        [replace(v, team=frozenset(["team"])) for v in visits],
    )
    ranking = rank_carers(one, rota(v2=(NINE + 60, "known")), "v1")
    assert [c.carer_id for c in ranking.able] == ["known", "team", "far"]
    assert [merits(c) for c in ranking.able] == [
        "already comes 1 time this week; +0 minutes' travel; then 0 hours below contract",
        "in the team, new this week; +28 minutes' travel; then 9 hours 30 minutes below contract",
        "a new face; +28 minutes' travel; then 9 hours 30 minutes below contract",
    ]


def test_a_visit_nobody_knows_is_refused() -> None:
    with pytest.raises(ProblemError, match="there is no visit v9"):
        explain(problem([carer()], [visit()]), Solution(()), "v9")
