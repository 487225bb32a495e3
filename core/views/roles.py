"""Who holds which role: see, give, end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import DateBoxesField, show_refusal
from core.models import RoleGrant
from core.operations import appoint, end_role
from core.permissions import Role
from core.registry import requires

#: Members get theirs by being admitted.
GIVEN_BY_HAND = [(role.value, role.label) for role in Role if role is not Role.MEMBER]


class GrantRoleForm(forms.Form):
    """Who gets which role, from when."""

    name = forms.CharField(max_length=150, label="Their name")
    email = forms.EmailField(
        label="Their e-mail address",
        help_text="They sign in with it. Somebody new gets a code by e-mail; no password needed.",
    )
    role = forms.ChoiceField(choices=GIVEN_BY_HAND, label="Role")
    since = DateBoxesField(label="From")
    until = DateBoxesField(
        label="Until", required=False, help_text="The last day, if you know it already."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"since": timezone.localdate()})
        super().__init__(*args, **kwargs)


@requires("core.manage_roles")
def roles(request: HttpRequest) -> HttpResponse:
    """Everybody who holds a role today or will, by role."""
    today = timezone.localdate()
    grants = (
        RoleGrant.objects.not_over_on(today)
        .exclude(role=Role.MEMBER)
        .select_related("user", "granted_by")
        .order_by("role", "user__name", "pk")
    )
    page = Paginator(grants, 50).get_page(request.GET.get("page"))
    return render(request, "core/roles.html", {"page": page, "today": today})


@requires("core.manage_roles")
def give_role(request: HttpRequest) -> HttpResponse:
    """Give somebody a role; somebody new can sign in from then on."""
    form = GrantRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            grant = appoint(
                email=wanted["email"],
                name=wanted["name"],
                role=Role(wanted["role"]),
                since=wanted["since"],
                until=wanted["until"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"The role of {grant.get_role_display().lower()} is given.")
            return redirect("core:roles")
    return render(request, "core/give_role.html", {"form": form})


@requires("core.manage_roles")
@require_POST
def take_role(request: HttpRequest, pk: int) -> HttpResponse:
    """End one role at once."""
    end_role(grant=get_object_or_404(RoleGrant, pk=pk), by=actor_of(request))
    messages.success(request, "The role has ended. It no longer opens anything.")
    return redirect("core:roles")
