"""Governance's forms, by subject."""

from governance.forms.bodies import (
    BodyForm,
    BodyNameForm,
    RoleForm,
    RuleSetForm,
    SeatEndForm,
    SeatForm,
)
from governance.forms.meetings import (
    AdjournForm,
    AgendaItemForm,
    MeetingForm,
    NoticeElsewhereForm,
    PostedForm,
    item_values,
    meeting_values,
)
from governance.forms.papers import (
    BatchForm,
    CallForm,
    EnvelopeForm,
    PapersLikeThisForm,
    SpoiltForm,
    WithdrawalForm,
)
from governance.forms.tellers import PairForm, PassphraseForm, TellersForm
from governance.forms.votes import (
    CandidateForm,
    CandidateWordsForm,
    ElectionForm,
    MotionVoteForm,
    candidate_values,
    vote_values,
)
from governance.forms.voting import (
    AnswerForm,
    CodeForm,
    PaperForm,
    PreferencesForm,
    ReceiptForm,
    TicksForm,
    paper_form,
)

__all__ = [
    "AdjournForm",
    "AgendaItemForm",
    "AnswerForm",
    "BatchForm",
    "BodyForm",
    "BodyNameForm",
    "CallForm",
    "CandidateForm",
    "CandidateWordsForm",
    "CodeForm",
    "ElectionForm",
    "EnvelopeForm",
    "MeetingForm",
    "MotionVoteForm",
    "NoticeElsewhereForm",
    "PairForm",
    "PaperForm",
    "PapersLikeThisForm",
    "PassphraseForm",
    "PostedForm",
    "PreferencesForm",
    "ReceiptForm",
    "RoleForm",
    "RuleSetForm",
    "SeatEndForm",
    "SeatForm",
    "SpoiltForm",
    "TellersForm",
    "TicksForm",
    "WithdrawalForm",
    "candidate_values",
    "item_values",
    "meeting_values",
    "paper_form",
    "vote_values",
]
