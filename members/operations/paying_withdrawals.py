"""Paying withdrawals in their turn, from the cash that the board has set aside.

A pay-out is prepared by one person, which takes its money out of the cash set aside, and made by
another (ledger). Only then are the shares withdrawn, in the same transaction as the payment.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.models import PayOut
from ledger.money import GBP
from ledger.operations import prepare_pay_out
from members.models import ShareTransaction, SocietyRules, Withdrawal
from members.operations.ending import end_entry, hold_buying
from members.operations.holdings import change_holding, party_for, reverse_holdings
from members.operations.withdrawals import why_not, write
from members.rules.withdrawals import Stand
from members.withdrawal_queue import WITHDRAWAL_OWNER, Place, queue_now

State = Withdrawal.State
Why = Withdrawal.Why

_NOT_YET = {
    Stand.NOTICE: "The notice still runs.",
    Stand.CASH: "The cash set aside does not reach for one share of this.",
    Stand.BEHIND: "Others are before this one, and the cash set aside does not reach so far.",
}


@operation(needs="ledger.prepare_pay_outs")
def prepare_withdrawal(*, withdrawal: Withdrawal, shares: int, by: Actor) -> Withdrawal:
    """Prepare the pay-out of one request in its turn; somebody else then pays it.

    `shares` is what the queue says can be paid of it now: all, or for the next in turn the part
    that the cash reaches for. A part becomes a request of its own, and the rest keeps its place.
    Nothing is prepared while withdrawals are suspended. Returns the request that is being paid.
    """
    # One at a time: whoever comes second sees what the first has taken.
    rules = _rules()
    refuse_while_suspended(rules)
    place = _place(withdrawal, rules)
    if place.turn.shares_now != shares:
        raise RuleError(f"By now {place.turn.shares_now:,} shares can be paid. Please look again.")
    paying = _split(place.withdrawal, shares, by) if shares < withdrawal.quantity else withdrawal
    _add_cash(-paying.value)
    agreed = Withdrawal.objects.filter(pk=paying.pk, state=State.AGREED)
    if agreed.update(state=State.PAYING) != 1:
        raise RuleError(why_not(paying))
    pay_out = prepare_pay_out(
        party=party_for(holder=paying.member.holder, by=by),
        account=chart.WITHDRAWALS,
        amount=paying.value,
        why=f"{paying.quantity:,} shares, member {paying.member.number}",
        key=f"withdrawal:{paying.pk}:{_attempts(paying) + 1}",
        owner_kind=WITHDRAWAL_OWNER,
        owner_id=paying.pk,
        by=by,
    )
    Withdrawal.objects.filter(pk=paying.pk, state=State.PAYING).update(pay_out=pay_out)
    paying.refresh_from_db()
    audit.record(by, "members.prepare_withdrawal", paying, pay_out=pay_out.pk)
    return paying


def _rules() -> SocietyRules:
    """As they stand, held until the end of the transaction."""
    return SocietyRules.objects.select_for_update().filter(pk=1).first() or SocietyRules()


def suspended_sentence(rules: SocietyRules) -> str:
    return f"Withdrawals are suspended: {rules.suspended_because}"


def refuse_while_suspended(rules: SocietyRules) -> None:
    if rules.are_suspended:
        raise RuleError(suspended_sentence(rules))


def _place(withdrawal: Withdrawal, rules: SocietyRules) -> Place:
    """Where the request stands in the queue now; refuses what cannot be paid."""
    for place in queue_now(rules, timezone.localdate()):
        if place.withdrawal.pk == withdrawal.pk:
            if place.stand in _NOT_YET:
                raise RuleError(_NOT_YET[place.stand])
            return place
    raise RuleError(why_not(withdrawal))


def _split(withdrawal: Withdrawal, shares: int, by: Actor) -> Withdrawal:
    """Part a request in two: so many shares to be paid now, the rest in its old place."""
    rest = Withdrawal.objects.filter(
        pk=withdrawal.pk, state=State.AGREED, quantity=withdrawal.quantity
    )
    if rest.update(quantity=F("quantity") - shares) != 1:
        raise RuleError(why_not(withdrawal))
    part = Withdrawal.objects.create(
        member=withdrawal.member,
        share_class=withdrawal.share_class,
        quantity=shares,
        why=withdrawal.why,
        state=State.AGREED,
        asked_on=withdrawal.asked_on,
        notice_ends_on=withdrawal.notice_ends_on,
        decided_on=withdrawal.decided_on,
        minute=withdrawal.minute,
        payee=withdrawal.payee,
    )
    audit.record(by, "members.split_withdrawal", withdrawal, part=part.pk, shares=shares)
    return part


def _add_cash(amount: Money) -> None:
    """Into what is set aside, or out of it, so that it is never promised twice.

    A comparison and a set, not an addition in the database, which on SQLite adds as floats.
    """
    before = _rules().cash_for_withdrawals
    after = before + amount
    same = SocietyRules.objects.filter(pk=1, cash_for_withdrawals=before)
    if after < Money(0, GBP) or same.update(cash_for_withdrawals=after) != 1:
        raise RuleError("The cash set aside does not reach for this any more. Please look again.")


def _attempts(withdrawal: Withdrawal) -> int:
    return PayOut.objects.filter(owner_kind=WITHDRAWAL_OWNER, owner_id=withdrawal.pk).count()


@operation(needs=None)
def release_withdrawal(*, pay_out: PayOut, by: Actor) -> Withdrawal | None:
    """The ledger called a pay-out off: the request is in the queue again, its cash set aside."""
    if pay_out.state != PayOut.State.CALLED_OFF:
        raise RuleError("This pay-out has not been called off.")
    paying = Withdrawal.objects.filter(pay_out=pay_out, state=State.PAYING)
    withdrawal = paying.first()
    if withdrawal is None or paying.update(state=State.AGREED, pay_out=None) != 1:
        return None
    _add_cash(pay_out.amount)
    withdrawal.refresh_from_db()
    audit.record(by, "members.release_withdrawal", withdrawal, pay_out=pay_out.pk)
    return withdrawal


@operation(needs=None)
def settle_withdrawal(*, pay_out: PayOut, by: Actor) -> Withdrawal | None:
    """The ledger paid: the shares are withdrawn (Dr share capital, Cr withdrawals), once.

    In the payment's own transaction, so that both happen or neither. With the last share of
    somebody who asked to leave, the membership ends.
    """
    if pay_out.state != PayOut.State.PAID or pay_out.paid_on is None:
        raise RuleError("This pay-out has not been paid.")
    withdrawal = (
        Withdrawal.objects.select_related("member", "share_class").filter(pay_out=pay_out).first()
    )
    if withdrawal is None or withdrawal.state != State.PAYING:
        return None
    hold_buying(withdrawal.member)
    withdrawn = change_holding(
        member=withdrawal.member,
        share_class=withdrawal.share_class,
        kind=ShareTransaction.Kind.WITHDRAWAL,
        quantity=-withdrawal.quantity,
        date=pay_out.paid_on,
        against=chart.WITHDRAWALS,
        key=f"withdrawal:{withdrawal.pk}:{pay_out.pk}",
        minute=withdrawal.minute,
        by=by,
    )
    paying = Withdrawal.objects.filter(pk=withdrawal.pk, state=State.PAYING)
    if paying.update(state=State.REPAID, transaction=withdrawn) != 1:
        raise RuleError(why_not(withdrawal))
    withdrawal.refresh_from_db()
    audit.record(by, "members.settle_withdrawal", withdrawal, pay_out=pay_out.pk)
    write(withdrawal, "paid", "We have paid for your shares", by, of=pay_out)
    _after_the_last_share(withdrawal, by)
    return withdrawal


def why_not_on(pay_out: PayOut, paid_on: dt.date) -> str:
    """Why shares must not be paid for on a day, in a sentence; empty if they may be."""
    rules = SocietyRules.current()
    if rules.are_suspended:
        return suspended_sentence(rules)
    paying = Withdrawal.objects.filter(pay_out=pay_out).first()
    if paying and paying.decided_on and paid_on < paying.decided_on:
        return "The board had not agreed by that day."
    return ""


@operation(needs=None)
def reopen_withdrawal(*, pay_out: PayOut, on: dt.date, by: Actor) -> Withdrawal | None:
    """The money for shares came back: they are held again, and wait in the queue to be paid.

    A membership that ended with its last share stays ended: it is one that has ceased, with shares
    outstanding. The member is told.
    """
    repaid = Withdrawal.objects.select_related("member", "share_class", "transaction__journal")
    withdrawal = repaid.filter(pay_out=pay_out, state=State.REPAID).first()
    if withdrawal is None or withdrawal.transaction is None:
        return None
    reverse_holdings(
        journal=withdrawal.transaction.journal,
        date=on,
        why=f"{pay_out.reference} undone",
        because="The money for them came back to us.",
        minute=withdrawal.minute,
        by=by,
    )
    held = Withdrawal.objects.filter(pk=withdrawal.pk, state=State.REPAID)
    if held.update(state=State.AGREED, pay_out=None, transaction=None) != 1:
        raise RuleError(why_not(withdrawal))
    _add_cash(pay_out.amount)
    withdrawal.refresh_from_db()
    audit.record(by, "members.reopen_withdrawal", withdrawal, pay_out=pay_out.pk)
    write(withdrawal, "not_paid", "The money for your shares came back to us", by, of=pay_out)
    return withdrawal


def _after_the_last_share(withdrawal: Withdrawal, by: Actor) -> None:
    member = withdrawal.member
    assert withdrawal.transaction is not None
    day = withdrawal.transaction.date
    if member.shares_on(timezone.localdate()) or member.withdrawals.open().exists():
        return
    asked_to_leave = member.withdrawals.filter(why=Why.LEFT, state=State.REPAID).exists()
    if asked_to_leave and member.ceased is None:
        end_entry(member=member, ceased=day, because="Left: the shares are repaid", by=by)
