"""What the database itself refuses about the roll and the ballot box, whoever asks.

A paper goes in only while voting is open, is never changed, and leaves only for the archive, as it
is. The archive takes only what is in the box at that moment, and keeps it. The roll is the same,
but for three changes: from not voted to voted while voting is open; an envelope noted by mistake
taken back while it is open; and another code for somebody who has not voted.
"""

from __future__ import annotations

from core.triggers import Trigger, append_only

BOX, BOX_ARCHIVE = "governance_sealedballot", "governance_archivedballot"
ROLL, ROLL_ARCHIVE = "governance_rollentry", "governance_archivedrollentry"


def _everywhere(condition: str) -> dict[str, str]:
    """The same SQL on both databases."""
    return {"sqlite": condition, "postgresql": condition}


def _not_in_state(row: str, state: str) -> str:
    vote = f"e.id = {row}.election_id AND e.state = '{state}'"
    return f"NOT EXISTS (SELECT 1 FROM governance_election e WHERE {vote})"  # noqa: S608


def _no_twin(row: str, table: str, *columns: str) -> str:
    """No row of `table` says the same as NEW or OLD."""
    same = " AND ".join(f"t.{column} = {row}.{column}" for column in columns)
    return f"NOT EXISTS (SELECT 1 FROM {table} t WHERE {same})"  # noqa: S608


_PAPER = ("id", "election_id", "constituency", "ciphertext", "receipt")
_ENTRY = ("id", "election_id", "member_id", "constituency", "state", "helped")


def _in_state(*states: str) -> str:
    """The election of the roll entry is in one of these states."""
    listed = ", ".join(f"'{state}'" for state in states)
    vote = f"e.id = NEW.election_id AND e.state IN ({listed})"
    return f"EXISTS (SELECT 1 FROM governance_election e WHERE {vote})"  # noqa: S608


def _stays(*columns: str) -> str:
    return " AND ".join(f"NEW.{column} = OLD.{column}" for column in columns)


_VOTES = (
    "OLD.state = 'not_voted' AND NEW.state IN ('voted', 'paper') "
    f"AND {_stays('code_hash')} AND {_in_state('open')}"
)
_TAKEN_BACK = (
    "OLD.state = 'paper' AND NEW.state = 'not_voted' "
    f"AND {_stays('code_hash', 'helped')} AND {_in_state('open')}"
)
_NEW_CODE = (
    "OLD.state = 'not_voted' AND NEW.state = 'not_voted' "
    f"AND {_stays('helped')} AND {_in_state('rolled', 'open')}"
)
_ALLOWED_ONLY = (
    f"NOT ({_stays('id', 'election_id', 'member_id', 'constituency')} "
    f"AND (({_VOTES}) OR ({_TAKEN_BACK}) OR ({_NEW_CODE})))"
)

BALLOT_TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        f"{BOX}_while_open",
        BOX,
        "INSERT",
        "Voting is not open.",
        _everywhere(_not_in_state("NEW", "open")),
    ),
    Trigger(
        f"{BOX}_no_update",
        BOX,
        "UPDATE",
        "A paper in the box is never changed.",
        _everywhere("1=1"),
    ),
    Trigger(
        f"{BOX}_only_to_archive",
        BOX,
        "DELETE",
        "A paper leaves the box only for the archive.",
        _everywhere(_no_twin("OLD", BOX_ARCHIVE, *_PAPER)),
    ),
    Trigger(
        f"{BOX_ARCHIVE}_only_from_box",
        BOX_ARCHIVE,
        "INSERT",
        "The archive takes papers from a closed ballot box only.",
        _everywhere(f"{_not_in_state('NEW', 'closed')} OR {_no_twin('NEW', BOX, *_PAPER)}"),
    ),
    *append_only(BOX_ARCHIVE),
    Trigger(
        f"{ROLL}_before_voting",
        ROLL,
        "INSERT",
        "Nobody joins a roll that is frozen.",
        _everywhere(f"{_not_in_state('NEW', 'draft')} OR NEW.state <> 'not_voted'"),
    ),
    Trigger(
        f"{ROLL}_votes_only",
        ROLL,
        "UPDATE",
        "A roll changes only as somebody votes, or gets another code.",
        _everywhere(_ALLOWED_ONLY),
    ),
    Trigger(
        f"{ROLL}_only_to_archive",
        ROLL,
        "DELETE",
        "A roll entry leaves only for the archive.",
        _everywhere(_no_twin("OLD", ROLL_ARCHIVE, *_ENTRY)),
    ),
    Trigger(
        f"{ROLL_ARCHIVE}_only_from_roll",
        ROLL_ARCHIVE,
        "INSERT",
        "The archive takes entries from a closed roll only.",
        _everywhere(f"{_not_in_state('NEW', 'closed')} OR {_no_twin('NEW', ROLL, *_ENTRY)}"),
    ),
    *append_only(ROLL_ARCHIVE),
)
