from members.views.applications import (
    admit_application,
    admit_several,
    application,
    application_edit,
    applications,
    paper,
    refuse_application,
    settle_application,
)
from members.views.joining import (
    join,
    join_check,
    join_done,
    join_later,
    join_leave,
    join_step,
    join_withdraw,
    resume,
    resume_code,
)
from members.views.me import me, me_contact
from members.views.register import cease, contact, member
from members.views.statutory import register, register_csv, register_pdf, register_search

__all__ = [
    "admit_application",
    "admit_several",
    "application",
    "application_edit",
    "applications",
    "cease",
    "contact",
    "join",
    "join_check",
    "join_done",
    "join_later",
    "join_leave",
    "join_step",
    "join_withdraw",
    "me",
    "me_contact",
    "member",
    "paper",
    "refuse_application",
    "register",
    "register_csv",
    "register_pdf",
    "register_search",
    "resume",
    "resume_code",
    "settle_application",
]
