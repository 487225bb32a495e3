"""The demo's doors: sign in as anyone, read the mail that would have gone out. Demo mode only."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from config.demo_people import DEMO_PEOPLE, TELLER_PASSPHRASES
from core.models import OutboxMessage, User


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Outside demo mode the page does not exist."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@login_not_required
@demo_only
def demo(request: HttpRequest) -> HttpResponse:
    """The people one can sign in as, and what each can do."""
    users = {user.email: user for user in User.objects.filter(email__in=DEMO_PEOPLE)}
    people = [
        {"user": users[email], "role": role, "does": does}
        for email, (role, does) in DEMO_PEOPLE.items()
        if email in users
    ]
    tellers = [
        (users[email].get_full_name(), words)
        for email, words in TELLER_PASSPHRASES.items()
        if email in users
    ]
    return render(request, "config/demo.html", {"people": people, "tellers": tellers})


@login_not_required
@demo_only
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo people, without password or second step."""
    email = request.POST.get("email", "")
    if email not in DEMO_PEOPLE:
        raise Http404
    user = get_object_or_404(User, email=email)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session["demo_sign_in"] = True
    return redirect("home")


@login_not_required
@demo_only
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """Every message the demo would have sent, newest first."""
    page = Paginator(OutboxMessage.objects.all(), 20).get_page(request.GET.get("page"))
    return render(request, "config/demo_outbox.html", {"page": page})
