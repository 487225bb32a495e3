"""Loans and deposits of members: what came, what was keyed wrongly, what is to be paid back."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from ledger import chart
from ledger.models import Account, BankAccount, Journal, Party, PayOut
from ledger.money import pence_of
from ledger.operations import move, post, prepare_pay_out, reverse
from members.loans import LOAN, LOAN_OWNER, left_to_repay
from members.models import Member
from members.operations.holdings import party_for


@operation(needs="ledger.keep_payments")
def record_loan(
    *,
    member: Member,
    amount: Money,
    received_on: dt.date,
    into: Account,
    reference: str,
    once: str,
    by: Actor,
) -> Journal:
    """Enter money that a member lent the society: we owe it to them from that day on.

    It came into one of our bank accounts, or before these books began. `reference` is that of the
    agreement, and all that the books say of it. `once` is a key of the form that was shown: sent
    twice, it is entered once.
    """
    pence = pence_of(amount)
    if pence <= 0:
        raise RuleError("Enter an amount above £0.", field="amount")
    refuse_day_to_come(received_on, "received_on")
    if into.pk != chart.OPENING and not _is_bank(into):
        raise RuleError("Choose one of our bank accounts.", field="into")
    if not reference.strip():
        raise RuleError("Give the reference of the agreement.", field="reference")
    party = party_for(holder=member.holder, by=by)
    key = f"{LOAN}:{party.pk}:{once}"
    lines = move(pence, debit=into.pk, credit=chart.LOANS, party=party)
    _refuse_other_figures(key, pence, received_on, into)
    journal = post(
        kind=LOAN,
        date=received_on,
        key=key,
        lines=lines,
        source=f"members.member:{member.pk}",
        memo=reference.strip(),
        by=by,
    )
    audit.record(by, "members.record_loan", member, journal=journal.pk, pence=pence)
    return journal


def _is_bank(account: Account) -> bool:
    return account.pk == chart.BANK or BankAccount.objects.filter(account=account).exists()


def _refuse_other_figures(key: str, pence: int, received_on: dt.date, into: Account) -> None:
    """The same form sent again is harmless only if it says the same."""
    earlier = Journal.objects.filter(key=key).first()
    if earlier is None:
        return
    same = earlier.postings.filter(account=into, pence=pence).exists()
    if not same or earlier.date != received_on:
        raise RuleError("This was entered already, with other figures.")


@operation(needs="ledger.keep_payments")
def undo_loan(*, journal: Journal, why: str, by: Actor) -> Journal:
    """Take back a loan that was keyed wrongly; both lines stay in the books.

    Not once any of it was paid back, or is prepared to be: less would be owed than was paid.
    """
    if journal.kind != LOAN:
        raise RuleError("Only a loan that was entered is undone here.")
    if not why.strip():
        raise RuleError("Say what was wrong.", field="why")
    if journal.bank_matches.filter(undone_at=None).exists():
        raise RuleError("A line of the bank’s statement was said to be this loan. Undo that first.")
    lent = journal.postings.get(account=chart.LOANS)
    assert lent.party_id is not None
    party = Party.objects.select_for_update().get(pk=lent.party_id)
    if Journal.objects.filter(reverses=journal).exists():
        raise RuleError("This has been undone already.")
    if left_to_repay(party.pk) < -lent.pence:
        raise RuleError("Some of it was paid back, or is about to be. It cannot be undone.")
    today = timezone.localdate()
    reversal = reverse(journal=journal, date=today, why=journal.memo, by=by)
    audit.record(by, "members.undo_loan", journal, why=why.strip())
    return reversal


@operation(needs="ledger.prepare_pay_outs")
def prepare_loan_repayment(
    *, member: Member, amount: Money, why: str, once: str, by: Actor
) -> PayOut:
    """Prepare to pay back some or all of what a member has lent; a second person pays it.

    Never more than is owed to them, less what is prepared already.
    """
    if not why.strip():
        raise RuleError("Say why it is paid back.", field="why")
    party = party_for(holder=member.holder, by=by)
    pay_out = prepare_pay_out(
        party=party,
        account=chart.LOANS,
        amount=amount,
        why=why.strip(),
        key=f"{LOAN}:{party.pk}:{once}",
        owner_kind=LOAN_OWNER,
        owner_id=member.pk,
        by=by,
    )
    audit.record(by, "members.prepare_loan_repayment", member, pay_out=pay_out.pk)
    return pay_out
