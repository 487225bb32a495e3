"""Interest in local co-ops, as the secretary works with it."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cms import operations, rules
from cms.forms import InterestFilter, PaperInterestForm, StageForm
from cms.models import InterestRegistration, LocalGroup
from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires

PER_PAGE = 25
CSV_HEAD = (
    "Local co-op",
    "State",
    "Name",
    "E-mail",
    "Postcode sector",
    "Interested in",
    "Format",
    "Consent wording",
    "Registered",
    "Confirmed",
    "Invited",
)


@requires("cms.view_interest")
def interest(request: HttpRequest) -> HttpResponse:
    """Who is interested in which local co-op, in what, and what has come of it."""
    form = InterestFilter(request.GET)
    rows = form.rows()
    context = {
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "groups": [
            {"group": group, "form": StageForm(initial={"stage": group.stage}, prefix=group.slug)}
            for group in LocalGroup.objects.all()
        ],
        "tally": rows.tally(),
        "names": rules.INTEREST_NAMES,
    }
    return render(request, "cms/interest.html", context)


@requires("cms.view_interest")
def interest_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, for a spreadsheet."""
    rows = list(InterestFilter(request.GET).rows())
    audit.record(actor_of(request), "cms.export_interest", rows=len(rows))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="interest.csv"'
    response["Cache-Control"] = "no-store"
    writer = csv.writer(response)
    writer.writerow(CSV_HEAD)
    for row in rows:
        writer.writerow([rules.spreadsheet_cell(cell) for cell in _csv_cells(row)])
    return response


def _csv_cells(row: InterestRegistration) -> list[str]:
    days = [row.created_at, row.confirmed_at, row.invited_at]
    return [
        row.group.name,
        row.get_state_display(),
        row.name,
        row.email,
        row.sector,
        ", ".join(row.interests),
        row.get_format_display(),
        row.consent_version,
        *(timezone.localdate(day).isoformat() if day else "" for day in days),
    ]


@requires("cms.lead_group")
def enter_interest(request: HttpRequest, pk: int) -> HttpResponse:
    """Key in a signed sheet of paper."""
    group = get_object_or_404(LocalGroup, pk=pk)
    form = PaperInterestForm(request.POST or None)
    if form.is_valid():
        try:
            operations.enter_paper_interest(group=group, **form.answers, by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "They are on the list, and have an e-mail that says so.")
            return redirect("cms:enter_interest", pk)
    return render(request, "cms/interest_enter.html", {"form": form, "group": group})


@require_POST
@requires("cms.lead_group")
def invite_interested(request: HttpRequest, pk: int) -> HttpResponse:
    """Send somebody on the list an application to fill in."""
    registration = get_object_or_404(InterestRegistration.objects.select_related("group"), pk=pk)
    try:
        operations.invite_interested(registration=registration, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Invited. A link to the application is on its way by e-mail.")
    asked = QueryDict(request.POST.get("asked", "")).urlencode()
    return redirect(f"{reverse('cms:interest')}{'?' * bool(asked)}{asked}")


@require_POST
@requires("cms.lead_group")
def move_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far a local co-op has come."""
    group = get_object_or_404(LocalGroup, pk=pk)
    stage = request.POST.get(f"{group.slug}-stage", "")
    try:
        operations.move_group(group=group, stage=stage, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{group.name} is now at “{group.get_stage_display()}”.")
    return redirect("cms:interest")
