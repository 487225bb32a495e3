"""Carers: the list, one carer's skills, hours and absences."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from members.entered import email_lately_entered
from members.models import Qualification
from members.operations import qualify
from rota.forms import AbsenceForm, CarerForm, FindCarerForm, HoursForm, NewCarerForm, SkillForm
from rota.models import Absence, AvailabilityPattern, Carer
from rota.operations import (
    Hours,
    add_absence,
    add_carer,
    change_carer,
    end_hours,
    free_visits,
    let_carer_sign_in,
    remove_absence,
    set_hours,
)
from rota.views.shared import tried

#: A check that ends within so many days is shown as running out.
SOON = dt.timedelta(days=60)


def _with_skills() -> Any:
    held = Qualification.objects.select_related("skill").order_by("skill__name", "-since")
    return Carer.objects.select_related("person__user").prefetch_related(
        Prefetch("person__qualifications", queryset=held, to_attr="held")
    )


def _skills(carer: Carer, today: dt.date) -> list[dict[str, Any]]:
    """What a carer holds, with a word and a tone for how long it still counts."""
    shown = []
    for one in carer.person.held:  # type: ignore[attr-defined]
        if one.until is None:
            state, tone = "no end", "good"
        elif one.until < today:
            state, tone = "ran out", "bad"
        elif one.until <= today + SOON:
            state, tone = "runs out soon", "warn"
        else:
            state, tone = "counts", "good"
        shown.append({"name": one.skill.name, "row": one, "state": state, "tone": tone})
    return shown


@requires("rota.manage_carers")
def carers(request: HttpRequest) -> HttpResponse:
    form = FindCarerForm(request.GET)
    found = _with_skills()
    if form.is_valid():
        for word in form.cleaned_data["q"].split():
            found = found.filter(
                Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
            )
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    today, now = timezone.localdate(), timezone.now()
    away = set(Absence.objects.between(now, now).values_list("carer", flat=True))
    rows = [
        {"carer": carer, "skills": _skills(carer, today), "away": carer.pk in away}
        for carer in page.object_list
    ]
    return render(request, "rota/carers.html", {"form": form, "page": page, "rows": rows})


@requires("rota.manage_carers")
def carer(request: HttpRequest, pk: int) -> HttpResponse:
    """One carer: skills with their last day, hours of the week, absences."""
    row = get_object_or_404(_with_skills(), pk=pk)
    today = timezone.localdate()
    patterns = row.availability.filter(Q(until__isnull=True) | Q(until__gte=today))
    week: dict[str, list[AvailabilityPattern]] = {}
    for pattern in patterns:
        week.setdefault(pattern.get_weekday_display(), []).append(pattern)
    absences = row.absences.filter(ends_at__gte=timezone.now() - dt.timedelta(days=90))
    context = {
        "carer": row,
        "email_entered": email_lately_entered(row.person, today),
        "skills": _skills(row, today),
        "week": week,
        "absences": absences,
        "today": today,
        "now": timezone.now(),
    }
    return render(request, "rota/carer.html", context)


@requires("rota.manage_carers")
def new_carer(request: HttpRequest) -> HttpResponse:
    form = NewCarerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = add_carer(
                person=data["person"], since=data["since"], **form.facts(), by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            return redirect("rota:carer", pk=made.pk)
    return render(request, "rota/new_carer.html", {"form": form})


@requires("rota.manage_carers")
def edit_carer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Carer.objects.select_related("person"), pk=pk)
    initial = {
        "mode": row.mode,
        "contract_hours": row.contract_minutes / 60,
        "weekly_cap_hours": row.weekly_cap_minutes / 60,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "until": row.until,
    }
    form = CarerForm(request.POST or None, initial=initial)
    return _one_form(
        request,
        row,
        form,
        lambda: change_carer(
            carer=row, **form.facts(), until=form.cleaned_data["until"], by=actor_of(request)
        ),
        title="Change how they work",
        done="The changes are saved.",
    )


@requires("rota.manage_carers")
def add_carer_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """Add hours of the week. Those that overlap others are refused."""
    row = get_object_or_404(Carer.objects.select_related("person"), pk=pk)
    form = HoursForm(request.POST or None, initial={"since": timezone.localdate()})

    def save() -> None:
        start, end = form.minutes()
        set_hours(
            carer=row,
            hours=[Hours(day, start, end) for day in form.cleaned_data["weekdays"]],
            since=form.cleaned_data["since"],
            until=form.cleaned_data["until"],
            by=actor_of(request),
        )

    return _one_form(request, row, form, save, title="Add hours", done="The hours are added.")


@require_POST
@requires("rota.manage_carers")
def end_carer_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """These hours held until yesterday; from today on they do not."""
    pattern = get_object_or_404(AvailabilityPattern.objects.select_related("carer"), pk=pk)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    tried(
        request,
        lambda: end_hours(pattern=pattern, last_day=yesterday, by=actor_of(request)),
        "The hours are ended.",
    )
    return redirect("rota:carer", pk=pattern.carer_id)


@requires("rota.manage_carers")
def add_carer_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Note an absence; at once take the carer off the visits it hits, if so asked."""
    row = get_object_or_404(Carer.objects.select_related("person"), pk=pk)
    today = timezone.localdate()
    form = AbsenceForm(request.POST or None, initial={"first_day": today, "last_day": today})

    def save() -> None:
        start, end = form.span()
        kind = form.cleaned_data["kind"]
        add_absence(carer=row, kind=kind, starts_at=start, ends_at=end, by=actor_of(request))
        if form.cleaned_data["free_visits"]:
            freed = free_visits(carer=row, starts_at=start, ends_at=end, by=actor_of(request))
            messages.info(request, f"Taken off {freed} visit{'s' * (freed != 1)}.")

    return _one_form(request, row, form, save, title="Add an absence", done="The absence is noted.")


@require_POST
@requires("rota.manage_carers")
def remove_carer_absence(request: HttpRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.select_related("carer"), pk=pk)
    carer_pk = absence.carer_id
    tried(
        request,
        lambda: remove_absence(absence=absence, by=actor_of(request)),
        "The absence is taken back.",
    )
    return redirect("rota:carer", pk=carer_pk)


@requires("rota.manage_carers")
def add_carer_skill(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Carer.objects.select_related("person"), pk=pk)
    form = SkillForm(request.POST or None)
    return _one_form(
        request,
        row,
        form,
        lambda: qualify(person=row.person, **form.cleaned_data, by=actor_of(request)),
        title="Add a skill or check",
        done="The skill is noted.",
    )


@require_POST
@requires("rota.manage_carers")
def give_carer_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Carer.objects.select_related("person__user"), pk=pk)
    tried(
        request,
        lambda: let_carer_sign_in(carer=row, by=actor_of(request)),
        "They can sign in with their e-mail address now.",
    )
    return redirect("rota:carer", pk=row.pk)


def _one_form(
    request: HttpRequest, row: Carer, form: forms.Form, save: Any, *, title: str, done: str
) -> HttpResponse:
    """A page with one form about a carer; back to the carer when it is saved."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, done)
            return redirect("rota:carer", pk=row.pk)
    return render(request, "rota/carer_form.html", {"carer": row, "form": form, "title": title})
