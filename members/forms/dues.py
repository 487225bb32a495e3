"""Charging dues, and waiving them."""

from __future__ import annotations

import calendar
from typing import Any

from django import forms
from django.utils import timezone

from ledger.models import Order
from ledger.money import in_words, pence_of
from members.models import MemberClass


class StartDuesForm(forms.Form):
    """Which month's dues to charge: those in which a class has dues that fall due."""

    mark_optional = False
    month = forms.TypedChoiceField(label="Dues that fall due in", coerce=int)
    year = forms.TypedChoiceField(label="Year", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        months = MemberClass.objects.filter(yearly_dues__gt=0).order_by("dues_month")
        wanted = dict.fromkeys(months.values_list("dues_month", flat=True))
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (month, calendar.month_name[month]) for month in wanted
        ]
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            (year, str(year)) for year in (today.year, today.year - 1)
        ]


class WaiveForm(forms.Form):
    because = forms.CharField(
        label="Why are these dues waived?",
        max_length=120,
        help_text="For the books and the auditor; the member does not see it.",
    )


class WaivePartPaidForm(WaiveForm):
    """Of dues that are paid in part: the rest alone, or all of them."""

    keep_paid = forms.TypedChoiceField(
        label="What is waived?",
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "Say what is waived."},
    )
    field_order = ["keep_paid", "because"]

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paid, rest = (in_words(pence_of(one)) for one in (order.paid_so_far, order.still_to_pay))
        self.fields["keep_paid"].choices = [  # type: ignore[attr-defined]
            (
                True,
                f"The rest: {rest} is asked for no more, and the {paid} that came stays with us",
            ),
            (False, f"All of it: the {paid} that came goes back"),
        ]
