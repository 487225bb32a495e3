"""Interest in a local co-op, as the public meets it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from cms import operations
from cms.forms import InterestForm
from cms.models import InterestRegistration, LocalGroup
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.operations import digest_of
from core.ratelimit import address_of, allow

TOO_OFTEN = "That was a lot of tries from one place. Please wait an hour, or ring us."


@login_not_required
def register_interest(request: HttpRequest, slug: str) -> HttpResponse:
    """The form alone; a launch page shows it too and posts here."""
    group = get_object_or_404(LocalGroup, slug=slug)
    form = InterestForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if not allow("interest", address_of(request), limit=20, seconds=3600):
            form.add_error(None, TOO_OFTEN)
            status = 429
        elif form.is_valid() and _registered(request, group, form):
            return redirect("cms:interest_sent")
    return render(request, "cms/interest_form.html", {"form": form, "group": group}, status=status)


def _registered(request: HttpRequest, group: LocalGroup, form: InterestForm) -> bool:
    """Register; a robot, or an address that has had enough mail, sees no difference."""
    enough = not allow("interest-mail", form.cleaned_data["email"].lower(), limit=3, seconds=86_400)
    if form.fell_into_the_trap or enough:
        return True
    try:
        operations.register_interest(group=group, **form.answers, by=actor_of(request))
    except RuleError as error:
        show_refusal(form, error)
        return False
    return True


@login_not_required
def interest_sent(request: HttpRequest) -> HttpResponse:
    """Look for our e-mail: the same words whether the address was known or not."""
    return render(request, "cms/interest_sent.html")


@login_not_required
def confirm_interest(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind the e-mailed link. Only its button confirms: mail scanners open links."""
    if request.method == "POST":
        try:
            done = operations.confirm_interest(secret=secret, by=actor_of(request))
        except RuleError as error:
            return render(request, "cms/interest_link.html", {"refused": error.message}, status=409)
        return render(
            request, "cms/interest_confirmed.html", {"group": done.group, "secret": secret}
        )
    return _show_link(request, secret, "cms/interest_confirm.html")


@login_not_required
def withdraw_interest(request: HttpRequest, secret: str) -> HttpResponse:
    """Take my name off: again a page with a button."""
    if request.method == "POST":
        try:
            operations.withdraw_interest(secret=secret, by=actor_of(request))
        except RuleError as error:
            return render(request, "cms/interest_link.html", {"refused": error.message}, status=409)
        return render(request, "cms/interest_withdrawn.html")
    return _show_link(request, secret, "cms/interest_withdraw.html")


def _show_link(request: HttpRequest, secret: str, template: str) -> HttpResponse:
    """The page of a link that we sent; for any other, words that say so."""
    found = InterestRegistration.objects.filter(digest=digest_of(secret)).select_related("group")
    registration = found.first()
    if registration is None:
        refused = {"refused": operations.UNKNOWN_LINK}
        return render(request, "cms/interest_link.html", refused, status=404)
    return render(request, template, {"registration": registration, "secret": secret})
