"""What the database itself refuses about partnerships, whoever asks.

What has been decided, signed or set is not changed. What a question asks, and whether it binds, is
fixed from the moment it is put; votes come in only while it is open.
"""

from __future__ import annotations

from core.triggers import Trigger, append_only

QUESTION, VOTE = "governance_partnerquestion", "governance_partnervote"
_FIXED = ("title", "text", "matter", "effect", "minutes")


def _everywhere(condition: str) -> dict[str, str]:
    return {"sqlite": condition, "postgresql": condition}


PARTNER_TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        f"{QUESTION}_fixed",
        QUESTION,
        "UPDATE",
        "What is asked is fixed once it has been put.",
        _everywhere(
            "OLD.state <> 'draft' AND ("
            + " OR ".join(f"NEW.{field} <> OLD.{field}" for field in _FIXED)
            + ")"
        ),
    ),
    Trigger(
        f"{VOTE}_while_open",
        VOTE,
        "INSERT",
        "The question is not open.",
        _everywhere(
            f"NOT EXISTS (SELECT 1 FROM {QUESTION} q "  # noqa: S608
            "WHERE q.id = NEW.question_id AND q.state = 'open')"
        ),
    ),
    Trigger(
        f"{VOTE}_only_struck",
        VOTE,
        "UPDATE",
        "A vote is never changed.",
        _everywhere(
            "NOT (OLD.struck_at IS NULL AND NEW.struck_at IS NOT NULL "
            "AND NEW.question_id = OLD.question_id AND NEW.partner_id = OLD.partner_id "
            "AND NEW.answer = OLD.answer AND NEW.way = OLD.way "
            "AND NEW.delegate_id = OLD.delegate_id AND OLD.keyed_by_id IS NOT NULL)"
        ),
    ),
    append_only(VOTE)[1],
    *append_only("governance_partnerdecision"),
    *append_only("governance_partnersignature"),
    *append_only("governance_partnerprogress"),
    *append_only("governance_outcomeversion"),
)
