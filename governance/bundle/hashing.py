"""Hashes over texts, lists and sets: what makes a change show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

#: The root of no leaves at all.
EMPTY = hashlib.sha256(b"").hexdigest()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical_json(value: Any) -> bytes:
    """The one way in which a value is written: keys sorted, two spaces, UTF-8, a final newline."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def merkle_root(leaves: Iterable[str]) -> str:
    """The root over hashes in hexadecimal, sorted, so that it tells nothing of their order.

    Leaves and nodes are hashed with a different first byte (as in RFC 6962), so that no node can
    pass for a leaf; the last of an odd row moves up as it is.
    """
    row = [hashlib.sha256(b"\0" + bytes.fromhex(leaf)).digest() for leaf in sorted(leaves)]
    while len(row) > 1:
        row = [
            hashlib.sha256(b"\1" + b"".join(pair)).digest() if len(pair) == 2 else pair[0]
            for pair in _pairs(row)
        ]
    return row[0].hex() if row else EMPTY


def _pairs(row: list[bytes]) -> list[tuple[bytes, ...]]:
    return [tuple(row[at : at + 2]) for at in range(0, len(row), 2)]


def linked(event: Mapping[str, Any], before: str) -> dict[str, Any]:
    """An event with the hash of the one before it (`before`; empty for the first) and its own."""
    link = {**event, "before": before}
    return {**link, "hash": sha256(canonical_json(link))}


def chained(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The events, each linked to the one before it."""
    found: list[dict[str, Any]] = []
    for event in events:
        found.append(linked(event, found[-1]["hash"] if found else ""))
    return found


def first_broken(events: Iterable[Mapping[str, Any]]) -> int | None:
    """The place, from 1, of the first event that does not fit the chain; None if all do."""
    before = ""
    for place, event in enumerate(events, 1):
        plain = {key: value for key, value in event.items() if key != "hash"}
        if event.get("before") != before or event.get("hash") != sha256(canonical_json(plain)):
            return place
        before = event["hash"]
    return None
