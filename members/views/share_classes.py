"""The classes of shares, and writing one down."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from members import operations
from members.forms.shares import NewShareClassForm, ShareClassForm, WriteDownForm
from members.models import ShareClass, ShareTransaction
from members.shareholding import Loss, losses

#: So many holders of a preview are shown.
SHOWN = 100


@requires("members.view_register")
def share_classes(request: HttpRequest) -> HttpResponse:
    """Every class with how many shares of it there are, and what can be done with it."""
    today = timezone.localdate()
    held = dict(
        ShareTransaction.objects.up_to(today)
        .order_by()
        .values_list("share_class")
        .annotate(Sum("quantity"))
    )
    return render(
        request,
        "members/share_classes.html",
        {
            "rows": [(one, held.get(one.pk, 0)) for one in ShareClass.objects.all()],
            "may_keep": request.user.has_perm("members.keep_shares"),
            "may_rule": request.user.has_perm("members.keep_rules"),
        },
    )


@requires("members.keep_rules")
def share_class_new(request: HttpRequest) -> HttpResponse:
    """Add a class of shares."""
    form = NewShareClassForm(request.POST or None, initial={"par": 1, "withdrawable": True})
    if request.method == "POST" and form.is_valid():
        try:
            operations.add_share_class(by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The class of shares is added.")
            return redirect("members:share_classes")
    return render(
        request,
        "members/share_class.html",
        {"form": form, "share_class": None},
        status=400 if form.errors else 200,
    )


@requires("members.keep_rules")
def share_class(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a class of shares is called and what can be done with it."""
    found = get_object_or_404(ShareClass, code=code)
    form = ShareClassForm(
        request.POST or None,
        initial={name: getattr(found, name) for name in ShareClassForm.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_share_class(
                share_class=found, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The class of shares is changed.")
            return redirect("members:share_classes")
    return render(
        request,
        "members/share_class.html",
        {"form": form, "share_class": found},
        status=400 if form.errors else 200,
    )


@requires("members.keep_shares")
def write_down(request: HttpRequest, code: str) -> HttpResponse:
    """Write a class down: what each holder would lose is shown first, then it is done."""
    found = get_object_or_404(ShareClass, code=code)
    form = WriteDownForm(request.POST or None)
    plan: list[Loss] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        # Sure of what was shown: another percentage is shown first.
        if request.POST.get("sure") == str(said["percent"]) and said["seen"] is not None:
            try:
                operations.write_down(share_class=found, by=actor_of(request), **said)
            except RuleError as error:
                show_refusal(form, error)
            else:
                messages.success(request, "Written down. Each holder’s shares say so.")
                return redirect("members:share_classes")
        plan = losses(found, said["percent"], timezone.localdate())
    shown = plan[:SHOWN]
    people = [loss.member.person_id for loss in shown if loss.member.person_id]
    audit.record_reading(actor_of(request), people, "money", ReadWhy.LIST)
    return render(
        request,
        "members/write_down.html",
        {
            "form": form,
            "share_class": found,
            "plan": plan,
            "shown": shown,
            "sure": str(form.cleaned_data.get("percent", "")) if plan else "",
            "held": sum(loss.held for loss in plan),
            "lost": sum(loss.lost for loss in plan),
            "losing": sum(1 for loss in plan if loss.lost),
        },
        status=400 if form.errors else 200,
    )
