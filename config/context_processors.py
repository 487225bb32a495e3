"""What every page knows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cms.menus import public_menu, rules_url
from config.navigation import Item, is_staff_shell, items_for
from core.models import User


def weft(request: HttpRequest) -> dict[str, Any]:
    """`weft`: the society's name, demo or not, the shell and the menu of this person."""
    user = getattr(request, "user", None)
    somebody = cast(User, user) if user is not None and user.is_authenticated else None
    acting = getattr(request, "acting_for", None) is not None
    return {
        "weft": {
            "demo": settings.DEMO,
            "society_name": settings.SOCIETY_NAME,
            "help_phone": settings.HELP_PHONE,
            "help_email": settings.HELP_EMAIL,
            "idle_minutes": getattr(request, "idle_minutes", 0),
            # A function, which asks the database only on the pages that name it.
            "rules_url": lambda: rules_url(request),
            # A function, which templates call: {% extends %} takes no lazy object.
            "shell": lambda: _shell(somebody, acting),
            # Visitors get the public menu on every page, the signed-in their own.
            "nav": SimpleLazyObject(
                lambda: (
                    _nav(request, items_for(somebody, acting)) if somebody else _public_nav(request)
                )
            ),
        }
    }


def _nav(request: HttpRequest, items: list[Item]) -> list[dict[str, Any]]:
    entries = [
        {"label": item.label, "icon": item.icon, "url": reverse(item.url_name)} for item in items
    ]
    here = max(
        (entry["url"] for entry in entries if request.path.startswith(entry["url"])),
        key=len,
        default="",
    )
    return [entry | {"current": entry["url"] == here} for entry in entries]


def _public_nav(request: HttpRequest) -> list[dict[str, Any]]:
    return [asdict(entry) | {"icon": ""} for entry in public_menu(request).top]


def _shell(somebody: User | None, acting: bool) -> str:
    if somebody is None:
        return "core/public.html"
    staff = is_staff_shell(somebody) and not acting
    return "core/coordinator.html" if staff else "core/portal.html"
