"""Joining: the public application in short steps, left and taken up again.

Which application it is stands in the visitor's session, never in an address.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from core import ratelimit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import PrivateFile
from core.views.files import file_response
from members import operations
from members.checklist import FILE_OWNER, standing
from members.forms import (
    AboutOrganisationStep,
    AboutPersonStep,
    ClassStep,
    CodeForm,
    ContactStep,
    EvidenceStep,
    LaterForm,
    ResumeForm,
    SharesStep,
)
from members.models import Application, MemberClass, SharePurchase
from members.rules import STEPS, steps_missing
from members.speaking_for import MEMBERSHIP, memberships_of
from members.ways_to_pay import money_back, ways_to_pay

SESSION_KEY = "application"
TITLES = {
    "class": "Kind of member",
    "about": "About you",
    "contact": "How to reach you",
    "evidence": "How you know us",
    "shares": "Shares and rules",
}
BUSY = "That was a lot of tries in a short time. Please wait ten minutes and try again."


def for_visitors(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for somebody who is not signed in and tells us about themselves: no browser stores
    it, so that Back shows nothing once this computer has forgotten the application."""
    stored_nowhere: Callable[..., HttpResponseBase] = cache_control(no_store=True)(view)
    return login_not_required(stored_nowhere)


def application_of(request: HttpRequest) -> Application | None:
    """The application of this session, if it has one."""
    held = Application.objects.select_related("member_class__share_class")
    return held.filter(pk=request.session.get(SESSION_KEY) or 0).first()


def _files(application: Application) -> list[PrivateFile]:
    return list(PrivateFile.objects.filter(owner_kind=FILE_OWNER, owner_id=application.pk))


@for_visitors
def join(request: HttpRequest) -> HttpResponse:
    """What membership is, what it takes, and where to start."""
    today = timezone.localdate()
    return render(
        request,
        "members/join/start.html",
        {
            "application": application_of(request),
            "classes": MemberClass.objects.all(),
            "memberships": memberships_of(actor_of(request), MEMBERSHIP, today)
            .active_on(today)
            .exists(),
        },
    )


@for_visitors
def join_step(request: HttpRequest, step: str) -> HttpResponse:
    """One topic of the application: shown, saved, and on to the next."""
    if step not in STEPS:
        raise Http404
    application = application_of(request)
    if application is None and step != "class":
        return redirect("members:join")
    if application and application.state != Application.State.DRAFT:
        return redirect("members:join_done")
    if application and application.member_class is None and step != "class":
        # Invited without a class, on which all other questions depend.
        return redirect("members:join_step", step="class")
    form = _step_form(request, step, application)
    leaves = application is not None and _leaves(request)
    if request.method == "POST" and (form.is_valid() or leaves):
        try:
            application = _save(request, application, step, form)
        except RuleError as error:
            show_refusal(form, error)
        else:
            _say_what_was_not_saved(request, form)
            return _after(request, application, step)
    numbers = list(STEPS)
    return render(
        request,
        "members/join/step.html",
        {
            "form": form,
            "step": step,
            "title": _title(step, application),
            "number": numbers.index(step) + 1,
            "total": len(numbers) + 1,
            "back": numbers[numbers.index(step) - 1] if step != "class" else "",
            "changing": "change" in request.GET,
            "application": application,
            "files": _files(application) if application and step == "evidence" else [],
        },
        status=400 if form.errors else 200,
    )


def _leaves(request: HttpRequest) -> bool:
    """The applicant goes elsewhere with the step half filled in: what can be read is kept."""
    return request.POST.get("act") in ("later", "back") or "remove" in request.POST


def _say_what_was_not_saved(request: HttpRequest, form: forms.Form) -> None:
    """What was typed and cannot be kept, and why: nothing is dropped without a word."""
    for name, errors in form.errors.items():
        typed = form[name].data if name in form.fields else None
        if any(typed) if isinstance(typed, tuple) else typed:
            messages.warning(
                request, f"Not saved: {form.fields[name].label}. {' '.join(map(str, errors))}"
            )


def _title(step: str, application: Application | None) -> str:
    if step == "about" and application and application.for_organisation:
        return "About the organisation"
    return TITLES[step]


def _step_form(request: HttpRequest, step: str, application: Application | None) -> Any:
    """The form of a step, holding what was saved before."""
    data = request.POST if request.method == "POST" else None
    initial = {name: getattr(application, name) for name in STEPS[step] if application is not None}
    if step == "class":
        return ClassStep(data, initial=initial)
    assert application is not None
    assert application.member_class is not None
    if step == "about" and application.for_organisation:
        return AboutOrganisationStep(data, initial=initial)
    if step == "about":
        return AboutPersonStep(data, initial=initial, member_class=application.member_class)
    if step == "contact":
        return ContactStep(data, initial=initial)
    if step == "evidence":
        return EvidenceStep(
            data,
            request.FILES or None,
            initial=initial,
            application=application,
            kept=len(_files(application)),
        )
    initial["agreed"] = application.agreed_to_rules_at is not None
    return SharesStep(data, initial=initial, member_class=application.member_class)


def _save(
    request: HttpRequest, application: Application | None, step: str, form: forms.Form
) -> Application:
    """Keep what was typed, as far as it can be read."""
    answers = dict(form.cleaned_data)
    upload = answers.pop("file", None)
    if "agreed" in answers:
        answers["agreed_to_rules_at"] = timezone.now() if answers.pop("agreed") else None
    by = actor_of(request)
    if application is None:
        if not ratelimit.allow("join", ratelimit.address_of(request), limit=30, seconds=3600):
            raise RuleError(BUSY)
        application = operations.start_application(member_class=answers["member_class"], by=by)
        request.session.cycle_key()  # whoever knew the session before knows nothing of this
        request.session[SESSION_KEY] = application.pk
    else:
        application = operations.save_step(
            application=application, step=step, answers=answers, by=by
        )
    if upload:
        operations.add_evidence(application=application, upload=upload, by=by)
    if "remove" in request.POST:
        file = next(
            (one for one in _files(application) if str(one.pk) == request.POST["remove"]), None
        )
        if file:
            operations.remove_evidence(application=application, file=file, by=by)
    return application


def _after(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    """On to the next step; back to the answers when only one was to be changed."""
    act, steps = request.POST.get("act"), list(STEPS)
    if "remove" in request.POST:
        return redirect(request.get_full_path())
    if act == "later":
        return redirect("members:join_later")
    if act == "back":
        return redirect("members:join_step", step=steps[max(steps.index(step) - 1, 0)])
    following = steps[steps.index(step) + 1 :]
    if "change" in request.GET or not following:
        return redirect("members:join_check")
    return redirect("members:join_step", step=following[0])


@for_visitors
def join_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The applicant looks at a file that they have added."""
    application = application_of(request)
    if application is None:
        return redirect("members:join")
    found = next((file for file in _files(application) if file.pk == pk), None)
    if found is None:
        raise Http404
    return file_response(request, found)


@for_visitors
def join_later(request: HttpRequest) -> HttpResponse:
    """Stop for now: with an e-mail address one can come back, and this computer forgets."""
    application = application_of(request)
    if application is None or application.state != Application.State.DRAFT:
        return redirect("members:join")
    form = LaterForm(request.POST or None, initial={"email": application.email})
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_step(
                application=application,
                step="contact",
                answers={"email": form.cleaned_data["email"]},
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            del request.session[SESSION_KEY]
            messages.success(request, "Your answers are saved. Come back whenever you like.")
            return redirect("members:resume")
    return render(
        request,
        "members/join/later.html",
        {"form": form},
        status=400 if form.errors else 200,
    )


@for_visitors
def join_check(request: HttpRequest) -> HttpResponse:
    """All answers on one page; handing them in."""
    application = application_of(request)
    if application is None:
        return redirect("members:join")
    if application.state != Application.State.DRAFT:
        return redirect("members:join_done")
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.submit(application=application, by=actor_of(request))
        except RuleError as error:
            show_refusal(form, error)
        else:
            return redirect("members:join_done")
    today = timezone.localdate()
    missing = steps_missing(standing(application, today).applicant, application.email, today)
    wanted = application.member_class
    return render(
        request,
        "members/join/check.html",
        {
            "form": form,
            "application": application,
            "files": _files(application),
            "missing": [(step, _title(step, application)) for step in missing],
            "price": wanted.share_class.par * application.shares if wanted else None,
            "twin": not missing and Application.objects.twins_of(application).exists(),
            "number": len(STEPS) + 1,
        },
        status=400 if request.method == "POST" else 200,
    )


@for_visitors
def join_done(request: HttpRequest) -> HttpResponse:
    """How the application stands once it is handed in, and how to pay for the shares."""
    application = application_of(request)
    if application is None:
        return redirect("members:join")
    if application.state == Application.State.DRAFT:
        return redirect("members:join_check")
    purchase = SharePurchase.objects.filter(application=application).first()
    closed = application.state in (Application.State.REFUSED, Application.State.WITHDRAWN)
    return render(
        request,
        "members/join/done.html",
        {
            "application": application,
            "ways": ways_to_pay(purchase) if purchase else None,
            "pay_url": reverse("members:join_pay"),
            "back": money_back(application).sentences if closed else [],
        },
    )


@for_visitors
@require_POST
def join_withdraw(request: HttpRequest) -> HttpResponse:
    """The applicant takes the application back."""
    application = application_of(request)
    if application is None:
        return redirect("members:join")
    operations.withdraw(application=application, by=actor_of(request))
    return redirect("members:join_done")


@for_visitors
@require_POST
def join_leave(request: HttpRequest) -> HttpResponse:
    """Make this computer forget the application (the application itself is kept)."""
    request.session.pop(SESSION_KEY, None)
    messages.info(request, "This computer no longer knows your application.")
    return redirect("members:join")


@for_visitors
def resume(request: HttpRequest) -> HttpResponse:
    """Ask for a code. The answer is the same whether or not there is an application."""
    form = ResumeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if _may_ask(request, email):
            operations.send_resume_code(email=email, by=actor_of(request))
            request.session["resume_email"] = email
            messages.success(
                request,
                "If there is an application under this address, a code is on its way to it.",
            )
            return redirect("members:resume_code")
        form.add_error(None, BUSY)
        status = 429
    return render(
        request,
        "members/join/resume.html",
        {"form": form},
        status=status if status != 200 or not form.errors else 400,
    )


def _may_ask(request: HttpRequest, email: str) -> bool:
    return ratelimit.allow_from(
        request, "join.ask", email.lower(), limit=6, seconds=600
    ) and ratelimit.allow("join.ask.email", email.lower(), limit=3, seconds=600)


@for_visitors
def resume_code(request: HttpRequest) -> HttpResponse:
    """Open an application with the code from the e-mail."""
    form = CodeForm(
        request.POST or None, initial={"email": request.session.get("resume_email", "")}
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if not ratelimit.allow_from(request, "join.code", email, limit=10, seconds=600):
            form.add_error(None, BUSY)
            status = 429
        else:
            application = operations.resume(by=actor_of(request), **form.cleaned_data)
            if application is not None:
                request.session.pop("resume_email", None)
                request.session.cycle_key()
                request.session[SESSION_KEY] = application.pk
                return redirect("members:join_check")
            form.add_error(
                "code", "This code opens nothing: it is wrong, used or too old. Ask for a new one."
            )
    return render(
        request,
        "members/join/code.html",
        {"form": form},
        status=status if status != 200 or not form.errors else 400,
    )
