"""Wagtail's own views, held to Weft's one door."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """Show Wagtail's pages and documents to visitors; private ones lead them to our sign-in.

    Wagtail sends everybody whom a private page does not suit to sign in. Somebody who has signed
    in already would be sent back and forth for ever, so they are refused instead.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        to_sign_in = response.headers.get("Location", "").startswith(
            settings.WAGTAIL_FRONTEND_LOGIN_URL
        )
        if to_sign_in and request.user.is_authenticated:
            raise PermissionDenied("wagtail.private")
        return response

    return login_not_required(wrapper)


def editors_only(view: View) -> View:
    """Refuse the editor to people who have signed in and may not edit, for the same reason."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied("wagtailadmin.access_admin")
        return view(request, *args, **kwargs)

    return wrapper
