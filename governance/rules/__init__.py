"""What law and rules say of meetings and votes: pure and exact, without rows or a clock."""

from governance.rules.asking import part_of, requisition_needed
from governance.rules.diary import YearEnd, last_year_end, month_end_after, reminder_due
from governance.rules.needs import Needs
from governance.rules.notice import arrives, clear_days, earliest_meeting, last_sending
from governance.rules.papers import (
    FEWEST_CHARACTERS,
    MOST_CANDIDATES,
    SHORTEST_PASSPHRASE,
    TELLERS,
    paper_fault,
)
from governance.rules.quorum import (
    Presence,
    QuorumRule,
    QuorumState,
    Turn,
    quorum_state,
    quorum_turns,
)
from governance.rules.retirement import Seat, nearest, who_retires
from governance.rules.series import in_words as series_in_words
from governance.rules.series import meeting_days
from governance.rules.showing import (
    SMALLEST_CELL,
    SMALLEST_ROLL_FOR_PAPERS,
    nameable,
    papers_showable,
    showable,
)
from governance.rules.statutory import (
    AMALGAMATION,
    CONVERSION,
    TWO_MEETINGS,
    Step,
    TwoMeetings,
    dissolution_signed,
)
from governance.rules.thresholds import (
    BASE_CHOICES,
    MAJORITY,
    THREE_QUARTERS,
    THRESHOLD_CHOICES,
    THRESHOLDS,
    TWO_THIRDS,
    Base,
    Threshold,
    Votes,
    all_votes,
)
from governance.rules.verdicts import MODE_CHOICES, ClassOutcome, Mode, Sum, Verdict, verdict

__all__ = [
    "AMALGAMATION",
    "BASE_CHOICES",
    "CONVERSION",
    "FEWEST_CHARACTERS",
    "MAJORITY",
    "MODE_CHOICES",
    "MOST_CANDIDATES",
    "SHORTEST_PASSPHRASE",
    "SMALLEST_CELL",
    "SMALLEST_ROLL_FOR_PAPERS",
    "TELLERS",
    "THREE_QUARTERS",
    "THRESHOLDS",
    "THRESHOLD_CHOICES",
    "TWO_MEETINGS",
    "TWO_THIRDS",
    "Base",
    "ClassOutcome",
    "Mode",
    "Needs",
    "Presence",
    "QuorumRule",
    "QuorumState",
    "Seat",
    "Step",
    "Sum",
    "Threshold",
    "Turn",
    "TwoMeetings",
    "Verdict",
    "Votes",
    "YearEnd",
    "all_votes",
    "arrives",
    "clear_days",
    "dissolution_signed",
    "earliest_meeting",
    "last_sending",
    "last_year_end",
    "meeting_days",
    "month_end_after",
    "nameable",
    "nearest",
    "paper_fault",
    "papers_showable",
    "part_of",
    "quorum_state",
    "quorum_turns",
    "reminder_due",
    "requisition_needed",
    "series_in_words",
    "showable",
    "verdict",
    "who_retires",
]
