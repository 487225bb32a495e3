"""Withdrawals for staff: the queue against the cash, one request, and the board's decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.charts import Chart, stacked_bar
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from ledger.money import pence_of, pounds_of
from members import operations
from members.forms.leaving import (
    AgreeForm,
    CashForm,
    KeyForm,
    PrepareForm,
    RefuseForm,
    SuspendForm,
)
from members.models import Member, SocietyRules, Withdrawal
from members.views.reading import note_money_read
from members.withdrawal_queue import Place, held_classes, queue_now

State = Withdrawal.State
PER_PAGE = 25
IN_CHART = 12
#: Tabs of the list: code → label, states.
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "queue": ("Queue", (State.AGREED,)),
    "board": ("For the board", (State.ASKED,)),
    "paying": ("Being paid", (State.PAYING,)),
    "settled": ("Settled", (State.REPAID, State.REFUSED, State.TAKEN_BACK)),
}


def _rows() -> QuerySet[Withdrawal]:
    return Withdrawal.objects.select_related(
        "member__person", "member__organisation", "share_class", "pay_out", "transaction"
    )


@requires("members.view_withdrawals")
def withdrawals(request: HttpRequest) -> HttpResponse:
    """Who is to be paid, in their turn, and how far the cash set aside reaches."""
    tab = request.GET.get("tab", "queue")
    tab = tab if tab in TABS else "queue"
    rules, today = SocietyRules.current(), timezone.localdate()
    queue = queue_now(rules, today, list(_rows().in_turn()))  # type: ignore[attr-defined]
    counts = dict(Withdrawal.objects.order_by().values_list("state").annotate(Count("pk")))
    found: Any = queue if tab == "queue" else _tab(tab)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = [one.withdrawal if tab == "queue" else one for one in page.object_list]
    people = [one.member.person_id for one in shown if one.member.person_id]
    audit.record_reading(actor_of(request), people, "money", ReadWhy.LIST)
    return render(
        request,
        "members/withdrawals.html",
        {
            "tab": tab,
            "tabs": [
                {
                    "label": label,
                    "url": f"?tab={code}",
                    "current": code == tab,
                    "count": sum(counts.get(state, 0) for state in states),
                }
                for code, (label, states) in TABS.items()
            ],
            "page": page,
            "rules": rules,
            "today": today,
            "asked_for": pounds_of(sum(place.turn.waiting.pence for place in queue)),
            "payable": None
            if rules.are_suspended
            else pounds_of(sum(place.turn.pence_now for place in queue)),
            "chart": None if rules.are_suspended else _chart(queue),
            "may_prepare": request.user.has_perm("ledger.prepare_pay_outs"),
            "may_keep_rules": request.user.has_perm("members.keep_rules"),
        },
    )


def _tab(tab: str) -> QuerySet[Withdrawal]:
    found = _rows().filter(state__in=TABS[tab][1])
    return found.order_by("-asked_on", "-pk") if tab == "settled" else found


def _chart(queue: list[Place]) -> Chart | None:
    """The first in the queue: what the cash reaches, and what it does not."""
    if not queue:
        return None
    first = queue[:IN_CHART]
    reached = [place.turn.pence_now for place in first]
    wanted = [place.turn.waiting.pence for place in first]
    more = len(queue) - len(first)
    return stacked_bar(
        "The queue against the cash",
        [f"{place.number}. Member {place.withdrawal.member.number}" for place in first],
        {
            "The cash reaches": [_pounds(pence) for pence in reached],
            "Waits": [_pounds(all_ - now) for all_, now in zip(wanted, reached, strict=True)],
        },
        unit="pounds",
        note=f"{more} more are behind these." if more > 0 else "",
    )


def _pounds(pence: int) -> Any:
    return pounds_of(pence).amount


@requires("members.view_withdrawals")
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: how it stands, and what can be done."""
    return _show(request, _get(pk))


def _get(pk: int) -> Withdrawal:
    found: Withdrawal = get_object_or_404(_rows().select_related("member__member_class"), pk=pk)
    return found


def _show(request: HttpRequest, found: Withdrawal, **bound: forms.Form) -> HttpResponse:
    today = timezone.localdate()
    rules = SocietyRules.current()
    place = None
    if found.state == State.AGREED:
        place = next(one for one in queue_now(rules, today) if one.withdrawal.pk == found.pk)
    note_money_read(request, found.member)
    return render(
        request,
        "members/withdrawal.html",
        {
            "withdrawal": found,
            "asked_by": audit.who_did("members.ask_withdrawal", found),
            "value": found.value,
            "held": found.member.shares_on(today),
            "place": place,
            "rules": rules,
            "today": today,
            "may_keep": request.user.has_perm("members.keep_withdrawals"),
            "may_prepare": request.user.has_perm("ledger.prepare_pay_outs"),
            "agree_form": bound.get("agree_form") or AgreeForm(auto_id="agree_%s"),
            "refuse_form": bound.get("refuse_form") or RefuseForm(auto_id="refuse_%s"),
            "bound": list(bound.values()),
        },
        status=400 if bound else 200,
    )


@requires("members.keep_withdrawals")
@require_POST
def withdrawal_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """The board agreed."""
    found, form = _get(pk), AgreeForm(request.POST, auto_id="agree_%s")
    return _decide(
        request, found, "agree_form", form, operations.agree_withdrawal, "The decision is noted."
    )


@requires("members.keep_withdrawals")
@require_POST
def withdrawal_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """The board refused."""
    found, form = _get(pk), RefuseForm(request.POST, auto_id="refuse_%s")
    return _decide(
        request, found, "refuse_form", form, operations.refuse_withdrawal, "Refused. We say why."
    )


def _decide(
    request: HttpRequest,
    found: Withdrawal,
    name: str,
    form: forms.Form,
    act: Callable[..., Withdrawal],
    done: str,
) -> HttpResponse:
    if form.is_valid():
        try:
            act(withdrawal=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, done)
            return redirect("members:withdrawal", pk=found.pk)
    return _show(request, _get(found.pk), **{name: form})


@requires("members.keep_withdrawals")
@require_POST
def withdrawal_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The member took it back by letter or phone."""
    operations.take_back_withdrawal(withdrawal=_get(pk), by=actor_of(request))
    messages.success(request, "Taken back. The shares stay as they are.")
    return redirect("members:withdrawal", pk=pk)


@requires("ledger.prepare_pay_outs")
@require_POST
def withdrawal_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare what can be paid of it now, for somebody else to pay."""
    form = PrepareForm(request.POST)
    if not form.is_valid():
        return redirect("members:withdrawal", pk=pk)
    paying = operations.prepare_withdrawal(
        withdrawal=_get(pk), shares=form.cleaned_data["shares"], by=actor_of(request)
    )
    messages.success(request, "Prepared. Somebody else now pays it.")
    return redirect("members:withdrawal", pk=paying.pk)


@requires("members.keep_withdrawals")
def withdrawal_key(request: HttpRequest, number: int) -> HttpResponse:
    """Key in a request that came on paper."""
    member = get_object_or_404(
        Member.objects.select_related("person", "organisation", "member_class__share_class"),
        number=number,
    )
    held = held_classes(member, timezone.localdate())
    form = KeyForm(request.POST or None, held=held)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        try:
            asked = operations.ask_withdrawal(
                member=member,
                quantity=form.cleaned_data["quantity"],
                share_class=chosen[0] if chosen else None,
                why=Withdrawal.Why(form.cleaned_data["why"]),
                received=form.cleaned_data["received"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The request is in the list for the board.")
            return redirect("members:withdrawal", pk=asked.pk)
    note_money_read(request, member)
    return render(
        request,
        "members/withdrawal_key.html",
        {"form": form, "member": member, "held": held, "rules": SocietyRules.current()},
        status=400 if form.errors else 200,
    )


# --- The cash, and the switch ---------------------------------------------------------------------


@requires("members.keep_rules")
def withdrawal_cash(request: HttpRequest) -> HttpResponse:
    """Set cash aside for withdrawals."""
    rules = SocietyRules.current()
    form = CashForm(request.POST or None, initial={"was": rules.cash_for_withdrawals})
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_withdrawal_cash(by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The cash is set aside.")
            return redirect("members:withdrawals")
    being_paid = sum(pence_of(one.value) for one in _rows().filter(state=State.PAYING))
    return render(
        request,
        "members/withdrawal_cash.html",
        {"form": form, "rules": rules, "being_paid": pounds_of(being_paid)},
        status=400 if form.errors else 200,
    )


@requires("members.keep_rules")
def withdrawal_suspend(request: HttpRequest) -> HttpResponse:
    """Stop paying withdrawals, with the reason that members read."""
    form = SuspendForm(request.POST or None, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.suspend_withdrawals(by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Withdrawals are suspended.")
            return redirect("members:withdrawals")
    return render(
        request,
        "members/withdrawal_suspend.html",
        {"form": form},
        status=400 if form.errors else 200,
    )


@requires("members.keep_rules")
@require_POST
def withdrawal_resume(request: HttpRequest) -> HttpResponse:
    """Pay again."""
    operations.resume_withdrawals(by=actor_of(request))
    messages.success(request, "Withdrawals are paid again, in their turn.")
    return redirect("members:withdrawals")
