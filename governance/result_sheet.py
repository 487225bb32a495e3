"""A result for the eye: its chart, and its stage sheet as rows. Members' pages and the website."""

from __future__ import annotations

from typing import Any

from core.charts import Chart, bar_chart, donut, stage_chart
from governance.models import Result


def chart_of(result: Result) -> Chart:
    """The stages of an election, or the answers to a motion."""
    counted = result.count
    if not result.election.is_stv:
        answers = [(word, counted[word.lower()]) for word in ("For", "Against", "Abstain")]
        return donut("How members voted", answers)
    if counted["quota"] is None:  # the block vote: no quota, no stages
        last = counted["stages"][-1]["totals"]
        votes = [(name, round(float(total))) for name, total in last.items()]
        return bar_chart("Votes for each candidate", votes, unit="votes")
    names = counted["candidates"]
    return stage_chart(
        "Votes at each stage",
        names,
        totals_by_stage(counted),
        quota=float(counted["quota"]),
        outcomes=outcomes_of(counted),
        elected=set(counted["elected"]),
    )


def totals_by_stage(counted: dict[str, Any]) -> list[list[float | None]]:
    """Each stage's totals in the order of the paper; None for whoever has been excluded."""
    gone: set[str] = set()
    rows: list[list[float | None]] = []
    for stage in counted["stages"]:
        gone |= set(stage["excluded"])
        rows.append(
            [
                None if name in gone and not float(stage["totals"][name]) else float(total)
                for name, total in stage["totals"].items()
            ]
        )
    return rows


def outcomes_of(counted: dict[str, Any]) -> dict[str, str]:
    """Name → "elected at stage 2" or "excluded at stage 3"."""
    said: dict[str, str] = {}
    for stage in counted["stages"]:
        said |= {name: f"elected at stage {stage['n']}" for name in stage["elected"]}
        said |= {name: f"excluded at stage {stage['n']}" for name in stage["excluded"]}
    return said


def sheet_of(counted: dict[str, Any]) -> list[dict[str, Any]]:
    """The stage sheet for a page: one row for each candidate, then what left the count."""
    outcomes = outcomes_of(counted)
    stages = counted["stages"]
    rows = [
        {
            "name": name,
            "cells": [(stage["transfers"][name], stage["totals"][name]) for stage in stages],
            "outcome": outcomes.get(name, "not elected"),
            "elected": name in counted["elected"],
        }
        for name in counted["candidates"]
    ]
    left = [("", stage["non_transferable"]) for stage in stages]
    return [*rows, {"name": "Left the count", "cells": left, "outcome": "", "elected": False}]
