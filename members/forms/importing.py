"""A file of members: choosing it, and which of its columns is which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from members.importing import COLUMNS, MAX_BYTES, MAX_ROWS


class ImportFileForm(forms.Form):
    file = forms.FileField(
        label="The file",
        help_text=f"CSV, or the first sheet of an XLSX: up to {MAX_ROWS:,} rows and "
        f"{MAX_BYTES // 1024**2} MB. Nothing is changed before you have seen what it would do.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )


class ImportColumnsForm(forms.Form):
    """Our columns, each with the heading that it has in the file."""

    def __init__(
        self, *args: Any, headings: Sequence[str], columns: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Not in this file"), *((heading, heading) for heading in headings)]
        for column in COLUMNS:
            self.fields[column.name] = forms.ChoiceField(
                label=column.label,
                choices=choices,
                required=column.required,
                initial=columns.get(column.name, ""),
                help_text=column.allowed,
                error_messages={"required": f"Choose the column for “{column.label}”."},
            )

    def must(self) -> Iterator[forms.BoundField]:
        """What a file must have."""
        return (self[column.name] for column in COLUMNS if column.required)

    def may(self) -> Iterator[forms.BoundField]:
        """What it may have."""
        return (self[column.name] for column in COLUMNS if not column.required)

    def columns(self) -> dict[str, str]:
        return {name: heading for name, heading in self.cleaned_data.items() if heading}
