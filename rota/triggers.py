"""What only the database can refuse: overlaps, whoever writes them and however many at once.

PostgreSQL has exclusion constraints (migration 0002); SQLite gets triggers that say the same.
"""

from __future__ import annotations

from core.triggers import Trigger

_ASSIGNMENT = (
    "EXISTS (SELECT 1 FROM rota_assignment o WHERE o.carer_id = NEW.carer_id "
    "AND o.id IS NOT NEW.id AND o.starts_at < NEW.ends_at AND o.ends_at > NEW.starts_at)"
)
_ABSENCE = _ASSIGNMENT.replace("rota_assignment", "rota_absence")
_AVAILABILITY = (
    "EXISTS (SELECT 1 FROM rota_availabilitypattern o WHERE o.carer_id = NEW.carer_id "
    "AND o.id IS NOT NEW.id AND o.weekday = NEW.weekday "
    "AND o.start_minute < NEW.end_minute AND o.end_minute > NEW.start_minute "
    "AND o.since <= COALESCE(NEW.until, '9999-12-31') "
    "AND COALESCE(o.until, '9999-12-31') >= NEW.since)"
)


def _on_sqlite(table: str, condition: str, message: str) -> list[Trigger]:
    return [
        Trigger(f"{table}_no_overlap_{event.lower()}", table, event, message, {"sqlite": condition})
        for event in ("INSERT", "UPDATE")
    ]


TRIGGERS = (
    *_on_sqlite("rota_assignment", _ASSIGNMENT, "A carer is never in two places at once."),
    *_on_sqlite("rota_absence", _ABSENCE, "Absences of one carer do not overlap."),
    *_on_sqlite("rota_availabilitypattern", _AVAILABILITY, "Hours of one carer do not overlap."),
)
