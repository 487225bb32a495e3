"""Charts drawn on the server as SVG, each with the table of its figures.

Pure functions from figures to a `Chart`: shapes for the drawing, rows for the table. Positions
across are percentages and positions down are pixels, so that a chart fills whatever room it has
while its words keep their size. Colour is never alone: bars have textures, lines have dashes,
everything has its figure beside it or in the table.
"""

from __future__ import annotations

import datetime as dt
import math
import textwrap
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = int | float | Decimal | Fraction
Across = Number | dt.date

#: The unit whose figures are written as money.
POUNDS = "pounds"
#: Series past the sixth share one look; use fewer.
SERIES = 6
BAR, GAP, TEXT_LINE = 20.0, 12.0, 18.0  # pixels
LABEL_CHARACTERS = 32  # what fits across a phone 320 pixels wide
ROOM_FOR_VALUE = 78.0  # bars use this much of the width (%), so that the figure fits after them


@dataclass(frozen=True)
class Rect:
    """A bar: x and width in % of the width, y and height in pixels; `series` from 1."""

    x: str
    y: float
    width: str
    height: float
    series: int
    kind: str = "rect"


@dataclass(frozen=True)
class Line:
    """A straight line; x in %, y in pixels."""

    x1: str
    y1: float
    x2: str
    y2: float
    classes: str
    kind: str = "line"


@dataclass(frozen=True)
class Text:
    """Words at x %, y pixels, moved by dx pixels."""

    x: str
    y: float
    text: str
    classes: str = ""
    dx: float = 0
    kind: str = "text"


@dataclass(frozen=True)
class Dot:
    """A point of a line."""

    x: str
    y: float
    series: int
    kind: str = "dot"


@dataclass(frozen=True)
class Curve:
    """A line through points (0–100 across, 0–100 down) of the plot from y for `height` pixels."""

    points: str
    y: float
    height: float
    series: int
    kind: str = "curve"


@dataclass(frozen=True)
class Slice:
    """A piece of a ring, as an SVG path in a square of 200."""

    path: str
    series: int
    kind: str = "slice"


Shape = Rect | Line | Text | Dot | Curve | Slice


@dataclass(frozen=True)
class Chart:
    """A drawing and its figures. `summary` says in words what the drawing shows."""

    title: str
    summary: str
    height: float
    shapes: tuple[Shape, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    key: tuple[tuple[int, str], ...] = ()
    note: str = ""
    ring: bool = False

    @property
    def id(self) -> str:
        """Tells the textures of several charts on a page apart."""
        return f"chart-{zlib.crc32(repr((self.title, self.rows)).encode()):08x}"

    @property
    def lines(self) -> bool:
        """True if the key shows lines rather than boxes."""
        return any(isinstance(shape, Curve) for shape in self.shapes)


def bar_chart(
    title: str, values: Sequence[tuple[str, Number]], *, unit: str = "", note: str = ""
) -> Chart:
    """One bar for each (label, value). Values may not be negative."""
    _refuse_negative(value for _label, value in values)
    top = max((value for _label, value in values), default=0)
    shapes: list[Shape] = []
    y = 0.0
    for label, value in values:
        y = _write(shapes, label, y)
        width = _percent(_share(value, top) * ROOM_FOR_VALUE)
        shapes.append(Rect("0%", y, width, BAR, 1))
        shapes.append(Text(width, y + 15, number(value), "value", 8))
        y += BAR + GAP
    rows = tuple((label, number(value)) for label, value in values)
    head = ("", _capital(unit) or "Value")
    return Chart(title, _extremes(values, unit), y, tuple(shapes), head, rows, (), note)


def stacked_bar(
    title: str,
    labels: Sequence[str],
    parts: Mapping[str, Sequence[Number]],
    *,
    unit: str = "",
    note: str = "",
) -> Chart:
    """One bar for each label, made of `parts`: part name → one value for each label."""
    for name, series in parts.items():
        if len(series) != len(labels):
            raise ValueError(f"{name} has {len(series)} values for {len(labels)} labels.")
        _refuse_negative(series)
    totals = [sum((series[i] for series in parts.values()), start=0) for i in range(len(labels))]
    top = max(totals, default=0)
    shapes: list[Shape] = []
    y = 0.0
    for index, label in enumerate(labels):
        x, y = 0.0, _write(shapes, label, y)
        for series_number, series in enumerate(parts.values(), 1):
            width = _share(series[index], top) * ROOM_FOR_VALUE
            if width:
                look = min(series_number, SERIES)
                shapes.append(Rect(_percent(x), y, _percent(width), BAR, look))
            x += width
        shapes.append(Text(_percent(x), y + 15, figure(totals[index], unit), "value", 8))
        y += BAR + GAP
    rows = tuple(
        (label, *(figure(series[i], unit) for series in parts.values()), figure(totals[i], unit))
        for i, label in enumerate(labels)
    )
    return Chart(
        title,
        _extremes(list(zip(labels, totals, strict=True)), unit),
        y,
        tuple(shapes),
        ("", *parts, "Total"),
        rows,
        _key(parts),
        note or _in(unit),
    )


def line_chart(
    title: str,
    lines: Mapping[str, Sequence[tuple[Across, Number]]],
    *,
    unit: str = "",
    across: str = "",
    goal: Number | None = None,
    goal_label: str = "Goal",
    from_zero: bool = True,
    note: str = "",
) -> Chart:
    """Lines through (date or number, value), in order of the first. `goal` draws a level line.

    `across` names what runs across in the table ("Date", "Seconds"). from_zero=False starts the
    scale near the lowest value instead.
    """
    lines = {
        name: sorted(points, key=lambda point: _ordinal(point[0])) for name, points in lines.items()
    }
    places = sorted({x for points in lines.values() for x, _y in points}, key=_ordinal)
    heights = [y for points in lines.values() for _x, y in points]
    head = (across or ("Date" if places and isinstance(places[0], dt.date) else ""), *lines)
    if not places:
        return Chart(title, "", 0, (), head, (), (), note)
    scale = _scale([*heights, *([] if goal is None else [goal])], from_zero)
    low, high, above, plot = scale[0], scale[-1], 28.0, 200.0

    def down(value: Number) -> float:
        return 100 * (1 - (float(value) - low) / (high - low))

    def along(x: Across) -> float:
        first, last = _ordinal(places[0]), _ordinal(places[-1])
        return 100 * (_ordinal(x) - first) / (last - first) if last > first else 50.0

    shapes: list[Shape] = []
    for level in scale:
        y = above + plot * down(level) / 100
        shapes.append(Line("0%", y, "100%", y, "axis" if level == low else "gridline"))
    for series, points in enumerate(lines.values(), 1):
        trace = " ".join(f"{along(x):.2f},{down(y):.2f}" for x, y in points)
        shapes.append(Curve(trace, above, plot, min(series, SERIES)))
        if len(points) <= 31:
            shapes += [
                Dot(_percent(along(x)), above + plot * down(y) / 100, min(series, SERIES))
                for x, y in points
            ]
    shapes += [
        Text("0%", above + plot * down(level) / 100 - 5, figure(level, unit), "axis-label")
        for level in scale
    ]
    if goal is not None:
        y = above + plot * down(goal) / 100
        shapes.append(Line("0%", y, "100%", y, "marker-line"))
        shapes.append(
            Text("50%", y - 6, f"{goal_label} {figure(goal, unit)}", "marker-label middle")
        )
    shapes.append(Text("0%", above + plot + 22, _place(places[0]), "axis-label"))
    if len(places) > 1:
        shapes.append(Text("100%", above + plot + 22, _place(places[-1]), "axis-label end"))
    by_place = {name: dict(points) for name, points in lines.items()}
    rows = tuple(
        (
            _place(x),
            *(figure(by_place[name][x], unit) if x in by_place[name] else "" for name in lines),
        )
        for x in places
    )
    return Chart(
        title,
        _ends(lines, unit, goal, goal_label),
        above + plot + 32,
        tuple(shapes),
        head,
        rows,
        _key(lines) if len(lines) > 1 else (),
        note or _in(unit),
    )


def donut(title: str, shares: Sequence[tuple[str, Number]], *, note: str = "") -> Chart:
    """A ring of shares; the middle shows the first one's per cent."""
    _refuse_negative(value for _label, value in shares)
    total = sum((value for _label, value in shares), start=0)
    head, summary = ("", "Number", "Share"), ""
    if not total:
        rows = tuple((label, number(value), "") for label, value in shares)
        return Chart(title, summary, 0, (), head, rows, (), note)
    shapes: list[Shape] = []
    start = 0.0
    for series, (_label, value) in enumerate(shares, 1):
        share = _share(value, total)
        if share:
            shapes.append(Slice(_ring_path(start, start + share), min(series, SERIES)))
        start += share
    shapes.append(Text("50%", 111, _per_cent(shares[0][1], total), "big middle"))
    rows = tuple((label, number(value), _per_cent(value, total)) for label, value in shares)
    summary = ", ".join(
        f"{label} {number(value)} ({share})"
        for (label, value), (_l, _n, share) in zip(shares, rows, strict=True)
    )
    key = tuple(
        (min(series, SERIES), f"{label}: {value} ({share})")
        for series, (label, value, share) in enumerate(rows, 1)
    )
    return Chart(title, f"{summary}.", 200, tuple(shapes), head, rows, key, note, ring=True)


def stage_chart(
    title: str,
    candidates: Sequence[str],
    stages: Sequence[Sequence[Number | None]],
    *,
    quota: Number | None,
    outcomes: Mapping[str, str] | None = None,
    elected: frozenset[str] | set[str] = frozenset(),
    note: str = "",
) -> Chart:
    """A count of ranked votes: each candidate's total at every stage, against the quota.

    stages: one row for each stage with a total for each candidate, or None once they are out.
    quota: None where the rules have none.
    outcomes: candidate → words such as "Elected at stage 2". elected: drawn in green with a tick.
    """
    for stage, totals in enumerate(stages, 1):
        if len(totals) != len(candidates):
            raise ValueError(f"Stage {stage} has {len(totals)} totals for {len(candidates)} names.")
    _refuse_negative(total for totals in stages for total in totals if total is not None)
    words = outcomes or {}
    top = max([quota or 0, *(t for totals in stages for t in totals if t is not None)])
    across = _share(quota or 0, top) * ROOM_FOR_VALUE
    shapes: list[Shape] = []
    y = 24.0
    for index, name in enumerate(candidates):
        y = _write(shapes, f"\u2713 {name}" if name in elected else name, y, "value")
        if name in words:
            y = _write(shapes, words[name], y - 2, "outcome")
        first, end, shown = y, "0%", ""
        for total in (totals[index] for totals in stages):
            if total is not None:
                end, shown = _percent(_share(total, top) * ROOM_FOR_VALUE), number(total)
                shapes.append(Rect("0%", y, end, 9, 3 if name in elected else 1))
                y += 11
        if quota is not None:
            shapes.append(Line(_percent(across), first - 3, _percent(across), y + 1, "marker-line"))
        shapes.append(Text(end, y - 3, shown, "value", 8))
        y += GAP + 2
    summary = ""
    if quota is not None:
        side = "end" if across > 50 else ""
        shapes.append(
            Text(_percent(across), 13, f"Quota {number(quota)}", f"marker-label {side}".strip())
        )
        summary = f"The quota is {number(quota)}. "
    rows = tuple(
        (
            name,
            *(number(t) if (t := totals[index]) is not None else "–" for totals in stages),
            words.get(name, ""),
        )
        for index, name in enumerate(candidates)
    )
    head = ("Candidate", *(f"Stage {stage}" for stage in range(1, len(stages) + 1)), "Outcome")
    summary += "; ".join(f"{name}: {words[name]}" for name in candidates if name in words)
    how = "One thin bar for each stage, the first on top."
    return Chart(title, summary, y + 4, tuple(shapes), head, rows, (), note or how)


# --- Words and sizes ------------------------------------------------------------------------------


def number(value: Number) -> str:
    """At most two decimals, none where they are zero, thousands by comma: "1,234.5"."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / value.denominator
    text = f"{value:,.2f}"
    text = text.rstrip("0").rstrip(".")
    return text.replace("-", "\u2212") if text != "-0" else "0"


def figure(value: Number, unit: str) -> str:
    """A figure as people write it: pounds with their pence, anything else as a number."""
    if unit != POUNDS:
        return number(value)
    sign = "\u2212" if value < 0 else ""
    return f"{sign}£{abs(value):,.2f}"


def _with(value: Number, unit: str) -> str:
    said = figure(value, unit)
    return said if unit in ("", POUNDS) else f"{said} {unit}"


def _in(unit: str) -> str:
    return "" if unit in ("", POUNDS) else f"In {unit}."


def _write(shapes: list[Shape], words: str, y: float, classes: str = "") -> float:
    """Put words in as many lines as they need; returns where the next thing begins."""
    for line in textwrap.wrap(words, LABEL_CHARACTERS):
        shapes.append(Text("0%", y + 14, line, classes))
        y += TEXT_LINE
    return y + 2


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _per_cent(value: Number, total: Number) -> str:
    return f"{round(100 * _share(value, total))}%"


def _share(value: Number, total: Number) -> float:
    return float(value) / float(total) if total else 0.0


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _refuse_negative(values: object) -> None:
    if any(value < 0 for value in values):  # type: ignore[attr-defined]
        raise ValueError("A bar or a share cannot be less than nothing.")


def _key(names: Mapping[str, object]) -> tuple[tuple[int, str], ...]:
    return tuple((min(series, SERIES), name) for series, name in enumerate(names, 1))


def _extremes(values: Sequence[tuple[str, Number]], unit: str) -> str:
    if not values:
        return ""
    most = max(values, key=lambda pair: pair[1])
    least = min(values, key=lambda pair: pair[1])
    return f"Most: {most[0]}, {_with(most[1], unit)}. Least: {least[0]}, {_with(least[1], unit)}."


def _ends(
    lines: Mapping[str, Sequence[tuple[Across, Number]]],
    unit: str,
    goal: Number | None,
    goal_label: str,
) -> str:
    said = [
        f"{name}: from {figure(points[0][1], unit)} to {_with(points[-1][1], unit)}."
        for name, points in lines.items()
        if points
    ]
    if goal is not None:
        said.append(f"{goal_label}: {_with(goal, unit)}.")
    return " ".join(said)


def _ordinal(x: Across) -> float:
    if isinstance(x, dt.datetime):
        return x.timestamp() / 86_400
    return float(x.toordinal()) if isinstance(x, dt.date) else float(x)


def _place(x: Across) -> str:
    return f"{x.day} {x:%b %Y}" if isinstance(x, dt.date) else number(x)


def _scale(values: Sequence[Number], from_zero: bool) -> list[float]:
    """Round levels from below the lowest value to above the highest, five or so."""
    low, high = float(min(values)), float(max(values))
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(level * step, 9) for level in range(first, last + 1)]


def _ring_path(start: float, end: float) -> str:
    """A piece of a ring (outer radius 90, inner 58, centre 100) between two shares of the turn."""
    if end - start >= 0.9999:
        return "M100 10A90 90 0 1 1 99.99 10ZM100 42A58 58 0 1 0 100.01 42Z"

    def point(share: float, radius: float) -> str:
        turn = 2 * math.pi * share
        return f"{100 + radius * math.sin(turn):.2f} {100 - radius * math.cos(turn):.2f}"

    large = int(end - start > 0.5)
    return (
        f"M{point(start, 90)}A90 90 0 {large} 1 {point(end, 90)}"
        f"L{point(end, 58)}A58 58 0 {large} 0 {point(start, 58)}Z"
    )
