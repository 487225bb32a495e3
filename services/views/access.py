"""Who may see a record and who looked: for the person, those who stand for them, and the team."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.models import ReadLine
from core.registry import requires
from members.looked import looks_of
from services import operations
from services.forms import CircleForm
from services.models import AccessLink, PersonSupported
from services.rules import Ground, Group
from services.views.shared import carried_out, note_reading, seen_by, supported_or_404, user_of

READS_PER_PAGE = 100


def who_may_see(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who may see this record, why, which parts, and for how long."""
    supported = supported_or_404(request, pk, Group.ACCESS)
    return _who_may_see(request, supported, CircleForm())


@requires("services.manage_access")
@require_POST
def add_to_circle(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody see this record."""
    supported = supported_or_404(request, pk, Group.ACCESS)
    form = CircleForm(request.POST)
    if carried_out(
        form,
        lambda: operations.add_to_circle(
            supported=supported, by=actor_of(request), **form.cleaned_data
        ),
    ):
        messages.success(request, "They may see this record now, and sign in with their e-mail.")
        return redirect("services:who_may_see", pk=pk)
    return _who_may_see(request, supported, form)


@requires("services.manage_access")
@require_POST
def close_access(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's access at once."""
    people = seen_by(request, Group.ACCESS)
    link = get_object_or_404(AccessLink, pk=pk, person__in=people.values("person"))
    try:
        operations.close_access(link=link, by=actor_of(request))
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Ended. The next page they open is refused.")
    return redirect("services:who_may_see", pk=link.person.supported.pk)


def _who_may_see(
    request: HttpRequest, supported: PersonSupported, form: CircleForm
) -> HttpResponse:
    now = timezone.now()
    links = list(
        supported.person.access_links.not_over_at(now)
        .select_related("user")
        .order_by("ground", "user__name")
    )
    for link in links:
        link.parts = ", ".join(g.label for g in Group if g in link.groups)  # type: ignore[attr-defined]
        link.closable = link.ground not in (Ground.SELF, Ground.TEAM)  # type: ignore[attr-defined]
    note_reading(request, supported, [Group.ACCESS])
    return render(
        request,
        "services/who_may_see.html",
        _about(request, supported) | {"links": links, "now": now, "form": form},
        status=400 if form.errors else 200,
    )


def _about(request: HttpRequest, supported: PersonSupported) -> dict[str, object]:
    """Whose record it is, in the reader's words, and whether they may change who sees it."""
    user = user_of(request)
    return {
        "supported": supported,
        "own": supported.person.user_id == user.pk,
        "may_manage": user.has_perm("services.manage_access"),
    }


def who_looked(request: HttpRequest, pk: int) -> HttpResponse:
    """Who read this record and when, newest first, in plain words."""
    supported = supported_or_404(request, pk, Group.ACCESS)
    note_reading(request, supported, [Group.ACCESS])
    lines = ReadLine.objects.filter(subject_id__in=supported.person.ids).select_related("user")
    page = Paginator(lines, READS_PER_PAGE).get_page(request.GET.get("page"))
    links = supported.person.access_links.order_by("since").values_list("user", "ground")
    looks = looks_of(
        list(page.object_list),
        person=supported.person,
        reader_id=user_of(request).pk,
        words=dict(Group.choices),
        grounds={user: Ground(ground).label for user, ground in links},
    )
    days = [(day, list(of_day)) for day, of_day in groupby(looks, lambda look: look.at.date())]
    context = _about(request, supported) | {"days": days, "page": page}
    return render(request, "services/who_looked.html", context)
