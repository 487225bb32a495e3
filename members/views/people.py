"""The people whom the co-op knows: the list, one person, and what staff change."""

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
from core.models.audit import ReadWhy
from core.registry import requires
from members import operations
from members.acting import leads_further
from members.entered import email_lately_entered
from members.forms import contact_form
from members.forms.people import CorrectNameForm, FindForm, HowForm, NeedsForm, NewPersonForm
from members.models import Consent, Person
from members.views.finding import remembers_search
from members.wording import WORDINGS

PER_PAGE = 50
SEARCH_KEY = "people_search"
LETTERS_SHOWN = 10


@requires("members.keep_people")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, or those who fit what was looked for."""
    search = request.session.get(SEARCH_KEY, "")
    found = Person.objects.found_by(search).with_member_number(timezone.localdate())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    why = ReadWhy.SEARCH if search else ReadWhy.LIST
    audit.record_reading(actor_of(request), [person.pk for person in shown], "contact", why)
    return render(
        request,
        "members/people.html",
        {
            "page": page,
            "people": shown,
            "search": search,
            "find_form": FindForm(initial={"q": search}, required=False),
        },
    )


@requires("members.keep_people")
@require_POST
def people_search(request: HttpRequest) -> HttpResponse:
    remembers_search(request, SEARCH_KEY)
    return redirect("members:people")


def get_person(pk: int) -> Person:
    """The person, wherever their row has gone: a merged one's number leads to the row kept."""
    person = Person.objects.select_related("user").filter(pk=pk).first()
    return person or get_object_or_404(Person.objects.select_related("user"), merged__gone=pk)


@requires("members.keep_people")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: how to reach them, what they need, what they are here, who acts for them."""
    found = get_person(pk)
    if found.pk != pk:
        return redirect("members:person", pk=found.pk)
    today, by = timezone.localdate(), actor_of(request)
    audit.record_reading(by, [pk], "contact")
    return render(
        request,
        "members/person.html",
        {
            "person": found,
            "today": today,
            "memberships": found.memberships.select_related("member_class"),
            "represents": found.represents.select_related("organisation").order_by("-since"),
            "offices": found.offices.standing().order_by("-since"),
            "roles": found.user.role_grants.active_on(today) if found.user else [],
            "acted_for_by": found.acted_for_by.with_standing(today).select_related("by", "seen_by"),
            "acts_for": found.acts_for.with_standing(today).select_related("person"),
            "may_let_in": by.may("members.keep_register") or not leads_further(found),
            "email_entered": email_lately_entered(found, today),
            "how_form": HowForm(),
            "consents": standing_consents(found),
            "history": found.consents.all(),
            "letters": found.letters.order_by("-queued_at", "-pk")[:LETTERS_SHOWN],
            "data_requests": found.data_requests.all(),
        },
    )


def standing_consents(person: Person) -> list[dict[str, object]]:
    """For each purpose what counts, in which words, and whether these have changed since."""
    counts = Consent.objects.standing(person)
    return [
        {
            "purpose": purpose,
            "label": Consent.Purpose(purpose).label,
            "wording": wording,
            "counts": counts.get(purpose),
            "given": purpose in counts and counts[purpose].given,
            "old_words": purpose in counts
            and counts[purpose].given
            and counts[purpose].wording != wording.give,
        }
        for purpose, wording in WORDINGS.items()
    ]


@requires("members.keep_people")
def person_new(request: HttpRequest) -> HttpResponse:
    """Note somebody new; those who look alike are shown first."""
    form = NewPersonForm(request.POST or None, asks=False)
    alike: list[Person] = []
    if request.method == "POST" and form.is_valid():
        details = form.details()
        alike = list(
            Person.objects.like(
                first_name=details["first_name"],
                last_name=details["last_name"],
                born=details["born"],
                email=details["contact"].email,
            )
        )
        if alike:
            form = NewPersonForm(request.POST, asks=True)
            audit.record_reading(
                actor_of(request), [one.pk for one in alike], "identity", ReadWhy.SEARCH
            )
        if form.is_valid():
            try:
                made = operations.add_person(**details, by=actor_of(request))
            except RuleError as error:
                show_refusal(form, error)
            else:
                messages.success(request, "Noted.")
                return redirect("members:person", pk=made.pk)
    return render(
        request,
        "members/person_new.html",
        {"form": form, "alike": alike},
        status=400 if form.errors else 200,
    )


@requires("members.keep_people")
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a name or a birthday right."""
    found = get_person(pk)
    form = CorrectNameForm(request.POST or None, person=found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_person(person=found, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Put right.")
            return redirect("members:person", pk=pk)
    return _form(request, found, form, "Name and date of birth")


@requires("members.keep_people")
def person_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how to reach a person."""
    found = get_person(pk)
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
            return redirect("members:person", pk=pk)
    return _form(request, found, form, "Contact details")


@requires("members.keep_people")
def person_needs(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how to write and speak to a person."""
    found = get_person(pk)
    form = NeedsForm(request.POST or None, person=found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_needs(
                person=found,
                needs=form.needs(),
                seen=form.cleaned_data["seen"],
                by=actor_of(request),
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted, and shown wherever somebody gets in touch.")
            return redirect("members:person", pk=pk)
    return _form(request, found, form, "What they need")


def _form(request: HttpRequest, person: Person, form: object, heading: str) -> HttpResponse:
    audit.record_reading(actor_of(request), [person.pk], "contact")
    return render(
        request,
        "members/person_form.html",
        {"person": person, "form": form, "heading": heading},
        status=400 if form.errors else 200,  # type: ignore[attr-defined]
    )


@requires("members.keep_people")
@require_POST
def person_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what somebody said about a purpose: one press, `say` being "news:yes" or "news:no"."""
    form = HowForm(request.POST)
    purpose, _colon, said = request.POST.get("say", "").partition(":")
    operations.note_consent(
        person=get_person(pk),
        purpose=purpose,
        given=said == "yes",
        how=form.cleaned_data["how"] if form.is_valid() else "",
        by=actor_of(request),
    )
    messages.success(request, "Noted, in the words that are shown here.")
    return redirect("members:person", pk=pk)


@requires("members.keep_people")
@require_POST
def person_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person sign in with their e-mail address."""
    operations.give_sign_in(person=get_person(pk), by=actor_of(request))
    messages.success(request, "They can sign in now: with a code that we send to their address.")
    return redirect("members:person", pk=pk)
