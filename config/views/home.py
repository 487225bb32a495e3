"""The signed-in home page: what matters to this person today."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from config.home import home_for
from config.navigation import items_for
from core.models import User


def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and how things stand."""
    now = timezone.now()
    user = cast(User, request.user)
    return render(
        request,
        "config/home.html",
        {
            "home": home_for(user, now),
            "now": now,
            "membership_in_menu": "members:me" in {item.url_name for item in items_for(user)},
        },
    )
