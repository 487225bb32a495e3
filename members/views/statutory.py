"""The register of members as at any day: on the screen, as a spreadsheet, as a PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.charts import bar_chart
from core.documents import pdf_response
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from members.forms import RegisterFilter, SearchForm
from members.models import Member, MemberClass
from members.querysets import MemberQuerySet
from members.statutory import Entry, entries_of, totals_on, with_particulars
from members.views.searches import keep_search, kept_search

PER_PAGE = 50
#: A PDF takes some three seconds for a hundred rows: a long register comes in parts.
PDF_ROWS = 400
CSV_HEAD = (
    "number",
    "name",
    "postal address",
    "e-mail address",
    "purposes notified for it",
    "shares",
    "amount paid, pounds",
    "other property",
    "class",
    "date entered",
    "date ceased",
    "why ceased",
)


@dataclass(frozen=True)
class Asked:
    """The filter as it came, the day, what was looked for, and the entries that fit.

    `search` is None where what was looked for is no longer known: then it is not the whole either.
    `narrowed` says to what the list is narrowed. What is kept or handed on of such a list is an
    extract, and says so: the register under section 30 is the whole.
    """

    form: RegisterFilter
    on: dt.date
    search: str | None
    narrowed: str
    found: MemberQuerySet


def _asked(request: HttpRequest) -> Asked:
    form = RegisterFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    on = form.day
    search = kept_search(request, wanted["found"]) if wanted.get("found") else ""
    found = Member.objects.standing(wanted.get("who") or "", on).found_by(search or "")
    found = with_particulars(found, on)
    if wanted.get("member_class"):
        found = found.in_class_then([wanted["member_class"].pk])
    return Asked(form, on, search, form.narrowed_to(search or ""), found)


def unreadable(request: HttpRequest, form: forms.Form) -> HttpResponse:
    """A file is of the day that was asked for, or there is none."""
    return render(request, "members/register_again.html", {"form": form}, status=400)


def record_entries_read(request: HttpRequest, entries: Sequence[Entry], why: ReadWhy) -> None:
    """Note whose entries were read."""
    people = [entry.member.person_id for entry in entries if entry.member.person_id]
    audit.record_reading(actor_of(request), people, "contact", why)


@requires("members.view_register")
def register(request: HttpRequest) -> HttpResponse:
    """The register as at a day, with totals for each class. Whoever comes back to it with a search
    that is no longer known sees the whole."""
    asked = _asked(request)
    if asked.search is None:
        return _with_found(request, "")
    page = Paginator(asked.found, PER_PAGE).get_page(request.GET.get("page"))
    entries = entries_of(list(page.object_list), asked.on)
    record_entries_read(request, entries, ReadWhy.SEARCH if asked.search else ReadWhy.LIST)
    by_class = Member.objects.active_on(asked.on).totals(asked.on)
    rows = [(one.name, by_class.get(one.pk, (0, 0))[0]) for one in MemberClass.objects.all()]
    return render(
        request,
        "members/register.html",
        {
            "form": asked.form,
            "search_form": SearchForm(initial={"q": asked.search}),
            "search": asked.search,
            "narrowed": asked.narrowed,
            "on": asked.on,
            "is_today": asked.on == timezone.localdate(),
            "page": page,
            "entries": entries,
            "parts": range(1, max(1, ceil(page.paginator.count / PDF_ROWS)) + 1),
            "members_total": sum(members for _name, members in rows),
            "totals": totals_on(asked.on),
            "chart": bar_chart("Members in each class", rows, unit="members"),
        },
    )


@requires("members.view_register")
@require_POST
def register_search(request: HttpRequest) -> HttpResponse:
    """Look for a number or a name: kept in the session, so that no name stands in an address."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    return _with_found(request, keep_search(request, text) if text else "")


def _with_found(request: HttpRequest, key: str) -> HttpResponse:
    """The register as it was asked for, with another search or none."""
    asked = request.GET.copy()
    asked.pop("found", None)
    asked.pop("page", None)
    if key:
        asked["found"] = key
    query = asked.urlencode()
    response = redirect("members:register")
    if query:
        response["Location"] += f"?{query}"
    return response


@requires("members.view_register")
def register_csv(request: HttpRequest) -> HttpResponse:
    """What the list shows, all pages of it, as a spreadsheet."""
    asked = _asked(request)
    if asked.search is None:
        asked.form.add_error(None, "What was looked for is no longer known. Look for it again.")
    if not asked.form.is_valid():
        return unreadable(request, asked.form)
    entries = entries_of(list(asked.found), asked.on)
    _record_export(request, entries, asked.on, ReadWhy.EXPORT)
    rows = [_csv_row(entry) for entry in entries]
    if asked.narrowed:
        head = f"Extract from the register: {asked.narrowed}"
        return csv_response(f"register-extract-{asked.on}.csv", [head], [CSV_HEAD, *rows])
    return csv_response(f"register-{asked.on}.csv", CSV_HEAD, rows)


def _csv_row(entry: Entry) -> tuple[object, ...]:
    member = entry.member
    return (
        member.number,
        member.name,
        member.holder.postal_address,
        entry.email,
        entry.purposes,
        entry.shares,
        f"{entry.paid.amount:.2f}",
        entry.other_property,
        entry.member_class.name,
        member.joined,
        entry.ceased,
        entry.why_ceased,
    )


@requires("members.view_register")
def register_pdf(request: HttpRequest) -> HttpResponse:
    """What the list shows as a document on its side: `part` of it, where it is long."""
    asked = _asked(request)
    if asked.search is None:
        asked.form.add_error(None, "What was looked for is no longer known. Look for it again.")
    if not asked.form.is_valid():
        return unreadable(request, asked.form)
    part: Page[Member] = Paginator(asked.found, PDF_ROWS).get_page(request.GET.get("part"))
    entries = entries_of(list(part.object_list), asked.on)
    _record_export(request, entries, asked.on, ReadWhy.PDF)
    context = {
        "entries": entries,
        "on": asked.on,
        "part": part,
        "narrowed": asked.narrowed,
        "totals": totals_on(asked.on),
    }
    name = f"register-extract-{asked.on}" if asked.narrowed else f"register-{asked.on}"
    name += f"-{part.number}" if part.has_other_pages() else ""
    return pdf_response(request, "members/papers/register.html", context, f"{name}.pdf")


def _record_export(
    request: HttpRequest, entries: Sequence[Entry], on: dt.date, why: ReadWhy
) -> None:
    record_entries_read(request, entries, why)
    audit.record(
        actor_of(request), "members.export_register", rows=len(entries), as_at=str(on), how=why
    )
