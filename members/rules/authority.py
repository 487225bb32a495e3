"""Acting for somebody: what each ground may cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from members.rules.classes import OLDEST, age_on

#: Ground → scopes. A power for money opens no health record and the other way round; an appointee
#: handles benefits; a helper has the person's agreement and no power over their money.
#: Source: Mental Capacity Act 2005, sections 9 and 16.
COVERS: dict[str, frozenset[str]] = {
    "attorney_money": frozenset({"membership", "money"}),
    "attorney_health": frozenset({"care"}),
    "deputy": frozenset({"membership", "money", "care"}),
    "appointee": frozenset({"money"}),
    "parent": frozenset({"membership", "money", "care"}),
    "helper": frozenset({"membership", "care"}),
}
#: The one ground that rests on no paper but on what the person says.
HELPER = "helper"
#: Source: Mental Capacity Act 2005, section 12 (attorneys); a deputy gives what the order allows.
NO_GIFTS = (
    "Whoever acts for somebody may give away only what is customary and reasonable (Mental "
    "Capacity Act 2005, section 12). A gift to the co-op needs the leave of the Court of "
    "Protection: show it to the secretary, who then enters the gift."
)

#: Who speaks in these speaks for somebody as a member and owner.
_AS_A_MEMBER = frozenset({"membership", "money"})


def needs_secretary(ground: str, scope: Collection[str]) -> bool:
    """Only the secretary may note it: it rests on a paper and reaches a membership or its money."""
    return ground != HELPER and not _AS_A_MEMBER.isdisjoint(scope)


def authority_refusal(
    *,
    ground: str,
    scope: Sequence[str],
    since: dt.date,
    until: dt.date | None,
    evidence: str,
    seen_on: dt.date | None,
    today: dt.date,
    born: dt.date | None = None,
    acting_born: dt.date | None = None,
) -> tuple[str, str] | None:
    """Which field cannot be so, and why; None when somebody may act on this ground.

    `born` and `acting_born`: the birthdays of the person and of whoever acts, where known.
    """
    if ground not in COVERS:
        return "ground", "Choose the ground."
    if not scope:
        return "scope", "Say for what they may act."
    if not set(scope) <= COVERS[ground]:
        return "scope", "This ground does not cover all of that."
    if too_early := _before_a_birth(since, born, acting_born, today):
        return "since", too_early
    if until and until < since:
        return "until", "The last day must not be before the first."
    if until and until < today:
        return "until", "That day is over already."
    if seen_on and seen_on > today:
        return "seen_on", "That day is still to come."
    if ground != HELPER and not evidence.strip():
        return "evidence", "Say what you have seen: the registered power, the court’s order."
    if ground != HELPER and seen_on is None:
        return "seen_on", "Say on which day it was seen."
    return None


def _before_a_birth(
    since: dt.date, born: dt.date | None, acting_born: dt.date | None, today: dt.date
) -> str:
    """Why nobody can have acted from this day; empty when somebody can."""
    if born and since < born:
        return "That is before the person was born."
    if acting_born and since < acting_born:
        return "That is before whoever acts was born."
    if age_on(since, today) > OLDEST:
        return f"That is more than {OLDEST} years ago."
    return ""
