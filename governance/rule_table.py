"""A body's rules as a page shows them: heading, rule, what it says, and where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from governance.forms.bodies import SUFFIXES, fields_of, label_of
from governance.models import RuleSet


@dataclass(frozen=True)
class RuleRow:
    """One rule: what it is about, what it says, and the number of the society's rule."""

    about: str
    says: str
    source: str


def rule_table(rule_set: RuleSet) -> list[tuple[str, list[RuleRow]]]:
    """The headings, each with its rules in words."""
    return [
        (heading, [_row(rule_set, name) for name in names])
        for heading, names in fields_of(rule_set.body.kind)
    ]


def _row(rule_set: RuleSet, name: str) -> RuleRow:
    field = RuleSet._meta.get_field(name)
    assert isinstance(field, models.Field)
    about = label_of(name, rule_set.body.kind)
    says = _says(rule_set, field, getattr(rule_set, name))
    return RuleRow(about[:1].upper() + about[1:], says, rule_set.sources.get(name, ""))


def _says(rule_set: RuleSet, field: models.Field[Any, Any], value: Any) -> str:
    if field.choices:
        return str(getattr(rule_set, f"get_{field.name}_display")())
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {number}" for name, number in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(value) or "–"
    unit = SUFFIXES.get(field.name, "")
    return f"{value}{'' if unit == '%' else ' '}{unit}".strip()
