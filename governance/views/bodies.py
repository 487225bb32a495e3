"""Bodies: who meets, by which rules, and who sits on them."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms import (
    BodyForm,
    BodyNameForm,
    RoleForm,
    RuleSetForm,
    SeatEndForm,
    SeatForm,
    SeatReviewForm,
)
from governance.models import Body, Delegate, RuleSet, Seat
from governance.operations.partner_sides import speaks_by
from governance.retiring import retiring_from
from governance.rule_table import rule_table
from governance.views.form_page import form_page


@requires("governance.arrange_meeting")
def bodies(request: HttpRequest) -> HttpResponse:
    """Who meets: a card for each, with how many sit on it."""
    today = timezone.localdate()
    now = Q(seats__struck_on__isnull=True, seats__since__lte=today) & (
        Q(seats__until__isnull=True) | Q(seats__until__gte=today)
    )
    rows = Body.objects.annotate(sitting=Count("seats", filter=now)).order_by("kind", "name")
    context = {
        "bodies": [body for body in rows if not body.ended_on],
        "ended": [body for body in rows if body.ended_on],
    }
    return render(request, "governance/bodies.html", context)


@requires("governance.arrange_meeting")
def body_new(request: HttpRequest) -> HttpResponse:
    """Note another body, with the rules that such a one usually has."""
    there = Body.objects.standing().filter(kind=Body.Kind.GENERAL).exists()
    kind = Body.Kind.BOARD if there else Body.Kind.GENERAL
    initial = {"kind": kind, "since": timezone.localdate()}
    form = BodyForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            made = operations.make_body(by=actor_of(request), **form.cleaned_data)
            messages.success(request, "Added, with the rules that are usual. Make them yours next.")
            return redirect("governance:rules", made.pk)
    return render(request, "governance/body_form.html", {"form": form, "body": None})


def _body_for(pk: int) -> Body:
    return get_object_or_404(Body, pk=pk)


@requires("governance.arrange_meeting")
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """One body: who sits on it, who retires next, and its rules as they stand."""
    found, today = _body_for(pk), timezone.localdate()
    in_force = found.rules_on(today)
    seats = found.seats.select_related("person").order_by("since", "lot")
    held = list(seats.held_on(today))
    audit.record_reading(actor_of(request), [seat.person_id for seat in held], "contact")
    context = {
        "body": found,
        "seats": held,
        "past": seats.standing().filter(until__lt=today).order_by("-until")[:20],
        "struck": seats.filter(struck_on__isnull=False),
        "retiring": retiring_from(found, held, in_force),
        "rule_set": in_force,
        "table": rule_table(in_force),
        "versions": found.rule_sets.order_by("-since"),
    }
    return render(request, "governance/body.html", context)


@requires("governance.arrange_meeting")
def body_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name or purpose."""
    found = _body_for(pk)
    initial = {"name": found.name, "purpose": found.purpose}
    form = BodyNameForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.change_body(body=found, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("governance:body", pk)
    return render(request, "governance/body_form.html", {"form": form, "body": found})


@requires("governance.arrange_meeting")
def body_end(request: HttpRequest, pk: int) -> HttpResponse:
    """It meets no more."""
    found = _body_for(pk)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            operations.end_body(body=found, on=timezone.localdate(), by=actor_of(request))
            messages.success(request, f"{found.name} meets no more.")
            return redirect("governance:bodies")
    return render(request, "governance/body_end.html", {"form": form, "body": found})


@requires("governance.arrange_meeting")
def body_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a change of the society's rules from a day on."""
    found, today = _body_for(pk), timezone.localdate()
    in_force = found.rules_on(today)
    form = RuleSetForm(request.POST or None, rule_set=in_force, initial={"since": today})
    if form.is_valid():
        with refusals_on(form):
            operations.set_rules(body=found, by=actor_of(request), **form.values())
            messages.success(request, "The rules are saved.")
            return redirect("governance:body", pk)
    return render(request, "governance/rules.html", {"form": form, "body": found})


@requires("governance.arrange_meeting")
def body_rules_then(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """The rules as they were, or will be, from another day."""
    found = get_object_or_404(RuleSet.objects.select_related("body"), pk=version, body_id=pk)
    context = {"body": found.body, "rule_set": found, "table": rule_table(found)}
    return render(request, "governance/rules_then.html", context)


# --- Seats ----------------------------------------------------------------------------------------


@requires("governance.arrange_meeting")
def seat_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody takes a seat."""
    found = _body_for(pk)
    form = SeatForm(request.POST or None, initial={"since": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            seat = operations.take_seat(body=found, by=actor_of(request), **form.cleaned_data)
            messages.success(request, f"{seat.person} sits on it from {seat.since:%-d %B %Y}.")
            return redirect("governance:body", pk)
    return render(request, "governance/seat_new.html", {"form": form, "body": found})


def _seat_for(request: HttpRequest, pk: int, seat_pk: int) -> Seat:
    seats = Seat.objects.select_related("body", "person", "office")
    seat = get_object_or_404(seats, pk=seat_pk, body_id=pk)
    audit.record_reading(actor_of(request), [seat.person_id], "contact")
    return seat


@requires("governance.arrange_meeting")
def seat_role(request: HttpRequest, pk: int, seat_pk: int) -> HttpResponse:
    """Somebody is chair, or no longer: the seat goes on."""
    seat = _seat_for(request, pk, seat_pk)
    initial = {"role": seat.role, "since": timezone.localdate()}
    form = RoleForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.give_role(seat=seat, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "The role is noted.")
            return redirect("governance:body", pk)
    return render(request, "governance/seat_role.html", {"form": form, "seat": seat})


@requires("governance.arrange_meeting")
def seat_review(request: HttpRequest, pk: int, seat_pk: int) -> HttpResponse:
    """The seat of an independent member is looked at again each year."""
    seat = _seat_for(request, pk, seat_pk)
    form = SeatReviewForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            operations.review_seat(seat=seat, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "The review is noted.")
            return redirect("governance:body", pk)
    return form_page(
        request,
        form,
        "Look again at a seat",
        button="Note the review",
        trail=[(seat.body.name, reverse("governance:body", args=[pk]))],
        lead=f"{seat.person}, {seat.get_role_display().lower()} from {seat.since:%-d %B %Y}.",
        says="The seat goes on. If it does not, note its end instead.",
    )


@requires("governance.arrange_meeting")
def seat_end(request: HttpRequest, pk: int, seat_pk: int) -> HttpResponse:
    """Somebody's last day."""
    seat = _seat_for(request, pk, seat_pk)
    speaks = speaks_by(seat)
    form = SeatEndForm(request.POST or None, initial={"until": timezone.localdate()})
    if form.is_valid():
        with refusals_on(form):
            operations.end_seat(seat=seat, by=actor_of(request), **form.cleaned_data)
            messages.success(request, f"The end of the seat is noted.{_stops(speaks)}")
            return redirect("governance:body", pk)
    context = {"form": form, "seat": seat, "speaks": speaks}
    return render(request, "governance/seat_end.html", context)


def _stops(speaks: list[Delegate]) -> str:
    """What somebody does no longer with the end of their seat, in sentences."""
    return "".join(
        f" They no longer speak for {one.partner} in {one.partner.body.name}." for one in speaks
    )


@requires("governance.arrange_meeting")
def seat_strike(request: HttpRequest, pk: int, seat_pk: int) -> HttpResponse:
    """Strike out a seat that was entered by mistake."""
    seat = _seat_for(request, pk, seat_pk)
    speaks = speaks_by(seat)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            operations.strike_seat(seat=seat, by=actor_of(request))
            messages.success(request, f"The entry is struck out.{_stops(speaks)}")
            return redirect("governance:body", pk)
    context = {"form": form, "seat": seat, "speaks": speaks}
    return render(request, "governance/seat_strike.html", context)
