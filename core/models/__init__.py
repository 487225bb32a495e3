from core.models.audit import AuditLine, ChainBlock, ChainLink, ReadLine
from core.models.calendar import CalendarToken
from core.models.file import PrivateFile
from core.models.job import Job
from core.models.outbox import OutboxMessage
from core.models.user import RoleGrant, User

__all__ = [
    "AuditLine",
    "CalendarToken",
    "ChainBlock",
    "ChainLink",
    "Job",
    "OutboxMessage",
    "PrivateFile",
    "ReadLine",
    "RoleGrant",
    "User",
]
