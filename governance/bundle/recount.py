"""Counts the papers of a vote again and compares: python3 recount.py (Python 3.11 or later).

It lies in the bundle beside the papers and the code that counts them, and needs nothing else: no
network, no other program. Ends with 0 if the result is the same, with 1 if it is not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Run isolated (python3 -I), Python leaves the folder of a script out of its path.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from governance.counting import Contest, CountError, count, count_choices, read_blt
from governance.counting.tally import CHOICES
from governance.rules.needs import Needs
from governance.rules.thresholds import Votes
from governance.rules.verdicts import ClassOutcome, Mode, Verdict

Read = Callable[[str], str]

NO_PAPERS = (
    "The papers are not in this bundle: so few could vote, or did, that somebody might be "
    "recognised by theirs. Two tellers can count them again from the ballot box."
)

NO_CLASSES = (
    "The rules count the classes of members apart, and what each class said is not in this bundle: "
    "it would show how somebody voted. Two tellers can count again from the ballot box."
)


def difference(read: Read, *, has_papers: bool) -> str:
    """What does not agree with the declared result, in a sentence; empty if all does.

    `read` gives the text of a file of the bundle.
    """
    election, declared = json.loads(read("election.json")), json.loads(read("count.json"))
    if not has_papers:
        return _sum_difference(election, declared, json.loads(read("roll.json")))
    try:
        contest = read_blt(read("ballots.blt"))
        if election["kind"] == "motion":
            return _motion_difference(election, declared, contest, json.loads(read("roll.json")))
        again = count(contest, rules=election["rules"], lot_order=election["lot_order"]).as_dict()
    except CountError as error:
        return f"ballots.blt cannot be counted: {error}"
    again = json.loads(json.dumps(again))
    changed = sorted(
        key for key in again.keys() | declared.keys() if again.get(key) != declared.get(key)
    )
    if changed:
        return f"Counting ballots.blt gives another result than count.json: {', '.join(changed)}."
    return ""


def _motion_difference(
    election: dict[str, Any], declared: dict[str, Any], contest: Contest, roll: dict[str, Any]
) -> str:
    answers = [
        CHOICES[ballot.preferences[0] - 1]
        for ballot in contest.ballots
        for _ in range(ballot.weight)
    ]
    tally = count_choices(answers).as_dict()
    if any(declared.get(key) != number for key, number in tally.items()):
        return "Counting ballots.blt gives other numbers than count.json."
    return _sum_difference(election, declared, roll)


def _sum_difference(
    election: dict[str, Any], declared: dict[str, Any], roll: dict[str, Any]
) -> str:
    """Whether the declared numbers carry the motion as declared."""
    if election["kind"] != "motion":
        return ""
    again = verdict_of(election, declared, entitled=roll["entitled"])
    if again is not None and again.carried != declared["verdict"]["carried"]:
        return "The numbers in count.json do not give the verdict that it says."
    return ""


def verdict_of(election: dict[str, Any], tally: dict[str, Any], *, entitled: int) -> Verdict | None:
    """Whether a motion is carried by what it needs, and by its classes if they count.

    None where the classes count and their votes are left out, lest they show how somebody voted.
    """
    needs = Needs.of(election)
    if needs.mode is Mode.HEADS:
        outcomes = [ClassOutcome("", "", _votes(tally, entitled))]
    elif "by_class" in tally:
        known = {one["code"]: one for one in election["classes"]}
        outcomes = [
            ClassOutcome(**known[row["code"]], votes=_votes(row, row["entitled"]))
            for row in tally["by_class"]
        ]
    else:
        return None
    return needs.verdict(outcomes)


def _votes(tally: dict[str, Any], entitled: int) -> Votes:
    """In a secret vote those count as present who voted."""
    voted = tally["for"] + tally["against"] + tally["abstain"]
    return Votes(tally["for"], tally["against"], tally["abstain"], voted, entitled)


def counts_again(read: Read, *, has_papers: bool) -> bool:
    """Whether what is in the bundle is enough to count the result again: its papers are, and what
    the classes said where they count apart. Else only its sums can be compared.
    """
    return has_papers and not _classes_hidden(
        json.loads(read("election.json")), json.loads(read("count.json"))
    )


def _classes_hidden(election: dict[str, Any], tally: dict[str, Any]) -> bool:
    counts_apart = election["kind"] == "motion" and election["mode"] != Mode.HEADS.value
    return counts_apart and "by_class" not in tally


def main(folder: Path) -> int:
    """Say what was found, as one would to a person."""

    def read(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    has_papers = (folder / "ballots.blt").exists()
    title = json.loads(read("election.json"))["title"]
    print(title, "=" * len(title), read("declaration.txt"), sep="\n")
    if not has_papers:
        print(NO_PAPERS)
    if _classes_hidden(json.loads(read("election.json")), json.loads(read("count.json"))):
        print(NO_CLASSES)
    found = difference(read, has_papers=has_papers)
    if found:
        print(f"NOT THE SAME: {found}")
        return 1
    if counts_again(read, has_papers=has_papers):
        print("Counted again: the result is the same.")
    else:
        print("The sums agree. The result itself cannot be counted again from this bundle.")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
