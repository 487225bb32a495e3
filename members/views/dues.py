"""Dues for those who keep them: charging, who owes how long, collecting, waiving."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import Job
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from ledger.models import Mandate, Order
from ledger.money import for_sheet, pounds_of
from members import operations
from members.arrears import Arrears, arrears_on, to_charge, totals_of
from members.forms.dues import StartDuesForm, WaiveForm, WaivePartPaidForm
from members.models import DuesCharge, Member
from members.operations.jobs import PREFIX
from members.rules.dues import AGE_NAMES, dues_year
from members.views.reading import note_money_read

PER_PAGE = 50
CSV_HEAD = ("number", "name", *AGE_NAMES, "in all", "reminders sent", "ceased")


def _members(request: HttpRequest, found: list[Arrears], why: ReadWhy) -> dict[int, Member]:
    members = Member.objects.select_related("person", "organisation").in_bulk(
        [one.member_id for one in found]
    )
    people = [member.person_id for member in members.values() if member.person_id]
    audit.record_reading(actor_of(request), people, "money", why)
    return members


def _last_run() -> Job | None:
    return Job.objects.filter(kind__startswith=f"{PREFIX}:dues:").order_by("-pk").first()


@requires("members.keep_dues")
def dues(request: HttpRequest) -> HttpResponse:
    """Who owes dues and for how long; charging the dues of a month."""
    found = arrears_on(timezone.localdate())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    members = _members(request, shown, ReadWhy.LIST)
    context = {
        "page": page,
        "rows": [(members[one.member_id], one) for one in shown],
        "totals": totals_of(found),
        "form": StartDuesForm(),
        "job": _last_run(),
    }
    return render(request, "members/dues.html", context)


@requires("members.keep_dues")
def dues_csv(request: HttpRequest) -> HttpResponse:
    """Everybody who owes dues, as a spreadsheet."""
    today = timezone.localdate()
    found = arrears_on(today)
    members = _members(request, found, ReadWhy.EXPORT)
    audit.record(actor_of(request), "members.export_arrears", rows=len(found))
    rows = [
        (
            members[one.member_id].number,
            members[one.member_id].name,
            *(for_sheet(pence) for pence in one.columns),
            for_sheet(one.total),
            one.reminders,
            members[one.member_id].ceased_by(today),
        )
        for one in found
    ]
    return csv_response(f"dues-owed-{today}.csv", CSV_HEAD, rows)


@requires("members.keep_dues")
@require_POST
def dues_start(request: HttpRequest) -> HttpResponse:
    """Say what charging the dues of a month would do; then, of as many members, do it in the
    background."""
    form = StartDuesForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a month and a year.")
        return redirect("members:dues")
    year, month = form.cleaned_data["year"], form.cleaned_data["month"]
    plan = to_charge(year, month, timezone.localdate())
    members = sum(one.members for one in plan)
    if members and request.POST.get("sure") != str(members):
        context = {
            "form": form,
            "plan": plan,
            "members": members,
            "amount": sum((one.amount for one in plan), pounds_of(0)),
            "period": dues_year(year, month),
        }
        return render(request, "members/dues_start.html", context)
    try:
        operations.start_dues(by=actor_of(request), **form.cleaned_data)
    except RuleError as error:
        messages.error(request, error.message)
    return redirect("members:dues")


@requires("members.keep_dues")
def dues_progress(request: HttpRequest) -> HttpResponse:
    """How far the charging is: a piece of the page, asked for every two seconds."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("members:dues")
    job = _last_run()
    if job is None or job.is_over:
        return HttpResponseClientRefresh()
    return render(request, "members/includes/dues_progress.html", {"job": job})


# --- One member's dues ----------------------------------------------------------------------------


@requires("members.keep_dues")
def member_dues(request: HttpRequest, number: int) -> HttpResponse:
    """Everything that one member was charged, and what came of it."""
    members = Member.objects.select_related("person", "organisation", "member_class")
    member = get_object_or_404(members, number=number)
    note_money_read(request, member)
    page = Paginator(_charges(member), PER_PAGE).get_page(request.GET.get("page"))
    active = Mandate.objects.filter(party=member.holder.party_id, state=Mandate.State.ACTIVE)
    context = {
        "member": member,
        "page": page,
        "mandate": active.first() if member.holder.party_id else None,
    }
    return render(request, "members/member_dues.html", context)


def _charges(member: Member) -> list[tuple[DuesCharge, Order]]:
    """Charges with their orders, which know what was paid; in two queries."""
    charges = list(member.dues.select_related("journal"))
    orders = Order.objects.with_paid().in_bulk([charge.order_id for charge in charges])
    return [(charge, orders[charge.order_id]) for charge in charges]


def _charge(pk: int) -> DuesCharge:
    rows = DuesCharge.objects.select_related(
        "member__person", "member__organisation", "order", "journal"
    )
    return get_object_or_404(rows, pk=pk)


@requires("members.keep_dues")
def dues_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for these dues no more, or for no more than was paid; what came may go back."""
    charge = _charge(pk)
    order = charge.order
    part = order.paid_so_far and order.still_to_pay
    form = (
        WaivePartPaidForm(request.POST or None, order=order)
        if part
        else WaiveForm(request.POST or None)
    )
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        try:
            operations.waive_dues(
                charge=charge, today=today, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "These dues are waived.")
            return redirect("members:member_dues", number=charge.member.number)
    note_money_read(request, charge.member)
    context = {"charge": charge, "form": form, "paid": order.paid_so_far}
    status = 400 if form.errors else 200
    return render(request, "members/dues_waive.html", context, status=status)


@requires("members.keep_dues")
@require_POST
def dues_collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Collect by the member's mandate, after notice."""
    charge = _charge(pk)
    try:
        payment = operations.collect_dues(
            charge=charge, today=timezone.localdate(), by=actor_of(request)
        )
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, f"We collect it on {payment.collect_on:%-d %B %Y} and have told the member."
        )
    return redirect("members:member_dues", number=charge.member.number)
