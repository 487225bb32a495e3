"""Inspecting the register: who does, by what right, and the copy without shares or property."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.documents import pdf_response
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from members import operations
from members.forms.officers import InspectionForm
from members.models import Inspection, Member
from members.querysets import MemberQuerySet
from members.statutory import officers_on

PER_PAGE = 50
#: As of the whole register: a long one comes in parts.
PDF_ROWS = 400
LOG_HEAD = ("day", "who", "right", "member", "note", "register as at", "copy", "shown by")
COPY_HEAD = (
    "number",
    "name",
    "postal address",
    "e-mail address",
    "purposes notified for it",
    "date entered",
    "date ceased",
)


@requires("members.view_register")
def inspections(request: HttpRequest) -> HttpResponse:
    """The log, the newest first."""
    log = Inspection.objects.select_related("member", "shown_by")
    page = Paginator(log, PER_PAGE).get_page(request.GET.get("page"))
    may_keep = request.user.has_perm("members.keep_register")
    return render(request, "members/inspections.html", {"page": page, "may_keep": may_keep})


@requires("members.view_register")
def inspections_csv(request: HttpRequest) -> HttpResponse:
    """The log as a spreadsheet."""
    log = Inspection.objects.select_related("member", "shown_by")
    audit.record(actor_of(request), "members.export_inspections", rows=len(log))
    rows = [
        (
            one.on,
            one.who,
            one.get_right_display(),
            one.member.number if one.member else "",
            one.note,
            one.as_at,
            "yes" if one.copy_given else "no",
            one.shown_by.get_full_name() if one.shown_by else "",
        )
        for one in log
    ]
    return csv_response(f"inspections-{timezone.localdate()}.csv", LOG_HEAD, rows)


@requires("members.keep_register")
def inspect(request: HttpRequest) -> HttpResponse:
    """Somebody wants to inspect the register: note who, then show it."""
    form = InspectionForm(request.POST or None, initial={"as_at": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            inspection = operations.log_inspection(by=actor_of(request), **form.answers())
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The inspection is in the log.")
            return redirect("members:inspection", pk=inspection.pk)
    status = 400 if form.errors else 200
    return render(request, "members/inspect.html", {"form": form}, status=status)


def _copy(inspection: Inspection) -> MemberQuerySet:
    """Everyone entered by that day. Not only those who hold shares: that would tell who does."""
    found = Member.objects.standing("all", inspection.as_at)
    return found.select_related("person", "organisation")


def _record_reading(request: HttpRequest, members: Sequence[Member], why: ReadWhy) -> None:
    people = [member.person_id for member in members if member.person_id]
    audit.record_reading(actor_of(request), people, "contact", why)


def _given(pk: int) -> Inspection:
    """An inspection whose inspector gets a copy."""
    inspection = get_object_or_404(Inspection, pk=pk)
    if not inspection.copy_given:
        raise RuleError("They look at the register here. For a copy, note a new inspection.")
    return inspection


@requires("members.keep_register")
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """The register as the inspector may see it."""
    found = get_object_or_404(Inspection.objects.select_related("member", "shown_by"), pk=pk)
    page = Paginator(_copy(found), PER_PAGE).get_page(request.GET.get("page"))
    members = list(page.object_list)
    _record_reading(request, members, ReadWhy.LIST)
    context = {
        "inspection": found,
        "page": page,
        "members": [(member, member.ceased_by(found.as_at)) for member in members],
        "parts": range(1, max(1, -(-page.paginator.count // PDF_ROWS)) + 1),
        "officers": officers_on(found.as_at, everyone=True),
    }
    return render(request, "members/inspection.html", context)


@requires("members.keep_register")
def inspection_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The copy as a spreadsheet."""
    found = _given(pk)
    members = list(_copy(found))
    _record_reading(request, members, ReadWhy.EXPORT)
    audit.record(actor_of(request), "members.give_copy", found, rows=len(members))
    rows = [
        (
            member.number,
            member.name,
            member.holder.postal_address,
            member.holder.email,
            member.holder.email_notified_for,
            member.joined,
            member.ceased_by(found.as_at),
        )
        for member in members
    ]
    return csv_response(f"register-inspection-{found.as_at}.csv", COPY_HEAD, rows)


@requires("members.keep_register")
def inspection_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The copy as a document, with the officers; in parts where it is long."""
    found = _given(pk)
    part = Paginator(_copy(found), PDF_ROWS).get_page(request.GET.get("part"))
    members = list(part.object_list)
    _record_reading(request, members, ReadWhy.PDF)
    audit.record(actor_of(request), "members.give_copy", found, rows=len(members))
    context = {
        "inspection": found,
        "part": part,
        "members": [(member, member.ceased_by(found.as_at)) for member in members],
        "officers": officers_on(found.as_at, everyone=True),
    }
    name = f"register-inspection-{found.as_at}.pdf"
    return pdf_response(request, "members/papers/inspection.html", context, name)
