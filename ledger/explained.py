"""The lines of a bank for a person to read: what is proposed, and what they were found to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from ledger import chart
from ledger.awaited import Awaited, awaited
from ledger.models import BankAccount, BankLine, BankMatch
from ledger.statements import Proposal

#: How many hints a row shows.
FEW_HINTS = 2


@dataclass(frozen=True)
class Explained:
    """A part of what a line was found to be."""

    what: str
    pence: int
    journal_id: int
    order_id: int | None = None
    party_id: int | None = None


@dataclass(frozen=True)
class Row:
    """A line with what is proposed for it, or what it was found to be."""

    line: BankLine
    proposal: Proposal | None
    things: Sequence[Awaited]
    hints: Sequence[Awaited]
    explained: Sequence[Explained]

    @property
    def parties(self) -> set[int]:
        """Ids of everybody who is named on the row."""
        named: list[Awaited | Explained] = [*self.things, *self.hints, *self.explained]
        return {one.party_id for one in named if one.party_id is not None}


def with_matches(lines: QuerySet[BankLine]) -> QuerySet[BankLine]:
    """Lines, oldest first, with all that says what they were found to be."""
    live = BankMatch.objects.filter(undone_at__isnull=True).order_by("pk")
    told = live.select_related("journal__payment__order").prefetch_related(
        "journal__postings__account"
    )
    return lines.order_by("date", "row", "pk").prefetch_related(
        Prefetch("matches", told, to_attr="live_matches")
    )


def put_aside() -> Q:
    """Lines that are explained only as not yet explained: in suspense."""
    aside = BankMatch.objects.filter(
        undone_at__isnull=True, journal__postings__account=chart.SUSPENSE
    )
    return Q(state=BankLine.State.MATCHED, pk__in=aside.values("line"))


def explanations(line: BankLine) -> list[Explained]:
    """What a line of `with_matches` was found to be, part by part."""
    return [_explained(match) for match in line.live_matches]  # type: ignore[attr-defined]


def _explained(match: BankMatch) -> Explained:
    payment = getattr(match.journal, "payment", None)
    if payment is not None:
        order = payment.order
        what = f"{order.reference}: {order.get_kind_display()}"
        return Explained(what, match.pence, match.journal_id, order.pk, order.party_id)
    postings = list(match.journal.postings.all())
    parties = {posting.party_id for posting in postings} - {None}
    others = [one for one in postings if (one.pence > 0) is not (match.pence > 0)]
    what = others[0].account.name if match.made and others else match.journal.title
    if match.journal.memo:
        what = f"{what} ({match.journal.memo})"
    party = parties.pop() if len(parties) == 1 else None
    return Explained(what, match.pence, match.journal_id, None, party)


def rows_of(
    bank_account: BankAccount, lines: Iterable[BankLine], proposed: Mapping[int, Proposal]
) -> list[Row]:
    """Lines of `with_matches` as rows; what is proposed is asked for once for all of them."""
    lines = list(lines)
    told = [proposed[line.pk] for line in lines if line.pk in proposed]
    things = awaited(
        bank_account, (key for one in told for key in (*one.keys, *one.hints[:FEW_HINTS]))
    )

    def row(line: BankLine) -> Row:
        proposal = proposed.get(line.pk)
        keys = proposal.keys if proposal else ()
        hints = proposal.hints[:FEW_HINTS] if proposal else ()
        return Row(
            line,
            proposal,
            [things[key] for key in keys if key in things],
            [things[key] for key in hints if key in things],
            explanations(line),
        )

    return [row(line) for line in lines]
