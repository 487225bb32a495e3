"""What the register itself refuses, whatever asks."""

from __future__ import annotations

from core.triggers import Trigger

#: A number is never used again: an entry is never deleted, and its number never changes.
TRIGGERS = (
    Trigger(
        "members_member_no_delete",
        "members_member",
        "DELETE",
        "An entry in the register of members is never deleted.",
        {"sqlite": "1", "postgresql": "TRUE"},
    ),
    Trigger(
        "members_member_same_number",
        "members_member",
        "UPDATE",
        "The number of a member never changes.",
        {"sqlite": "NEW.number <> OLD.number", "postgresql": "NEW.number <> OLD.number"},
    ),
)
