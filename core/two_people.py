"""The two-person rule: what one person begins, another must finish (pay-outs, disposal)."""

from __future__ import annotations

from core.actors import Actor
from core.errors import RuleError
from core.models import User


def other_person(first: User | None, by: Actor) -> None:
    """Refuse the second step to whoever did the first, and to the system, which is nobody.

    `first` is None where the system did the first step: then anybody who may do the second is
    somebody else. Acting for another person changes nothing: it is still the same hands.
    """
    if by.user is None:
        raise RuleError("A person must do the second step.")
    if by.user == first:
        raise RuleError("Somebody else must do the second step: you did the first.")
