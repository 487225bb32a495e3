"""The made-up weeks are as described, and the same for the same seed."""

from __future__ import annotations

from rota.solver.generate import CONTRACT_HOURS, SKILLS, WINDOWS, make_week


def test_a_seed_always_gives_the_same_week() -> None:
    assert make_week(carers=10, people=10, visits=80, seed=3) == make_week(
        carers=10, people=10, visits=80, seed=3
    )
    assert make_week(carers=10, people=10, visits=80, seed=3) != make_week(
        carers=10, people=10, visits=80, seed=4
    )


def test_a_week_is_made_as_described() -> None:
    week = make_week(carers=200, people=60, visits=700)
    assert (len(week.carers), len(week.visits)) == (200, 700)
    assert 0.06 < sum(carer.mode == "walk" for carer in week.carers) / 200 < 0.18
    assert {carer.contract_minutes / 60 for carer in week.carers} == set(CONTRACT_HOURS)
    assert {skill for visit in week.visits for skill in visit.skills} == set(SKILLS)
    assert {len(visit.team) for visit in week.visits} == set(range(3, 9))
    assert {(visit.latest - visit.earliest) // 2 for visit in week.visits} == set(WINDOWS)
    assert 0 < sum(visit.carers_needed == 2 for visit in week.visits) < 70
