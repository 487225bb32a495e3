"""What happens around every request."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.errors import RuleError
from core.permissions import SECOND_FACTOR_ROLES

Handler = Callable[[HttpRequest], HttpResponseBase]

_SECOND_FACTOR_GROUPS = {role.label for role in SECOND_FACTOR_ROLES}
#: Where somebody without a second factor may still go: to set one up, or to leave.
_OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/static/")


def healthz(get_response: Handler) -> Handler:
    """`/healthz` answers a load balancer before host checks and sessions: 200 or 503."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path != "/healthz":
            return get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return HttpResponse("The database does not answer.\n", status=503)
        return HttpResponse("ok\n", content_type="text/plain")

    return middleware


def content_policy(get_response: Handler) -> Handler:
    """The website editor gets its own content security policy; everyone else the strict one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith("/editor/"):
            response._csp_config = settings.EDITOR_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response

    return middleware


def _has_staff_role(request: HttpRequest) -> bool:
    """True for people in a role that asks for a second factor; asked once a request."""
    if not hasattr(request, "_has_staff_role"):
        user = request.user
        groups = user.groups.values_list("name", flat=True) if user.is_authenticated else []
        request._has_staff_role = bool(_SECOND_FACTOR_GROUPS & set(groups)) or (  # type: ignore[attr-defined]
            user.is_authenticated and user.is_superuser
        )
    return bool(request._has_staff_role)  # type: ignore[attr-defined]


def idle_lock(get_response: Handler) -> Handler:
    """Sign out staff who have been away for IDLE_LOCK_MINUTES; the page warns them before."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/static/") or not request.user.is_authenticated:
            return get_response(request)
        request.idle_minutes = settings.IDLE_LOCK_MINUTES if _has_staff_role(request) else 0  # type: ignore[attr-defined]
        now = int(time.time())
        last = request.session.get("last_seen", now)
        if request.idle_minutes and now - last > request.idle_minutes * 60:  # type: ignore[attr-defined]
            logout(request)
            messages.info(request, "You were signed out because nothing happened for a while.")
            # Back to the page, but not to an act: that address may take nothing but POST.
            back = request.path if request.method == "GET" else reverse("home")
            return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
        if now - last > 30 or "last_seen" not in request.session:
            request.session["last_seen"] = now
        return get_response(request)

    return middleware


def nothing_stored(get_response: Handler) -> Handler:
    """No browser stores what somebody signed in sees: after signing out, Back shows none of it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def second_factor(get_response: Handler) -> Handler:
    """Staff roles may do nothing until a second factor is set up, anywhere, the editor included.

    The demo's one-click sign-in is let through: it exists only in demo mode.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (
            request.user.is_authenticated
            and not request.path.startswith(_OPEN_WITHOUT_SECOND_FACTOR)
            and not (settings.DEMO and request.session.get("demo_sign_in"))
            and _has_staff_role(request)
            and not is_mfa_enabled(request.user)
        ):
            messages.info(request, "Your role needs a second step at sign-in. Please set one up.")
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def refusals(get_response: Handler) -> Handler:
    """A RuleError that no view turned into a form error becomes a page with its sentence; so does
    opening an address that takes only what a form sends, as after a refusal and Enter.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET":
            message = "There is no page at this address: it only takes what a form sends."
            page = render(request, "core/refused.html", {"message": message}, status=405)
            page["Allow"] = response.get("Allow", "POST")
            return page
        return response

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RuleError):
            return render(request, "core/refused.html", {"message": error.message}, status=409)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
