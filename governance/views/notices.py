"""Calling a meeting, and seeing how its notices go."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.actors import actor_of
from core.audit import record_reading
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from governance import operations, rules
from governance.forms import NoticeElsewhereForm, PostedForm
from governance.models import Notice
from governance.views.found import meeting_for
from members.models import Person


@requires("governance.arrange_meeting")
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Look over the notice and its dates, then send it; or note that it was given elsewhere."""
    meeting = meeting_for(request, pk)
    if not meeting.is_draft:
        return redirect("governance:notices", pk)
    refusal = ""
    form = NoticeElsewhereForm(request.POST if "elsewhere" in request.POST else None)
    try:
        if form.is_valid():
            operations.record_notice(meeting=meeting, by=actor_of(request), **form.cleaned_data)
            messages.success(request, "Noted. Members see the meeting now.")
            return redirect("governance:meeting", pk)
        if request.method == "POST" and not form.is_bound:
            operations.call_meeting(meeting=meeting, now=timezone.now(), by=actor_of(request))
            messages.success(request, "The meeting is called. Notices are on their way.")
            return redirect("governance:notices", pk)
    except RuleError as error:
        if form.is_bound:
            show_refusal(form, error)
        else:
            refusal = error.message
    today = timezone.localdate()
    return render(
        request,
        "governance/call.html",
        {
            "meeting": meeting,
            "items": meeting.items.select_related("motion"),
            "form": form,
            "refusal": refusal,
            "too_late": today > meeting.last_mailing,
            "clear_days": rules.clear_days(today, meeting.day),
        },
    )


@requires("governance.arrange_meeting")
def notices(request: HttpRequest, pk: int) -> HttpResponse:
    """How many notices have gone by which way, and the addresses of those to post."""
    meeting = meeting_for(request, pk)
    form = PostedForm(request.POST or None, initial={"posted_on": timezone.localdate()})
    if form.is_valid():
        try:
            operations.mark_posted(meeting=meeting, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Noted as posted.")
            return redirect("governance:notices", pk)
    names = ("member__person", "member__organisation", "person")
    letters = meeting.notices.by_post().select_related(*names)
    page = Paginator(letters, 50).get_page(request.GET.get("page"))
    people = [notice.holder.pk for notice in page if isinstance(notice.holder, Person)]
    record_reading(actor_of(request), people, "contact", ReadWhy.LIST)
    return render(
        request,
        "governance/notices.html",
        {
            "meeting": meeting,
            "job": meeting.notice_job,
            "form": form,
            "page": page,
            "emails": meeting.notices.filter(way=Notice.Way.EMAIL).count(),
            "to_post": meeting.notices.by_post().filter(sent_on__isnull=True).count(),
            "last_posting_passed": timezone.localdate() > meeting.last_posting,
        },
    )


@requires("governance.arrange_meeting")
def notice_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the e-mails are: a piece of a page for htmx."""
    meeting = meeting_for(request, pk)
    if meeting.notice_job is None:
        raise Http404
    return render(
        request,
        "governance/includes/notice_progress.html",
        {"meeting": meeting, "job": meeting.notice_job},
    )
