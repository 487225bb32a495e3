"""The agenda editor: every move has a button."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from governance import operations
from governance.forms import AgendaItemForm, item_values
from governance.models import AgendaItem
from governance.views.found import meeting_for


def _item_for(request: HttpRequest, pk: int, item_pk: int) -> AgendaItem:
    items = AgendaItem.objects.select_related("meeting__body", "motion__proposer__person")
    return get_object_or_404(items, pk=item_pk, meeting=meeting_for(request, pk))


@requires("governance.arrange_meeting")
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """The items in order, and a form to add one at the end."""
    meeting = meeting_for(request, pk)
    form = AgendaItemForm(request.POST or None, body=meeting.body)
    if form.is_valid():
        try:
            operations.add_item(meeting=meeting, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Added to the agenda.")
            return redirect("governance:agenda", pk)
    items = meeting.items.select_related("motion")
    return render(
        request, "governance/agenda.html", {"meeting": meeting, "items": items, "form": form}
    )


@requires("governance.arrange_meeting")
def agenda_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Change one item."""
    item = _item_for(request, pk, item_pk)
    form = AgendaItemForm(request.POST or None, initial=item_values(item), body=item.meeting.body)
    if form.is_valid():
        try:
            operations.change_item(item=item, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("governance:agenda", pk)
    return render(
        request,
        "governance/agenda_item.html",
        {"meeting": item.meeting, "item": item, "form": form},
    )


@requires("governance.arrange_meeting")
@require_POST
def agenda_move(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """One place up or down."""
    item = _item_for(request, pk, item_pk)
    operations.move_item(item=item, up=request.POST.get("to") == "up", by=actor_of(request))
    return redirect("governance:agenda", pk)


@requires("governance.arrange_meeting")
@require_POST
def agenda_remove(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Off the agenda."""
    operations.remove_item(item=_item_for(request, pk, item_pk), by=actor_of(request))
    messages.success(request, "Taken off the agenda.")
    return redirect("governance:agenda", pk)


@requires("governance.arrange_meeting")
@require_POST
def agenda_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the agenda from what is open."""
    operations.begin_agenda(meeting=meeting_for(request, pk), by=actor_of(request))
    messages.success(request, "The agenda is begun. Look it over.")
    return redirect("governance:agenda", pk)
