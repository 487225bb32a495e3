"""The rules of membership: pure functions over plain facts, no rows and no clocks."""

from members.rules.classes import (
    ClassRules,
    age_on,
    age_refusal,
    born_refusal,
    shares_refusal,
)
from members.rules.contact import (
    LONGEST_NAME,
    UNREADABLE,
    Contact,
    split_name,
    tidy_phone,
    tidy_postcode,
)
from members.rules.joining import (
    CODE_ALPHABET,
    CODE_LASTS,
    CODE_LENGTH,
    INVITATION_LASTS,
    MAX_TRIES,
    STEPS,
    Applicant,
    Check,
    Match,
    checklist,
    same_code,
    steps_missing,
    stops,
)
from members.rules.shares import Buying, Giving, Paying

__all__ = [
    "CODE_ALPHABET",
    "CODE_LASTS",
    "CODE_LENGTH",
    "INVITATION_LASTS",
    "LONGEST_NAME",
    "MAX_TRIES",
    "STEPS",
    "UNREADABLE",
    "Applicant",
    "Buying",
    "Check",
    "ClassRules",
    "Contact",
    "Giving",
    "Match",
    "Paying",
    "age_on",
    "age_refusal",
    "born_refusal",
    "checklist",
    "same_code",
    "shares_refusal",
    "split_name",
    "steps_missing",
    "stops",
    "tidy_phone",
    "tidy_postcode",
]
