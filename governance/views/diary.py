"""The statutory diary: what is late, what comes, what was done."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.diary import diary_on, duties_on
from governance.forms.diary import FiledForm
from governance.models import Filed, Seat
from governance.views.form_page import form_page, meetings_trail

PER_PAGE = 50
DONE_SHOWN = 10


@requires("governance.see_diary")
def diary(request: HttpRequest) -> HttpResponse:
    """All of it."""
    today = timezone.localdate()
    people = Seat.objects.held_on(today).values_list("person", flat=True).distinct()
    audit.record_reading(actor_of(request), people, "identity")
    found = diary_on(today)
    context = {
        name: Paginator(entries, PER_PAGE).get_page(request.GET.get(name))
        for name, entries in (("late", found.late), ("soon", found.soon), ("later", found.later))
    } | {"filed": Filed.objects.all()[:DONE_SHOWN]}
    return render(request, "governance/diary.html", context)


@requires("governance.arrange_meeting")
def diary_filed(request: HttpRequest) -> HttpResponse:
    """The annual return has gone, or a general meeting was held that is not on record here."""
    today = timezone.localdate()
    duties = list(duties_on(today))
    if not duties:
        messages.info(request, "For every year that has ended it is noted already.")
        return redirect("governance:diary")
    form = FiledForm(request.POST or None, duties=duties, initial={"filed_on": today})
    if form.is_valid():
        with refusals_on(form):
            operations.note_filed(by=actor_of(request), **form.values())
            messages.success(request, "Noted.")
            return redirect("governance:diary")
    return form_page(
        request,
        form,
        "Note what was done",
        button="It is done",
        trail=[*meetings_trail(), ("Diary", reverse("governance:diary"))],
    )


@requires("governance.arrange_meeting")
@require_POST
def diary_back(request: HttpRequest, filed_pk: int) -> HttpResponse:
    """It was noted by mistake."""
    operations.take_back_filed(filed=get_object_or_404(Filed, pk=filed_pk), by=actor_of(request))
    messages.success(request, "Taken back.")
    return redirect("governance:diary")
