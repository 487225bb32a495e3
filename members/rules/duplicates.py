"""Which two rows look like one human."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

#: So many may share something and each still be compared with each. Of more, an office's e-mail
#: address say, each is compared with the next only: the list grows with the people, not squared.
MOST_ALIKE = 20


@dataclass(frozen=True)
class Known:
    """What tells one person from another."""

    id: int
    first_name: str
    last_name: str
    born: dt.date | None
    email: str
    phone: str


@dataclass(frozen=True)
class Alike:
    """Two rows that may be one human, the lower id first, and what they have in common."""

    first: int
    second: int
    because: tuple[str, ...]


def likely_the_same(
    people: Iterable[Known], apart: Collection[tuple[int, int]] = ()
) -> list[Alike]:
    """Pairs with the same e-mail address, the same name and birthday, or the same phone and
    surname; those with most in common first. `apart` are pairs known to be two humans."""
    known = {(min(pair), max(pair)) for pair in apart}
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for person in people:
        for key in _keys(person):
            groups[key].append(person.id)
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for key, ids in groups.items():
        ids.sort()
        for first, second in combinations(ids, 2) if len(ids) <= MOST_ALIKE else pairwise(ids):
            if (first, second) not in known:
                found[first, second].append(str(key[0]))
    pairs = [Alike(*pair, tuple(sorted(because))) for pair, because in found.items()]
    return sorted(pairs, key=lambda pair: (-len(pair.because), pair.first, pair.second))


def _keys(person: Known) -> Iterable[tuple[object, ...]]:
    name = plain_name(person.first_name), plain_name(person.last_name)
    if person.email:
        yield "the same e-mail address", person.email.casefold()
    if person.born:
        yield "the same name and date of birth", name, person.born
    if figures := plain_figures(person.phone):
        yield "the same phone number and surname", figures, name[1]


def plain_name(name: str) -> str:
    """A name however it is written: in capitals, with doubled blanks, with either apostrophe."""
    return " ".join(name.casefold().replace("’", "'").split())


def plain_figures(phone: str) -> str:
    """A number however it is written: +44 1632 960001 is 01632 960 001."""
    return re.sub(r"^(?:00)?44(?=\d{9})", "0", re.sub(r"\D", "", phone))
