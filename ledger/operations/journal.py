"""Writing in the journal: the only way in which the books change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.models import Account, Journal, Party, Posting


@dataclass(frozen=True)
class Line:
    """One posting to be: `pence` positive for a debit, negative for a credit.

    What is outside the scope of VAT is so by its account (chart.OUTSIDE_VAT).
    """

    account: str
    pence: int
    party: Party | None = None
    vat: str = ""

    def __post_init__(self) -> None:
        if not self.vat and self.account.startswith(chart.OUTSIDE_VAT):
            object.__setattr__(self, "vat", Posting.Vat.OUTSIDE)


def move(pence: int, *, debit: str, credit: str, party: Party | None = None) -> list[Line]:
    """Two lines: so much from the credited account to the debited one, both for one party."""
    return [Line(debit, pence, party), Line(credit, -pence, party)]


@operation(needs=None)
def post(
    *,
    kind: str,
    date: dt.date,
    key: str,
    lines: Sequence[Line],
    source: str = "",
    memo: str = "",
    reverses: Journal | None = None,
    by: Actor,
) -> Journal:
    """Write one event in the journal and seal it. The same `key` again gives the first one back.

    Refuses lines that are empty, of nothing, or do not sum to zero, and a key that was used for
    something else; the database refuses them too. `source` and `memo` hold ids and references,
    never names.
    """
    if len(lines) < 2 or any(line.pence == 0 for line in lines):
        raise ValueError("A journal has two lines or more, each of some money.")
    if sum(line.pence for line in lines):
        raise ValueError("The lines of a journal sum to zero.")
    if earlier := Journal.objects.filter(key=key).first():
        return _the_same(earlier, lines)
    try:
        with transaction.atomic():
            journal = Journal.objects.create(
                kind=kind, date=date, key=key, source=source, memo=memo, reverses=reverses
            )
            Posting.objects.bulk_create(
                Posting(
                    journal=journal,
                    account_id=line.account,
                    party=line.party,
                    pence=line.pence,
                    vat=line.vat,
                )
                for line in lines
            )
            _seal(journal)
    except IntegrityError:
        if earlier := Journal.objects.filter(key=key).first():  # another wrote it just now
            return _the_same(earlier, lines)
        if reverses and Journal.objects.filter(reverses=reverses).exists():
            raise RuleError("This has been reversed already.") from None
        raise
    audit.record(by, "ledger.post", journal, kind=kind, key=key)
    return journal


def _seal(journal: Journal) -> None:
    """From here on the database refuses every change of the journal."""
    if Journal.objects.filter(pk=journal.pk, sealed=False).update(sealed=True) != 1:
        raise RuleError("This journal has been sealed already.")
    journal.sealed = True


def _the_same(earlier: Journal, lines: Sequence[Line]) -> Journal:
    """A repeat is harmless only if it says the same."""
    written = sorted(earlier.postings.values_list("account", "pence", "party"), key=repr)
    asked = sorted(
        ((line.account, line.pence, line.party.pk if line.party else None) for line in lines),
        key=repr,
    )
    if written != asked:
        raise ValueError(f"Journal {earlier.pk} has this key and says something else.")
    return earlier


@operation(needs=None)
def reverse(*, journal: Journal, date: dt.date, why: str, by: Actor) -> Journal:
    """Undo a journal by one that says the opposite. Both stay; twice is refused."""
    if Journal.objects.filter(reverses=journal).exists():
        raise RuleError("This has been reversed already.")
    if date < journal.date:
        raise RuleError("That is before what is to be reversed.", field="date")
    lines = [
        Line(posting.account_id, -posting.pence, posting.party, posting.vat)
        for posting in journal.postings.select_related("party")
    ]
    return post(
        kind=f"{journal.kind}-reversed"[:30],
        date=date,
        key=f"reverse:{journal.pk}",
        lines=lines,
        source=journal.source,
        memo=why[:120],
        reverses=journal,
        by=by,
    )


@operation(needs=None)
def new_party(*, by: Actor) -> Party:
    """Somebody with whom there will be money: who that is, an upper app's row says."""
    party = Party.objects.create()
    audit.record(by, "ledger.new_party", party)
    return party


@operation(needs=None)
def open_account(*, code: str, name: str, kind: str, by: Actor) -> Account:
    """Add an account to the chart; the same code again gives the one that is there."""
    last = Account.objects.aggregate(last=Max("order"))["last"] or 0
    account, created = Account.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "order": last + 1}
    )
    if created:
        audit.record(by, "ledger.open_account", account)
    return account
