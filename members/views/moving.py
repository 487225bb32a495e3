"""Moving to another class, and the evidence on which a class stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from members import operations
from members.forms.leaving import EndGroundForm, EvidenceForm, MoveForm
from members.models import Member
from members.support import what_classes_ask

PER_PAGE = 50


def _get(number: int) -> Member:
    found: Member = get_object_or_404(
        Member.objects.select_related("person__user", "organisation", "member_class"),
        number=number,
    )
    return found


def _form_page(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    act: Callable[..., Any],
    done: str,
    **context: Any,
) -> HttpResponse:
    """A form about one member: act, say so, and go back to the member."""
    member: Member = context["member"]
    if request.method == "POST" and form.is_valid():
        try:
            act(member=member, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, done)
            return redirect("members:member", number=member.number)
    if member.person_id:
        audit.record_reading(actor_of(request), [member.person_id], "identity")
    return render(request, template, {"form": form, **context}, status=400 if form.errors else 200)


@requires("members.keep_register")
def move(request: HttpRequest, number: int) -> HttpResponse:
    """Move the member to another class."""
    member = _get(number)
    form = MoveForm(request.POST or None, member=member)
    return _form_page(
        request,
        "members/move.html",
        form,
        operations.move_class,
        f"Member {number} is in another class.",
        member=member,
        moves=member.class_moves.select_related("left", "entered"),
        asks=what_classes_ask(form.fields["entered"].queryset, member, timezone.localdate()),  # type: ignore[attr-defined]
    )


@requires("members.keep_register")
def member_evidence(request: HttpRequest, number: int) -> HttpResponse:
    """What shows that the member may be in their class; add what was seen."""
    member = _get(number)
    return _form_page(
        request,
        "members/member_evidence.html",
        EvidenceForm(request.POST or None, member_class=member.member_class),
        operations.note_evidence,
        "Noted what was seen.",
        member=member,
        seen=member.eligibility.select_related("member_class"),
        today=timezone.localdate(),
    )


@requires("members.keep_register")
def ground_end(request: HttpRequest, number: int) -> HttpResponse:
    """The ground of the member's class has ended."""
    member = _get(number)
    return _form_page(
        request,
        "members/ground_end.html",
        EndGroundForm(request.POST or None),
        operations.end_ground,
        "Noted that the ground has ended.",
        member=member,
    )


@requires("members.view_register")
def evidence(request: HttpRequest) -> HttpResponse:
    """Members whose evidence is missing or has run out, and grounds on which the board decides."""
    today = timezone.localdate()
    found = Member.objects.lacking_evidence(today).select_related(
        "person", "organisation", "member_class"
    )
    kinds = {
        "board": found.ground_ended(),
        "ran_out": found.evidence_ran_out(),
        "missing": found.evidence_never_seen(),
    }
    labels = {"board": "Ground ended", "ran_out": "Has run out", "missing": "Never seen"}
    tab = request.GET.get("tab", "")
    tab = tab if tab in kinds else "board"
    page = Paginator(kinds[tab].order_by(F("ran_out"), "number"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    people = [one.person_id for one in shown if one.person_id]
    audit.record_reading(actor_of(request), people, "identity", ReadWhy.LIST)
    return render(
        request,
        "members/evidence.html",
        {
            "tab": tab,
            "tabs": [
                {
                    "label": labels[code],
                    "url": f"?tab={code}",
                    "current": code == tab,
                    "count": kinds[code].count(),
                }
                for code in kinds
            ],
            "page": page,
            "members": shown,
            "may_keep": request.user.has_perm("members.keep_register"),
        },
    )
