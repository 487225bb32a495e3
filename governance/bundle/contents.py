"""What goes into a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from governance.bundle.archive import write_archive
from governance.bundle.hashing import canonical_json, chained, sha256

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
#: The code that counts, as it stands in this program; and packages that are only folders there.
CODE = (
    "governance/counting/*.py",
    "governance/rules/needs.py",
    "governance/rules/thresholds.py",
    "governance/rules/verdicts.py",
)
CODE_BELOW = ("members/rules/votes.py",)
FOLDERS = ("governance", "governance/rules", "members", "members/rules")


@dataclass(frozen=True)
class Vote:
    """A vote that has been counted, with everything that may be published about it.

    `election`: title, kind, seats, rules, lot_order, what a motion needs (governance.rules.Needs),
    record date and times.
    `roll`: entitled, voted, and how many papers came here, on paper, and could not be counted.
    `receipts`: hashes of the receipt codes. `checkpoints`: {"ballots", "root", "at"} in order.
    `blt`: the papers; empty where too few could have voted to publish them.
    `count`: the result as plain values; `words`: in sentences; `sheet`: the stage sheet as CSV.
    """

    election: Mapping[str, Any]
    roll: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    checkpoints: Sequence[Mapping[str, Any]]
    receipts: Sequence[str]
    count: Mapping[str, Any]
    words: Sequence[str]
    sheet: str = ""
    blt: str = ""


def bundle_of(vote: Vote) -> bytes:
    """The bundle as a zip file: the same bytes for the same vote."""
    files = {**_facts(vote), **code()}
    manifest = {"files": {path: sha256(data) for path, data in files.items()}}
    return write_archive({**files, "manifest.json": canonical_json(manifest)})


def _facts(vote: Vote) -> dict[str, bytes]:
    files = {
        "election.json": canonical_json(dict(vote.election)),
        "roll.json": canonical_json(dict(vote.roll)),
        "events.json": canonical_json(chained(vote.events)),
        "checkpoints.json": canonical_json([dict(each) for each in vote.checkpoints]),
        "receipts.txt": "".join(f"{receipt}\n" for receipt in sorted(vote.receipts)).encode(),
        "count.json": canonical_json(dict(vote.count)),
        "declaration.txt": ("\n".join(vote.words) + "\n").encode(),
    }
    if vote.sheet:
        files["stages.csv"] = vote.sheet.encode()
    if vote.blt:
        files["ballots.blt"] = vote.blt.encode()
    return files


@cache
def code() -> Mapping[str, bytes]:
    """recount.py and the code that it counts with: Python and its standard library only."""
    files = {f"{folder}/__init__.py": b"" for folder in FOLDERS}
    for pattern in (*CODE, *CODE_BELOW):
        for path in sorted(ROOT.glob(pattern)):
            files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    return {**files, "recount.py": (HERE / "recount.py").read_bytes()}
