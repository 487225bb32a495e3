"""Organisations, and the people who act for them from a day until a day."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.registry import requires
from members import operations
from members.forms import contact_form
from members.forms.people import (
    EndRepresentativeForm,
    FindForm,
    NewOrganisationForm,
    OrganisationForm,
    RepresentativeForm,
)
from members.models import Organisation
from members.views.finding import found_people, remembers_search, search_context

PER_PAGE = 50
SEARCH_KEY = "organisation_search"
FIND_KEY = "representative_search"


@requires("members.keep_people")
def organisations(request: HttpRequest) -> HttpResponse:
    """All organisations, or those that fit what was looked for."""
    search = request.session.get(SEARCH_KEY, "")
    found = Organisation.objects.found_by(search).with_member_number(timezone.localdate())
    form = FindForm(initial={"q": search}, required=False)
    form.fields["q"].label = "Name or town"
    return render(
        request,
        "members/organisations.html",
        {
            "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
            "search": search,
            "find_form": form,
        },
    )


@requires("members.keep_people")
@require_POST
def organisations_search(request: HttpRequest) -> HttpResponse:
    remembers_search(request, SEARCH_KEY)
    return redirect("members:organisations")


@requires("members.keep_people")
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: how to reach it, its memberships, who acts and acted for it."""
    found = get_object_or_404(Organisation, pk=pk)
    acting = list(found.representatives.select_related("person").order_by("-since", "-pk"))
    audit.record_reading(actor_of(request), [one.person_id for one in acting], "contact")
    return render(
        request,
        "members/organisation.html",
        {
            "organisation": found,
            "representatives": acting,
            "current": next((one for one in acting if one.until is None), None),
            "memberships": found.memberships.select_related("member_class"),
            "letters": found.letters.order_by("-queued_at", "-pk")[:10],
        },
    )


@requires("members.keep_people")
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Note an organisation that the co-op did not know before."""
    form = NewOrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.add_organisation(**form.details(), by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            if actor_of(request).may("members.keep_register"):
                messages.success(request, "Noted. Say next who acts for it.")
                return redirect("members:representative_new", pk=made.pk)
            messages.success(request, "Noted. The secretary says who acts for it.")
            return redirect("members:organisation", pk=made.pk)
    return render(
        request,
        "members/organisation_new.html",
        {"form": form},
        status=400 if form.errors else 200,
    )


@requires("members.keep_people")
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what an organisation is called, what it is, and what may be e-mailed to it."""
    found = get_object_or_404(Organisation, pk=pk)
    form = OrganisationForm(request.POST or None, organisation=found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_organisation(
                organisation=found, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Put right.")
            return redirect("members:organisation", pk=pk)
    return render(
        request,
        "members/organisation_form.html",
        {"organisation": found, "form": form, "heading": "Name, kind and e-mail"},
        status=400 if form.errors else 200,
    )


@requires("members.keep_people")
def organisation_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how to reach an organisation."""
    found = get_object_or_404(Organisation, pk=pk)
    form = contact_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_contact(
                of=found,
                contact=form.details(),
                seen=form.cleaned_data["seen"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The contact details are changed.")
            return redirect("members:organisation", pk=pk)
    return render(
        request,
        "members/organisation_form.html",
        {"organisation": found, "form": form, "heading": "Contact details"},
        status=400 if form.errors else 200,
    )


@requires("members.keep_register")
def representative_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who acts for an organisation from a day."""
    found = get_object_or_404(Organisation, pk=pk)
    if remembers_search(request, FIND_KEY):
        return redirect("members:representative_new", pk=pk)
    people = found_people(request, FIND_KEY)
    form = RepresentativeForm(request.POST or None, found=people)
    if request.method == "POST" and form.is_valid():
        try:
            operations.appoint_representative(
                organisation=found, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            request.session.pop(FIND_KEY, None)
            messages.success(request, "Noted.")
            return redirect("members:organisation", pk=pk)
    return render(
        request,
        "members/representative_new.html",
        {
            "organisation": found,
            "form": form,
            "found": people,
            **search_context(request, FIND_KEY),
        },
        status=400 if form.errors else 200,
    )


@requires("members.keep_register")
def representative_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody acts for an organisation no more."""
    found = get_object_or_404(Organisation, pk=pk)
    current = get_object_or_404(found.representatives.select_related("person"), until=None)
    form = EndRepresentativeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_representative(
                representative=current, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted. Nobody acts for it now.")
            return redirect("members:organisation", pk=pk)
    audit.record_reading(actor_of(request), [current.person_id], "identity")
    return render(
        request,
        "members/organisation_form.html",
        {
            "organisation": found,
            "form": form,
            "heading": "End of acting for it",
            "lead": str(current.person),
        },
        status=400 if form.errors else 200,
    )
