"""Forms of the statutory diary."""

from django import forms

from core.forms import DateBoxesField


class FiledForm(forms.Form):
    """When it was sent in, and under which reference."""

    filed_on = DateBoxesField(label="Sent in on")
    reference = forms.CharField(
        label="Reference", max_length=60, help_text="Or the day of the acknowledgement."
    )
