"""What I ask the secretary for: a copy of my data, another kind of membership."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from members import operations
from members.forms.asking import AskClassForm, AskDataForm
from members.models import Person
from members.rules.data_requests import due_on
from members.speaking_for import MEMBERSHIP, memberships_here


def me_data(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of my data. For the person alone."""
    by, today = actor_of(request), timezone.localdate()
    if by.user is None or by.acting_for is not None:
        raise Http404
    person = get_object_or_404(Person, user=by.user)
    form = AskDataForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = operations.ask_for_own_data(person=person, by=by)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(
                request, f"We have your request. You get the copy by {asked.due_on:%-d %B %Y}."
            )
            return redirect("members:me_data")
    return render(
        request,
        "members/me_data.html",
        {
            "form": form,
            "open": person.data_requests.open().first(),
            "due_on": due_on(today),
        },
        status=400 if form.errors else 200,
    )


def me_class(request: HttpRequest, number: int) -> HttpResponse:
    """Ask to move to another kind of membership."""
    mine = memberships_here(request, MEMBERSHIP).select_related("member_class")
    member = get_object_or_404(mine, number=number)
    form = AskClassForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            operations.ask_for_class(member=member, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The secretary has your request and answers you.")
            return redirect("members:me")
    return render(
        request,
        "members/me_class.html",
        {"form": form, "member": member},
        status=400 if form.errors else 200,
    )
