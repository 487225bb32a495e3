"""What the rows about a person say, in words, and who else is named in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import models
from django.db.models import Model

from core.models import AuditLine, PrivateFile, ReadLine, User
from core.models.audit import Line
from ledger.models import Posting
from members.checklist import FILE_OWNER
from members.models import Application, Person
from members.subject_access.titles import BODIES, MACHINE_FIELDS, TITLES, WHOSE
from members.subject_access.walk import BY_ADDRESS, OF_USER, Rows, batches, rows_about

__all__ = ["BY_ADDRESS", "FILES", "OF_USER", "Everything", "Named", "Section", "collect"]

#: Kind of owner of a private file → the rows whose files they are.
FILES: dict[str, type[Model]] = {FILE_OWNER: Application}
#: Fields that open something or prove who somebody is: no copy of them leaves.
SECRET = frozenset({"password", "digest", "resume_digest", "session_key"})
SECRET_ROWS = frozenset({"mfa.authenticator.data"})
LEFT_OUT = "(a name, left out)"


@dataclass(frozen=True)
class Section:
    """Rows of one kind. Each row maps what a field is called to what it says.

    `machine` are the fields that say nothing to a person.
    """

    kind: str
    title: str
    rows: list[dict[str, Any]]
    #: Fields with free text in some row: only a person can see whom it speaks of.
    free_text: tuple[str, ...] = ()
    machine: frozenset[str] = frozenset()


@dataclass
class Named:
    """Somebody else who is named: by `key` they can be left out."""

    key: str
    name: str
    sections: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Everything:
    """All that is held about one person."""

    person: Person
    sections: list[Section]
    others: list[Named]
    files: list[PrivateFile]


def collect(person: Person, left_out: Collection[str] = ()) -> Everything:
    """Everything about a person. `left_out` are the keys of other people whose names stay out."""
    rows = rows_about(person)
    files = [
        kept
        for kind, model in FILES.items()
        for some in batches(list(rows.get(model, {})))
        for kept in PrivateFile.objects.filter(owner_kind=kind, owner_id__in=some)
    ]
    rows[PrivateFile] |= {kept.pk: kept for kept in files}
    rows[AuditLine] |= {line.pk: line for line in _audit_lines(person, rows)}
    reads = ReadLine.objects.filter(subject_id__in=person.ids)
    rows[ReadLine] |= {line.pk: line for line in reads}
    words = _Words(person, rows, frozenset(left_out))
    sections = [words.section(model, list(of_kind.values())) for model, of_kind in rows.items()]
    return Everything(
        person, [one for one in sections if one.rows], list(words.others.values()), files
    )


def _audit_lines(person: Person, rows: Rows) -> list[AuditLine]:
    """What was done to any of these rows, and what others did while acting for them."""
    found = list(AuditLine.objects.filter(acting_for__in=person.ids))
    for model, of_kind in rows.items():
        ids = [str(pk) for pk in of_kind]
        if model is Person:
            ids = [str(pk) for pk in person.ids]
        for some in batches(ids):
            found += AuditLine.objects.filter(
                object_type=model._meta.label_lower, object_id__in=some
            )
    return found


class _Words:
    """Turns rows into words: choices by their labels, people by their names."""

    def __init__(self, person: Person, rows: Rows, left_out: frozenset[str]) -> None:
        self.person, self.left_out = person, left_out
        self.others: dict[str, Named] = {}
        self.own = {(Person, person.pk), (User, person.user_id)}
        self.told = {model: set(of_kind) for model, of_kind in rows.items()}
        self.targets: dict[type[Model], dict[object, Model]] = {}
        wanted: dict[type[Model], set[object]] = defaultdict(set)
        for model, of_kind in rows.items():
            for field_ in model._meta.concrete_fields:
                if field_.is_relation:
                    ids = {getattr(row, field_.attname) for row in of_kind.values()}
                    wanted[field_.related_model] |= ids - {None}  # type: ignore[index]
            if issubclass(model, Line):
                acted_for: set[object] = {cast(Any, line).acting_for for line in of_kind.values()}
                wanted[Person] |= acted_for - {None}
        for model, ids in wanted.items():
            self.targets[model] = known = dict(rows.get(model, {}))
            for some in batches(list(ids - known.keys())):
                known |= {row.pk: row for row in model._base_manager.filter(pk__in=some)}
        #: Who signs in and who they are is one and the same human.
        users = list(self.targets.get(User, {}))
        self.people = {
            one.user_id: one
            for some in batches(users)
            for one in Person.objects.filter(user__in=some)
        }

    def section(self, model: type[Model], rows: list[Model]) -> Section:
        title = _title(model)
        fields = [one for one in model._meta.concrete_fields if not _stays_out(model, one)]
        texts = {
            str(one.verbose_name)
            for one in fields
            if isinstance(one, models.TextField) and any(one.value_from_object(r) for r in rows)
        }
        labels = _labels(fields)
        said = [{labels[one]: self._value(row, one, title) for one in fields} for row in rows]
        if model is Posting:
            for words, row in zip(said, rows, strict=True):
                journal = self.targets[Posting._meta.get_field("journal").related_model][
                    row.journal_id  # type: ignore[attr-defined]
                ]
                words |= {"date": journal.date, "what": journal.title}  # type: ignore[attr-defined]
        machine = frozenset(
            labels[one] for one in fields if _for_computers(model, one) or self._is_own(one, rows)
        )
        return Section(model._meta.label_lower, title, said, tuple(sorted(texts)), machine)

    def _is_own(self, one: models.Field[Any, Any], rows: list[Model]) -> bool:
        """Whether a field says of each row that it is theirs."""
        told = self.told.get(one.related_model, set())  # type: ignore[arg-type]
        return one.name in WHOSE and all(getattr(row, one.attname) in told for row in rows)

    def _value(self, row: Model, one: models.Field[Any, Any], title: str) -> Any:
        if one.is_relation:
            return self._who(one.related_model, getattr(row, one.attname), title)  # type: ignore[arg-type]
        value = one.value_from_object(row)
        if isinstance(row, Line) and one.name == "acting_for":
            return "you" if value in self.person.ids else self._who(Person, value, title)
        if one.choices:
            return getattr(row, f"get_{one.name}_display")()
        return value

    def _who(self, model: type[Model], pk: object, title: str) -> str | None:
        if pk is None:
            return None
        if (model, pk) in self.own:
            return "you"
        target = self.targets[model].get(pk)
        if not isinstance(target, Person | User):
            return str(target) if target is not None else f"{model._meta.verbose_name} {pk}"
        person = target if isinstance(target, Person) else self.people.get(target.pk)
        name = str(person) if person else target.get_full_name()  # type: ignore[union-attr]
        key = f"person:{person.pk}" if person else f"user:{pk}"
        named = self.others.setdefault(key, Named(key, name))
        if title not in named.sections:
            named.sections.append(title)
        return LEFT_OUT if key in self.left_out else name


def _title(model: type[Model]) -> str:
    """What rows of a kind are called: "Agreement lines: preferred carers" for mere links."""
    if title := TITLES.get(model._meta.label_lower):
        return title
    title = str(model._meta.verbose_name_plural)
    source: Any = model._meta.auto_created
    if source:
        name = next(
            one.verbose_name
            for one in source._meta.many_to_many
            if one.remote_field.through is model
        )
        title = f"{source._meta.verbose_name_plural}: {name}"
    return title[:1].upper() + title[1:]


def _labels(fields: Sequence[models.Field[Any, Any]]) -> dict[models.Field[Any, Any], str]:
    """What each field is called; where two are called the same, the second by its own name."""
    labels: dict[models.Field[Any, Any], str] = {}
    for one in fields:
        label = str(one.verbose_name)
        labels[one] = one.name if label in labels.values() else label
    return labels


def _for_computers(model: type[Model], one: models.Field[Any, Any]) -> bool:
    """Ids, stamps and links; and that a row is about "you", where it can be about nobody else."""
    people = [field_ for field_ in model._meta.concrete_fields if field_.related_model is Person]
    return (
        one.primary_key
        or one.name in MACHINE_FIELDS
        or f"{model._meta.label_lower}.{one.name}" in BODIES
        or (one.name == "person" and people == [one])
        or f"{model._meta.label_lower}.{one.name}" in OF_USER
    )


def _stays_out(model: type[Model], one: models.Field[Any, Any]) -> bool:
    return (
        one.name in SECRET
        or one.name.endswith("_currency")
        or f"{model._meta.label_lower}.{one.name}" in SECRET_ROWS
    )
