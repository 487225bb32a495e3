"""A member's own page."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import User
from members import operations
from members.forms import contact_form
from members.models import Member, Person


def me(request: HttpRequest) -> HttpResponse:
    """My membership, and those of organisations I act for."""
    user = cast(User, request.user)
    today = timezone.localdate()
    person = Person.objects.filter(user=user).first()
    memberships = Member.objects.of_user(user, today).with_shares(today).select_related(
        "person", "organisation", "member_class"
    )
    if person:
        audit.record_reading(actor_of(request), [person.pk], "contact")
    return render(
        request,
        "members/me.html",
        {"person": person, "memberships": memberships, "today": today},
    )


def me_contact(request: HttpRequest) -> HttpResponse:
    """Change my own contact details."""
    person = get_object_or_404(Person, user=cast(User, request.user))
    form = contact_form(person, request.POST or None, own=True)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_contact(of=person, contact=form.details(), by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Your contact details are changed.")
            return redirect("members:me")
    audit.record_reading(actor_of(request), [person.pk], "contact")
    return render(
        request,
        "members/me_contact.html",
        {"form": form},
        status=400 if form.errors else 200,
    )
