"""The society's rules about shares, and its classes of membership."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from members import operations
from members.forms.society import MemberClassForm, SocietyRulesForm
from members.models import MemberClass, SocietyRules


@requires("members.keep_rules")
def society_rules(request: HttpRequest) -> HttpResponse:
    """The rules about shares; changed here, each change in the audit trail."""
    form = SocietyRulesForm(request.POST or None, row=SocietyRules.current())
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_society_rules(
                changes=form.changes(), seen=form.cleaned_data["seen"], by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The rules are saved.")
            return redirect("members:society_rules")
    return render(
        request,
        "members/society_rules.html",
        {"form": form, "rules": SocietyRules.current()},
        status=400 if form.errors else 200,
    )


@requires("members.keep_rules")
def member_classes(request: HttpRequest) -> HttpResponse:
    """Every class of membership, with who is in it."""
    now = Q(members__ceased__isnull=True)
    classes = MemberClass.objects.select_related("share_class").annotate(
        number=Count("members", filter=now)
    )
    return render(request, "members/member_classes.html", {"classes": classes})


@requires("members.keep_rules")
def member_class(request: HttpRequest, code: str) -> HttpResponse:
    """Change one class."""
    found: MemberClass = get_object_or_404(
        MemberClass.objects.select_related("share_class"), code=code
    )
    form = MemberClassForm(request.POST or None, row=found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_member_class(
                member_class=found,
                changes=form.changes(),
                seen=form.cleaned_data["seen"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{found.name} is saved.")
            return redirect("members:member_classes")
    return _class_page(request, form, found.name)


@requires("members.keep_rules")
def member_class_new(request: HttpRequest) -> HttpResponse:
    """Add a class."""
    form = MemberClassForm(request.POST or None, row=MemberClass())
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in form.names}
        try:
            made = operations.add_member_class(
                code=form.cleaned_data["code"], fields=fields, by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{made.name} is added.")
            return redirect("members:member_classes")
    return _class_page(request, form, "New class")


def _class_page(request: HttpRequest, form: MemberClassForm, title: str) -> HttpResponse:
    return render(
        request,
        "members/member_class.html",
        {"form": form, "title": title},
        status=400 if form.errors else 200,
    )
