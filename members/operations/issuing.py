"""Issuing shares for the money that came, once; and what happens when that money goes again.

The shares of a purchase are issued against "applications received". Whatever of them is not
covered by money stands in "shares not paid for" until it is: the shares stay, and the register
says that less was paid.
"""

from __future__ import annotations

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.models import Journal, Party, Payment, TreasurerTask
from ledger.money import in_words, pence_of, pounds_of
from ledger.operations import Line, ask_treasurer, drop_not_issued, post
from ledger.operations.orders import locked
from members.models import Application, Member, SharePurchase, ShareTransaction
from members.operations.holdings import change_holding, party_for
from members.querysets import PURCHASE_OWNER
from members.rules.shares import buying_refusals
from members.shareholding import buying_of, shares_of, source_of, unpaid_by_purchase
from members.writing import call_off, write_to


@operation(needs=None)
def settle_purchase(*, purchase: SharePurchase, by: Actor) -> SharePurchase:
    """Do what the money that is there for a purchase asks for. Doing it again is harmless.

    A member's shares are issued when all of it has come. Shares of an application wait for the
    board. Of shares that are issued, what was not covered by money is paid for as far as it is now.
    """
    purchase = held_purchase(purchase)
    if purchase.issued:
        _align(purchase, by)
    elif purchase.order.is_paid and not purchase.order.is_cancelled:
        if purchase.application:
            _thank(purchase.application, purchase, by)
        elif refusal := _issue_when_allowed(purchase, by):
            ask_treasurer(
                kind=TreasurerTask.Kind.NOT_ISSUED,
                key=f"{PURCHASE_OWNER}-not-issued:{purchase.order_id}",
                sentence=f"{purchase.order.reference} is paid and cannot be issued: {refusal}",
                order=purchase.order,
                by=by,
            )
    audit.record(by, "members.settle_purchase", purchase)
    return purchase


@operation(needs="members.keep_shares")
def issue_now(*, purchase: SharePurchase, by: Actor) -> SharePurchase:
    """Issue a member's shares that are paid for and could not be issued when the money came.

    Refuses with the reason that still stands. Once issued, the treasurer need not look any more.
    """
    purchase = held_purchase(purchase)
    if purchase.issued:
        raise RuleError("These shares have been issued already.")
    if purchase.member is None:
        raise RuleError("These shares belong to an application: decide on that.")
    if purchase.order.is_cancelled:
        raise RuleError("These shares are asked for no more.")
    if not purchase.order.is_paid:
        raise RuleError("Not all of the money for these shares has come.")
    if refusal := _issue_when_allowed(purchase, by):
        raise RuleError(refusal)
    return purchase


@operation(needs=None)
def note_money_gone(*, purchase: SharePurchase, payment: Payment, by: Actor) -> SharePurchase:
    """Money for a purchase was taken back: shares that were issued stay, and are unpaid.

    The member is told. Nothing is deleted; the ledger asks the treasurer to look.
    """
    purchase = held_purchase(purchase)
    if purchase.issued is None:
        return purchase
    _align(purchase, by)
    audit.record(by, "members.note_money_gone", purchase, payment=payment.pk)
    assert purchase.member is not None
    write_to(
        purchase.member.holder,
        key=f"members.shares-unpaid:{payment.pk}",
        kind="members.shares-unpaid",
        subject="The money for your shares has gone back",
        template="members/mail/shares_unpaid.txt",
        context={
            "member": purchase.member,
            "purchase": purchase,
            "order": purchase.order,
            "amount": payment.amount,
            "unpaid": pounds_of(unpaid_pence(purchase)),
        },
        by=by,
    )
    return purchase


@operation(needs=None)
def note_failed_collection(*, purchase: SharePurchase, payment: Payment, by: Actor) -> None:
    """A payment for a purchase did not succeed: tell whoever asked how else to pay."""
    audit.record(by, "members.note_failed_collection", purchase, payment=payment.pk)
    whom = purchase.member.holder if purchase.member else purchase.application
    assert whom is not None
    write_to(
        whom,
        key=f"members.payment-failed:{payment.pk}",
        kind="members.payment-failed",
        subject="Your payment did not come",
        template="members/mail/payment_failed.txt",
        context={
            "member": purchase.member,
            "purchase": purchase,
            "order": purchase.order,
            "payment": payment,
        },
        by=by,
    )


def issue(*, purchase: SharePurchase, member: Member, minute: str = "", by: Actor) -> None:
    """Issue the shares of a purchase to a member, once, whether or not all money has come.

    Called inside operations, which have checked that this may be. Two at once issue it once.
    """
    issued = change_holding(
        member=member,
        share_class=purchase.share_class,
        kind=ShareTransaction.Kind.ISSUE,
        quantity=purchase.quantity,
        date=timezone.localdate(),
        against=chart.APPLICATIONS,
        against_party=purchase.order.party,
        key=f"shares-issue:{purchase.pk}",
        minute=minute,
        source=source_of(purchase),
        by=by,
    )
    waiting = SharePurchase.objects.filter(pk=purchase.pk, issued=None)
    if waiting.update(issued=issued, member=member) != 1:
        raise RuleError("These shares have been issued already.")
    purchase.issued, purchase.member = issued, member
    call_off(key=f"members.shares-asked:{purchase.pk}", by=by)
    audit.record(by, "members.issue_shares", purchase, member=member.pk, shares=purchase.quantity)
    _align(purchase, by)


def held_purchase(purchase: SharePurchase) -> SharePurchase:
    """The purchase as it is now, held until the end of the transaction, and its order before it.

    Whoever moves shares and their money holds the order first, then the purchase, the members, and
    the party: in one sequence, so that two do not wait in a ring.
    """
    locked(purchase.order)
    rows = SharePurchase.objects.select_for_update(of=("self",)).select_related(
        "order__party",
        "share_class",
        "application",
        "issued",
        "member__member_class__share_class",
        "member__person",
        "member__organisation",
    )
    return rows.get(pk=purchase.pk)


def purchase_of(journal: Journal) -> SharePurchase | None:
    """The purchase that a journal is of."""
    kind, _colon, pk = journal.source.rpartition(":")
    return SharePurchase.objects.filter(pk=int(pk)).first() if kind == PURCHASE_OWNER else None


def unpaid_pence(purchase: SharePurchase) -> int:
    """How much of a purchase's shares stands in "shares not paid for"."""
    return unpaid_by_purchase([purchase]).get(purchase.pk, 0)


def _issue_when_allowed(purchase: SharePurchase, by: Actor) -> str:
    """Issue to a member and tell them; or else why that cannot be, in a sentence."""
    member = purchase.member
    assert member is not None
    today = timezone.localdate()
    buying = buying_of(member, purchase.quantity, today, except_for=purchase)
    if refusals := buying_refusals(buying):
        return refusals[0]
    issue(purchase=purchase, member=member, by=by)
    drop_not_issued(order=purchase.order, by=by)
    write_to(
        member.holder,
        key=f"members.shares-issued:{purchase.pk}",
        kind="members.shares-issued",
        subject="Your shares have been issued",
        template="members/mail/shares_issued.txt",
        context={"member": member, "purchase": purchase, "shares": member.shares_on(today)},
        by=by,
    )
    return ""


def _thank(application: Application, purchase: SharePurchase, by: Actor) -> None:
    """Tell an applicant that the money is here."""
    if application.state == Application.State.SUBMITTED:
        write_to(
            application,
            key=f"members.shares-paid:{purchase.order_id}",
            kind="members.shares-paid",
            subject="Your payment has come",
            template="members/mail/shares_paid.txt",
            context={"application": application, "order": purchase.order},
            by=by,
        )


def _align(purchase: SharePurchase, by: Actor) -> None:
    """Bring "shares not paid for" into line with the money that is there for issued shares.

    Money for shares that were cancelled meanwhile is put before the treasurer.
    """
    note_unpaid(purchase, by)
    paid = min(purchase.order.paid_so_far, purchase.order.amount)
    too_much = pence_of(paid) - _value(purchase)
    if too_much > 0:
        ask_treasurer(
            kind=TreasurerTask.Kind.PAY_BACK,
            key=f"{PURCHASE_OWNER}-cancelled-paid:{purchase.order_id}",
            sentence=f"{in_words(too_much)} came for {purchase.order.reference}, for shares that "
            "are there no more. Pay it back.",
            order=purchase.order,
            by=by,
        )


def note_unpaid(purchase: SharePurchase, by: Actor) -> None:
    """Let "shares not paid for" say what is not covered by the money that is there.

    Dr shares-unpaid, Cr applications when less is there than the shares come to; the other way
    when it has come. Called inside operations.
    """
    member = purchase.member
    assert member is not None
    paid = pence_of(purchase.order.paid_so_far)
    change = max(_value(purchase) - paid, 0) - unpaid_pence(purchase)
    if change:
        _move_unpaid(purchase, party_for(holder=member.holder, by=by), change, by)


def _value(purchase: SharePurchase) -> int:
    """What the shares that are left of a purchase come to, in pence."""
    return shares_of(purchase).shares() * pence_of(purchase.share_class.par)


def _move_unpaid(purchase: SharePurchase, party: Party, pence: int, by: Actor) -> None:
    source = source_of(purchase)
    kind = "shares-unpaid" if pence > 0 else "shares-paid-for"
    turn = Journal.objects.filter(source=source).count()
    post(
        kind=kind,
        date=timezone.localdate(),
        key=f"{kind}:{purchase.pk}:{turn}",
        lines=[
            Line(chart.SHARES_UNPAID, pence, party),
            Line(chart.APPLICATIONS, -pence, purchase.order.party),
        ],
        source=source,
        memo=purchase.order.reference,
        by=by,
    )
