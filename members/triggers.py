"""What the register itself refuses, whatever asks."""

from __future__ import annotations

from core.triggers import Trigger, append_only

#: A consent keeps what it says. Only whose it is may follow a merge that has been noted.
_MERGED = (
    "NEW.id = OLD.id AND NEW.purpose = OLD.purpose AND NEW.given = OLD.given "
    "AND NEW.wording = OLD.wording AND NEW.how = OLD.how AND NEW.at = OLD.at "
    "AND EXISTS (SELECT 1 FROM members_mergedperson m "
    "WHERE m.gone = OLD.person_id AND m.kept_id = NEW.person_id)"
)

#: A number is never used again: an entry is never deleted, and its number never changes.
TRIGGERS = (
    *append_only("members_sharetransaction"),
    append_only("members_consent")[1],
    Trigger(
        "members_consent_no_update",
        "members_consent",
        "UPDATE",
        "A consent never changes.",
        {"sqlite": f"NOT ({_MERGED})", "postgresql": f"NOT ({_MERGED})"},
    ),
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
