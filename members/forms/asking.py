"""What a member asks the secretary for."""

from __future__ import annotations

from typing import Any

from django import forms

from members.forms.joining import ClassChoice
from members.models import Member, MemberClass


class AskDataForm(forms.Form):
    """Nothing to fill in: asking is enough."""


class AskClassForm(forms.Form):
    wanted = ClassChoice(
        label="Which kind of member would you be?",
        queryset=MemberClass.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the kind of member."},
    )
    why = forms.CharField(
        label="What has changed?",
        max_length=500,
        required=False,
        help_text="In a few words. Only the secretary reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = MemberClass.objects.filter(for_organisations=member.member_class.for_organisations)
        self.fields["wanted"].queryset = alike.exclude(pk=member.member_class_id)  # type: ignore[attr-defined]
