"""One visit, as coordinators see it: cancelled, or brought back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.registry import requires
from services import operations, whos_coming
from services.forms import CancelForm
from services.models import Visit
from services.rules import Group
from services.views.shared import carried_out, note_reading, user_of


def _visit_or_404(request: HttpRequest, pk: int) -> Visit:
    visible = Visit.objects.visible_to(user_of(request), timezone.now())
    related = ("person_supported__person", "line__version__agreement", "cancelled_by")
    return get_object_or_404(visible.select_related(*related), pk=pk)


@requires("services.manage_agreements")
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """What one visit is for, and a form to cancel it."""
    found = _visit_or_404(request, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.cancel_visit(visit=found, by=actor_of(request), **form.cleaned_data),
    ):
        messages.success(request, "The visit is cancelled.")
        return redirect("services:person", pk=found.person_supported_id)
    note_reading(request, found.person_supported, [Group.VISITS, Group.HEALTH])
    return render(
        request,
        "services/visit.html",
        {
            "visit": found,
            "supported": found.person_supported,
            "facts": found.line.facts(),
            "coming": whos_coming.first_names([found.pk]).get(found.pk, []),
            "has_begun": found.starts_at <= timezone.now(),
            "is_single": found.cancelled_why in (Visit.Why.PERSON, Visit.Why.COOP),
            "form": form,
        },
        status=400 if form.errors else 200,
    )


@requires("services.manage_agreements")
@require_POST
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a cancelled visit take place after all."""
    found = _visit_or_404(request, pk)
    operations.reinstate_visit(visit=found, by=actor_of(request))
    messages.success(request, "The visit takes place after all.")
    return redirect("services:person", pk=found.person_supported_id)
