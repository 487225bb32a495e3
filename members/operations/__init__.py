"""Every change of state in members/, by subject: each verb has its one home here."""

from members.operations.applying import (
    add_evidence,
    resume,
    save_step,
    send_resume_code,
    start_application,
    submit,
    withdraw,
)
from members.operations.classes import set_up_member_classes
from members.operations.deciding import (
    admit,
    admit_batch,
    correct_application,
    invite,
    key_paper_application,
    refuse,
    settle_duplicate,
)
from members.operations.holdings import party_for
from members.operations.people import (
    add_organisation,
    add_person,
    appoint_representative,
    change_contact,
    give_sign_in,
)
from members.operations.register import cease_member, register_member
from members.operations.skills import add_skill, qualify
from members.rules import Contact

__all__ = [
    "Contact",
    "add_evidence",
    "add_organisation",
    "add_person",
    "add_skill",
    "admit",
    "admit_batch",
    "appoint_representative",
    "cease_member",
    "change_contact",
    "correct_application",
    "give_sign_in",
    "invite",
    "key_paper_application",
    "party_for",
    "qualify",
    "refuse",
    "register_member",
    "resume",
    "save_step",
    "send_resume_code",
    "set_up_member_classes",
    "settle_duplicate",
    "start_application",
    "submit",
    "withdraw",
]
