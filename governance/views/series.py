"""Meetings that come round regularly."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.meetings import SeriesForm
from governance.models import Series
from governance.views.form_page import form_page, meetings_trail

PER_PAGE = 25


@requires("governance.arrange_meeting")
def series(request: HttpRequest) -> HttpResponse:
    """Which bodies meet regularly, those that still do first."""
    rows = Series.objects.select_related("body").order_by("ended_on", "body", "first_on")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/series.html", {"page": page})


@requires("governance.arrange_meeting")
def series_new(request: HttpRequest) -> HttpResponse:
    """A body meets regularly from now on; its next meetings are prepared at once."""
    form = SeriesForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            made = operations.begin_series(by=actor_of(request), **form.cleaned_data)
            operations.prepare_due_meetings(now=timezone.now(), by=actor_of(request))
            messages.success(request, f"“{made.title}”: {made.in_words}.")
            return redirect("governance:series")
    return form_page(
        request,
        form,
        "A body meets regularly",
        button="Save",
        trail=[*meetings_trail(), ("Regular meetings", reverse("governance:series"))],
        lead="You can move or call off each meeting afterwards.",
    )


@requires("governance.arrange_meeting")
@require_POST
def series_end(request: HttpRequest, pk: int) -> HttpResponse:
    """No more meetings are prepared."""
    operations.end_series(series=get_object_or_404(Series, pk=pk), by=actor_of(request))
    messages.success(request, "No more meetings of it are prepared. Those that are stay.")
    return redirect("governance:series")
