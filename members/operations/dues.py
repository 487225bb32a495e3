"""Dues and joining fees: charged, reminded of, collected by mandate, waived.

A charge is owed from its day on: Dr receivable, Cr dues, and an order that asks for the money.
Not paying it never ends a membership by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import Job
from core.registry import operation
from ledger import chart
from ledger.models import Journal, Mandate, Order, Payment
from ledger.money import pence_of, pounds_of
from ledger.operations import (
    GivenBack,
    cancel_order,
    create_order,
    end_mandate,
    give_back,
    lower_order,
    move,
    order_to_come,
    post,
    reverse,
    schedule_collection,
)
from ledger.operations.orders import locked
from members.arrears import DUES_OWNER
from members.models import DuesCharge, Member, MemberClass, SocietyRules
from members.operations.holdings import party_for
from members.operations.jobs import ask_for
from members.rules.dues import MOST_REMINDERS, due_day, dues_year, reminder_is_due
from members.speaking_for import MONEY, speaks_for
from members.writing import call_off, write_to

#: So many are reminded in one transaction: nobody else waits long.
AT_ONCE = 100

Kind = DuesCharge.Kind


# --- Charging -------------------------------------------------------------------------------------


@operation(needs="members.keep_dues")
def start_dues(*, year: int, month: int, by: Actor) -> Job:
    """Charge everybody whose class has dues that fall due in a month, in the background.

    Not before the month has begun. Doing it again charges only those who were not charged yet.
    """
    first, _last = dues_year(year, month)
    today = timezone.localdate()
    if first > today:
        raise RuleError("That month has not begun yet.", field="month")
    members = Member.objects.owing_dues(first, today).count()
    if not members:
        raise RuleError(
            "Nobody is left to charge: no class has dues in that month, or all are charged.",
            field="month",
        )
    job = ask_for(work="dues", argument=f"{year}-{month:02}", total=members, by=by)
    audit.record(by, "members.start_dues", job, period=f"{year}-{month:02}", members=members)
    return job


@operation(needs="members.keep_dues")
def charge_dues(
    *, members: Iterable[Member], year: int, month: int, today: dt.date, by: Actor
) -> int:
    """Charge some members (from `owing_dues`) their dues for twelve months, in full.

    Each is asked to pay, or told of the collection where they gave a mandate. Somebody who was
    charged for the period already is left alone. Returns how many were charged.
    """
    first, last = dues_year(year, month)
    classes = MemberClass.objects.in_bulk()
    charged = 0
    for member in members:
        amount = classes[member.class_then].yearly_dues  # type: ignore[attr-defined]
        charge = _charge(member, Kind.YEARLY, (first, last), amount, today, by)
        if charge is not None:
            charged += 1
            _ask(charge, today, by)
    return charged


def charge_joining_fee(*, member: Member, today: dt.date, by: Actor) -> DuesCharge | None:
    """Ask a new member for the joining fee of their class; None where there is none.

    Called inside operations, which have checked the right. The same member is charged once.
    """
    fee = member.member_class.joining_fee
    if not fee:
        return None
    charge = _charge(member, Kind.JOINING, (member.joined, member.joined), fee, today, by)
    if charge is not None:
        _ask(charge, today, by)
    return charge


def _charge(
    member: Member,
    kind: DuesCharge.Kind,
    period: tuple[dt.date, dt.date],
    amount: Money,
    today: dt.date,
    by: Actor,
) -> DuesCharge | None:
    """One charge with its journal and order; None if there is one for the period already."""
    first, last = period
    try:
        with transaction.atomic():  # another may charge the same member at this moment
            if member.dues.filter(kind=kind, period_start=first).exists():
                return None
            return _new_charge(member, kind, first, last, amount, today, by)
    except IntegrityError:
        if member.dues.filter(kind=kind, period_start=first).exists():
            return None
        raise


def _new_charge(
    member: Member,
    kind: DuesCharge.Kind,
    first: dt.date,
    last: dt.date,
    amount: Money,
    today: dt.date,
    by: Actor,
) -> DuesCharge:
    party = party_for(holder=member.holder, by=by)
    journal = post(
        kind="dues" if kind == Kind.YEARLY else "joining-fee",
        date=today,
        key=f"dues:{kind}:{member.pk}:{first}",
        lines=move(
            pence_of(amount),
            debit=chart.RECEIVABLE,
            credit=chart.DUES,
            party=party,
        ),
        source=f"members.member:{member.pk}",
        memo=f"{_description(kind, first, last)}, member {member.number}",
        by=by,
    )
    charge = DuesCharge.objects.create(
        member=member,
        kind=kind,
        period_start=first,
        period_end=last,
        order_id=order_to_come(),
        journal=journal,
    )
    charge.order = create_order(
        kind=Order.Kind.DUES,
        key=f"{DUES_OWNER}:{charge.pk}",
        party=party,
        account=chart.RECEIVABLE,
        amount=amount,
        description=_description(kind, first, last),
        owner_kind=DUES_OWNER,
        owner_id=charge.pk,
        due_on=due_day(first, today),
        by=by,
    )
    charge.save(update_fields=["order"])
    audit.record(by, "members.charge_dues", charge, kind=kind, pence=pence_of(amount))
    return charge


def _description(kind: DuesCharge.Kind, first: dt.date, last: dt.date) -> str:
    if kind == Kind.JOINING:
        return "Joining fee"
    return f"Dues, {first:%B %Y} to {last:%B %Y}"


def _ask(charge: DuesCharge, today: dt.date, by: Actor) -> None:
    """By mandate where there is one: its notice tells them. Else say how to pay."""
    if not _try_to_collect(charge, today, by):
        _write(charge, "asked", "Your dues: how to pay", f"{DUES_OWNER}:{charge.pk}", by)


def _write(
    charge: DuesCharge,
    template: str,
    subject: str,
    key: str,
    by: Actor,
    payment: Payment | None = None,
    **more: object,
) -> None:
    write_to(
        charge.member.holder,
        key=key,
        kind=f"members.dues-{template}",
        subject=subject,
        template=f"members/mail/dues_{template}.txt",
        context={
            "charge": charge,
            "order": charge.order,
            "member": charge.member,
            "payment": payment,
        }
        | more,
        by=by,
    )


# --- Collecting by mandate ------------------------------------------------------------------------


def _collect(charge: DuesCharge, today: dt.date, by: Actor) -> Payment | None:
    """Announce a collection by the mandate that the member gave; None where there is none."""
    mandate = Mandate.objects.filter(
        party=charge.order.party_id, state=Mandate.State.ACTIVE
    ).first()
    if mandate is None:
        return None
    return schedule_collection(
        order=charge.order,
        mandate=mandate,
        today=today,
        notice_days=SocietyRules.current().collection_notice_days,
        by=by,
    )


def _try_to_collect(charge: DuesCharge, today: dt.date, by: Actor) -> bool:
    try:
        return _collect(charge, today, by) is not None
    except RuleError:  # the mandate ended, or somebody began to pay, at this moment
        return False


@operation(needs="members.keep_dues")
def collect_dues(*, charge: DuesCharge, today: dt.date, by: Actor) -> Payment:
    """Collect what is owed by the member's Direct Debit or card, after notice to them."""
    if charge.order.is_cancelled:
        raise RuleError("These dues were waived.")
    payment = _collect(charge, today, by)
    if payment is None:
        raise RuleError("This member has not set up a Direct Debit or a card.")
    audit.record(by, "members.collect_dues", charge, payment=payment.pk)
    return payment


@operation(needs=None)
def stop_collecting(*, member: Member, by: Actor) -> Mandate:
    """End the Direct Debit or card by which we collect from a member: by whoever speaks for them
    in money, or by staff at their request. What was announced is called off."""
    own = speaks_for(member, by, MONEY, timezone.localdate())
    if not own and not by.may("members.keep_dues"):
        raise PermissionDenied("members.stop_collecting")
    active = Mandate.objects.filter(party=member.holder.party_id, state=Mandate.State.ACTIVE)
    mandate = active.first() if member.holder.party_id else None
    if mandate is None:
        raise RuleError("There is nothing to end.")
    audit.record(by, "members.stop_collecting", member, mandate=mandate.pk)
    return end_mandate(mandate=mandate, by=by)


@operation(needs=None)
def collect_open_dues(*, today: dt.date, by: Actor) -> int:
    """Announce the collection of dues whose member has set up a mandate since they were charged.

    Once for each charge: after a collection that failed somebody decides. Some at a time; call it
    until it returns 0.
    """
    found = DuesCharge.objects.owed(today).collectable()[:AT_ONCE]
    charges = list(found.select_related("order__party", "member__person", "member__organisation"))
    announced = sum(_try_to_collect(charge, today, by) for charge in charges)
    if announced:
        audit.record(by, "members.collect_open_dues", charges=announced)
    return announced


@operation(needs=None)
def tell_of_collection(*, payment: Payment, by: Actor) -> None:
    """The advance notice of a collection: how much, on which day, from what."""
    charge = _of(payment.order)
    write_to(
        charge.member.holder,
        key=f"members.dues-notice:{payment.pk}",
        kind="members.dues-notice",
        subject="We are going to collect your dues",
        template="members/mail/dues_collected.txt",
        context={"charge": charge, "payment": payment, "member": charge.member},
        by=by,
    )
    audit.record(by, "members.tell_of_collection", charge, payment=payment.pk)


@operation(needs=None)
def tell_of_failed_collection(*, payment: Payment, by: Actor) -> None:
    """A collection did not succeed: say how else to pay."""
    charge = _of(payment.order)
    _write(
        charge,
        "failed",
        "Your payment did not come: how to pay",
        f"members.dues-failed:{payment.pk}",
        by,
        payment,
    )
    audit.record(by, "members.tell_of_failed_collection", charge, payment=payment.pk)


def _of(order: Order) -> DuesCharge:
    charges = DuesCharge.objects.select_related("order", "member__person", "member__organisation")
    return charges.get(order=order)


# --- Reminding and waiving ------------------------------------------------------------------------


@operation(needs=None)
def remind_of_dues(*, today: dt.date, by: Actor) -> int:
    """Remind some of those whose dues are overdue; call it until it returns 0.

    Every so many days (SocietyRules.reminder_days) after the due day, three times at most, by
    e-mail or letter; not while money is on its way. It changes nothing else: unpaid dues never
    end a membership.
    """
    days = SocietyRules.current().reminder_days
    overdue = (
        DuesCharge.objects.owed(today)
        .reminded_before(today - dt.timedelta(days=days))
        .filter(reminders__lt=MOST_REMINDERS)
        .select_related("order", "member__person", "member__organisation")
        .order_by("pk")[:AT_ONCE]
    )
    reminded = 0
    for charge in overdue:
        due_on, sent = charge.order.due_on or charge.period_start, charge.reminders
        if not reminder_is_due(due_on, charge.reminded_on, sent, today, days):
            continue
        same = DuesCharge.objects.filter(pk=charge.pk, reminders=sent)
        if same.update(reminders=F("reminders") + 1, reminded_on=today) != 1:
            continue  # another worker reminds them
        key = f"members.dues-reminder:{charge.pk}:{sent + 1}"
        _write(charge, "reminder", "A reminder: your dues", key, by)
        audit.record(by, "members.remind_of_dues", charge, reminder=sent + 1)
        reminded += 1
    return reminded


@operation(needs="members.keep_dues")
def waive_dues(
    *, charge: DuesCharge, because: str, today: dt.date, keep_paid: bool = False, by: Actor
) -> DuesCharge:
    """Ask for these dues no more, for a reason: the order is closed, the journal reversed.

    What came for them goes back: through Stripe the way it came, else from our bank account by two
    people. Or, with `keep_paid`, it stays, and only the rest is waived. Refused while money is on
    its way: wait until it has come, or failed. The member is told what becomes of their money.
    """
    if not because.strip():
        raise RuleError("Say why these dues are waived.", field="because")
    order = locked(charge.order)
    if DuesCharge.objects.filter(pk=charge.pk, waiver__isnull=False).exists():
        raise RuleError("These dues have been waived already.")
    if order.payments.filter(state=Payment.State.PROCESSING).exists():
        raise RuleError("Money is on its way for this. Wait until it has come, or failed.")
    on, kept, back = max(today, charge.journal.date), pounds_of(0), None
    if keep_paid:
        kept, waiver = order.paid_so_far, _waive_rest(charge, order, on, by)
    else:
        waiver, back = _waive_all(charge, order, on, by)
    asked = DuesCharge.objects.filter(pk=charge.pk, waiver__isnull=True)
    if asked.update(waiver=waiver, waived_because=because.strip()) != 1:
        raise RuleError("These dues have been waived already.")
    charge.refresh_from_db()
    audit.record(by, "members.waive_dues", charge, waiver=waiver.pk, keep_paid=keep_paid)
    call_off(key=f"{DUES_OWNER}:{charge.pk}", by=by)
    back = back if back and (back.through_stripe or back.by_hand) else None
    key = f"members.dues_waived:{charge.pk}"
    _write(charge, "waived", "Your dues: nothing to pay", key, by, kept=kept, back=back)
    return charge


def _waive_all(
    charge: DuesCharge, order: Order, on: dt.date, by: Actor
) -> tuple[Journal, GivenBack]:
    why = f"Dues waived, member {charge.member.number}"
    cancel_order(order=order, paying_back=True, by=by)
    waiver = reverse(journal=charge.journal, date=on, why=why, by=by)
    return waiver, give_back(order=order, why=why, by=by)


def _waive_rest(charge: DuesCharge, order: Order, on: dt.date, by: Actor) -> Journal:
    paid, rest = order.paid_so_far, order.still_to_pay
    if not paid or not rest:
        raise RuleError("There is no rest to waive: all of it was paid, or nothing.")
    lower_order(order=order, amount=paid, by=by)
    return post(
        kind="dues-waived",
        date=on,
        key=f"dues-waived:{charge.pk}",
        lines=move(pence_of(rest), debit=chart.DUES, credit=chart.RECEIVABLE, party=order.party),
        source=charge.journal.source,
        memo=f"Rest of dues waived, member {charge.member.number}",
        by=by,
    )
