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
    AgendaItemForm,
    MeetingForm,
    NoticeElsewhereForm,
    PostedForm,
    item_values,
    meeting_values,
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
from governance.forms.voting import AnswerForm, PreferencesForm, ReceiptForm

__all__ = [
    "AgendaItemForm",
    "AnswerForm",
    "BodyForm",
    "BodyNameForm",
    "CandidateForm",
    "CandidateWordsForm",
    "ElectionForm",
    "MeetingForm",
    "MotionVoteForm",
    "NoticeElsewhereForm",
    "PairForm",
    "PassphraseForm",
    "PostedForm",
    "PreferencesForm",
    "ReceiptForm",
    "RoleForm",
    "RuleSetForm",
    "SeatEndForm",
    "SeatForm",
    "TellersForm",
    "candidate_values",
    "item_values",
    "meeting_values",
    "vote_values",
]
