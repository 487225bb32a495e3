"""The secretary's applications: the list, one, on paper, and the board's decisions."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import PrivateFile, User
from core.registry import requires
from members import operations
from members.checklist import FILE_OWNER, standing, standings
from members.decisions import decision_corrections, money_going_back
from members.forms import (
    ApplicationFilter,
    BatchForm,
    BatchRefusalForm,
    CorrectApplicationForm,
    CorrectDecisionForm,
    DecisionForm,
    PaperForm,
    RefusalForm,
    WhoForm,
)
from members.models import Application, Person, SharePurchase
from members.views.shares import enter_payment, payment_form
from members.ways_to_pay import ways_to_pay

State = Application.State
PER_PAGE = 25
#: Two forms on one page ask for the meeting and the minute.
REFUSE_ID = "refuse_%s"


@requires("members.view_applications")
def applications(request: HttpRequest) -> HttpResponse:
    """Applications by state and class; those that wait with what still stops them."""
    form = ApplicationFilter({"state": State.SUBMITTED} | request.GET.dict())
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    state = wanted.get("state") or State.SUBMITTED
    found = Application.objects.select_related("member_class", "member")
    if wanted.get("member_class"):
        found = found.filter(member_class=wanted["member_class"])
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    if state != "all":
        found = found.filter(state=state)
    if state == State.SUBMITTED:
        found = found.order_by("submitted_at", "pk")  # who has waited longest comes first
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.record(actor_of(request), "members.read_applications", shown=[a.pk for a in shown])
    return render(
        request,
        "members/applications.html",
        {
            "form": form,
            "page": page,
            "state": state,
            "standings": standings(shown, timezone.localdate()),
            "tabs": _tabs(counts, state, wanted.get("member_class")),
        },
    )


def _tabs(counts: dict[str, int], state: str, member_class: Any) -> list[dict[str, Any]]:
    narrowed = f"&member_class={member_class.code}" if member_class else ""
    labels = {**dict(State.choices), "all": "All"}
    order = [State.SUBMITTED, State.DRAFT, State.ADMITTED, State.REFUSED, State.WITHDRAWN, "all"]
    return [
        {
            "label": labels[code],
            "url": f"?state={code}{narrowed}",
            "current": code == state,
            "count": sum(counts.values()) if code == "all" else counts.get(code, 0),
        }
        for code in order
    ]


@requires("members.view_applications")
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application, what still stops it, and the decisions."""
    return _show(request, _get(pk))


def _get(pk: int) -> Application:
    return get_object_or_404(
        Application.objects.select_related("member_class", "member", "decided_by", "known_person"),
        pk=pk,
    )


def _show(request: HttpRequest, application: Application, **bound: forms.Form) -> HttpResponse:
    """The application's page; `bound` are forms that were refused."""
    now = standing(application, timezone.localdate())
    alike = Person.objects.filter(pk__in=[match.person_id for match in now.applicant.matches])
    purchase = SharePurchase.objects.filter(application=application).first()
    ways = ways_to_pay(purchase) if purchase else None
    user = cast(User, request.user)
    by = actor_of(request)
    audit.record(by, "members.read_application", application)
    audit.record_reading(by, [person.pk for person in alike], "identity")
    return render(
        request,
        "members/application.html",
        {
            "application": application,
            "standing": now,
            "files": PrivateFile.objects.filter(owner_kind=FILE_OWNER, owner_id=application.pk),
            "alike": alike,
            "purchase": purchase,
            "ways": ways,
            "back": money_going_back(purchase) if purchase else None,
            "corrections": decision_corrections(application),
            "pay_form": bound.get("pay_form") or payment_form(user, ways),
            "may_enter": user.has_perm("ledger.keep_payments"),
            "may_decide": user.has_perm("members.decide_application"),
            "admit_form": bound.get("admit_form") or DecisionForm(),
            "refuse_form": bound.get("refuse_form") or RefusalForm(auto_id=REFUSE_ID),
            "who_form": bound.get("who_form")
            or WhoForm(people=alike, initial={"who": _settled(application)}),
            "bound": [form for form in bound.values()],
        },
        status=400 if bound else 200,
    )


def _settled(application: Application) -> str:
    """What the secretary said of who the applicant is."""
    if application.known_person_id:
        return str(application.known_person_id)
    return "new" if application.somebody_new else ""


@requires("members.decide_application")
@require_POST
def admit_application(request: HttpRequest, pk: int) -> HttpResponse:
    """Admit one, by a minute of the board."""
    application = _get(pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            member = operations.admit(
                application=application, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"Admitted: member number {member.number}.")
            return redirect("members:application", pk=pk)
    return _show(request, application, admit_form=form)


@requires("members.decide_application")
@require_POST
def refuse_application(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse one, with the board's reason."""
    application = _get(pk)
    form = RefusalForm(request.POST, auto_id=REFUSE_ID)
    if form.is_valid():
        try:
            operations.refuse(application=application, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Refused. The applicant is told the reason.")
            return redirect("members:application", pk=pk)
    return _show(request, application, refuse_form=form)


@requires("members.decide_application")
@require_POST
def application_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter money that came for the shares of an application otherwise than online."""
    application = _get(pk)
    rows = SharePurchase.objects.select_related("order")
    purchase = rows.filter(application=application).first()
    if purchase is None:
        raise RuleError("Nobody has been asked to pay for this application yet.")
    form = payment_form(cast(User, request.user), None, request.POST)
    if enter_payment(request, purchase, form):
        return redirect("members:application", pk=pk)
    return _show(request, application, pay_form=form)


@requires("members.decide_application")
@require_POST
def settle_application(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether the applicant is somebody we know already."""
    application = _get(pk)
    matches = standing(application, timezone.localdate()).applicant.matches
    people = Person.objects.filter(pk__in=[match.person_id for match in matches])
    form = WhoForm(request.POST, people=people)
    if form.is_valid():
        try:
            operations.settle_duplicate(
                application=application, person=form.person(), by=actor_of(request)
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted who the applicant is.")
            return redirect("members:application", pk=pk)
    return _show(request, application, who_form=form)


@requires("members.decide_application")
def admit_several(request: HttpRequest) -> HttpResponse:
    """Admit several at once, by one minute of one meeting."""
    waiting = list(Application.objects.waiting().select_related("member_class"))
    all_standings = standings(waiting, timezone.localdate())
    ready = [now.application for now in all_standings if not now.stops]
    form = BatchForm(request.POST or None, ready=ready)
    if request.method == "POST" and form.is_valid():
        try:
            members = operations.admit_batch(by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            *others, last = (f"{member.number}" for member in members)
            numbers = f"s {', '.join(others)} and {last}" if others else f" {last}"
            messages.success(request, f"Admitted as member{numbers}.")
            return redirect("members:applications")
    audit.record(actor_of(request), "members.read_applications", shown=[a.pk for a in waiting])
    return render(
        request,
        "members/admit_several.html",
        {
            "form": form,
            "ready": ready,
            "stopped": [now for now in all_standings if now.stops],
        },
        status=400 if form.errors else 200,
    )


@requires("members.decide_application")
def refuse_several(request: HttpRequest) -> HttpResponse:
    """Refuse several at once, by one minute of one meeting and for one reason."""
    waiting = list(Application.objects.waiting().select_related("member_class"))
    form = BatchRefusalForm(request.POST or None, ready=waiting)
    if request.method == "POST" and form.is_valid():
        try:
            refused = operations.refuse_batch(by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            count = len(refused)
            told = "One is refused, and is" if count == 1 else f"{count} are refused, and are"
            messages.success(request, f"{told} told the reason.")
            return redirect("members:applications")
    audit.record(actor_of(request), "members.read_applications", shown=[a.pk for a in waiting])
    return render(
        request,
        "members/refuse_several.html",
        {"form": form, "waiting": waiting},
        status=400 if form.errors else 200,
    )


@requires("members.decide_application")
def application_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right by which minute of which meeting the board decided."""
    application = _get(pk)
    if application.state not in (State.ADMITTED, State.REFUSED):
        raise RuleError("The board has not decided on this application.")
    form = CorrectDecisionForm(request.POST or None, application=application)
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_decision(
                application=application, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The day and the minute are put right.")
            return redirect("members:application", pk=pk)
    audit.record(actor_of(request), "members.read_application", application)
    return render(
        request,
        "members/application_decision.html",
        {"form": form, "application": application},
        status=400 if form.errors else 200,
    )


@requires("members.decide_application")
def paper(request: HttpRequest) -> HttpResponse:
    """Key in an application that came on paper."""
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keyed = operations.key_paper_application(
                answers=form.answers(),
                received=form.cleaned_data["received"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The application is in the list.")
            return redirect("members:application", pk=keyed.pk)
    return render(
        request,
        "members/paper.html",
        {"form": form, "application": None},
        status=400 if form.errors else 200,
    )


@requires("members.decide_application")
def application_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what an application that waits says."""
    application = _get(pk)
    if application.state != State.SUBMITTED:
        raise RuleError("Only an application that waits for the board can be put right.")
    form = CorrectApplicationForm(request.POST or None, application=application)
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_application(
                application=application,
                answers=form.answers(),
                seen=form.cleaned_data["seen"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The application is put right.")
            return redirect("members:application", pk=pk)
    audit.record(actor_of(request), "members.read_application", application)
    return render(
        request,
        "members/paper.html",
        {"form": form, "application": application},
        status=400 if form.errors else 200,
    )
