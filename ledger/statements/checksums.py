"""Telling a movement that was read before from a new one."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from ledger.statements.statement import Line


def with_checksums(account: str, lines: Sequence[Line]) -> list[Line]:
    """Each line with the SHA-256 of account, day, amount, text, and the bank's id or the balance,
    and of which of several equal lines of its day it is.

    So reading an overlapping statement again adds nothing, and two equal payments on one day both
    count. A file that tells neither ids nor balances and begins in the middle of a day cannot show
    whether its first payment is the first or the second of two equal ones: it is taken as known.
    (With balances the same is so only if the balance, too, comes round to the same that day.)
    """
    seen: Counter[tuple[str, ...]] = Counter()
    stamped = []
    for line in lines:
        same = (
            account,
            line.date.isoformat(),
            str(line.amount_pence),
            "".join(letter for letter in line.description.upper() if letter.isalnum()),
            f"id {line.fitid}" if line.fitid else f"balance {line.balance_pence}",
        )
        seen[same] += 1
        text = "\x1f".join((*same, str(seen[same])))
        stamped.append(replace(line, checksum=hashlib.sha256(text.encode()).hexdigest()))
    return stamped


def unseen(lines: Iterable[Line], known: Container[str]) -> list[Line]:
    """The lines whose checksum is not among the known ones."""
    return [line for line in lines if line.checksum not in known]


def look_alikes(lines: Iterable[Line], known: Iterable[tuple[dt.date, int]]) -> list[Line]:
    """The lines that share day and amount with one already there, each of which counts once.

    For new lines by checksum: when a month comes once as CSV and once as OFX, all of it is new by
    checksum and all of it looks alike.
    """
    left = Counter(known)
    alike = []
    for line in lines:
        if left[line.date, line.amount_pence] > 0:
            left[line.date, line.amount_pence] -= 1
            alike.append(line)
    return alike
