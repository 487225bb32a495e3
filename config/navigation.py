"""The menu: what each person finds, by what they may do. Labels, in order of the day's work."""

from __future__ import annotations

from dataclasses import dataclass

from core.models import User


@dataclass(frozen=True)
class Item:
    """One entry. `needs` is a permission, or empty for everybody who is signed in."""

    label: str
    url_name: str
    icon: str
    needs: str = ""


STAFF = (
    Item("Home", "home", "house"),
    Item("Applications", "members:applications", "inbox", "members.view_applications"),
    Item("Register", "members:register", "book-user", "members.view_register"),
    Item("Shares", "members:share_classes", "layers", "members.keep_shares"),
    Item("People", "members:people", "contact-round", "members.keep_people"),
    Item("Letters", "members:letters", "mailbox", "members.keep_letters"),
    Item("Withdrawals", "members:withdrawals", "hand-coins", "members.view_withdrawals"),
    Item("Money", "ledger:money", "coins", "ledger.view_books"),
    Item("Interest", "cms:interest", "sprout", "cms.view_interest"),
    Item("Meetings", "governance:meetings", "landmark"),
    Item("People supported", "services:people", "heart-handshake", "services.view_people"),
    Item("Rota", "rota:weeks", "calendar-range", "rota.build_rota"),
    Item("Carers", "rota:carers", "users", "rota.manage_carers"),
    Item("My visits", "rota:my_week", "calendar-days", "rota.work_visits"),
    Item("Rules", "members:society_rules", "scale", "members.keep_rules"),
    Item("Website", "wagtailadmin_home", "globe", "wagtailadmin.access_admin"),
    Item("Roles", "core:roles", "key-round", "core.manage_roles"),
    Item("Mail", "core:unsent_mail", "mail-warning", "core.keep_mail"),
    Item("Audit trail", "core:audit_trail", "shield-check", "core.view_audit"),
)

#: The first four that apply: more do not fit the bar at the bottom of a phone.
PORTAL = (
    Item("Home", "home", "house"),
    Item("My visits", "rota:my_week", "calendar-days", "rota.work_visits"),
    Item("Care", "services:my_care", "heart-handshake"),
    Item("Meetings", "governance:meetings", "vote"),
    Item("Membership", "members:me", "id-card", "governance.vote"),
)

#: What makes somebody staff: a right that only the staff menu leads to.
STAFF_PERMISSIONS = {item.needs for item in STAFF} - {item.needs for item in PORTAL}


def is_staff_shell(user: User) -> bool:
    """Staff see the coordinator's shell; members, carers and families the portal."""
    return any(user.has_perm(permission) for permission in STAFF_PERMISSIONS)


def items_for(user: User, acting: bool = False) -> list[Item]:
    """The menu of this person; staff who are acting for somebody have the members' for so long."""
    staff = is_staff_shell(user) and not acting
    menu = STAFF if staff else PORTAL
    items = [item for item in menu if not item.needs or user.has_perm(item.needs)]
    return items if staff else items[:4]
