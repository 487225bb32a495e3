"""The death of somebody who is no member."""

from __future__ import annotations

from django import forms

from core.forms import DateBoxesField


class PersonDeathForm(forms.Form):
    died_on = DateBoxesField(label="Day of death")
