"""Turns opened papers into what governance.counting counts, and a count into a Result."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from governance import rules
from governance.classes import outcomes
from governance.counting import Ballot, Contest, Count, Tally, count, count_choices, write_blt
from governance.counting.tally import CHOICES
from governance.models import Election, Result, roll_of

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
    if rules.papers_showable(result.entitled, papers.total()):
        result.blt = write_blt(contest)


def _count_motion(result: Result, papers: Papers) -> None:
    """Carried or lost by heads, or with the classes as the rules count them."""
    election = result.election
    by_group: dict[str, Counter[str]] = defaultdict(Counter)
    for (constituency, choices), number in papers.items():
        by_group[constituency][CHOICES[choices[0] - 1]] += number
    total = sum(by_group.values(), Counter[str]())
    tally: Tally = count_choices(total.elements())
    shown = rules.showable(by_group)
    result.count = tally.as_dict() | _verdict(result, tally, by_group, shown)
    result.words = [tally.in_words(), result.count["verdict"]["words"]]
    if rules.papers_showable(result.entitled, papers.total()):
        result.by_constituency = [_row(group, by_group[group]) for group in sorted(shown)]
        answers = Contest(
            title=election.title,
            candidates=tuple(choice.capitalize() for choice in CHOICES),
            seats=1,
            ballots=tuple(
                Ballot((place,), total[choice])
                for place, choice in enumerate(CHOICES, 1)
                if total[choice]
            ),
        )
        result.blt = write_blt(answers)


def _verdict(
    result: Result, tally: Tally, by_group: Mapping[str, Counter[str]], shown: list[str]
) -> dict[str, Any]:
    """The verdict; with the votes of each class where they decide, and may be shown."""
    election = result.election
    needs = election.needs
    if needs.mode is rules.Mode.HEADS:
        votes = rules.Votes(
            tally.votes_for, tally.votes_against, tally.abstentions, tally.present, result.entitled
        )
        decided = needs.verdict([rules.ClassOutcome("", "", votes)])
        return {"verdict": decided.as_dict()}
    on_roll = Counter(roll_of(election).values_list("constituency", flat=True))
    by_class = {group: _votes(by_group[group], entitled) for group, entitled in on_roll.items()}
    decided = needs.verdict(outcomes(election.classes, by_class))
    if any(group not in shown for group, votes in by_group.items() if votes.total()):
        return {"verdict": _without_figures(decided)}
    rows = [
        {"code": group, **_answers(by_group[group]), "entitled": on_roll[group]}
        for group in sorted(on_roll)
    ]
    return {"verdict": decided.as_dict(), "by_class": rows}


def _votes(answers: Counter[str], entitled: int) -> rules.Votes:
    """In a secret vote those count as present who voted."""
    votes_for, against, abstain = (answers[choice] for choice in CHOICES)
    return rules.Votes(votes_for, against, abstain, answers.total(), entitled)


def _without_figures(decided: rules.Verdict) -> dict[str, Any]:
    """Carried or lost, and no more: the sums would say what a few people voted."""
    words = (
        f"{'Carried' if decided.carried else 'Lost'}, as the rules count the classes of members. "
        "The figures of the classes are left out: they would show how somebody voted."
    )
    return {"carried": decided.carried, "sums": [], "faults": [], "words": words}


def _row(group: str, answers: Counter[str]) -> dict[str, Any]:
    return {"constituency": group, **_answers(answers)}


def _answers(answers: Counter[str]) -> dict[str, int]:
    return {choice: answers[choice] for choice in CHOICES}
