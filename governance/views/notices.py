"""Calling a meeting, and seeing how its notices go."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.forms import refusals_on, show_refusal
from core.registry import requires
from core.spreadsheets import csv_response
from governance import operations, rules
from governance.forms import NoticeElsewhereForm, ShorterNoticeForm
from governance.models import Meeting
from governance.operations.shorter_notice import agreed_on, agreement_needed
from governance.querysets import NoticeQuerySet
from governance.views.found import meeting_for
from governance.views.reading import note_names_read

PER_PAGE = 50


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
            "agreed": agreed_on(meeting, today),
            "agreement_needed": agreement_needed(meeting, meeting.rules, today),
        },
    )


@requires("governance.arrange_meeting")
def shorter_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Who agrees to shorter notice than the rules ask for."""
    meeting = meeting_for(request, pk)
    form = ShorterNoticeForm(request.POST or None, meeting=meeting)
    if form.is_valid():
        with refusals_on(form):
            operations.note_shorter_notice(
                meeting=meeting, by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "Noted.")
            return redirect("governance:shorter_notice", pk)
    today = timezone.localdate()
    names = ("member__person", "member__organisation", "person")
    rows = meeting.shorter_notice.standing().select_related(*names)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    note_names_read(request, page)
    context = {
        "meeting": meeting,
        "form": form,
        "page": page,
        "agreed": agreed_on(meeting, today),
        "needed": agreement_needed(meeting, meeting.rules, today),
    }
    return render(request, "governance/shorter_notice.html", context)


@requires("governance.arrange_meeting")
@require_POST
def shorter_notice_back(request: HttpRequest, pk: int, agreed_pk: int) -> HttpResponse:
    """Somebody has changed their mind."""
    agreed = get_object_or_404(meeting_for(request, pk).shorter_notice, pk=agreed_pk)
    operations.take_back_shorter_notice(agreed=agreed, now=timezone.now(), by=actor_of(request))
    messages.success(request, "Taken back.")
    return redirect("governance:shorter_notice", pk)


@requires("governance.arrange_meeting")
def notices(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was told how and when; what came back; how many letters wait."""
    meeting = meeting_for(request, pk)
    which = request.GET.get("which", "all")
    page = Paginator(_chosen(meeting, which), PER_PAGE).get_page(request.GET.get("page"))
    note_names_read(request, page)
    of = meeting.notices
    tabs = [("all", "All", of.all()), ("email", "By e-mail", of.by_email())]
    tabs += [("post", "By post", of.by_post()), ("back", "Came back", of.came_back())]
    context = {
        "meeting": meeting,
        "job": meeting.notice_job,
        "page": page,
        "tabs": [
            {"label": label, "url": f"?which={code}", "current": code == which}
            | {"count": rows.count()}
            for code, label, rows in tabs
        ],
        "to_post": of.to_post().count(),
        "last_posting_passed": timezone.localdate() > meeting.last_posting,
    }
    return render(request, "governance/notices.html", context)


def _chosen(meeting: Meeting, which: str) -> NoticeQuerySet:
    notices = meeting.notices.with_names().select_related("message")
    chosen = {"email": notices.by_email, "post": notices.by_post, "back": notices.came_back}
    return chosen.get(which, notices.all)()


@requires("governance.arrange_meeting")
def notices_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was told how and when, as a table to keep."""
    meeting = meeting_for(request, pk)
    rows = list(meeting.notices.with_names().select_related("message"))
    note_names_read(request, rows)
    return csv_response(
        f"notices-{meeting.day}.csv",
        ["Number", "Name", "Way", "Came back", "Sent or posted"],
        (
            [
                row.member.number if row.member else "",
                row.name,
                row.get_way_display(),
                timezone.localdate(row.came_back_at) if row.came_back_at else "",
                row.went_on or "",
            ]
            for row in rows
        ),
    )


@requires("governance.arrange_meeting")
@require_POST
def notice_came_back(request: HttpRequest, pk: int, notice_pk: int) -> HttpResponse:
    """An e-mail came back: a letter follows."""
    notice = get_object_or_404(meeting_for(request, pk).notices, pk=notice_pk)
    operations.note_came_back(notice=notice, now=timezone.now(), by=actor_of(request))
    messages.success(request, f"Noted. A letter to {notice.name} waits in the print queue.")
    return redirect("governance:notices", pk)


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
