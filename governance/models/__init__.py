from governance.models.ballot import (
    ArchivedBallot,
    ArchivedRollEntry,
    RollEntry,
    SealedBallot,
    roll_of,
)
from governance.models.body import Body, RuleSet, Seat
from governance.models.election import Candidate, Election, KeyBox, Result, Teller
from governance.models.meeting import AgendaItem, Meeting, Motion, Notice

__all__ = [
    "AgendaItem",
    "ArchivedBallot",
    "ArchivedRollEntry",
    "Body",
    "Candidate",
    "Election",
    "KeyBox",
    "Meeting",
    "Motion",
    "Notice",
    "Result",
    "RollEntry",
    "RuleSet",
    "SealedBallot",
    "Seat",
    "Teller",
    "roll_of",
]
