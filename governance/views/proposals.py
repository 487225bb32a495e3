"""What members propose: write it down, put it forward, second it, and put it on an agenda."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.proposals import (
    IdeaForm,
    OnAgendaForm,
    OwnIdeaForm,
    PaperIdeaForm,
    PaperSeconderForm,
    PutForwardForm,
    RemarkForm,
    meetings_in_preparation,
)
from governance.models import Proposal, Remark, Seconder
from governance.operations.own_hand import KEEPS, may_go_on
from governance.operations.proposals import seconders_needed
from governance.views.discussion import remarks_page
from governance.views.form_page import form_page, meetings_trail
from governance.views.found import members_of, user_of
from members.models import Member

PER_PAGE = 25


def proposal_for(request: HttpRequest, pk: int) -> Proposal:
    """404 for whoever is neither a member nor keeps the papers of meetings."""
    names = ("body", "member__person", "member__organisation", "item__meeting")
    rows = Proposal.objects.visible_to(user_of(request)).select_related(*names)
    return get_object_or_404(rows, pk=pk)


def _own(request: HttpRequest, pk: int) -> Proposal:
    """One that this person may go on with: its author, or staff for who does not sign in."""
    found = proposal_for(request, pk)
    if not may_go_on(found.member, actor_of(request)):
        raise PermissionDenied("not their proposal")
    return found


def trail_to(proposal: Proposal) -> list[tuple[str, str]]:
    address = reverse("governance:proposal", args=[proposal.pk])
    its = (proposal.title, address)
    return [*meetings_trail(), ("Proposals", reverse("governance:proposals")), its]


def proposals(request: HttpRequest) -> HttpResponse:
    """What members propose, the latest step first."""
    user = user_of(request)
    if not (user.has_perm("governance.vote") or user.has_perm(KEEPS)):
        raise PermissionDenied("proposals")
    rows = Proposal.objects.visible_to(user)
    rows = rows.select_related("member__person", "member__organisation", "item__meeting")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    may_start = user.has_perm(KEEPS) or bool(members_of(request))
    return render(request, "governance/proposals.html", {"page": page, "may_start": may_start})


def proposal_new(request: HttpRequest) -> HttpResponse:
    """A member writes an idea down; or staff key what came on paper."""
    user, mine = user_of(request), members_of(request)
    form: IdeaForm
    if user.has_perm(KEEPS):
        form = PaperIdeaForm(request.POST or None)
    elif mine:
        form = OwnIdeaForm(request.POST or None, mine=mine)
    elif user.has_perm("governance.vote"):
        messages.info(request, "Only who is in the register of members can propose something.")
        return redirect("governance:proposals")
    else:
        raise PermissionDenied("proposal_new")
    if form.is_valid():
        with refusals_on(form):
            made = operations.start_proposal(
                now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Written down. All members can read it now.")
            return redirect("governance:proposal", made.pk)
    return form_page(
        request,
        form,
        "Write down an idea",
        button="Write it down",
        trail=[*meetings_trail(), ("Proposals", reverse("governance:proposals"))],
        lead="All members can read it, with the name of who proposes it.",
    )


def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, who seconds it, and what is said about it."""
    found = proposal_for(request, pk)
    user, today, mine = user_of(request), timezone.localdate(), members_of(request)
    keeps = user.has_perm(KEEPS)
    seconders = found.seconders.standing().select_related("member__person", "member__organisation")
    by_member = {row.member_id: row for row in seconders}
    context = {
        "proposal": found,
        "own": may_go_on(found.member, actor_of(request)),
        "mine": [(one, by_member.get(one.pk)) for one in mine if one.pk != found.member_id],
        "seconders": seconders,
        "seconded": found.seconders.counting_on(today).count(),
        "needed": seconders_needed(found, today),
        "paper": PaperSeconderForm() if keeps and found.is_proposed else None,
        "meetings": keeps and meetings_in_preparation(found).exists(),
        "polls": found.polls.all(),
        "remarks": remarks_page(request, Remark.objects.about_proposal(found)),
        "form": RemarkForm() if found.is_discussed else None,
        "say_url": reverse("governance:proposal_say", args=[pk]),
    }
    return render(request, "governance/proposal.html", context)


def proposal_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Word an idea anew."""
    found = _own(request, pk)
    if request.method == "GET" and not found.is_idea:
        messages.info(request, "It is put forward, so its words stay.")
        return redirect("governance:proposal", pk)
    initial = {"title": found.title, "text": found.text}
    form = IdeaForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.change_proposal(
                proposal=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Changed.")
            return redirect("governance:proposal", pk)
    return form_page(request, form, "Change the idea", button="Save", trail=trail_to(found))


def proposal_forward(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an idea forward, in the words that would be voted on."""
    found = _own(request, pk)
    if request.method == "GET" and not found.is_idea:
        messages.info(request, "It is put forward already.")
        return redirect("governance:proposal", pk)
    initial = {"motion": found.motion, "kind": found.kind}
    form = PutForwardForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            operations.put_forward(
                proposal=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "It is put forward.")
            return redirect("governance:proposal", pk)
    needed = seconders_needed(found, timezone.localdate())
    return form_page(
        request,
        form,
        "Put it forward",
        button="Put it forward",
        trail=trail_to(found),
        lead=_what_follows(needed),
    )


def _what_follows(needed: int) -> str:
    if not needed:
        return "Then it waits for the agenda of the next general meeting."
    members = "another member" if needed == 1 else f"{needed} other members"
    return f"Then it takes {members} to second it, before it goes on an agenda."


@require_POST
def proposal_rework(request: HttpRequest, pk: int) -> HttpResponse:
    """I take it back, to word it anew."""
    operations.rework_proposal(
        proposal=proposal_for(request, pk), now=timezone.now(), by=actor_of(request)
    )
    messages.success(request, "It is an idea again. Change it, then put it forward anew.")
    return redirect("governance:proposal", pk)


@require_POST
def proposal_second(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """I second it."""
    operations.second_proposal(
        proposal=proposal_for(request, pk),
        member=get_object_or_404(Member, pk=member_pk),
        now=timezone.now(),
        by=actor_of(request),
    )
    messages.success(request, "Seconded.")
    return redirect("governance:proposal", pk)


@requires(KEEPS)
def proposal_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has seconded it on paper."""
    found = proposal_for(request, pk)
    form = PaperSeconderForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.second_proposal(
                proposal=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Noted.")
            return redirect("governance:proposal", pk)
    return form_page(
        request, form, "Seconded on paper", button="They second it", trail=trail_to(found)
    )


@require_POST
def proposal_unsecond(request: HttpRequest, pk: int, seconder_pk: int) -> HttpResponse:
    """I take my name off; or staff do, who keyed it by mistake."""
    rows = Seconder.objects.filter(proposal=proposal_for(request, pk))
    seconder = get_object_or_404(rows.select_related("member", "proposal"), pk=seconder_pk)
    operations.withdraw_seconding(seconder=seconder, now=timezone.now(), by=actor_of(request))
    messages.success(request, "The name is taken off.")
    return redirect("governance:proposal", pk)


@require_POST
def proposal_give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """I give it up."""
    operations.give_up_proposal(
        proposal=proposal_for(request, pk), now=timezone.now(), by=actor_of(request)
    )
    messages.success(request, "It is given up. It can still be read.")
    return redirect("governance:proposal", pk)


@requires(KEEPS)
def proposal_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it on an agenda."""
    found = proposal_for(request, pk)
    form = OnAgendaForm(request.POST or None, proposal=found)
    if form.is_valid():
        with refusals_on(form):
            item = operations.put_on_agenda(
                proposal=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "It is on the agenda. Who proposed it is told.")
            return redirect("governance:agenda", item.meeting_id)
    return form_page(
        request, form, "Put it on an agenda", button="Put it there", trail=trail_to(found)
    )
