"""What the register itself refuses, whatever asks."""

from __future__ import annotations

from core.triggers import Trigger, append_only

#: A number is never used again: an entry is never deleted, and its number never changes.
TRIGGERS = (
    *append_only("members_sharetransaction"),
    *append_only("members_consent"),
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
