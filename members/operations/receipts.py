"""Telling members, once each, that money has come and that a Direct Debit begins or ends."""

from __future__ import annotations

from core import audit
from core.actors import Actor
from core.registry import operation
from ledger.models import Mandate, Order, Payment
from members.arrears import DUES_OWNER
from members.models import DuesCharge, Organisation, Person, SharePurchase
from members.writing import call_off, write_to


@operation(needs=None)
def thank_for_dues(*, payment: Payment, by: Actor) -> None:
    """Money has come for dues, all of it or a part: say how much, and what is left to pay."""
    charges = DuesCharge.objects.select_related("member__person", "member__organisation")
    charge = charges.get(order=payment.order_id)
    order = Order.objects.get(pk=payment.order_id)
    if order.is_paid:  # what still waits to be posted would ask for it again
        call_off(key=f"{DUES_OWNER}:{charge.pk}", by=by)
        call_off(key=f"members.dues-reminder:{charge.pk}", by=by)
    write_to(
        charge.member.holder,
        key=f"members.dues-paid:{payment.pk}",
        kind="members.dues-paid",
        subject="Your payment has come",
        template="members/mail/dues_paid.txt",
        context={"payment": payment, "order": order},
        by=by,
    )
    audit.record(by, "members.thank_for_dues", charge, payment=payment.pk)


@operation(needs=None)
def thank_for_part(*, purchase: SharePurchase, payment: Payment, by: Actor) -> None:
    """A part of the money for shares has come. That all of it has is said where it is done."""
    order = Order.objects.get(pk=payment.order_id)
    whom = purchase.member.holder if purchase.member else purchase.application
    if order.is_paid or order.is_cancelled or whom is None:
        return
    write_to(
        whom,
        key=f"members.shares-part-paid:{payment.pk}",
        kind="members.shares-part-paid",
        subject="A part of your payment has come",
        template="members/mail/shares_part_paid.txt",
        context={
            "payment": payment,
            "order": order,
            "purchase": purchase,
            "member": purchase.member,
        },
        by=by,
    )
    audit.record(by, "members.thank_for_part", purchase, payment=payment.pk)


@operation(needs=None)
def tell_of_mandate(*, mandate: Mandate, by: Actor) -> None:
    """A member's Direct Debit or card is in use from now on, or has ended: by whom and why ever."""
    holder = _holder(mandate)
    if holder is None or not holder.memberships.exists():
        return
    ended = mandate.state == Mandate.State.ENDED
    word = "ended" if ended else "begun"
    write_to(
        holder,
        key=f"members.mandate-{word}:{mandate.pk}",
        kind=f"members.mandate-{word}",
        subject=f"Your {mandate.get_kind_display()} {'has ended' if ended else 'is set up'}",
        template=f"members/mail/mandate_{word}.txt",
        context={"mandate": mandate},
        by=by,
    )
    audit.record(by, "members.tell_of_mandate", mandate, state=word)


def _holder(mandate: Mandate) -> Person | Organisation | None:
    person = Person.objects.filter(party=mandate.party_id).first()
    return person or Organisation.objects.filter(party=mandate.party_id).first()
