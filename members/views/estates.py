"""A member's death, and the shares that they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit, documents
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from members import operations
from members.estates import plan_of
from members.forms.leaving import AgreeForm, DeathForm, EstateForm, ReopenForm
from members.models import Estate, InterestLine, Member, SocietyRules, Withdrawal

PER_PAGE = 25


@requires("members.keep_register")
def death(request: HttpRequest, number: int) -> HttpResponse:
    """Note that a member has died."""
    member = get_object_or_404(Member.objects.select_related("person"), number=number)
    form = DeathForm(request.POST or None, initial={"told_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.note_death(member=member, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted. From now on nothing is sent to them.")
            return redirect("members:estate", number=number)
    return render(
        request,
        "members/death.html",
        {"form": form, "member": member},
        status=400 if form.errors else 200,
    )


@requires("members.view_withdrawals")
def estates(request: HttpRequest) -> HttpResponse:
    """Shares of members who have died: still to be settled, then settled."""
    today = timezone.localdate()
    members = Member.objects.filter(estate__isnull=False).with_shares(today)
    members = members.select_related("person", "estate").order_by(
        "estate__settled_on", "estate__told_on", "number"
    )
    settled = request.GET.get("settled") == "1"
    members = members.filter(estate__settled_on__isnull=not settled)
    page = Paginator(members, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    people = [one.person_id for one in shown if one.person_id]
    audit.record_reading(actor_of(request), people, "money", ReadWhy.LIST)
    return render(
        request,
        "members/estates.html",
        {"page": page, "members": shown, "settled": settled},
    )


@requires("members.view_withdrawals")
def estate(request: HttpRequest, number: int) -> HttpResponse:
    """One estate: who speaks for it, who is to have what, and what was decided."""
    return _show(request, _get(number))


def _get(number: int) -> Estate:
    found: Estate = get_object_or_404(
        Estate.objects.select_related("member__person__user", "member__member_class"),
        member__number=number,
    )
    return found


def _show(request: HttpRequest, found: Estate, **bound: forms.Form) -> HttpResponse:
    today, member = timezone.localdate(), found.member
    assert member.person is not None
    assert member.person.died_on is not None
    interest = InterestLine.objects.of_estate(found)
    decided = member.withdrawals.of_estates().select_related(
        "share_class", "pay_out", "transaction"
    )
    agreed = [one for one in decided if one.state == Withdrawal.State.AGREED]
    audit.record_reading(actor_of(request), [member.person.pk], "money")
    offices = member.person.offices.held_on(today)
    return render(
        request,
        "members/estate.html",
        {
            "estate": found,
            "member": member,
            "shares": member.shares_on(today),
            "plan": plan_of(found, today),
            "decided": decided,
            "may_take_back": bool(agreed) and len(agreed) == len(decided),
            "nominations": member.nominations.in_force(member.person.died_on).order_by("pk"),
            "interest": interest.select_related("run", "pay_out").order_by("run"),
            "interest_waits": interest.unprepared().exists(),
            "may_prepare": request.user.has_perm("ledger.prepare_pay_outs"),
            "rules": SocietyRules.current(),
            "offices": offices,
            "acts_for": member.person.represents.active_on(today).select_related("organisation"),
            "may_reopen": timezone.localdate(found.noted_at) == today and not decided,
            "may_keep": request.user.has_perm("members.keep_register"),
            "may_decide": request.user.has_perm("members.keep_withdrawals"),
            "nominees_form": bound.get("nominees_form") or AgreeForm(auto_id="nominees_%s"),
            "estate_form": bound.get("estate_form") or AgreeForm(auto_id="estate_%s"),
            "reopen_form": bound.get("reopen_form") or ReopenForm(auto_id="reopen_%s"),
            "undecide_form": bound.get("undecide_form") or ReopenForm(auto_id="undecide_%s"),
            "bound": list(bound.values()),
        },
        status=400 if bound else 200,
    )


@requires("members.keep_register")
def estate_change(request: HttpRequest, number: int) -> HttpResponse:
    """Who speaks for the estate; when probate was seen."""
    found = _get(number)
    names = ("representative", "representative_address", "grant_seen_on")
    form = EstateForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_estate(estate=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("members:estate", number=number)
    return render(
        request,
        "members/estate_change.html",
        {"form": form, "member": found.member},
        status=400 if form.errors else 200,
    )


@requires("members.keep_withdrawals")
@require_POST
def estate_nominees(request: HttpRequest, number: int) -> HttpResponse:
    """The board decided on the nominees' parts."""
    form = AgreeForm(request.POST, auto_id="nominees_%s")
    return _decide(request, number, "nominees_form", form, operations.pay_nominees)


@requires("members.keep_withdrawals")
@require_POST
def estate_rest(request: HttpRequest, number: int) -> HttpResponse:
    """The board decided on the estate's own part."""
    form = AgreeForm(request.POST, auto_id="estate_%s")
    return _decide(request, number, "estate_form", form, operations.pay_estate)


def _decide(
    request: HttpRequest, number: int, name: str, form: forms.Form, act: Callable[..., Any]
) -> HttpResponse:
    if form.is_valid():
        try:
            act(estate=_get(number), by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Decided. It is in the queue to be paid.")
            return redirect("members:estate", number=number)
    return _show(request, _get(number), **{name: form})


@requires("ledger.prepare_pay_outs")
@require_POST
def estate_interest(request: HttpRequest, number: int) -> HttpResponse:
    """Prepare to pay the interest that is owed; somebody else pays it."""
    try:
        operations.prepare_estate_interest(estate=_get(number), by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Prepared. Somebody else has to pay it.")
    return redirect("members:estate", number=number)


@requires("members.keep_withdrawals")
@require_POST
def estate_undecide(request: HttpRequest, number: int) -> HttpResponse:
    """What the board decided was noted by mistake."""
    found, form = _get(number), ReopenForm(request.POST, auto_id="undecide_%s")
    if form.is_valid():
        try:
            operations.take_back_estate_decision(
                estate=found, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Taken back: the shares are to be decided on anew.")
            return redirect("members:estate", number=number)
    return _show(request, found, undecide_form=form)


@requires("members.keep_register")
@require_POST
def estate_reopen(request: HttpRequest, number: int) -> HttpResponse:
    """The death was noted by mistake."""
    found, form = _get(number), ReopenForm(request.POST, auto_id="reopen_%s")
    if form.is_valid():
        try:
            operations.reopen_death(estate=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Taken back: the membership goes on as before.")
            return redirect("members:member", number=number)
    return _show(request, found, reopen_form=form)


@requires("members.keep_register")
def estate_letter(request: HttpRequest, number: int) -> HttpResponse:
    """A letter to who speaks for the estate: the one thing that is still written."""
    found = _get(number)
    assert found.member.person is not None
    audit.record_reading(actor_of(request), [found.member.person.pk], "money", ReadWhy.EXPORT)
    today = timezone.localdate()
    return documents.pdf_response(
        request,
        "members/papers/estate_letter.html",
        {
            "estate": found,
            "member": found.member,
            "shares": found.member.shares_on(today),
            "plan": plan_of(found, today),
            "rules": SocietyRules.current(),
            "today": today,
            "address": f"{found.representative}\n{found.representative_address}",
        },
        "letter-estate.pdf",
    )
