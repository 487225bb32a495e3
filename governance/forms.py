"""Forms of meetings, votes, tellers and the ballot paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import ClockField, DateBoxesField, RankField
from governance import rules
from governance.models import AgendaItem, Body, Candidate, Election, Meeting, Motion, Teller
from members.models import Member

LONG_TEXT = forms.Textarea(attrs={"rows": 5})


class MemberNumberField(forms.IntegerField):
    """A number in the register. Cleans to the Member, or None when left empty."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    default_error_messages = {"unknown": "Nobody in the register has the number %(number)s."}

    def clean(self, value: Any) -> Member | None:
        number = super().clean(value)
        if number is None:
            return None
        member = Member.objects.filter(number=number, ceased__isnull=True).first()
        if member is None:
            raise ValidationError(self.error_messages["unknown"], "unknown", {"number": number})
        return member

    def prepare_value(self, value: Any) -> Any:
        return value.number if isinstance(value, Member) else value


def together(day: dt.date, clock: dt.time) -> dt.datetime:
    """A day and a time of day in London as an instant."""
    return timezone.make_aware(dt.datetime.combine(day, clock))


# --- Meetings -------------------------------------------------------------------------------------


class BodyForm(forms.Form):
    """The rules about calling a meeting."""

    name = forms.CharField(
        label="Who meets", max_length=80, help_text="Such as “General meeting of members”."
    )
    rule = forms.CharField(
        label="By which of your rules",
        max_length=60,
        required=False,
        help_text="Such as “rule 42”.",
    )
    notice_days = forms.IntegerField(
        label="Clear days of notice",
        initial=14,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-suffix": "days"}),
        help_text="The day it is sent and the day of the meeting do not count.",
    )
    days_in_post = forms.IntegerField(
        label="How long a letter takes",
        initial=2,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-suffix": "days"}),
        help_text="These days do not count either.",
    )


class MeetingForm(forms.Form):
    """When and where, and who may vote."""

    body = forms.ModelChoiceField(Body.objects.none(), label="Who meets", empty_label=None)
    kind = forms.ChoiceField(
        label="What kind of meeting", choices=Meeting.Kind.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(label="Title", max_length=120)
    day = DateBoxesField(label="Day of the meeting")
    clock = ClockField(label="It begins at")
    place = forms.CharField(label="Place", max_length=200)
    joining = forms.CharField(
        label="How to join from home",
        max_length=300,
        required=False,
        help_text="A telephone number or a link.",
    )
    record_date = DateBoxesField(
        label="Record date",
        help_text="Whoever is in the register on this day may vote.",
    )
    notice_text = forms.CharField(
        label="A few words for the notice", required=False, widget=LONG_TEXT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.all()  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the operations take."""
        values = dict(self.cleaned_data)
        values["starts_at"] = together(values.pop("day"), values.pop("clock"))
        return values


def meeting_values(meeting: Meeting) -> dict[str, Any]:
    """A meeting as the form shows it."""
    names = ("body", "kind", "title", "place", "joining", "record_date", "notice_text")
    values = {name: getattr(meeting, name) for name in names}
    start = timezone.localtime(meeting.starts_at)
    return values | {"day": start.date(), "clock": start.time()}


class AgendaItemForm(forms.Form):
    """One item, with the words of a motion if it has one."""

    title = forms.CharField(label="Title", max_length=150)
    text = forms.CharField(
        label="What it is about", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    motion = forms.CharField(
        label="Words of the motion",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Exactly as it will be voted on. Leave it empty if nothing is decided.",
    )
    proposer = MemberNumberField(
        label="Proposed by member number",
        required=False,
        help_text="Leave it empty for a motion of the board.",
    )
    seconder = MemberNumberField(label="Seconded by member number", required=False)


def item_values(item: AgendaItem) -> dict[str, Any]:
    motion = item.motion_or_none
    values: dict[str, Any] = {"title": item.title, "text": item.text}
    if motion:
        values |= {
            "motion": motion.text,
            "proposer": motion.proposer,
            "seconder": motion.seconder,
        }
    return values


class NoticeElsewhereForm(forms.Form):
    """For notice that was given outside Weft."""

    sent_on = DateBoxesField(label="Day on which notice was given")


class PostedForm(forms.Form):
    """When the letters went."""

    posted_on = DateBoxesField(label="Day on which the letters were posted")


# --- Votes ----------------------------------------------------------------------------------------


class VoteForm(forms.Form):
    """What both kinds of vote have: a title, a few words, and when it ends."""

    title = forms.CharField(label="Title on the paper", max_length=120)
    explanation = forms.CharField(label="A few words for voters", required=False, widget=LONG_TEXT)
    closing_day = DateBoxesField(label="Last day to vote")
    closing_clock = ClockField(label="Voting closes at")

    def values(self) -> dict[str, Any]:
        """What the operations take."""
        values = dict(self.cleaned_data)
        values["closes_at"] = together(values.pop("closing_day"), values.pop("closing_clock"))
        return values


class ElectionForm(VoteForm):
    """An election of people."""

    seats = forms.IntegerField(
        label="Seats to fill",
        min_value=1,
        max_value=rules.MOST_CANDIDATES,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class MotionVoteForm(VoteForm):
    """A vote on a motion."""

    motion = forms.ModelChoiceField(
        Motion.objects.none(), label="Motion", empty_label=None, widget=forms.RadioSelect
    )
    threshold = forms.ChoiceField(
        label="To be carried it needs",
        choices=rules.THRESHOLD_CHOICES,
        initial=rules.MAJORITY.key,
        widget=forms.RadioSelect,
        help_text="As many for as against is lost: there is no casting vote.",
    )
    threshold_of = forms.ChoiceField(
        label="Of whom",
        choices=rules.BASE_CHOICES,
        initial=rules.Base.CAST.value,
        widget=forms.RadioSelect,
    )
    field_order = ("motion", "title", "explanation", "threshold", "threshold_of")

    def __init__(self, *args: Any, motions: Any = None, **kwargs: Any) -> None:
        """`motions` are those to choose from; without any the choice is not offered again."""
        super().__init__(*args, **kwargs)
        if motions is None:
            del self.fields["motion"]
        else:
            field = self.fields["motion"]
            field.queryset = motions  # type: ignore[attr-defined]
            field.label_from_instance = lambda motion: motion.item.title  # type: ignore[attr-defined]


def vote_values(election: Election) -> dict[str, Any]:
    """A vote as the form shows it."""
    names = ("title", "explanation", "seats", "threshold", "threshold_of")
    end = timezone.localtime(election.closes_at)
    values = {name: getattr(election, name) for name in names}
    return values | {"closing_day": end.date(), "closing_clock": end.time()}


class CandidateForm(forms.Form):
    """Who stands, and what they say."""

    member = MemberNumberField(label="Member number")
    name = forms.CharField(
        label="Name on the paper",
        max_length=80,
        required=False,
        help_text="Leave it empty for the name in the register.",
    )
    statement = forms.CharField(label="Statement", required=False, widget=LONG_TEXT)


class CandidateWordsForm(forms.Form):
    """What may change of a candidate."""

    name = forms.CharField(label="Name on the paper", max_length=80)
    statement = forms.CharField(label="Statement", required=False, widget=LONG_TEXT)


def candidate_values(candidate: Candidate) -> dict[str, Any]:
    return {"name": candidate.name, "statement": candidate.statement}


# --- Tellers --------------------------------------------------------------------------------------


class TellersForm(forms.Form):
    """Three people by name and e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, rules.TELLERS + 1):
            self.fields[f"name_{number}"] = forms.CharField(
                label=f"Teller {number}: name", max_length=150
            )
            self.fields[f"email_{number}"] = forms.EmailField(
                label=f"Teller {number}: e-mail address", max_length=254
            )

    def people(self) -> list[tuple[str, str]]:
        data = self.cleaned_data
        numbers = range(1, rules.TELLERS + 1)
        return [(data[f"name_{number}"], data[f"email_{number}"]) for number in numbers]


class PassphraseForm(forms.Form):
    """A passphrase, twice."""

    passphrase = forms.CharField(
        label="Passphrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=(
            f"At least {rules.SHORTEST_PASSPHRASE} characters. Four or five words that have "
            "nothing to do with each other are good."
        ),
    )
    again = forms.CharField(
        label="The same passphrase again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if again.strip() != str(self.cleaned_data.get("passphrase", again)).strip():
            raise ValidationError("The two are not the same.")
        return again


class PairForm(forms.Form):
    """Two tellers at one screen: the one who is signed in, and another."""

    first_passphrase = forms.CharField(
        label="Your passphrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    second = forms.ModelChoiceField(
        Teller.objects.none(), label="The other teller", empty_label=None, widget=forms.RadioSelect
    )
    second_passphrase = forms.CharField(
        label="The other teller’s passphrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="They type it themselves: you should not know it.",
    )

    def __init__(self, *args: Any, teller: Teller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Teller.objects.filter(meeting=teller.meeting_id).exclude(pk=teller.pk)
        field = self.fields["second"]
        field.queryset = others.select_related("user")  # type: ignore[attr-defined]
        field.label_from_instance = lambda other: other.user.get_full_name()  # type: ignore[attr-defined]


# --- Voting ---------------------------------------------------------------------------------------


class PreferencesForm(forms.Form):
    """The paper of an election: a number beside each name, or a blank paper on purpose."""

    mark_optional = False
    ranking = RankField(label="Number the candidates in the order you want them", required=False)
    blank = forms.BooleanField(
        label="I choose nobody: put in a blank paper",
        required=False,
        help_text="A blank paper shows that you took part. It helps no candidate.",
    )

    def __init__(self, *args: Any, options: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ranking"].choices = list(options.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "ranking" in data and not data["ranking"] and not data.get("blank"):
            self.add_error("ranking", "Put a 1 beside your first choice, or choose a blank paper.")
        if data.get("ranking") and data.get("blank"):
            self.add_error(
                "blank", "You numbered somebody: either take this tick or the numbers away."
            )
        return data

    def choices(self) -> list[int]:
        """Numbers on the paper, best first."""
        return [int(key) for key in self.cleaned_data["ranking"]]

    def kept(self) -> dict[str, object]:
        """What the next page must send again."""
        ranks: dict[str, object] = {
            f"ranking_{key}": rank for rank, key in enumerate(self.choices(), 1)
        }
        return ranks or {"blank": "on"}


class AnswerForm(forms.Form):
    """The paper of a motion: one answer."""

    answer = forms.TypedChoiceField(
        label="Your vote",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose For, Against or Abstain."},
    )

    def __init__(self, *args: Any, options: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = list(options.items())  # type: ignore[attr-defined]

    def choices(self) -> list[int]:
        """The number of the answer."""
        return [self.cleaned_data["answer"]]

    def kept(self) -> dict[str, object]:
        """What the next page must send again."""
        return {"answer": self.cleaned_data["answer"]}


class ReceiptForm(forms.Form):
    """A code to look for."""

    code = forms.CharField(
        label="Your receipt code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Such as 7KQ2-M0XD-93TA-B6YF. Dashes and capitals do not matter.",
    )
