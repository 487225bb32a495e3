"""Money that leaves our bank account: prepared by one person, paid by another."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db.models import Sum
from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from core.two_people import other_person
from ledger import chart
from ledger.models import Account, Order, Party, PayOut, Posting
from ledger.money import in_words, pence_of, pounds_of
from ledger.operations.journal import move, post, reverse
from ledger.operations.orders import locked, money_is_due_back, positive_pence
from ledger.operations.treasurer import drop_too_much
from ledger.owners import stop_of
from ledger.signals import paid_out, pay_out_called_off, pay_out_undone
from ledger.statements import make_reference

State = PayOut.State
MAX_WHY = PayOut._meta.get_field("why").max_length or 0
#: So much is kept of why it was undone, beside why it was prepared.
MOST_WHY = 100
#: What a pay-out's reference begins with, by the account that it is paid from.
PREFIXES = {chart.WITHDRAWALS: "WD", chart.INTEREST_PAYABLE: "WD", chart.LOANS: "LN"}


@operation(needs="ledger.prepare_pay_outs")
def prepare_pay_out(
    *,
    party: Party,
    account: str,
    amount: Money,
    why: str,
    key: str,
    owner_kind: str,
    owner_id: int,
    by: Actor,
) -> PayOut:
    """Put a payment to somebody before the person who will make it. The same `key` → the same.

    From an account of what we owe, no more can be paid than we owe them there, counting what
    others have prepared; of what came for an order, `pay_back` says how much. For shares to be
    withdrawn that is asked when they are paid: until then their holder holds them, and we owe
    nothing.
    """
    if by.user is None:
        raise RuleError("A person has to prepare a pay-out.")
    pence = positive_pence(amount)
    held = Party.objects.select_for_update().get(pk=party.pk)
    if earlier := PayOut.objects.filter(key=key).first():
        if (earlier.party_id, earlier.account_id, earlier.amount) != (held.pk, account, amount):
            raise RuleError("This was prepared already, with other figures.")
        return earlier
    waiting = PayOut.objects.filter(party=held, account=account, state=State.PREPARED)
    prepared = waiting.aggregate(total=Sum("amount"))["total"] or 0
    if account != chart.WITHDRAWALS and owner_kind != PayOut.FOR_ORDER:
        _owed_enough(held, account, pence + pence_of(Money(round(prepared, 2), "GBP")))
    pay_out = PayOut.objects.create(
        party=held,
        account_id=account,
        amount=amount,
        reference=secrets.token_hex(10),
        key=key,
        why=why,
        owner_kind=owner_kind,
        owner_id=owner_id,
        prepared_by=by.user,
    )
    pay_out.reference = make_reference(PREFIXES.get(account, "RF"), pay_out.pk)
    pay_out.save(update_fields=["reference"])
    audit.record(by, "ledger.prepare_pay_out", pay_out, pence=pence)
    return pay_out


@operation(needs="ledger.prepare_pay_outs")
def pay_back(*, order: Order, amount: Money, why: str, by: Actor) -> PayOut:
    """Prepare to pay money that came for an order back from our bank account.

    No more than `money_is_due_back`, less what is prepared already. Each is numbered, so that the
    same part can be paid back in steps.
    """
    held = locked(order)
    ours = PayOut.objects.giving_back(held)
    prepared = sum((one.amount for one in ours.filter(state=State.PREPARED)), pounds_of(0))
    _refuse_more_than_due(held, amount + prepared)
    before = ours.count()
    return prepare_pay_out(
        party=held.party,
        account=held.account_id,
        amount=amount,
        why=why,
        key=f"pay-back:{held.pk}:{before + 1}",
        owner_kind=PayOut.FOR_ORDER,
        owner_id=held.pk,
        by=by,
    )


@operation(needs="ledger.make_pay_outs")
def make_pay_out(*, pay_out: PayOut, paid_on: dt.date, by: Actor) -> PayOut:
    """Say that the bank has paid it: by somebody other than who prepared it, and once.

    Whoever hears `paid_out` may book what is owed by it (shares are withdrawn as they are paid):
    no more may be paid than we owe in the end. Refused while `why_not_paid` says so.
    """
    other_person(pay_out.prepared_by, by)
    if paid_on > timezone.localdate():
        raise RuleError("That day is still to come.", field="paid_on")
    if stop := stop_of(pay_out, paid_on):
        raise RuleError(stop, field="paid_on")
    # An order is held before its party, here as everywhere.
    back_for = _order_of(pay_out)
    party = Party.objects.select_for_update().get(pk=pay_out.party_id)
    if not PayOut.objects.filter(pk=pay_out.pk, state=State.PREPARED).exists():
        raise RuleError(_not_prepared(pay_out))
    pence = pence_of(pay_out.amount)
    journal = post(
        kind="pay-out",
        date=paid_on,
        key=f"pay-out:{pay_out.pk}",
        lines=move(pence, debit=pay_out.account_id, credit=chart.BANK, party=party),
        source=f"pay-out:{pay_out.pk}",
        memo=pay_out.reference,
        by=by,
    )
    prepared = PayOut.objects.filter(pk=pay_out.pk, state=State.PREPARED)
    paid = prepared.update(state=State.PAID, paid_by=by.user, paid_on=paid_on, journal=journal)
    if paid != 1:
        raise RuleError(_not_prepared(pay_out))
    pay_out.refresh_from_db()
    if back_for:
        _note_paid_back(pay_out, back_for, by)
    audit.record(by, "ledger.make_pay_out", pay_out, pence=pence)
    paid_out.send(sender=PayOut, pay_out=pay_out, by=by)
    if not back_for:
        _owed_enough(party, pay_out.account_id, pence, paid=pence)
    return pay_out


def why_not_paid(pay_out: PayOut) -> str:
    """Why it must not be paid at the bank today, in a sentence; empty if it may."""
    try:
        if pay_out.owner_kind == PayOut.FOR_ORDER:
            _refuse_more_than_due(Order.objects.get(pk=pay_out.owner_id), pay_out.amount)
        elif pay_out.account_id != chart.WITHDRAWALS:
            _owed_enough(pay_out.party, pay_out.account_id, pence_of(pay_out.amount))
    except RuleError as error:
        return error.message
    return stop_of(pay_out, timezone.localdate())


@operation(needs="ledger.make_pay_outs")
def undo_pay_out(*, pay_out: PayOut, on: dt.date, why: str, by: Actor) -> PayOut:
    """The bank sent it back, or had not paid it, or on another day: the books are put back.

    By somebody other than who prepared it, on the day on which it was paid or later. We owe it
    again, and it can be prepared anew. Whoever hears `pay_out_undone` puts back what followed.
    """
    other_person(pay_out.prepared_by, by)
    if not why.strip():
        raise RuleError("Say why.", field="why")
    refuse_day_to_come(on, "on")
    back_for = _order_of(pay_out)
    paid = PayOut.objects.filter(pk=pay_out.pk, state=State.PAID)
    if paid.update(state=State.CALLED_OFF) != 1:
        raise RuleError("Only what was paid can be undone.")
    pay_out.refresh_from_db()
    if pay_out.paid_on is None or on < pay_out.paid_on:
        raise RuleError("That is before it was paid.", field="on")
    assert pay_out.journal is not None
    reverse(journal=pay_out.journal, date=on, why=f"{pay_out.reference} undone", by=by)
    undone = f"{PayOut.UNDONE}{why.strip()[:MOST_WHY]})"
    pay_out.why = f"{pay_out.why[: MAX_WHY - len(undone)]}{undone}"
    pay_out.save(update_fields=["why"])
    if back_for:
        _note_not_paid_back(pay_out, back_for)
    audit.record(by, "ledger.undo_pay_out", pay_out, pence=pence_of(pay_out.amount))
    pay_out_undone.send(sender=PayOut, pay_out=pay_out, on=on, by=by)
    return pay_out


def _note_not_paid_back(pay_out: PayOut, order: Order) -> None:
    """It is money that came for the order again: to the oldest payments first."""
    left = pay_out.amount
    for payment in order.payments.filter(state="succeeded").order_by("made_on", "pk"):
        part = min(payment.refunded, left)
        payment.refunded -= part
        payment.save(update_fields=["refunded"])
        left -= part


def _order_of(pay_out: PayOut) -> Order | None:
    """The order whose money this gives back, held until the end of the transaction."""
    if pay_out.owner_kind != PayOut.FOR_ORDER:
        return None
    return locked(Order.objects.get(pk=pay_out.owner_id))


def _refuse_more_than_due(order: Order, amount: Money) -> None:
    due = money_is_due_back(order)
    if amount > due:
        raise RuleError(
            f"{in_words(pence_of(due))} of what came for this is to be paid back, and no more.",
            field="amount",
        )


def _note_paid_back(pay_out: PayOut, order: Order, by: Actor) -> None:
    """Take it off what came for the order: off the newest payments first."""
    _refuse_more_than_due(order, pay_out.amount)
    left = pay_out.amount
    for payment in order.payments.filter(state="succeeded").order_by("-made_on", "-pk"):
        part = min(payment.refundable, left)
        payment.refunded += part
        payment.save(update_fields=["refunded"])
        left -= part
    if not money_is_due_back(order).amount:
        drop_too_much(order=order, by=by)


@operation(needs="ledger.prepare_pay_outs")
def call_off_pay_out(*, pay_out: PayOut, by: Actor) -> PayOut:
    """Do not pay this after all. What we owe stays owed."""
    prepared = PayOut.objects.filter(pk=pay_out.pk, state=State.PREPARED)
    if prepared.update(state=State.CALLED_OFF) != 1:
        raise RuleError(_not_prepared(pay_out))
    pay_out.refresh_from_db()
    audit.record(by, "ledger.call_off_pay_out", pay_out)
    pay_out_called_off.send(sender=PayOut, pay_out=pay_out, by=by)
    return pay_out


def _owed_enough(party: Party, account: str, pence: int, *, paid: int = 0) -> None:
    """From a liability, or from what a customer overpaid, goes no more than stands there.

    `paid`: so much of it is in the books already.
    """
    kind = Account.objects.values_list("kind", flat=True).get(pk=account)
    if kind != Account.Kind.LIABILITY and account != chart.RECEIVABLE:
        return
    there = Posting.objects.filter(journal__sealed=True, account=account, party=party)
    owed = paid - there.pence_total()
    if pence > owed:
        raise RuleError(
            f"We owe them {in_words(owed)} there, less than these {in_words(pence)}.",
            field="amount",
        )


def _not_prepared(pay_out: PayOut) -> str:
    pay_out.refresh_from_db()
    return {
        State.PREPARED: "Somebody else is paying this. Please look again.",
        State.PAID: "This has been paid already.",
        State.CALLED_OFF: "This was called off.",
    }[State(pay_out.state)]
