"""People supported, as coordinators see them: the list, one person, coming, resting, leaving."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.models.audit import ReadWhy
from core.registry import requires
from services import calendar, operations, whos_coming
from services.forms import (
    HomeForm,
    LastDayForm,
    NewPersonForm,
    PauseForm,
    PeopleFilter,
    SearchForm,
)
from services.models import Agreement, AgreementVersion, PersonSupported
from services.rules import Group
from services.views.shared import (
    carried_out,
    note_reading,
    pause_or_404,
    seen_by,
    supported_or_404,
    user_of,
)

PER_PAGE = 25
SEARCH_KEY = "people_supported_search"


@requires("services.view_people")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody this coordinator's team supports, searched and narrowed."""
    now, today = timezone.now(), timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    mine = seen_by(request)
    towns = mine.order_by("person__town").values_list("person__town", flat=True).distinct()
    form = PeopleFilter(request.GET, towns=[town for town in towns if town])
    search = request.session.get(SEARCH_KEY, "")
    wanted = form.cleaned_data if form.is_valid() else {}
    found = mine.with_standing(now, monday).matching(search).select_related("person")
    page = Paginator(_narrowed(found, wanted), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.record_reading(
        actor_of(request),
        [supported.person_id for supported in shown],
        Group.IDENTITY,
        ReadWhy.SEARCH if search else ReadWhy.LIST,
    )
    context = {"form": form, "search": search, "page": page, "people": shown}
    context["search_form"] = SearchForm(initial={"q": search})
    return render(request, "services/people.html", context)


def _narrowed(found: QuerySet[Any], wanted: dict[str, str]) -> QuerySet[Any]:
    state = wanted.get("state") or PersonSupported.State.ACTIVE
    if state != "all":
        found = found.filter(state=state)
    if wanted.get("town"):
        found = found.filter(person__town=wanted["town"])
    match wanted.get("agreement"):
        case "active":
            found = found.filter(agreement_state=Agreement.State.ACTIVE)
        case "change":
            found = found.filter(has_draft=True)
        case "none":
            found = found.filter(agreement_state__isnull=True)
    return found


@requires("services.view_people")
@require_POST
def people_search(request: HttpRequest) -> HttpResponse:
    """Look for somebody: kept in the session, so that no name stands in an address."""
    form = SearchForm(request.POST)
    request.session[SEARCH_KEY] = form.cleaned_data["q"] if form.is_valid() else ""
    return redirect("services:people")


@requires("services.view_people")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what is agreed, and the visits of this week and the next."""
    supported = supported_or_404(request, pk)
    now, today = timezone.now(), timezone.localdate()
    groups = supported.groups_seen_by(user_of(request), now)
    monday = today - dt.timedelta(days=today.weekday())
    sunday = monday + dt.timedelta(days=13)
    visits = list(
        supported.visits.filter(date__gte=monday, date__lte=sunday).select_related("line")
    )
    current = supported.agreements.exclude(state=Agreement.State.ENDED).first()
    standing = (
        AgreementVersion.objects.filter(agreement=current)
        .standing_on(today)
        .select_related("agreement")
        .prefetch_related("lines__skills")[:2]
    )
    note_reading(request, supported, groups - {Group.ACCESS, Group.MONEY})
    return render(
        request,
        "services/person.html",
        {
            "supported": supported,
            "groups": groups,
            "today": today,
            "now": now,
            "weeks": calendar.weeks(monday, sunday, visits),
            "coming": whos_coming.first_names([visit.pk for visit in visits]),
            "agreement": current,
            "in_force": standing[0] if standing else None,
            "upcoming": standing[1] if len(standing) > 1 else None,
            "draft": current.versions.filter(state="draft").first() if current else None,
            "pauses": supported.pauses.touching(today, dt.date.max),
            "links": supported.person.access_links.active_at(now).exclude(ground="team").count(),
        },
    )


@requires("services.manage_agreements")
def add_person(request: HttpRequest) -> HttpResponse:
    """Begin to support somebody, whom we may know already as a member or family."""
    form = NewPersonForm(request.POST or None, initial={"since": timezone.localdate()})
    added: list[PersonSupported] = []

    def add() -> None:
        said, known = form.cleaned_data, form.person()
        where = {name: said[name] for name in ("since", "latitude", "longitude")}
        if known is not None:
            added.append(
                operations.add_person_supported(person=known, by=actor_of(request), **where)
            )
        else:
            who = {name: said[name] for name in ("first_name", "last_name", "born")}
            added.append(
                operations.welcome(contact=form.contact(), by=actor_of(request), **who, **where)
            )

    if request.method == "POST" and carried_out(form, add):
        messages.success(request, "Added. The next step is their agreement.")
        return redirect("services:person", pk=added[0].pk)
    return render(
        request, "services/add_person.html", {"form": form}, status=400 if form.errors else 200
    )


@requires("services.manage_agreements")
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right where the home is on the map."""
    supported = supported_or_404(request, pk, Group.CONTACT)
    before = {"latitude": supported.latitude, "longitude": supported.longitude}
    form = HomeForm(request.POST or None, initial=before)
    note_reading(request, supported, [Group.CONTACT])
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.move_home(
            supported=supported, by=actor_of(request), **form.cleaned_data
        ),
    ):
        messages.success(request, "The place of the home is changed.")
        return redirect("services:person", pk=pk)
    return _form(request, "Where the home is", form, supported, "Save")


@requires("services.manage_agreements")
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Let visits rest for a hospital stay or a holiday."""
    supported = supported_or_404(request, pk, Group.HEALTH)
    form = PauseForm(request.POST or None, initial={"first_day": timezone.localdate()})
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.pause_visits(
            supported=supported, by=actor_of(request), **form.cleaned_data
        ),
    ):
        messages.success(request, "Visits are paused. Those in between are cancelled.")
        return redirect("services:person", pk=pk)
    return _form(request, "Pause visits", form, supported, "Pause visits")


@requires("services.manage_agreements")
def end_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Let visits begin again."""
    found = pause_or_404(request, pk)
    supported = found.person_supported
    form = LastDayForm(request.POST or None, initial={"last_day": timezone.localdate()})
    form.fields["last_day"].label = "Last day without visits"
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.end_pause(pause=found, by=actor_of(request), **form.cleaned_data),
    ):
        messages.success(request, "Visits begin again after that day.")
        return redirect("services:person", pk=supported.pk)
    return _form(request, "End the pause", form, supported, "End the pause")


@requires("services.manage_agreements")
def end_support(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the co-op no longer supports this person."""
    supported = supported_or_404(request, pk)
    form = LastDayForm(request.POST or None, initial={"last_day": timezone.localdate()})
    form.fields["last_day"].label = "Last day of support"
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.end_support(
            supported=supported, by=actor_of(request), **form.cleaned_data
        ),
    ):
        messages.success(request, "Support has ended. Family and carers no longer see the record.")
        return redirect("services:person", pk=pk)
    return _form(request, "End support", form, supported, "End support")


def _form(
    request: HttpRequest, title: str, form: object, supported: PersonSupported, verb: str
) -> HttpResponse:
    """A page with one form about a person."""
    context = {"title": title, "form": form, "supported": supported, "verb": verb}
    status = 400 if getattr(form, "errors", None) else 200
    return render(request, "services/form.html", context, status=status)
