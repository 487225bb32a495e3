"""The audit trail on a screen."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import audit
from core.models import AuditLine
from core.registry import requires


class AuditFilter(forms.Form):
    """Narrows the trail to an action, a user or a stretch of days."""

    action = forms.CharField(required=False, label="What was done")
    since = forms.DateField(required=False, label="From")
    until = forms.DateField(required=False, label="To")


@requires("core.view_audit")
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Who did what, when, newest first, with the state of the chain."""
    form = AuditFilter(request.GET or None)
    lines = AuditLine.objects.select_related("user").order_by("-id")
    if form.is_valid():
        wanted = form.cleaned_data
        if wanted["action"]:
            lines = lines.filter(action__icontains=wanted["action"].strip().replace(" ", "_"))
        if wanted["since"]:
            lines = lines.filter(at__date__gte=wanted["since"])
        if wanted["until"]:
            lines = lines.filter(at__date__lte=wanted["until"])
    page = Paginator(lines, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "core/audit_trail.html",
        {
            "form": form,
            "page": page,
            "people": audit.names_of_people(line.acting_for for line in page),
            "chains": [audit.standing(stream) for stream in audit.STREAMS],
        },
    )
