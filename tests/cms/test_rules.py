"""Postcode sectors, small counts, stages, spreadsheet cells."""

from __future__ import annotations

import pytest

from cms import rules


@pytest.mark.parametrize(
    ("typed", "sector"),
    [
        ("QX7 2AB", "QX7 2"),
        ("qx72ab", "QX7 2"),
        ("  qx7   2ab ", "QX7 2"),
        ("QX7 2", "QX7 2"),
        ("SW1A 1AA", "SW1A 1"),
        ("m1 1ae", "M1 1"),
        ("CR2 6XH", "CR2 6"),
    ],
)
def test_of_a_postcode_only_the_sector_is_left(typed: str, sector: str) -> None:
    assert rules.postcode_sector(typed) == sector


@pytest.mark.parametrize("typed", ["", "QX7", "12345", "QX7 2ABC", "QX7 AB2", "1X7 2AB", "=QX7 2"])
def test_what_is_not_a_postcode_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        rules.postcode_sector(typed)


@pytest.mark.parametrize(("count", "shown"), [(0, "<5"), (4, "<5"), (5, "5"), (1234, "1,234")])
def test_a_count_below_five_is_hidden(count: int, shown: str) -> None:
    assert rules.shown_count(count) == shown


def test_a_stage_divides_the_road_into_done_current_and_ahead() -> None:
    places = [rung.place for rung in rules.ladder("feasibility")]
    assert places == ["done", "done", "current", "ahead", "ahead", "ahead", "ahead", "ahead"]


def test_a_group_off_the_road_has_nothing_done() -> None:
    assert {rung.place for rung in rules.ladder("closed")} == {"ahead"}
    assert not rules.takes_interest("closed")
    assert rules.takes_interest("finding")


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    assert rules.spreadsheet_cell(text) == f"'{text}"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert rules.spreadsheet_cell("Ruth - farmer") == "Ruth - farmer"


def test_every_interest_has_all_its_words() -> None:
    assert rules.INTERESTS.keys() == rules.INTEREST_COUNTS.keys() == rules.INTEREST_NAMES.keys()
    assert rules.CONSENT_VERSION in rules.CONSENT_WORDINGS
