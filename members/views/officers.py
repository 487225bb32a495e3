"""The register of officers: as at any day, and who takes up and leaves an office."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.documents import pdf_response
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from members import operations
from members.forms.officers import AppointForm, EndOfficeForm, OfficersFilter
from members.models import Office
from members.statutory import OFFICERS_HEAD, Officer, officer_row, officers_on
from members.views.statutory import unreadable

PER_PAGE = 50


def _asked(request: HttpRequest) -> tuple[OfficersFilter, dt.date, list[Officer]]:
    form = OfficersFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    on = wanted.get("on") or timezone.localdate()
    return form, on, officers_on(on, everyone=wanted.get("who") == "all")


def _record_reading(request: HttpRequest, found: list[Officer], why: ReadWhy) -> None:
    people = [officer.office.person_id for officer in found]
    audit.record_reading(actor_of(request), people, "contact", why)


@requires("members.view_register")
def officers(request: HttpRequest) -> HttpResponse:
    """Who holds which office, or has held it, on a day."""
    form, on, found = _asked(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    may_keep = request.user.has_perm("members.keep_register")
    struck = _struck(on) if may_keep and form["who"].value() == "all" else []
    _record_reading(request, shown + struck, ReadWhy.LIST)
    context = {
        "form": form,
        "on": on,
        "is_today": on == timezone.localdate(),
        "page": page,
        "struck": struck,
        "may_keep": may_keep,
    }
    return render(request, "members/officers.html", context)


def _struck(on: dt.date) -> list[Officer]:
    """What was entered by mistake by a day: for whoever keeps the register, and no part of it."""
    rows = Office.objects.filter(struck_on__lte=on).select_related("person")
    return [
        Officer(office, office.until) for office in rows.order_by("-struck_on", "-pk")[:PER_PAGE]
    ]


@requires("members.view_register")
def officers_csv(request: HttpRequest) -> HttpResponse:
    form, on, found = _asked(request)
    if not form.is_valid():
        return unreadable(request, form)
    _record_reading(request, found, ReadWhy.EXPORT)
    return csv_response(f"officers-{on}.csv", OFFICERS_HEAD, map(officer_row, found))


@requires("members.view_register")
def officers_pdf(request: HttpRequest) -> HttpResponse:
    form, on, found = _asked(request)
    if not form.is_valid():
        return unreadable(request, form)
    _record_reading(request, found, ReadWhy.PDF)
    context = {"officers": found, "on": on}
    return pdf_response(request, "members/papers/officers.html", context, f"officers-{on}.pdf")


@requires("members.keep_register")
def officer_new(request: HttpRequest) -> HttpResponse:
    """Note that somebody has taken up an office."""
    form = AppointForm(request.POST or None, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            office = operations.appoint_officer(
                person=wanted["who"],
                post=wanted["post"],
                since=wanted["since"],
                minute=wanted["minute"],
                jointly=wanted["jointly"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            post = office.get_post_display().lower()
            messages.success(request, f"{office.person} is noted as {post}.")
            return redirect("members:officers")
    status = 400 if form.errors else 200
    return render(request, "members/officer_new.html", {"form": form}, status=status)


@requires("members.keep_register")
def office_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody has left an office."""
    office = get_object_or_404(Office.objects.select_related("person"), pk=pk)
    form = EndOfficeForm(request.POST or None, initial={"until": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_office(office=office, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The end of the office is noted.")
            return redirect("members:officers")
    audit.record_reading(actor_of(request), [office.person_id], "contact")
    context = {"form": form, "office": office}
    return render(request, "members/office_end.html", context, status=400 if form.errors else 200)


@requires("members.keep_register")
def office_strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Strike out an office that was entered by mistake."""
    office = get_object_or_404(Office.objects.select_related("person"), pk=pk)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            operations.strike_office(office=office, by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The entry is struck out.")
            return redirect("members:officers")
    audit.record_reading(actor_of(request), [office.person_id], "contact")
    context = {"form": form, "office": office}
    status = 400 if form.errors else 200
    return render(request, "members/office_strike.html", context, status=status)
