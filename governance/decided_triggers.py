"""What the database itself refuses about votes taken at meetings and in writing, whoever asks.

Named votes come, change and go only while their vote is being taken. A vote that has been decided
stays as it was: a poll on demand can set it aside, and nothing else can touch it. An answer in
writing stays once its resolution has ended.
"""

from __future__ import annotations

from core.triggers import Trigger

DIVISION, VOTE, VOICE = "governance_division", "governance_namedvote", "governance_writtenvoice"
_FIXED = ("id", "motion_id", "way", "facts", "quorum", "counts", "casting", "verdict")


def _everywhere(condition: str) -> dict[str, str]:
    return {"sqlite": condition, "postgresql": condition}


def _not_being_taken(row: str) -> str:
    vote = f"d.id = {row}.division_id AND d.state = 'open'"
    return f"NOT EXISTS (SELECT 1 FROM {DIVISION} d WHERE {vote})"  # noqa: S608


_SAME = " AND ".join(f"NEW.{column} = OLD.{column}" for column in _FIXED)
_ASIDE = "OLD.state = 'decided' AND NEW.state = 'set_aside'"
_ENDED = (
    "EXISTS (SELECT 1 FROM governance_writtenresolution r "
    "WHERE r.id = OLD.resolution_id AND r.state <> 'open')"
)

DECIDED_TRIGGERS: tuple[Trigger, ...] = (
    *(
        Trigger(
            f"{VOTE}_{name}",
            VOTE,
            event,
            "Votes are entered while the vote is being taken.",
            _everywhere(_not_being_taken(row)),
        )
        for name, event, row in (
            ("while_taken", "INSERT", "NEW"),
            ("changes_while_taken", "UPDATE", "OLD"),
            ("leaves_while_taken", "DELETE", "OLD"),
        )
    ),
    Trigger(
        f"{DIVISION}_stays",
        DIVISION,
        "UPDATE",
        "A vote that has been decided stays as it was.",
        _everywhere(
            f"OLD.state <> 'open' AND NOT ({_SAME} AND (NEW.state = OLD.state OR {_ASIDE}))"
        ),
    ),
    Trigger(
        f"{DIVISION}_is_kept",
        DIVISION,
        "DELETE",
        "A vote that has been decided is kept.",
        _everywhere("OLD.state <> 'open'"),
    ),
    Trigger(
        f"{VOICE}_stays",
        VOICE,
        "UPDATE",
        "An answer stays once the resolution has ended.",
        _everywhere(f"NEW.choice <> OLD.choice AND {_ENDED}"),
    ),
    Trigger(
        f"{VOICE}_is_kept",
        VOICE,
        "DELETE",
        "Who was asked to decide in writing is kept.",
        _everywhere("1=1"),
    ),
)
