from members.models.application import Application
from members.models.member import Member, MemberClass
from members.models.person import Organisation, Person, Representative
from members.models.skill import Qualification, Skill

__all__ = [
    "Application",
    "Member",
    "MemberClass",
    "Organisation",
    "Person",
    "Qualification",
    "Representative",
    "Skill",
]
