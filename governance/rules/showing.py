"""What may be shown of a secret vote, so that nobody's own vote can be worked out from it."""

from __future__ import annotations

from collections.abc import Mapping

#: Totals under this many votes, and groups under this many people, are never shown.
SMALLEST_CELL = 5
#: The papers themselves are published only if at least this many could have voted.
SMALLEST_ROLL_FOR_PAPERS = 20

Totals = Mapping[str, int]


def papers_showable(entitled: int, voted: int) -> bool:
    """Whether all papers of a vote may be published: with few voters, who know who they are, one
    would say whose it is.
    """
    return entitled >= SMALLEST_ROLL_FOR_PAPERS and voted >= SMALLEST_CELL


def nameable(on_roll: Mapping[str, int]) -> list[str]:
    """The classes that a paper may name, of so many voters in each: those of five or more.

    The papers that name none must be none, or of five voters together: the only such paper would
    say whose it is. Else those of the smallest class that could be named do not name it either.
    """
    if sum(on_roll.values()) < SMALLEST_ROLL_FOR_PAPERS:
        return []
    named = sorted(name for name, voters in on_roll.items() if name and voters >= SMALLEST_CELL)
    unnamed = sum(on_roll.values()) - sum(on_roll[name] for name in named)
    if 0 < unnamed < SMALLEST_CELL:
        named.remove(min(named, key=lambda name: on_roll[name]))
    return named


def _gives_away(totals: Totals) -> bool:
    """Too few to hide among, or all of one mind: the total says how each of them voted."""
    return sum(totals.values()) < SMALLEST_CELL or sum(1 for n in totals.values() if n) < 2


def showable(by_group: Mapping[str, Totals]) -> list[str]:
    """The groups whose totals may be shown beside the grand total, in their order.

    Left out are totals under five and unanimous ones; then the smallest of the others, until the
    rest that anybody could work out by subtraction gives nothing away either.
    """
    shown = [group for group, totals in by_group.items() if group and not _gives_away(totals)]
    while shown:
        hidden = [totals for group, totals in by_group.items() if group not in shown]
        keys = {key for totals in hidden for key in totals}
        rest = {key: sum(totals.get(key, 0) for totals in hidden) for key in keys}
        if not sum(rest.values()) or not _gives_away(rest):
            break
        shown.remove(min(shown, key=lambda group: sum(by_group[group].values())))
    return shown
