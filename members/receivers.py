"""What core asks members/, and what members/ does when the ledger has paid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.dispatch import receiver

from core import audit, files
from core.actors import Actor
from core.models import PrivateFile, User
from ledger.models import PayOut
from ledger.signals import paid_out, pay_out_called_off
from members import operations
from members.checklist import FILE_OWNER
from members.models import MergedPerson, Person


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


@receiver(paid_out, dispatch_uid="members.withdrawal_paid")
def withdrawal_paid(pay_out: PayOut, by: Actor, **_: Any) -> None:
    """Shares are withdrawn in the same transaction in which they are paid for."""
    if pay_out.owner_kind == operations.WITHDRAWAL_OWNER:
        operations.settle_withdrawal(pay_out=pay_out, by=by)


@receiver(pay_out_called_off, dispatch_uid="members.withdrawal_called_off")
def withdrawal_called_off(pay_out: PayOut, by: Actor, **_: Any) -> None:
    if pay_out.owner_kind == operations.WITHDRAWAL_OWNER:
        operations.release_withdrawal(pay_out=pay_out, by=by)
