"""Asking for shares and paying for them: with an application, or as a member for more.

The order asks for the money; the money stands in "applications received" until the shares are
issued (operations/issuing.py) or it is paid back.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.models import Order, Party, Payment
from ledger.operations import (
    cancel_order,
    create_order,
    give_back,
    new_party,
    order_to_come,
)
from ledger.operations.orders import locked
from members.models import Application, Member, ShareClass, SharePurchase
from members.operations.holdings import party_for
from members.querysets import PURCHASE_OWNER
from members.rules.shares import buying_refusals
from members.shareholding import buying_of, number_of
from members.speaking_for import MONEY, speaks_for
from members.writing import call_off, write_to

# --- With an application --------------------------------------------------------------------------


def ask_applicant(*, application: Application, by: Actor) -> SharePurchase | None:
    """Ask the applicant to pay for the shares that the application asks for.

    The same number again changes nothing; another number is a new order in place of the one
    before, which is refused once money is there or on its way. Called inside operations.
    """
    if application.member_class is None or not application.shares:
        return None
    share_class = application.member_class.share_class
    wanted = (application.shares, share_class)
    purchase = _of(application)
    if purchase is None:
        return _begin(
            application=application,
            quantity=application.shares,
            share_class=share_class,
            party=new_party(by=by),
            by=by,
        )
    if not purchase.order.is_cancelled:
        if (purchase.quantity, purchase.share_class) == wanted:
            return purchase
        try:
            cancel_order(order=purchase.order, by=by)
        except RuleError as error:
            raise RuleError(
                f"The application asked for {purchase.quantity:,} shares. {error.message}",
                field="shares",
            ) from error
    purchase.quantity, purchase.share_class = wanted
    purchase.order = _order(purchase, purchase.order.party, by)
    purchase.save(update_fields=["quantity", "share_class", "order"])
    audit.record(by, "members.change_purchase", purchase, shares=purchase.quantity)
    return purchase


def let_go(*, application: Application, why: str, by: Actor) -> None:
    """The application is refused or taken back: ask for nothing more, and pay back what came.
    Called inside operations."""
    purchase = _of(application)
    if purchase is not None and not purchase.order.is_cancelled:
        _pay_back(purchase, why, by)


def _of(application: Application) -> SharePurchase | None:
    found = SharePurchase.objects.select_related("order__party", "share_class")
    return found.filter(application=application).first()


# --- As a member ----------------------------------------------------------------------------------


@operation(needs=None)
def buy_shares(*, member: Member, quantity: int, by: Actor) -> SharePurchase:
    """Ask for so many shares more of the class's own, by the member, by who acts for them in
    money, or keyed by staff from paper. They are issued when the money has come.

    Refuses what the class, the limit of one person, age or eligibility do not allow. One request
    at a time: the same number again gives the one that is open.
    """
    _may_act_for(member, by, "members.buy_shares")
    # One at a time, so that two requests never pass the limit together.
    member = (
        Member.objects.select_for_update(of=("self",))
        .select_related("member_class__share_class", "person", "organisation")
        .get(pk=member.pk)
    )
    if waiting := member.purchases.not_issued().select_related("order").first():
        if waiting.quantity == quantity and not waiting.order.paid_so_far:
            return waiting
        if waiting.order.payments.filter(state=Payment.State.PROCESSING).exists():
            then = "Their money is coming: ask for others when they have been issued."
        elif waiting.order.paid_so_far:
            then = "Pay the rest of them before you ask for others."
        else:
            then = "Pay for them, or cancel that request, before you ask for others."
        raise RuleError(
            f"{waiting.quantity:,} shares are asked for already. {then}", field="quantity"
        )
    if refusals := buying_refusals(buying_of(member, quantity, timezone.localdate())):
        raise RuleError(" ".join(refusals), field="quantity")
    purchase = _begin(
        member=member,
        quantity=quantity,
        share_class=member.member_class.share_class,
        party=party_for(holder=member.holder, by=by),
        by=by,
    )
    write_to(
        member.holder,
        key=f"members.shares-asked:{purchase.pk}",
        kind="members.shares-asked",
        subject="How to pay for your shares",
        template="members/mail/shares_asked.txt",
        context={"member": member, "purchase": purchase, "order": purchase.order},
        by=by,
    )
    return purchase


@operation(needs=None)
def cancel_purchase(*, purchase: SharePurchase, by: Actor) -> SharePurchase:
    """A member asks for these shares no more. Refused once money is there or on its way."""
    member = _not_issued(purchase)
    _may_act_for(member, by, "members.cancel_purchase")
    cancel_order(order=purchase.order, by=by)
    audit.record(by, "members.cancel_purchase", purchase)
    call_off(key=f"members.shares-asked:{purchase.pk}", by=by)
    return purchase


@operation(needs="members.keep_shares")
def pay_back_purchase(*, purchase: SharePurchase, why: str, by: Actor) -> SharePurchase:
    """Give up a purchase whose shares cannot be issued, and pay back the money that came."""
    if not why.strip():
        raise RuleError("Say why the money goes back.", field="why")
    _not_issued(purchase)
    _pay_back(purchase, why.strip(), by)
    audit.record(by, "members.pay_back_purchase", purchase)
    call_off(key=f"members.shares-asked:{purchase.pk}", by=by)
    return purchase


def _not_issued(purchase: SharePurchase) -> Member:
    """Whose purchase it is. Refuses an application's, and one whose shares are issued."""
    locked(purchase.order)  # money that comes now has issued them before this, or comes after
    purchase.refresh_from_db()
    if purchase.issued_id:
        raise RuleError("These shares have been issued.")
    if purchase.member is None:
        raise RuleError("These shares belong to an application: decide on that.")
    return purchase.member


def _may_act_for(member: Member, by: Actor, what: str) -> None:
    if by.may("members.keep_shares") or speaks_for(member, by, MONEY, timezone.localdate()):
        return
    raise PermissionDenied(what)


# --- Both -----------------------------------------------------------------------------------------


def _begin(
    *,
    quantity: int,
    share_class: ShareClass,
    party: Party,
    application: Application | None = None,
    member: Member | None = None,
    by: Actor,
) -> SharePurchase:
    """A purchase with the order that asks for its money."""
    purchase = SharePurchase.objects.create(
        application=application,
        member=member,
        share_class=share_class,
        quantity=quantity,
        order_id=order_to_come(),
    )
    purchase.order = _order(purchase, party, by)
    purchase.save(update_fields=["order"])
    audit.record(by, "members.ask_for_shares", purchase, shares=quantity)
    return purchase


def _order(purchase: SharePurchase, party: Party, by: Actor) -> Order:
    turn = Order.objects.filter(owner_kind=PURCHASE_OWNER, owner_id=purchase.pk).count() + 1
    return create_order(
        kind=Order.Kind.SHARES,
        key=f"{PURCHASE_OWNER}:{purchase.pk}:{turn}",
        party=party,
        account=chart.APPLICATIONS,
        amount=purchase.share_class.par * purchase.quantity,
        description=number_of(purchase.quantity),
        owner_kind=PURCHASE_OWNER,
        owner_id=purchase.pk,
        by=by,
    )


def _pay_back(purchase: SharePurchase, why: str, by: Actor) -> None:
    """Ask for no more, and give back what came."""
    order = cancel_order(order=purchase.order, paying_back=True, by=by)
    give_back(order=order, why=why, by=by)
