"""What is said about proposals and items of an agenda."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core.actors import actor_of
from core.forms import refusals_on
from governance import operations
from governance.forms.proposals import RemarkForm, TakeDownForm
from governance.models import AgendaItem, Meeting, Proposal, Remark
from governance.operations.own_hand import KEEPS
from governance.querysets import RemarkQuerySet
from governance.views.form_page import form_page, meeting_trail, meetings_trail
from governance.views.found import user_of

PER_PAGE = 25


def remarks_page(request: HttpRequest, remarks: RemarkQuerySet) -> Page[Remark]:
    """The latest first, each with whether this person may take it down."""
    user = user_of(request)
    page = Paginator(remarks.select_related("author"), PER_PAGE).get_page(request.GET.get("page"))
    for remark in page:
        remark.is_own = remark.author.user_id == user.pk  # type: ignore[attr-defined]
    return page


def item_discussion(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """What is said about an item of an agenda; a form to say something."""
    item = _item_for(request, pk, item_pk)
    meeting = item.meeting
    form = RemarkForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.say_of_item(
                item=item, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Said.")
            return redirect("governance:item_discussion", pk, item_pk)
    open_for_it = meeting.had_notice and not meeting.is_over
    context = {
        "meeting": meeting,
        "item": item,
        "trail": meeting_trail(meeting),
        "remarks": remarks_page(request, Remark.objects.about_item(item)),
        "form": form if open_for_it or request.method == "POST" else None,
        "say_url": "",
    }
    status = 400 if form.errors else 200
    return render(request, "governance/item_discussion.html", context, status=status)


def _item_for(request: HttpRequest, pk: int, item_pk: int) -> AgendaItem:
    rows = AgendaItem.objects.select_related("meeting__body", "proposal")
    meetings = Meeting.objects.visible_to(user_of(request)).discussed_by(user_of(request))
    return get_object_or_404(rows.filter(meeting__in=meetings), pk=item_pk, meeting=pk)


def proposal_say(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about a proposal."""
    found = get_object_or_404(Proposal.objects.visible_to(user_of(request)), pk=pk)
    form = RemarkForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.say_of_proposal(
                proposal=found, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Said.")
            return redirect("governance:proposal", pk)
    proposals = ("Proposals", reverse("governance:proposals"))
    its = (found.title, reverse("governance:proposal", args=[pk]))
    trail = [*meetings_trail(), proposals, its]
    return form_page(request, form, "Say something about it", button="Say it", trail=trail)


def remark_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own; the secretary takes down another's and says why."""
    remark = get_object_or_404(Remark.objects.select_related("author", "item", "proposal"), pk=pk)
    where = _page_of(remark)
    own = remark.author.user_id == user_of(request).pk
    if not own and not user_of(request).has_perm(KEEPS):
        raise PermissionDenied("not their remark")
    form = TakeDownForm(request.POST or None)
    if own:
        del form.fields["because"]
    # A form without fields is valid once it is sent.
    if request.method == "POST" and (own or form.is_valid()):
        with refusals_on(form):
            operations.take_down_remark(
                remark=remark,
                because="" if own else form.cleaned_data["because"],
                now=timezone.now(),
                by=actor_of(request),
            )
            messages.success(request, "It is gone.")
            return redirect(where)
    return form_page(
        request,
        form,
        "Take back what you said" if own else "Take a remark down",
        button="Take it back" if own else "Take it down",
        trail=[*meetings_trail(), ("What is said", where)],
        says=f"“{remark.text}” Its words go for good; that something was said stays.",
        kind="danger",
    )


def _page_of(remark: Remark) -> str:
    if remark.item:
        return reverse("governance:item_discussion", args=[remark.item.meeting_id, remark.item_id])
    return reverse("governance:proposal", args=[remark.proposal_id])
