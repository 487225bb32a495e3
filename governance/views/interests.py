"""The register of interests: one's own, those of who sits beside one, and for the secretary all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.forms import refusals_on
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from governance import operations
from governance.forms.interests import InterestEndForm, StandingInterestForm
from governance.models import Interest, Seat
from governance.operations.own_hand import KEEPS
from governance.sitting import Sitting, sitting_on
from governance.views.form_page import form_page, meetings_trail
from governance.views.found import user_of
from members.models import Person

PER_PAGE = 25


def register_of_interests(request: HttpRequest) -> HttpResponse:
    """Who sits on a body that this person sits on, with their interests; the secretary sees all."""
    user, today = user_of(request), timezone.localdate()
    rows = sitting_on(Seat.objects.seen_by(user, today), today)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    _note_reading(request, list(page))
    context = {
        "page": page,
        "mine": next((one for one in rows if one.person.user_id == user.pk), None),
        "waiting": [one for one in rows if not one.confirmed] if user.has_perm(KEEPS) else [],
    }
    return render(request, "governance/register_of_interests.html", context)


def _note_reading(request: HttpRequest, rows: list[Sitting]) -> None:
    people = [one.person.pk for one in rows]
    audit.record_reading(actor_of(request), people, "identity", ReadWhy.LIST)


@requires(KEEPS)
def interests_csv(request: HttpRequest) -> HttpResponse:
    """The register as it stands, as a table."""
    today = timezone.localdate()
    rows = sitting_on(Seat.objects.seen_by(user_of(request), today), today)
    _note_reading(request, rows)
    head = ("Name", "Sits on", "Confirmed on", "Kind", "Interest", "From", "Until")
    lines: list[tuple[Any, ...]] = []
    for one in rows:
        who = (str(one.person), ", ".join(one.bodies), one.confirmed_on or "")
        lines += [
            (*who, each.get_kind_display(), each.text, each.since, each.until or "")
            for each in one.interests
        ] or [(*who, "", "None" if one.confirmed_on else "", "", "")]
    return csv_response(f"interests-{today}.csv", head, lines)


def _person_for(request: HttpRequest, pk: int) -> Person:
    """Oneself; for the secretary anybody who sits on a body."""
    user, today = user_of(request), timezone.localdate()
    seats = Seat.objects.held_from(today)
    if not user.has_perm(KEEPS):
        seats = seats.filter(person__user=user)
    return get_object_or_404(Person, pk=pk, pk__in=seats.values("person"))


def interests_of(request: HttpRequest, person_pk: int) -> HttpResponse:
    """All that somebody has declared, now and before; and a form for one more."""
    person, today = _person_for(request, person_pk), timezone.localdate()
    form = StandingInterestForm(request.POST or None, initial={"since": today})
    if form.is_valid():
        with refusals_on(form):
            operations.declare_standing_interest(
                person=person, today=today, by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Declared.")
            return redirect("governance:interests_of", person_pk)
    audit.record_reading(actor_of(request), [person.pk], "identity")
    context = {
        "person": person,
        "form": form,
        "interests": person.interests.order_by("until", "-since"),
        "confirmed": person.interests_confirmed.last(),
        "own": person.user_id == user_of(request).pk,
    }
    return render(request, "governance/interests_of.html", context)


@require_POST
def interests_confirm(request: HttpRequest, person_pk: int) -> HttpResponse:
    """It is right and whole."""
    person = _person_for(request, person_pk)
    operations.confirm_interests(person=person, on=timezone.localdate(), by=actor_of(request))
    messages.success(request, "Confirmed for a year.")
    return redirect("governance:interests_of", person_pk)


def interest_end(request: HttpRequest, interest_pk: int) -> HttpResponse:
    """They have nothing to do with it any more."""
    found = get_object_or_404(Interest.objects.select_related("person"), pk=interest_pk)
    person = _person_for(request, found.person_id)
    if found.until:
        raise PermissionDenied("ended")
    form = InterestEndForm(request.POST or None, initial={"until": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            operations.end_standing_interest(
                interest=found, by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Noted. That you had it stays in the register.")
            return redirect("governance:interests_of", person.pk)
    address = reverse("governance:interests_of", args=[person.pk])
    register = ("Interests", reverse("governance:register_of_interests"))
    return form_page(
        request,
        form,
        "It is over",
        button="It is over",
        trail=[*meetings_trail(), register, (str(person), address)],
        says=found.text,
    )
