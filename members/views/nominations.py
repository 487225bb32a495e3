"""The book of nominations: all of it, one member's, and what is entered in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit, documents
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from members import operations
from members.forms.nominations import EndNominationsForm, NominationForm, StrikeForm
from members.models import Member, Nomination, SocietyRules
from members.querysets import NominationQuerySet

PER_PAGE = 50
#: A PDF takes some three seconds for a hundred rows: a long book comes in parts.
PDF_ROWS = 400
CSV_HEAD = (
    "number",
    "member",
    "nominee",
    "address",
    "relation",
    "officer or employee",
    "per cent",
    "signed",
    "received",
    "ended",
    "why",
)


def _book(request: HttpRequest) -> tuple[NominationQuerySet, bool]:
    """What counts today, or the whole book with `?all=1`; True for the whole."""
    whole = request.GET.get("all") == "1"
    found = Nomination.objects.select_related("member__person", "member__organisation")
    if not whole:
        found = found.in_force(timezone.localdate())
    return found.order_by("member__number", "-signed_on", "pk"), whole


def _record(request: HttpRequest, shown: Iterable[Nomination], why: ReadWhy) -> None:
    people = [one.member.person_id for one in shown if one.member.person_id]
    audit.record_reading(actor_of(request), people, "legal", why)


@requires("members.keep_nominations")
def nominations(request: HttpRequest) -> HttpResponse:
    """The book, by register number."""
    found, whole = _book(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    _record(request, shown, ReadWhy.LIST)
    return render(
        request,
        "members/nominations.html",
        {
            "page": page,
            "nominations": shown,
            "whole": whole,
            "parts": range(1, max(1, ceil(page.paginator.count / PDF_ROWS)) + 1),
        },
    )


@requires("members.keep_nominations")
def nominations_csv(request: HttpRequest) -> HttpResponse:
    """The book as a spreadsheet."""
    found, whole = _book(request)
    rows = list(found)
    _exported(request, rows, "csv")
    name = "nominations-all" if whole else "nominations"
    return csv_response(f"{name}-{timezone.localdate()}.csv", CSV_HEAD, [_row(one) for one in rows])


def _exported(request: HttpRequest, rows: Sequence[Nomination], kind: str) -> None:
    _record(request, rows, ReadWhy.EXPORT)
    audit.record(actor_of(request), "members.export_nominations", rows=len(rows), kind=kind)


def _row(one: Nomination) -> tuple[object, ...]:
    return (
        one.member.number,
        one.member.name,
        one.nominee_name,
        one.nominee_address,
        one.get_relation_display(),
        one.declared,
        one.percent,
        one.signed_on,
        one.received_on,
        one.ended_on,
        one.ended_because,
    )


@requires("members.keep_nominations")
def nominations_pdf(request: HttpRequest) -> HttpResponse:
    """The book as a document: `part` of it, where it is long."""
    found, whole = _book(request)
    part = Paginator(found, PDF_ROWS).get_page(request.GET.get("part"))
    rows, today = list(part.object_list), timezone.localdate()
    _exported(request, rows, "pdf")
    name = f"nominations-{today}-{part.number}.pdf" if part.has_other_pages() else ""
    return documents.pdf_response(
        request,
        "members/papers/nominations.html",
        {"nominations": rows, "whole": whole, "today": today, "part": part},
        name or f"nominations-{today}.pdf",
    )


# --- One member's ---------------------------------------------------------------------------------


def _member(number: int) -> Member:
    found: Member = get_object_or_404(
        Member.objects.select_related("person", "organisation", "member_class"), number=number
    )
    return found


@requires("members.keep_nominations")
def member_nominations(request: HttpRequest, number: int) -> HttpResponse:
    """Whom one member has named, now and before; ending them all."""
    member = _member(number)
    form = EndNominationsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.revoke_nominations(member=member, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The nominations have ended.")
            return redirect("members:member_nominations", number=number)
    _record(request, member.nominations.all(), ReadWhy.PAGE)
    return render(
        request,
        "members/member_nominations.html",
        {
            "member": member,
            "form": form,
            "nominations": member.nominations.order_by("-signed_on", "pk"),
            "in_force": member.nominations.in_force(timezone.localdate()).exists(),
            "rules": SocietyRules.current(),
        },
        status=400 if form.errors else 200,
    )


@requires("members.keep_nominations")
def nomination_new(request: HttpRequest, number: int) -> HttpResponse:
    """Enter a signed nomination."""
    member = _member(number)
    form = NominationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.nominate(
                member=member,
                nominees=form.nominees(),
                signed_on=form.cleaned_data["signed_on"],
                received_on=form.cleaned_data["received_on"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, form.beside_its_box(error))
        else:
            messages.success(request, "The nomination is in the book.")
            return redirect("members:member_nominations", number=number)
    return render(
        request,
        "members/nomination_new.html",
        {"form": form, "member": member, "rules": SocietyRules.current()},
        status=400 if form.errors else 200,
    )


@requires("members.keep_nominations")
def nomination_strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that one nominee has died."""
    found = get_object_or_404(
        Nomination.objects.select_related("member__person", "member__organisation"), pk=pk
    )
    form = StrikeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.strike_nominee(nomination=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted. Their part falls to the member’s estate.")
            return redirect("members:member_nominations", number=found.member.number)
    _record(request, [found], ReadWhy.PAGE)
    return render(
        request,
        "members/nomination_strike.html",
        {"form": form, "nomination": found, "member": found.member},
        status=400 if form.errors else 200,
    )
