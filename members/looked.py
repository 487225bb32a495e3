"""Who looked at somebody's record, in plain words: the read log as the person reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from core.models import ReadLine
from members.models import Authority, Person

HOW = {
    "list": "in the list of people",
    "search": "in a search",
    "pdf": "as a PDF",
    "export": "in an export",
    "file": "in a file",
    "feed": "in a calendar",
}
#: What the read log calls the groups of fields that the members' pages show.
PARTS = {
    "identity": "name and birthday",
    "contact": "address and phone",
    "money": "money",
    "everything": "everything that we hold",
}
_SCOPE_OF = {"money": Authority.Scope.MONEY, "health": Authority.Scope.CARE}


@dataclass(frozen=True)
class Look:
    """Somebody looked at a record at some minute: who, as what, which parts, and how."""

    at: dt.datetime
    who: str
    ground: str
    parts: str
    how: str


def looks_of(
    lines: Sequence[ReadLine],
    *,
    person: Person,
    reader_id: int,
    words: Mapping[str, str],
    grounds: Mapping[int, str],
) -> list[Look]:
    """Lines of the same reader, minute and way of reading, as one look.

    `words` names the groups of fields, `grounds` why each user may look of themselves. Whoever
    acted for the person is called by the authority by which they did.
    """
    held = list(person.acted_for_by.select_related("by"))
    whose = "you" if person.user_id == reader_id else str(person)

    def one_look(line: ReadLine) -> tuple[object, ...]:
        at = timezone.localtime(line.at).replace(second=0, microsecond=0)
        return at, line.user_id, line.acting_for, line.why

    looks = []
    for _same, together in groupby(lines, one_look):
        of_look = list(together)
        first, read = of_look[0], {line.group for line in of_look}
        who, ground = "The system", ""
        if first.user_id == reader_id:
            who = "You"
        elif first.user is not None:
            who = first.user.get_full_name()
            ground = grounds.get(first.user.pk, "")
        if first.acting_for is not None and first.user is not None:
            ground = f"acting for {whose}{_as_what(first, read, held)}"
        parts = [words[group] for group in words if group in read] + sorted(read - words.keys())
        at = timezone.localtime(first.at)
        looks.append(Look(at, who, ground, ", ".join(parts), HOW.get(first.why, "")))
    return looks


def _as_what(line: ReadLine, read: set[str], held: Sequence[Authority]) -> str:
    """On which ground they acted that day, in what they read: ", attorney for money"."""
    day = timezone.localtime(line.at).date()
    of_day = [
        one
        for one in held
        if one.by.user_id == line.user_id
        and one.since <= day
        and (one.until is None or day <= one.until)
    ]
    wanted = {_SCOPE_OF[group] for group in read if group in _SCOPE_OF}
    fits = [one for one in of_day if wanted & set(one.scope)] or of_day
    grounds = dict.fromkeys(one.get_ground_display().lower() for one in fits)
    return "".join(f", {ground}" for ground in grounds)
