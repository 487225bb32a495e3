"""The register of members: the list as at a day, one entry, and its changes."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.charts import bar_chart
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from core.spreadsheets import csv_response
from members import operations
from members.forms import CeaseForm, RegisterFilter, SearchForm, contact_form
from members.models import Member, MemberClass, Representative
from members.querysets import MemberQuerySet

PER_PAGE = 50
SEARCH_KEY = "register_search"
CSV_HEAD = (
    "number",
    "name",
    "class",
    "address",
    "e-mail",
    "phone",
    "shares",
    "date entered",
    "date ceased",
)


def _asked(request: HttpRequest) -> tuple[RegisterFilter, dt.date, MemberQuerySet]:
    """The filter, the day, and the entries of that day, searched and narrowed."""
    form = RegisterFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    on = wanted.get("on") or timezone.localdate()
    found = Member.objects.active_on(on).found_by(request.session.get(SEARCH_KEY, ""))
    if wanted.get("member_class"):
        found = found.filter(member_class=wanted["member_class"])
    return form, on, found.with_shares(on).select_related("person", "organisation", "member_class")


def _record_reading(request: HttpRequest, members: list[Member], why: ReadWhy) -> None:
    """Note whose entries were read."""
    people = [member.person_id for member in members if member.person_id]
    audit.record_reading(actor_of(request), people, "contact", why)


@requires("members.view_register")
def register(request: HttpRequest) -> HttpResponse:
    """The register as at a day, with totals for each class."""
    form, on, found = _asked(request)
    search = request.session.get(SEARCH_KEY, "")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    _record_reading(request, shown, ReadWhy.SEARCH if search else ReadWhy.LIST)
    totals = Member.objects.active_on(on).totals(on)
    rows = [(c, *totals.get(c.pk, (0, 0))) for c in MemberClass.objects.all()]
    return render(
        request,
        "members/register.html",
        {
            "form": form,
            "search_form": SearchForm(initial={"q": search}),
            "search": search,
            "on": on,
            "is_today": on == timezone.localdate(),
            "page": page,
            "members": shown,
            "members_total": sum(members for _class, members, _shares in rows),
            "shares_total": f"{sum(shares for _class, _members, shares in rows):,}",
            "chart": bar_chart(
                "Members in each class",
                [(member_class.name, members) for member_class, members, _shares in rows],
                unit="members",
            ),
        },
    )


@requires("members.view_register")
@require_POST
def register_search(request: HttpRequest) -> HttpResponse:
    """Look for a number or a name: kept in the session, so that no name stands in an address."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    request.session[SEARCH_KEY] = text
    query = request.GET.urlencode()
    response = redirect("members:register")
    if query:
        response["Location"] += f"?{query}"
    return response


@requires("members.view_register")
def register_csv(request: HttpRequest) -> HttpResponse:
    """What the list shows, all pages of it, as a spreadsheet."""
    _form, on, found = _asked(request)
    members = list(found)
    _record_reading(request, members, ReadWhy.EXPORT)
    audit.record(actor_of(request), "members.export_register", rows=len(members), as_at=str(on))
    return csv_response(f"register-{on}.csv", CSV_HEAD, [_csv_row(member) for member in members])


def _csv_row(member: Member) -> tuple[object, ...]:
    holder = member.holder
    return (
        member.number,
        member.name,
        member.member_class.name,
        holder.postal_address,
        holder.email,
        getattr(holder, "phone", ""),
        member.shares,
        member.joined,
        member.ceased,
    )


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
    others = Member.objects.none()
    if found.person:
        others = found.person.memberships.exclude(pk=found.pk).select_related("member_class")
    return render(
        request,
        "members/member.html",
        {
            "member": found,
            "shares": found.shares_on(timezone.localdate()),
            "representatives": acting,
            "others": others,
            "application": getattr(found, "application", None),
            "today": timezone.localdate(),
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
            operations.change_contact(of=found.holder, contact=form.details(), by=actor_of(request))
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
    """Note that a membership has ended."""
    found = _get(number)
    form = CeaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.cease_member(member=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"Member {number} has ceased.")
            return redirect("members:member", number=number)
    return render(
        request,
        "members/cease.html",
        {"form": form, "member": found},
        status=400 if form.errors else 200,
    )
