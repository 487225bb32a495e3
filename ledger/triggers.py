"""What the database itself refuses of the journal, whatever asks."""

from __future__ import annotations

from core.triggers import Trigger, append_only

_SUM = "(SELECT SUM(pence) FROM ledger_posting WHERE journal_id = NEW.id)"
_SEALS = "NEW.sealed AND NOT OLD.sealed"
#: Everything of a journal but its seal.
_CHANGED = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("id", "kind", "date", "key", "source", "memo", "written_at")
)


def _both(condition: str) -> dict[str, str]:
    return {"sqlite": condition, "postgresql": condition}


TRIGGERS = (
    *append_only("ledger_posting"),
    Trigger(
        "ledger_posting_not_sealed",
        "ledger_posting",
        "INSERT",
        "Nothing is added to a sealed journal.",
        {
            "sqlite": "(SELECT sealed FROM ledger_journal WHERE id = NEW.journal_id)",
            # Locked, so that a seal in another transaction is waited for and then seen.
            "postgresql": "(SELECT sealed FROM ledger_journal WHERE id = NEW.journal_id FOR SHARE)",
        },
    ),
    Trigger(
        "ledger_journal_no_delete",
        "ledger_journal",
        "DELETE",
        "A journal is never deleted.",
        _both("TRUE"),
    ),
    Trigger(
        "ledger_journal_begins_open",
        "ledger_journal",
        "INSERT",
        "A journal is sealed when its postings are there.",
        _both("NEW.sealed"),
    ),
    Trigger(
        "ledger_journal_sealed",
        "ledger_journal",
        "UPDATE",
        "A sealed journal never changes.",
        _both("OLD.sealed"),
    ),
    Trigger(
        "ledger_journal_same",
        "ledger_journal",
        "UPDATE",
        "A journal changes only by being sealed.",
        _both(
            f"NOT OLD.sealed AND (NOT NEW.sealed OR {_CHANGED} "
            "OR COALESCE(NEW.reverses_id, 0) <> COALESCE(OLD.reverses_id, 0))"
        ),
    ),
    Trigger(
        "ledger_journal_not_empty",
        "ledger_journal",
        "UPDATE",
        "An empty journal cannot be sealed.",
        _both(f"{_SEALS} AND {_SUM} IS NULL"),
    ),
    Trigger(
        "ledger_journal_balances",
        "ledger_journal",
        "UPDATE",
        "The postings of a journal sum to zero.",
        _both(f"{_SEALS} AND {_SUM} <> 0"),
    ),
)
