"""The death of somebody who is no member, noted and, on the same day, taken back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from members import operations
from members.forms.deaths import PersonDeathForm
from members.forms.leaving import ReopenForm
from members.models import Person
from members.operations.deaths_of_others import death_noted_today
from members.views.people import get_person


@requires("members.keep_register")
def person_death(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a person has died; of a member it is noted at the entry in the register."""
    found = get_person(pk)
    if member := found.memberships.order_by("-number").first():
        return redirect("members:death", number=member.number)
    form = PersonDeathForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.note_death_of_person(person=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted. From now on nothing is sent to them.")
            return redirect("members:person", pk=found.pk)
    return _show(request, found, form)


@requires("members.keep_register")
@require_POST
def person_death_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    found, form = get_person(pk), ReopenForm(request.POST)
    if form.is_valid():
        try:
            operations.reopen_death_of_person(
                person=found, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Taken back: everything goes on as before.")
            return redirect("members:person", pk=found.pk)
    return _show(request, found, form)


def _show(request: HttpRequest, person: Person, form: forms.Form) -> HttpResponse:
    """The form to note it, or that to take it back while that can be done."""
    audit.record_reading(actor_of(request), [person.pk], "identity")
    if person.died_on and isinstance(form, PersonDeathForm):
        form = ReopenForm()
    return render(
        request,
        "members/person_death.html",
        {
            "person": person,
            "form": form,
            "offices": person.offices.standing().filter(until=None),
            "may_reopen": bool(person.died_on and death_noted_today(person)),
        },
        status=400 if form.errors else 200,
    )
