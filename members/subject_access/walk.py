"""Which rows are about a person: a walk along every foreign key that leads to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model

from core.models import OutboxMessage, User
from core.relations import Relation, relations_to
from ledger.models import Party
from members.models import Application, Person

#: Rows of each kind of row, by id.
Rows = dict[type[Model], dict[object, Model]]

#: What hangs on somebody's sign-in and is about them. All else that names a user is what they did
#: for others: the audit trail has it.
OF_USER = {
    "account.emailaddress.user",
    "core.calendartoken.user",
    "core.rolegrant.user",
    "mfa.authenticator.user",
    "usersessions.usersession.user",
}
#: Rows that an e-mail address alone says are somebody's, and its field. Apps above add their own
#: in `apps.ready`.
BY_ADDRESS: list[tuple[type[Model], str]] = [(OutboxMessage, "to"), (Application, "email")]
#: As many ids as one question names.
BATCH = 400


def rows_about(person: Person) -> Rows:
    """Everything that points at the person, and what in turn belongs to that; not the logs."""
    found: Rows = defaultdict(dict)
    _add(found, Person, [person])
    _follow(found, Person, [person.pk])
    parties = [pk for pk in (person.party_id, *person.merged.values_list("party", flat=True)) if pk]
    if parties:
        _add(found, Party, Party.objects.filter(pk__in=parties))
        _follow(found, Party, parties)
    if person.user is not None:
        _add(found, User, [person.user])
        for relation in relations_to(User):
            if str(relation) in OF_USER:
                _add(found, relation.model, relation.rows_of([person.user.pk]))
    for model, field in BY_ADDRESS:
        for address in addresses_of(person):
            written = model._default_manager.filter(**{f"{field}__iexact": address})
            _follow(found, model, _add(found, model, written))
    return found


def addresses_of(person: Person) -> set[str]:
    """The e-mail addresses under which somebody is written to or signs in."""
    return {email for email in (person.email, person.user.email if person.user else "") if email}


def _add(found: Rows, model: type[Model], rows: Iterable[Model]) -> list[object]:
    """Takes up rows that were not there; returns their ids."""
    new = {row.pk: row for row in rows if row.pk not in found[model]}
    found[model] |= new
    return list(new)


def _follow(found: Rows, target: type[Model], ids: Sequence[object]) -> None:
    """Whatever points at these rows, and whatever belongs to that."""
    for relation in relations_to(target):
        new: list[object] = []
        for some in batches(ids):
            new += _add(found, relation.model, relation.rows_of(some))
        if new and _belongs(relation, target):
            _follow(found, relation.model, new)


def _belongs(relation: Relation, target: type[Model]) -> bool:
    """A field named after what it points at (`person`, `member`, `line`) says whose the row is.

    A `proposer` or a `nominee` is named in a row that is about something else: what hangs on that
    row is not about them.
    """
    return (target._meta.model_name or "").endswith(relation.field.replace("_", ""))


def batches(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
