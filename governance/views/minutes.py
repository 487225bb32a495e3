"""Minutes: reading them, in two versions; writing, sending round, approving and signing them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.documents import pdf_response
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.minutes import ApproveForm, MinutesForm, SignForm
from governance.models import Minutes
from governance.views.form_page import form_page, meeting_trail
from governance.views.found import meeting_for, user_of


def _minutes_for(request: HttpRequest, pk: int) -> Minutes:
    return get_object_or_404(
        Minutes.objects.visible_to(user_of(request)).select_related(
            "meeting__body", "approved_at", "signed_by"
        ),
        meeting=meeting_for(request, pk),
    )


def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as members read them; for the secretary, what to do next."""
    found = _minutes_for(request, pk)
    context: dict[str, Any] = {
        "minutes": found,
        "meeting": found.meeting,
        "entries": found.entries.all(),
        "versions": found.versions.count(),
    }
    if request.user.has_perm("governance.arrange_meeting"):
        today = {"on": timezone.localdate()}
        context["approve"] = ApproveForm(meeting=found.meeting, initial=today)
        context["sign"] = SignForm(initial=today)
    return render(request, "governance/minutes.html", context)


def minutes_pdf(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    """On paper: the members’ version, or the public one without what is for members only."""
    found = _minutes_for(request, pk)
    context = {
        "minutes": found,
        "meeting": found.meeting,
        "entries": found.entries.all(),
        "public": version == "public",
    }
    return pdf_response(
        request, "governance/papers/minutes.html", context, f"minutes-{version}.pdf"
    )


@requires("governance.arrange_meeting")
@require_POST
def minutes_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin them from the record."""
    operations.draft_minutes(meeting=meeting_for(request, pk), by=actor_of(request))
    messages.success(request, "Drafted from the record. Now put them into words.")
    return redirect("governance:minutes_write", pk)


@requires("governance.arrange_meeting")
def minutes_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the words right."""
    found = _minutes_for(request, pk)
    form = MinutesForm(request.POST or None, entries=found.entries.all())
    if form.is_valid():
        with refusals_on(form):
            operations.write_minutes(minutes=found, words=form.words(), by=actor_of(request))
            messages.success(request, "Saved.")
            return redirect("governance:minutes", pk)
    context = {"minutes": found, "meeting": found.meeting, "form": form}
    return render(request, "governance/minutes_write.html", context)


@requires("governance.arrange_meeting")
@require_POST
def minutes_circulate(request: HttpRequest, pk: int) -> HttpResponse:
    """Members can read them from now on."""
    operations.circulate_minutes(minutes=_minutes_for(request, pk), by=actor_of(request))
    messages.success(request, "Whoever sees the meeting can read them now.")
    return redirect("governance:minutes", pk)


@requires("governance.arrange_meeting")
def minutes_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A later meeting has approved them."""
    found = _minutes_for(request, pk)
    form = ApproveForm(request.POST or None, meeting=found.meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.approve_minutes(minutes=found, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "The minutes are approved.")
            return redirect("governance:minutes", pk)
    return _form_page(request, found, form, "Approve the minutes", "They are approved")


@requires("governance.arrange_meeting")
def minutes_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has signed them."""
    found = _minutes_for(request, pk)
    form = SignForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.sign_minutes(minutes=found, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "Noted as signed.")
            return redirect("governance:minutes", pk)
    return _form_page(request, found, form, "Sign the minutes", "They are signed")


def _form_page(
    request: HttpRequest, found: Minutes, form: Any, title: str, button: str
) -> HttpResponse:
    address = reverse("governance:minutes", args=[found.meeting_id])
    trail = [*meeting_trail(found.meeting), ("Minutes", address)]
    return form_page(request, form, title, button=button, trail=trail)


@requires("governance.arrange_meeting")
@require_POST
def minutes_public(request: HttpRequest, pk: int) -> HttpResponse:
    """On the public site, or off it again."""
    found = _minutes_for(request, pk)
    if request.POST.get("to") == "down":
        operations.take_minutes_down(minutes=found, by=actor_of(request))
        messages.success(request, "They are off the public site.")
    else:
        operations.publish_minutes(minutes=found, on=timezone.localdate(), by=actor_of(request))
        messages.success(request, "The public version is on the public site now.")
    return redirect("governance:minutes", pk)
