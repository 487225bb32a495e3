"""One entry in the register of members, and its changes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from members import operations
from members.arrears import owed_by
from members.forms import EndForm, TakeBackEndForm, contact_form
from members.member_page import going_of
from members.models import Estate, Member, Representative
from members.operations.ceasing import end_noted_today


def _get(number: int) -> Member:
    return get_object_or_404(
        Member.objects.select_related("person__user", "organisation", "member_class"),
        number=number,
    )


@requires("members.view_register")
def member(request: HttpRequest, number: int) -> HttpResponse:
    """One entry in the register."""
    found = _get(number)
    acting: list[Representative] = []
    if found.organisation:
        acting = list(found.organisation.representatives.select_related("person"))
    people = [found.person_id] if found.person_id else [one.person_id for one in acting]
    audit.record_reading(actor_of(request), [pk for pk in people if pk], "contact")
    others = found.holder.memberships.exclude(pk=found.pk).select_related("member_class")
    return render(
        request,
        "members/member.html",
        {
            "member": found,
            "shares": found.shares_on(timezone.localdate()),
            "amount_paid": found.amount_paid_on(timezone.localdate()),
            "owed": owed_by([found]).get(found.pk),
            "representatives": acting,
            "others": others,
            "application": getattr(found, "application", None),
            "today": timezone.localdate(),
            "going": going_of(found, timezone.localdate()),
            "may_take_back": found.ceased
            and not Estate.objects.filter(member=found).exists()
            and end_noted_today(found),
            "may_keep": request.user.has_perm("members.keep_register"),
        },
    )


@requires("members.keep_register")
def contact(request: HttpRequest, number: int) -> HttpResponse:
    """Change how to reach a member."""
    found = _get(number)
    form = contact_form(found.holder, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_contact(
                of=found.holder,
                contact=form.details(),
                seen=form.cleaned_data["seen"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The contact details are changed.")
            return redirect("members:member", number=number)
    if found.person_id:
        audit.record_reading(actor_of(request), [found.person_id], "contact")
    return render(
        request,
        "members/contact.html",
        {"form": form, "member": found},
        status=400 if form.errors else 200,
    )


@requires("members.keep_register")
def cease(request: HttpRequest, number: int) -> HttpResponse:
    """End a membership: for which reason, by which minute, and what becomes of the shares."""
    found = _get(number)
    form = EndForm(request.POST or None, initial={"shares": ""})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_membership(member=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"The membership of number {number} has ended.")
            return redirect("members:member", number=number)
    if found.person_id:
        audit.record_reading(actor_of(request), [found.person_id], "identity")
    return render(
        request,
        "members/cease.html",
        {"form": form, "member": found, "shares": found.shares_on(timezone.localdate())},
        status=400 if form.errors else 200,
    )


@requires("members.keep_register")
def cease_undo(request: HttpRequest, number: int) -> HttpResponse:
    """The end was noted by mistake: take it back, on the same day."""
    found = _get(number)
    form = TakeBackEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.take_back_end(member=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"Taken back: number {number} is a member as before.")
            return redirect("members:member", number=number)
    if found.person_id:
        audit.record_reading(actor_of(request), [found.person_id], "identity")
    return render(
        request,
        "members/cease_undo.html",
        {"form": form, "member": found},
        status=400 if form.errors else 200,
    )
