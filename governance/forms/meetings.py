"""Forms of meetings: when and where, the agenda, the notice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from core.forms import ClockField, DateBoxesField
from governance.forms.fields import LONG_TEXT, MemberNumberField, together
from governance.models import Adjournment, AgendaItem, Body, Meeting, Motion, Series, ShorterNotice
from members.models import Person


def held_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="How it is held",
        choices=Meeting.Held.choices,
        initial=Meeting.Held.ROOM,
        widget=forms.RadioSelect,
    )


def place_field() -> forms.CharField:
    return forms.CharField(label="Place", max_length=200, required=False)


def joining_field() -> forms.CharField:
    return forms.CharField(
        label="How to join from home",
        max_length=300,
        required=False,
        help_text="A telephone number or a link.",
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
    held, place, joining = held_field(), place_field(), joining_field()
    record_date = DateBoxesField(
        label="Record date",
        help_text="Whoever is in the register on this day may vote.",
    )
    notice_text = forms.CharField(
        label="A few words for the notice", required=False, widget=LONG_TEXT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = Body.objects.standing()
        field: Any = self.fields["body"]
        field.queryset = standing
        field.initial = standing.filter(kind=Body.Kind.GENERAL).first()

    def values(self) -> dict[str, Any]:
        """What the operations take."""
        values = dict(self.cleaned_data)
        values["starts_at"] = together(values.pop("day"), values.pop("clock"))
        return values


class AdjournForm(forms.Form):
    """Why a meeting goes on another day, and when."""

    mark_optional = False
    why = forms.ChoiceField(label="Why", choices=Adjournment.Why.choices, widget=forms.RadioSelect)
    day = DateBoxesField(
        label="On which day (empty: the same day next week)",
        required=False,
        help_text="The agenda, the roll and proxies stay.",
    )
    clock = ClockField(label="At which time (empty: the same time)", required=False)
    place = forms.CharField(label="Where (empty: the same place)", max_length=200, required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        start = timezone.localtime(self.meeting.starts_at)
        to = together(data["day"], data["clock"] or start.time()) if data["day"] else None
        return {"why": data["why"], "to": to, "place": data["place"]}


def meeting_values(meeting: Meeting) -> dict[str, Any]:
    """A meeting as the form shows it."""
    names = ["body", "kind", "title", "held", "place", "joining", "record_date", "notice_text"]
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
    motion_kind = forms.ChoiceField(
        label="What the motion is",
        choices=Motion.Kind.choices,
        initial=Motion.Kind.ORDINARY,
        widget=forms.RadioSelect,
        help_text="It decides what the motion needs: your rules and the Act ask more for some.",
    )
    confirms = forms.ModelChoiceField(
        Motion.objects.none(),
        label="It confirms what a first meeting passed",
        required=False,
        empty_label="No",
        help_text="The motion then has the same words.",
    )

    def __init__(self, *args: Any, body: Body | None = None, **kwargs: Any) -> None:
        """`body` is that of the meeting: what its earlier meetings passed can be confirmed."""
        super().__init__(*args, **kwargs)
        passed = Motion.objects.filter(item__meeting__body=body, state=Motion.State.TO_CONFIRM)
        if body is None or not passed.exists():
            del self.fields["confirms"]
            return
        field = self.fields["confirms"]
        field.queryset = passed.select_related("item__meeting")  # type: ignore[attr-defined]
        field.label_from_instance = lambda motion: (  # type: ignore[attr-defined]
            f"{motion.item.title} ({motion.item.meeting.title})"
        )


def item_values(item: AgendaItem) -> dict[str, Any]:
    motion = item.motion_or_none
    values: dict[str, Any] = {"title": item.title, "text": item.text}
    if motion:
        values |= {
            "motion": motion.text,
            "proposer": motion.proposer,
            "seconder": motion.seconder,
            "motion_kind": motion.kind,
            "confirms": motion.confirms,
        }
    return values


class NoticeElsewhereForm(forms.Form):
    """For notice that was given outside Weft."""

    sent_on = DateBoxesField(label="Day on which notice was given")


class PlaceForm(forms.Form):
    """A called meeting goes elsewhere."""

    held, place, joining = held_field(), place_field(), joining_field()


class CallOffForm(forms.Form):
    """Why a meeting is called off. A draft needs no reason: nobody has heard of it."""

    because = forms.CharField(label="Why", widget=LONG_TEXT, help_text="Members read this.")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not meeting.had_notice:
            self.fields["because"].required = False
            self.fields["because"].help_text = "Nobody has been told of this meeting yet."


class ShorterNoticeForm(forms.Form):
    """Who agrees to shorter notice: a member by number, or somebody who sits on the body."""

    mark_optional = False
    member = MemberNumberField(label="Register number of who agrees")
    person = forms.ModelChoiceField(Person.objects.none(), label="Who agrees")
    way = forms.ChoiceField(
        label="How they said so", choices=ShorterNotice.Way.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if meeting.body.is_of_members:
            del self.fields["person"]
            return
        del self.fields["member"]
        seats = meeting.body.seats.held_on(meeting.day)
        field: Any = self.fields["person"]
        field.queryset = Person.objects.filter(pk__in=seats.values("person"))


class SeriesForm(forms.Form):
    """Which body meets regularly, when and where."""

    body = forms.ModelChoiceField(Body.objects.none(), label="Who meets", empty_label=None)
    title = forms.CharField(label="Title of each meeting", max_length=120)
    often = forms.ChoiceField(
        label="How often", choices=Series.Often.choices, widget=forms.RadioSelect
    )
    first_on = DateBoxesField(
        label="Day of the first meeting",
        help_text="It sets the weekday. By months it also sets which one of the month it is, such "
        "as the second Tuesday.",
    )
    clock = ClockField(label="It begins at")
    held, place, joining = held_field(), place_field(), joining_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.standing()  # type: ignore[attr-defined]
