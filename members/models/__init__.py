from members.models.application import Application
from members.models.importing import RegisterImport
from members.models.member import ClassMove, Eligibility, Member, MemberClass, ShareClass
from members.models.person import (
    Authority,
    Consent,
    MergedPerson,
    Organisation,
    Person,
    Representative,
    SetApart,
)
from members.models.request import DataRequest
from members.models.share import (
    Certificate,
    DuesCharge,
    InterestLine,
    InterestRun,
    SharePurchase,
    ShareTransaction,
    Withdrawal,
)
from members.models.skill import Qualification, Skill
from members.models.society import (
    Estate,
    Inspection,
    Letter,
    Nomination,
    Office,
    SocietyRules,
)

__all__ = [
    "Application",
    "Authority",
    "Certificate",
    "ClassMove",
    "Consent",
    "DataRequest",
    "DuesCharge",
    "Eligibility",
    "Estate",
    "Inspection",
    "InterestLine",
    "InterestRun",
    "Letter",
    "Member",
    "MemberClass",
    "MergedPerson",
    "Nomination",
    "Office",
    "Organisation",
    "Person",
    "Qualification",
    "RegisterImport",
    "Representative",
    "SetApart",
    "ShareClass",
    "SharePurchase",
    "ShareTransaction",
    "Skill",
    "SocietyRules",
    "Withdrawal",
]
