"""Roles and what each may do: the one table.

A role is given to a user by `core.operations.grant_role`, with dates and a granter. GRANTS is
written to Django's Groups after every migrate, so `user.has_perm("members.admit")`, templates and
Wagtail all read the same. Whether a person may see *this row* is another question: `visible_to`.
"""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is in the co-op, as far as the right to act goes."""

    MEMBER = "member", "Member"
    SECRETARY = "secretary", "Secretary"
    TREASURER = "treasurer", "Treasurer"
    BOARD = "board", "Board member"
    COORDINATOR = "coordinator", "Coordinator"
    CARER = "carer", "Carer"
    EDITOR = "editor", "Website editor"
    COUNCIL = "council", "Council officer"
    ADMINISTRATOR = "administrator", "Administrator"


#: Staff roles must sign in with a second factor, and their idle screens sign out. Carers need
#: neither: on a phone at somebody's door they see only the people they visit, for a few days.
SECOND_FACTOR_ROLES = frozenset(
    {
        Role.SECRETARY,
        Role.TREASURER,
        Role.BOARD,
        Role.COORDINATOR,
        Role.EDITOR,
        Role.ADMINISTRATOR,
    }
)

_SECRETARY = frozenset({Role.SECRETARY})
_OFFICERS = frozenset({Role.SECRETARY, Role.TREASURER, Role.BOARD})
_COORDINATOR = frozenset({Role.COORDINATOR})

#: permission → roles that have it.
GRANTS: dict[str, frozenset[Role]] = {
    # core
    "core.view_audit": frozenset({Role.SECRETARY, Role.ADMINISTRATOR}),
    "core.keep_mail": frozenset({Role.SECRETARY, Role.ADMINISTRATOR}),
    "core.manage_roles": frozenset({Role.SECRETARY, Role.ADMINISTRATOR}),
    # ledger
    "ledger.view_books": _OFFICERS,
    "ledger.keep_books": frozenset({Role.TREASURER}),
    "ledger.keep_payments": frozenset({Role.SECRETARY, Role.TREASURER}),
    "ledger.prepare_pay_outs": frozenset({Role.SECRETARY, Role.TREASURER}),
    "ledger.make_pay_outs": frozenset({Role.TREASURER, Role.BOARD}),
    # members
    "members.view_register": _OFFICERS,
    "members.view_applications": _SECRETARY | {Role.BOARD},
    "members.decide_application": _SECRETARY,
    "members.keep_register": _SECRETARY,
    "members.keep_people": _SECRETARY | _COORDINATOR,
    "members.merge_people": _SECRETARY,
    "members.keep_letters": _SECRETARY,
    "members.answer_data_requests": _SECRETARY,
    "members.keep_skills": _COORDINATOR,
    "members.keep_shares": frozenset({Role.SECRETARY, Role.TREASURER}),
    "members.keep_rules": frozenset({Role.SECRETARY, Role.TREASURER}),
    "members.view_withdrawals": _OFFICERS,
    "members.keep_dues": frozenset({Role.SECRETARY, Role.TREASURER}),
    "members.keep_interest": frozenset({Role.SECRETARY, Role.TREASURER}),
    "members.keep_withdrawals": frozenset({Role.SECRETARY, Role.TREASURER}),
    "members.keep_nominations": _SECRETARY,
    "members.import_register": _SECRETARY,
    # governance
    "governance.arrange_meeting": _SECRETARY,
    "governance.run_election": _SECRETARY,
    "governance.see_diary": _SECRETARY | {Role.TREASURER, Role.BOARD},
    "governance.vote": frozenset({Role.MEMBER}),
    # services
    "services.view_people": _COORDINATOR,
    "services.manage_agreements": _COORDINATOR,
    "services.manage_access": _COORDINATOR,
    # rota
    "rota.build_rota": _COORDINATOR,
    "rota.manage_carers": _COORDINATOR,
    "rota.work_visits": frozenset({Role.CARER}),
    # cms
    "cms.view_interest": _SECRETARY,
    "cms.lead_group": _SECRETARY,
}
