"""Writing a great many journals at once, as when a register is brought over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.models import Journal, Party, Posting
from ledger.operations.journal import Line

#: So many ids go into one statement; SQLite takes no more than some thousands.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One event in money to be: a journal of its own."""

    kind: str
    date: dt.date
    key: str
    lines: Sequence[Line]
    source: str = ""
    memo: str = ""


@operation(needs=None)
def post_many(*, events: Sequence[Event], by: Actor) -> list[Journal]:
    """Write many events, each in a journal of its own, and seal them all: all of them or none.

    As `post`, in a few statements instead of five for each. A key that was used before is refused
    by the database. The audit trail has one line for all.
    """
    for event in events:
        if len(event.lines) < 2 or any(line.pence == 0 for line in event.lines):
            raise ValueError("A journal has two lines or more, each of some money.")
        if sum(line.pence for line in event.lines):
            raise ValueError("The lines of a journal sum to zero.")
    journals = Journal.objects.bulk_create(
        Journal(
            kind=event.kind,
            date=event.date,
            key=event.key,
            source=event.source,
            memo=event.memo,
        )
        for event in events
    )
    Posting.objects.bulk_create(
        Posting(
            journal=journal,
            account_id=line.account,
            party=line.party,
            pence=line.pence,
            vat=line.vat,
        )
        for journal, event in zip(journals, events, strict=True)
        for line in event.lines
    )
    _seal(journals)
    if journals:
        first, last = journals[0].pk, journals[-1].pk
        audit.record(by, "ledger.post_many", journals=len(journals), first=first, last=last)
    return journals


def _seal(journals: Sequence[Journal]) -> None:
    """The database looks at each as it is sealed."""
    for start in range(0, len(journals), AT_ONCE):
        some = [journal.pk for journal in journals[start : start + AT_ONCE]]
        if Journal.objects.filter(pk__in=some, sealed=False).update(sealed=True) != len(some):
            raise RuleError("A journal has been sealed already.")
    for journal in journals:
        journal.sealed = True


@operation(needs=None)
def new_parties(*, number: int, by: Actor) -> list[Party]:
    """So many with whom there will be money, as `new_party` makes one."""
    parties = Party.objects.bulk_create(Party() for _ in range(number))
    if parties:
        first, last = parties[0].pk, parties[-1].pk
        audit.record(by, "ledger.new_parties", parties=number, first=first, last=last)
    return parties
