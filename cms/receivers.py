"""What the public site does after a migration, and what of it is somebody's own data."""

from __future__ import annotations

from typing import Any

from cms import editors
from cms.models import InterestRegistration
from members.subject_access import BY_ADDRESS

BY_ADDRESS.append((InterestRegistration, "email"))


def give_editors_their_rights(**_: Any) -> None:
    editors.give_rights()
