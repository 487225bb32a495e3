"""One person, one row: who looks like somebody else, side by side, and putting them together."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from core.relations import relations_to
from members import operations
from members.forms.people import MergeForm
from members.models import Person, SetApart
from members.rules.duplicates import Known, likely_the_same
from members.views.finding import found_people, remembers_search, search_context
from members.views.people import get_person

PER_PAGE = 25
FIND_KEY = "same_search"
COMPARED = (
    ("First name", "first_name"),
    ("Last name", "last_name"),
    ("Date of birth", "born"),
    ("E-mail address", "email"),
    ("Phone", "phone"),
    ("Postal address", "postal_address"),
    ("Signs in as", "user.email"),
)


@requires("members.merge_people")
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs of rows that may be one human, those with most in common first."""
    facts = ("pk", "first_name", "last_name", "born", "email", "phone")
    pairs = likely_the_same(
        [Known(*row) for row in Person.objects.values_list(*facts)],
        SetApart.objects.values_list("first", "second"),
    )
    page = Paginator(pairs, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    people = (
        Person.objects.with_member_number(timezone.localdate())
        .filter(pk__in={pk for pair in shown for pk in (pair.first, pair.second)})
        .in_bulk()
    )
    audit.record_reading(actor_of(request), sorted(people), "identity", ReadWhy.LIST)
    return render(
        request,
        "members/duplicates.html",
        {
            "page": page,
            "pairs": [(people[one.first], people[one.second], one.because) for one in shown],
        },
    )


@requires("members.merge_people")
def same_as(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the other row of a person that the list of pairs does not show."""
    person = get_person(pk)
    if remembers_search(request, FIND_KEY):
        return redirect("members:same_as", pk=pk)
    return render(
        request,
        "members/same_as.html",
        {
            "person": person,
            "found": found_people(request, FIND_KEY, but=person),
            **search_context(request, FIND_KEY),
        },
    )


@requires("members.merge_people")
def merge(request: HttpRequest, pk: int, gone: int) -> HttpResponse:
    """Two rows side by side, and what becomes of them; putting them together for good."""
    if pk == gone:
        raise Http404
    kept, going = get_person(pk), get_object_or_404(Person.objects.select_related("user"), pk=gone)
    form = MergeForm(request.POST or None, gone=going)
    if request.method == "POST" and form.is_valid():
        try:
            operations.merge_people(
                kept=kept, gone=going, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "They are one row now.")
            return redirect("members:person", pk=pk)
    audit.record_reading(actor_of(request), [pk, gone], "contact")
    return render(
        request,
        "members/merge.html",
        {
            "kept": kept,
            "gone": going,
            "form": form,
            "compared": [_compared(label, path, kept, going) for label, path in COMPARED],
            "hangs_on": _hangs_on(kept, going),
        },
        status=400 if form.errors else 200,
    )


def _compared(label: str, path: str, kept: Person, gone: Person) -> dict[str, object]:
    """One fact of both rows; `lost` where they say different things."""
    said = [_look_up(person, path) for person in (kept, gone)]
    return {
        "label": label,
        "kept": said[0],
        "gone": said[1],
        "lost": bool(said[0] and said[1] and said[0] != said[1]),
    }


def _look_up(person: Person, path: str) -> object:
    found: object = person
    for name in path.split("."):
        found = getattr(found, name) if found is not None else None
    return found


def _hangs_on(kept: Person, gone: Person) -> list[tuple[str, int, int]]:
    """What kinds of rows point at each, and how many."""
    counts: dict[str, list[int]] = {}
    for relation in relations_to(Person):
        both = relation.rows_of([kept.pk, gone.pk]).values_list(relation.field, flat=True)
        if relation.model is SetApart or not both:
            continue
        name = str(relation.model._meta.verbose_name_plural)
        mine = counts.setdefault(name[:1].upper() + name[1:], [0, 0])
        mine[0] += sum(pk == kept.pk for pk in both)
        mine[1] += sum(pk == gone.pk for pk in both)
    return [(name, *numbers) for name, numbers in counts.items()]  # type: ignore[misc]


@requires("members.merge_people")
@require_POST
def set_apart(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """They look alike and are two people."""
    operations.set_apart(first=get_person(pk), second=get_person(other), by=actor_of(request))
    messages.success(request, "Noted: two people. We do not ask again.")
    return redirect("members:duplicates")
