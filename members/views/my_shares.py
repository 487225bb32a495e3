"""A member's own shares: what they hold, buying more, paying, certificate and statement."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from members import operations
from members.forms.shares import BuyForm
from members.loans import loan_lines
from members.models import Member, SharePurchase
from members.querysets import MemberQuerySet
from members.share_papers import certificate_response, statement_csv, statement_pdf
from members.shareholding import buying_of, purchase_shown, purchases_shown
from members.speaking_for import MONEY, memberships_here
from members.views.paying import to_checkout
from members.views.reading import note_money_read
from members.ways_to_pay import ways_to_pay

PER_PAGE = 25


def _mine(request: HttpRequest) -> MemberQuerySet:
    """The memberships for which this reader may speak in matters of money."""
    today = timezone.localdate()
    found = memberships_here(request, MONEY)
    found = found.with_shares(today).with_amount_paid(today)
    return found.select_related("person", "organisation", "member_class__share_class")


def _one(request: HttpRequest, number: int) -> Member:
    member: Member = get_object_or_404(_mine(request), number=number)
    note_money_read(request, member)
    return member


def my_shares(request: HttpRequest) -> HttpResponse:
    """Straight to the shares of the one membership; a choice where there are several."""
    members = list(_mine(request))
    if len(members) == 1:
        return redirect("members:my_holding", number=members[0].number)
    note_money_read(request, *members)
    return render(request, "members/my_shares.html", {"members": members})


def my_holding(request: HttpRequest, number: int) -> HttpResponse:
    """What is held, paid, being bought and lent, and every change there ever was."""
    member = _one(request, number)
    history = member.share_transactions.select_related("share_class", "purchase__order", "reverses")
    page = Paginator(history.order_by("-date", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "members/my_holding.html",
        {
            "member": member,
            "active": member.is_active_on(timezone.localdate()),
            "purchases": purchases_shown(member),
            "page": page,
            "loans": loan_lines(member.holder)[::-1],
        },
    )


def my_buying(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for more shares: a number of them, never a sum."""
    member = _one(request, number)
    buying = buying_of(member, 1, timezone.localdate())
    form = BuyForm(request.POST or None, buying=buying)
    if request.method == "POST" and form.is_valid():
        try:
            purchase = operations.buy_shares(
                member=member, quantity=form.cleaned_data["quantity"], by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            return redirect("members:my_purchase", pk=purchase.pk)
    return render(
        request,
        "members/my_buying.html",
        {
            "form": form,
            "member": member,
            "buying": buying,
            "waiting": member.purchases.not_issued().first(),
        },
        status=400 if form.errors else 200,
    )


def _purchase(request: HttpRequest, pk: int) -> SharePurchase:
    """A purchase of a membership that the reader may speak for."""
    rows = SharePurchase.objects.select_related(
        "order", "member__person", "member__organisation", "issued", "share_class"
    )
    purchase = get_object_or_404(rows, pk=pk, member__in=_mine(request).values("pk"))
    assert purchase.member is not None
    note_money_read(request, purchase.member)
    return purchase


def my_purchase(request: HttpRequest, pk: int) -> HttpResponse:
    """How a purchase stands, and every way to pay for it."""
    purchase = _purchase(request, pk)
    return render(
        request,
        "members/my_purchase.html",
        {
            "purchase": purchase,
            "shown": purchase_shown(purchase),
            "member": purchase.member,
            "ways": ways_to_pay(purchase),
            "pay_url": reverse("members:my_purchase_pay", args=[pk]),
        },
    )


@require_POST
def my_purchase_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """On to Stripe's page, by card or by Direct Debit."""
    purchase = _purchase(request, pk)
    back = reverse("members:my_purchase", args=[pk])
    return to_checkout(request, purchase, back)


@require_POST
def my_purchase_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """These shares are not wanted any more."""
    purchase = _purchase(request, pk)
    assert purchase.member is not None
    try:
        operations.cancel_purchase(purchase=purchase, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
        return redirect("members:my_purchase", pk=pk)
    messages.success(request, "Cancelled: you need not pay.")
    return redirect("members:my_holding", number=purchase.member.number)


@require_POST
def my_certificate(request: HttpRequest, number: int) -> HttpResponse:
    """A certificate of the shares that are held today, as a PDF."""
    member = _one(request, number)
    certificate = operations.make_certificate(member=member, by=actor_of(request))
    return certificate_response(request, certificate)


def my_statement_csv(request: HttpRequest, number: int) -> HttpResponse:
    return statement_csv(request, _one(request, number))


def my_statement_pdf(request: HttpRequest, number: int) -> HttpResponse:
    return statement_pdf(request, _one(request, number))
