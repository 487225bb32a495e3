"""A member's own pages about shares that go out: asking, taking back, leaving, who is named."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from members import operations
from members.acting import acting_name
from members.forms.leaving import (
    TODAY_GIVE,
    TODAY_KEEP,
    TODAY_PAY,
    WITH_THE_LAST,
    AskForm,
    LeaveForm,
)
from members.models import Authority, Member, SocietyRules, Withdrawal
from members.querysets import MemberQuerySet
from members.rules.withdrawals import payable_from, withdrawal_refusal
from members.speaking_for import MEMBERSHIP, MONEY, may_end, memberships_here, speaks_for
from members.views.reading import note_money_read
from members.withdrawal_queue import held_classes

Why = Withdrawal.Why
#: What becomes of the shares of somebody who leaves today.
SHARES = {TODAY_PAY: Why.LEFT, TODAY_GIVE: Why.GIFT, TODAY_KEEP: None}


def _mine(request: HttpRequest, scope: Authority.Scope) -> MemberQuerySet:
    found = memberships_here(request, scope)
    return found.select_related("person", "organisation", "member_class__share_class")


def _one(request: HttpRequest, number: int, scope: Authority.Scope) -> Member:
    member: Member = get_object_or_404(_mine(request, scope), number=number)
    note_money_read(request, member)
    return member


def my_withdrawals(request: HttpRequest) -> HttpResponse:
    """My shares, what I have asked for, and how it stands."""
    today, by = timezone.localdate(), actor_of(request)
    members = list(
        _mine(request, MONEY)
        .with_shares(today)
        .prefetch_related("withdrawals__share_class", "withdrawals__transaction")
    )
    note_money_read(request, *members)
    return render(
        request,
        "members/my_withdrawals.html",
        {
            "members": members,
            "leaving": [one.pk for one in members if may_end(one, by, today)],
            "rules": SocietyRules.current(),
            "today": today,
        },
    )


def my_withdrawal_ask(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the value of shares back, or give it."""
    today = timezone.localdate()
    member = _one(request, number, MONEY)
    held, rules = held_classes(member, today), SocietyRules.current()
    form = AskForm(request.POST or None, held=held, acting_for=acting_name(request))
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        try:
            operations.ask_withdrawal(
                member=member,
                quantity=form.cleaned_data["quantity"],
                share_class=chosen[0] if chosen else None,
                why=Why(form.cleaned_data["why"]),
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(
                request, "We have your request. Until it is paid you can take it back."
            )
            return redirect("members:my_withdrawals")
    return render(
        request,
        "members/my_withdrawal_ask.html",
        {
            "form": form,
            "member": member,
            "held": held,
            "most": any(holding.most for _class, holding in held),
            "why_not": " ".join(withdrawal_refusal(1, one, leaves=False) for _class, one in held),
            "rules": rules,
            "first_day": payable_from(today, rules.notice_days),
        },
        status=400 if form.errors else 200,
    )


@require_POST
def my_withdrawal_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take my request back."""
    found = get_object_or_404(Withdrawal, pk=pk, member__in=_mine(request, MONEY))
    operations.take_back_withdrawal(withdrawal=found, by=actor_of(request))
    stay = "The shares stay as they are." if acting_name(request) else "Your shares stay yours."
    messages.success(request, f"Taken back. {stay}")
    return redirect("members:my_withdrawals")


def my_leaving(request: HttpRequest, number: int) -> HttpResponse:
    """Leave the co-op: today, or with the last share."""
    today, by = timezone.localdate(), actor_of(request)
    member: Member = get_object_or_404(_mine(request, MEMBERSHIP), number=number)
    money = speaks_for(member, by, MONEY, today)
    if money:
        note_money_read(request, member)
    form = LeaveForm(request.POST or None, acting_for=acting_name(request), money=money)
    if request.method == "POST" and form.is_valid():
        try:
            _leave(request, member, form.cleaned_data["how"])
        except RuleError as error:
            member.refresh_from_db()
            leaves = member.withdrawals.open().filter(why=Why.LEFT).exists()
            if member.ceased or leaves:  # the button was pressed twice
                return redirect("members:my_withdrawals" if money else "members:me")
            show_refusal(form, error)
        else:
            return redirect("members:my_withdrawals" if money else "members:me")
    return render(
        request,
        "members/my_leaving.html",
        {
            "form": form,
            "member": member,
            "may_end": may_end(member, by, today),
            "shares": member.shares_on(today) if money else None,
        },
        status=400 if form.errors else 200,
    )


def _leave(request: HttpRequest, member: Member, how: str) -> None:
    today, by = timezone.localdate(), actor_of(request)
    if how == WITH_THE_LAST:
        held = dict(held_classes(member, today))
        own = held.get(member.member_class.share_class)
        operations.ask_withdrawal(
            member=member, quantity=own.left if own else 0, why=Why.LEFT, by=by
        )
        messages.success(request, "Noted. The membership ends when the last share is paid.")
    else:
        operations.resign(member=member, on=today, shares=SHARES[how], by=by)
        messages.success(
            request,
            "The membership has ended."
            if by.acting_for
            else "Your membership has ended. Thank you for having been a member.",
        )


def my_nomination(request: HttpRequest) -> HttpResponse:
    """Whom I have named to have my shares, and how to change it."""
    today = timezone.localdate()
    members = list(_mine(request, MEMBERSHIP).filter(person__isnull=False))
    note_money_read(request, *members)
    return render(
        request,
        "members/my_nomination.html",
        {
            "members": [
                (one, list(one.nominations.in_force(today).order_by("pk"))) for one in members
            ],
            "rules": SocietyRules.current(),
        },
    )
