"""Checking a bundle: first the whole, then each file, then what the files say of each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from governance.bundle import recount
from governance.bundle.archive import BundleError, container_fault, read_archive
from governance.bundle.hashing import canonical_json, first_broken, merkle_root, sha256
from governance.counting import CountError, read_blt
from governance.rules import papers_showable

NEEDED = (
    "election.json",
    "roll.json",
    "events.json",
    "checkpoints.json",
    "receipts.txt",
    "count.json",
    "declaration.txt",
    "recount.py",
)
#: A checkpoint comes after at least so many new ballots; only the last may come after fewer.
CHECKPOINT_STEP = 5


def faults_of(data: bytes, *, sha256_declared: str = "") -> list[str]:
    """Everything that is wrong with a bundle, in sentences that name it; empty if nothing is.

    Without the SHA-256 that was declared, a bundle in which somebody has made everything anew,
    hashes included, cannot be told from the true one.
    """
    found = []
    if sha256_declared and sha256(data) != sha256_declared.strip().lower():
        found.append(
            f"This is not the bundle that was declared: its SHA-256 is {sha256(data)}, and "
            f"{sha256_declared.strip().lower()} was declared."
        )
    try:
        files, unreadable = read_archive(data)
    except BundleError as error:
        return [*found, str(error)]
    found += unreadable or [fault for fault in [container_fault(data, files)] if fault]
    changed = list(_manifest_faults(files))
    # What the files say of each other is of use only where they are what they were.
    return [*found, *changed] if found or changed else list(_content_faults(files))


def was_counted_again(data: bytes) -> bool:
    """Whether a bundle without faults holds enough for its result to have been counted again."""
    files, _ = read_archive(data)
    return recount.counts_again(
        lambda name: files[name].decode(), has_papers="ballots.blt" in files
    )


def _manifest_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    try:
        manifest = json.loads(files["manifest.json"])
        listed: dict[str, str] = dict(manifest["files"])
    except (KeyError, TypeError, ValueError):
        yield "manifest.json is missing or has been changed: it cannot be read."
        return
    if canonical_json({"files": listed}) != files["manifest.json"]:
        yield "manifest.json has been changed: it is not written as we write it."
    for path in sorted(listed.keys() | files.keys() | set(NEEDED)):
        if path == "manifest.json":
            continue
        if path not in files:
            yield f"{path} is missing."
        elif path not in listed:
            yield f"{path} is not in the manifest: it has been added, or struck from the manifest."
        elif sha256(files[path]) != listed[path]:
            yield f"{path} has been changed: it has not the SHA-256 that the manifest gives."


def _content_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    """Whether roll, box, receipts, checkpoints, events and count agree with each other."""
    try:
        roll, checkpoints, events = (
            json.loads(files[name]) for name in ("roll.json", "checkpoints.json", "events.json")
        )
        receipts = files["receipts.txt"].decode().split()
        yield from _numbers(roll, receipts)
        if "ballots.blt" not in files and papers_showable(roll["entitled"], roll["voted"]):
            yield f"ballots.blt is missing, though {roll['entitled']} could vote."
        if "ballots.blt" in files:
            yield from _papers(files["ballots.blt"].decode(), roll)
        yield from _checkpoints(checkpoints, receipts)
        broken = first_broken(events)
        if broken:
            yield f"events.json: event {broken} does not follow from the one before it."
        fault = recount.difference(
            lambda name: files[name].decode(), has_papers="ballots.blt" in files
        )
        if fault:
            yield fault
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        yield f"A file of the bundle does not hold what it should: {error!r}."


def _numbers(roll: Mapping[str, Any], receipts: list[str]) -> Iterator[str]:
    if receipts != sorted(set(receipts)):
        yield "receipts.txt is not sorted, or names a receipt twice."
    if roll["ballots"] != len(receipts) or roll["voted"] != roll["ballots"] + roll["on_paper"]:
        yield (
            f"roll.json and receipts.txt do not agree: {roll['voted']} marked as voted, "
            f"{roll['ballots']} sealed papers, {roll['on_paper']} keyed in, "
            f"{len(receipts)} receipts."
        )
    if roll["voted"] > roll["entitled"]:
        yield "roll.json: more have voted than may."


def _papers(blt: str, roll: Mapping[str, Any]) -> Iterator[str]:
    """Every paper of the box and of the envelopes is there, but for those that say nothing."""
    try:
        papers = sum(ballot.weight for ballot in read_blt(blt).ballots)
    except CountError:
        return  # the recount names the line
    expected = roll["ballots"] + roll["on_paper"] - roll["spoilt"]
    if papers != expected:
        yield f"ballots.blt holds {papers} papers; by roll.json there should be {expected}."


def _checkpoints(checkpoints: list[Mapping[str, Any]], receipts: list[str]) -> Iterator[str]:
    if not checkpoints:
        yield "checkpoints.json holds no checkpoint."
        return
    counts = [each["ballots"] for each in checkpoints]
    steps = [after - before for before, after in pairwise([0, *counts])]
    if any(step < CHECKPOINT_STEP for step in steps[:-1]) or steps[-1] < 0:
        yield "checkpoints.json: a checkpoint comes after too few new ballots."
    last = checkpoints[-1]
    if last["ballots"] != len(receipts) or last["root"] != merkle_root(receipts):
        yield "The last checkpoint is not that of receipts.txt: a receipt was added or taken out."
