"""Who acts for whom: noted by staff, ended by those concerned, and chosen by who acts."""

from __future__ import annotations

from itertools import groupby
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import User
from core.registry import requires
from members import operations
from members.acting import SESSION_KEY, act_for, authorities_of, may_end
from members.forms.people import AuthorityForm, BecauseForm
from members.models import Authority
from members.rules.authority import COVERS
from members.views.finding import found_people, remembers_search, search_context
from members.views.people import get_person

FIND_KEY = "authority_search"


@requires("members.keep_people")
def authority_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who acts for a person, and what shows it."""
    person = get_person(pk)
    if remembers_search(request, FIND_KEY):
        return redirect("members:authority_new", pk=pk)
    found = found_people(request, FIND_KEY, but=person)
    form = AuthorityForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_authority(person=person, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            request.session.pop(FIND_KEY, None)
            messages.success(request, "Noted.")
            return redirect("members:person", pk=pk)
    audit.record_reading(actor_of(request), [person.pk], "identity")
    scopes = dict(Authority.Scope.choices)
    return render(
        request,
        "members/authority_new.html",
        {
            "person": person,
            "form": form,
            "found": found,
            "covers": [
                (label, [scopes[code] for code in scopes if code in COVERS[ground]])
                for ground, label in Authority.Ground.choices
            ],
            **search_context(request, FIND_KEY),
        },
        status=400 if form.errors else 200,
    )


def authority_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an authority at once: staff, whoever acts, and a person whose helper it is."""
    authority = get_object_or_404(Authority.objects.select_related("person", "by"), pk=pk)
    by = actor_of(request)
    is_staff = by.may("members.keep_people")
    if not (is_staff or may_end(authority, by)):
        raise Http404
    form = BecauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_authority(authority=authority, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Ended. It holds no more from now on.")
            if is_staff:
                return redirect("members:person", pk=authority.person_id)
            return redirect("members:me" if request.acting_for is None else "members:acting")  # type: ignore[attr-defined]
    audit.record_reading(actor_of(request), [authority.person_id, authority.by_id], "identity")
    return render(
        request,
        "members/authority_end.html",
        {"authority": authority, "form": form, "is_staff": is_staff},
        status=400 if form.errors else 200,
    )


def acting(request: HttpRequest) -> HttpResponse:
    """For whom I may act, in what and until when; choosing one."""
    held = authorities_of(cast(User, request.user), timezone.localdate())
    people = list(dict.fromkeys(authority.person_id for authority in held))
    audit.record_reading(actor_of(request), people, "identity")
    groups = [
        {
            "person": person,
            "authorities": (held_for := list(of_person)),
            "scopes": {code for one in held_for for code in one.scope},
        }
        for person, of_person in groupby(held, lambda one: one.person)
    ]
    return render(request, "members/acting.html", {"groups": groups})


@require_POST
def start_acting(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on act for the person of this authority, until I stop or sign out."""
    held = authorities_of(cast(User, request.user), timezone.localdate())
    chosen = next((authority for authority in held if authority.pk == pk), None)
    if chosen is None:
        raise Http404
    act_for(request, chosen.person_id)
    audit.record(actor_of(request), "members.start_acting", chosen.person, authority=pk)
    return redirect("members:acting")


@require_POST
def stop_acting(request: HttpRequest) -> HttpResponse:
    """Act for myself again."""
    if SESSION_KEY in request.session:
        act_for(request, None)
        audit.record(actor_of(request), "members.stop_acting")
        messages.info(request, "You act for yourself again.")
    return redirect("home")
