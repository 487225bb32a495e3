"""What services does when a coordinator comes or goes, and what it tells members/."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from core.actors import SYSTEM
from core.models import User
from core.permissions import Role
from core.signals import role_changed
from members import support as grounds_of_membership
from services import operations, support

grounds_of_membership.ASK.append(support.periods_of)


@receiver(role_changed)
def share_with_the_team(*, user: User, role: Role, **_: Any) -> None:
    if role == Role.COORDINATOR:
        operations.align_team_access(user=user, by=SYSTEM)
