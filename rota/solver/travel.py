"""Minutes from one point to another, by the rule that `Travel` states."""

from __future__ import annotations

from math import asin, ceil, cos, radians, sin, sqrt

from rota.solver.problem import Point, Travel

EARTH_RADIUS_KM = 6371.0088


def great_circle_km(one: Point, other: Point) -> float:
    """Haversine distance on a sphere of the Earth's mean radius."""
    (lat1, lon1), (lat2, lon2) = one, other
    across = sin(radians(lat2 - lat1) / 2) ** 2
    along = sin(radians(lon2 - lon1) / 2) ** 2
    chord = across + cos(radians(lat1)) * cos(radians(lat2)) * along
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


class Ways:
    """Travel minutes for one problem, each way worked out once."""

    def __init__(self, travel: Travel) -> None:
        self._travel = travel
        self._known: dict[tuple[str, Point, Point], int] = {}

    def minutes(self, mode: str, here: Point, there: Point) -> int:
        if here == there:
            return 0
        key = (mode, here, there)
        if key not in self._known:
            hours = great_circle_km(here, there) * self._travel.detour / self._travel.kmh[mode]
            # A hair is taken off, so that noise in the last digit does not add a minute.
            self._known[key] = ceil(hours * 60 - 1e-9) + self._travel.park[mode]
        return self._known[key]
