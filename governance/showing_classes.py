"""Which papers of a vote say the class of their voter: where totals by class could be shown."""

from __future__ import annotations

from django.db.models import Count

from governance import rules
from governance.models import Election, roll_of


def constituencies_on_papers(election: Election) -> list[str]:
    """The classes that papers of this vote name; any other paper names none, lest it tell who it
    was.

    Only motions are also shown by class, and only classes that rules.nameable lets be named. Where
    the rules count the classes apart, every paper has to say its class.
    """
    if election.is_stv:
        return []
    roll = roll_of(election)
    if election.mode != rules.Mode.HEADS.value:
        return sorted(set(roll.values_list("constituency", flat=True)))
    counted = roll.order_by().values("constituency").annotate(number=Count("pk"))
    return rules.nameable(dict(counted.values_list("constituency", "number")))
