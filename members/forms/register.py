"""The register: as at which day, whom to look for, and who has left."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone

from core.forms import DateBoxesField, not_to_come
from members.models import MemberClass, Withdrawal

WHO = {
    "": "Members, and former ones with shares",
    "members": "Members only",
    "former": "Former members",
    "all": "Everyone ever entered",
}


class RegisterFilter(forms.Form):
    mark_optional = False
    on = forms.DateField(
        label="As at", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    member_class: forms.ModelChoiceField[MemberClass] = forms.ModelChoiceField(
        label="Kind of member",
        queryset=MemberClass.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="All",
    )

    who = forms.ChoiceField(
        label="Who",
        choices=list(WHO.items()),
        required=False,
    )

    #: The words of the search stay in the session, under this key.
    found = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    def clean_on(self) -> dt.date | None:
        return not_to_come(self.cleaned_data["on"])

    @property
    def day(self) -> dt.date:
        """The day asked for; today, where none was or it cannot be."""
        on: dt.date | None = self.cleaned_data.get("on") if self.is_valid() else None
        return on or timezone.localdate()

    def narrowed_to(self, search: str) -> str:
        """What is shown of the register, for the head of an extract; empty for the whole of it."""
        wanted = self.cleaned_data if self.is_valid() else {}
        parts = [
            f"found by “{search}”" if search else "",
            wanted["member_class"].name if wanted.get("member_class") else "",
            WHO[wanted["who"]].lower() if wanted.get("who") in ("members", "former") else "",
        ]
        return ", ".join(part for part in parts if part)


class SearchForm(forms.Form):
    """Posted, so that no name ends up in an address."""

    mark_optional = False
    q = forms.CharField(label="Number or name", max_length=100, required=False)


class EndForm(forms.Form):
    """The end of a membership: the day, the reason, and what becomes of the shares."""

    on = DateBoxesField(
        label="First day on which they are no longer a member",
        help_text="The entry and its number stay in the register.",
    )
    reason = forms.ChoiceField(
        label="How it ends",
        choices=[
            ("resigned", "They wrote or said that they leave"),
            ("ground", "The ground of their kind of membership has ended"),
            ("other", "Another reason, as the board decided"),
        ],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label="Why",
        max_length=80,
        required=False,
        help_text="Not needed of who leaves by themselves. The register and the member's letter "
        "say it.",
    )
    minute = forms.CharField(
        label="Number of the minute",
        max_length=24,
        required=False,
        help_text="Where the board decided. For example 2026/14.2",
    )
    shares = forms.ChoiceField(
        label="Their shares",
        choices=[
            ("left", "Are to be paid for, in turn"),
            ("gift", "Are given to the co-op"),
            ("", "Nothing was said: they stay for now"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_shares(self) -> Withdrawal.Why | None:
        return Withdrawal.Why(self.cleaned_data["shares"]) if self.cleaned_data["shares"] else None


class TakeBackEndForm(forms.Form):
    why = forms.CharField(
        label="What was wrong",
        max_length=120,
        help_text="The audit trail keeps that a reason was given, and not its words.",
    )
