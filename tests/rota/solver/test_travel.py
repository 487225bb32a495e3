"""Travel times, and that the verifier's own reckoning agrees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.solver import Travel, verify
from rota.solver.problem import MODES
from rota.solver.travel import Ways, great_circle_km
from tests.rota.solver.problems import carer, problem, rota, visit

places = st.tuples(st.floats(53.4, 53.8), st.floats(-2.1, -1.6))


def test_the_great_circle_from_london_to_paris_is_about_344_km() -> None:
    assert great_circle_km((51.5074, -0.1278), (48.8566, 2.3522)) == pytest.approx(343.6, abs=0.5)


def test_travel_is_rounded_up_and_parking_added() -> None:
    # One hundredth of a degree north is 1.112 km, with the detour 1.501 km.
    ways = Ways(Travel(kmh={"car": 30, "cycle": 15, "walk": 5}))
    there = {mode: ways.minutes(mode, (53.60, -1.9), (53.61, -1.9)) for mode in MODES}
    assert there == {"car": 4 + 2, "cycle": 7 + 1, "walk": 19}


@given(places, places, st.sampled_from(MODES))
def test_travel_takes_the_same_both_ways_and_none_on_the_spot(a, b, mode) -> None:
    ways = Ways(Travel())
    assert ways.minutes(mode, a, b) == ways.minutes(mode, b, a)
    assert ways.minutes(mode, a, a) == 0


@given(places, places, st.sampled_from(MODES))
def test_the_verifier_needs_exactly_the_minutes_the_search_allows(a, b, mode) -> None:
    way = Ways(Travel()).minutes(mode, a, b)
    first, second = visit("v1", point=a), visit("v2", point=b, earliest=0, latest=1400)
    one = problem([carer(mode=mode, available=((0, 4000),))], [first, second])
    on_time = rota(v1=(540, "ann"), v2=(570 + way, "ann"))
    assert not [breach for breach in verify(one, on_time) if breach.rule == "travel"]
    if a != b:
        late = rota(v1=(540, "ann"), v2=(570 + way - 1, "ann"))
        assert [breach for breach in verify(one, late) if breach.rule == "travel"]
