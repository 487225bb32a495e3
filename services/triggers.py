"""An agreed version never changes: the database itself refuses a new or altered line in one.

Deleting is not refused here: what is kept for how long is decided by retention, and a line with
visits is held by them.
"""

from core.triggers import Trigger

_AGREED = (
    "EXISTS (SELECT 1 FROM services_agreementversion v "
    "WHERE v.id = {row}.version_id AND v.state <> 'draft')"
)
_LINE_AGREED = (
    "EXISTS (SELECT 1 FROM services_agreementline l "
    "JOIN services_agreementversion v ON v.id = l.version_id "
    "WHERE l.id = NEW.agreementline_id AND v.state <> 'draft')"
)
_MESSAGE = "An agreed version never changes."


def _trigger(table: str, event: str, condition: str) -> Trigger:
    return Trigger(
        f"{table}_no_agreed_{event.lower()}",
        table,
        event,
        _MESSAGE,
        {"sqlite": condition, "postgresql": condition},
    )


TRIGGERS = (
    _trigger("services_agreementline", "INSERT", _AGREED.format(row="NEW")),
    _trigger("services_agreementline", "UPDATE", _AGREED.format(row="OLD")),
    _trigger("services_agreementline_skills", "INSERT", _LINE_AGREED),
    _trigger("services_agreementline_preferred_carers", "INSERT", _LINE_AGREED),
)
