"""Two people, or two tabs, that change the same row: whoever comes second looks again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from djmoney.money import Money

from core.errors import RuleError


def fingerprint(row: models.Model, fields: Iterable[str]) -> str:
    """What a row says in these fields, so that nobody changes what somebody else just changed."""
    said = repr([_plain(getattr(row, name)) for name in sorted(fields)])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def _plain(value: object) -> str:
    """5 and 5.00 say the same, whether from the database or not."""
    amount = value.amount if isinstance(value, Money) else value
    if isinstance(amount, Decimal | int) and not isinstance(amount, bool):
        return str(Decimal(amount).normalize())
    return str(amount)


def refuse_if_changed(row: models.Model, fields: Iterable[str], seen: str | None) -> None:
    """`seen` is the fingerprint of what the form showed; None where no form showed anything."""
    if seen is not None and seen != fingerprint(row, fields):
        raise RuleError("Somebody else has changed this meanwhile. Please look again.")


def held(row: models.Model, fields: Iterable[str], seen: str | None) -> None:
    """Read the row again and keep it until the end of the transaction, unless it has changed."""
    rows = type(row)._default_manager.select_for_update()
    row.refresh_from_db(from_queryset=rows)
    refuse_if_changed(row, fields, seen)
