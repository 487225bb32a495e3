"""Members ask for a meeting: they start, sign and give up; staff key papers and prepare it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.forms import refusals_on
from core.models.audit import ReadWhy
from core.registry import requires
from governance import operations
from governance.forms.requisitions import (
    PaperRequisitionForm,
    PaperSignatureForm,
    RequisitionedMeetingForm,
    RequisitionForm,
)
from governance.models import AskingSignature, Requisition
from governance.operations.own_hand import KEEPS
from governance.operations.requisitions import signatures_needed
from governance.views.form_page import form_page, meetings_trail
from governance.views.found import members_of, user_of
from members.models import Member

PER_PAGE = 25
Way = AskingSignature.Way


def _for(request: HttpRequest, pk: int) -> Requisition:
    """404 for whoever is neither a member nor keeps the papers of meetings."""
    rows = Requisition.objects.visible_to(user_of(request))
    return get_object_or_404(rows.select_related("body", "started_by__person", "meeting"), pk=pk)


def requisitions(request: HttpRequest) -> HttpResponse:
    """What members ask, or have asked, for."""
    user = user_of(request)
    if not (user.has_perm("governance.vote") or user.has_perm(KEEPS)):
        raise PermissionDenied("requisitions")
    page = Paginator(Requisition.objects.visible_to(user), PER_PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "may_start": bool(members_of(request)) or user.has_perm(KEEPS),
    }
    return render(request, "governance/requisitions.html", context)


def requisition_new(request: HttpRequest) -> HttpResponse:
    """A member asks; or staff key what came on paper."""
    keeps, mine = user_of(request).has_perm(KEEPS), members_of(request)
    form: RequisitionForm | PaperRequisitionForm
    if keeps:
        form = PaperRequisitionForm(request.POST or None)
    elif mine:
        form = RequisitionForm(request.POST or None, mine=mine)
    elif user_of(request).has_perm("governance.vote"):
        messages.info(request, "Only who is in the register of members can ask for a meeting.")
        return redirect("governance:requisitions")
    else:
        raise PermissionDenied("requisition_new")
    if form.is_valid():
        with refusals_on(form):
            made = operations.start_requisition(
                way=Way.PAPER if keeps else Way.ONLINE,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            messages.success(request, "Begun. Other members can sign it now.")
            return redirect("governance:requisition", made.pk)
    return render(request, "governance/requisition_new.html", {"form": form, "keeps": keeps})


def requisition(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked for and how many have signed; names are for the secretary alone."""
    found = _for(request, pk)
    keeps, today, mine = user_of(request).has_perm(KEEPS), timezone.localdate(), members_of(request)
    form = PaperSignatureForm(request.POST or None) if keeps else None
    if form is not None and form.is_valid():
        with refusals_on(form):
            operations.sign_requisition(
                requisition=found,
                way=Way.PAPER,
                now=timezone.now(),
                by=actor_of(request),
                **form.cleaned_data,
            )
            messages.success(request, "The signature is noted.")
            return redirect("governance:requisition", pk)
    signed = {row.member_id: row for row in found.signatures.standing().filter(member__in=mine)}
    context = {
        "requisition": found,
        "form": form,
        "mine": [(member, signed.get(member.pk)) for member in mine],
        "started_it": any(member.pk == found.started_by_id for member in mine),
        "signed": found.signatures.counting_on(today).count(),
        "needed": signatures_needed(found, today),
        "page": _names(request, found) if keeps else None,
    }
    return render(request, "governance/requisition.html", context)


def _names(request: HttpRequest, found: Requisition) -> object:
    rows = found.signatures.standing().select_related("member__person", "member__organisation")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    people = [row.member.person_id for row in page if row.member.person_id]
    audit.record_reading(actor_of(request), people, "identity", ReadWhy.LIST)
    return page


@require_POST
def requisition_sign(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """I sign."""
    found, member = _for(request, pk), get_object_or_404(Member, pk=member_pk)
    operations.sign_requisition(
        requisition=found, member=member, now=timezone.now(), by=actor_of(request)
    )
    messages.success(request, "Signed. You can take your name off until there are enough.")
    return redirect("governance:requisition", pk)


@require_POST
def requisition_unsign(request: HttpRequest, pk: int, signature_pk: int) -> HttpResponse:
    """I take my name off; or staff do, who keyed it by mistake."""
    rows = AskingSignature.objects.filter(requisition=_for(request, pk))
    signature = get_object_or_404(rows.select_related("member", "requisition"), pk=signature_pk)
    operations.withdraw_signature(signature=signature, now=timezone.now(), by=actor_of(request))
    messages.success(request, "The name is taken off.")
    return redirect("governance:requisition", pk)


@require_POST
def requisition_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """I give it up."""
    found = _for(request, pk)
    operations.withdraw_requisition(requisition=found, now=timezone.now(), by=actor_of(request))
    messages.success(request, "It is given up. Nobody can sign it any more.")
    return redirect("governance:requisition", pk)


@requires("governance.arrange_meeting")
def requisition_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the meeting that members asked for."""
    found = _for(request, pk)
    form = RequisitionedMeetingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            made = operations.call_requisitioned(
                requisition=found, by=actor_of(request), **form.values()
            )
            messages.success(request, "The meeting is being prepared. Next: call it.")
            return redirect("governance:meeting", made.pk)
    asked = reverse("governance:requisitions")
    its = reverse("governance:requisition", args=[pk])
    return form_page(
        request,
        form,
        "Prepare the meeting",
        button="Prepare it",
        trail=[*meetings_trail(), ("Meetings that members ask for", asked), (found.title, its)],
        lead="Its agenda is the business that members have stated, and nothing else.",
    )
