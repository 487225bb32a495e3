"""What waits to be asked of Stripe is a row with a state; the commit hurries it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ledger.signals import work_waits


def hurry(work: str, pk: int) -> None:
    """After the commit, have a worker take it up now; else the sweep does, within a minute."""
    transaction.on_commit(lambda: work_waits.send(sender=None, work=work, pk=pk), robust=True)


def once(what: str, pk: int, made_at: dt.datetime, *more: object) -> str:
    """An idempotency key: the same for the same row, whenever it is asked for again.

    It says when the row was made, so that two installations that share a test account, or one that
    began afresh, never take each other's answers for their own.
    """
    return ":".join(str(part) for part in (what, pk, _stamp(made_at), *more))


def mark(name: str, made_at: dt.datetime) -> str:
    """What we write into an object of Stripe's to know ours again, and only ours."""
    return f"{name}@{_stamp(made_at)}"


def marks(text: str, made_at: dt.datetime) -> bool:
    """Whether a mark is of what was made at that time."""
    return text.rpartition("@")[2] == str(_stamp(made_at))


def name_in(text: str) -> str:
    return text.rpartition("@")[0]


def _stamp(made_at: dt.datetime) -> int:
    return round(made_at.timestamp() * 1000)
