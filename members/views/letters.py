"""The print queue: what waits, what is printed, what is posted."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.documents import PdfUnavailable, document_html, make_pdf
from core.errors import RuleError
from core.forms import row_ids, show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from members import operations
from members.forms.people import PostedForm
from members.models import Letter
from members.querysets import LetterQuerySet

State = Letter.State
PER_PAGE = 50
#: As many letters as one PDF holds: it is made while the secretary waits.
MOST = 30
TEMPLATE = "members/papers/letter.html"


@requires("members.keep_letters")
def letters(request: HttpRequest) -> HttpResponse:
    """Letters by state, oldest first; those posted, newest first."""
    state = request.GET.get("state", State.WAITING)
    return _queue(request, State(state) if state in State.values else State.WAITING)


def _queue(
    request: HttpRequest,
    state: State,
    *,
    posting: PostedForm | None = None,
    refused: RuleError | None = None,
) -> HttpResponse:
    """The letters of one state, and what is wrong with what was asked of those ticked."""
    form = posting or PostedForm()
    summary: Form = Form({}) if refused else form
    if refused:
        show_refusal(summary, refused)
    found = Letter.objects.filter(state=state).with_recipient()
    if state in (State.POSTED, State.CALLED_OFF):
        found = found.order_by("-queued_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    _record_reading(request, shown, ReadWhy.LIST)
    counts = dict(Letter.objects.order_by().values_list("state").annotate(Count("pk")))
    sheets = row_ids(request.GET.getlist("letters"))
    return render(
        request,
        "members/letters.html",
        {
            "page": page,
            "letters": shown,
            "state": state,
            "most": MOST,
            "total": counts.get(state, 0),
            "by_hand": any(one.by_hand for one in shown),
            "ticked": set(row_ids(request.POST.getlist("letters"))),
            "sheets": sheets,
            "sheets_query": urlencode([("letters", pk) for pk in sheets]),
            "form": form,
            "summary": summary,
            "tabs": [
                {"label": label, "url": f"?state={code}", "current": code == state}
                | {"count": counts.get(code, 0)}
                for code, label in State.choices
            ],
        },
        status=400 if summary.errors else 200,
    )


def _record_reading(request: HttpRequest, shown: list[Letter], why: ReadWhy) -> None:
    people = [letter.person_id for letter in shown if letter.person_id]
    audit.record_reading(actor_of(request), people, "contact", why)


def _ticked(request: HttpRequest) -> LetterQuerySet:
    return Letter.objects.filter(pk__in=row_ids(request.POST.getlist("letters")))


@requires("members.keep_letters")
@require_POST
def letters_print(request: HttpRequest) -> HttpResponse:
    """The letters that were ticked are printed from now on, or all that wait and can be.

    What has to be prepared by hand is printed only where it was ticked, to prepare it from.
    """
    chosen = _ticked(request)
    if request.POST.get("which") == "all":
        chosen = Letter.objects.waiting().for_the_printer()
    try:
        printed = operations.print_letters(letters=list(chosen[:MOST]), by=actor_of(request))
    except RuleError as error:
        state = State.PRINTED if request.GET.get("state") == State.PRINTED else State.WAITING
        return _queue(request, state, refused=error)
    sheets = urlencode([("letters", one.pk) for one in printed])
    return redirect(f"{reverse('members:letters')}?state=printed&{sheets}")


@requires("members.keep_letters")
def letters_sheets(request: HttpRequest) -> HttpResponse:
    """The sheets of letters that are printed and not yet posted."""
    chosen = Letter.objects.filter(pk__in=row_ids(request.GET.getlist("letters"))).to_post()
    printed = list(chosen.with_recipient()[:MOST])
    return _sheets(request, printed) if printed else redirect("members:letters")


@requires("members.keep_letters")
@require_POST
def letters_posted(request: HttpRequest) -> HttpResponse:
    """Note that the letters that were ticked went to the post."""
    form = PostedForm(request.POST)
    if not form.is_valid():
        return _queue(request, State.PRINTED, posting=form)
    try:
        posted = operations.post_letters(
            letters=list(_ticked(request)), by=actor_of(request), **form.cleaned_data
        )
    except RuleError as error:
        show_refusal(form, error)
        return _queue(request, State.PRINTED, posting=form)
    messages.success(request, f"{posted} noted as posted.")
    return redirect("members:letters")


@requires("members.keep_letters")
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: what it says, and its state."""
    found = get_object_or_404(Letter.objects.with_recipient(), pk=pk)
    _record_reading(request, [found], ReadWhy.PAGE)
    return render(request, "members/letter.html", {"letter": found})


@requires("members.keep_letters")
def letter_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of a letter that was posted, once more: one got lost, or somebody asks for it."""
    kept = Letter.objects.filter(state=State.POSTED).exclude(text="").with_recipient()
    return _sheets(request, [get_object_or_404(kept, pk=pk)])


@requires("members.keep_letters")
@require_POST
def letter_not_posted(request: HttpRequest, pk: int) -> HttpResponse:
    """It was noted as posted by mistake."""
    operations.take_back_posting(letter=get_object_or_404(Letter, pk=pk), by=actor_of(request))
    messages.success(request, "It is to be posted again.")
    return redirect("members:letter", pk)


@requires("members.keep_letters")
@require_POST
def letter_call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a letter from being posted."""
    operations.call_off_letter(letter=get_object_or_404(Letter, pk=pk), by=actor_of(request))
    messages.success(request, "Called off.")
    return redirect("members:letters")


def _sheets(request: HttpRequest, printed: list[Letter]) -> HttpResponse:
    """One PDF, each letter in the size of print that its reader needs; or a page to print.

    On the page all are in large print as soon as one of them must be: it has one size.
    """
    _record_reading(request, printed, ReadWhy.PDF)
    today = timezone.localdate()
    documents = [
        document_html(TEMPLATE, {"letters": [one], "today": today}, large_print=one.large_print)
        for one in printed
    ]
    try:
        response = HttpResponse(make_pdf(documents, seconds=120), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="letters-{today}.pdf"'
    except PdfUnavailable as unavailable:
        large = any(one.large_print for one in printed)
        context = {"letters": printed, "today": today, "unavailable": unavailable}
        context["back"] = request.headers.get("referer", "")
        response = HttpResponse(document_html(TEMPLATE, context, large_print=large, pdf=False))
    response["Cache-Control"] = "no-store"
    return response
