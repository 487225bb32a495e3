"""Who does something: a signed-in user, a visitor to the public site, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.permissions import GRANTS, Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.models import User


@dataclass(frozen=True)
class Actor:
    """Who asked for an operation, and for whom.

    `user` is None for the system and for visitors. `acting_for` is the id of the members.Person
    on whose behalf the user acts (as an attorney, say), or None when acting for themselves.
    """

    kind: str
    user: User | None = None
    acting_for: int | None = None

    def may(self, permission: str) -> bool:
        """True if this actor's role grants the permission. The system may do everything.

        Whoever is acting for somebody has that person's rights to lend, and none of their own as
        staff: what a coordinator does as a coordinator is never written down as done for another.
        """
        if self.kind == "system":
            return True
        if self.acting_for is not None and Role.MEMBER not in GRANTS.get(permission, ()):
            return False
        return self.user is not None and self.user.has_perm(permission)

    def __str__(self) -> str:
        return f"user {self.user.pk}" if self.user else self.kind


SYSTEM = Actor("system")
VISITOR = Actor("visitor")


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a web request.

    members' middleware has seen to it that `request.acting_for` is somebody for whom this user may
    act today.
    """
    if request.user.is_authenticated:
        return Actor("user", user=request.user, acting_for=getattr(request, "acting_for", None))
    return VISITOR
