"""Proxies on the screen: a member gives one or agrees to hold one; staff key a signed paper."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.attending import PaperProxyForm, ProxyForm
from governance.models import Meeting, Motion, Proxy, Voter, deadline
from governance.views.found import meeting_for, user_of
from governance.views.reading import note_names_read
from members.models import Member

PER_PAGE = 50
NAMES = (
    "voter__member__person",
    "voter__member__organisation",
    "voter__person",
    "holder__member__person",
    "holder__member__organisation",
    "holder__person",
)


def _my_voters(request: HttpRequest, meeting: Meeting) -> list[Voter]:
    mine = meeting.voters.standing().of_user(user_of(request), timezone.localdate())
    return list(mine.with_names())


def my_proxies(request: HttpRequest, pk: int) -> HttpResponse:
    """Who speaks for me at a meeting, and for whom I am asked to speak."""
    meeting = meeting_for(request, pk)
    mine = _my_voters(request, meeting)
    if not mine:
        raise Http404
    standing = Proxy.objects.standing().select_related(*NAMES)
    context = {
        "meeting": meeting,
        "mine": [(voter, standing.filter(voter=voter).first()) for voter in mine],
        "held": [(proxy, _says(proxy, meeting)) for proxy in standing.filter(holder__in=mine)],
        "deadline": deadline(meeting),
        "too_late": timezone.now() > deadline(meeting),
    }
    return render(request, "governance/my_proxies.html", context)


def _says(proxy: Proxy, meeting: Meeting) -> list[tuple[str, str]]:
    """What is directed: title of an item, and for, against or abstain."""
    motions = Motion.objects.filter(item__meeting=meeting).select_related("item")
    said = [(one.item.title, proxy.directions.get(str(one.pk), "")) for one in motions]
    return [(title, choice) for title, choice in said if choice]


def proxy_give(request: HttpRequest, pk: int, voter_pk: int) -> HttpResponse:
    """Let somebody speak and vote for me."""
    meeting = meeting_for(request, pk)
    voter = next((one for one in _my_voters(request, meeting) if one.pk == voter_pk), None)
    if voter is None:
        raise Http404
    form = ProxyForm(request.POST or None, meeting=meeting)
    if form.is_valid():
        with refusals_on(form):
            holder = _on_roll(meeting, form.cleaned_data["holder"], "holder")
            operations.give_proxy(
                voter=voter,
                holder=holder,
                **form.values(),
                now=timezone.now(),
                by=actor_of(request),
            )
            messages.success(request, f"Given. It counts once {holder.name} has agreed.")
            return redirect("governance:my_proxies", pk)
    context = {"form": form, "meeting": meeting, "voter": voter, "deadline": deadline(meeting)}
    return render(request, "governance/proxy_give.html", context)


def _on_roll(meeting: Meeting, member: Member, field: str) -> Voter:
    """A member's place on the roll. Raises RuleError."""
    found = meeting.voters.standing().with_names().filter(member=member).first()
    if found is None:
        raise RuleError("They are not on the roll of this meeting.", field=field)
    found.meeting = meeting
    return found


def _answer(
    request: HttpRequest, pk: int, proxy_pk: int, act: Callable[..., Proxy], said: str
) -> HttpResponse:
    meeting = meeting_for(request, pk)
    rows = Proxy.objects.select_related("voter__meeting__body", "holder__meeting__body")
    proxy = get_object_or_404(rows, pk=proxy_pk, voter__meeting=meeting)
    act(proxy=proxy, now=timezone.now(), by=actor_of(request))
    messages.success(request, said)
    if request.user.has_perm("governance.arrange_meeting"):
        return redirect("governance:proxies", pk)
    return redirect("governance:my_proxies", pk)


@require_POST
def proxy_accept(request: HttpRequest, pk: int, proxy_pk: int) -> HttpResponse:
    """I will speak for them."""
    return _answer(request, pk, proxy_pk, operations.accept_proxy, "You speak for them.")


@require_POST
def proxy_refuse(request: HttpRequest, pk: int, proxy_pk: int) -> HttpResponse:
    """I will not."""
    return _answer(request, pk, proxy_pk, operations.refuse_proxy, "You do not speak for them.")


@require_POST
def proxy_revoke(request: HttpRequest, pk: int, proxy_pk: int) -> HttpResponse:
    """They do not speak for me any more."""
    return _answer(request, pk, proxy_pk, operations.revoke_proxy, "The proxy is taken back.")


@requires("governance.arrange_meeting")
def proxies(request: HttpRequest, pk: int) -> HttpResponse:
    """Every proxy of a meeting, and the form for a signed paper."""
    meeting = meeting_for(request, pk)
    form = PaperProxyForm(request.POST or None, meeting=meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.give_proxy(
                voter=_on_roll(meeting, form.cleaned_data["voter"], "voter"),
                holder=_on_roll(meeting, form.cleaned_data["holder"], "holder"),
                **form.values(),
                way=Proxy.Way.PAPER,
                now=timezone.now(),
                by=actor_of(request),
            )
            messages.success(request, "The proxy is noted.")
            return redirect("governance:proxies", pk)
    standing = Proxy.objects.standing().filter(voter__meeting=meeting).select_related(*NAMES)
    page = Paginator(standing, PER_PAGE).get_page(request.GET.get("page"))
    note_names_read(request, [voter for proxy in page for voter in (proxy.voter, proxy.holder)])
    context = {
        "form": form,
        "meeting": meeting,
        "page": page,
        "deadline": deadline(meeting),
        "most": meeting.rules.most_proxies,
    }
    return render(request, "governance/proxies.html", context)
