from core.views.audit import audit_trail
from core.views.calendar import calendar_feed
from core.views.files import private_file
from core.views.mail import mail_again, unsent_mail
from core.views.roles import give_role, roles, take_role
from core.views.session import still_here

__all__ = [
    "audit_trail",
    "calendar_feed",
    "give_role",
    "mail_again",
    "private_file",
    "roles",
    "still_here",
    "take_role",
    "unsent_mail",
]
