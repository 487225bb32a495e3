"""The forms of the society's rules and of its classes of membership, with plain help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from core.forms import MONTHS, PercentField, PoundsField
from members.forms.seen import SeenForm
from members.models import MemberClass, ShareClass, SocietyRules
from members.operations.society import CLASS_FIELDS, RULE_FIELDS

MONTH_CHOICES = [(number, name.capitalize()) for number, name in enumerate(MONTHS, start=1)]


def _number(label: str, *, suffix: str = "", help_text: str = "", **limits: Any) -> Any:
    attrs = {"inputmode": "numeric"} | ({"data-suffix": suffix} if suffix else {})
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=limits.pop("min_value", 0),
        max_value=limits.pop("max_value", 1000),
        widget=forms.TextInput(attrs=attrs),
        **limits,
    )


class _RowForm(SeenForm):
    """Says which fields differ from its row."""

    names: tuple[str, ...] = ()

    def __init__(self, *args: Any, row: SocietyRules | MemberClass, **kwargs: Any) -> None:
        super().__init__(*args, row=row, names=self.names, **kwargs)

    def changes(self) -> Mapping[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in self.names if data[name] != getattr(self.row, name)}


class SocietyRulesForm(_RowForm):
    names = RULE_FIELDS

    shares_paid_first = forms.BooleanField(
        label="Shares must be paid for before the board admits", required=False
    )
    most_shares_value = PoundsField(
        label="Most withdrawable shares of one member",
        help_text="The law allows up to £100,000. It does not bind members that are societies.",
    )
    notice_days = _number(
        "Notice before shares are paid back",
        suffix="days",
        help_text="Counted from the day on which a member asks. Requests that run already keep the "
        "notice of that day.",
    )
    nomination_limit = PoundsField(
        label="Most that nominations pass on when a member dies",
        help_text="The law says £5,000. What is above it goes to the estate.",
    )
    highest_interest = PercentField(
        label="Highest interest on shares",
        suffix="% a year",
        help_text="No interest run can go above it.",
    )
    interest_report_from = PoundsField(
        label="Interest to report from",
        help_text="Members paid this much in a year are on the list for the tax return.",
    )
    collection_notice_days = _number(
        "Notice before a Direct Debit",
        suffix="working days",
        help_text="We tell the payer amount and day so long before.",
    )
    reminder_days = _number(
        "Between reminders of dues",
        suffix="days",
        help_text="Not paying dues never ends a membership by itself.",
    )


class MemberClassForm(_RowForm):
    names = CLASS_FIELDS

    code = forms.CharField(
        label="Code",
        max_length=20,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$", "Use small letters, figures and dashes.")],
        help_text="A short word for files and imports, such as family. It never changes.",
    )
    name = forms.CharField(label="Name", max_length=60)
    who = forms.CharField(
        label="Who may join", max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence = forms.CharField(
        label="What shows it",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Applicants read this. Empty: nothing is asked for.",
    )
    evidence_lasts_months = _number(
        "Evidence counts for", suffix="months", help_text="0: it does not run out."
    )
    is_user_class = forms.BooleanField(
        label="They use the service",
        required=False,
        help_text="Counts as users where the rules speak of them.",
    )
    for_organisations = forms.BooleanField(
        label="For organisations, not for people",
        required=False,
        help_text="Cannot change while there are members in the class.",
    )
    minimum_age = _number("Lowest age", suffix="years", max_value=120)
    order = _number("Place in lists", help_text="1 comes first.")

    share_class: forms.ModelChoiceField[ShareClass] = forms.ModelChoiceField(
        label="Shares that they hold", queryset=ShareClass.objects.all(), empty_label=None
    )
    minimum_shares = _number("Fewest shares", min_value=1, max_value=10**6)
    maximum_shares = _number("Most shares", min_value=1, max_value=10**8)
    joining_fee = PoundsField(label="Joining fee", help_text="Paid once. 0: none.")
    yearly_dues = PoundsField(label="Dues a year", help_text="0: none.")
    dues_month = forms.TypedChoiceField(label="Dues fall due in", choices=MONTH_CHOICES, coerce=int)

    ground_months = _number(
        "Only after",
        suffix="months",
        help_text="Of whatever is the ground for joining, support for example. 0: at once.",
    )
    ground_hours_a_week = forms.DecimalField(
        label="With at least",
        max_digits=4,
        decimal_places=1,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-suffix": "hours a week"}),
    )
    on_lapse = forms.ChoiceField(
        label="When the ground ends",
        choices=MemberClass._meta.get_field("on_lapse").flatchoices,
        widget=forms.RadioSelect,
        help_text="Evidence that has run out never ends a membership by itself.",
    )
    entry_needs_consent = forms.BooleanField(
        label="Moving into it needs the board’s consent", required=False
    )

    constituency = forms.CharField(
        label="Votes with", max_length=60, help_text="Whose votes are counted together."
    )
    most_votes_percent = _number(
        "Highest share of all votes",
        suffix="%",
        required=False,
        max_value=100,
        help_text="Empty: no limit. For investors often 10.",
    )
    may_control = forms.BooleanField(
        label="May have the majority of a vote",
        required=False,
        help_text="Without it the class never decides a vote alone, however many it is.",
    )

    SECTIONS = (
        (
            "Who",
            "code name who evidence evidence_lasts_months is_user_class for_organisations "
            "minimum_age order",
        ),
        (
            "Shares and money",
            "share_class minimum_shares maximum_shares joining_fee yearly_dues dues_month",
        ),
        ("The ground", "ground_months ground_hours_a_week on_lapse entry_needs_consent"),
        ("Votes", "constituency most_votes_percent may_control"),
    )

    def __init__(self, *args: Any, row: MemberClass, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.initial["share_class"] = row.share_class.pk if row.share_class_id else None
        if row.pk:
            del self.fields["code"]

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The boxes under their headings."""
        return [
            (title, [self[name] for name in names.split() if name in self.fields])
            for title, names in self.SECTIONS
        ]
