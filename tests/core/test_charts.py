"""Charts: what is drawn agrees with the figures, and every figure is in the table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from core.charts import (
    POUNDS,
    Chart,
    Curve,
    Dot,
    Line,
    Rect,
    Slice,
    Text,
    bar_chart,
    donut,
    line_chart,
    number,
    stacked_bar,
    stage_chart,
)

MONDAY = dt.date(2026, 3, 2)


def drawn(chart: Chart) -> str:
    return Template("{% chart chart %}").render(Context({"chart": chart}))


def rects(chart: Chart) -> list[Rect]:
    return [shape for shape in chart.shapes if isinstance(shape, Rect)]


def share(width: str) -> float:
    return float(width.removesuffix("%"))


def words(chart: Chart) -> list[str]:
    return [shape.text for shape in chart.shapes if isinstance(shape, Text)]


EVERY_KIND = [
    bar_chart("Bars", [("Mon", 12), ("Tue", 9)], unit="visits"),
    stacked_bar("Parts", ["Mon", "Tue"], {"Filled": [3, 2], "Not": [0, 1]}),
    line_chart("Steps", {"Steps": [(MONDAY, 900), (MONDAY + dt.timedelta(7), 1400)]}, goal=2000),
    donut("Turnout", [("Voted", 3), ("Did not", 1)]),
    stage_chart("Count", ["Ann", "Bob"], [[5, 3], [5, None]], quota=4, outcomes={"Ann": "elected"}),
]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_bars_are_as_long_as_their_figures_say(values: list[int]) -> None:
    chart = bar_chart("Bars", [(f"Row {index}", value) for index, value in enumerate(values)])
    top = max(values)
    for bar, value in zip(rects(chart), values, strict=True):
        assert share(bar.width) == pytest.approx(78 * value / top if top else 0, abs=0.01)
    assert [row[1] for row in chart.rows] == [number(value) for value in values]


def test_a_long_label_takes_several_lines_and_pushes_the_rest_down() -> None:
    short = bar_chart("Bars", [("A", 1)])
    long = bar_chart("Bars", [("A label of far more than thirty-two letters in all", 1)])
    assert long.height > short.height
    assert all(len(line) <= 32 for line in words(long))


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=7))
def test_the_parts_of_a_bar_stand_end_to_end(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _b in pairs], [b for _a, b in pairs]
    labels = [str(index) for index in range(len(pairs))]
    chart = stacked_bar("Parts", labels, {"First": first, "Second": second})
    for bar in rects(chart):
        assert bar.series == 1 or share(bar.x) + share(bar.width) <= 78.02
    assert [row[-1] for row in chart.rows] == [number(a + b) for a, b in pairs]


def test_parts_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="Filled has 1 values for 2 labels"):
        stacked_bar("Parts", ["Mon", "Tue"], {"Filled": [1]})


@pytest.mark.parametrize(
    "draw",
    [
        lambda: bar_chart("x", [("a", -1)]),
        lambda: stacked_bar("x", ["a"], {"p": [-1]}),
        lambda: donut("x", [("a", -1), ("b", 5)]),
        lambda: stage_chart("x", ["a"], [[-1]], quota=1),
    ],
)
def test_less_than_nothing_is_refused(draw: object) -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        draw()  # type: ignore[operator]


def test_a_line_is_drawn_in_order_of_time() -> None:
    points = [(MONDAY + dt.timedelta(days), value) for days, value in ((14, 3), (0, 1), (7, 2))]
    chart = line_chart("Steps", {"Steps": points})
    curve = next(shape for shape in chart.shapes if isinstance(shape, Curve))
    across = [float(point.split(",")[0]) for point in curve.points.split()]
    assert across == [0, 50, 100]
    assert [row[0] for row in chart.rows] == ["2 Mar 2026", "9 Mar 2026", "16 Mar 2026"]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(-500, 500)), min_size=1, max_size=40))
def test_no_point_leaves_the_picture(points: list[tuple[int, int]]) -> None:
    chart = line_chart("Line", {"Line": points}, goal=100)
    for shape in chart.shapes:
        if isinstance(shape, Curve):
            for point in shape.points.split():
                x, y = map(float, point.split(","))
                assert -0.01 <= x <= 100.01
                assert -0.01 <= y <= 100.01
        if isinstance(shape, Line | Dot):
            assert 0 <= (shape.y1 if isinstance(shape, Line) else shape.y) <= chart.height


def test_the_goal_is_within_the_scale_even_when_nobody_is_near_it() -> None:
    chart = line_chart("Steps", {"Steps": [(0, 10), (1, 20)]}, goal=1000)
    marker = next(s for s in chart.shapes if isinstance(s, Line) and s.classes == "marker-line")
    assert 0 < marker.y1 < chart.height
    assert "Goal 1,000" in words(chart)
    assert "Goal: 1,000" in chart.summary


def test_lines_without_a_point_in_common_leave_gaps_in_the_table() -> None:
    chart = line_chart("Two", {"A": [(1, 5)], "B": [(2, 6)]}, across="Week")
    assert chart.head == ("Week", "A", "B")
    assert chart.rows == (("1", "5", ""), ("2", "", "6"))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6))
def test_a_ring_has_a_piece_for_every_share_that_is_not_empty(values: list[int]) -> None:
    chart = donut("Shares", [(f"Part {index}", value) for index, value in enumerate(values)])
    pieces = [shape for shape in chart.shapes if isinstance(shape, Slice)]
    assert len(pieces) == sum(value > 0 for value in values)
    assert len(chart.rows) == len(values)


def test_one_share_of_everything_is_a_whole_ring() -> None:
    chart = donut("All", [("Voted", 5)])
    assert "100%" in words(chart)
    assert len([shape for shape in chart.shapes if isinstance(shape, Slice)]) == 1


def test_a_candidate_who_is_out_has_no_bar_at_later_stages() -> None:
    chart = stage_chart(
        "Count",
        ["Ann", "Bob"],
        [[Fraction(34, 3), 4], [Fraction(34, 3), None], [12, None]],
        quota=Decimal("11.34"),
        outcomes={"Ann": "elected at stage 3", "Bob": "excluded at stage 2"},
        elected={"Ann"},
    )
    assert [bar.series for bar in rects(chart)] == [3, 3, 3, 1]
    assert chart.rows == (
        ("Ann", "11.33", "11.33", "12", "elected at stage 3"),
        ("Bob", "4", "–", "–", "excluded at stage 2"),
    )
    assert "The quota is 11.34. Ann: elected at stage 3" in chart.summary
    assert "\u2713 Ann" in words(chart)


def test_a_count_without_a_quota_draws_no_quota_line() -> None:
    chart = stage_chart("Block vote", ["Ann", "Bob"], [[5, 3]], quota=None)
    assert not any(isinstance(shape, Line) for shape in chart.shapes)


def test_totals_for_the_wrong_number_of_candidates_are_refused() -> None:
    with pytest.raises(ValueError, match="Stage 2 has 1 totals for 2 names"):
        stage_chart("Count", ["Ann", "Bob"], [[1, 2], [1]], quota=1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234.5, "1,234.5"),
        (Decimal("11.340"), "11.34"),
        (Fraction(1, 3), "0.33"),
        (-2, "\u22122"),
        (-0.001, "0"),
        (100, "100"),
        (1e6, "1,000,000"),
    ],
)
def test_a_number_has_no_more_figures_than_it_needs(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("chart", EVERY_KIND, ids=lambda chart: chart.title)
def test_a_chart_is_a_named_picture_with_its_figures_in_a_table(chart: Chart) -> None:
    html = drawn(chart)
    assert 'role="img"' in html
    assert f'aria-labelledby="{chart.id}-title {chart.id}-desc"' in html
    assert f"{chart.summary}" in html
    for row in chart.rows:
        for cell in row:
            assert cell in html
    assert "style=" not in html
    assert "<style" not in html


@pytest.mark.parametrize("chart", EVERY_KIND, ids=lambda chart: chart.title)
def test_a_chart_is_well_formed(chart: Chart) -> None:
    figure = ElementTree.fromstring(drawn(chart))
    assert len(figure.findall(".//table")) == 1


@pytest.mark.parametrize(
    "chart",
    [
        bar_chart("x", []),
        stacked_bar("x", [], {"a": []}),
        line_chart("x", {"a": []}),
        donut("x", [("a", 0)]),
        stage_chart("x", [], [], quota=None),
    ],
)
def test_nothing_to_show_is_said_in_words(chart: Chart) -> None:
    assert "Nothing to show yet." in drawn(chart)


def test_two_charts_on_a_page_do_not_share_ids() -> None:
    first = bar_chart("Visits", [("Mon", 1)])
    second = bar_chart("Visits", [("Mon", 2)])
    assert first.id != second.id


def test_words_in_a_chart_are_escaped() -> None:
    assert "<script>" not in drawn(bar_chart("<script>", [("<script>", 1)], unit="<script>"))


def test_money_is_written_as_money() -> None:
    chart = stacked_bar("Owed", ["Now"], {"Owed": [1032.9]}, unit=POUNDS)
    assert chart.rows == (("Now", "£1,032.90", "£1,032.90"),)
    assert "£1,032.90" in chart.summary
    assert "pounds" not in f"{chart.summary}{chart.note}"
    levels = line_chart("Owed", {"Owed": [(1, -2.5), (2, 10)]}, unit=POUNDS)
    assert levels.rows == (("1", "\u2212£2.50"), ("2", "£10.00"))
