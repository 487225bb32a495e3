"""What core asks members/."""

from __future__ import annotations

from core import files
from core.models import PrivateFile, User
from members.checklist import FILE_OWNER


def may_open_evidence(user: User, file: PrivateFile) -> bool:
    """A file that came with an application: whoever may see applications."""
    return user.has_perm("members.view_applications")


files.READERS[FILE_OWNER] = may_open_evidence
