"""A page that holds one form and nothing else."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from governance.models import Meeting


def form_page(
    request: HttpRequest,
    form: Form,
    title: str,
    *,
    button: str,
    trail: list[tuple[str, str]],
    lead: str = "",
    says: str = "",
    kind: str = "",
) -> HttpResponse:
    """The form, asked for or filled in wrongly (then 400).

    `trail`: label and address of each page above it, from the top down; Cancel leads to the last.
    `says`: a sentence above the form. `kind`: of the button.
    """
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "button_text": button,
        "trail": trail,
        "back_url": trail[-1][1],
        "lead": lead,
        "says": says,
        "kind": kind,
    }
    status = 400 if form.errors else 200
    return render(request, "governance/form_page.html", context, status=status)


def meetings_trail() -> list[tuple[str, str]]:
    return [("Meetings", reverse("governance:meetings"))]


def meeting_trail(meeting: Meeting) -> list[tuple[str, str]]:
    """The list of meetings, and one of them."""
    address = reverse("governance:meeting", args=[meeting.pk])
    return [*meetings_trail(), (meeting.title, address)]
