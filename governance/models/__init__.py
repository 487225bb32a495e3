from governance.models.adjournment import Adjournment
from governance.models.attending import (
    Apology,
    Attendance,
    Proxy,
    Recusal,
    RollChange,
    Voter,
    deadline,
)
from governance.models.ballot import (
    ArchivedBallot,
    ArchivedRollEntry,
    PhoneVote,
    RollEntry,
    SealedBallot,
    roll_of,
)
from governance.models.body import Body, RuleSet, Seat
from governance.models.diary import Filed
from governance.models.division import (
    Amendment,
    Division,
    EarlyVote,
    MotionText,
    NamedVote,
    Signature,
)
from governance.models.election import Candidate, Election, KeyBox, Result, Teller
from governance.models.interest import Interest, InterestsConfirmed
from governance.models.meeting import AgendaItem, Meeting, Motion
from governance.models.minutes import Action, Decision, MinuteEntry, Minutes, MinutesVersion
from governance.models.nomination import Nomination, Nominator
from governance.models.notice import Announcement, Notice, ShorterNotice
from governance.models.opinion import OpinionAnswer, OpinionPoll
from governance.models.paper import PaperBatch, PaperKeying
from governance.models.partner_questions import (
    PartnerAction,
    PartnerDecision,
    PartnerProgress,
    PartnerQuestion,
    PartnerVote,
)
from governance.models.partner_work import (
    Bid,
    BidShare,
    CitizenNote,
    Outcome,
    OutcomeProposal,
    OutcomeVersion,
)
from governance.models.partnership import (
    AgreementPart,
    Asked,
    Delegate,
    FormationStep,
    Partner,
    PartnerAgreement,
    PartnerSignature,
)
from governance.models.proposal import Proposal, Seconder
from governance.models.record import Bundle, Checkpoint, ElectionEvent
from governance.models.remark import Remark
from governance.models.requisition import AskingSignature, Requisition
from governance.models.series import Series, SeriesMeeting
from governance.models.written import WrittenResolution, WrittenVoice

__all__ = [
    "Action",
    "Adjournment",
    "AgendaItem",
    "AgreementPart",
    "Amendment",
    "Announcement",
    "Apology",
    "ArchivedBallot",
    "ArchivedRollEntry",
    "Asked",
    "AskingSignature",
    "Attendance",
    "Bid",
    "BidShare",
    "Body",
    "Bundle",
    "Candidate",
    "Checkpoint",
    "CitizenNote",
    "Decision",
    "Delegate",
    "Division",
    "EarlyVote",
    "Election",
    "ElectionEvent",
    "Filed",
    "FormationStep",
    "Interest",
    "InterestsConfirmed",
    "KeyBox",
    "Meeting",
    "MinuteEntry",
    "Minutes",
    "MinutesVersion",
    "Motion",
    "MotionText",
    "NamedVote",
    "Nomination",
    "Nominator",
    "Notice",
    "OpinionAnswer",
    "OpinionPoll",
    "Outcome",
    "OutcomeProposal",
    "OutcomeVersion",
    "PaperBatch",
    "PaperKeying",
    "Partner",
    "PartnerAction",
    "PartnerAgreement",
    "PartnerDecision",
    "PartnerProgress",
    "PartnerQuestion",
    "PartnerSignature",
    "PartnerVote",
    "PhoneVote",
    "Proposal",
    "Proxy",
    "Recusal",
    "Remark",
    "Requisition",
    "Result",
    "RollChange",
    "RollEntry",
    "RuleSet",
    "SealedBallot",
    "Seat",
    "Seconder",
    "Series",
    "SeriesMeeting",
    "ShorterNotice",
    "Signature",
    "Teller",
    "Voter",
    "WrittenResolution",
    "WrittenVoice",
    "deadline",
    "roll_of",
]
