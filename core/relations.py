"""Every row that points at a row, whichever app it is in.

For putting two rows together that are one thing, and for telling somebody all that is held about
them: neither may forget a relation that an app added later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction


@dataclass(frozen=True)
class Relation:
    """A foreign key, or one side of a many-to-many link: `field` of `model`."""

    model: type[models.Model]
    field: str

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def rows(self) -> models.QuerySet[Any]:
        return self.model._base_manager.all()

    def rows_of(self, ids: Any) -> models.QuerySet[Any]:
        """The rows that point at any of these."""
        return self.rows.filter(**{f"{self.field}__in": ids})


class CannotMove(Exception):  # noqa: N818  the rows may be right: it is for a person to decide
    """The database refuses: both rows have what there can be only one of."""

    def __init__(self, relation: Relation) -> None:
        super().__init__(str(relation))
        self.relation = relation


def relations_to(target: type[models.Model]) -> list[Relation]:
    """By which fields rows of any app point at rows of `target`, in the order of their names."""
    found = [
        Relation(model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if field.is_relation and field.related_model is target
    ]
    return sorted(found, key=str)


def move(relation: Relation, gone: models.Model, kept: models.Model) -> int:
    """Point all rows of one relation from `gone` to `kept`; returns how many.

    A many-to-many link that both have is one link afterwards. Raises CannotMove.
    """
    rows = relation.rows_of([gone.pk])
    if relation.model._meta.auto_created:
        other = next(
            field.name
            for field in relation.model._meta.local_concrete_fields
            if field.is_relation and field.name != relation.field
        )
        twins = relation.rows_of([kept.pk]).values(other)
        rows.filter(**{f"{other}__in": twins}).delete()
    try:
        with transaction.atomic():
            return rows.update(**{relation.field: kept})
    except IntegrityError as error:
        raise CannotMove(relation) from error
