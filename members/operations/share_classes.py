"""The classes of shares: data that the society may change, each with its account of the ledger."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.models import Account
from ledger.money import pence_of
from ledger.operations import open_account
from members.models import ShareClass, SharePurchase


@operation(needs="members.keep_rules")
def add_share_class(
    *, code: str, name: str, par: Money, withdrawable: bool, transferable: bool, by: Actor
) -> ShareClass:
    """Add a class of shares, with an account of the ledger for its capital."""
    _check(name, par)
    capital = open_account(
        code=f"share-capital-{code}",
        name=f"Share capital, {name.strip()}"[:80],
        kind=Account.Kind.EQUITY,
        by=by,
    )
    try:
        with transaction.atomic():
            added = ShareClass.objects.create(
                code=code,
                name=name.strip(),
                par=par,
                withdrawable=withdrawable,
                transferable=transferable,
                capital=capital,
            )
    except IntegrityError:
        raise RuleError("Another class has this code.", field="code") from None
    audit.record(by, "members.add_share_class", added, code=code)
    return added


@operation(needs="members.keep_rules")
def change_share_class(
    *,
    share_class: ShareClass,
    name: str,
    par: Money,
    withdrawable: bool,
    transferable: bool,
    by: Actor,
) -> ShareClass:
    """Change what a class of shares is called and what can be done with it.

    The price and whether shares can be withdrawn stay once there are shares of the class, or
    somebody has asked for some: members bought them on those terms.
    """
    _check(name, par)
    row = ShareClass.objects.select_for_update().get(pk=share_class.pk)
    asked_for = SharePurchase.objects.not_issued().filter(share_class=row)
    in_use = row.transactions.exists() or asked_for.exists()
    for field, value in (("par", par), ("withdrawable", withdrawable)):
        if in_use and getattr(row, field) != value:
            raise RuleError("This cannot change while there are shares of the class.", field=field)
    before = [row.name, str(row.par), row.withdrawable, row.transferable]
    row.name, row.par = name.strip(), par
    row.withdrawable, row.transferable = withdrawable, transferable
    row.save()
    after = [row.name, str(row.par), row.withdrawable, row.transferable]
    if before != after:
        audit.record(by, "members.change_share_class", row, was=before, now=after)
    return row


def _check(name: str, par: Money) -> None:
    if not name.strip():
        raise RuleError("Give the class a name.", field="name")
    if pence_of(par) <= 0:
        raise RuleError("A share has a price.", field="par")
