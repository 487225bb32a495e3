"""Finding people by name without a name in an address: the words stay in the session."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import audit
from core.actors import actor_of
from core.models.audit import ReadWhy
from members.forms.people import FindForm
from members.models import Person

#: As many people as a choice offers.
MOST = 20


def remembers_search(request: HttpRequest, key: str) -> bool:
    """True if this request only says whom to look for, which is then kept under `key`."""
    if request.method != "POST" or "q" not in request.POST:
        return False
    form = FindForm(request.POST, required=False)
    request.session[key] = form.cleaned_data["q"] if form.is_valid() else ""
    return True


def found_people(request: HttpRequest, key: str, *, but: Person | None = None) -> list[Person]:
    """Whom the words kept under `key` find; nobody without words."""
    text = request.session.get(key, "")
    if not text.strip():
        return []
    people = Person.objects.found_by(text)
    found = list((people.exclude(pk=but.pk) if but else people)[:MOST])
    audit.record_reading(
        actor_of(request), [person.pk for person in found], "identity", ReadWhy.SEARCH
    )
    return found


def search_context(request: HttpRequest, key: str) -> dict[str, Any]:
    """What includes/find_person.html needs."""
    text = request.session.get(key, "")
    return {"find_form": FindForm(initial={"q": text}), "search": text}
