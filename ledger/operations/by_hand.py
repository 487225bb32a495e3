"""What the treasurer writes in the journal by hand."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from ledger import chart
from ledger.models import Account, Journal
from ledger.operations.journal import move, post, reverse
from ledger.operations.orders import positive_pence

BY_HAND = "by-hand"
#: Accounts that something else mirrors: a journal by hand would make the two differ.
MIRRORED = "Shares change in the register of members, and the books follow."
ONE_PERSON = "“{}” stands between us and one person: what they pay or are paid changes it."


def accounts_by_hand() -> QuerySet[Account]:
    """Between which the treasurer may move money by hand."""
    return Account.objects.exclude(pk__in=chart.BY_PERSON)


@operation(needs="ledger.keep_books")
def write_journal(
    *,
    date: dt.date,
    debit: Account,
    credit: Account,
    amount: Money,
    memo: str,
    once: str,
    by: Actor,
) -> Journal:
    """Move an amount from one account to another, such as a bank's charge.

    `once` is a key of the form that was shown: sent twice, it is written once. Refuses share
    capital, which only the register changes, what is owed by or to one person, and a day to come.
    """
    pence = positive_pence(amount)
    refuse_day_to_come(date, "date")
    if debit == credit:
        raise RuleError("Choose two different accounts.", field="credit")
    for field, account in (("debit", debit), ("credit", credit)):
        if account.kind == Account.Kind.EQUITY and hasattr(account, "share_class"):
            raise RuleError(MIRRORED, field=field)
        if account.pk in chart.BY_PERSON:
            raise RuleError(ONE_PERSON.format(account.name), field=field)
    if not memo.strip():
        raise RuleError("Say what it is for.", field="memo")
    journal = post(
        kind=BY_HAND,
        date=date,
        key=f"{BY_HAND}:{once}",
        lines=move(pence, debit=debit.pk, credit=credit.pk),
        memo=memo.strip(),
        by=by,
    )
    audit.record(by, "ledger.write_journal", journal)
    return journal


@operation(needs="ledger.keep_books")
def reverse_journal(*, journal: Journal, date: dt.date, why: str, by: Actor) -> Journal:
    """Undo a journal that was written by hand. What else is in the books is undone at its source:
    a payment, a pay-out, a share transaction."""
    if journal.kind != BY_HAND:
        raise RuleError("Only what was written by hand is reversed here.")
    refuse_day_to_come(date, "date")
    if not why.strip():
        raise RuleError("Say why.", field="why")
    reversal = reverse(journal=journal, date=date, why=why.strip(), by=by)
    audit.record(by, "ledger.reverse_journal", journal)
    return reversal
