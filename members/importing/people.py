"""Which rows are about one human or one body, and which only look like it.

One person, surely: the same e-mail address and name, or the same name and date of birth; never
with two dates of birth. One organisation: the same name and e-mail address, or the same name where
neither two e-mail addresses nor two postal addresses say that it is another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from members.importing.faults import Note
from members.importing.plan import Holder, HolderKey, Known, KnownHolder, Spell
from members.importing.rows import Row
from members.rules.duplicates import plain_figures, plain_name

#: What identified somebody: a column to point at, and words for it.
BY_EMAIL = ("email", "name and e-mail address")
BY_BIRTH = ("born", "name and date of birth")
BY_NAME = ("last_name", "name")
Because = tuple[str, str]
Key = tuple[object, ...]


class People:
    """Everybody known and everybody in the file so far."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._holders: dict[HolderKey, Holder] = {}
        self._new: list[Holder] = []
        self._surely: dict[Key, list[Holder]] = {}
        self._maybe: dict[Key, Holder] = {}
        self._known_names: dict[Key, Holder] = {}
        self._numbers = {one.holder: one.number for one in known.members.values()}
        for one in known.holders.values():
            self._remember(self._holder_of(one))
        for member in known.members.values():
            spell = Spell(member.joined, member.ceased, member.number)
            self._holders[member.holder].spells.append(spell)

    def with_rows(self) -> list[Holder]:
        """Whoever the file is about."""
        return [one for one in [*self._holders.values(), *self._new] if one.rows]

    def of(self, key: HolderKey) -> Holder:
        return self._holders[key]

    def find(self, row: Row, is_person: bool) -> tuple[Holder, Because | None]:
        """Who a new membership is of, and by what they were known; somebody new for no reason."""
        name = (row.first_name, row.last_name) if is_person else ("", row.name_of_organisation)
        email = row.contact.get("email", "")
        for key, because in _sure_keys(is_person, *name, row.born, email):
            for holder in self._surely.get(key, ()):
                if _may_be(holder, row, email):
                    holder.born = holder.born or row.born
                    self._remember(holder, email)
                    return holder, because
        holder = Holder(is_person, *name, row.born)
        self._new.append(holder)
        self._remember(holder, email)
        return holder, None

    def lookalikes(self, holder: Holder, row: Row) -> list[Note]:
        """Others who share an e-mail address, or may be the same human as somebody new."""
        found = []
        for key, words in _maybe_keys(holder, row.contact):
            other = self._maybe.setdefault(key, holder)
            if other is holder or (holder.known and words != _SAME_EMAIL):
                continue
            found.append(self._note(row, key, words, other))
        namesake = self._known_names.get(_name_of(holder))
        if namesake and not found and not holder.known and _may_be(namesake, row, ""):
            found.append(self._note(row, ("last_name",), _SAME_NAME, namesake))
        return found

    def _note(self, row: Row, key: Key, words: str, other: Holder) -> Note:
        if other.known:
            number = self._numbers.get(other.known.key)
            who = f"Member {number}" if number else "Somebody we know"
            return Note(row.row, str(key[0]), f"{who} {words}", number)
        return Note(row.row, str(key[0]), f"Row {other.rows[0].row} {words}")

    def _holder_of(self, known: KnownHolder) -> Holder:
        holder = Holder(
            known.key.is_person, known.first_name, known.last_name, known.born, known=known
        )
        holder.details = dict(known.details)
        self._holders[known.key] = holder
        if holder.is_person:
            self._known_names.setdefault(_name_of(holder), holder)
        for key, _words in _maybe_keys(holder, known.details):
            self._maybe.setdefault(key, holder)
        return holder

    def _remember(self, holder: Holder, email: str = "") -> None:
        email = email or str(holder.details.get("email", ""))
        name = holder.first_name, holder.last_name
        for key, _because in _sure_keys(holder.is_person, *name, holder.born, email):
            group = self._surely.setdefault(key, [])
            if holder not in group:
                group.append(holder)


_SAME_NAME = "has the same name. If it is one human, put the two together afterwards."
_SAME_BODY = "has the same name. Look whether it is one organisation."
_SAME_EMAIL = "has the same e-mail address under another name."
_SAME_PLACE = "has the same name and postcode. If it is one human, put the two together afterwards."
_SAME_PHONE = "has the same surname and phone number. If it is one human, put them together."


def _name_of(holder: Holder) -> Key:
    return plain_name(holder.first_name), plain_name(holder.last_name)


def _sure_keys(
    is_person: bool, first: str, last: str, born: dt.date | None, email: str
) -> list[tuple[Key, Because]]:
    name = plain_name(first), plain_name(last)
    if not is_person:
        return [(("organisation", *name), BY_NAME)]
    keys: list[tuple[Key, Because]] = []
    if email:
        keys.append((("email", email.casefold(), *name), BY_EMAIL))
    if born:
        keys.append((("born", born, *name), BY_BIRTH))
    return keys


def _may_be(holder: Holder, row: Row, email: str) -> bool:
    """Nothing says that they are two."""
    if holder.is_person:
        return holder.born is None or row.born is None or holder.born == row.born
    emails = _told(holder, ("email",))
    if email and emails:
        return (email.casefold(),) in emails
    place = _plain(row.contact, _PLACE)
    places = _told(holder, _PLACE)
    return not place or not places or place in places


_PLACE = ("address_line_1", "postcode")


def _told(holder: Holder, names: tuple[str, ...]) -> set[tuple[str, ...]]:
    """What is known of a holder and what their rows say, where they say anything."""
    sources: list[Mapping[str, object]] = [row.contact for row in holder.rows]
    if holder.known:
        sources.append(holder.known.details)
    return {told for source in sources if (told := _plain(source, names))}


def _plain(source: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, ...]:
    told = tuple(plain_name(str(source.get(name, ""))) for name in names)
    return told if any(told) else ()


def _maybe_keys(holder: Holder, details: Mapping[str, object]) -> list[tuple[Key, str]]:
    keys: list[tuple[Key, str]] = []
    name = _name_of(holder)
    if email := details.get("email"):
        keys.append((("email", str(email).casefold()), _SAME_EMAIL))
    if not holder.is_person:
        return [*keys, (("last_name", "organisation", *name), _SAME_BODY)]
    if postcode := details.get("postcode"):
        keys.append((("last_name", "at", postcode, *name), _SAME_PLACE))
    if figures := plain_figures(str(details.get("phone", ""))):
        keys.append((("phone", figures, name[1]), _SAME_PHONE))
    return keys
