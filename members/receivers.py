"""What core asks members/, and what members/ does when the ledger has paid."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from core import audit, files
from core.actors import Actor
from core.models import PrivateFile, User
from ledger.models import Mandate, Order, Payment, PayOut
from ledger.signals import (
    collection_announced,
    collection_failed,
    mandate_changed,
    money_came,
    money_taken_back,
    paid_out,
    pay_out_called_off,
    pay_out_undone,
    refunded,
)
from members import (
    operations,
    owners,  # noqa: F401  (names and pages for the ledger's screens register themselves)
)
from members.arrears import DUES_OWNER
from members.checklist import FILE_OWNER
from members.models import MergedPerson, Person, SharePurchase
from members.querysets import PURCHASE_OWNER
from members.signals import data_pack_asked, work_asked
from members.tasks import do_work, make_data_pack
from members.withdrawal_queue import WITHDRAWAL_OWNER

log = logging.getLogger(__name__)


def may_open_evidence(user: User, file: PrivateFile) -> bool:
    """A file that came with an application: whoever may see applications."""
    return user.has_perm("members.view_applications")


files.READERS[FILE_OWNER] = may_open_evidence


def names_of_people(ids: Collection[int]) -> Mapping[int, str]:
    """Ids of people → names; the id of a row that was merged is still whoever it was."""
    merged = dict(MergedPerson.objects.filter(gone__in=ids).values_list("gone", "kept"))
    known = Person.objects.in_bulk({*ids, *merged.values()})
    names = {pk: str(person) for pk, person in known.items()}
    return names | {gone: names[kept] for gone, kept in merged.items()}


audit.PERSON_NAMES = names_of_people


@receiver(data_pack_asked)
def begin_data_pack(*, job_id: int, **_: Any) -> None:
    """Ask a worker to begin now. Without a broker the sweep begins it some time later."""
    try:
        make_data_pack.delay(job_id)
    except (OperationalError, OSError):
        log.warning("No broker: data pack %s waits for the sweep.", job_id)


@receiver(work_asked)
def begin_work(*, job_id: int, **_: Any) -> None:
    """Ask a worker to begin now. Without a broker the sweep begins it within minutes."""
    try:
        do_work.delay(job_id)
    except (OperationalError, OSError):
        log.warning("No broker: job %s waits for the sweep.", job_id)


@receiver(paid_out, dispatch_uid="members.withdrawal_paid")
def withdrawal_paid(pay_out: PayOut, by: Actor, **_: Any) -> None:
    """Shares are withdrawn in the same transaction in which they are paid for."""
    if pay_out.owner_kind == WITHDRAWAL_OWNER:
        operations.settle_withdrawal(pay_out=pay_out, by=by)


@receiver(pay_out_called_off, dispatch_uid="members.withdrawal_called_off")
def withdrawal_called_off(pay_out: PayOut, by: Actor, **_: Any) -> None:
    if pay_out.owner_kind == WITHDRAWAL_OWNER:
        operations.release_withdrawal(pay_out=pay_out, by=by)


@receiver(pay_out_undone, dispatch_uid="members.withdrawal_not_paid")
def withdrawal_not_paid(pay_out: PayOut, on: dt.date, by: Actor, **_: Any) -> None:
    """Shares that were withdrawn as they were paid for are held again."""
    if pay_out.owner_kind == WITHDRAWAL_OWNER:
        operations.reopen_withdrawal(pay_out=pay_out, on=on, by=by)


def _purchase_of(order: Order) -> SharePurchase | None:
    """The purchase that an order asks the money for now: not one that another took the place of."""
    if order.owner_kind != PURCHASE_OWNER:
        return None
    return SharePurchase.objects.filter(order=order).first()


@receiver((money_came, refunded), dispatch_uid="members.money_for_shares")
def money_for_shares(order: Order, by: Actor, **_: Any) -> None:
    """Shares are issued in the same transaction in which the last of their money comes; of those
    that are issued already, what came is paid for."""
    if purchase := _purchase_of(order):
        operations.settle_purchase(purchase=purchase, by=by)


@receiver(money_taken_back, dispatch_uid="members.money_for_shares_gone")
def money_for_shares_gone(order: Order, payment: Payment, by: Actor, **_: Any) -> None:
    if purchase := _purchase_of(order):
        operations.note_money_gone(purchase=purchase, payment=payment, by=by)


@receiver(collection_failed, dispatch_uid="members.payment_for_shares_failed")
def payment_for_shares_failed(payment: Payment, by: Actor, **_: Any) -> None:
    if purchase := _purchase_of(payment.order):
        operations.note_failed_collection(purchase=purchase, payment=payment, by=by)


@receiver(collection_announced, dispatch_uid="members.dues_announced")
def dues_announced(payment: Payment, by: Actor, **_: Any) -> None:
    """The advance notice that a Direct Debit needs."""
    if payment.order.owner_kind == DUES_OWNER:
        operations.tell_of_collection(payment=payment, by=by)


@receiver(collection_failed, dispatch_uid="members.dues_not_collected")
def dues_not_collected(payment: Payment, by: Actor, **_: Any) -> None:
    if payment.order.owner_kind == DUES_OWNER:
        operations.tell_of_failed_collection(payment=payment, by=by)


@receiver(money_came, dispatch_uid="members.thanks_for_dues")
def thanks_for_dues(order: Order, payment: Payment, by: Actor, **_: Any) -> None:
    if order.owner_kind == DUES_OWNER:
        operations.thank_for_dues(payment=payment, by=by)


@receiver(money_came, dispatch_uid="members.thanks_for_part")
def thanks_for_part(order: Order, payment: Payment, by: Actor, **_: Any) -> None:
    if purchase := _purchase_of(order):
        operations.thank_for_part(purchase=purchase, payment=payment, by=by)


@receiver(mandate_changed, dispatch_uid="members.mandate_changed")
def tell_of_mandate(mandate: Mandate, by: Actor, **_: Any) -> None:
    operations.tell_of_mandate(mandate=mandate, by=by)
