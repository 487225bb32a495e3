"""Turns opened papers into what governance.counting counts, and a count into a Result."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from governance import rules
from governance.counting import Ballot, Count, Tally, count, count_choices, write_blt
from governance.counting.tally import CHOICES
from governance.models import Election, Result

#: (constituency, choices best first) → how many papers say so.
Papers = Counter[tuple[str, tuple[int, ...]]]


def result_of(
    election: Election, papers: Papers, *, entitled: int, voted: int, at: dt.datetime
) -> Result:
    """Count the papers of a closed vote. The result is not saved here."""
    result = Result(
        election=election,
        counted_at=at,
        entitled=entitled,
        voted=voted,
        ballots=papers.total(),
        blank=sum(number for (_, choices), number in papers.items() if not choices),
    )
    if election.is_stv:
        _count_election(result, papers)
    else:
        _count_motion(result, papers)
    return result


def _count_election(result: Result, papers: Papers) -> None:
    """By the rules of the vote; papers are sorted, so that the order of voting leaves no trace."""
    election = result.election
    grouped: Counter[tuple[int, ...]] = Counter()
    for (_, choices), number in papers.items():
        grouped[choices] += number
    ballots = tuple(Ballot(choices, grouped[choices]) for choices in sorted(grouped))
    contest = election.contest(ballots)
    counted: Count = count(contest, rules=election.counting, lot_order=election.lot_order)
    result.count = counted.as_dict()
    result.words = counted.in_words()
    result.sheet = counted.as_csv()
    if result.entitled >= rules.SMALLEST_ROLL_FOR_PAPERS:
        result.blt = write_blt(contest)


def _count_motion(result: Result, papers: Papers) -> None:
    election = result.election
    answers: list[str] = []
    by_group: dict[str, Counter[str]] = defaultdict(Counter)
    for (constituency, choices), number in papers.items():
        answer = CHOICES[choices[0] - 1]
        answers += [answer] * number
        by_group[constituency][answer] += number
    tally: Tally = count_choices(answers)
    votes = rules.Votes(
        tally.votes_for, tally.votes_against, tally.abstentions, entitled=result.entitled
    )
    verdict = rules.verdict(
        rules.THRESHOLDS[election.threshold],
        rules.Base(election.threshold_of),
        [rules.ClassOutcome("", "", votes)],
    )
    result.count = tally.as_dict() | {"verdict": verdict.as_dict()}
    result.words = [tally.in_words(), verdict.words]
    if result.entitled >= rules.SMALLEST_ROLL_FOR_PAPERS:
        result.by_constituency = _by_constituency(by_group)


def _by_constituency(by_group: Mapping[str, Counter[str]]) -> list[dict[str, Any]]:
    """Totals of the classes that may be shown, by name."""
    return [
        {"constituency": group, **{choice: by_group[group][choice] for choice in CHOICES}}
        for group in sorted(rules.showable(by_group))
    ]
