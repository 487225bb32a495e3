"""How Weft's forms look, what their buttons send, and where a refusal is shown."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from django import forms
from django.forms.renderers import TemplatesSetting

from core.errors import RuleError


class WeftRenderer(TemplatesSetting):
    """Django's form renderer with Weft's templates for whole forms, fields and formsets."""

    form_template_name = "core/forms/form.html"
    field_template_name = "core/forms/field.html"
    formset_template_name = "core/forms/formset.html"


def row_ids(texts: Iterable[str]) -> list[int]:
    """The ids of rows among what a page sent; what no database counts up to is nobody's id."""
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]


def show_refusal(form: forms.BaseForm, error: RuleError) -> None:
    """Put a refusal beside the field it is about, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


class refusals_on:  # noqa: N801  (used like a function)
    """`with refusals_on(form): …`: a RuleError raised inside is shown on the form."""

    def __init__(self, form: forms.BaseForm) -> None:
        self.form = form

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if isinstance(error, RuleError):
            show_refusal(self.form, error)
            return True
        return False
