"""My own page, or that of somebody for whom I act: membership, how to reach them, what they agree
to."""

from __future__ import annotations

from itertools import groupby
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import Actor, actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import ReadLine, User
from members import operations
from members.acting import Scope, may_consent, scopes_of, subject_of
from members.arrears import owed_by
from members.forms import contact_form
from members.forms.people import NeedsForm
from members.looked import PARTS, looks_of
from members.models import Consent, DataRequest, Person
from members.speaking_for import MEMBERSHIP, may_end, memberships_of
from members.views.people import standing_consents

READS_PER_PAGE = 100


def me(request: HttpRequest) -> HttpResponse:
    """My membership, and those of organisations I act for; or those of whom I am acting for."""
    user, by, today = cast(User, request.user), actor_of(request), timezone.localdate()
    if by.acting_for and MEMBERSHIP not in scopes_of(by.acting_for, user, today):
        return redirect("members:acting")  # which says what the authority does cover
    person = Person.objects.filter(pk=by.acting_for).first() if by.acting_for else None
    person = person or Person.objects.filter(user=user).first()
    memberships = (
        memberships_of(by, MEMBERSHIP, today)
        .with_shares(today)
        .select_related("person", "organisation", "member_class")
    )
    if person:
        audit.record_reading(by, [person.pk], "contact")
    return render(
        request,
        "members/me.html",
        {
            "person": person,
            "own": by.acting_for is None,
            "in_money": _in(request, Scope.MONEY),
            "leaving": [one.pk for one in memberships if may_end(one, by, today)],
            "memberships": memberships,
            "dues": owed_by(memberships),
            "today": today,
            "acted_for_by": _live(person.acted_for_by, "by") if person else [],
            "acts_for": _live(person.acts_for, "person") if person and not by.acting_for else [],
            "consents": _consents(by, person) if person else [],
            "packs": _packs(person) if person and not by.acting_for else [],
        },
    )


def _in(request: HttpRequest, scope: Scope) -> bool:
    """The reader acts for themselves, or for somebody in matters of `scope` too."""
    by = actor_of(request)
    if by.acting_for is None or by.user is None:
        return True
    return scope in scopes_of(by.acting_for, by.user, timezone.localdate())


def _consents(by: Actor, person: Person) -> list[dict[str, object]]:
    """What the reader may say yes or no to."""
    today = timezone.localdate()
    return [
        one
        for one in standing_consents(person)
        if may_consent(by, person, str(one["purpose"]), today)
    ]


def _live(authorities: object, other: str) -> object:
    held = authorities.active_on(timezone.localdate())  # type: ignore[attr-defined]
    return held.select_related(other)


def _packs(person: Person) -> object:
    return person.data_requests.filter(state=DataRequest.State.GIVEN, file__isnull=False)


def me_contact(request: HttpRequest) -> HttpResponse:
    """Change my own contact details."""
    person = subject_of(request, MEMBERSHIP)
    own = actor_of(request).acting_for is None
    form = contact_form(person, request.POST or None, own=own)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_contact(
                of=person,
                contact=form.details(),
                seen=form.cleaned_data["seen"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The contact details are changed.")
            return redirect("members:me")
    return _form(request, person, form, "Contact details")


def me_needs(request: HttpRequest) -> HttpResponse:
    """Say how I want to be written and spoken to."""
    person = subject_of(request, MEMBERSHIP)
    own = actor_of(request).acting_for is None
    form = NeedsForm(request.POST or None, person=person, own=own)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_needs(
                person=person,
                needs=form.needs(),
                seen=form.cleaned_data["seen"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Thank you. Everybody who gets in touch sees it.")
            return redirect("members:me")
    return _form(request, person, form, "What helps you" if own else f"What helps {person}")


def _form(request: HttpRequest, person: Person, form: object, heading: str) -> HttpResponse:
    audit.record_reading(actor_of(request), [person.pk], "contact")
    return render(
        request,
        "members/me_form.html",
        {"form": form, "heading": heading},
        status=400 if form.errors else 200,  # type: ignore[attr-defined]
    )


def _consenting(request: HttpRequest) -> Person:
    """Whose consents the page is about: membership opens them, and so does health and care."""
    return subject_of(request, MEMBERSHIP if _in(request, MEMBERSHIP) else Scope.CARE)


def me_consents(request: HttpRequest) -> HttpResponse:
    """What I have agreed to, in which words, and what I said before."""
    person, by = _consenting(request), actor_of(request)
    offered = _consents(by, person)
    audit.record_reading(by, [person.pk], "identity")
    return render(
        request,
        "members/me_consents.html",
        {
            "consents": offered,
            "history": person.consents.filter(purpose__in=[one["purpose"] for one in offered]),
        },
    )


@require_POST
def me_consent(request: HttpRequest, purpose: str) -> HttpResponse:
    """Say yes or no to one purpose: one press either way."""
    given = request.POST.get("say") == "yes"
    operations.note_consent(
        person=_consenting(request),
        purpose=purpose,
        given=given,
        how=Consent.How.WEB,
        by=actor_of(request),
    )
    messages.success(
        request, "Thank you. You can take it back at any time." if given else "Taken back."
    )
    return redirect("members:me_consents")


def me_looked(request: HttpRequest) -> HttpResponse:
    """Who read what we hold about me, newest first. For the person alone."""
    by = actor_of(request)
    if by.user is None or by.acting_for is not None:
        raise Http404
    person = get_object_or_404(Person, user=by.user)
    read = ReadLine.objects.filter(subject_id__in=person.ids).select_related("user")
    page = Paginator(read, READS_PER_PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    looks = looks_of(lines, person=person, reader_id=by.user.pk, words=PARTS, grounds={})
    days = [(day, list(of_day)) for day, of_day in groupby(looks, lambda look: look.at.date())]
    return render(request, "members/me_looked.html", {"days": days, "page": page})
