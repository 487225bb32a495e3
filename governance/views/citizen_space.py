"""The private space of a citizen group: for its own people only, whatever anybody's role is."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.forms import refusals_on
from governance import operations
from governance.forms.partners import NoteForm
from governance.models import Body
from governance.partner_querysets import spaces_open_to
from governance.views.found import user_of

PER_PAGE = 25


def _space_for(request: HttpRequest, pk: int) -> Body:
    """A group whose space this person may enter, for themselves; 404 for everybody else."""
    rows = Body.objects.none()
    if actor_of(request).acting_for is None:
        rows = spaces_open_to(Body.objects.standing(), user_of(request), timezone.localdate())
    found: Body = get_object_or_404(rows, pk=pk)
    return found


def citizen_space(request: HttpRequest, pk: int) -> HttpResponse:
    """What the group says among itself, the latest first, and a form to say something."""
    group = _space_for(request, pk)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.write_citizen_note(
                group=group, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Your group can read it.")
            return redirect("governance:citizen_space", pk)
    notes = group.citizen_notes.select_related("person")
    seats = group.seats.held_on(timezone.localdate()).select_related("person")
    context = {
        "group": group,
        "seats": seats.order_by("since", "pk"),
        "form": form,
        "page": Paginator(notes, PER_PAGE).get_page(request.GET.get("page")),
        "partnerships": group.partnerships.filter(left__isnull=True).select_related("body"),
    }
    return render(request, "governance/citizen_space.html", context)


@require_POST
def citizen_note_back(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """I take back what I wrote."""
    note = get_object_or_404(_space_for(request, pk).citizen_notes, pk=note_pk)
    operations.take_back_citizen_note(note=note, now=timezone.now(), by=actor_of(request))
    messages.success(request, "Taken back. Its words are gone.")
    return redirect("governance:citizen_space", pk)
