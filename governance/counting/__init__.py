"""Counting votes: pure, exact and the same every time.

    from governance.counting import Ballot, Contest, count, read_blt

    contest = Contest(
        title="Board 2026",
        candidates=("Ann Dyson", "Bo Reid", "Cy Shah"),
        seats=2,
        ballots=(Ballot((1, 3)), Ballot((2,), weight=12)),   # candidate numbers from 1, best first
        withdrawn=frozenset(),
    )
    result = count(contest, rules="scottish-stv", lot_order=(3, 1, 2))

`lot_order` is the lot drawn and published before the count: every standing candidate's number,
the favoured first. Without one, the order of the ballot paper serves.

What comes back is a `Count`:

    result.elected          numbers of the elected, in order of election
    result.elected_names    their names
    result.quota, .valid, .places   the quota in units of 10^-places, and the valid papers
    result.stages           a tuple of Stage: totals, transfers, elected, excluded, ties, …
    result.as_dict()        plain values for JSON: "elected", "quota", "valid", and for each stage
                            "n", "action", "quota", "totals", "transfers", "non_transferable",
                            "lost_to_rounding", "elected", "excluded", "words"; votes are strings
    result.rows()           the stage sheet as rows of text, the heading first
    result.as_csv()         the same for a spreadsheet
    result.in_words()       the whole count in sentences; summary() and explain(stage) are its parts

`non_transferable` is all that has left the count so far, fractions dropped on the way included (of
which `lost_to_rounding`), so totals + non_transferable = valid at every stage. (Not for a block
vote, where a paper gives several votes.)

`read_blt(text)` and `write_blt(contest)` read and write BLT; a bad text raises BltError, naming the
line. `count_choices(["for", "against", …])` tallies a motion. Everything that cannot be counted
raises CountError, a ValueError with a sentence that a person can read.
"""

from collections.abc import Callable, Sequence

from governance.counting.av import count_av
from governance.counting.block import count_block
from governance.counting.blt import BltError, read_blt, write_blt
from governance.counting.contest import Ballot, Contest, CountError
from governance.counting.meek import count_meek
from governance.counting.result import Count
from governance.counting.stages import Stage
from governance.counting.stv import count_scottish_stv
from governance.counting.tally import Tally, count_choices

__all__ = [
    "RULES",
    "Ballot",
    "BltError",
    "Contest",
    "Count",
    "CountError",
    "Stage",
    "Tally",
    "count",
    "count_choices",
    "read_blt",
    "write_blt",
]

RULES: dict[str, Callable[[Contest, Sequence[int] | None], Count]] = {
    "scottish-stv": count_scottish_stv,
    "meek": count_meek,
    "av": count_av,
    "block": count_block,
}


def count(
    contest: Contest,
    rules: str = "scottish-stv",
    lot_order: Sequence[int] | None = None,
) -> Count:
    """Count a contest by one of RULES. Raises CountError if those rules do not fit it."""
    if rules not in RULES:
        raise CountError(f"There are no counting rules called “{rules}”.")
    return RULES[rules](contest, lot_order)
