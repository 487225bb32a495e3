"""A member's own dues: what is owed, every way to pay, and the Direct Debit for it."""

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
from ledger import gateway
from ledger import operations as ledger
from ledger.models import Mandate, Order, Payment
from members import operations
from members.arrears import dues_to_come
from members.models import DuesCharge
from members.querysets import MemberQuerySet
from members.speaking_for import MONEY, memberships_here
from members.views.paying import to_checkout
from members.views.reading import note_money_read
from members.ways_to_pay import ways_to_pay

PER_PAGE = 25


def _mine(request: HttpRequest) -> MemberQuerySet:
    """The memberships for which this reader may speak in matters of money."""
    found = memberships_here(request, MONEY)
    return found.select_related("person", "organisation", "member_class")


def my_dues(request: HttpRequest) -> HttpResponse:
    """Everything that was charged, the newest first."""
    if "back" in request.GET:
        messages.info(request, "What you set up shows here as soon as it is certain.")
        return redirect("members:my_dues")
    members = list(_mine(request))
    note_money_read(request, *members)
    charges = DuesCharge.objects.filter(member__in=members).select_related("member")
    page = Paginator(charges, PER_PAGE).get_page(request.GET.get("page"))
    orders = Order.objects.with_paid().in_bulk([one.order_id for one in page.object_list])
    parties = [member.holder.party_id for member in members]
    mandates = Mandate.objects.filter(party__in=parties, state=Mandate.State.ACTIVE)
    by_party = {mandate.party_id: mandate for mandate in mandates}
    context = {
        "page": page,
        "rows": [(one, orders[one.order_id]) for one in page.object_list],
        "members": [(member, by_party.get(member.holder.party_id or 0)) for member in members],
        "online": gateway.is_set_up(),
        "coming": dues_to_come(members, timezone.localdate()),
    }
    return render(request, "members/my_dues.html", context)


def _charge(request: HttpRequest, pk: int) -> DuesCharge:
    charges = DuesCharge.objects.select_related("order", "member__person", "member__organisation")
    charge = get_object_or_404(charges, pk=pk, member__in=_mine(request).values("pk"))
    note_money_read(request, charge.member)
    return charge


def my_dues_charge(request: HttpRequest, pk: int) -> HttpResponse:
    """How one charge stands, and every way to pay it."""
    charge = _charge(request, pk)
    if "back" in request.GET:
        messages.info(request, "What you paid shows here as soon as it is certain.")
        return redirect("members:my_dues_charge", pk=pk)
    context = {
        "charge": charge,
        "ways": ways_to_pay(charge),
        "announced": charge.order.payments.filter(state=Payment.State.SCHEDULED).first(),
        "pay_url": reverse("members:my_dues_pay", args=[pk]),
    }
    return render(request, "members/my_dues_charge.html", context)


@require_POST
def my_dues_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """On to Stripe's page, by card or by Direct Debit."""
    charge = _charge(request, pk)
    return to_checkout(request, charge, reverse("members:my_dues_charge", args=[pk]))


@require_POST
def my_mandate(request: HttpRequest, number: int) -> HttpResponse:
    """On to Stripe's page, to let us collect dues each year."""
    member = get_object_or_404(_mine(request), number=number)
    note_money_read(request, member)
    kind, back = request.POST.get("kind"), reverse("members:my_dues")
    by = actor_of(request)
    try:
        url = ledger.start_mandate(
            party=operations.party_for(holder=member.holder, by=by),
            kind="card" if kind == "card" else "bacs",
            success_url=request.build_absolute_uri(f"{back}?back=1"),
            cancel_url=request.build_absolute_uri(back),
            by=by,
        )
    except RuleError as error:
        messages.error(request, error.message)
        return redirect(back)
    return redirect(url)


@require_POST
def my_mandate_end(request: HttpRequest, number: int) -> HttpResponse:
    """No longer let us collect."""
    member = get_object_or_404(_mine(request), number=number)
    note_money_read(request, member)
    try:
        operations.stop_collecting(member=member, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Ended. We collect nothing more by it.")
    return redirect("members:my_dues")
