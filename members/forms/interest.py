"""Share interest: a draft, its approval, the day on which the bank paid."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from core.forms import DateBoxesField, PercentField
from members.models import ShareClass, SocietyRules
from members.rules.interest import tax_year_of


class DraftForm(forms.Form):
    share_class: forms.ModelChoiceField[ShareClass] = forms.ModelChoiceField(
        label="Class of shares", queryset=ShareClass.objects.all(), empty_label=None
    )
    first_on = DateBoxesField(label="First day")
    last_on = DateBoxesField(label="Last day")
    rate = PercentField(label="Rate", suffix="% a year")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        year = timezone.localdate().year - 1
        kwargs.setdefault(
            "initial", {"first_on": dt.date(year, 1, 1), "last_on": dt.date(year, 12, 31)}
        )
        super().__init__(*args, **kwargs)
        highest = SocietyRules.current().highest_interest
        self.fields["rate"].help_text = f"The rules allow up to {highest} per cent."


class ApproveForm(forms.Form):
    on = DateBoxesField(label="General meeting of")
    minute = forms.CharField(
        label="Number of the minute", max_length=60, help_text="For example AGM 2026/7"
    )


class PaidForm(forms.Form):
    paid_on = DateBoxesField(label="Day on which the bank paid")


class TaxYearForm(forms.Form):
    mark_optional = False
    begins = forms.TypedChoiceField(label="Tax year", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = tax_year_of(timezone.localdate())
        self.fields["begins"].choices = [  # type: ignore[attr-defined]
            (year, f"6 April {year} to 5 April {year + 1}") for year in range(now, now - 7, -1)
        ]
