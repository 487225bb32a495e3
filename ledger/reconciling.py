"""Whether the bank and the books say the same, and where they do not, why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from ledger.awaited import line_of
from ledger.models import BankLine, BankMatch, Posting, StatementImport
from ledger.statements import look_alikes

#: Lines that count: read in, and not undone.
LIVE = (BankLine.State.NEW, BankLine.State.MATCHED)


# --- Before a statement is taken in -----------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """The lines of a statement that is looked at: which were read in before, and which only look
    as if they had been. `known` and `alike` are ids of lines."""

    lines: Sequence[BankLine]
    known: frozenset[int]
    alike: frozenset[int]

    @property
    def new(self) -> list[BankLine]:
        return [line for line in self.lines if line.pk not in self.known]


def look_over(statement: StatementImport) -> Preview:
    """Compare the lines of a statement with all that was read in for its account before."""
    lines = list(statement.lines.order_by("date", "row", "pk"))
    live = BankLine.objects.filter(bank_account=statement.bank_account_id, state__in=LIVE).exclude(
        statement=statement
    )
    theirs = statement.lines.order_by().values("checksum")
    seen = set(live.filter(checksum__in=theirs).values_list("checksum", flat=True))
    known = frozenset(line.pk for line in lines if line.checksum in seen)
    others = live.filter(date__range=(statement.first_on, statement.last_on)).exclude(
        checksum__in=theirs
    )
    rows = {line.row: line.pk for line in lines}
    alike = look_alikes(
        [line_of(line) for line in lines if line.pk not in known],
        others.values_list("date", "pence"),
    )
    return Preview(lines, known, frozenset(rows[line.row] for line in alike))


# --- The bank and the books -------------------------------------------------------------------


@dataclass(frozen=True)
class Reconciliation:
    """The bank's balance and the books' at the end of a day, and what makes them differ.

    bank − books = at_the_start + waiting − not_at_bank + booked_later + missing; all in pence.
    `missing` is what no statement tells: a statement in between was not read in, or two overlap.
    """

    on: dt.date
    bank: int
    books: int
    at_the_start: int
    waiting: int
    not_at_bank: int
    booked_later: int
    missing: int

    @property
    def difference(self) -> int:
        return self.bank - self.books

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """What makes up the difference, in words; only what is not nothing."""
        told = (
            ("Where the first statement began, bank and books differed", self.at_the_start),
            ("Lines of the bank that are not explained", self.waiting),
            ("In the books, but on no statement", -self.not_at_bank),
            ("On a statement, but in the books only on a later day", self.booked_later),
            ("On no statement that was read in", self.missing),
        )
        return [(words, pence) for words, pence in told if pence]


def reconcile(statement: StatementImport, preview: Preview | None = None) -> Reconciliation:
    """Hold the balance at which a statement closes against the books on that day.

    `preview`: a statement that is only looked at counts as if it were taken in.
    """
    on, account = statement.last_on, statement.bank_account
    first = _first(statement)
    lines = _lines_up_to(statement)
    arriving = sum(line.pence for line in preview.new) if preview else 0
    waiting = _pence(lines.filter(state=BankLine.State.NEW)) + arriving
    told = _pence(lines) + arriving
    closing = statement.closing_pence or 0
    matched = BankMatch.objects.filter(line__in=lines, undone_at__isnull=True)
    postings = Posting.objects.up_to(on).filter(account=account.account_id)
    unseen = postings.exclude(Exists(matched.filter(journal=OuterRef("journal"))))
    before = _pence(unseen.filter(journal__date__lt=first.first_on))
    return Reconciliation(
        on=on,
        bank=closing,
        books=_pence(postings),
        at_the_start=(first.opening_pence or 0) - before,
        waiting=waiting,
        not_at_bank=_pence(unseen.filter(journal__date__gte=first.first_on)),
        booked_later=_pence(matched.filter(journal__date__gt=on)),
        missing=closing - (first.opening_pence or 0) - told,
    )


def _first(statement: StatementImport) -> StatementImport:
    """The statement with which this account begins: this one, unless an earlier one is read in."""
    read_in = StatementImport.objects.filter(
        bank_account=statement.bank_account_id, state=StatementImport.State.IMPORTED
    )
    earliest = read_in.order_by("first_on", "pk").first()
    if earliest is None or statement.first_on < earliest.first_on:
        return statement
    return earliest


def _lines_up_to(statement: StatementImport) -> QuerySet[BankLine]:
    """What had come and gone when the statement closed. It may have been made at noon: of its last
    day, what later files told came after it."""
    on = statement.last_on
    return BankLine.objects.filter(
        Q(date__lt=on) | Q(date=on, statement__lte=statement.pk),
        bank_account=statement.bank_account_id,
        state__in=LIVE,
    )


def _pence(rows: QuerySet) -> int:
    return int(rows.order_by().aggregate(total=Sum("pence"))["total"] or 0)
